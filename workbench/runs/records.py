"""From rows to wire types: a page of runs costs five queries, however many runs it has."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from workbench.runs.chunks import Points
from workbench.runs.family import child_counts, in_pieces
from workbench.runs.tables import artifacts, experiments, inputs, metric_latest, params, runs, tags
from workbench.schema import (
    Artifact,
    DataInput,
    GitState,
    MetricHistory,
    MetricPoint,
    MetricSummary,
    Run,
    RunConfig,
    RunStatus,
    RunSummary,
)

_SUMMARY = (
    "id",
    "number",
    "name",
    "experiment_id",
    "project",
    "parent_id",
    "reason",
    "script",
    "target",
    "user",
    "created",
    "started",
    "ended",
    "archived",
    "kind",
    "deleted",
    "result_of",
)

SUMMARY_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *(runs.c[name] for name in _SUMMARY),
    runs.c.status,
    runs.c.arguments,
    experiments.c.name.label("experiment"),
)
ALL_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *(column for column in runs.c if column.name != "git_diff"),
    (runs.c.git_diff != "").label("has_diff"),
    experiments.c.name.label("experiment"),
)
WITH_EXPERIMENT = runs.join(experiments, runs.c.experiment_id == experiments.c.id)


def number(value: float | None) -> float:
    """A metric's value as it was logged: the database holds NaN as a missing value."""
    return math.nan if value is None else value


def stored(value: float) -> float | None:
    """A metric's value as the database holds it."""
    return None if math.isnan(value) else value


def summaries(connection: sa.Connection, rows: Sequence[Any]) -> tuple[RunSummary, ...]:
    """The wire form of rows that have `SUMMARY_COLUMNS`."""
    if not rows:
        return ()
    parts = _parts(connection, [row.id for row in rows])
    return tuple(RunSummary(**_common(row), **parts[row.id]) for row in rows)


def summaries_of(connection: sa.Connection, ids: Sequence[str]) -> tuple[RunSummary, ...]:
    """The runs with these ids, in this order; unknown ones are left out."""
    rows: dict[str, Any] = {}
    for piece in in_pieces(ids):
        query = sa.select(*SUMMARY_COLUMNS).select_from(WITH_EXPERIMENT).where(runs.c.id.in_(piece))
        rows.update((row.id, row) for row in connection.execute(query))
    return summaries(connection, [rows[run_id] for run_id in ids if run_id in rows])


def history(key: str, points: Points, start: int, most: int) -> MetricHistory:
    """A part of a metric's history that begins at position `start`; more than `most` points say that another follows."""
    part = points.cut(0, most)
    return MetricHistory(
        points=tuple(
            MetricPoint(key=key, value=value, step=step, time=datetime.fromtimestamp(time, UTC))
            for step, time, value in zip(part.steps.tolist(), part.times.tolist(), part.values.tolist(), strict=True)
        ),
        next=str(start + most) if len(points) > most else "",
    )


def whole_run(connection: sa.Connection, row: Any) -> Run:
    """The wire form of a row that has `ALL_COLUMNS`."""
    found_inputs = connection.execute(INPUTS, {"run": row.id}).scalars()
    found_files = connection.execute(_ARTIFACTS, {"run": row.id})
    return Run(
        **_common(row),
        **_parts(connection, [row.id])[row.id],
        config=RunConfig.model_validate(row.config),
        snapshot=row.snapshot,
        left_out=tuple(row.left_out),
        git=GitState.model_validate(row.git),
        environment_lock=row.environment_lock,
        python=row.python,
        inputs=tuple(DataInput.model_validate(content) for content in found_inputs),
        artifacts=tuple(Artifact(path=one.path, size=one.size, digest=one.digest) for one in found_files),
        notes=row.notes,
        exit_code=row.exit_code,
        has_diff=row.has_diff,
        plan=row.plan,
    )


def _common(row: Any) -> dict[str, Any]:
    found = row._mapping  # noqa: SLF001 (SQLAlchemy's public name)
    values = {name: found[name] for name in _SUMMARY}
    return {**values, "experiment": row.experiment, "status": RunStatus(row.status), "arguments": tuple(row.arguments)}


def _parts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Params, tags, metrics' summaries and number of children of each run."""
    parts: dict[str, dict[str, Any]] = {run_id: {"params": {}, "tags": {}, "metrics": {}, "children": 0} for run_id in ids}
    for piece in in_pieces(ids):
        for name, query in _PAIRS.items():
            for run_id, key, value in connection.execute(query, {"ids": piece}).all():
                parts[run_id][name][key] = value
        for run_id, key, last, step, low, high, count, time in connection.execute(_METRICS, {"ids": piece}).all():
            parts[run_id]["metrics"][key] = MetricSummary(
                key=key, last=number(last), last_step=step, min=number(low), max=number(high), count=count, last_time=time
            )
        for run_id, count in child_counts(connection, piece).items():
            parts[run_id]["children"] = count
    return parts


# Made once: to make them anew costs more than to run them.
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_PAIRS = {
    name: sa.select(table.c.run_id, table.c.key, table.c.value).where(table.c.run_id.in_(_IDS)).order_by(table.c.key)
    for name, table in (("params", params), ("tags", tags))
}
_METRICS = (
    sa.select(*(metric_latest.c[name] for name in ("run_id", "key", "last", "last_step", "min", "max", "count", "last_time")))
    .where(metric_latest.c.run_id.in_(_IDS))
    .order_by(metric_latest.c.key)
)
_ARTIFACTS = (
    sa.select(artifacts.c.path, artifacts.c.size, artifacts.c.digest)
    .where(artifacts.c.run_id == sa.bindparam("run"))
    .order_by(artifacts.c.path)
)
INPUTS = sa.select(inputs.c.content).where(inputs.c.run_id == sa.bindparam("run")).order_by(inputs.c.id)
"""What a run has read, as the JSON of its inputs."""
