"""Samples of a source: which rows, in which order, and the same ones each time."""

from collections.abc import Iterator

import duckdb
import ibis
import numpy as np
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.sources.reader import Loaded
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.sampling import SPAN, keep_sample, load_sampled, scatter

ROWS = 10_000


@pytest.fixture
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE source AS SELECT range AS n, range % 7 AS g FROM range({ROWS})")
        yield connection


def drawn(cursor: duckdb.DuckDBPyConnection, sample: Sample | None, table: str = "t") -> tuple[list[int], Loaded]:
    loaded = load_sampled(cursor, table, "SELECT * FROM source", sample)
    return [row[0] for row in cursor.execute(f"SELECT n FROM {table} ORDER BY rowid").fetchall()], loaded


def test_that_no_sample_and_a_full_one_are_all_rows(cursor: duckdb.DuckDBPyConnection) -> None:
    assert drawn(cursor, None) == (list(range(ROWS)), Loaded(ROWS))
    assert drawn(cursor, Sample(kind="full"), "u") == (list(range(ROWS)), Loaded(ROWS))


@pytest.mark.parametrize(("count", "truncated"), [(1, True), (ROWS - 1, True), (ROWS, False), (ROWS + 1, False)])
def test_that_the_first_rows_are_the_first_rows(cursor: duckdb.DuckDBPyConnection, count: int, truncated: bool) -> None:
    rows = min(count, ROWS)
    assert drawn(cursor, Sample(kind="top", count=count)) == (list(range(rows)), Loaded(rows, truncated))


@pytest.mark.parametrize("count", [1, 500, ROWS - 1, ROWS, ROWS + 1])
def test_that_random_rows_are_exactly_so_many_in_their_order(cursor: duckdb.DuckDBPyConnection, count: int) -> None:
    found, loaded = drawn(cursor, Sample(kind="random", count=count, seed=5))
    assert found == sorted(set(found))
    assert loaded == Loaded(min(count, ROWS), count < ROWS)


def test_that_a_seed_draws_the_same_rows_again_and_another_seed_others(cursor: duckdb.DuckDBPyConnection) -> None:
    one, _ = drawn(cursor, Sample(kind="random", count=100, seed=1), "a")
    again, _ = drawn(cursor, Sample(kind="random", count=100, seed=1), "b")
    other, _ = drawn(cursor, Sample(kind="random", count=100, seed=2), "c")
    assert one == again
    assert len(set(one) & set(other)) < 10


def test_that_random_rows_come_from_everywhere(cursor: duckdb.DuckDBPyConnection) -> None:
    found, _ = drawn(cursor, Sample(kind="random", count=1000, seed=3))
    tenths = np.histogram(found, bins=10, range=(0, ROWS))[0]
    assert tenths.min() > 60
    assert tenths.max() < 140


def test_that_a_percentage_is_about_that_share_and_each_row_of_its_own(cursor: duckdb.DuckDBPyConnection) -> None:
    found, loaded = drawn(cursor, Sample(kind="percent", share=0.2, seed=3))
    assert loaded.truncated
    assert 1800 < len(found) < 2200
    assert found == sorted(found)
    assert drawn(cursor, Sample(kind="percent", share=1.0), "u")[1] == Loaded(ROWS)


def test_that_a_stratified_sample_has_the_share_of_each_group(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(f"INSERT INTO source VALUES ({ROWS}, 99), ({ROWS + 1}, NULL)")
    found, loaded = drawn(cursor, Sample(kind="stratified", share=0.1, by=("g",)))
    groups = dict(cursor.execute("SELECT g, count(*) FROM t GROUP BY g").fetchall())
    assert sorted(groups.values()) == [1, 1, *[143] * 7]
    assert (groups[99], groups[None]) == (1, 1)
    assert found == sorted(found)
    assert loaded == Loaded(len(found), truncated=True)


def test_that_a_stratified_sample_by_a_column_that_is_gone_is_refused(cursor: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UserError, match="each city, but there is no such column"):
        drawn(cursor, Sample(kind="stratified", by=("city",)))


@pytest.mark.parametrize("kind", ["top", "random", "percent", "stratified", "full"])
def test_that_a_loaded_table_keeps_the_same_rows_as_a_query_gives(cursor: duckdb.DuckDBPyConnection, kind: str) -> None:
    sample = Sample.model_validate({"kind": kind, "count": 300, "share": 0.03, "seed": 9, "by": ("g",)})
    expected, loaded = drawn(cursor, sample)
    cursor.execute("CREATE TABLE held AS SELECT * FROM source")
    assert keep_sample(cursor, "held", sample) == loaded
    assert cursor.execute("SELECT rowid, n FROM held ORDER BY rowid").fetchall() == list(enumerate(expected))


def test_that_places_are_the_same_in_python_numpy_and_the_database() -> None:
    numbers = [0, 1, 2, 65_535, 65_536, 10**6, SPAN - 1]
    expected = [scatter(number, 42) for number in numbers]
    assert scatter(np.array(numbers), 42).tolist() == expected
    table = ibis.table({"n": "int64"}, name="held")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE held AS SELECT unnest($1)::BIGINT AS n", [numbers])
        sql = ibis.to_sql(table.select(h=scatter(table.n, 42)), dialect="duckdb")
        assert [row[0] for row in connection.execute(sql).fetchall()] == expected
    assert all(0 <= place < SPAN for place in expected)
    assert "%" in ibis.to_sql(table.select(h=scatter(table.n, 42)), dialect="pyspark")


def test_that_places_are_spread_evenly_and_do_not_follow_the_numbers() -> None:
    numbers = np.arange(200_000)
    for seed in range(5):
        places = scatter(numbers, seed) / SPAN
        counts = np.histogram(places, bins=20, range=(0, 1))[0]
        assert abs(counts / 10_000 - 1).max() < 0.05
        assert abs(np.corrcoef(places[:-1], places[1:])[0, 1]) < 0.02
        assert abs(np.corrcoef(places[::7][:-1], places[::7][1:])[0, 1]) < 0.02
        assert abs(np.corrcoef(numbers, places)[0, 1]) < 0.02
