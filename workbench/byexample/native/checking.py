"""The native form of a program run on DuckDB beside the interpreter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.base.errors import UserError
from workbench.byexample.native import Disagreement, to_ibis, why_not
from workbench.byexample.tree.nodes import Row
from workbench.byexample.tree.program import Program

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def first_disagreement(program: Program, rows: Sequence[Row], dialect: str) -> Disagreement | None:
    """The first row for which the two differ. Rows with a text that no database can hold (half a surrogate pair) are left out."""
    rows = [row for row in rows if all(_is_storable(cell) for cell in row)]
    if dialect != "duckdb":
        raise UserError("Only DuckDB runs here: the native form for another database cannot be compared.")
    for row, native in zip(rows, run_duckdb(program, rows), strict=True):
        if (expected := program.run(row)) != native:
            return Disagreement(row, expected, native)
    return None


def run_duckdb(program: Program, rows: Sequence[Row]) -> list[str | None]:
    """What DuckDB gives for the rows. Raises UserError for a program without a native form."""
    import duckdb
    import ibis
    import pyarrow as pa

    width = max(max(program.columns, default=-1) + 1, 1)
    columns = {f"c{number}": pa.array([_cell(row, number) for row in rows], pa.string()) for number in range(width)}
    data = pa.table({**columns, "row": range(len(rows))})
    table = ibis.table({**dict.fromkeys(columns, "string"), "row": "int64"}, name="data")
    value = to_ibis(program.root, [table[name] for name in columns])
    if value is None:
        raise UserError(f"The program does not run natively: {why_not(program.root)}")
    sql = str(ibis.to_sql(table.select("row", derived=value).order_by("row"), dialect="duckdb", pretty=False))
    with duckdb.connect() as connection:
        connection.register("data", data)
        return [derived for _, derived in connection.execute(sql).fetchall()]


def _cell(row: Row, number: int) -> str | None:
    return row[number] if number < len(row) else None


def _is_storable(cell: str | None) -> bool:
    return cell is None or _HALF_PAIR.search(cell) is None
