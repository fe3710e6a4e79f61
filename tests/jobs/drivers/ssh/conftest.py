"""A remote machine, and jobs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.drivers.small import SmallJob, make_job
from tests.jobs.drivers.sshd import Sshd

MakeJob = Callable[..., SmallJob]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """The target's folder there."""
    return tmp_path / "remote"


@pytest.fixture
def job(home: Path, sshd: Sshd, remote: Path) -> Iterator[MakeJob]:
    """`job(code, ...)` makes one, to be run over SSH; what it left is cleaned up."""
    made: list[SmallJob] = []

    def make(code: str, *, target: dict[str, Any] | None = None, **values: Any) -> SmallJob:
        spec = {"kind": "ssh", **sshd.spec(folder=str(remote)), **(target or {})}
        made.append(make_job(home, code, spec, **values))
        return made[-1]

    yield make
    sshd.start()
    for one in made:
        one.driver.clean(one.driver.handle())
        one.close()
