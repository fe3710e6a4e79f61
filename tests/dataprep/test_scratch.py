"""The database for quick questions keeps nothing, reads no file that it need not, and serves many threads."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from workbench.dataprep.scratch import scratch


def test_that_it_reads_files_only_where_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    with scratch() as connection, pytest.raises(duckdb.PermissionException):
        connection.execute(f"FROM read_csv('{file}')")
    with scratch(files=True) as connection:
        assert connection.execute(f"FROM read_csv('{file}')").fetchall() == [(1,)]


def test_that_what_one_asks_is_not_there_for_the_next() -> None:
    with scratch() as connection:
        connection.execute("SET VARIABLE seen = 1; CREATE TEMP TABLE left_over AS SELECT 1")
    with scratch() as connection:
        assert connection.execute("SELECT getvariable('seen')").fetchall() == [(None,)]
        assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def test_that_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    for names in (["a"], ["b", "c"]):
        with scratch(files=True) as connection:
            connection.execute(f"COPY (SELECT {', '.join(f'1 AS {name}' for name in names)}) TO '{tmp_path}/t.parquet'")
        with scratch(files=True) as connection:
            described = connection.execute(f"DESCRIBE FROM '{tmp_path}/t.parquet'").fetchall()
        assert [row[0] for row in described] == names


def test_that_many_threads_ask_at_once() -> None:
    def ask(number: int) -> int:
        with scratch() as connection:
            found: int = connection.execute("SELECT ? + 1", [number]).fetchall()[0][0]
            return found

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(200))) == list(range(1, 201))
