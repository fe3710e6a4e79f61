"""The record table and the log."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.desktop.widgets import Column, LogView, RecordTable
from workbench.desktop.widgets.recordmodel import ordered


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    score: float | None


COLUMNS = (
    Column[Row]("Name", lambda r: r.name),
    Column[Row]("Score", lambda r: "" if r.score is None else f"{r.score:.2f}", sort=lambda r: r.score, kind="number"),
)
ROWS = [Row("a", "alpha", 0.5), Row("b", "beta", None), Row("c", "gamma", 0.9), Row("d", "delta", float("nan"))]


@pytest.fixture
def table(themed: object, qtbot: QtBot) -> RecordTable[Row]:
    made = RecordTable(COLUMNS, lambda r: r.id, checkable=True)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.set_records(ROWS)
    made.show()
    return made


def names(table: RecordTable[Row]) -> list[str]:
    return [row.name for row in table.model.shown]


def test_that_the_model_holds_to_qts_rules(table: RecordTable[Row], qtmodeltester: object) -> None:
    qtmodeltester.check(table.model)  # type: ignore[attr-defined]


def test_that_sorting_keeps_missing_values_at_the_end(table: RecordTable[Row]) -> None:
    table.sort_by("Score", descending=True)
    assert names(table)[:2] == ["gamma", "alpha"]
    table.sort_by("Score")
    assert names(table)[:2] == ["alpha", "gamma"]


def test_that_selection_and_checks_follow_the_ids_through_a_refresh(table: RecordTable[Row]) -> None:
    table.select_id("c")
    table.set_checked(["a", "c"])
    table.set_records([Row("z", "omega", 1.0), *reversed(ROWS)])
    assert table.selected_ids() == ("c",)
    assert set(table.checked_ids()) == {"a", "c"}
    table.set_records([row for row in ROWS if row.id != "c"])
    assert table.selected_ids() == ()
    assert table.checked_ids() == ("a",)


@pytest.mark.parametrize("held", [Qt.Key.Key_Shift, Qt.Key.Key_Control])
def test_that_a_record_is_selected_alone_whatever_key_is_held_down(table: RecordTable[Row], qtbot: QtBot, held: Qt.Key) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if held == Qt.Key.Key_Shift else Qt.KeyboardModifier.ControlModifier
    qtbot.keyPress(table.view, held, modifier)
    for wanted in ("c", "a"):
        assert table.select_id(wanted)
        assert table.selected_ids() == (wanted,)
    qtbot.keyRelease(table.view, held)


def test_that_a_refresh_with_the_same_ids_shows_the_new_values(table: RecordTable[Row]) -> None:
    table.set_records([Row(row.id, row.name.upper(), row.score) for row in ROWS])
    assert names(table)[0] == "ALPHA"
    assert table.model.data(table.model.index(0, 1)) == "ALPHA"


def test_that_the_filter_wants_all_words_and_says_when_nothing_matches(table: RecordTable[Row], qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.shown_count_changed) as told:
        table.set_filter("0.50 alp")
    assert told.args == [1, 4]
    table.set_filter("zzz")
    assert names(table) == []


def test_that_enter_opens_and_space_ticks(table: RecordTable[Row], qtbot: QtBot) -> None:
    table.select_id("b")
    with qtbot.waitSignal(table.activated) as told:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert told.args[0].id == "b"
    qtbot.keyClick(table.view, Qt.Key.Key_Space)
    assert table.checked_ids() == ("b",)


def test_that_a_click_on_the_box_ticks_without_changing_the_selection(table: RecordTable[Row], qtbot: QtBot) -> None:
    table.select_id("a")
    place = table.view.visualRect(table.model.index(2, 0)).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.checked_ids() == ("c",)
    assert table.selected_ids() == ("a",)


@pytest.fixture
def log(themed: object, qtbot: QtBot) -> LogView:
    made = LogView()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


def test_that_a_log_joins_chunks_and_takes_colours_out(log: LogView) -> None:
    for chunk in ("epo", "ch 1\n\x1b[3", "1mred\x1b[0m line", "\nend"):
        log.append(chunk)
    assert log.text == "epoch 1\nred line\nend"


def test_that_a_progress_bar_shows_its_last_state_only(log: LogView) -> None:
    log.append("10%\r50%")
    log.append("\r100%\ndone\n")
    assert log.text == "100%\ndone"


def test_that_a_log_of_many_lines_is_quick_and_follows_its_end(log: LogView, qtbot: QtBot) -> None:
    for part in range(50):
        log.append("".join(f"line {part * 1000 + i}\n" for i in range(1000)))
    bar = log.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    assert not log.follow
    log.append("more\n")
    assert bar.value() == 0
    qtbot.keyClick(log.view, Qt.Key.Key_End)
    assert log.follow


def test_that_the_log_is_searched_in_place(log: LogView, qtbot: QtBot) -> None:
    log.append("one\ntwo needle\nthree\n")
    with qtbot.waitSignal(log.search.search_changed):
        qtbot.keyClicks(log.search, "NEEDLE")
    assert log.view.currentIndex().row() == 1


def test_that_other_columns_keep_the_sorted_one_sorted(table: RecordTable[Row]) -> None:
    table.sort_by("Score", descending=True)
    table.set_columns((Column[Row]("Id", lambda r: r.id), *COLUMNS))
    assert names(table)[:2] == ["gamma", "alpha"]
    assert table.view.horizontalHeader().sortIndicatorSection() == 3
    table.set_columns(COLUMNS[:1])
    assert names(table) == ["alpha", "beta", "gamma", "delta"]
    assert not table.view.horizontalHeader().isSortIndicatorShown()


def test_that_all_of_many_rows_can_be_selected_and_painted(table: RecordTable[Row]) -> None:
    table.set_records([Row(f"{number}", f"row {number}", number / 7) for number in range(20_000)])
    table.view.selectAll()
    assert len(table.selected_ids()) == 20_000
    table.grab()
    table.set_records([Row("0", "row 0", 1.0), Row("19999", "row 19999", 2.0)])
    assert table.selected_ids() == ("0", "19999")


def test_that_other_columns_keep_what_is_selected(table: RecordTable[Row]) -> None:
    table.select_id("b")
    table.set_columns([Column("Other", lambda row: row.name)], table.records[1:])
    assert table.selected_ids() == ("b",)
    assert len(table.records) == len(table.model.shown)


def test_that_a_column_of_numbers_texts_and_moments_is_sorted_by_kind() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    values = [None, "b", 2, math.nan, "A", 0.5, "", math.inf, now, datetime(2026, 3, 4)]  # noqa: DTZ001 (without a zone)
    upwards = ordered(values, lambda value: value, descending=False)
    assert upwards[:7] == [0.5, 2, math.inf, "A", "b", values[9], now]
    assert [repr(value) for value in upwards[7:]] == ["nan", "None", "''"]
    assert ordered(values, lambda value: value, descending=True)[:7] == upwards[6::-1]
