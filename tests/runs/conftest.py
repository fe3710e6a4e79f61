"""A database and a store of the test's own: on SQLite, and on PostgreSQL where its server is installed."""

import itertools
import shutil
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
    return _new_database(postgres)


@pytest.fixture(scope="package")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables."""
    path = tmp_path_factory.mktemp("ready") / "workspace.db"
    Database(path).close()
    return path


@pytest.fixture(scope="package")
def ready_name(postgres: PostgresServer) -> str:
    """A database with all tables, by its name, for PostgreSQL to copy."""
    url = _new_database(postgres)
    Database(url).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where nothing is yet: a file, then a URL."""
    if request.param == "sqlite":
        return tmp_path / "workspace.db"
    return _new_database(request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a fresh database with all tables is: a file, then a URL."""
    if request.param == "sqlite":
        return Path(shutil.copy(request.getfixturevalue("ready_file"), tmp_path / "workspace.db"))
    return _new_database(request.getfixturevalue("postgres"), request.getfixturevalue("ready_name"))


def _new_database(server: PostgresServer, like: str = "template1") -> str:
    name = f"runs{next(_COUNT)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {like};")
    return f"postgresql+psycopg://postgres:{PASSWORD}@127.0.0.1:{server.port}/{name}"


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
