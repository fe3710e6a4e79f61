"""Databases: SQLite everywhere, PostgreSQL and MariaDB where their servers are installed."""

import contextlib
import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest

from tests.conftest import REQUIRED
from tests.dataprep.sources.conftest import Reading
from tests.postgres import running_postgres
from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import DataSource, detect
from workbench.dataprep.sources.passwords import PASSWORD_VARIABLE, set_password
from workbench.dataprep.sources.readers.sql import SqlReader, describe_sql, forget, url_of
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import SqlSpec


@pytest.fixture
def database(project: Path) -> Path:
    path = project / "a.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE empty_one (x)")
        connection.execute('CREATE TABLE orders (id INTEGER, price REAL, name TEXT, day TEXT, raw BLOB, "__row__" INT)')
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)",
            [(1, 1.5, "é", "2020-01-02", b"\x01\xff", 1), (2, 2.0, "b", None, None, 2), (3, None, None, "2020-02-03", None, None)],
        )
        connection.commit()
    return path


def test_that_an_sqlite_file_is_detected_with_its_types(database: Path, read: Reading) -> None:
    found = read("a.db")
    assert found.types == {
        "id": "integer", "price": "decimal", "name": "string", "day": "date", "raw": "string", "row__": "integer",
    }  # fmt: skip
    assert found.rows == [
        (1, 1.5, "é", dt.date(2020, 1, 2), "01ff", 1), (2, 2.0, "b", None, None, 2),
        (3, None, None, dt.date(2020, 2, 3), None, None),
    ]  # fmt: skip
    assert any("the database also has empty_one" in note for note in found.notes)


def test_that_a_query_is_read_as_it_stands(database: Path, project: Path, read: Reading) -> None:
    query = "SELECT name, price * 2 AS twice, ':x 50%' AS t FROM orders WHERE name LIKE 'b%' OR 1 = 1 ORDER BY id DESC;"
    spec = describe_sql(SqlSpec(query=query), database)
    found = read(DataSource.create(database, project, spec))
    assert found.types == {"name": "string", "twice": "decimal", "t": "string"}
    assert found.rows == [(None, None, ":x 50%"), ("b", 4.0, ":x 50%"), ("é", 3.0, ":x 50%")]


def test_that_a_value_of_another_type_than_its_column_is_an_error_cell(database: Path, project: Path, read: Reading) -> None:
    source = DataSource.create(database, project)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("INSERT INTO orders VALUES ('x', 'y', 5, 'soon', NULL, NULL)")
        connection.commit()
    found = read(source)
    assert found.rows[3] == (None, None, "5", None, None, None)
    assert found.errors == {
        (3, "id"): ("no whole number", "x"), (3, "price"): ("no decimal number", "y"), (3, "day"): ("no date", "soon"),
    }  # fmt: skip


def test_that_the_file_is_never_changed(database: Path, project: Path, read: Reading) -> None:
    before = database.read_bytes()
    for query in ("DELETE FROM orders", "DROP TABLE orders", "CREATE TABLE x (a)"):
        with pytest.raises(UserError):
            read(DataSource.create(database, project, SqlSpec(query=query)))
    read("a.db")
    assert database.read_bytes() == before
    assert [path.name for path in project.iterdir() if path.name.startswith("a.db")] == ["a.db"]


def test_that_what_is_wrong_is_told_in_one_sentence(database: Path, project: Path, read: Reading) -> None:
    with pytest.raises(NotFound, match=r"The database has no table nope\. It has empty_one and orders\."):
        read(DataSource.create(database, project, SqlSpec(table="nope")))
    with pytest.raises(UserError, match="The query failed: no such column: nope"):
        read(DataSource.create(database, project, SqlSpec(query="SELECT nope FROM orders")))
    with pytest.raises(UserError, match="which table"):
        read(DataSource.create(database, project, SqlSpec()))
    damaged = project / "b.db"
    damaged.write_bytes(database.read_bytes()[:3000])
    with pytest.raises(UserError, match="The SQLite file is damaged"):
        detect(damaged)


def test_that_many_rows_come_in_batches_in_order_and_can_be_stopped(
    database: Path, project: Path, store: Store, read: Reading
) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TABLE many AS WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c LIMIT 70000) SELECT n FROM c"
        )
        connection.commit()
    spec = describe_sql(SqlSpec(table="many"), database)
    source = DataSource.create(database, project, spec)
    assert [row[0] for row in read(source).rows] == list(range(70_000))
    first = read(source, sample=Sample(kind="top", count=5))
    assert (first.rows, first.truncated) == ([(0,), (1,), (2,), (3,), (4,)], True)
    assert len(read(source, sample=Sample(kind="random", count=100)).rows) == 100
    stop = Event()
    stop.set()
    with pytest.raises(Cancelled):
        SqlReader("x", spec, database).load(store, "stopped", sample=None, cancel=stop, progress=None)


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb"])
def test_that_a_server_out_of_reach_is_told_in_one_sentence(read: Reading, dialect: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spec = SqlSpec.model_validate({"dialect": dialect, "host": "127.0.0.1", "port": port, "user": "u", "table": "t"})
    with pytest.raises(EnvironmentError_, match=rf"server 127\.0\.0\.1:{port} cannot be reached") as raised:
        read(DataSource(name="db", spec=spec))
    assert "Check the host and port" in raised.value.hint


def test_that_addresses_are_made_for_every_server() -> None:
    spec = SqlSpec(dialect="sqlserver", host="h", port=1444, user="me", database="db", table="t", options={"charset": "utf8"})
    made = url_of(spec, password="p@ss/word")
    assert made.render_as_string(hide_password=False) == "mssql+pymssql://me:p%40ss%2Fword@h:1444/db?charset=utf8"
    assert url_of(SqlSpec(dialect="postgresql", host="h")).drivername == "postgresql+psycopg"
    assert url_of(SqlSpec(dialect="mariadb", host="h")).drivername == "mariadb+pymysql"
    with pytest.raises(UserError, match="on which server"):
        url_of(SqlSpec(dialect="mysql"))


def test_that_a_statement_for_sql_server_is_made_in_its_language() -> None:
    import sqlalchemy as sa
    from sqlalchemy.dialects import mssql

    table = sa.table("orders", schema="sales")
    compiled = str(sa.select(sa.text("*")).select_from(table).compile(dialect=mssql.dialect()))
    assert " ".join(compiled.split()) == "SELECT * FROM sales.orders"


def test_that_a_missing_driver_is_named(read: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pymssql", None)
    with pytest.raises(EnvironmentError_, match=r"pip install 'workbench\[sqlserver\]'"):
        read(DataSource(name="db", spec=SqlSpec(dialect="sqlserver", host="h", table="t")))


class Postgres:
    """A server of the test's own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def spec(self, **fields: object) -> SqlSpec:
        place = {"dialect": "postgresql", "host": "127.0.0.1", "port": self.port, "user": "ann", "database": "shop"}
        return SqlSpec.model_validate(place | fields)


SETUP = """
CREATE USER ann PASSWORD 'geheim';
CREATE DATABASE shop OWNER ann;
\\c shop ann
CREATE SCHEMA sales;
CREATE TABLE sales.orders (
    id bigint, price numeric(10,2), name text, day date, at timestamp, seen timestamptz, ok boolean, clock time, tags text[],
    doc jsonb, key uuid, nothing date);
INSERT INTO sales.orders VALUES
    (1, 1.50, 'é', '2020-01-02', '2020-01-02 03:04:05.678', '2020-01-02 03:04:05+02', true, '12:30', '{a,b}', '{"x": [1]}',
     '6e9fd3bc-d1f5-4f2d-8a3b-7d3f0c0e1a2b', NULL),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE SEQUENCE counter;
CREATE TABLE many AS SELECT n, n % 7 AS g FROM generate_series(1, 100000) AS n ORDER BY n;
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        server.psql(SETUP)
        yield Postgres(server.port)


def test_that_a_postgres_table_keeps_its_types(postgres: Postgres, read: Reading, home: Path) -> None:
    set_password(postgres.spec(), "geheim")
    spec = describe_sql(postgres.spec(table="orders", table_schema="sales"))
    found = read(DataSource(name="orders", spec=spec))
    assert found.types == {
        "id": "integer", "price": "decimal", "name": "string", "day": "date", "at": "timestamp", "seen": "timestamp_tz",
        "ok": "boolean", "clock": "time", "tags": "string", "doc": "string", "key": "string", "nothing": "date",
    }  # fmt: skip
    assert found.rows[0] == (
        1, float(Decimal("1.50")), "é", dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5, 678000),  # noqa: DTZ001
        dt.datetime(2020, 1, 2, 1, 4, 5, tzinfo=dt.UTC), True, dt.time(12, 30), '["a", "b"]', '{"x": [1]}',
        "6e9fd3bc-d1f5-4f2d-8a3b-7d3f0c0e1a2b", None,
    )  # fmt: skip
    assert found.rows[1] == (2, *(None,) * 11)
    assert not found.errors


def test_that_a_postgres_query_streams_all_rows_in_order(postgres: Postgres, read: Reading, home: Path) -> None:
    set_password(postgres.spec(), "geheim")
    spec = describe_sql(postgres.spec(query="SELECT n, g::text AS g, '100%' AS p FROM many WHERE n > 5 ORDER BY n"))
    found = read(DataSource(name="many", spec=spec))
    assert found.types == {"n": "integer", "g": "string", "p": "string"}
    assert [row[0] for row in found.rows] == list(range(6, 100_001))
    assert read(DataSource(name="many", spec=spec), sample=Sample(kind="top", count=2)).rows == [(6, "6", "100%"), (7, "0", "100%")]


def test_that_a_server_is_read_anew_only_after_a_while_or_when_it_is_wanted(postgres: Postgres) -> None:
    one, same = (SqlReader("x", postgres.spec(table="many")).key for _ in range(2))
    assert one == same
    forget(postgres.spec(table="many"))
    assert SqlReader("x", postgres.spec(table="many")).key != one


def test_that_a_postgres_table_is_never_changed(postgres: Postgres, read: Reading, home: Path) -> None:
    set_password(postgres.spec(), "geheim")
    with pytest.raises(UserError, match="The query failed: syntax error"):
        read(DataSource(name="x", spec=postgres.spec(query="DELETE FROM many RETURNING n")))
    with pytest.raises(UserError, match="read-only transaction"):
        read(DataSource(name="x", spec=postgres.spec(query="SELECT setval('counter', 7)")))


def test_that_a_password_is_asked_for_refused_and_taken_from_the_environment(
    postgres: Postgres, read: Reading, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = DataSource(name="many", spec=postgres.spec(query="SELECT 1 AS one"))
    with pytest.raises(UserError, match="wants a password for ann, and none is stored here") as raised:
        read(source)
    assert PASSWORD_VARIABLE in raised.value.hint
    set_password(postgres.spec(), "wrong")
    with pytest.raises(UserError, match="refused the password of ann"):
        read(source)
    set_password(postgres.spec(), "")
    monkeypatch.setenv(PASSWORD_VARIABLE, "geheim")
    assert read(source).rows == [(1,)]


def test_that_what_is_wrong_on_postgres_is_told(postgres: Postgres, read: Reading, home: Path) -> None:
    set_password(postgres.spec(), "geheim")
    with pytest.raises(NotFound, match=r"The database has no table nope\. It has many\."):
        read(DataSource(name="x", spec=postgres.spec(table="nope")))
    with pytest.raises(UserError, match='The query failed: column "nope" does not exist'):
        read(DataSource(name="x", spec=postgres.spec(query="SELECT nope FROM many")))
    set_password(postgres.spec(database="gone"), "geheim")
    with pytest.raises(UserError, match='database "gone" does not exist'):
        read(DataSource(name="x", spec=postgres.spec(database="gone", table="t")))


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    server = shutil.which("mariadbd") or shutil.which("mysqld")
    install = shutil.which("mariadb-install-db")
    if server is None or install is None:
        if "mariadb" in REQUIRED:
            pytest.fail("mariadb is required here: there is no MariaDB server")
        pytest.skip("there is no MariaDB server here (Debian's package mariadb-server)")
    folder = tmp_path_factory.mktemp("mariadb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = [f"--datadir={folder / 'data'}", "--no-defaults"]
    common.reverse()
    user = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run([install, *common, *user, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    socket_file = folder / "s"
    command = [
        server,
        *common,
        *user,
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={socket_file}",
        f"--pid-file={folder / 'p'}",
    ]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _fill_mariadb(socket_file)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _fill_mariadb(socket_file: Path) -> None:
    import pymysql

    for _ in range(200):
        if socket_file.exists():
            break
        time.sleep(0.1)
    connection = pymysql.connect(unix_socket=str(socket_file), user="root")
    with contextlib.closing(connection), connection.cursor() as cursor:
        for statement in (
            "CREATE DATABASE shop CHARACTER SET utf8mb4", "CREATE USER ann@localhost IDENTIFIED BY 'geheim'",
            "GRANT ALL ON shop.* TO ann@localhost",
            "CREATE TABLE shop.orders (id INT, price DECIMAL(10,2), name VARCHAR(20), day DATE, at DATETIME, clock TIME)",
            "INSERT INTO shop.orders VALUES (1, 1.5, 'é', '2020-01-02', '2020-01-02 03:04:05', '12:30:00')",
            "INSERT INTO shop.orders VALUES (2, NULL, NULL, NULL, NULL, NULL)",
        ):  # fmt: skip
            cursor.execute(statement)
        connection.commit()


def test_that_a_mariadb_table_is_read(mariadb: int, read: Reading, home: Path) -> None:
    place = {"dialect": "mariadb", "host": "127.0.0.1", "port": mariadb, "user": "ann", "database": "shop"}
    set_password(SqlSpec.model_validate(place), "geheim")
    spec = describe_sql(SqlSpec.model_validate(place | {"table": "orders"}))
    found = read(DataSource(name="orders", spec=spec))
    assert found.types == {
        "id": "integer", "price": "decimal", "name": "string", "day": "date", "at": "timestamp", "clock": "time",
    }  # fmt: skip
    assert found.rows[0] == (1, 1.5, "é", dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5), dt.time(12, 30))  # noqa: DTZ001
    with pytest.raises(UserError, match="READ ONLY"):
        read(DataSource(name="x", spec=SqlSpec.model_validate(place | {"query": "DELETE FROM orders"})))
