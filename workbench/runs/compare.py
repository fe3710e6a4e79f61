"""Runs side by side: one row for each thing that any of them has, and whether they differ in it."""

import math
from collections.abc import Callable, Sequence

from workbench.schema import DataInput, Run, RunComparison, RunSummary

_Row = tuple[str, str, tuple[str, ...], bool]


def comparison(found: Sequence[Run]) -> RunComparison:
    """Compares runs in the given order."""
    rows = [*_run_rows(found), *_param_rows(found), *_metric_rows(found), *_environment_rows(found), *_data_rows(found)]
    fields = RunSummary.model_fields
    return RunComparison(
        runs=tuple(RunSummary.model_validate({name: getattr(run, name) for name in fields}) for run in found), rows=tuple(rows)
    )


def shown(value: float) -> str:
    """A number as people read it."""
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


def _row(group: str, name: str, texts: Sequence[str]) -> _Row:
    return (group, name, tuple(texts), len(set(texts)) > 1)


def _run_rows(found: Sequence[Run]) -> list[_Row]:
    readers: dict[str, Callable[[Run], str]] = {
        "number": lambda run: str(run.number),
        "name": lambda run: run.name,
        "experiment": lambda run: run.experiment,
        "status": lambda run: run.status.value,
        "script": lambda run: run.script,
        "arguments": lambda run: " ".join(run.arguments),
        "configuration": lambda run: run.config.name,
        "target": lambda run: run.target,
        "user": lambda run: run.user,
        "created": lambda run: run.created.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "duration": lambda run: "" if run.duration_s is None else f"{run.duration_s:.1f} s",
        "notes": lambda run: run.notes,
    }
    return [_row("run", name, [read(run) for run in found]) for name, read in readers.items() if any(map(read, found))]


def _param_rows(found: Sequence[Run]) -> list[_Row]:
    names = sorted({name for run in found for name in run.params})
    return [_row("params", name, [run.params.get(name, "") for run in found]) for name in names]


def _metric_rows(found: Sequence[Run]) -> list[_Row]:
    rows: list[_Row] = []
    for name in sorted({name for run in found for name in run.own_metrics}):
        values = [run.metrics[name].last if name in run.metrics else None for run in found]
        # Values may differ behind the digits that are shown; a NaN is the same as a NaN.
        differ = len({"NaN" if value is not None and math.isnan(value) else value for value in values}) > 1
        rows.append(("metrics", name, tuple("" if value is None else shown(value) for value in values), differ))
    return rows


def _environment_rows(found: Sequence[Run]) -> list[_Row]:
    rows = [_row("environment", "python", [run.python for run in found])] if any(run.python for run in found) else []
    if any(run.snapshot for run in found):
        rows.append(_row("environment", "snapshot", [run.snapshot[:12] for run in found]))
    if any(run.git.commit for run in found):
        texts = [f"{run.git.commit[:12]}{' (changed)' if run.git.dirty else ''}" if run.git.commit else "" for run in found]
        rows.append(_row("environment", "git commit", texts))
    locks = [_packages(run.environment_lock) for run in found]
    rows += [
        _row("environment", name, [lock.get(name, "") for lock in locks])
        for name in sorted({name for lock in locks for name in lock})
    ]
    return rows


def _packages(lock: str) -> dict[str, str]:
    """Name and version of each package of a resolved lock; marks of platforms and hashes are left out."""
    found: dict[str, str] = {}
    for line in lock.splitlines():
        pinned = line.split("#")[0].split(";")[0].strip().rstrip("\\").strip()
        name, equals, version = pinned.partition("==")
        if equals and not name.startswith("-"):
            found[name.strip()] = version.split()[0] if version.split() else ""
    return found


def _data_rows(found: Sequence[Run]) -> list[_Row]:
    """One row for each thing that was read, by name, and one for each file behind a preparation."""
    rows: dict[str, list[str]] = {}
    for at, run in enumerate(found):
        for given in run.inputs:
            _data_cell(rows, given.name or given.path, at, len(found), _described(given.digest, given.rows))
            for source in given.sources:
                _data_cell(rows, source.path, at, len(found), _described(source.digest, source.rows))
    return [_row("data", name, texts) for name, texts in rows.items()]


def _data_cell(rows: dict[str, list[str]], name: str, at: int, count: int, text: str) -> None:
    texts = rows.setdefault(name, [""] * count)
    if text not in texts[at].split(", "):
        texts[at] = f"{texts[at]}, {text}" if texts[at] else text


def _described(digest: str, rows: int | None) -> str:
    parts = [f"{rows} rows" if rows is not None else "", digest.removeprefix("sha256:")[:12]]
    return " ".join(part for part in parts if part) or "read"


def input_key(given: DataInput) -> tuple[str, str, str, str]:
    """What makes two inputs of one run the same."""
    return (given.kind, given.path, given.flow, given.digest)
