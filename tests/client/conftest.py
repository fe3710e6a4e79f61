"""A real server in a process of its own, ended with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.base.paths import WorkspacePaths
from workbench.base.processes import kill_tree, reap
from workbench.client import Client
from workbench.client.starting import read_handshake


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    """A client of a server that was started for the test."""
    try:
        with Client.connect(home) as connected:
            yield connected
    finally:
        if found := read_handshake(WorkspacePaths(home)):
            kill_tree(found.pid)
            reap(found.pid)
