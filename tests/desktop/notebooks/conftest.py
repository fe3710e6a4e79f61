"""A project whose consoles run on Workbench's own Python, a real server, and the Notebooks activity on them."""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings, QStandardPaths
from pytestqt.qtbot import QtBot

from workbench.base.errors import WorkbenchError
from workbench.base.processes import is_alive
from workbench.client.client import Client
from workbench.client.starting import read_handshake
from workbench.desktop.context import AppContext
from workbench.desktop.notebooks.activity import NotebooksActivity
from workbench.desktop.notebooks.console import ConsolePage
from workbench.desktop.theme import Theme, install_theme, theme
from workbench.projects.project import Project

KERNEL_MS = 60_000


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One workspace with one server for all tests of a module: a server's start is dear."""
    folder = tmp_path_factory.mktemp("notebooks") / "workspace"
    yield folder
    with contextlib.suppress(WorkbenchError), Client.connect(folder, start=False) as client:
        client.shutdown()
    deadline = time.monotonic() + 20
    from workbench.base.paths import WorkspacePaths

    while (found := read_handshake(WorkspacePaths(folder))) and is_alive(found.pid, found.began) and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of its own, whose run configuration takes Workbench's interpreter."""
    made = Project.create(tmp_path / "flights", name="flights")
    config = made.folder / "runconfig" / "local.toml"
    config.write_text(config.read_text("utf-8").replace('kind = "requirements"', 'kind = "workbench"'), "utf-8")
    return made


@pytest.fixture
def look(qapp: QCoreApplication, tmp_path: Path) -> Theme:
    """The theme of the application, and settings that stay in the test's folder."""
    QStandardPaths.setTestModeEnabled(True)
    qapp.setOrganizationName("workbench-tests")
    qapp.setApplicationName("workbench")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    with contextlib.suppress(IndexError):
        return theme()
    return install_theme(qapp)  # type: ignore[arg-type]


def _quiet(context: AppContext) -> bool:
    return context.operations.inflight == 0


@pytest.fixture
def opened(qtbot: QtBot, look: Theme, module_home: Path, project: Project) -> Iterator[Callable[[], NotebooksActivity]]:
    """Opens the activity as a window of its own, on a context of its own: again and again, as a user comes back."""
    open_now: list[tuple[NotebooksActivity, AppContext]] = []

    def close() -> None:
        while open_now:
            activity, context = open_now.pop()
            activity.close()
            activity.deleteLater()
            qtbot.waitUntil(partial(_quiet, context), timeout=20_000)
            assert context.close()
            assert not context.notifications.problems
            context.deleteLater()
            QCoreApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: the activity goes now, with its threads

    def open_() -> NotebooksActivity:
        close()
        context = AppContext(look, home=module_home)
        context.set_project(project)
        activity = NotebooksActivity(context)
        open_now.append((activity, context))
        activity.resize(1200, 760)
        activity.show()
        context.events.start()
        with qtbot.waitSignal(context.events.connected, timeout=KERNEL_MS):
            pass
        qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)
        return activity

    yield open_
    if open_now:
        context = open_now[0][1]
        with Client.connect(module_home, start=False) as client:
            for kernel in client.kernels():
                client.stop_kernel(kernel.id)
        qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)
    close()


@pytest.fixture
def activity(opened: Callable[[], NotebooksActivity]) -> NotebooksActivity:
    return opened()


def console_of(qtbot: QtBot, activity: NotebooksActivity) -> ConsolePage:
    """Starts a console and waits until it takes code."""
    activity.new_console()
    qtbot.waitUntil(lambda: activity.current_console is not None and activity.current_console.connected, timeout=KERNEL_MS)
    page = activity.current_console
    assert page is not None
    return page
