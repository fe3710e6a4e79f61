"""Whole user flows, with real processes on a workspace of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.base.errors import EnvironmentError_
from workbench.client import Client
from workbench.projects import Project

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts a command of the command line; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def call(*arguments: str | Path, cwd: Path | None = None) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "workbench.cli.main", *map(str, arguments)]
        environment = {**os.environ, "COLUMNS": "160"}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment, cwd=cwd
        )
        started.append(process)
        return process

    yield call
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def workspace(home: Path) -> Iterator[Path]:
    """A workspace whose services, jobs and server are ended after the test."""
    yield home
    try:
        with Client.connect(home, start=False) as client:
            for service in client.services():
                client.delete_service(service.name)
            for job in client.jobs():
                if not job.status.is_final:
                    client.cancel(job.id)
                    client.wait(job.id, timeout=30)
            client.shutdown()
    except EnvironmentError_:
        pass


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Path:
    """A project whose jobs run in Workbench's own Python."""
    folder = Project.create(tmp_path / "flow", name="flow").folder
    (folder / "runconfig" / "local.toml").write_text('script = "train.py"\n[environment]\nkind = "workbench"\n', "utf-8")
    return folder
