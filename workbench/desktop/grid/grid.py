"""The data grid: one widget for every table of data, of any height."""

from collections.abc import Mapping

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.grid.model import GridModel
from workbench.desktop.grid.source import ColumnProfileView, GridSource
from workbench.desktop.grid.view import GridView
from workbench.desktop.operations import Operations, Progress
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, HLine, label

_COPY_LIMIT = 2_000_000


class DataGrid(QWidget):
    """Shows a GridSource; knows of columns by name. Reads rows in worker threads, copies as tab-separated text."""

    column_menu = Signal(str, QPoint)
    cell_menu = Signal(int, str, QPoint)
    rename_requested = Signal(str, str)
    example_edited = Signal(int, str)
    current_changed = Signal(int, str)
    columns_selected = Signal(object)
    column_clicked = Signal(str)
    view_changed = Signal(int)
    fetch_failed = Signal(object)

    def __init__(self, operations: Operations, parent: QWidget | None = None, *, footer: bool = True) -> None:
        super().__init__(parent)
        self._operations = operations
        self._widths: dict[str, int] = {}
        self._fitting = False
        self._fit_pending = False
        self.model = GridModel(operations, self)
        self.view = GridView(self, self.model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        self._facts = label("", "small")
        self._note = ElidedLabel("", "small")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._footer = QWidget()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(self._facts)
        row.addWidget(self._note, 1)
        self._line = HLine()
        layout.addWidget(self._line)
        layout.addWidget(self._footer)
        self._footer.setVisible(footer)
        self._line.setVisible(footer)
        self._note_text = ""
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(4000)
        self._note_timer.timeout.connect(self._show_note)
        self._connect()
        self.setFocusProxy(self.view)
        self._on_theme_changed()

    def set_source(self, source: GridSource | None, *, keep_position: bool = True) -> None:
        """Shows another table; by default the scroll position and the current column stay."""
        cell = self.current_cell()
        across, down = self.view.horizontalScrollBar().value(), self.view.verticalScrollBar().value()
        self.model.set_source(source)
        names = {column.name for column in self.model.columns}
        self.view.header.profiles = (
            {name: p for name, p in self.view.header.profiles.items() if name in names} if keep_position else {}
        )
        self.view.header.forget()
        self.view.header.updateGeometry()
        self.view.row_header.updateGeometry()
        self._fit_pending = True
        self._apply_widths()
        if keep_position and cell is not None:
            self.go_to(min(cell[0], self.model.rows - 1), cell[1], scroll=False)
        if keep_position:
            self.view.horizontalScrollBar().setValue(across)
            self.view.verticalScrollBar().setValue(min(down, self.view.verticalScrollBar().maximum()))
        self._show_facts()
        if self.model.rows and self.model.columns:
            self.model.cell(0, 0)  # asks for the first page, for the widths

    def set_profile(self, column: str, profile: ColumnProfileView | None) -> None:
        """The header's bars and missing share of a column; may come at any time."""
        if profile is None:
            self.view.header.profiles.pop(column, None)
        else:
            self.view.header.profiles[column] = profile
        self.view.header.viewport().update()

    def set_profile_status(self, text: str) -> None:
        """A line at the lower right, such as `Profile of the first 100,000 rows`."""
        self._note_text = text
        self.view.header.note = text
        self._show_note()

    def set_marked(self, columns: frozenset[str]) -> None:
        """Columns that stand out: the inputs of the step at hand."""
        self.view.marked = columns
        self.view.header.marked = columns
        self.view.header.viewport().update()
        self.view.viewport().update()

    def set_example_column(self, column: str | None) -> None:
        """Makes the cells of one column editable (derive by example); None ends it."""
        self.model.example_section = self.model.section_of(column)
        if column is None:
            self.model.example_values = {}
            self.model.doubtful = set()
        self.view.viewport().update()

    def set_example_values(self, values: Mapping[int, str]) -> None:
        """What the user typed, by row: shown in the accent colour in place of the table's own value."""
        self.model.example_values = dict(values)
        self.view.viewport().update()

    def set_pending(self, rows: set[int] | frozenset[int]) -> None:
        """Rows of the example column that deserve a look: marked at their left."""
        self.model.doubtful = set(rows)
        self.view.viewport().update()

    def edit_example(self, row: int) -> None:
        """Opens the cell of the example column in that row for typing."""
        if self.model.example_section >= 0:
            index = self.model.index(row, self.model.example_section)
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
            self.view.edit(index)

    def go_to(self, row: int, column: str | None = None, *, scroll: bool = True) -> None:
        """Makes a cell current and shows it."""
        section = self.model.section_of(column) if column is not None else max(0, self.view.currentIndex().column())
        if 0 <= row < self.model.rows and section >= 0:
            index = self.model.index(row, section)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if scroll:
                self.view.scrollTo(index)

    def select_column(self, column: str) -> None:
        section = self.model.section_of(column)
        if section >= 0:
            self._select_section(section)

    def _select_section(self, section: int) -> None:
        """Unlike `selectColumn` of Qt this does not go by the keys that are held down just now."""
        how = QItemSelectionModel.SelectionFlag
        place = self.model.index(max(0, self.view.rowAt(0)), section)
        self.view.selectionModel().setCurrentIndex(place, how.ClearAndSelect | how.Columns)

    def selected_columns(self) -> tuple[str, ...]:
        """Columns that are selected from top to bottom; else the current one."""
        self.view.note_ranges()
        names = [column.name for number, column in enumerate(self.model.columns) if self.view.column_fully_selected(number)]
        cell = self.current_cell()
        return tuple(names) or ((cell[1],) if cell else ())

    def current_cell(self) -> tuple[int, str] | None:
        """Row and column name of the current cell."""
        index = self.view.currentIndex()
        return (
            (index.row(), self.model.columns[index.column()].name)
            if index.isValid() and index.column() < len(self.model.columns)
            else None
        )

    def cell_text(self, row: int, column: str) -> str | None:
        """The text of a cell that is in view (None: missing)."""
        return self.model.cell(row, self.model.section_of(column))

    def copy_selection(self) -> None:
        """Puts the selection on the clipboard as tab-separated text with a header line when whole columns are selected."""
        self.view.note_ranges()
        source = self.model.source
        ranges = self.view.ranges
        if source is None or not ranges:
            return
        top, bottom = min(r[0] for r in ranges), max(r[1] for r in ranges)
        sections = sorted({section for r in ranges for section in range(r[2], r[3] + 1)})
        cells = (bottom - top + 1) * len(sections)
        if cells > _COPY_LIMIT:
            self.tell(f"{cells:,} cells are too many for the clipboard (limit {_COPY_LIMIT:,}). Write them to a file instead.")
            return
        names = [self.model.columns[section].name for section in sections]
        whole = bottom - top + 1 == self.model.rows

        def read(progress: Progress) -> tuple[str, str]:
            lines = ["\t".join(names)] if whole else []
            for offset in range(top, bottom + 1, 10_000):
                progress((offset - top) / (bottom - top + 1))
                columns = source.window(offset, min(10_000, bottom + 1 - offset)).columns
                picked = [[_tsv(value) for value in columns[section]] for section in sections]
                lines += ["\t".join(row) for row in zip(*picked, strict=True)]
            return "\n".join(lines), f"Copied {_count(bottom - top + 1, 'row')} × {_count(len(sections), 'column')}"

        self._operations.run("Copying", read, self._on_copied, exclusive="grid-copy")

    def tell(self, text: str) -> None:
        """Shows a sentence at the lower right for four seconds."""
        self._note.set_text(text)
        self._note_timer.start()

    def ask_cell_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            if not self.view.selectionModel().isSelected(index):
                self.view.setCurrentIndex(index)
            self.cell_menu.emit(index.row(), self.model.columns[index.column()].name, self.view.viewport().mapToGlobal(place))

    def _connect(self) -> None:
        header = self.view.header
        header.menu_requested.connect(self._on_column_menu)
        header.rename_requested.connect(self._on_rename)
        header.name_clicked.connect(self._on_name_clicked)
        header.sectionResized.connect(self._on_resized)
        self.view.customContextMenuRequested.connect(self.ask_cell_menu)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.model.example_edited.connect(self.example_edited)
        self.model.first_page.connect(self._on_first_page)
        self.model.fetch_failed.connect(self._on_fetch_failed)
        theme().theme_changed.connect(self._on_theme_changed)

    def _apply_widths(self) -> None:
        self._fitting = True
        metrics = QFontMetrics(theme().strong_font)
        for section, column in enumerate(self.model.columns):
            width = self._widths.get(column.name) or min(300, max(96, metrics.horizontalAdvance(column.name) + 50))
            self.view.setColumnWidth(section, width)
        self._fitting = False

    def _on_first_page(self) -> None:
        if not self._fit_pending:
            return
        self._fit_pending = False
        self._fitting = True
        plain, strong = QFontMetrics(theme().font), QFontMetrics(theme().strong_font)
        for section, (column, values) in enumerate(zip(self.model.columns, self.model.first_rows(), strict=True)):
            if column.name in self._widths:
                continue
            longest = sorted({value for value in values if value}, key=len)[-3:]
            widest = max((plain.horizontalAdvance(value[:60]) for value in longest), default=0)
            self.view.setColumnWidth(section, min(300, max(96, widest + 26, strong.horizontalAdvance(column.name) + 50)))
        self._fitting = False

    def _on_resized(self, section: int, _before: int, width: int) -> None:
        if not self._fitting and section < len(self.model.columns):
            self._widths[self.model.columns[section].name] = width

    def _on_column_menu(self, section: int, place: QPoint) -> None:
        if not self.view.column_fully_selected(section):
            self._select_section(section)
        self.column_menu.emit(self.model.columns[section].name, place)

    def _on_rename(self, section: int, name: str) -> None:
        self.rename_requested.emit(self.model.columns[section].name, name)

    def _on_name_clicked(self, section: int) -> None:
        if section < len(self.model.columns):
            self.column_clicked.emit(self.model.columns[section].name)

    def _on_current(self) -> None:
        cell = self.current_cell()
        self.view.header.viewport().update()
        self.view.row_header.viewport().update()
        if cell is not None:
            self.current_changed.emit(*cell)

    def _on_selection(self) -> None:
        self.view.note_ranges()
        self.view.viewport().update()
        self.view.header.viewport().update()
        self._show_facts()
        self.columns_selected.emit(self.selected_columns())

    def _on_scrolled(self, _value: int) -> None:
        self.view_changed.emit(max(0, self.view.rowAt(1)))

    def _on_copied(self, answer: tuple[str, str]) -> None:
        QGuiApplication.clipboard().setText(answer[0])
        self.tell(answer[1])

    def _on_fetch_failed(self, error: Exception) -> None:
        self.tell(str(error))
        self.fetch_failed.emit(error)

    def _show_note(self) -> None:
        self._note.set_text(self._note_text)

    def _show_facts(self) -> None:
        source = self.model.source
        if source is None:
            self._facts.setText("")
            return
        text = f"{_count(source.row_count, 'row')} × {_count(len(self.model.columns), 'column')}"
        if self.model.rows < source.row_count:
            text += f", the first {self.model.rows:,} shown"
        ranges = self.view.ranges
        if ranges:
            rows = max(r[1] for r in ranges) - min(r[0] for r in ranges) + 1
            columns = len({section for r in ranges for section in range(r[2], r[3] + 1)})
            if rows * columns > 1:
                text += f"   ·   {_count(rows, 'row')} × {_count(columns, 'column')} selected"
        self._facts.setText(text)

    def _on_theme_changed(self) -> None:
        height = theme().metrics.row - 1
        self.model.row_limit = (2**31 - 1) // (height + 1)
        self.view.verticalHeader().setMinimumSectionSize(16)
        self.view.verticalHeader().setDefaultSectionSize(height)
        self.view.cells.refresh()
        self.view.header.forget()
        self.view.header.updateGeometry()
        self.view.viewport().update()


def _tsv(value: str | None) -> str:
    if value is None:
        return ""
    if any(mark in value for mark in "\t\n\r"):
        return '"' + value.replace('"', '""') + '"'
    return value


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
