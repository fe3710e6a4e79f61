"""The right side of a run's page: properties, parameters, metrics, inputs, notes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.runs.better import higher_is_better
from workbench.desktop.runs.wording import metric_keys, run_duration
from workbench.desktop.widgets import HLine, KeyValueTable, Section, surface
from workbench.desktop.wording import duration_text, full_moment, number_text, size_text
from workbench.schema import DataInput, LineagePart, Run

_NAMES_WIDTH = 104
Row = tuple[str, str] | tuple[str, str, Callable[[], object] | None]


class RunInspector(QScrollArea):
    """Facts of one run; links ask for parts by `part_clicked`."""

    part_clicked = Signal(object)
    notes_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = surface()
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(16, 14, 16, 16)
        self._layout.setSpacing(14)
        self.properties, self._properties_section = self._table("Properties")
        self.params, self._params_section = self._table("Parameters")
        self.metrics, self._metrics_section = self._table("Metrics")
        self.inputs, self._inputs_section = self._table("Data that went in")
        self.tags, self._tags_section = self._table("Tags")
        notes = Section("Notes")
        self.notes = QPlainTextEdit()
        self.notes.setPlaceholderText("What you tried and what you saw")
        self.notes.setAccessibleName("Notes")
        self.notes.setFixedHeight(84)
        self.notes.setTabChangesFocus(True)
        self.notes.installEventFilter(self)
        notes.body.addWidget(self.notes)
        self._layout.addWidget(notes)
        self._layout.addStretch(1)
        self.setWidget(body)

    def set_run(self, run: Run) -> None:
        """Shows this run."""
        other = self._run is None or self._run.id != run.id
        self._run = run
        self._set(self.properties, self._properties_section, _properties(run))
        self._set(self.params, self._params_section, sorted(run.params.items()))
        self._set(self.metrics, self._metrics_section, _metrics(run))
        self._set(self.inputs, self._inputs_section, self._input_rows(run.inputs))
        self._set(self.tags, self._tags_section, sorted(run.tags.items()))
        self._align()
        if (other or not self.notes.hasFocus()) and self.notes.toPlainText() != run.notes:
            self.notes.setPlainText(run.notes)

    def _align(self) -> None:
        """Values of all parts begin at one edge: behind the longest name, within reason."""
        tables = (self.properties, self.params, self.metrics, self.inputs, self.tags)
        names = [name for table in tables for name, _value in table.rows]
        width = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        for table in tables:
            if isinstance(grid := table.layout(), QGridLayout):
                grid.setColumnMinimumWidth(0, min(max(width, _NAMES_WIDTH), 2 * _NAMES_WIDTH))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.notes and event.type() == QEvent.Type.FocusOut:
            self.save_notes()
        return super().eventFilter(watched, event)

    def save_notes(self) -> None:
        """Tells of notes that differ from what the run has."""
        if self._run is not None and self.notes.toPlainText() != self._run.notes:
            self.notes_changed.emit(self.notes.toPlainText())

    def _table(self, title: str) -> tuple[KeyValueTable, QWidget]:
        section = Section(title)
        table = KeyValueTable()
        if isinstance(grid := table.layout(), QGridLayout):
            grid.setColumnMinimumWidth(0, _NAMES_WIDTH)
        section.body.addWidget(table)
        section.body.addSpacing(6)
        section.body.addWidget(HLine())
        self._layout.addWidget(section)
        return table, section

    @staticmethod
    def _set(table: KeyValueTable, section: QWidget, rows: Sequence[Row]) -> None:
        section.setVisible(bool(rows))
        if table.rows != [(row[0], row[1]) for row in rows]:
            table.set_rows(rows)
            for made in table.findChildren(QLabel):  # long paths and digests have no spaces to break at
                made.setMinimumWidth(0)

    def _input_rows(self, inputs: Sequence[DataInput]) -> list[Row]:
        rows: list[Row] = []
        for one in inputs:
            kind = "preparation" if one.kind == "prep" else "data"
            part = LineagePart(kind=kind, id=one.path, title=one.name)
            rows_text = f", {one.rows:,} rows" if one.rows is not None else ""
            rows.append(("Preparation" if kind == "preparation" else "Data", f"{one.name}{rows_text}", self._opener(part)))
            for source in one.sources:
                name = source.path.replace("\\", "/").rpartition("/")[2]
                amount = f"{source.rows:,} rows" if source.rows is not None else size_text(source.size)
                data = LineagePart(kind="data", id=source.path, title=name)
                rows.append(("Read", f"{name}, {amount}", self._opener(data)))
        return rows

    def _opener(self, part: LineagePart) -> Callable[[], object]:
        return lambda: self.part_clicked.emit(part)


def _properties(run: Run) -> list[Row]:
    now = datetime.now(UTC)
    git = run.git.commit[:8] + (f" on {run.git.branch}" if run.git.branch else "") + (" + changes" if run.git.dirty else "")
    rows: list[Row] = [
        ("Script", run.script),
        ("Arguments", " ".join(run.arguments)),
        ("Configuration", run.config.name),
        ("Target", run.target),
        ("Created", full_moment(run.created)),
        ("Started", full_moment(run.started)),
        ("Ended", full_moment(run.ended)),
        ("Duration", duration_text(run_duration(run, now))),
        ("Exit code", "" if run.exit_code is None else str(run.exit_code)),
        ("User", run.user),
        ("Experiment", run.experiment),
        ("Snapshot", run.snapshot[:10]),
        ("Git commit", git.strip() if run.git.commit else ""),
        ("Left out", ", ".join(run.left_out)),
        ("Run id", f"{run.id[:12]}…"),
    ]
    return [row for row in rows if row[1]]


def _metrics(run: Run) -> list[Row]:
    rows: list[Row] = []
    for key in metric_keys(run):
        metric = run.metrics[key]
        direction = higher_is_better(key)
        best = metric.max if direction else metric.min
        more = f"   best {number_text(best)}" if metric.count > 1 and direction is not None and best != metric.last else ""
        rows.append((key, number_text(metric.last) + more))
    return rows
