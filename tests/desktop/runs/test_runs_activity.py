"""The Runs activity on a real server, by mouse and key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.runs.activity import RunsActivity
from workbench.desktop.runs.chartcard import ChartCard
from workbench.schema import JobRequest, RunStatus

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def runs(linked: AppContext, training: Any, qtbot: QtBot) -> Iterator[RunsActivity]:
    activity = RunsActivity(linked)
    linked.project_changed.connect(activity.project_changed)
    linked.set_project(training)
    activity.resize(1300, 800)
    activity.show()
    activity.activate()
    qtbot.waitUntil(lambda: activity.store.loaded and bool(activity.list.run_bar.script.currentText()), timeout=20_000)
    yield activity
    activity.hide()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    activity.deleteLater()


def submit(linked: AppContext, training: Any, script: str = "train.py", *arguments: str) -> str:
    request = JobRequest(project=str(training.folder), script=script, arguments=arguments or ("--depth", "3"))
    return linked.connection.get().submit(request).id


def finish(linked: AppContext, run_id: str) -> str:
    assert linked.connection.get().wait(run_id, 60).status.is_final
    return run_id


def status_of(activity: RunsActivity, run_id: str) -> str:
    run = activity.store.get(run_id)
    return run.status.value if run else ""


def test_that_run_submits_and_the_list_follows_it_to_its_end(runs: RunsActivity, qtbot: QtBot) -> None:
    bar = runs.list.run_bar
    assert (bar.script.currentText(), bar.arguments.text()) == ("train.py", "--depth 3")
    bar.arguments.selectAll()
    qtbot.keyClicks(bar.arguments, "--depth 7")
    qtbot.mouseClick(bar.button, LEFT)
    qtbot.waitUntil(lambda: any(run.status is RunStatus.FINISHED for run in runs.list.table.records), timeout=60_000)
    qtbot.waitUntil(lambda: "valid/auc" in runs.list.table.records[0].metrics, timeout=20_000)
    titles = [runs.list.table.model.headerData(section, Qt.Orientation.Horizontal) for section in range(20)]
    assert "valid/auc" in titles
    assert runs.list.table.records[0].params == {"depth": "7", "kind": "tree"}
    assert runs.list.side.ids() == ["all", "train.py"]


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")
def test_that_a_missing_script_gives_a_sentence_and_queues_nothing(runs: RunsActivity, qtbot: QtBot) -> None:
    line = runs.list.run_bar.script.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "trian.py")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "no file trian.py" in runs.list.run_bar.message.text()
    assert runs.list.run_bar.message.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert runs.list.run_bar.message.isHidden()
    assert not runs.store.runs


def test_that_a_script_with_a_syntax_error_is_refused_in_words(runs: RunsActivity, training: Any, qtbot: QtBot) -> None:
    (training.folder / "train.py").write_text("def broken(:\n")
    qtbot.mouseClick(runs.list.run_bar.button, LEFT)
    qtbot.waitUntil(runs.list.run_bar.message.isVisible, timeout=20_000)
    assert "train.py" in runs.list.run_bar.message.text()
    assert runs.list.run_bar.button.isEnabled()


def test_that_a_run_is_cancelled_from_its_page(runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot) -> None:
    run_id = submit(linked, training, "slow.py")
    runs.show_run(run_id)
    qtbot.waitUntil(lambda: "begun" in linked.connection.get().log(run_id).text, timeout=60_000)
    runs.details.show_tab("Log")
    qtbot.waitUntil(lambda: "begun" in runs.details.log.view.text, timeout=20_000)
    qtbot.waitUntil(runs.details.cancel_button.isVisible, timeout=20_000)
    qtbot.mouseClick(runs.details.cancel_button, LEFT)
    qtbot.waitUntil(lambda: runs.details.pill.status == "cancelled", timeout=60_000)
    assert not runs.details.cancel_button.isVisible()


def test_that_a_failed_run_says_why_over_its_page(runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot) -> None:
    run_id = finish(linked, submit(linked, training, "broken.py"))
    runs.show_run(run_id)
    qtbot.waitUntil(lambda: runs.details.pill.status == "failed", timeout=20_000)
    banner = runs.details._banner
    assert banner is not None
    assert "seventeen values are missing" in banner.accessibleName()
    qtbot.waitUntil(lambda: "ValueError" in runs.details.log.view.text, timeout=20_000)


def saved_as_from_menu(card: ChartCard, entry: str, path: Path, qtbot: QtBot) -> None:
    """Right-clicks the chart, takes the entry, and chooses the path in the dialog that opens."""
    centre = card.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, card.mapToGlobal(centre))
    under = card.childAt(centre)
    assert under is not None
    QApplication.sendEvent(under, event)
    menu = card.findChildren(QMenu)[-1]
    next(action for action in menu.actions() if action.text() == entry).trigger()
    menu.close()
    dialog = card.window().findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_that_ticked_runs_are_compared_and_only_differences_are_shown(
    runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    ids = [finish(linked, submit(linked, training, "train.py", "--depth", depth)) for depth in ("3", "9")]
    qtbot.waitUntil(lambda: all(status_of(runs, run_id) == "finished" for run_id in ids), timeout=30_000)
    view = runs.list.table.view
    view.setFocus()
    view.setCurrentIndex(runs.list.table.model.index(0, 1))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert runs.list.compare_button.text() == "Compare 2"
    qtbot.mouseClick(runs.list.compare_button, LEFT)
    qtbot.waitUntil(lambda: bool(runs.compare.table.records), timeout=20_000)
    rows = {row.name: row for row in runs.compare.table.records}
    assert sorted(rows["depth"].values) == ["3", "9"]
    assert rows["valid/auc"].best == rows["depth"].values.index("9")
    assert "kind" not in rows
    runs.compare.only.click()
    assert "kind" in {row.name for row in runs.compare.table.records}
    qtbot.waitUntil(lambda: list(runs.compare.charts.cards) == ["valid/auc"], timeout=20_000)
    card = runs.compare.charts.cards["valid/auc"]
    qtbot.waitUntil(lambda: card.chart is not None and len(card.chart.series) == 2, timeout=20_000)
    saved_as_from_menu(card, "Save the points as CSV …", tmp_path / "auc.csv", qtbot)
    qtbot.waitUntil((tmp_path / "auc.csv").exists, timeout=20_000)
    lines = (tmp_path / "auc.csv").read_text().splitlines()
    assert lines[0] == "run,step,time,valid/auc"
    assert len(lines) == 1 + sum(run.metrics["valid/auc"].count for run in runs.store.runs if run.id in runs.compare.ids)
    saved_as_from_menu(card, "Save as picture …", tmp_path / "auc.png", qtbot)
    assert (tmp_path / "auc.png").read_bytes().startswith(b"\x89PNG")
    crosses = [one for one in runs.compare.chips.findChildren(QAbstractButton) if one.accessibleName().startswith("Take")]
    qtbot.mouseClick(crosses[0], LEFT)
    assert len(runs.compare.ids) == 1


def test_that_archiving_can_be_undone_from_its_toast(runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot) -> None:
    run_id = finish(linked, submit(linked, training))
    qtbot.waitUntil(lambda: status_of(runs, run_id) == "finished", timeout=30_000)
    toasts: list[Any] = []
    linked.notifications.toast_added.connect(toasts.append)
    menu = runs.list.menu_for(runs.list.table.records[0])
    next(action for action in menu.actions() if action.text() == "Archive").trigger()
    qtbot.waitUntil(lambda: "archived" in runs.list.side.ids() and not runs.list.table.records, timeout=20_000)
    toasts[-1].action.handler()
    qtbot.waitUntil(lambda: len(runs.list.table.records) == 1, timeout=20_000)
    menu.deleteLater()


def test_that_a_deleted_run_comes_back_from_the_trash(runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot) -> None:
    run_id = finish(linked, submit(linked, training))
    qtbot.waitUntil(lambda: status_of(runs, run_id) == "finished", timeout=30_000)
    toasts: list[Any] = []
    linked.notifications.toast_added.connect(toasts.append)
    menu = runs.list.menu_for(runs.list.table.records[0])
    next(action for action in menu.actions() if action.text() == "Delete").trigger()
    qtbot.waitUntil(lambda: not runs.store.runs and not runs.list.table.isVisible(), timeout=20_000)
    assert [run.id for run in linked.connection.get().trashed_runs()] == [run_id]
    toasts[-1].action.handler()
    qtbot.waitUntil(lambda: bool(runs.store.runs) and runs.list.table.isVisible(), timeout=20_000)
    menu.deleteLater()


def test_that_the_filter_and_constant_columns_act_on_what_is_shown(
    runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot
) -> None:
    ids = [finish(linked, submit(linked, training, "train.py", "--depth", depth)) for depth in ("3", "4")]
    qtbot.waitUntil(
        lambda: all("valid/auc" in run.metrics for run in runs.store.runs) and len(runs.store.runs) == 2, timeout=30_000
    )
    assert ids
    qtbot.keyClicks(runs.list.search, "depth=4")
    qtbot.waitUntil(lambda: [run.params["depth"] for run in runs.list.table.records] == ["4"], timeout=10_000)
    runs.list.search.clear()
    qtbot.waitUntil(lambda: len(runs.list.table.records) == 2, timeout=10_000)
    runs.list.hide_constant.click()
    titles = [column.title for column in runs.list.table.model.columns]
    assert "Script" not in titles
    assert "depth" in titles


def test_that_the_number_is_a_link_to_the_run(runs: RunsActivity, linked: AppContext, training: Any, qtbot: QtBot) -> None:
    run_id = finish(linked, submit(linked, training))
    qtbot.waitUntil(lambda: status_of(runs, run_id) == "finished", timeout=30_000)
    view = runs.list.table.view
    place = view.visualRect(runs.list.table.model.index(0, 1)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=QPoint(place))
    qtbot.waitUntil(lambda: runs.details.run is not None and runs.details.run.id == run_id, timeout=20_000)
    qtbot.waitUntil(lambda: [part.kind for part in runs.lineage()] == ["run"], timeout=10_000)
    runs.details.show_tab("Outputs")
    assert [one.path for one in runs.details.outputs.table.records] == ["model.json"]


def test_that_the_list_without_runs_teaches_to_press_run(runs: RunsActivity) -> None:
    assert runs.list.stack.currentWidget() is not None
    assert not runs.list.table.isVisible()
