"""Runs side by side: a table of what differs, and their curves over each other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.runs.chartspanel import ChartsPanel
from workbench.desktop.runs.comparerows import GROUPS, CompareRow, compare_rows, shared_metrics
from workbench.desktop.runs.runchips import RunChips
from workbench.desktop.runs.store import RunsStore
from workbench.desktop.runs.wording import run_title
from workbench.desktop.widgets import (
    Column,
    EmptyState,
    HLine,
    PageHeader,
    RecordTable,
    Splitter,
    StateStack,
    button,
    icon_button,
    label,
    surface,
)
from workbench.schema import LineagePart, MetricsLogged, RunChanged, RunComparison, RunSummary

if TYPE_CHECKING:
    from workbench.client.client import Client

_MENU_RUNS = 30
_KINDS = ("data", "preparation", "run", "model", "service")


class ComparePage(QWidget):
    """Compares the runs whose ids it is given; runs can be added and taken out here."""

    back_asked = Signal()
    run_opened = Signal(str)
    ids_changed = Signal(object)
    lineage_changed = Signal()

    def __init__(self, context: AppContext, store: RunsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._store = store
        self._ids: tuple[str, ...] = ()
        self._comparison: RunComparison | None = None
        self.lineage: tuple[LineagePart, ...] = ()
        """What the compared runs came from and what came from them, each part once."""
        self._build()
        context.events.run_changed.connect(self._on_run_changed)
        context.events.metrics_logged.connect(self._on_metrics_logged)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(600)
        self._settle.timeout.connect(self.refresh)

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("Compare runs")
        back = icon_button("arrow-left", "Back to the list of runs  (Alt+Left)", self.back_asked.emit)
        back.setShortcut("Alt+Left")
        self.header.add_leading(back)
        self.add_button = button("Add run", self._show_adding, icon="plus")
        self.header.add_action(self.add_button)
        outer.addWidget(self.header)
        bar = surface()
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        self.chips = RunChips()
        self.chips.opened.connect(self.run_opened)
        self.chips.removed.connect(self.remove)
        row.addWidget(self.chips, 1)
        self.count = label("", "muted")
        row.addWidget(self.count)
        self.only = QCheckBox("Only differences")
        self.only.setChecked(True)
        self.only.toggled.connect(self._fill)
        row.addWidget(self.only)
        outer.addWidget(bar)
        outer.addWidget(HLine())
        split = Splitter("compare", Qt.Orientation.Vertical)
        self.table: RecordTable[CompareRow] = RecordTable([], lambda row: row.id, empty="These runs do not differ")
        split.addWidget(self.table)
        self.charts = ChartsPanel(self._context)
        split.addWidget(self.charts)
        split.setStretchFactor(1, 1)
        split.set_initial([340, 420])
        self.stack = StateStack(split)
        outer.addWidget(self.stack, 1)

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    def set_ids(self, ids: Sequence[str]) -> None:
        """Compares these runs."""
        ids = tuple(dict.fromkeys(ids))
        if ids != self._ids:
            self._ids = ids
            self._comparison = None
            self.ids_changed.emit(ids)
        self.refresh()

    def add(self, run_id: str) -> None:
        self.set_ids((*self._ids, run_id))

    def remove(self, run_id: str) -> None:
        self.set_ids([one for one in self._ids if one != run_id])

    def refresh(self) -> None:
        """Compares again."""
        ids = self._ids
        if len(ids) < 2:
            self._show_too_few()
            return
        if self._comparison is None:
            self.stack.show_loading("Comparing")
        self._context.call(
            "Comparing runs",
            lambda client, _progress: _compare(client, ids),
            self._on_compared,
            self._on_failed,
            exclusive=f"compare-{id(self)}",
            quiet=True,
        )

    def _show_too_few(self) -> None:
        runs = [run for run_id in self._ids if (run := self._store.get(run_id))]
        self.chips.set_runs(runs)
        self.count.setText("")
        self.header.set_subtitle("")
        self.stack.show_empty(
            EmptyState(
                "git-compare",
                "Choose another run to compare with",
                "Their parameters, metrics, data and environments stand side by side, their curves over each other.",
                ("Add run", self._show_adding),
                ("Back to the list", self.back_asked.emit),
            )
        )

    def _on_compared(self, answer: tuple[RunComparison, tuple[LineagePart, ...]]) -> None:
        self._comparison, parts = answer
        if parts != self.lineage:
            self.lineage = parts
            self.lineage_changed.emit()
        self._fill()
        self.stack.show_content()

    def _on_failed(self, error: Exception) -> None:
        if self._comparison is None:
            self.stack.show_error(error, self.refresh)

    def _fill(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        runs = comparison.runs
        self.chips.set_runs(runs)
        self.header.set_subtitle(", ".join(f"#{run.number}" for run in runs))
        rows = compare_rows(comparison, only_differences=self.only.isChecked())
        differing = sum(row[3] for row in comparison.rows)
        self.count.setText(f"{differing} of {len(comparison.rows)} rows differ")
        names = {run.id: run.name for run in runs}
        columns: list[Column[CompareRow]] = [
            Column("", lambda row: GROUPS.get(row.group, row.group) if row.heads else "", width=110, kind="muted"),
            Column("Name", lambda row: row.name, width=190, kind="strong"),
            *(_run_column(run, place, bool(names[run.id])) for place, run in enumerate(runs)),
        ]
        self.table.set_columns(columns, rows)
        self.charts.set_runs(runs, shared_metrics(comparison))

    def _show_adding(self) -> None:
        self.adding_menu().popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def adding_menu(self) -> QMenu:
        """The newest runs that are not compared yet."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        others = [run for run in self._store.runs if run.id not in self._ids and not run.archived][:_MENU_RUNS]
        for run in others:
            look = "layers" if run.script.endswith(".wbprep") else "file-code"
            menu.addAction(icon(look), f"{run_title(run)}   {run.script}", lambda run_id=run.id: self.add(run_id))
        if not others:
            menu.addAction("There is no other run").setEnabled(False)
        return menu

    def _on_run_changed(self, events: tuple[RunChanged, ...]) -> None:
        if self.isVisible() and any(event.run_id in self._ids for event in events) and not self._settle.isActive():
            self._settle.start()

    def _on_metrics_logged(self, events: tuple[MetricsLogged, ...]) -> None:
        for event in events:
            if event.run_id in self._ids and self.isVisible():
                self.charts.refresh(event.keys)


def _compare(client: "Client", ids: tuple[str, ...]) -> tuple[RunComparison, tuple[LineagePart, ...]]:
    """The comparison and the runs' lineages in one, in the breadcrumb's order."""
    parts = dict.fromkeys(part for run_id in ids for part in client.lineage("run", run_id).parts)
    return client.compare(ids), tuple(sorted(parts, key=lambda part: _KINDS.index(part.kind)))


def _run_column(run: RunSummary, place: int, named: bool) -> Column[CompareRow]:
    """The column of one run; the best of a metric has a star."""
    return Column(
        run_title(run) if named else f"#{run.number}",
        lambda row: row.values[place],
        kind="text",
        icon=lambda row: "star" if row.best == place else None,
        tooltip=lambda row: f"{row.values[place]} (the best)" if row.best == place else row.values[place],
    )
