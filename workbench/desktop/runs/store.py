"""The runs of the open project (of all, without one) as the screens see them: loaded once, then kept true by events."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.base.errors import NotFound
from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.schema import MetricsLogged, RunChanged, RunSummary

_PAGE = 500
_MOST = 5000
_FEW = 12
_SETTLE_MS = 150


class RunsStore(QObject):
    """Holds the summaries, newest first, archived ones too. GUI thread only."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._runs: dict[str, RunSummary] = {}
        self._dirty: set[str] = set()
        self._group = f"runs-store-{id(self)}"
        self.loaded = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._fetch_dirty)
        self._fetching = False
        events = context.events
        events.run_changed.connect(self._on_run_changed)
        events.metrics_logged.connect(self._on_metrics_logged)
        events.reset.connect(self.reload)
        events.connected.connect(self.reload)
        context.project_changed.connect(self._on_project_changed)

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All known runs of the project, newest first."""
        return tuple(sorted(self._runs.values(), key=lambda run: (run.created, run.number), reverse=True))

    def get(self, run_id: str) -> RunSummary | None:
        return self._runs.get(run_id)

    def put(self, run: RunSummary) -> None:
        """Takes over what a call has just returned, without waiting for its event."""
        if self._folder in {None, run.project}:
            self._runs[run.id] = run
            self.changed.emit()

    def reload(self) -> None:
        """Loads all anew."""
        folder = self._folder

        def load(client: Client, progress: Progress) -> list[RunSummary]:
            runs: list[RunSummary] = []
            cursor = ""
            while len(runs) < _MOST:
                page = client.runs(project=folder, archived=True, limit=_PAGE, cursor=cursor)
                runs += page.runs
                progress.check()
                if not (cursor := page.next):
                    break
            return runs

        self._context.call("Loading the runs", load, self._on_loaded, self._on_failed, exclusive=self._group, quiet=True)

    @property
    def _folder(self) -> str | None:
        return str(self._context.project.folder) if self._context.project else None

    def _on_project_changed(self) -> None:
        self._runs.clear()
        self._dirty.clear()
        self.loaded = False
        self.changed.emit()
        self.reload()

    def _on_loaded(self, runs: list[RunSummary]) -> None:
        self._runs = {run.id: run for run in runs}
        self.loaded = True
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    def _on_run_changed(self, events: tuple[RunChanged, ...]) -> None:
        folder = self._folder
        self._mark(event.run_id for event in events if folder in {None, event.project} or event.run_id in self._runs)

    def _on_metrics_logged(self, events: tuple[MetricsLogged, ...]) -> None:
        self._mark(event.run_id for event in events if event.run_id in self._runs)

    def _mark(self, ids: Iterable[str]) -> None:
        self._dirty.update(ids)
        if self._dirty and not self._timer.isActive():
            self._timer.start()

    def _fetch_dirty(self) -> None:
        if not self.loaded or self._fetching:
            self._timer.start()
            return
        ids, self._dirty = sorted(self._dirty), set()
        if not ids:
            return
        if len(ids) > _FEW:
            self.reload()
            return

        def fetch(client: Client, _progress: Progress) -> tuple[list[RunSummary], list[str]]:
            found: list[RunSummary] = []
            gone: list[str] = []
            for run_id in ids:
                try:
                    run = client.run(run_id)
                except NotFound:
                    gone.append(run_id)
                else:
                    if run.deleted:  # in the trash
                        gone.append(run_id)
                    else:
                        found.append(run)
            return found, gone

        self._fetching = True
        self._context.call("Loading runs", fetch, self._on_fetched, self._on_fetch_failed, quiet=True)

    def _on_fetched(self, result: tuple[list[RunSummary], list[str]]) -> None:
        self._fetching = False
        found, gone = result
        self._runs.update((run.id, run) for run in found if self._folder in {None, run.project})
        for run_id in gone:
            self._runs.pop(run_id, None)
        self.changed.emit()

    def _on_fetch_failed(self, _error: Exception) -> None:
        self._fetching = False  # the bridge tells of a lost server, and a reload follows its return
