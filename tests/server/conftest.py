"""A real server in a process of its own, ended with the test, or with the module where tests leave no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workbench.base.paths import WorkspacePaths
from workbench.base.processes import kill_tree, reap
from workbench.client import Client
from workbench.client.starting import read_handshake


@contextmanager
def served(home: Path) -> Iterator[Client]:
    """A client of a server that ends with the block, however it is left."""
    try:
        with Client.connect(home) as connected:
            yield connected
    finally:
        if found := read_handshake(WorkspacePaths(home)):
            kill_tree(found.pid)
            reap(found.pid)


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    """A client of a server that was started for the test."""
    with served(home) as connected:
        yield connected


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of an empty server that the tests of a module share: they leave nothing in it."""
    with served(tmp_path_factory.mktemp("shared") / "workspace") as connected:
        yield connected
