"""A database and a store of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.runs import Database, RunStore


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    opened = Database(tmp_path / "workspace.db")
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> RunStore:
    """A store over a fresh database."""
    return RunStore(database)
