"""The Dashboard: who the project is, the run bar, the chain from data to service, README and recent runs."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.base.files import write_atomic
from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.dashboard.chain import Chain, Stage
from workbench.desktop.dashboard.facts import ProjectFacts, WorkspaceFacts, read_project, read_workspace
from workbench.desktop.dashboard.nextstep import NextStep, next_step
from workbench.desktop.dashboard.projecthead import ProjectHead
from workbench.desktop.dashboard.readme import ReadmeView
from workbench.desktop.opening import open_text
from workbench.desktop.operations import Progress
from workbench.desktop.runs.columns import RunColumn, first_columns
from workbench.desktop.runs.runbar import RunBar
from workbench.desktop.runs.tablecolumns import table_column
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import Banner, Card, EmptyState, HLine, RecordTable, StateStack, button, surface
from workbench.schema import LineagePart, Run, RunSummary, Service

_SETTLE_MS = 250


class DashboardActivity(Activity):
    """Needs an open project."""

    id = "dashboard"
    title = "Dashboard"
    icon = "layout-dashboard"

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._files: ProjectFacts | None = None
        self._known: WorkspaceFacts | None = None
        self._build()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.reload)
        events = context.events
        for signal in (events.run_changed, events.model_changed, events.service_changed):
            signal.connect(self._on_event)
        events.reset.connect(self.reload)
        events.connected.connect(self.reload)
        self.project_changed()

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = surface()
        column = QVBoxLayout(top)
        column.setContentsMargins(24, 18, 24, 14)
        column.setSpacing(14)
        self.head = ProjectHead()
        column.addWidget(self.head)
        self.run_bar = RunBar(self._context, self, "dashboard.run")
        self.run_bar.submitted.connect(self._on_submitted)
        column.addWidget(self.run_bar)
        outer.addWidget(top)
        outer.addWidget(HLine())
        self._next = QVBoxLayout()
        self._next_step: NextStep | None = None
        self._hint: Banner | None = None
        outer.addLayout(self._next)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(24, 16, 24, 20)
        inner.setSpacing(14)
        self.chain = Chain()
        inner.addWidget(self.chain)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._readme_card(), 6)
        row.addWidget(self._runs_card(), 7)
        inner.addLayout(row, 1)
        outer.addWidget(body, 1)

    def _readme_card(self) -> QWidget:
        card = Card("README")
        self.edit_button = button("Edit", self._edit_readme, kind="ghost", icon="pencil")
        card.header.addWidget(self.edit_button)
        self.readme = ReadmeView()
        self.readme_stack = StateStack(self.readme)
        card.body.addWidget(self.readme_stack, 1)
        return card

    def _runs_card(self) -> QWidget:
        card = Card("Recent runs")
        card.header.addWidget(button("All runs", partial(self._context.open_activity, "runs"), kind="ghost"))
        columns = [table_column(RunColumn(key)) for key in ("number", "status", "script", "started")]
        self.recent: RecordTable[RunSummary] = RecordTable(columns, lambda run: run.id, empty="No runs yet: press Run above")
        self.recent.activated.connect(self._on_run_activated)
        self.recent.view.clicked.connect(self._on_clicked)
        card.body.addWidget(self.recent, 1)
        return card

    # Activity

    def activate(self) -> None:
        self.run_bar.reload()
        self.reload()

    def project_changed(self) -> None:
        project = self._context.project
        self._files, self._known = None, None
        if project is None:
            return
        self.head.set_project(project.name, project.id, project.description, project.folder)
        self._fill_chain()
        self.readme_stack.show_loading("Reading the README")
        self.reload()

    def reload(self) -> None:
        """Reads the project and asks the server again."""
        project = self._context.project
        if project is None:
            return
        folder = str(project.folder)
        self._context.operations.run(
            "Reading the project", lambda _p: read_project(project), self._on_files, exclusive=f"dash-files-{id(self)}", quiet=True
        )

        def ask(client: Client, _progress: Progress) -> WorkspaceFacts:
            return read_workspace(client, folder)

        # A lost server is told by the window's banner.
        self._context.call(
            "Loading the project", ask, self._on_known, self._on_unknown, exclusive=f"dash-known-{id(self)}", quiet=True
        )

    def _on_event(self, _events: object) -> None:
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    def _on_files(self, facts: ProjectFacts) -> None:
        self._files = facts
        project = self._context.project
        if project is None:
            return
        self.head.set_dates(facts.created, facts.updated)
        self.edit_button.setVisible(bool(facts.readme.strip()))
        if facts.readme.strip():
            self.readme.set_markdown(facts.readme, project.folder)
            self.readme_stack.show_content()
        else:
            self.readme_stack.show_empty(
                EmptyState(
                    "book-open",
                    "No README yet",
                    "Say what the project is for, where the data come from, and how to run it.",
                    ("Write a README", self._edit_readme),
                )
            )
        self._fill_chain()

    def _on_known(self, facts: WorkspaceFacts) -> None:
        self._known = facts
        metrics = [column for column in first_columns(facts.runs) if column.group == "metric"][:1]
        keys = ("number", "status", "script", "started")
        self.recent.set_columns([table_column(column) for column in (*map(RunColumn, keys), *metrics)])
        self.recent.set_records(facts.runs)
        self._fill_chain()

    def _on_unknown(self, _error: Exception) -> None:
        if self._known is None:
            self.recent.set_empty_text("The job manager does not answer yet")
            self.recent.set_records([])

    def _fill_chain(self) -> None:
        files, known, go, open_data = self._files, self._known, self._context.open_activity, self._open_data
        self._show_next(next_step(files, known))
        sources = files.sources if files else ()
        packages = files.packages if files else ()
        runs = known.runs if known else ()
        running = f"{known.running} going on" if known and known.running else ""
        last = f"latest #{runs[0].number} {runs[0].status.value}" if runs else "Press Run above"
        models = known.models if known else ()
        services = known.services if known else ()
        names = [one.name for one in models]
        self.chain.set_stages(
            [
                Stage("Data sources", "database", len(sources), _names(sources, "Add a file"), partial(open_data, sources)),
                Stage(
                    "Preparations",
                    "wand-sparkles",
                    len(packages),
                    _names(packages, "Prepare data"),
                    partial(self._open_data, packages),
                ),
                Stage("Runs", "history", known.run_count if known else 0, running or last, partial(go, "runs")),
                Stage(
                    "Models",
                    "box",
                    len(models),
                    _names(names, "Register an output"),
                    partial(go, "models"),
                ),
                Stage("Services", "rocket", len(services), _services(services), partial(go, "services")),
            ]
        )

    def _show_next(self, step: NextStep | None) -> None:
        """The hint over the cards; gone when there is something to look at."""
        if step == self._next_step:
            return
        self._next_step = step
        if self._hint is not None:
            self._next.removeWidget(self._hint)
            self._hint.hide()
            self._hint.deleteLater()
            self._hint = None
        if step is not None:
            sources = self._files.sources if self._files else ()
            self._hint = Banner("info", step.sentence, (step.action, partial(self._open_data, sources)) if step.action else None)
            self._next.addWidget(self._hint)

    # what the user does

    def _open_data(self, paths: tuple[str, ...]) -> None:
        if len(paths) == 1:
            kind = "data" if paths[0].endswith(".wbsource") else "preparation"
            self._context.open_part(LineagePart(kind=kind, id=paths[0], title=paths[0]))
        else:
            self._context.open_activity("data")

    def _on_submitted(self, _run: Run) -> None:
        self.reload()

    def _on_run_activated(self, run: RunSummary) -> None:
        self._context.open_activity("runs", run.id)

    def _on_clicked(self, _index: QModelIndex) -> None:
        run = self.recent.current()
        if run is not None:
            self._on_run_activated(run)

    def _edit_readme(self) -> None:
        project = self._context.project
        if project is None:
            return
        path = next(
            (one for one in project.folder.iterdir() if one.name.lower().startswith("readme")), project.folder / "README.md"
        )
        if not path.exists():
            text = f"# {project.name}\n\n{project.description or 'What this project is for.'}\n\n## Data\n\n## How to run\n"
            write_atomic(path, text)
        open_text(self._context, path)
        self.reload()


def _names(names: Sequence[str], otherwise: str) -> str:
    found = [name.rpartition("/")[2].removesuffix(".wbsource").removesuffix(".wbprep") for name in names]
    return ", ".join(found[:3]) if found else otherwise


def _services(services: Sequence[Service]) -> str:
    return ", ".join(f"{service.name} {service.status.value}" for service in services[:2]) or "Deploy a model"
