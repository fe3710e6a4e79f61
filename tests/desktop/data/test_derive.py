"""Derive by example: typing in cells of a new column fills the others."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.dataprep.package import Package
from workbench.dataprep.steps import Derive
from workbench.desktop.data.derive_session import DeriveSession

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, for popups


def _begin(bench: Any, page: Any, column: str) -> DeriveSession:
    page.table.show_column(column)
    bench.qtbot.mouseClick(page.toolbar.buttons["derive"], Qt.MouseButton.LeftButton)
    bench.until(lambda: isinstance(page.session, DeriveSession))
    bench.idle()
    session: DeriveSession = page.session
    return session


def test_that_two_typed_values_fill_the_column_and_become_a_step(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    assert "Type what the new column should say" in session.panel.sentence
    bench.type_into_cell(page, 0, "carrier_derived", "carrier UA")
    bench.idle()
    bench.type_into_cell(page, 2, "carrier_derived", "carrier AA")
    bench.idle()
    assert session.lesson is not None
    assert session.lesson.program is not None
    assert session.panel.sentence
    assert [f"carrier {name}" for name in bench.column("carrier")] == bench.column("carrier_derived")
    assert "def " in session.panel.code.toPlainText()
    bench.qtbot.mouseClick(session.panel.ok, Qt.MouseButton.LeftButton)
    bench.idle()
    step = Package.load(page.document.path).flows[0].steps[0]
    assert isinstance(step, Derive)
    assert len(step.examples) == 2
    assert bench.names()[1] == "carrier_derived"
    page.document.stack.undo()
    bench.idle()
    assert "carrier_derived" not in bench.names()
    assert page.document.flow.steps == ()


def test_that_an_hour_range_is_learned_from_clock_times(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "dep_time")
    bench.type_into_cell(page, 0, "dep_time_derived", "5AM-6AM")
    bench.idle()
    bench.type_into_cell(page, 8, "dep_time_derived", "9PM-10PM")
    bench.idle()
    assert session.lesson is not None
    assert session.lesson.program is not None, session.panel.sentence
    values = bench.column("dep_time_derived")
    assert values[3] == "6AM-7AM"
    session.cancel()
    bench.idle()


def test_that_contradictory_examples_are_said_and_can_be_taken_back(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    bench.type_into_cell(page, 0, "carrier_derived", "one")
    bench.idle()
    bench.type_into_cell(page, 1, "carrier_derived", "two")
    bench.idle()
    assert "contradict each other" in session.panel.sentence
    assert not session.panel.ok.isEnabled()
    session.panel.example_removed.emit(1)
    bench.idle()
    assert session.panel.ok.isEnabled()
    session.cancel()
    bench.idle()
    assert page.document.flow.steps == ()
    assert "carrier_derived" not in bench.names()


def test_that_escape_leaves_everything_as_it_was(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "origin")
    bench.type_into_cell(page, 0, "origin_derived", "ewr")
    bench.idle()
    QTest.keyClick(session.panel, Qt.Key.Key_Escape)
    bench.idle()
    assert page.session is None
    assert bench.names() == ["carrier", "dep_time", "dep_delay", "origin", "hour"]


def test_that_a_derived_column_is_edited_again_with_its_examples(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "origin")
    bench.type_into_cell(page, 0, "origin_derived", "ewr")
    bench.idle()
    bench.type_into_cell(page, 1, "origin_derived", "lga")
    bench.idle()
    session.accept()
    bench.idle()
    page.edit(page.document.flow.steps[0].id)
    bench.until(lambda: isinstance(page.session, DeriveSession))
    bench.idle()
    again = page.session
    assert again.lesson is not None
    assert again.lesson.program is not None
    assert page.grid.model.example_values == {0: "ewr", 1: "lga"}
    again.panel.name.setText("airport")
    again.panel.name.editingFinished.emit()
    bench.idle()
    again.accept()
    bench.idle()
    assert bench.column("airport")[2] == "jfk"
    assert len(page.document.flow.steps) == 1


def test_that_a_column_of_a_preview_is_no_source_of_a_new_column(bench: Any) -> None:
    page = bench.prepare()
    page.begin("summarize", ("carrier",))
    bench.until(lambda: page.session is not None and "count" in [column.name for column in page.grid.model.columns])
    bench.idle()
    page.grid.select_column("count")
    bench.qtbot.mouseClick(page.toolbar.buttons["derive"], Qt.MouseButton.LeftButton)
    bench.until(lambda: isinstance(page.session, DeriveSession))
    bench.idle()
    assert page.session.column == "carrier_derived"
    page.session.cancel()
    bench.idle()
    assert not bench.problems
