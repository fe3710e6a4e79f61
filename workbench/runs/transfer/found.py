"""What a reader finds in a foreign source, in the store's own terms."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from workbench.runs.chunks import Points
from workbench.schema import DataInput, GitState, RunStatus

Progress = Callable[[int, int, str], None]
"""Gets how many runs are done, of how many, and what is done now. It may raise Cancelled."""


@dataclass(frozen=True)
class FoundFile:
    """A file of a run: its path under the outputs (forward slashes), and its bytes or where they are."""

    path: str
    source: Path | bytes


def _nothing() -> Iterable[tuple[str, Points]]:
    return ()


def _no_files() -> Iterable[FoundFile]:
    return ()


@dataclass(frozen=True)
class FoundRun:
    """A run of a source. `digest` stands for its content; `series` and `files` are read when they are called."""

    id: str
    experiment: str
    digest: str
    created: datetime
    status: RunStatus = RunStatus.FINISHED
    reason: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    name: str = ""
    user: str = ""
    script: str = ""
    parent_id: str | None = None
    notes: str = ""
    deleted: datetime | None = None
    git: GitState = field(default_factory=GitState)
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[DataInput, ...] = ()
    series: Callable[[], Iterable[tuple[str, Points]]] = _nothing
    """Points by metric, in the order of logging; a metric may come in several parts."""
    files: Callable[[], Iterable[FoundFile]] = _no_files
    logs: Callable[[], Iterable[FoundFile]] = _no_files
    """Text files that lie beside the outputs."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the table `runs` that are to be as in the source; empty for foreign ones."""

    @property
    def is_own(self) -> bool:
        """Whether the run was exported by Workbench: it is brought back as it was, without marks of an import."""
        return bool(self.columns)


@dataclass(frozen=True)
class FoundExperiment:
    """An experiment of a source, with what stands beside its runs."""

    name: str
    created: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    deleted: datetime | None = None
    id: str = ""
    """The id that it is to have where it is new."""


class LeftOut:
    """Counts what could not be taken over, by kind, with the first one of each as an example."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, kind: str, example: str = "", count: int = 1) -> None:
        """`kind` in the plural, such as `histograms`."""
        self._counts[kind] += count
        if example:
            self._examples.setdefault(kind, example)

    def sentence(self) -> str:
        """One sentence for all; empty when nothing was left out."""
        parts = [
            f"{count:,} {kind}" + (f" ({self._examples[kind]})" if kind in self._examples else "")
            for kind, count in self._counts.items()
        ]
        return f"Left out: {'; '.join(parts)}." if parts else ""


class Reader(Protocol):
    """Reads one source; nothing is changed in it."""

    said: str
    """In a sentence: what the source is, and how it is read."""
    left_out: LeftOut

    def count(self) -> int:
        """How many runs there are, as far as it is known at once."""

    def experiments(self) -> Iterable[FoundExperiment]:
        """The experiments about which more is known than their names."""

    def runs(self) -> Iterator[FoundRun]:
        """The runs, a parent before its children where the times allow it."""


def holds(experiments: int, runs: int) -> str:
    """`1 experiment and 12,000 runs`."""
    return f"{experiments:,} experiment{'' if experiments == 1 else 's'} and {runs:,} run{'' if runs == 1 else 's'}"
