"""When things go wrong or get big in the app: a killed server, taken names, odd files, a window that closes at work."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from workbench.projects import Project

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.flows.pointing import User

pytestmark = [
    pytest.mark.qt_log_ignore("grabbing the keyboard|grabbing the mouse|does not support raise", extend=True),
]
TRIPS = "day,city,delay\n2024-01-02,Oslo,3\n2024-01-03,Rome,\n2024-01-04,Oslo,12\n2024-01-05,Bonn,7\n"


def _open_project(user: User, folder: Path, name: str = "Trips") -> Project:
    project = Project.create(folder, name=name)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "trips.csv").write_text(TRIPS)
    user.context.open_project(folder)
    user.until(lambda: user.context.project is not None and user.context.project.folder == folder, "the project")
    user.idle()
    return project


def _add(user: User, file: Path, *, settle: bool = True) -> Any:
    """Adds a file with the wizard; gives the Data activity. Without `settle` its profiles are not waited for."""
    from workbench.desktop.data.wizard.wizard import AddSourceWizard

    user.go("data")
    user.idle()
    activity: Any = user.window.current
    user.click(activity.list.add)
    user.choose_menu("Add data source")
    wizard = user.dialog(AddSourceWizard)
    user.write(wizard.file_page.path, str(file), enter=True)
    user.until(wizard.finish_button.isEnabled, "the file to be looked at")
    user.click(wizard.finish_button)
    user.until(lambda: activity.page is not None and activity.page.data.view is not None, "the rows")
    if settle:
        user.idle()
    return activity


def _prepare(user: User, activity: Any, name: str, *, settle: bool = True) -> Any:
    user.click(activity.list.add)
    user.choose_menu(f"New preparation of {name}")
    user.until(lambda: activity.prep is not None and activity.prep.data.view is not None, "the preparation")
    if settle:
        user.idle()
    return activity.prep


def test_that_a_killed_server_is_said_and_started_again_by_a_click(user: User, tmp_path: Path) -> None:
    _open_project(user, tmp_path / "trips")
    user.go("runs")
    user.idle()
    health = user.context.events.health
    assert health is not None
    os.kill(health.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    psutil.wait_procs([psutil.Process(health.pid)] if psutil.pid_exists(health.pid) else [], timeout=10)
    user.until(user.window.banner.isVisible, "the banner", 20)
    for place in ("dashboard", "models", "services", "runs"):
        user.go(place)
        user.idle()
    assert user.window.banner.action is not None
    user.click(user.window.banner.action)
    user.until(lambda: not user.window.banner.isVisible(), "the server to be back", 60)
    user.idle()
    assert user.context.events.health is not None
    assert user.context.events.health.pid != health.pid
    assert not [problem for problem in user.problems if "fault of Workbench" in problem]


def test_that_steps_come_and_go_until_nothing_is_left(user: User, tmp_path: Path) -> None:
    from workbench.dataprep.steps import Remove, Rename, Sort, SortKey

    _open_project(user, tmp_path / "trips")
    activity = _add(user, tmp_path / "trips" / "data" / "trips.csv")
    page = _prepare(user, activity, "trips")
    for step in (Remove(columns=("day",)), Rename(column="city", to="town"), Sort(keys=(SortKey(column="delay"),))):
        page.add_step(step, step.describe())
    user.idle()
    for key, steps in ((Qt.Key.Key_Z, 0), (Qt.Key.Key_Y, 3), (Qt.Key.Key_Z, 0)):
        for _ in range(5):  # twice more than there are
            user.key(page.grid.view, key, Qt.KeyboardModifier.ControlModifier)
        user.idle()
        assert len(page.document.flow.steps) == steps
    assert not page.toolbar.undo.isEnabled()
    assert page.toolbar.redo.isEnabled()
    assert not user.problems


def test_that_a_taken_name_is_refused_in_words_and_nothing_is_lost(user: User, tmp_path: Path) -> None:
    _open_project(user, tmp_path / "trips")
    data = tmp_path / "trips" / "data"
    (data / "other.csv").write_text("a,b\n1,2\n")
    _add(user, data / "other.csv")
    activity = _add(user, data / "trips.csv")
    names = activity.list.list
    user.key(names, Qt.Key.Key_F2)
    user.until(lambda: names.findChild(QLineEdit) is not None, "the editor of the name")
    editor = user.part(QLineEdit, names)
    editor.selectAll()
    user.qtbot.keyClicks(editor, "other")
    user.qtbot.keyClick(editor, Qt.Key.Key_Return)
    user.until(lambda: bool(user.problems), "a sentence")
    user.idle()
    assert "other.wbsource exists already" in user.problems[0]
    assert {"other.wbsource", "trips.wbsource"} <= {path.name for path in data.iterdir()}
    assert activity.page is not None, "what was open stays open"


@pytest.mark.parametrize("columns", [500])
def test_that_a_wide_file_is_shown_prepared_and_scrolled(user: User, tmp_path: Path, columns: int) -> None:
    _open_project(user, tmp_path / "trips")
    file = tmp_path / "trips" / "data" / "wide.csv"
    header = ",".join(f"measurement number {number} of a long campaign" for number in range(columns))
    file.write_text(
        "\n".join([header, *[",".join(str(row * number % 97) for number in range(columns)) for row in range(300)]]) + "\n"
    )
    activity = _add(user, file, settle=False)
    page = _prepare(user, activity, "wide", settle=False)
    assert len(page.data.view.columns) == columns
    user.press("Filter", page.toolbar)
    user.until(lambda: page.session is not None, "the filter")
    page.end_session()
    page.grid.go_to(299, f"measurement number {columns - 1} of a long campaign")
    user.until(lambda: page.grid.current_cell() is not None, "the last cell")
    activity.close_all()
    assert not user.problems


def test_that_a_file_with_a_header_only_can_be_prepared(user: User, tmp_path: Path) -> None:
    from workbench.desktop.data.derive_session import DeriveSession

    _open_project(user, tmp_path / "trips")
    file = tmp_path / "trips" / "data" / "none.csv"
    file.write_text("day,city,delay\n")
    activity = _add(user, file)
    page = _prepare(user, activity, "none")
    assert page.data.view.row_count == 0
    for op in page.toolbar.buttons:
        user.click(page.toolbar.buttons[op])
        user.until(lambda: page.session is not None, "an editor")
        user.idle()
        assert op != "derive" or isinstance(page.session, DeriveSession)
        page.end_session()
        user.idle()
    assert not user.problems


@pytest.mark.parametrize("during", ["derive", "profile"])
def test_that_the_window_closes_while_it_works(user: User, tmp_path: Path, during: str) -> None:
    _open_project(user, tmp_path / "trips")
    file = tmp_path / "trips" / "data" / "many.csv"
    file.write_text("day,city,delay\n" + "".join(f"2024-01-{n % 28 + 1:02},City {n % 977},{n}\n" for n in range(200_000)))
    activity = _add(user, file)
    page = _prepare(user, activity, "many")
    if during == "derive":
        page.begin("derive", ("city",))
        user.until(lambda: page.session is not None, "the session")
        page.grid.example_edited.emit(0, "0 city")
    else:
        page.refresh()
    user.window.close()
    assert user.window.isHidden()
    activity.close_all()
    user.idle()
    assert not [problem for problem in user.problems if "fault of Workbench" in problem]


def test_that_another_project_opens_while_the_first_one_works(user: User, tmp_path: Path) -> None:
    _open_project(user, tmp_path / "trips")
    file = tmp_path / "trips" / "data" / "many.csv"
    file.write_text("day,city,delay\n" + "".join(f"2024-01-{n % 28 + 1:02},City {n % 977},{n}\n" for n in range(200_000)))
    activity = _add(user, file)
    page = _prepare(user, activity, "many")
    page.set_sample(None)
    page.begin("summarize", ("city",))
    _open_project(user, tmp_path / "second", "Second")
    user.idle()
    assert user.window.windowTitle().startswith("Second")
    user.go("data")
    user.idle()
    assert activity.page is None
    assert not activity.list.catalog.items
    assert not user.problems


def test_that_very_long_names_are_cut_and_nothing_grows_out_of_the_window(user: User, tmp_path: Path) -> None:
    name = "The probability of late arrivals of all flights from New York by carrier, origin, weather and the hour of the day " * 2
    _open_project(user, tmp_path / "long", name.strip())
    data = tmp_path / "long" / "data"
    long = data / f"{'a rather long name of a file ' * 6}.csv"
    long.write_text(TRIPS)
    user.window.resize(900, 560)
    activity = _add(user, long)
    _prepare(user, activity, long.stem)
    for place in ("dashboard", "data", "notebooks", "runs", "models", "services"):
        user.go(place)
        user.idle()
        QApplication.processEvents()
        assert (user.window.width(), user.window.height()) == (900, 560), f"{place} makes the window {user.window.size()}"
    assert not user.problems
