"""Every command, in every place where it is enabled, with and without a project and a server: none is a fault of the program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.sources import DataSource
from workbench.desktop.context import AppContext
from workbench.desktop.shell.places import PLACES
from workbench.desktop.shell.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard|grabbing the mouse|does not support raise", extend=True)
LEAVES = {"app.quit", "project.close"}
"""Commands that take the ground away on which the others stand; they have tests of their own."""


class Clicker:
    """Runs commands in a window and keeps what went wrong."""

    def __init__(self, qtbot: QtBot, context: AppContext) -> None:
        self.qtbot, self.context = qtbot, context
        self.window = MainWindow(context)
        self.window.resize(1300, 820)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.faults: list[str] = []
        self.ran: set[str] = set()
        self.doing = ""
        self.dialogs = 0
        context.notifications.problem_added.connect(self._on_problem)

    def _on_problem(self, problem: Any) -> None:
        if problem.kind == "bug":
            self.faults.append(f"{self.doing}: {problem.sentence}\n{problem.details[-800:]}")

    def idle(self) -> None:
        calm = [0]

        def quiet() -> bool:
            calm[0] = calm[0] + 1 if self.context.operations.inflight == 0 else 0
            return calm[0] >= 3

        self.qtbot.waitUntil(quiet, timeout=60_000)

    def run_all(self, place: str) -> None:
        """Each command that is enabled in the place, and what it opens is closed."""
        commands = self.context.commands
        self.window.show_place(place)
        self.idle()
        title = getattr(self.window.current, "title", "")
        for command in commands.all():
            if command.id in LEAVES or (command.id in self.ran and command.category != title):
                continue
            if self.window.current_place != place:
                self.window.show_place(place)
            if commands.enabled(command.id):
                self.doing = f"{command.id} in {place}"
                commands.action(command.id).trigger()
                self.ran.add(command.id)
                self.close_popups()
                self.idle()

    def close_popups(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QMenu):
                widget.close()
            elif isinstance(widget, QDialog) and widget.isVisible():
                self.dialogs += 1
                widget.reject()
        self.window.palette_popup.hide()
        QApplication.processEvents()


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be opened in a browser or file manager."""
    urls: list[str] = []

    def note(url: QUrl | str) -> bool:
        urls.append(str(url))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return urls


def _close(clicker: Clicker) -> None:
    clicker.idle()
    clicker.window.hide()
    clicker.context.window = None
    clicker.window.deleteLater()


@pytest.fixture
def alone(context: AppContext, qtbot: QtBot) -> Iterator[Clicker]:
    """Without a server."""
    made = Clicker(qtbot, context)
    yield made
    _close(made)


@pytest.fixture
def served_clicker(linked: AppContext, qtbot: QtBot) -> Iterator[Clicker]:
    """With a server."""
    made = Clicker(qtbot, linked)
    yield made
    _close(made)


def test_that_no_command_fails_without_project_and_server(alone: Clicker) -> None:
    for place in ("home", "runs", "models", "services", "settings"):
        alone.run_all(place)
    assert not alone.faults, "\n\n".join(alone.faults)
    assert len(alone.ran) > 15


def test_that_no_command_fails_in_a_project_with_a_server(served_clicker: Clicker, training: Any) -> None:
    clicker = served_clicker
    folder: Path = training.folder
    (folder / "trips.csv").write_text("day,city,delay\n2024-01-02,Oslo,3\n2024-01-03,Rome,\n2024-01-04,Oslo,12\n")
    DataSource.create(folder / "trips.csv", folder).save(folder / "trips.wbsource")
    Package(flows=(Dataflow(name="trips", source=FileRef(path="trips.wbsource")),)).save(folder / "trips.wbprep")
    clicker.context.set_project(training)
    clicker.idle()
    for entry in PLACES:
        clicker.window.show_place(entry.id)
        clicker.idle()
    data: Any = clicker.window.activity("data")
    data.open_path(folder / "trips.wbprep")
    clicker.idle()
    assert data.prep is not None
    for place in (*[place.id for place in PLACES], "settings"):
        clicker.run_all(place)
    assert not clicker.faults, "\n\n".join(clicker.faults)
    assert {"data.filter", "data.join", "data.derive", "data.add_source", "runs.run", "dashboard.run"} <= clicker.ran
    assert clicker.dialogs > 3


def test_that_projects_come_and_go_in_one_window(alone: Clicker, training: Any, project: Any) -> None:
    context, window = alone.context, alone.window
    for one in (project, None, training, project, None, project):
        context.set_project(one)
        for place in (*[place.id for place in PLACES], "settings"):
            window.show_place(place)
            assert type(window.current).__name__ != "ErrorState", f"{place} of {one}"
        alone.idle()
    ids = [command.id for command in context.commands.all()]
    assert len(ids) == len(set(ids))
    assert not alone.faults, "\n\n".join(alone.faults)
    context.commands.run("project.close")
