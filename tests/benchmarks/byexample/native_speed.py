"""How fast learned programs run natively on DuckDB, beside the same SQL written by hand, and in the interpreter.

`uv run python -m tests.benchmarks.byexample.native_speed [ROWS]`: the best of several runs over a table in memory.
"""

import sys
import time
from collections.abc import Sequence

import duckdb
import ibis

from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Column, Concat, Constant, Node
from workbench.byexample.tree.program import Program
from workbench.byexample.tree.texts import Part

TASKS: dict[str, tuple[Node, str]] = {
    "two parts put together": (Concat((Column(0), Constant(" "), Column(1))), "first || ' ' || last"),
    "a part between commas": (Part(Column(2), ",", 1), "string_split(place, ',')[2]"),
    "a date shown otherwise": (
        FormatMoment(ReadMoment(Column(3), ("dd/MM/yyyy",)), "yyyy-MM-dd"),
        "strftime(try_strptime(day, '%d/%m/%Y'), '%Y-%m-%d')",
    ),
}
ROWS_SQL = """
    CREATE TABLE rows AS SELECT 'Anna' || i % 977 AS first, 'Schmidt' || i % 1009 AS last,
    i % 500 || ' Main St,Town' || i % 300 || ',CA' AS place,
    strftime(DATE '1950-01-01' + CAST(i % 30000 AS INTEGER), '%d/%m/%Y') AS day FROM range({}) AS numbers(i)
"""
COLUMNS = ("first", "last", "place", "day")


def best(connection: duckdb.DuckDBPyConnection, expressions: Sequence[str], runs: int = 9) -> list[float]:
    """Seconds of each expression's fastest run, which computes every value; they run in turn, so that a busy machine is fair."""
    times: list[list[float]] = [[] for _ in expressions]
    for _ in range(runs):
        for expression, taken in zip(expressions, times, strict=True):
            began = time.process_time()
            connection.execute(f"CREATE OR REPLACE TEMP TABLE result AS SELECT {expression} AS derived FROM rows").fetchall()
            taken.append(time.process_time() - began)
    return [min(taken) for taken in times]


def native(root: Node) -> str:
    """The program as an SQL expression over the table."""
    table = ibis.table(dict.fromkeys(COLUMNS, "string"), name="rows")
    sql = str(ibis.to_sql(table.select(derived=Program(root).to_ibis([table[name] for name in COLUMNS])), dialect="duckdb"))
    return sql.removeprefix("SELECT").rpartition("FROM")[0].strip().removesuffix('AS "derived"').replace('"t0".', "")


def main(rows: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(ROWS_SQL.format(rows))
        for name, (root, by_hand) in TASKS.items():
            expression = native(root)
            different = connection.execute(
                f"SELECT count(*) FROM rows WHERE ({expression}) IS DISTINCT FROM ({by_hand})"
            ).fetchall()[0][0]
            ours, theirs = best(connection, [expression, by_hand])
            shown = f"native {ours:.3f} s, by hand {theirs:.3f} s, ratio {ours / theirs:.2f}, {different} rows differ"
            print(f"{name}: {shown}")  # noqa: T201
        given = connection.execute("SELECT first, last, place, day FROM rows LIMIT 200000").fetchall()
    for name, (root, _) in TASKS.items():
        program = Program(root)
        began = time.process_time()
        for row in given:
            program.run(row)
        print(f"{name}: interpreter {len(given) / (time.process_time() - began):,.0f} rows/s")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
