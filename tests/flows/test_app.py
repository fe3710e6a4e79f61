"""The main job in the app, by mouse and keys only: from Home to a scored request, and every link of the way back."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Requirement
from workbench.base.files import write_atomic
from workbench.schema import RunStatus, ServiceStatus

QtCore = pytest.importorskip("PySide6.QtCore", exc_type=ImportError)
pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QListWidget, QWidget  # noqa: E402

from tests.flows.pointing import User  # noqa: E402
from workbench.desktop.widgets import Sheet  # noqa: E402

pytestmark = [
    pytest.mark.timeout(600),  # the packages of the project's environment may have to be downloaded
    pytest.mark.qt_log_ignore("grabbing the keyboard|grabbing the mouse", extend=True),  # the offscreen platform, for popups
]
ROWS = 12_000
LIMIT_S = 0.25
"""What the GUI thread may compute at a stretch; generous, for a machine that does much else."""


def test_the_main_job_by_pointing_and_typing(user: User, tmp_path: Path, require: Requirement) -> None:
    from workbench.cli.doctor.checks import check_network

    network = check_network()
    require("network", available=network.state == "ok", reason=f"the package index {network.detail}")
    _make_project(user, tmp_path)
    _add_sources(user)
    _prepare(user)
    runs = _run_all(user)
    _compare(user, runs)
    _register(user, runs[-1])
    _deploy(user)
    _follow_the_links(user)
    _stop_and_delete(user)
    assert not user.problems
    slow = [stall for stall in user.watchdog.stalls if stall.cpu > LIMIT_S]
    assert not slow, "\n".join(map(str, slow))


def _make_project(user: User, tmp_path: Path) -> None:
    """Home, New project, the template, a name, a place."""
    from workbench.desktop.home.newproject import NewProjectSheet

    assert user.window.current_place == "home"
    user.click(user.find(QWidget, "New project", user.window.current))
    sheet = user.dialog(NewProjectSheet)
    user.click(user.find(QWidget, "Template Late flights", sheet))
    user.until(lambda: sheet.template == "flights", "the template to be chosen")
    user.write(sheet.form.field("name"), "Late flights")
    user.write(sheet.form.field("parent"), str(tmp_path / "projects"))
    user.press("Create project", sheet)
    user.until(lambda: user.context.project is not None, "the project")
    user.until(lambda: user.window.current_place == "dashboard", "the dashboard")
    user.idle()


def _add_sources(user: User) -> None:
    """Two raw files through the wizard: one page by page, one with what was detected."""
    assert user.context.project is not None
    folder = user.context.project.folder / "data"
    user.context.operations.run("Writing the raw files", lambda _progress: _write_raw(folder))
    user.idle()
    user.press("Add data", user.window.current)  # what the dashboard says is next
    user.until(lambda: user.window.current_place == "data", "the data")
    user.idle()
    activity: Any = user.window.current
    for name in ("flights", "weather"):
        _add_source(user, activity, folder / f"{name}.csv")
    assert activity.page.data.view.row_count > 20_000


def _add_source(user: User, activity: Any, file: Path) -> None:
    from workbench.desktop.data.wizard.wizard import AddSourceWizard

    paged = file.stem == "flights"
    if paged:
        user.press("Add data source", activity.stack.currentWidget())
    else:
        user.click(activity.list.add)
        user.choose_menu("Add data source")
    wizard = user.dialog(AddSourceWizard)
    user.write(wizard.file_page.path, str(file), enter=True)
    user.until(wizard.finish_button.isEnabled, "the file to be looked at")
    assert "comma" in wizard.file_page.sentence
    if paged:
        user.click(wizard.next_button)
        user.until(lambda: wizard.details_page.grid.model.rows > 0, "the preview")
        user.click(wizard.next_button)
        user.click(wizard.next_button)
    else:
        user.click(wizard.finish_button)
    user.until(lambda: activity.page is not None and activity.page.path.stem == file.stem, f"the source {file.stem}")
    user.until(lambda: activity.page.data.view is not None, "its rows")
    user.idle()


def _write_raw(folder: Path) -> None:
    """The shipped raw files; of the flights a part, spread over the year."""
    from workbench.dataprep.samples import write_sample

    for name in ("flights", "weather"):
        path = write_sample(name, folder)
        if name == "flights":
            header, *lines = path.read_text("utf-8").splitlines(keepends=True)
            write_atomic(path, header + "".join(lines[:: len(lines) // ROWS]))


def _prepare(user: User) -> None:
    """A new preparation with six steps, each by pointing and typing."""
    activity: Any = user.window.current
    user.click(activity.list.add)
    user.choose_menu("New preparation of flights")
    user.until(lambda: activity.prep is not None and activity.prep.data.view is not None, "the preparation")
    user.idle()
    page = activity.prep

    user.press("Filter", page.toolbar)
    user.until(lambda: page.session is not None, "the filter")
    row = page.session.editor.rows.rows[0]
    user.choose(row.column, "arr_delay")
    user.choose(row.operator, "is not missing")
    _accept(user, page, 1)

    _pick_column(user, page, "flight")
    user.press("Convert", page.toolbar)
    user.until(lambda: page.session is not None, "the conversion")
    assert (page.session.editor.picker.names, page.session.editor.to.currentData()) == (("flight",), "string")
    _accept(user, page, 2)

    _derive(user, page)

    user.pick("More", "Remove columns", page.toolbar)
    user.until(lambda: page.session is not None, "the removal")
    user.click(page.session.editor.picker)
    popup = user.find(QLineEdit, within=QApplication.activePopupWidget()).parentWidget()
    user.press("None", popup)  # the column in front was proposed
    for name in ("dep_time", "dep_delay", "arr_time", "air_time", "tailnum"):
        user.write(user.part(QLineEdit, popup), name)
        names = user.part(QListWidget, popup)
        item = next(names.item(i) for i in range(names.count()) if names.item(i).text() == name)
        user.click_item(names, names.indexFromItem(item), at=80)
    user.qtbot.keyClick(popup, Qt.Key.Key_Escape)
    user.until(lambda: len(page.session.editor.picker.names) == 5, "five columns to be ticked")
    _accept(user, page, 4)

    user.press("Join", page.toolbar)
    user.until(lambda: page.session is not None, "the join")
    user.choose(page.session.editor.with_, "weather")
    user.until(lambda: "rows match" in page.session.editor.counts.sentence(), "the counts of the join")
    _accept(user, page, 5)

    user.pick("More", "Write to Parquet", page.toolbar)
    user.until(lambda: page.session is not None, "the writing")
    assert page.session.editor.path.text() == "data/flights.parquet"
    _accept(user, page, 6)
    user.until(lambda: not page.document.unsaved, "the preparation to be saved")
    columns = {column.name for column in page.data.view.columns}
    assert {"departure_window", "temp", "visib"} <= columns
    assert not {"dep_delay", "tailnum"} & columns


def _accept(user: User, page: Any, steps: int) -> None:
    """OK in the panel over the grid; the step is there."""
    user.until(page.session.host.ok.isEnabled, f"step {steps} to be acceptable: {getattr(page.session.host, 'sentence', '')}")
    user.idle()
    user.click(page.session.host.ok)
    user.until(lambda: page.document.flow is not None and len(page.document.flow.steps) == steps, f"{steps} steps")
    user.until(lambda: page.session is None and page.data.view is not None, "the result")
    user.idle()


def _pick_column(user: User, page: Any, name: str) -> None:
    """A click on the column's name."""
    view, section = page.grid.view, page.grid.model.section_of(name)
    view.scrollTo(page.grid.model.index(0, section))
    header = view.header
    spot = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, 14)
    user.click(header.viewport(), spot)
    user.until(lambda: page.grid.selected_columns() == (name,), f"the column {name} to be selected")


def _derive(user: User, page: Any) -> None:
    """A column from two examples that are typed into its cells."""
    times = [int(text or 0) for text in page.data.view.window(0, 400).columns[_place(page, "sched_dep_time")]]
    _pick_column(user, page, "sched_dep_time")
    user.press("Derive by example", page.toolbar)
    user.until(lambda: page.grid.model.section_of("sched_dep_time_derived") >= 0, "the new column")
    user.idle()
    panel = page.session.panel
    user.write(panel.name, "departure_window", enter=True)
    user.until(lambda: page.grid.model.section_of("departure_window") >= 0, "its name")
    user.idle()
    rows = [next(row for row, time in enumerate(times) if low <= time < high) for low, high in ((500, 600), (1900, 2000))]
    for row, text in zip(rows, ("5AM-6AM", "7PM-8PM"), strict=True):
        grid = page.grid
        index = grid.model.index(row, grid.model.section_of("departure_window"))
        user.click_item(grid.view, index, double=True)
        user.until(lambda: page.grid.view.viewport().findChild(QLineEdit) is not None, "the cell's editor")
        editor = grid.view.viewport().findChild(QLineEdit)
        user.qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        user.qtbot.keyClicks(editor, text)
        user.qtbot.keyClick(editor, Qt.Key.Key_Return)
        user.idle()
    user.until(panel.ok.isEnabled, f"something to be learned: {panel.sentence}")
    _accept(user, page, 3)
    learned = page.data.view.window(0, 400).columns[_place(page, "departure_window")]
    for time, text in zip(times[:100], learned[:100], strict=True):
        begin, end = time // 100, time // 100 + 1
        assert text == "-".join(f"{(hour - 1) % 12 + 1}{'AM' if hour % 24 < 12 else 'PM'}" for hour in (begin, end))


def _place(page: Any, column: str) -> int:
    return [one.name for one in page.data.view.columns].index(column)


def _run_all(user: User) -> list[Any]:
    """The preparation as a job, then two trainings from the run bar; one of them is watched."""
    activity: Any = user.window.current
    user.click(activity.prep.toolbar.run)
    user.press("Open run")  # the toast's link
    user.until(lambda: user.window.current_place == "runs", "the runs")
    page: Any = user.window.current
    user.until(lambda: page.details.pill.status == "finished", "the preparation's job", 120)
    assert page.details.run.metrics["rows"].last > 10_000
    user.press("Back to the list", page.details)
    bar = page.list.run_bar
    user.until(bar.isVisible, "the list of runs")
    user.idle()
    for depth in ("2", "4"):
        user.choose(bar.script, "train.py")
        user.write(bar.arguments, f"--iterations 15 --log-every 5 --max-depth {depth}")
        user.click(bar.button)
        user.idle()
    table = page.list.table

    def trained(status: RunStatus) -> int:
        return sum(run.script == "train.py" and run.status is status for run in table.records)

    user.until(lambda: trained(RunStatus.RUNNING) + trained(RunStatus.FINISHED) >= 1, "a training to run", 240)
    user.until(lambda: trained(RunStatus.FINISHED) == 2, "both trainings to finish", 240)
    newest = next(run for run in table.records if run.script == "train.py")
    link = next(i for i in range(table.model.columnCount()) if (c := table.model.column_at(i)) and c.kind == "link")
    user.click_item(table.view, table.model.index(list(table.model.shown).index(newest), link), at=24)
    user.until(lambda: page.details.isVisible() and page.details.pill.status == "finished", "the run's page")
    user.until(page.details.charts.isVisible, "its charts")
    user.idle()
    for number in filter(page.details.tabs.isTabVisible, range(page.details.tabs.count())):
        user.click(page.details.tabs, page.details.tabs.tabRect(number).center())
        assert page.details.pages.currentIndex() == number
        user.idle()
    assert "Test days: AUC" in page.details.log.view.text
    runs = sorted((run for run in table.records if run.script == "train.py"), key=lambda run: run.number)
    assert [run.params["max_depth"] for run in runs] == ["2", "4"]
    return runs


def _compare(user: User, runs: list[Any]) -> None:
    """Ticks both trainings and shows them side by side."""
    page: Any = user.window.current
    user.key(page.details, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    table = page.list.table
    user.until(table.isVisible, "the list")
    for run in runs:
        row = [one.id for one in table.model.shown].index(run.id)
        user.click_item(table.view, table.model.index(row, 0))
    user.until(lambda: set(table.checked_ids()) == {run.id for run in runs}, "two ticks")
    user.click(page.list.compare_button)
    user.until(lambda: bool(page.compare.table.records), "the comparison")
    rows = {row.name for row in page.compare.table.records}
    assert {"max_depth", "auc"} <= rows
    user.idle()


def _register(user: User, run: Any) -> None:
    """Opens the run from the comparison's chip and registers its model."""
    from workbench.desktop.models.registerdialog import RegisterDialog

    page: Any = user.window.current
    user.press(f"#{run.number}", page.compare.chips) if _has(user, f"#{run.number}", page.compare.chips) else page.show_run(run.id)
    user.until(lambda: page.details.run is not None and page.details.run.id == run.id, "the run")
    user.click(page.details.register_button)
    dialog = user.dialog(RegisterDialog)
    user.until(lambda: dialog.path.currentData() == "model.joblib", "the model file to be proposed")
    user.write(dialog.name, "late-flights")
    user.press("Register", dialog)
    user.gone(dialog)
    user.press("Open", exact=True)  # the toast's link
    user.until(lambda: user.window.current_place == "models", "the models")
    models: Any = user.window.current
    user.until(lambda: models.details.version is not None and models.details.version.name == "late-flights", "the version")


def _has(user: User, name: str, within: QWidget) -> bool:
    return any(name in (one.text() or one.accessibleName()) for one in user.widgets(QAbstractButton, within))


def _deploy(user: User) -> None:
    """The wizard, then a request to the service."""
    from workbench.desktop.services.deploywizard import DeployWizard

    user.press("Deploy", user.window.current)
    wizard = user.dialog(DeployWizard)
    user.until(wizard.model_page.is_complete, "the version")
    user.click(wizard.next_button)
    assert wizard.service_page.script.currentText() == "score.py"
    user.write(wizard.service_page.name, "late")
    user.click(wizard.next_button)
    user.until(lambda: user.window.current_place == "services", "the services")
    page: Any = user.window.current
    user.until(lambda: page.details.pill.status == ServiceStatus.HEALTHY.value, "the service to be healthy", 240)
    user.until(page.details.try_it.isVisible, "Try it")
    user.press("Send", page.details)
    user.until(lambda: "late_probability" in page.details.try_it.answer.toPlainText(), "an answer")
    user.idle()


def _follow_the_links(user: User) -> None:
    """data › preparation › run › model › service: each part of the breadcrumb opens its page."""
    crumb = user.window._header.breadcrumb
    services: Any = user.window.current
    user.until(lambda: len({part.kind for part in crumb.parts}) == 5, "the whole chain")
    for kind, place in (("service", "services"), ("model", "models"), ("run", "runs"), ("preparation", "data"), ("data", "data")):
        user.go("services")
        user.until(lambda: len({part.kind for part in crumb.parts}) == 5, "the whole chain")
        _follow(user, kind, place)
    user.go("services")
    user.until(services.details.isVisible, "the service")


def _follow(user: User, kind: str, place: str) -> None:
    crumb = user.window._header.breadcrumb
    several = [part for part in crumb.parts if part.kind == kind]
    if len(several) > 1:
        user.pick(kind, several[-1].title, crumb)
    else:
        user.press(kind, crumb)
    user.until(lambda: user.window.current_place == place, f"the page of the {kind}")
    user.idle()
    page: Any = user.window.current
    if kind == "run":
        assert page.details.isVisible()
        assert page.details.run.script == "train.py"
    elif place == "data":
        assert page.page is not None
        assert (page.prep is not None) == (kind == "preparation")


def _stop_and_delete(user: User) -> None:
    """Stop, then Delete behind the three dots."""
    page: Any = user.window.current
    user.press("Stop", page.details)
    user.until(lambda: page.details.pill.status == ServiceStatus.STOPPED.value, "the service to stop", 60)
    user.click(page.details.more)
    user.choose_menu("Delete")
    user.press("Delete", user.dialog(Sheet))
    user.until(lambda: not page._services, "the service to be gone", 60)
    user.find(QWidget, "Deploy a model", page)
