"""Derive by example: typing in cells of a new column fills the others."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from workbench.dataprep.package import Package
from workbench.dataprep.steps import Derive, Example
from workbench.desktop.data.derive_session import DeriveSession

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, for popups


def _begin(bench: Any, page: Any, column: str) -> DeriveSession:
    page.table.show_column(column)
    bench.qtbot.mouseClick(page.toolbar.buttons["derive"], Qt.MouseButton.LeftButton)
    bench.until(lambda: isinstance(page.session, DeriveSession))
    bench.idle()
    session: DeriveSession = page.session
    return session


def _type(bench: Any, page: Any, row: int, column: str, text: str) -> None:
    bench.type_into_cell(page, row, column, text)
    bench.idle()


def _press(bench: Any, button: Any) -> None:
    assert button.isVisible()
    bench.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    bench.idle()


def test_that_typed_values_fill_the_column_and_become_a_step(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    assert "Type what the new column should say" in session.panel.sentence
    _type(bench, page, 0, "carrier_derived", "carrier UA")
    assert session.lesson is not None
    assert session.lesson.program is not None
    assert "carrier" in session.panel.sentence
    assert session.panel.facts == "All 10 rows checked"
    assert [f"carrier {name}" for name in bench.column("carrier")] == bench.column("carrier_derived")
    _press(bench, session.panel.ok)
    step = Package.load(page.document.path).flows[0].steps[0]
    assert isinstance(step, Derive)
    assert [(example.inputs, example.output) for example in step.examples] == [(("UA",), "carrier UA")]
    assert step.load_program().run(("AA",)) == "carrier AA"
    assert bench.names()[1] == "carrier_derived"
    page.document.stack.undo()
    bench.idle()
    assert "carrier_derived" not in bench.names()
    assert page.document.flow.steps == ()


def test_that_typing_what_stands_there_makes_it_an_example_and_enter_alone_does_not(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    _type(bench, page, 0, "carrier_derived", "carrier UA")
    _type(bench, page, 2, "carrier_derived", "carrier AA")
    assert page.grid.model.example_values == {0: "carrier UA", 2: "carrier AA"}
    page.grid.go_to(9, "carrier_derived")
    page.grid.view.setFocus()
    QTest.keyClick(page.grid.view, Qt.Key.Key_F2)
    bench.until(lambda: page.grid.view.viewport().findChild(QLineEdit) is not None)
    QTest.keyClick(page.grid.view.viewport().findChild(QLineEdit), Qt.Key.Key_Return)
    bench.idle()
    assert page.grid.model.example_values == {0: "carrier UA", 2: "carrier AA"}
    session.cancel()
    bench.idle()


def test_that_another_reading_is_taken_and_its_first_difference_confirmed(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "dep_time")
    _type(bench, page, 0, "dep_time_derived", "5")
    assert bench.column("dep_time_derived")[7] == "10"  # the hour of 1015
    panel = session.panel
    _press(bench, panel.readings_button)
    reading = session.lesson.readings[0]  # type: ignore[union-attr]
    assert (reading.words, reading.differs) == ("The first character of dep_time", "differs on 3 rows")
    assert (reading.row, reading.here, reading.there) == (7, "10", "1")
    use = next(one for one in panel.readings.findChildren(QPushButton) if one.accessibleName().endswith(reading.words))
    _press(bench, use)
    assert "first character" in panel.sentence
    assert bench.column("dep_time_derived")[7] == "1"
    assert page.grid.current_cell() == (7, "dep_time_derived")
    assert "hour" in session.lesson.readings[0].sentence  # type: ignore[union-attr]
    _press(bench, panel.confirm)
    assert page.grid.model.example_values == {0: "5", 7: "1"}
    _press(bench, panel.ok)
    step = page.document.flow.steps[0]
    assert [(example.inputs, example.output) for example in step.examples] == [(("517",), "5"), (("1015",), "1")]
    assert [step.load_program().run((text,)) for text in ("2140", "644")] == ["2", "6"]


def test_that_a_reading_that_was_taken_stays_when_the_step_is_edited(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "dep_time")
    _type(bench, page, 0, "dep_time_derived", "5")
    _press(bench, session.panel.readings_button)
    session.panel.reading_chosen.emit(0)
    bench.idle()
    _press(bench, session.panel.ok)
    page.edit(page.document.flow.steps[0].id)
    bench.until(lambda: isinstance(page.session, DeriveSession) and page.session is not session)
    bench.idle()
    assert "first character" in page.session.panel.sentence
    page.session.cancel()
    bench.idle()


def test_that_the_suggested_rows_come_most_doubtful_first(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "dep_time")
    _type(bench, page, 0, "dep_time_derived", "5AM-6AM")
    doubtful = session.lesson.doubtful  # type: ignore[union-attr]
    assert len(doubtful) > 1
    for row in (*doubtful, doubtful[0]):
        _press(bench, session.panel.review)
        assert page.grid.current_cell() == (row, "dep_time_derived")
        assert session.panel.confirm.isVisible()
    page.grid.go_to(0, "dep_time")
    assert not session.panel.confirm.isVisible()
    session.cancel()
    bench.idle()


def test_that_rows_without_a_value_are_counted_over_all_rows(bench: Any) -> None:
    rows = "".join(f"{hour}:{minute:02d}\n" for hour in range(24) for minute in range(60) for _ in range(20))
    (bench.folder / "airports.csv").write_text(f"origin\n{rows}later\nnever\n,\n")
    page = bench.prepare("airports")
    session = _begin(bench, page, "origin")
    _type(bench, page, 0, "origin_derived", "12AM-1AM")
    assert session.panel.facts == "2 of 28,803 rows have no answer"
    assert session.lesson.doubtful[0] == 28_800  # type: ignore[union-attr]
    session.cancel()
    bench.idle()


def test_that_the_code_is_shown_in_each_language_and_copied(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    _type(bench, page, 0, "carrier_derived", "carrier UA")
    panel = session.panel
    _press(bench, panel.code_button)
    code = panel.code
    assert "def derive(carrier" in code.view.toPlainText()
    shown = {}
    for number in range(code.tabs.count()):
        bench.qtbot.mouseClick(code.tabs, Qt.MouseButton.LeftButton, pos=code.tabs.tabRect(number).center())
        _press(bench, code.copy_button)
        shown[code.tabs.tabText(number)] = QGuiApplication.clipboard().text()
        assert code.view.toPlainText() == QGuiApplication.clipboard().text()
    assert list(shown) == ["English", "Python", "pandas", "Polars", "PySpark", "SQL"]
    assert all(shown.values())
    assert '"carrier"' in shown["SQL"]
    assert "carrier_derived" in shown["pandas"]
    _type(bench, page, 1, "carrier_derived", "by UA")  # contradicts: there is no code any more
    assert not code.isVisible()
    session.cancel()
    bench.idle()


def test_that_a_step_of_an_earlier_version_says_so_and_is_learned_again(bench: Any) -> None:
    page = bench.prepare()
    old = Derive(
        column="code",
        inputs=("carrier",),
        examples=(Example(inputs=("UA",), output="ua"), Example(inputs=("AA",), output="aa")),
        program={"version": 1, "program": {"call": "lower", "of": {"column": 0}, "arguments": []}},
    )
    page.add_step(old, "Derive code")
    bench.until(lambda: "version 1" in page.steps.cards[1].problem.text())
    bench.idle()
    assert "accept it again" in page.steps.cards[1].problem.text()
    page.edit(old.id)
    bench.until(lambda: isinstance(page.session, DeriveSession))
    bench.idle()
    _press(bench, page.session.panel.ok)
    step = page.document.flow.steps[0]
    assert step.program["version"] == 2
    assert step.examples == old.examples
    assert bench.column("code")[3] == "b6"
    assert not page.steps.cards[1].problem.text()


def test_that_the_next_example_stops_the_learning_from_the_one_before(bench: Any) -> None:
    page = bench.prepare()
    session = _begin(bench, page, "carrier")
    asked: list[Any] = []
    run = session._operations.run

    def noted(title: str, *args: Any, **more: Any) -> Any:
        asked.append((title, run(title, *args, **more)))
        return asked[-1][1]

    session._operations.run = noted  # type: ignore[method-assign]
    try:
        session._on_row((0, ("UA",), "United", False))
        session._on_row((2, ("AA",), "American", False))
        bench.idle()
    finally:
        del session._operations.run
    learning = [operation for title, operation in asked if title == "Learning from your examples"]
    assert [operation.progress.cancelled for operation in learning] == [True, False]
    assert page.grid.model.example_values == {0: "United", 2: "American"}
    session.cancel()
    bench.idle()


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
    assert page.grid.model.doubtful == {0, 1}
    warned = [chip for chip in session.panel.findChildren(QWidget) if "contradicts another" in chip.accessibleName()]
    assert len(warned) == 2
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


def test_that_a_step_that_runs_as_a_python_function_says_so_in_its_tooltip(bench: Any) -> None:
    page = bench.prepare()
    step = Derive.learn("pace", ("dep_time", "hour"), [(("84", "4"), "21"), (("65", "13"), "5"), (("90", "8"), "11.25")])
    page.add_step(step, "Derive pace")
    bench.until(lambda: "Runs as a Python function" in page.steps.list.item(1).toolTip())
    bench.idle()
    assert not page.steps.cards[1].problem.text()
    assert bench.column("pace")[4] == step.load_program().run(("754", "7"))
