"""Preparing data in the document: steps by mouse and key, undo, time travel, errors in place."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from workbench.dataprep.package import Package
from workbench.dataprep.steps import Convert, Filter, Remove, Rename
from workbench.desktop.data.editors.join import JoinEditor
from workbench.desktop.widgets import ErrorState

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, for popups


def _choose(bench: Any, words: str) -> None:
    """Triggers the entry of the open menu that starts with `words`."""

    def find() -> Any:
        menus = [menu for menu in bench.activity.prep.findChildren(QMenu) if menu.isVisible()]
        return next((action for menu in menus for action in menu.actions() if action.text().startswith(words)), None)

    bench.until(lambda: find() is not None)
    action = find()
    menu = next(menu for menu in bench.activity.prep.findChildren(QMenu) if menu.isVisible() and action in menu.actions())
    action.trigger()
    menu.close()


def _type(page: Any, text: str) -> None:
    QTest.keyClicks(page.session.editor.rows.rows[0].value, text)


def test_that_a_filter_from_the_header_menu_is_previewed_and_added(bench: Any) -> None:
    page = bench.prepare()
    page.grid.select_column("carrier")
    page.grid.column_menu.emit("carrier", page.grid.mapToGlobal(QPoint(120, 20)))
    _choose(bench, "Filter rows")
    bench.until(lambda: page.session is not None)
    _type(page, "UA")
    bench.until(lambda: "4 of 10 rows stay" in page.session.host.sentence)
    bench.qtbot.mouseClick(page.session.host.ok, Qt.MouseButton.LeftButton)
    bench.idle()
    assert page.session is None
    assert bench.column("carrier") == ["UA"] * 4
    assert [step.op for step in Package.load(page.document.path).flows[0].steps] == ["filter"]


def test_that_a_condition_of_the_wrong_type_is_said_and_cannot_be_applied(bench: Any) -> None:
    page = bench.prepare()
    page.begin("filter", ("dep_delay",))
    bench.until(lambda: page.session is not None)
    _type(page, "abc")
    bench.until(lambda: "'abc' is not a value that dep_delay can have" in page.session.host.sentence)
    assert not page.session.host.ok.isEnabled()
    QTest.keyClick(page.session.host, Qt.Key.Key_Escape)
    bench.idle()
    assert page.session is None
    assert bench.activity.page.data.view.row_count == 10


def test_that_a_click_on_a_step_shows_the_data_as_of_then_and_undo_takes_steps_back(bench: Any) -> None:
    page = bench.prepare()
    page.add_step(Remove(columns=("hour",)), "Remove hour")
    page.add_step(Rename(column="origin", to="airport"), "Rename origin")
    bench.idle()
    assert bench.names() == ["carrier", "dep_time", "dep_delay", "airport"]
    bench.click_step(page, 1)
    bench.until(lambda: bench.names() == ["carrier", "dep_time", "dep_delay", "origin"])
    bench.click_step(page, 0)
    bench.until(lambda: "hour" in bench.names())
    bench.idle()
    page.document.stack.undo()
    bench.idle()
    assert [step.op for step in page.document.flow.steps] == ["remove"]
    assert page.toolbar.undo.toolTip().startswith("Undo: Remove hour")
    page.document.stack.undo()
    bench.idle()
    assert Package.load(page.document.path).flows[0].steps == ()
    assert "hour" in bench.names()


def test_that_the_delete_key_removes_the_selected_column_and_the_step_in_the_pane(bench: Any) -> None:
    page = bench.prepare()
    page.table.show_column("hour")
    QTest.keyClick(page.grid.view, Qt.Key.Key_Delete)
    bench.idle()
    assert "hour" not in bench.names()
    page.steps.list.setFocus()
    QTest.keyClick(page.steps.list, Qt.Key.Key_Delete)
    bench.idle()
    assert "hour" in bench.names()
    assert page.document.flow.steps == ()


def test_that_steps_move_and_switch_off_with_keys(bench: Any) -> None:
    page = bench.prepare()
    page.add_step(Remove(columns=("hour",)), "Remove hour")
    page.add_step(Remove(columns=("origin",)), "Remove origin")
    bench.idle()
    bench.click_step(page, 2)
    QTest.keyClick(page.steps.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    bench.idle()
    assert [step.columns for step in page.document.flow.steps] == [("origin",), ("hour",)]
    bench.click_step(page, 2)
    bench.idle()
    QTest.keyClick(page.steps.list, Qt.Key.Key_Space)
    bench.idle()
    assert [step.enabled for step in page.document.flow.steps] == [True, False]
    assert "hour" in bench.names()


def test_that_a_broken_step_says_its_sentence_at_the_step_and_in_place_of_the_grid(bench: Any) -> None:
    page = bench.prepare()
    page.add_step(Remove(columns=("hour",)), "Remove hour")
    page.add_step(Convert(columns=("hours",), to="decimal"), "Convert hours")
    bench.idle()
    assert "There is no column hours here" in page.steps.cards[2].problem.text()
    assert page.steps.cards[1].problem.text() == ""
    assert isinstance(page.table.stack.currentWidget(), ErrorState)
    bench.click_step(page, 1)
    bench.until(lambda: page.table.stack.currentWidget() is page.grid)
    assert bench.names() == ["carrier", "dep_time", "dep_delay", "origin"]


def test_that_a_rename_in_the_header_becomes_a_step(bench: Any) -> None:
    page = bench.prepare()
    page.table.show_column("origin")
    QTest.keyClick(page.grid.view, Qt.Key.Key_F2)
    editor = page.grid.view.header._editor
    editor.clear()
    QTest.keyClicks(editor, "airport")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    bench.idle()
    assert "airport" in bench.names()
    assert page.document.flow.steps[0].describe() == "Rename origin to airport"


def test_that_a_step_is_edited_again_over_the_data_before_it(bench: Any) -> None:
    page = bench.prepare()
    page.begin("filter", ("carrier",))
    bench.until(lambda: page.session is not None)
    _type(page, "UA")
    bench.idle()
    page.session.accept()
    bench.idle()
    page.edit(page.document.flow.steps[0].id)
    bench.until(lambda: page.session is not None)
    edit = page.session.editor.rows.rows[0].value
    assert edit.text() == "UA"
    edit.clear()
    QTest.keyClicks(edit, "AA")
    bench.until(lambda: "2 of 10 rows stay" in page.session.host.sentence)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    bench.idle()
    steps = page.document.flow.steps
    assert len(steps) == 1
    assert isinstance(steps[0], Filter)
    assert bench.column("carrier") == ["AA", "AA"]


def test_that_a_join_suggests_its_key_and_counts_before_it_is_added(bench: Any) -> None:
    page = bench.prepare()
    page.begin("join", ())
    bench.until(lambda: page.session is not None)
    editor = page.session.editor
    assert isinstance(editor, JoinEditor)
    editor.with_.setCurrentIndex(editor.with_.findText("airports"))
    bench.until(lambda: "6 rows match, 4 do not; the result has 10 rows" in editor.counts.sentence())
    assert editor.columns() == ("origin",)
    editor.how.setCurrentIndex(editor.how.findData("inner"))
    bench.until(lambda: "10 rows become 6" in page.session.host.sentence)
    bench.idle()
    bench.qtbot.mouseClick(page.session.host.ok, Qt.MouseButton.LeftButton)
    bench.idle()
    assert "city" in bench.names()
    assert bench.activity.page.data.view.row_count == 6


def test_that_a_bar_of_the_inspector_filters(bench: Any) -> None:
    page = bench.prepare()
    page.table.show_column("carrier")
    bench.until(lambda: len(page.table.inspector.top.bars) == 4)
    spot = page.table.inspector.top.place(0).center().toPoint()
    bench.qtbot.mouseClick(page.table.inspector.top, Qt.MouseButton.LeftButton, pos=spot)
    _choose(bench, "Remove rows where carrier is UA")
    bench.idle()
    assert "UA" not in bench.column("carrier")


def test_that_a_deleted_preparation_comes_back_from_the_trash(bench: Any) -> None:
    page = bench.prepare()
    path = page.document.path
    toasts: list[Any] = []
    bench.context.notifications.toast_added.connect(toasts.append)
    bench.activity.list.list.setFocus()
    QTest.keyClick(bench.activity.list.list, Qt.Key.Key_Delete)
    bench.idle()
    assert not path.exists()
    assert bench.activity.prep is None
    toasts[-1].action.handler()
    bench.until(path.exists)
    bench.until(lambda: bench.activity.prep is not None)


def test_that_a_filter_waits_for_its_value(bench: Any) -> None:
    page = bench.prepare()
    page.begin("filter", ("carrier",))
    bench.until(lambda: page.session is not None)
    bench.idle()
    assert page.session.host.sentence == "Type the value of carrier to look for."
    assert not page.session.host.ok.isEnabled()
    assert page.grid.model.rows == 10
    page.end_session()
    bench.idle()


def test_that_what_cannot_be_saved_keeps_the_window_open_once(bench: Any) -> None:
    page = bench.prepare()
    bench.idle()
    path = page.document.path
    path.unlink()
    path.mkdir()  # a folder stands where the file should go
    page.add_step(Remove(columns=("hour",)), "Remove hour")
    assert not bench.activity.may_close()
    assert any("Saving" in text or str(path.name) in text for text in bench.problems)
    assert bench.activity.may_close()
    path.rmdir()
    bench.idle()
    assert bench.activity.may_close()
