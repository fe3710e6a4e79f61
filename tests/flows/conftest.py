"""Whole user flows, with real processes on a workspace of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbench.base.errors import EnvironmentError_
from workbench.client import Client
from workbench.projects import Project

if TYPE_CHECKING:
    from tests.flows.pointing import User

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


@pytest.fixture
def user(qtbot: Any, qapp: Any, workspace: Path, tmp_path: Path) -> "Iterator[User]":
    """A user in front of the app's window on a workspace of the test's own, with its real server."""
    from PySide6.QtCore import QSettings, QStandardPaths

    from tests.flows.pointing import User
    from workbench.base.settings import Settings
    from workbench.desktop.app import preload
    from workbench.desktop.context import AppContext
    from workbench.desktop.shell.window import MainWindow
    from workbench.desktop.theme import install_theme, theme

    QStandardPaths.setTestModeEnabled(True)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "qsettings"))
    try:
        look = theme()
        look.apply(Settings(theme="light"))
    except IndexError:
        look = install_theme(qapp, Settings(theme="light"))
    context = AppContext(look, home=workspace)
    window = MainWindow(context)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(context.events.connected, timeout=60_000):
        context.events.start()
    context.operations.run("Preparing the places", preload, quiet=True)
    made = User(qtbot, context, window)
    made.watchdog.start()
    yield made
    made.watchdog.stop()
    if path := os.environ.get("WORKBENCH_STALLS"):  # to see where the window stood still
        with Path(path).open("a", encoding="utf-8") as file:
            worst = sorted(made.watchdog.stalls, key=lambda stall: -stall.cpu)
            file.write(f"\n===== {tmp_path.name}\n" + "\n".join(map(str, worst)))
    qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=60_000)
    window.hide()
    context.window = None
    assert context.close(), "an operation did not stop"
    window.deleteLater()
    context.deleteLater()
    qapp.sendPostedEvents(None, 52)  # DeferredDelete
    look.apply(Settings(theme="light"))
