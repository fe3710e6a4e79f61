"""The window: places, projects, jobs, problems, settings, closing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.base.clock import utc_now
from workbench.base.settings import load_settings
from workbench.desktop.context import AppContext
from workbench.desktop.home.newproject import NewProjectSheet
from workbench.desktop.home.page import HomePage
from workbench.desktop.shell.window import MainWindow
from workbench.schema import Health, Job, JobTransition, LineagePart, RunChanged, RunStatus

CONTROL = Qt.KeyboardModifier.ControlModifier


def button(parent: QWidget, text: str) -> QPushButton:
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text and b.isVisibleTo(parent))


def test_that_without_a_project_the_window_shows_home(window: MainWindow, shoot: Callable[[QWidget, str], None]) -> None:
    assert window.current_place == "home"
    assert isinstance(window.current, HomePage)
    assert not window._rail.buttons["data"].isEnabled()
    shoot(window, "shell-home")


def test_that_a_project_is_made_from_a_template_by_mouse_and_keys(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_N, CONTROL)
    sheet = window.findChild(NewProjectSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: bool(sheet._tiles))
    qtbot.mouseClick(sheet._tiles["blank"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.create_button, Qt.MouseButton.LeftButton)
    assert sheet.isVisible(), "a project without a name is not made"
    qtbot.keyClicks(sheet.form.field("name"), "Energy demand")
    location = sheet.form.field("parent")
    location.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(location, str(tmp_path))
    qtbot.mouseClick(sheet.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: context.project is not None, timeout=20_000)
    assert (tmp_path / "Energy-demand" / "workbench.toml").is_file()
    assert window.windowTitle() == "Energy demand – Workbench"
    assert [name for _folder, name in context.recent_projects()] == ["Energy demand"]


def test_that_a_folder_that_is_taken_is_said_in_the_sheet_and_nothing_is_lost(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    sheet = NewProjectSheet(context, window)
    sheet.open()
    qtbot.waitUntil(lambda: bool(sheet._tiles))
    sheet.form.set_value({"name": "taken", "parent": tmp_path})
    sheet.create_project()
    qtbot.waitUntil(lambda: bool(sheet.message.text()))
    assert "not empty" in sheet.message.text()
    assert sheet.isVisible()
    assert (tmp_path / "taken" / "mine.txt").read_text() == "mine"
    sheet.reject()


def test_that_a_folder_without_a_project_becomes_a_problem_with_a_hint(
    window: MainWindow, context: AppContext, qtbot: QtBot, tmp_path: Path, idle: Callable[[AppContext], None]
) -> None:
    context.open_project(tmp_path)
    qtbot.waitUntil(lambda: bool(context.notifications.problems))
    assert "not a Workbench project" in context.notifications.problems[0].sentence
    assert window._rail.bell.badge == 1
    qtbot.keyClick(window, Qt.Key.Key_M, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.problems.isVisible()
    assert window._rail.bell.badge == 0
    qtbot.mouseClick(button(window.problems, "Dismiss all"), Qt.MouseButton.LeftButton)
    assert context.notifications.problems == ()


def test_that_settings_apply_while_they_are_edited(window: MainWindow, context: AppContext, qtbot: QtBot, home: Path) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Comma, CONTROL)
    assert window.current_place == "settings"
    page: Any = window.current
    combo = page.forms[0].field("theme")
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    qtbot.waitUntil(lambda: context.theme.tokens.dark, timeout=3000)
    path = context.paths.settings
    qtbot.waitUntil(lambda: path.is_file() and load_settings(path).theme == "dark", timeout=5000)


def test_that_the_lineage_is_shown_as_links_that_open_their_part(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    parts = (LineagePart(kind="data", id="a.csv", title="a.csv"), LineagePart(kind="run", id="7", title="run 7"))
    window._header.breadcrumb.set_parts(parts)
    segment = next(child for child in window._header.breadcrumb.findChildren(QToolButton) if child.text() == "run 7")
    context.part_requested.disconnect(window._on_part)
    with qtbot.waitSignal(context.part_requested) as told:
        qtbot.mouseClick(segment, Qt.MouseButton.LeftButton)
    assert told.args == [parts[1]]


def test_that_a_page_without_a_lineage_of_its_own_shows_the_projects(
    window: MainWindow, context: AppContext, qtbot: QtBot, project: Any
) -> None:
    (project.folder / "flights.wbprep").write_text("{}")
    context.set_project(project)
    window.show_settings()
    qtbot.waitUntil(lambda: [part.title for part in window._header.breadcrumb.parts] == ["flights.wbprep"])
    context.set_project(None)
    assert window._header.breadcrumb.parts == ()


def job(number: int, status: RunStatus, **more: Any) -> Job:
    began = utc_now() - timedelta(seconds=90)
    history = (JobTransition(status=RunStatus.QUEUED, time=began), JobTransition(status=status, time=began + timedelta(seconds=30)))
    return Job(
        id=f"{number:032x}", run_number=number, run_name=f"run {number}", experiment="flights", project="/p", script="train.py",
        target="local", status=status, history=history, **more,
    )  # fmt: skip


def test_that_the_jobs_panel_shows_live_jobs_first_and_forgets_finished_ones(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_J, CONTROL)
    assert window.jobs.isVisible()
    window.jobs._on_jobs((job(1, RunStatus.FINISHED), job(2, RunStatus.RUNNING), job(3, RunStatus.QUEUED, queue_position=1)))
    assert set(window.jobs._cards) == {job(n, RunStatus.FINISHED).id for n in (1, 2, 3)}
    window.jobs.dismiss_finished()
    assert set(window.jobs._cards) == {job(n, RunStatus.FINISHED).id for n in (2, 3)}


def test_that_a_lost_server_shows_a_banner_with_restart_and_its_return_hides_it(window: MainWindow, context: AppContext) -> None:
    context.events.disconnected.emit("The job manager was stopped.")
    assert window.banner.isVisible()
    assert "not connected" in window._status.sentence.text()
    context.events.connected.emit(Health(version="1", pid=1, workspace="", started=utc_now(), running=1, queued=2))
    assert not window.banner.isVisible()
    assert window._status.sentence.text() == "Job manager connected · 1 running, 2 queued"


def test_that_closing_with_live_jobs_says_once_that_they_go_on(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    context.events.health = Health(version="1", pid=1, workspace="", started=utc_now(), running=2, queued=0)
    window.close()
    assert window.isVisible()
    sheet = next(d for d in window.findChildren(QDialog) if d.isVisible())
    qtbot.mouseClick(button(sheet, "Close Workbench"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    window.show()
    window.close()
    assert not window.isVisible()


def test_that_a_run_that_ends_is_told_once_and_one_that_had_ended_is_not(window: MainWindow, context: AppContext) -> None:
    def changed(run: str, status: RunStatus) -> tuple[RunChanged, ...]:
        return (RunChanged(run_id=run, status=status, name="train.py #7"),)

    context.events.run_changed.emit(changed("old", RunStatus.FINISHED))
    assert window.toasts.cards == []
    context.events.run_changed.emit(changed("new", RunStatus.RUNNING))
    context.events.run_changed.emit(changed("new", RunStatus.FAILED))
    context.events.run_changed.emit(changed("new", RunStatus.FAILED))
    assert [card.accessibleName() for card in window.toasts.cards] == ["train.py #7 failed"]


def test_that_f6_moves_the_focus_from_pane_to_pane(window: MainWindow, qtbot: QtBot) -> None:
    seen = set()
    for _ in range(6):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focus = window.focusWidget()
        seen.add(
            next((name for name in ("_rail", "_header", "_stack", "_status") if getattr(window, name).isAncestorOf(focus)), "")
        )
    assert {"_rail", "_header", "_stack", "_status"} <= seen


def test_that_the_window_remembers_its_jobs_panel(window: MainWindow, context: AppContext) -> None:
    window.toggle_jobs()
    assert context.state.value("window/jobs", False, type=bool) is True
