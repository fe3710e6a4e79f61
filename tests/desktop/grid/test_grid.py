"""The grid: millions of rows without loading them, pages by worker threads, selection, copying, renaming, examples."""

import threading
import time
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.grid import ColumnProfileView, DataGrid, GridColumn


@dataclass(frozen=True)
class Page:
    columns: tuple[tuple[str | None, ...], ...]


class Numbers:
    """A table of 3.4 million rows that exists nowhere."""

    def __init__(self, rows: int = 3_400_000, columns: int = 19) -> None:
        self.row_count = rows
        self.columns = tuple(GridColumn(f"column {i}", "integer" if i % 2 == 0 else "string") for i in range(columns))
        self.asked: list[tuple[int, int]] = []
        self.threads: set[str] = set()

    def window(self, offset: int, limit: int) -> Page:
        self.asked.append((offset, limit))
        self.threads.add(threading.current_thread().name)
        rows = range(offset, min(offset + limit, self.row_count))
        return Page(tuple(tuple(None if (r + c) % 10 == 9 else f"{r}:{c}" for r in rows) for c in range(len(self.columns))))


@pytest.fixture
def grid(context: AppContext, qtbot: QtBot) -> DataGrid:
    made = DataGrid(context.operations)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def filled(grid: DataGrid, qtbot: QtBot, source: Numbers) -> Numbers:
    grid.set_source(source)
    qtbot.waitUntil(lambda: grid.cell_text(0, "column 0") == "0:0")
    return source


def test_that_the_model_holds_to_qts_rules(context: AppContext, grid: DataGrid, qtbot: QtBot, qtmodeltester: object) -> None:
    filled(grid, qtbot, Numbers(300, 4))
    qtmodeltester.check(grid.model)  # type: ignore[attr-defined]


def test_that_a_table_of_millions_shows_its_end_and_reads_only_what_is_in_view(grid: DataGrid, qtbot: QtBot) -> None:
    source = filled(grid, qtbot, Numbers(3_400_001))
    grid.view.scrollToBottom()
    grid.grab()
    last = source.row_count - 1
    qtbot.waitUntil(lambda: grid.cell_text(last, "column 0") == f"{last}:0")
    assert sum(limit for _offset, limit in source.asked) < 5_000
    assert all(name.startswith("operation") for name in source.threads)


def test_that_select_all_of_millions_takes_no_time(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers())
    began = time.perf_counter()
    grid.view.selectAll()
    grid.grab()
    assert time.perf_counter() - began < 1.0
    assert len(grid.selected_columns()) == 19


def test_that_a_selection_is_copied_as_tab_separated_text(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers(500, 3))
    grid.select_column("column 1")
    qtbot.keyClick(grid.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.clipboard().text().startswith("column 1"))
    lines = QApplication.clipboard().text().split("\n")
    assert lines[:3] == ["column 1", "0:1", "1:1"]
    assert len(lines) == 501


def test_that_too_many_cells_are_not_copied_and_the_grid_says_so(grid: DataGrid, qtbot: QtBot) -> None:
    source = filled(grid, qtbot, Numbers())
    QApplication.clipboard().setText("before")
    grid.view.selectAll()
    asked = len(source.asked)
    grid.copy_selection()
    assert QApplication.clipboard().text() == "before"
    assert len(source.asked) == asked


def test_that_f2_renames_the_column_in_its_header(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers(50, 3))
    grid.go_to(0, "column 1")
    with qtbot.waitSignal(grid.rename_requested) as told:
        qtbot.keyClick(grid.view, Qt.Key.Key_F2)
        editor = grid.view.header.viewport().findChild(QLineEdit)
        assert editor is not None
        editor.setText("delay")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert told.args == ["column 1", "delay"]


def test_that_only_cells_of_the_example_column_can_be_typed_into(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers(50, 3))
    grid.set_example_column("column 2")
    grid.go_to(4, "column 1")
    qtbot.keyClicks(grid.view, "x")
    assert grid.view.viewport().findChild(QLineEdit) is None
    grid.edit_example(4)
    editor = grid.view.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("5AM-6AM")
    with qtbot.waitSignal(grid.example_edited) as told:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert told.args == [4, "5AM-6AM"]


def test_that_pages_of_an_earlier_table_are_dropped(grid: DataGrid, qtbot: QtBot, context: AppContext) -> None:
    gate = threading.Event()

    class Slow(Numbers):
        def window(self, offset: int, limit: int) -> Page:
            gate.wait(10)
            return super().window(offset, limit)

    grid.set_source(Slow(100, 3))
    grid.grab()
    qtbot.waitUntil(lambda: context.operations.inflight > 0)
    grid.set_source(None)
    gate.set()
    qtbot.waitUntil(lambda: context.operations.inflight == 0)
    assert grid.model.rowCount() == 0


def test_that_position_and_widths_stay_when_a_step_changes_the_table(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers(10_000, 6))
    grid.view.setColumnWidth(2, 222)
    grid.go_to(5_000, "column 2")
    grid.set_source(Numbers(10_000, 5))
    assert grid.current_cell() == (5_000, "column 2")
    assert grid.view.columnWidth(2) == 222


def test_that_a_table_that_cannot_be_read_says_so_once(grid: DataGrid, qtbot: QtBot, context: AppContext) -> None:
    class Broken(Numbers):
        def window(self, offset: int, limit: int) -> Page:
            raise OSError("The disk is gone.")

    with qtbot.waitSignal(grid.fetch_failed) as told:
        grid.set_source(Broken(10, 2))
    assert "disk is gone" in str(told.args[0])


def test_that_profiles_may_come_later_and_show_in_the_header(grid: DataGrid, qtbot: QtBot) -> None:
    filled(grid, qtbot, Numbers(50, 3))
    before = grid.view.header.grab().toImage()
    grid.set_profile("column 0", ColumnProfileView(missing=0.1, bars=(1, 4, 2), summary="50 values"))
    assert grid.view.header.grab().toImage() != before
    assert "50 values" in grid.view.header.tooltip(0)
