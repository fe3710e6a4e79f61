"""A database and a store of the test's own: on SQLite, and on PostgreSQL where its server is installed."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import PASSWORD, PostgresServer, running_postgres
from workbench.runs import Database, RunStore

_COUNT = itertools.count()


@pytest.fixture(scope="package")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the tests of this folder."""
    with running_postgres("wb-pg-runs") as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of an empty database."""
    name = f"runs{next(_COUNT)}"
    postgres.psql(f"CREATE DATABASE {name};")
    return f"postgresql+psycopg://postgres:{PASSWORD}@127.0.0.1:{postgres.port}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a fresh database is opened: a file, then a URL."""
    if request.param == "sqlite":
        return tmp_path / "workspace.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def opened(place: Path | str) -> Iterator[Callable[[], Database]]:
    """`opened()`: the same database once more, as another process opens it; closed after the test."""
    databases: list[Database] = []

    def call() -> Database:
        databases.append(Database(place))
        return databases[-1]

    yield call
    for one in databases:
        one.close()


@pytest.fixture
def database(opened: Callable[[], Database]) -> Database:
    """A fresh database."""
    return opened()


@pytest.fixture
def store(database: Database) -> RunStore:
    """A store over a fresh database."""
    return RunStore(database)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A fresh file."""
    made = Database(tmp_path / "workspace.db")
    yield made
    made.close()
