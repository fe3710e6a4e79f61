"""The runs of the open project (of all, without one) as the screens see them: loaded once, then kept true by events."""

import time
from bisect import insort
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.runs.briefs import LastValues, is_brief
from workbench.desktop.runs.columns import words_of
from workbench.desktop.runs.loading import LoadedRuns, load_newest, load_runs, load_some
from workbench.schema import MetricsLogged, RunChanged, RunSummary

_MANY = 1000
_SETTLE_MS = 150
_LONGEST_MS = 2000
_FREED_AT_ONCE = 200


class RunsStore(QObject):
    """Holds the summaries, newest first, archived ones too, and beside them the workspace's trash. GUI thread only."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._runs: dict[str, RunSummary] = {}  # newest first
        self._trash: dict[str, RunSummary] = {}
        self._sorted: tuple[RunSummary, ...] | None = None
        self._thrown: tuple[RunSummary, ...] | None = None
        self._below: dict[str, list[RunSummary]] | None = None
        self._words: dict[str, str] = {}
        self._dirty: set[str] = set()
        self._group = f"runs-store-{id(self)}"
        self.loaded = False
        self.unseen = 0
        """How many older runs there are that are not held."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._fetch_dirty)
        self._fetching = False
        self._looked_at = ""
        self._details_timer = QTimer(self)
        self._details_timer.setSingleShot(True)
        self._details_timer.setInterval(_SETTLE_MS)
        self._details_timer.timeout.connect(self._fetch_details)
        events = context.events
        events.run_changed.connect(self._on_run_changed)
        events.metrics_logged.connect(self._on_metrics_logged)
        events.reset.connect(self.reload)
        events.connected.connect(self.reload)
        context.project_changed.connect(self._on_project_changed)

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All known runs of the project, newest first."""
        if self._sorted is None:
            self._sorted = tuple(self._runs.values())
        return self._sorted

    @property
    def trash(self) -> tuple[RunSummary, ...]:
        """What is in the trash, of every project; what went in last stands first."""
        if self._thrown is None:
            ordered = sorted(
                self._trash.values(), key=lambda run: ((run.deleted or run.created).timestamp(), run.number), reverse=True
            )
            self._thrown = tuple(ordered)
        return self._thrown

    def get(self, run_id: str) -> RunSummary | None:
        return self._runs.get(run_id) or self._trash.get(run_id)

    @property
    def has_nested(self) -> bool:
        """Whether a run stands below another one."""
        self.below("")
        return any(run_id in self._runs for run_id in self._below or ())

    def ask_details(self, run_id: str) -> None:
        """Asks for all that is known of a run of which the list came with less."""
        run = self.get(run_id)
        if run is not None and is_brief(run):
            self._looked_at = run_id
            self._details_timer.start()

    def _fetch_details(self) -> None:
        ids = (self._looked_at,)

        def fetch(client: Client, progress: Progress) -> Sequence[RunSummary]:
            return load_some(client, ids, progress)

        group = f"{self._group}-details"
        self._context.call("Loading runs", fetch, self._on_details, self._on_details_failed, exclusive=group, quiet=True)

    def _on_details_failed(self, _error: Exception) -> None:
        """The next look asks again."""

    def _on_details(self, found: Sequence[RunSummary]) -> None:
        """What a list shows has not changed: nothing needs to be shown anew."""
        for run in found:
            held = self.get(run.id)
            if held is not None and isinstance(held.metrics, LastValues):
                held.metrics.tell(run.metrics)

    def words(self, run: RunSummary) -> str:
        """What a filter is looked for in; kept, since it is asked at each letter."""
        known = self._words.get(run.id)
        if known is None:
            known = self._words[run.id] = words_of(run)
        return known

    def below(self, run_id: str) -> Sequence[RunSummary]:
        """The runs right below this one, in the order of their beginning."""
        if self._below is None:
            self._below = {}
            for run in reversed(self.runs):
                if run.parent_id:
                    self._below.setdefault(run.parent_id, []).append(run)
        return self._below.get(run_id, ())

    def is_below(self, run: RunSummary) -> bool:
        """Whether it stands below another run that is held here, as a trial does below its sweep."""
        return run.parent_id is not None and (run.parent_id in self._runs if run.deleted is None else run.parent_id in self._trash)

    def put(self, run: RunSummary) -> None:
        """Takes over what a call has just returned, without waiting for its event."""
        self._take((run,))
        self._tell()

    def reload(self) -> None:
        """Loads all anew. The first time the newest runs are shown before the rest has come."""
        folder, at_first = self._folder, not self.loaded

        def load(client: Client, progress: Progress) -> LoadedRuns:
            return (load_newest if at_first else load_runs)(client, progress, folder)

        self._context.call("Loading the runs", load, self._on_loaded, self._on_failed, exclusive=self._group, quiet=True)

    @property
    def _folder(self) -> str | None:
        return str(self._context.project.folder) if self._context.project else None

    def _tell(self) -> None:
        self._sorted = self._thrown = self._below = None
        began = time.perf_counter()
        self.changed.emit()
        spent = time.perf_counter() - began  # thousands of runs are shown anew less often, so that the window stays quick
        self._timer.setInterval(round(min(_LONGEST_MS, max(_SETTLE_MS, 4000 * spent))))

    def _take(self, runs: Iterable[RunSummary]) -> None:
        folder = self._folder
        new: list[RunSummary] = []
        for run in runs:
            self._words.pop(run.id, None)
            known = self._runs.get(run.id)
            if run.deleted is None and known is not None and known.created == run.created and folder in {None, run.project}:
                self._runs[run.id] = run
                continue
            self._runs.pop(run.id, None)
            self._trash.pop(run.id, None)
            if run.deleted is not None:
                self._trash[run.id] = run
            elif folder in {None, run.project}:
                new.append(run)
        if new:
            ordered = list(self._runs.values())
            for run in new:
                insort(ordered, run, key=_age)
            self._runs = {run.id: run for run in ordered}

    def _let_go(self, earlier: tuple[dict[str, Any], ...]) -> None:
        """Lets a worker free so many runs: at once they would hold the window up."""
        if sum(map(len, earlier)) > _FREED_AT_ONCE:
            self._context.operations.run("Letting earlier runs go", partial(_free, earlier), quiet=True, cancellable=False)

    def _on_project_changed(self) -> None:
        earlier = (self._runs, self._trash, self._words)
        self._runs, self._trash, self._words = {}, {}, {}
        self._dirty.clear()
        self.loaded = False
        self._tell()
        self._let_go(earlier)
        self.reload()

    def _on_loaded(self, found: LoadedRuns) -> None:
        earlier = (self._runs, self._trash, self._words)
        self._runs, self._trash, self._words = found.runs, found.trash, found.words
        self.unseen = found.total - len(found.runs)
        first, self.loaded = not self.loaded, True
        self._tell()
        self._let_go(earlier)
        if first and self.unseen:
            self.reload()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    def _on_run_changed(self, events: tuple[RunChanged, ...]) -> None:
        folder = self._folder
        self._mark(event.run_id for event in events if folder in {None, event.project} or self.get(event.run_id) is not None)

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
        if len(ids) > _MANY:
            self.reload()
            return

        def fetch(client: Client, progress: Progress) -> tuple[Sequence[str], Sequence[RunSummary]]:
            return ids, load_some(client, ids, progress)

        self._fetching = True
        self._context.call("Loading runs", fetch, self._on_fetched, self._on_fetch_failed, quiet=True)

    def _on_fetched(self, result: tuple[Sequence[str], Sequence[RunSummary]]) -> None:
        self._fetching = False
        asked, found = result
        for run_id in set(asked).difference(run.id for run in found):  # gone for good
            self._runs.pop(run_id, None)
            self._trash.pop(run_id, None)
            self._words.pop(run_id, None)
        self._take(found)
        self._tell()

    def _on_fetch_failed(self, _error: Exception) -> None:
        self._fetching = False  # the bridge tells of a lost server, and a reload follows its return


def _age(run: RunSummary) -> tuple[float, int]:
    """What the newest have the least of."""
    return -run.created.timestamp(), -run.number


def _free(earlier: tuple[dict[str, Any], ...], _progress: Progress) -> None:
    """Some at a time, so that the window's thread gets its turns."""
    for runs in earlier:
        while runs:
            for _ in range(min(len(runs), _FREED_AT_ONCE)):
                runs.popitem()
            time.sleep(0.001)
