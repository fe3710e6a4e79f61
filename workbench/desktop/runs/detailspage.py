"""One run: charts while it runs, images, outputs, log, environment, and its facts at the right."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from workbench.base.errors import NotFound
from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.operations import Progress
from workbench.desktop.runs.actions import RunActions
from workbench.desktop.runs.chartspanel import ChartsPanel
from workbench.desktop.runs.environmentpanel import EnvironmentPanel
from workbench.desktop.runs.images import ImagesSection
from workbench.desktop.runs.inspector import RunInspector
from workbench.desktop.runs.logpanel import LogPanel
from workbench.desktop.runs.nestedpanel import NestedPanel
from workbench.desktop.runs.outputspanel import OutputsPanel, likely_model
from workbench.desktop.runs.store import RunsStore
from workbench.desktop.runs.tiles import NumberTiles
from workbench.desktop.runs.wording import KIND_WORDS, below_text, made_here, metric_keys, run_title
from workbench.desktop.widgets import (
    Banner,
    EmptyState,
    PageHeader,
    Splitter,
    StateStack,
    StatusPill,
    TabStrip,
    button,
    icon_button,
)
from workbench.desktop.wording import full_moment, number_text
from workbench.schema import Job, LineagePart, MetricsLogged, Run, RunChanged, RunStatus

_TABS = ("Overview", "Nested runs", "Outputs", "Log", "Environment")
_BANNERS = {RunStatus.FAILED: "bad", RunStatus.LOST: "warn"}


class RunDetailsPage(QWidget):
    """Shows the run `run_id`; loads it again when events tell of it."""

    back_asked = Signal()
    compare_asked = Signal(str)
    run_opened = Signal(str)
    comparison_asked = Signal(object)
    again_asked = Signal(object)
    register_asked = Signal(object, str)
    loaded = Signal(object, object)
    """Run and its lineage parts."""

    def __init__(self, context: AppContext, store: RunsStore, actions: RunActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._store = store
        self._actions = actions
        self._run_id = ""
        self._run: Run | None = None
        self._asked_tab = ""
        self._build()
        events = context.events
        events.run_changed.connect(self._on_run_changed)
        events.metrics_logged.connect(self._on_metrics_logged)
        events.reset.connect(self.refresh)
        actions.patched.connect(self._on_patched)
        store.changed.connect(self._fill_nested)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(300)
        self._settle.timeout.connect(self.refresh)

    @property
    def run(self) -> Run | None:
        """What is shown, once it is loaded."""
        return self._run

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("Run")
        self.pill = StatusPill()
        self.header.set_status(self.pill)
        back = icon_button("arrow-left", "Back to the list of runs  (Alt+Left)", self.back_asked.emit)
        back.setShortcut("Alt+Left")
        self.header.add_leading(back)
        self.cancel_button = button("Cancel", self._cancel, icon="circle-stop", tooltip="Ask the job to stop")
        self.compare_button = button("Compare", self._compare, icon="git-compare", tooltip="Compare with other runs")
        self.more = icon_button("ellipsis", "More", self._show_menu)
        self.register_button = button("Register model", self._register, kind="primary", icon="box")
        for made in (self.more, self.cancel_button, self.compare_button, self.register_button):
            self.header.add_action(made)
        outer.addWidget(self.header)
        self._banners = QVBoxLayout()
        self._banners.setSpacing(0)
        self._banner: Banner | None = None
        self._job: Job | None = None
        outer.addLayout(self._banners)
        split = Splitter("run-details", Qt.Orientation.Horizontal)
        split.addWidget(self._main())
        self.inspector = RunInspector()
        self.inspector.setMinimumWidth(240)
        self.inspector.part_clicked.connect(self._context.open_part)
        self.inspector.notes_changed.connect(self._on_notes_changed)
        split.addWidget(self.inspector)
        split.setStretchFactor(0, 1)
        split.set_initial([1010, 350])
        self.stack = StateStack(split)
        outer.addWidget(self.stack, 1)

    def _main(self) -> QWidget:
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        strip = TabStrip("Parts of the run", _TABS)
        self.tabs = strip.tabs
        column.addWidget(strip)
        self.charts = ChartsPanel(self._context)
        self.tiles = NumberTiles()
        self.charts.above.addWidget(self.tiles)
        self.images = ImagesSection(self._context)
        self.charts.below.addWidget(self.images)
        self.overview = StateStack(self.charts)
        self.nested = NestedPanel()
        self.nested.run_opened.connect(self.run_opened)
        self.nested.compare_asked.connect(self.comparison_asked)
        self.nested.table.hovered.connect(self._store.ask_details)
        self.outputs = OutputsPanel(self._context, self._actions)
        self.outputs.register_asked.connect(self._on_register_asked)
        self.log = LogPanel(self._context)
        self.environment = EnvironmentPanel()
        self.pages = QStackedWidget()
        for page in (self.overview, self.nested, self.outputs, self.log, self.environment):
            self.pages.addWidget(page)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        column.addWidget(self.pages, 1)
        return main

    def show_run(self, run_id: str) -> None:
        """Shows this run; what it showed before goes at once."""
        if run_id != self._run_id:
            self._run_id = run_id
            self._run = None
            self._asked_tab = ""
            self.stack.show_loading("Loading the run")
            self.header.set_title("Run")
            self.header.set_subtitle("")
            self.pill.set_status("")
            self._set_banner(None)
        self.refresh()

    def refresh(self) -> None:
        """Loads the run and its lineage again."""
        run_id = self._run_id
        if not run_id:
            return

        def load(client: Client, _progress: Progress) -> tuple[Run, tuple[LineagePart, ...], Job | None]:
            run = client.run(run_id)
            return run, client.lineage("run", run.id).parts, _job_of(client, run)

        self._context.call("Loading the run", load, self._on_loaded, self._on_failed, exclusive=f"run-{id(self)}", quiet=True)

    def show_tab(self, title: str) -> None:
        """Shows this tab, also of a run that is still being loaded."""
        self._asked_tab = title
        self.tabs.setCurrentIndex(_TABS.index(title))

    # loading

    def _on_loaded(self, result: tuple[Run, tuple[LineagePart, ...], Job | None]) -> None:
        run, parts, self._job = result
        first = self._run is None or self._run.id != run.id
        self._run, self._run_id = run, run.id
        self._fill(run)
        if first and not self._asked_tab:
            troubled = run.status in _BANNERS and not run.own_metrics
            self.show_tab("Nested runs" if run.kind == "sweep" else "Log" if troubled and made_here(run) else "Overview")
        self.stack.show_content()
        self.loaded.emit(run, parts)

    def _on_failed(self, error: Exception) -> None:
        if self._run is None:
            self.stack.show_error(error, self.refresh)

    def _fill(self, run: Run) -> None:
        self.header.set_title(run_title(run))
        told = " ".join((run.script, *run.arguments))
        self.header.set_subtitle(told if made_here(run) else " · ".join(filter(None, (KIND_WORDS.get(run.kind, ""), told))))
        self.pill.set_status(run.status.value, run.reason)
        self.cancel_button.setVisible(not run.status.is_final and self._job is not None)
        self.register_button.setVisible(run.status.is_final and bool(run.artifacts) and run.deleted is None)
        self._set_banner(self._banner_of(run))
        self.inspector.set_run(run, self._job, self._title_of)
        self.outputs.set_run(run)
        self.log.set_run(run.id, logs=made_here(run))
        self.environment.set_run(run)
        keys = [key for key in metric_keys(run) if run.metrics[key].count > 1]
        single = sorted(key for key, metric in run.own_metrics.items() if metric.count <= 1)
        self.charts.set_runs([run], keys)
        self.tiles.set_numbers([(key, number_text(run.metrics[key].last)) for key in single])
        self.images.set_run(run.id, run.artifacts)
        self._fill_nested()
        self._show_overview(run)

    def _fill_nested(self) -> None:
        """The store keeps the runs below this one true."""
        run = self._run
        if run is None:
            return
        below = self._store.below(run.id)
        place = _TABS.index("Nested runs")
        self.tabs.setTabText(place, below_text(run, len(below)).capitalize() or "Trials")
        self.tabs.setTabVisible(place, bool(below) or run.kind == "sweep")
        if below or run.kind == "sweep":
            self.nested.set_runs(run, below)

    def _title_of(self, run_id: str) -> str:
        """How another run is called, as far as it is known here."""
        other = self._store.get(run_id)
        return run_title(other) if other is not None else f"run {run_id[:8]}"

    def _banner_of(self, run: Run) -> tuple[str, str, tuple[str, Callable[[], object]] | None] | None:
        """Kind, sentence and action of the line over the page; none where there is nothing to say."""
        if run.deleted is not None:
            return (
                "warn",
                f"In the trash since {full_moment(run.deleted)}.",
                ("Bring back", lambda: self._actions.bring_back([run])),
            )
        reason = self._job.reason if self._job is not None and run.status is RunStatus.QUEUED else run.reason
        if not reason:
            return None
        if run.result_of:
            return "info", reason, (f"Show {self._title_of(run.result_of)}", lambda: self.run_opened.emit(run.result_of))
        kind = _BANNERS.get(run.status)
        return kind or "info", reason, ("Show the log", lambda: self.show_tab("Log")) if kind and made_here(run) else None

    def _show_overview(self, run: Run) -> None:
        pictures = any(one.path.lower().endswith((".png", ".jpg", ".jpeg")) for one in run.artifacts)
        if run.own_metrics or pictures:
            self.overview.show_content()
            return
        below = below_text(run)
        if below:
            title, text = "This run logged no metrics itself", f"What its {below} logged stands side by side in the next tab."
            nested = ("Show them", lambda: self.show_tab("Nested runs"))
            self.overview.show_empty(EmptyState("chart-line", title, text, secondary=nested))
            return
        if not made_here(run):
            text = "Metrics that its program logs appear here." if not run.status.is_final else "Its program logged none."
            self.overview.show_empty(EmptyState("chart-line", "No metrics", text))
            return
        if run.result_of:
            text = "Its data, steps and outputs are those of the earlier run. Run it anew with: workbench submit --force"
            self.overview.show_empty(EmptyState("check-check", "Nothing had changed, so nothing was run", text))
            return
        if not run.status.is_final:
            title, text = "Nothing logged yet", "Metrics appear here while the script runs: workbench.log(“accuracy”, 0.93)"
        else:
            title, text = "This run logged no metrics", "Call workbench.log(“accuracy”, 0.93) in the script to see charts here."
        self.overview.show_empty(EmptyState("chart-line", title, text, secondary=("Show the log", lambda: self.show_tab("Log"))))

    def _set_banner(self, content: tuple[str, str, tuple[str, Callable[[], object]] | None] | None) -> None:
        if self._banner is not None:
            self._banners.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        if content is not None:
            self._banner = Banner(*content)
            self._banners.addWidget(self._banner)

    # events

    def _on_run_changed(self, events: tuple[RunChanged, ...]) -> None:
        if any(event.run_id == self._run_id for event in events) and not self._settle.isActive():
            self._settle.start(0 if self._run is None or not self._run.status.is_final else 300)

    def _on_metrics_logged(self, events: tuple[MetricsLogged, ...]) -> None:
        for event in events:
            if event.run_id == self._run_id:
                self.charts.refresh(event.keys)
                if not self._settle.isActive():
                    self._settle.start(600)

    def _on_patched(self, run: Run) -> None:
        if run.id == self._run_id:
            self._run = run
            self._fill(run)

    # what the user does

    def _cancel(self) -> None:
        if self._run is not None:
            self._actions.cancel(self._run)

    def _compare(self) -> None:
        if self._run is not None:
            self.compare_asked.emit(self._run.id)

    def _register(self) -> None:
        if self._run is not None:
            self.register_asked.emit(self._run, likely_model(self._run.artifacts))

    def _on_register_asked(self, path: str) -> None:
        if self._run is not None:
            self.register_asked.emit(self._run, path)

    def _on_notes_changed(self, notes: str) -> None:
        if self._run is not None:
            self._actions.set_notes(self._run, notes)

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """What else can be done with the run."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        run, acts = self._run, self._actions
        if run is None:
            return menu
        if made_here(run):
            menu.addAction(icon("play"), "Run again…", lambda: self.again_asked.emit(run))
        if run.snapshot:
            menu.addAction(icon("history"), "Restore files of the snapshot…", lambda: acts.restore(run))
        menu.addSeparator()
        menu.addAction(icon("folder-open"), "Open the folder of outputs", lambda: acts.open_outputs(run))
        menu.addAction(icon("copy"), "Copy id", lambda: acts.copy_id(run))
        menu.addSeparator()
        if run.deleted is not None:
            menu.addAction(icon("undo-2"), "Bring back from the trash", lambda: acts.bring_back([run]))
            return menu
        if run.archived:
            menu.addAction(icon("undo-2"), "Bring back from the archive", lambda: acts.archive([run], archived=False))
        else:
            menu.addAction(icon("archive"), "Archive", lambda: acts.archive([run]))
        delete = menu.addAction(icon("trash-2", "bad"), "Delete", lambda: acts.delete([run], self.back_asked.emit))
        delete.setEnabled(run.status.is_final)
        return menu


def _job_of(client: Client, run: Run) -> Job | None:
    """Its execution: what it waits for, which attempt this is; None for a run that Workbench did not start."""
    if not made_here(run):
        return None
    try:
        return client.job(run.id)
    except NotFound:
        return None
