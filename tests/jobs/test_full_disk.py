import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus


@pytest.fixture
def small_disk(home: Path, require: Callable[..., None]) -> Iterator[Path]:
    """A workspace on a disk of 24 MB."""
    home.mkdir()
    mounted = False
    if sys.platform == "linux" and os.geteuid() == 0:
        command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(home)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    require("mount", available=mounted, reason="a small disk can only be mounted by root")
    yield home
    subprocess.run(["umount", "-l", str(home)], check=True)


def test_that_a_full_disk_fails_the_run_with_a_sentence_and_the_store_stays_whole(
    small_disk: Path, request: pytest.FixtureRequest, project: Project, request_for: Callable[..., JobRequest]
) -> None:
    workspace: Any = request.getfixturevalue("workspace")
    (project.folder / "runconfig/plain.toml").write_text('[environment]\nkind = "workbench"\n')
    code = """
import workbench
workbench.log("before", 1)
with open("outputs/big.bin", "wb") as file:
    for _ in range(200):
        file.write(b"x" * 1_000_000)
"""
    with workspace.manager() as manager:
        run = workspace.end_of(manager.submit(request_for(code, config="plain")).id)
        assert run.status is RunStatus.FAILED
        assert run.reason.startswith("The disk is full")
        assert run.metrics["before"].count == 1
        (manager.outputs(run.id) / "big.bin").unlink()
        after = workspace.end_of(manager.submit(request_for("print(1)", config="plain")).id)
        assert after.status is RunStatus.FINISHED
    with sqlite3.connect(workspace.paths.database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_that_a_submission_on_a_full_disk_is_refused_with_a_sentence(
    small_disk: Path, request: pytest.FixtureRequest, project: Project, request_for: Callable[..., JobRequest]
) -> None:
    from workbench.base.errors import EnvironmentError_

    workspace: Any = request.getfixturevalue("workspace")
    (project.folder / "data.bin").write_bytes(os.urandom(2_000_000))
    with workspace.manager(started=False) as manager:
        filler = small_disk / "filler"
        _fill(filler)
        with pytest.raises(EnvironmentError_, match="disk is full"):
            manager.submit(request_for("print(1)"))
        filler.unlink()
        assert manager.submit(request_for("print(1)")).status is RunStatus.QUEUED
    assert workspace.store.list().total == 1


def _fill(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while file.write(b"x" * 100_000):
                pass
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 (the last write is one of many)
