"""What the list of runs asks of the server. Called in worker threads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from workbench.client.client import Client
from workbench.desktop.operations import Progress
from workbench.desktop.runs.briefs import briefs_of
from workbench.desktop.runs.columns import words_of
from workbench.schema import RunSummary

MOST = 20_000
_PIECE = 2000  # rows of one table
_FIRST = 200
_AT_ONCE = 200  # ids in one address


@dataclass(frozen=True)
class LoadedRuns:
    """The newest runs (at most `MOST`), newest first, how many there are, and what is in the workspace's trash."""

    runs: dict[str, RunSummary]
    total: int
    trash: dict[str, RunSummary]
    words: dict[str, str]
    """What a filter is looked for in, by the runs' ids."""


def load_runs(client: Client, progress: Progress, project: str | None) -> LoadedRuns:
    """The runs of a project (None: of all), archived ones too: the newest with all that is known, older ones as a table."""
    wanted = "" if project is None else "attributes.project = '" + project.replace("'", "''") + "'"
    older, total = _tables(client, progress, wanted, "active")
    newest = client.runs(project=project, archived=True, limit=_FIRST)  # last, so that none is missing that came meanwhile
    runs = {run.id: run for run in (*newest.runs, *older)} | {run.id: run for run in newest.runs}
    trash, _ = _tables(client, progress, "", "deleted")
    return _loaded(runs.values(), max(total, newest.total), trash)


def load_newest(client: Client, progress: Progress, project: str | None) -> LoadedRuns:
    """The first page of them."""
    page = client.runs(project=project, archived=True, limit=_FIRST)
    trash, _ = _tables(client, progress, "", "deleted")
    return _loaded(page.runs, page.total, trash)


def _tables(client: Client, progress: Progress, wanted: str, view: Literal["active", "deleted"]) -> tuple[list[RunSummary], int]:
    runs: list[RunSummary] = []
    cursor, total = "", 0
    while len(runs) < MOST:
        table = client.runs_table(wanted, limit=_PIECE, cursor=cursor, view=view)
        said = table.schema.metadata
        total = total or int(said[b"total"])
        runs += briefs_of(table)
        progress.check()
        if not (cursor := said[b"next"].decode()):
            break
    return runs, total


def _loaded(runs: Iterable[RunSummary], total: int, trash: Iterable[RunSummary]) -> LoadedRuns:
    ordered = sorted(runs, key=attrgetter("created", "number"), reverse=True)
    words = {run.id: words_of(run) for run in ordered}
    return LoadedRuns({run.id: run for run in ordered}, max(total, len(ordered)), {run.id: run for run in trash}, words)


def load_some(client: Client, ids: Sequence[str], progress: Progress) -> tuple[RunSummary, ...]:
    """These runs, also those in the trash; without those that are gone."""
    found: list[RunSummary] = []
    for start in range(0, len(ids), _AT_ONCE):
        progress.check()
        named = ", ".join(f"'{run_id}'" for run_id in ids[start : start + _AT_ONCE])
        found += client.search(f"attributes.run_id IN ({named})", limit=_AT_ONCE, view="all").runs
    return tuple(found)
