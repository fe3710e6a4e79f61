"""Editors of steps on tables: sort, summarize, write."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from workbench.base.errors import UserError
from workbench.desktop.data.editors.base import RowList, StepEditor
from workbench.desktop.data.editors.fields import ColumnPicker, choice, column_combo
from workbench.desktop.data.editors.values import line
from workbench.desktop.widgets.basics import button, icon_button, label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import Measure, SortKey, StepBase

AGGREGATES = {
    "count": "Count",
    "sum": "Sum",
    "mean": "Mean",
    "min": "Minimum",
    "max": "Maximum",
    "median": "Median",
    "std": "Standard deviation",
    "variance": "Variance",
    "distinct": "Distinct values",
}


class _Row(QWidget):
    """A row with fields and a button that removes it."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, *fields: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for field in (*fields, icon_button("x", "Remove this row", self._on_remove)):
            row.addWidget(field)
        row.addStretch(1)

    def tell(self, *_args: object) -> None:
        self.changed.emit()

    def _on_remove(self) -> None:
        self.removed.emit(self)


class _KeyRow(_Row):
    def __init__(self, schema: "Schema", key: "SortKey") -> None:
        self.column = column_combo(schema, key.column)
        self.order = choice({"up": "Ascending", "down": "Descending"}, "down" if key.descending else "up", 130)
        super().__init__(self.column, self.order)
        for combo in (self.column, self.order):
            combo.currentIndexChanged.connect(self.tell)


class SortEditor(StepEditor):
    """Sorts by one or more columns."""

    title, icon = "Sort rows", "arrow-up-down"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        from workbench.dataprep.steps import SortKey

        self.rows = RowList()
        self.add_row("Sort by", self.rows)
        more = button("Then by", self._on_more, kind="link", icon="plus")
        self._grid.addWidget(more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        names = columns or tuple(column.name for column in schema[:1])
        for key in getattr(step, "keys", None) or [SortKey(column=name) for name in names]:
            self._add(key)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Sort, SortKey

        rows = [row for row in self.rows.rows if isinstance(row, _KeyRow)]
        keys = tuple(SortKey(column=row.column.currentData(), descending=row.order.currentData() == "down") for row in rows)
        return Sort(keys=keys, **self.kept())

    def columns(self) -> tuple[str, ...]:
        return tuple(row.column.currentData() for row in self.rows.rows if isinstance(row, _KeyRow))

    def _add(self, key: "SortKey") -> None:
        row = _KeyRow(self.schema, key)
        row.changed.connect(self.tell)
        row.removed.connect(self._on_removed)
        self.rows.add(row)

    def _on_more(self) -> None:
        from workbench.dataprep.steps import SortKey

        used = self.columns()
        free = next((column.name for column in self.schema if column.name not in used), self.schema[0].name)
        self._add(SortKey(column=free))
        self.tell()

    def _on_removed(self, row: QWidget) -> None:
        self.rows.take(row)
        self.tell()


class _MeasureRow(_Row):
    def __init__(self, schema: "Schema", measure: "Measure") -> None:
        self.aggregate = choice(AGGREGATES, measure.aggregate, 160)
        self.column = column_combo(schema, measure.column, empty="All rows")
        self.name = QLineEdit(measure.name)
        self.name.setMinimumWidth(170)
        super().__init__(self.aggregate, label("of", "muted"), self.column, label("as", "muted"), self.name)
        self.aggregate.currentIndexChanged.connect(self.tell)
        self.column.currentIndexChanged.connect(self.tell)
        self.name.textChanged.connect(self.tell)
        self._suggest()
        self.changed.connect(self._suggest)

    def measure(self) -> "Measure":
        from workbench.dataprep.steps import Measure

        return Measure(
            column=self.column.currentData() or "", aggregate=self.aggregate.currentData(), name=self.name.text().strip()
        )

    def _suggest(self) -> None:
        self.name.setPlaceholderText(self.measure().model_copy(update={"name": ""}).result)


class SummarizeEditor(StepEditor):
    """Groups rows and computes aggregates."""

    title, icon = "Summarize", "table-2"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        from workbench.dataprep.steps import Measure

        self.by = ColumnPicker(schema, tuple(getattr(step, "by", columns)), "No grouping: one row")
        self.by.changed.connect(self.tell)
        self.rows = RowList()
        self.add_row("Group by", self.by)
        self.add_row("Compute", self.rows)
        more = button("Add aggregate", self._on_more, kind="link", icon="plus")
        self._grid.addWidget(more, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        for measure in getattr(step, "measures", None) or [Measure(aggregate="count")]:
            self._add(measure)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Summarize

        measures = tuple(row.measure() for row in self.rows.rows if isinstance(row, _MeasureRow))
        return Summarize(by=self.by.names, measures=measures, **self.kept())

    def columns(self) -> tuple[str, ...]:
        return self.by.names

    def first_field(self) -> QWidget | None:
        return self.by

    def _add(self, measure: "Measure") -> None:
        row = _MeasureRow(self.schema, measure)
        row.changed.connect(self.tell)
        row.removed.connect(self._on_removed)
        self.rows.add(row)

    def _on_more(self) -> None:
        from workbench.dataprep.steps import Measure

        numeric = [c.name for c in self.schema if c.type in {"integer", "decimal"} and c.name not in self.by.names]
        used = {row.column.currentData() for row in self.rows.rows if isinstance(row, _MeasureRow)}
        free = next((name for name in numeric if name not in used), "")
        self._add(Measure(column=free, aggregate="mean" if free else "count"))
        self.tell()

    def _on_removed(self, row: QWidget) -> None:
        self.rows.take(row)
        self.tell()


class WriteEditor(StepEditor):
    """Writes the rows of this place to a file when the preparation runs."""

    suffix, filter = ".parquet", "Parquet (*.parquet)"
    title, icon = "Write to Parquet", "download"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = (), path: str = "") -> None:
        super().__init__(schema, step, columns)
        self.path = line(self, getattr(step, "path", "") or path, "File, relative to the project", 420)
        self.add_row("File", self.path, button("Browse", self._on_browse))
        self._add_options(step)

    def _add_options(self, step: "StepBase | None") -> None:
        names = {"zstd": "Zstandard", "snappy": "Snappy", "gzip": "Gzip", "uncompressed": "None"}
        self.compression = choice(names, getattr(step, "compression", "zstd"), 140)
        self.compression.currentIndexChanged.connect(self.tell)
        self.add_row("Compression", self.compression)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import WriteParquet

        return WriteParquet(path=self.checked_path(), compression=self.compression.currentData(), **self.kept())

    def checked_path(self) -> str:
        """The path that was typed. Raises UserError for none."""
        if not (text := self.path.text().strip()):
            raise UserError("Give the file to write, for example data/flights.parquet.")
        return text

    def note(self) -> str:
        return "The file is written when the preparation runs on all rows."

    def first_field(self) -> QWidget | None:
        return self.path

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, self.title, self.path.text(), self.filter)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.suffix.removeprefix("."))
        dialog.fileSelected.connect(self.path.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class WriteCsvEditor(WriteEditor):
    """Writes a CSV file."""

    suffix, filter = ".csv", "CSV (*.csv *.tsv *.txt)"
    title = "Write to CSV"

    def _add_options(self, step: "StepBase | None") -> None:
        self.delimiter = choice(
            {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Pipe  |"}, getattr(step, "delimiter", ","), 140
        )
        self.missing = line(self, getattr(step, "missing", ""), "Nothing", 120)
        self.delimiter.currentIndexChanged.connect(self.tell)
        self.add_row("Delimiter", self.delimiter, label("missing values as", "muted"), self.missing)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import WriteCsv

        return WriteCsv(
            path=self.checked_path(), delimiter=self.delimiter.currentData(), missing=self.missing.text(), **self.kept()
        )
