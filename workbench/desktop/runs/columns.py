"""The columns of the list of runs: the fixed ones, and one for each metric, parameter and tag that runs have."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.desktop.runs.better import higher_is_better
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
                metric = run.metrics.get(name)
                return number_text(metric.last) if metric else ""
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

    def sort_key(self, run: RunSummary, now: datetime | None = None) -> tuple[int, float, str] | None:
        """Numbers before texts, texts by their lower case; None where the run has no value."""
        group, _, name = self.key.partition(":")
        if group == "metric":
            metric = run.metrics.get(name)
            return (0, metric.last, "") if metric and not math.isnan(metric.last) else None
        if group == "number":
            return (0, float(run.number), "")
        if group == "started":
            return (0, (run.started or run.created).timestamp(), "")
        if group == "deleted":
            return (0, run.deleted.timestamp(), "") if run.deleted else None
        if group == "duration":
            seconds = run_duration(run, now or datetime.now(UTC))
            return None if seconds is None else (0, seconds, "")
        if not (text := self.text(run, now)):
            return None
        try:
            return (0, float(text), "")
        except ValueError:
            return (1, 0.0, text.casefold())

    def tooltip(self, run: RunSummary) -> str:
        """What does not fit into the cell."""
        if self.key == "started":
            return full_moment(run.started or run.created)
        if self.key == "deleted":
            return full_moment(run.deleted)
        if self.key == "status" or (self.key == "name" and run.result_of):
            return run.reason
        if self.group == "metric" and (metric := run.metrics.get(self.title)):
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
    metrics = sorted(_commonest("metric", [set(run.own_metrics) for run in runs]), key=_interest)[:4]
    params = [c for c in _commonest("param", [set(run.params) for run in runs]) if not is_constant(c, runs)][:3]
    return (*map(RunColumn, FIXED), *metrics, *params)


def _interest(column: RunColumn) -> int:
    """Scores before counts, and what was measured on unseen data before what was measured in training."""
    words = set(re.split(r"[^a-z]+", column.title.lower()))
    seen = 2 if words & {"train", "training"} else 0 if words & {"test", "valid", "val", "validation", "eval"} else 1
    return seen + (3 if higher_is_better(column.title) is None else 0)


def _commonest(group: str, names: list[set[str]]) -> list[RunColumn]:
    counts: dict[str, int] = {}
    for some in names:
        for name in some:
            counts[name] = counts.get(name, 0) + 1
    return [RunColumn(f"{group}:{name}") for name in sorted(counts, key=lambda name: (-counts[name], name))]


def is_constant(column: RunColumn, runs: Sequence[RunSummary]) -> bool:
    """Whether the column says the same of all runs (of two and more)."""
    first = column.text(runs[0]) if runs else ""
    return len(runs) > 1 and all(column.text(run) == first for run in runs)


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
