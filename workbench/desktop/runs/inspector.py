"""The right side of a run's page: properties, parameters, metrics, inputs, notes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.runs.better import higher_is_better
from workbench.desktop.runs.wording import KIND_WORDS, made_here, metric_keys, run_duration
from workbench.desktop.widgets import HLine, KeyValueTable, Section, surface
from workbench.desktop.wording import duration_text, full_moment, number_text, size_text
from workbench.schema import DataInput, Job, LineagePart, Run

_NAMES_WIDTH = 104
_MOST_NAMES_WIDTH = 148
_FIRST_ROWS = 40
_NOTES_HEIGHT, _MOST_NOTES_HEIGHT = 84, 320
Row = tuple[str, str] | tuple[str, str, Callable[[], object] | None]


class RunInspector(QScrollArea):
    """Facts of one run; links ask for parts by `part_clicked`."""

    part_clicked = Signal(object)
    notes_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._whole: set[KeyValueTable] = set()
        """Long tables that are shown to their end."""
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
        self.notes.setFixedHeight(_NOTES_HEIGHT)
        self.notes.textChanged.connect(self._fit_notes)
        self.notes.setTabChangesFocus(True)
        self.notes.installEventFilter(self)
        notes.body.addWidget(self.notes)
        self._layout.addWidget(notes)
        self._layout.addStretch(1)
        self.setWidget(body)

    def set_run(self, run: Run, job: Job | None, title_of: Callable[[str], str]) -> None:
        """Shows this run. `title_of`: how another run is called, by its id."""
        other = self._run is None or self._run.id != run.id
        self._run = run
        if other:
            self._whole.clear()
        self._set(self.properties, self._properties_section, [*self._kin(run, title_of), *_properties(run, job)])
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
        width = max(table.names_width for table in tables)
        for table in tables:
            if isinstance(grid := table.layout(), QGridLayout):
                grid.setColumnMinimumWidth(0, max(min(width, _MOST_NAMES_WIDTH), _NAMES_WIDTH))
                grid.setColumnStretch(0, 1 if width > _MOST_NAMES_WIDTH else 0)  # a wider panel shows more of them

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.notes and event.type() == QEvent.Type.FocusOut:
            self.save_notes()
        return super().eventFilter(watched, event)

    def _fit_notes(self) -> None:
        """As high as the notes need, within reason; longer ones scroll."""
        lines = round(self.notes.document().size().height())  # a plain text's size counts lines
        needed = (lines + 1) * self.notes.fontMetrics().lineSpacing() + 12
        self.notes.setFixedHeight(max(_NOTES_HEIGHT, min(needed, _MOST_NOTES_HEIGHT)))

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

    def _set(self, table: KeyValueTable, section: QWidget, rows: Sequence[Row]) -> None:
        section.setVisible(bool(rows))
        if len(rows) > _FIRST_ROWS + 10 and table not in self._whole:
            everything = rows
            more: Row = ("", f"Show all {len(rows):,}", lambda: self._show_whole(table, section, everything))
            rows = [*rows[:_FIRST_ROWS], more]
        if table.rows != [(row[0], row[1]) for row in rows]:
            table.set_rows(rows)

    def _show_whole(self, table: KeyValueTable, section: QWidget, rows: Sequence[Row]) -> None:
        self._whole.add(table)
        self._set(table, section, rows)
        self._align()

    def _kin(self, run: Run, title_of: Callable[[str], str]) -> list[Row]:
        """What the run is, and the run that it belongs to."""
        rows: list[Row] = []
        if run.kind not in {"", "job"}:
            rows.append(("Kind", KIND_WORDS.get(run.kind, run.kind)))
        for name, other in (("Belongs to", run.parent_id), ("Result of", run.result_of)):
            if other is not None:
                title = title_of(other)
                rows.append((name, title, self._opener(LineagePart(kind="run", id=other, title=title))))
        return rows

    def _input_rows(self, inputs: Sequence[DataInput]) -> list[Row]:
        rows: list[Row] = []
        for one in inputs:
            kind = "preparation" if one.kind == "prep" else "data"
            part = LineagePart(kind=kind, id=one.path, title=one.name)
            rows_text = f", {one.rows:,} rows" if one.rows is not None else ""
            opener = self._opener(part) if kind == "preparation" or _is_file(one) else None
            rows.append(("Preparation" if kind == "preparation" else "Data", f"{one.name}{rows_text}", opener))
            if opener is None and "://" in one.path:
                rows.append(("From", one.path))
            for source in one.sources:
                name = source.path.replace("\\", "/").rpartition("/")[2]
                amount = f"{source.rows:,} rows" if source.rows is not None else size_text(source.size)
                data = LineagePart(kind="data", id=source.path, title=name)
                rows.append(("Read", f"{name}, {amount}", self._opener(data)))
        return rows

    def _opener(self, part: LineagePart) -> Callable[[], object]:
        return lambda: self.part_clicked.emit(part)


def _is_file(given: DataInput) -> bool:
    """Whether the input is a file that can be shown here; a data set that a program told of may lie anywhere."""
    return given.kind != "dataset" or Path(given.path).is_absolute()


def _properties(run: Run, job: Job | None) -> list[Row]:
    now = datetime.now(UTC)
    git = run.git.commit[:8] + (f" on {run.git.branch}" if run.git.branch else "") + (" + changes" if run.git.dirty else "")
    rows: list[Row] = [
        ("Script", run.script),
        ("Arguments", " ".join(run.arguments)),
        ("Configuration", run.config.name if made_here(run) else ""),
        ("Target", run.target if made_here(run) else ""),
        ("Attempt", f"{job.attempt} of {job.attempts}" if job is not None and job.attempts > 1 else ""),
        ("Priority", str(job.priority) if job is not None and job.priority else ""),
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
