"""Keys of joins: which are suggested, and how many rows find a partner."""

import random
import string
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from workbench.dataprep.columns import ROW
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Join, JoinKey, count_matches, suggest_keys
from workbench.dataprep.steps.tables.suggestions import likeness


class Memory:
    """A table in a database of its own connection, as what steps learn from; counts the queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, list[Any]] | pa.Table) -> None:
        given = columns if isinstance(columns, pa.Table) else pa.table(columns)
        connection.register("given", given)
        connection.execute(f"CREATE TABLE {name} AS SELECT (row_number() OVER ()) - 1 AS {ROW}, * FROM given")
        self._connection = connection
        self.table = ibis.table({ROW: "int64", **ibis.Schema.from_pyarrow(given.schema)}, name=name)
        self.queries = 0

    def ask(self, query: Any) -> pa.Table:
        self.queries += 1
        table = query if hasattr(query, "columns") else query.as_table()
        found: pa.Table = self._connection.sql(str(ibis.to_sql(table, dialect="duckdb"))).to_arrow_table()
        return found


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


ORDERS = {
    "OrderID": list(range(1, 201)),
    "customer": [1000 + n % 40 for n in range(200)],
    "country": [["CH", "DE", "SE"][n % 3] for n in range(200)],
    "amount": [n + 0.25 for n in range(200)],
    "note": [None] * 200,
}
CUSTOMERS = {
    "customer_id": [1000 + n for n in range(60)],
    "rating": [n % 5 for n in range(60)],
    "Country": [["CH", "DE", "NO"][n % 3] for n in range(60)],
    "amount": [n + 0.25 for n in range(60)],
}


def test_that_keys_are_suggested_by_names_and_values(connection: duckdb.DuckDBPyConnection) -> None:
    left, right = Memory(connection, "orders", ORDERS), Memory(connection, "customers", CUSTOMERS)
    found = suggest_keys(left, right)
    assert (found[0].left, found[0].right) == ("customer", "customer_id")
    assert [found[0].left_share, found[0].right_share, found[0].unique] == pytest.approx([1, 2 / 3, 1])
    assert found[0].describe() == "100 % of the values of customer are found, 67 % of those of customer_id"
    assert ("country", "Country") in [(each.left, each.right) for each in found]
    assert len({each.left for each in found}) == len(found)
    assert left.queries + right.queries <= 2 * (len(ORDERS) + len(CUSTOMERS))


def test_that_numbers_and_texts_may_be_keys_of_one_another(connection: duckdb.DuckDBPyConnection) -> None:
    left = Memory(connection, "a", {"id": ["7", "8", "9"], "t": ["x", "y", "z"]})
    right = Memory(connection, "b", {"ID": [9, 8, 1], "t2": ["q", "r", "s"]})
    (only,) = suggest_keys(left, right)
    assert (only.left, only.right) == ("id", "ID")
    assert only.left_share == pytest.approx(2 / 3)


def test_that_tables_without_anything_in_common_have_no_keys(connection: duckdb.DuckDBPyConnection) -> None:
    left, right = Memory(connection, "a", {"x": ["p", "q"]}), Memory(connection, "b", {"y": [1, 2]})
    assert suggest_keys(left, right) == []
    empty = Memory(connection, "c", pa.table({"x": pa.array([], pa.string())}))
    assert suggest_keys(left, empty) == []


def test_that_keys_of_many_rows_are_found_in_a_moment(connection: duckdb.DuckDBPyConnection) -> None:
    chance = random.Random(3)
    codes = ["".join(chance.choices(string.ascii_uppercase, k=6)) for _ in range(50_000)]
    left = Memory(connection, "a", {"code": chance.choices(codes[:30_000], k=300_000), "n": list(range(300_000))})
    right = Memory(connection, "b", {"part code": codes, "n2": [chance.random() for _ in codes]})
    (best,) = suggest_keys(left, right)
    assert (best.left, best.right) == ("code", "part code")
    assert best.left_share == 1.0
    assert best.right_share == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize(("one", "two", "least", "most"), [
    ("CustomerID", "customer_id", 1, 1), ("customer id", "CUSTOMER-ID", 1, 1), ("id", "customer_id", 0.8, 0.8),
    ("origin", "dest", 0, 0.4),
])  # fmt: skip
def test_that_names_are_compared_by_their_words(one: str, two: str, least: float, most: float) -> None:
    assert least <= likeness(one, two) <= most


@pytest.mark.parametrize("loose", [False, True])
def test_that_the_counts_are_those_of_the_joins(
    engine: Engine, project: Path, connection: duckdb.DuckDBPyConnection, loose: bool
) -> None:
    import pyarrow.parquet as pq

    this = pa.table({"k": ["a", "a", "b", None, "c", "A"], "m": [1, 1, 2, 3, 4, 1]})
    other = pa.table({"key": ["a", None, "c", "c", "z", "a "], "n": [1.0, 3.0, 4.0, 4.0, 5.5, 1.0]})
    pq.write_table(this, project / "this.parquet")
    pq.write_table(other, project / "other.parquet")
    keys = (JoinKey(left="k", right="key"), JoinKey(left="m", right="n"))
    step = Join(source="other.parquet", keys=keys, match_missing=loose, ignore_case=loose, ignore_blanks=loose)
    left, right = Memory(connection, "l", this), Memory(connection, "r", other)
    counts = count_matches(step, left, right)
    assert (left.queries, right.queries) == (1, 1)
    assert counts.left_matched == (5 if loose else 3)
    for how, rows in counts.result.items():
        flow = Dataflow(id="f", name="f", source=FileRef(path="this.parquet"), steps=(step.model_copy(update={"how": how}),))
        with engine.view(Package(flows=(flow,)), "f") as view:
            assert view.row_count == rows, how
