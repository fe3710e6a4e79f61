"""The columns of the list of runs: the fixed ones, and one for each metric, parameter and tag that runs have."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from workbench.desktop.runs.better import higher_is_better
from workbench.desktop.runs.briefs import last_value
from workbench.desktop.runs.wording import KIND_WORDS, STATUS_WORDS, below_text, run_duration
from workbench.desktop.wording import duration_text, full_moment, moment_text, number_text
from workbench.schema import RunSummary

_TITLES = {
    "number": "#",
    "name": "Name",
    "status": "Status",
    "script": "Script",
    "started": "Started",
    "duration": "Duration",
    "user": "User",
    "target": "Target",
    "arguments": "Arguments",
    "kind": "Kind",
    "experiment": "Experiment",
    "deleted": "Deleted",
    "id": "Run id",
}
FIXED = ("number", "name", "status", "script", "started", "duration")
OPTIONAL = ("arguments", "kind", "user", "target", "experiment", "id")
OF_TRASH = ("number", "name", "status", "script", "experiment", "started", "deleted")
_NEWEST = 500
_BEGINS_NUMBERS = frozenset("0123456789+-.nNiI")
_NUMERIC = {"number", "duration"}


@dataclass(frozen=True)
class RunColumn:
    """One column: `key` is a field's name, or `metric:NAME`, `param:NAME`, `tag:NAME`."""

    key: str

    @property
    def group(self) -> str:
        return self.key.partition(":")[0] if ":" in self.key else "run"

    @property
    def title(self) -> str:
        return self.key.partition(":")[2] or _TITLES[self.key]

    @property
    def numeric(self) -> bool:
        return self.key in _NUMERIC or self.group == "metric"

    def text(self, run: RunSummary, now: datetime | None = None) -> str:
        """What the cell shows."""
        group, _, name = self.key.partition(":")
        match group:
            case "metric":
                last = last_value(run, name)
                return "" if last is None else number_text(last)
            case "param":
                return run.params.get(name, "")
            case "tag":
                return run.tags.get(name, "")
            case "number":
                return str(run.number)
            case "name":
                return " · ".join(filter(None, (run.name, below_text(run), "nothing had changed" if run.result_of else "")))
            case "status":
                return STATUS_WORDS[run.status]
            case "kind":
                return KIND_WORDS.get(run.kind, run.kind)
            case "deleted":
                return moment_text(run.deleted, now)
            case "started":
                return moment_text(run.started or run.created, now)
            case "duration":
                return duration_text(run_duration(run, now or datetime.now(UTC)))
            case "arguments":
                return " ".join(run.arguments)
            case _:
                return str(getattr(run, group))

    def fact(self, run: RunSummary) -> object:
        """What the text is made of, where that is one thing that costs less than the text; else None."""
        group, _, name = self.key.partition(":")
        match group:
            case "metric":
                return last_value(run, name)
            case "param":
                return run.params.get(name, "")
            case "tag":
                return run.tags.get(name, "")
            case "name":
                return None if run.children or run.result_of else run.name
            case "started":
                return int((run.started or run.created).timestamp())
            case "duration":
                return run.started, run.ended, run.status
            case _:
                return getattr(run, group)

    def sorter(self) -> Callable[[RunSummary], float | str | None]:
        """Gives a run's key to sort by: a number where there is one, else the text; None where the run has no value."""
        group, _, name = self.key.partition(":")
        match group:
            case "metric":
                return lambda run: last_value(run, name)
            case "param":
                return lambda run: _number_or_text(run.params.get(name, ""))
            case "tag":
                return lambda run: _number_or_text(run.tags.get(name, ""))
            case "number":
                return lambda run: run.number
            case "name":
                return lambda run: _number_or_text(run.name or (self.text(run) if run.children or run.result_of else ""))
            case "started":
                return lambda run: (run.started or run.created).timestamp()
            case "deleted":
                return lambda run: run.deleted.timestamp() if run.deleted else None
            case "duration":
                return lambda run: run_duration(run, datetime.now(UTC))
        return lambda run: _number_or_text(self.text(run))

    def tooltip(self, run: RunSummary) -> str:
        """What does not fit into the cell."""
        if self.key == "started":
            return full_moment(run.started or run.created)
        if self.key == "deleted":
            return full_moment(run.deleted)
        if self.key == "status" or (self.key == "name" and run.result_of):
            return run.reason
        if self.group == "metric" and (metric := run.metrics.get(self.title)):
            if not metric.count:
                return f"last {number_text(metric.last)}"
            last = f"last {number_text(metric.last)} at step {metric.last_step}"
            return f"{last} · min {number_text(metric.min)} · max {number_text(metric.max)}"
        text = self.text(run)
        return text if len(text) > 20 else ""


def available_columns(runs: Iterable[RunSummary]) -> tuple[RunColumn, ...]:
    """All columns that these runs can fill: the fixed ones, the optional ones, metrics, parameters and tags by name."""
    metrics: set[str] = set()
    params: set[str] = set()
    tags: set[str] = set()
    for run in runs:
        metrics.update(run.metrics)
        params.update(run.params)
        tags.update(run.tags)
    names = [*FIXED, *OPTIONAL]
    names += [f"metric:{key}" for key in sorted(metrics)]
    names += [f"param:{key}" for key in sorted(params)]
    names += [f"tag:{key}" for key in sorted(tags)]
    return tuple(map(RunColumn, names))


def first_columns(runs: Sequence[RunSummary]) -> tuple[RunColumn, ...]:
    """The columns before the user chose any: the fixed ones, the newest runs' commonest metrics, and their params that differ."""
    runs = runs[:_NEWEST]
    metrics = sorted(_commonest("metric", [_own(run) for run in runs]), key=_interest)[:4]
    params = [c for c in _commonest("param", [set(run.params) for run in runs]) if not is_constant(c, runs)][:3]
    return (*map(RunColumn, FIXED), *metrics, *params)


def _number_or_text(text: str) -> float | str:
    if text[:1] not in _BEGINS_NUMBERS:
        return text  # most texts: an exception would cost a microsecond
    try:
        return float(text)
    except ValueError:
        return text


def _own(run: RunSummary) -> set[str]:
    return {key for key in run.metrics if not key.startswith("system/")}


def _interest(column: RunColumn) -> int:
    """Scores before counts, and what was measured on unseen data before what was measured in training."""
    words = set(re.split(r"[^a-z]+", column.title.lower()))
    seen = 2 if words & {"train", "training"} else 0 if words & {"test", "valid", "val", "validation", "eval"} else 1
    return seen + (3 if higher_is_better(column.title) is None else 0)


def _commonest(group: str, names: list[set[str]]) -> list[RunColumn]:
    counts = Counter(chain.from_iterable(names))
    return [RunColumn(f"{group}:{name}") for name in sorted(counts, key=lambda name: (-counts[name], name))]


def is_constant(column: RunColumn, runs: Sequence[RunSummary]) -> bool:
    """Whether the column says the same of all runs (of two and more)."""
    if len(runs) < 2:
        return False
    first, known = column.text(runs[0]), set[object]()
    for run in runs:
        fact = column.fact(run)
        if fact is None or fact not in known:
            if column.text(run) != first:
                return False
            known.add(fact)
    return True


def words_of(run: RunSummary) -> str:
    """What a filter is looked for in: number, name, script, status, kind, id, target, arguments, params (`depth=3`), tags."""
    parts = (
        f"#{run.number}",
        run.name,
        run.script,
        run.status.value,
        KIND_WORDS.get(run.kind, run.kind) if run.kind != "job" else "",
        run.id,
        run.target,
        *run.arguments,
        *(f"{key}={value}" for key, value in (*run.params.items(), *run.tags.items())),
        *run.metrics,
    )
    return "\n".join(parts).casefold()
