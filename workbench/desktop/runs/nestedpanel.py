"""The runs below a run: the trials of a sweep, or what an external program nested."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.runs.columns import RunColumn, first_columns
from workbench.desktop.runs.tablecolumns import table_column
from workbench.desktop.widgets import HLine, RecordTable, SearchBox, button, label
from workbench.schema import Run, RunSummary


class NestedPanel(QWidget):
    """A table of them; those that are ticked can be compared."""

    run_opened = Signal(str)
    compare_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run_id = ""
        self._keys: list[str] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        self.search = SearchBox("Filter")
        self.search.setMaximumWidth(220)
        self.search.search_changed.connect(self._on_search)
        row.addWidget(self.search, 1)
        self.summary = label("", "muted")
        row.addWidget(self.summary)
        row.addStretch(1)
        self.compare_button = button("Compare", self._compare, icon="git-compare", tooltip="Show the ticked runs side by side")
        self.compare_button.setEnabled(False)
        row.addWidget(self.compare_button)
        layout.addLayout(row)
        layout.addWidget(HLine())
        self.table: RecordTable[RunSummary] = RecordTable(
            [table_column(RunColumn("number"))], lambda run: run.id, checkable=True, empty="No runs here yet"
        )
        self.table.activated.connect(lambda run: self.run_opened.emit(run.id))
        self.table.view.clicked.connect(self._on_clicked)
        self.table.checked_changed.connect(self._on_checked)
        layout.addWidget(self.table, 1)

    def set_runs(self, run: Run, below: Sequence[RunSummary]) -> None:
        """Shows the runs below this one. A sweep's trials are first sorted by what it compares, the best on top."""
        other = run.id != self._run_id
        self._run_id = run.id
        sweep = run.config.sweep
        drawn = list(sweep.parameters) if sweep else []
        columns = [column for column in first_columns(below) if column.key != "script" and column.group != "param"]
        if sweep and sweep.metric and f"metric:{sweep.metric}" not in {column.key for column in columns}:
            columns.append(RunColumn(f"metric:{sweep.metric}"))
        names = drawn or sorted({name for one in below for name in one.params})
        columns += [RunColumn(f"param:{name}") for name in names[:12]]
        keys = [column.key for column in columns]
        if keys != self._keys:
            self._keys = keys
            self.table.set_columns([table_column(column) for column in columns], below)
        if other:
            self.search.clear()
            self.table.set_checked(())
        self.table.set_records(below)
        if other and sweep and sweep.metric:
            self.table.sort_by(sweep.metric, descending=sweep.goal == "maximize")
        counts = Counter(one.status.value for one in below)
        self.summary.setText(" · ".join(f"{count:,} {state}" for state, count in counts.most_common()))

    def _on_search(self, text: str) -> None:
        self.table.set_filter(text)

    def _on_clicked(self, index: QModelIndex) -> None:
        """The number is a link."""
        column = self.table.model.column_at(index.column())
        if column is not None and column.kind == "link":
            self.run_opened.emit(self.table.model.shown[index.row()].id)

    def _on_checked(self) -> None:
        count = len(self.table.checked_ids())
        self.compare_button.setEnabled(count > 1)
        self.compare_button.setText(f"Compare {count}" if count > 1 else "Compare")

    def _compare(self) -> None:
        if len(ids := self.table.checked_ids()) > 1:
            self.compare_asked.emit(ids)
