"""A real server in a process of its own, ended with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.conftest import served
from workbench.client import Client


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    """A client of a server that was started for the test."""
    with served(home) as connected:
        yield connected
