"""What the list of runs asks of the server. Called in worker threads."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.client.client import Client
from workbench.desktop.operations import Progress
from workbench.desktop.runs.columns import words_of
from workbench.schema import RunSummary

MOST = 20_000
_PAGE = 500
_FIRST = 200
_AT_ONCE = 200  # ids in one address


@dataclass(frozen=True)
class LoadedRuns:
    """The newest runs (at most `MOST`), how many there are, and what is in the workspace's trash."""

    runs: tuple[RunSummary, ...]
    total: int
    trash: tuple[RunSummary, ...]
    words: dict[str, tuple[RunSummary, str]]
    """What a filter is looked for in, by the runs' ids."""


def load_runs(client: Client, progress: Progress, project: str | None) -> LoadedRuns:
    """The runs of a project (None: of all), archived ones too."""
    runs: list[RunSummary] = []
    cursor, total = "", 0
    while len(runs) < MOST:
        page = client.runs(project=project, archived=True, limit=_PAGE, cursor=cursor)
        total = total or page.total
        runs += page.runs
        progress.check()
        if not (cursor := page.next):
            break
    return _loaded(client, runs, total)


def load_newest(client: Client, project: str | None) -> LoadedRuns:
    """The first page of them."""
    page = client.runs(project=project, archived=True, limit=_FIRST)
    return _loaded(client, page.runs, page.total)


def _loaded(client: Client, runs: Sequence[RunSummary], total: int) -> LoadedRuns:
    words = {run.id: (run, words_of(run)) for run in runs}
    return LoadedRuns(tuple(runs), max(total, len(runs)), client.trashed_runs(), words)


def load_some(client: Client, ids: Sequence[str], progress: Progress) -> tuple[RunSummary, ...]:
    """These runs, also those in the trash; without those that are gone."""
    found: list[RunSummary] = []
    for start in range(0, len(ids), _AT_ONCE):
        progress.check()
        named = ", ".join(f"'{run_id}'" for run_id in ids[start : start + _AT_ONCE])
        found += client.search(f"attributes.run_id IN ({named})", limit=_AT_ONCE, view="all").runs
    return tuple(found)
