"""From rows to wire types: a page of runs costs four queries, however many runs it has."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from workbench.runs.tables import artifacts, experiments, inputs, metric_latest, params, runs, tags
from workbench.schema import (
    Artifact,
    DataInput,
    GitState,
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
)

SUMMARY_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *(runs.c[name] for name in _SUMMARY),
    runs.c.status,
    runs.c.arguments,
    experiments.c.name.label("experiment"),
)
ALL_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (*runs.c, experiments.c.name.label("experiment"))
WITH_EXPERIMENT = runs.join(experiments, runs.c.experiment_id == experiments.c.id)


def number(value: float | None) -> float:
    """A metric's value as it was logged: the database holds NaN as a missing value."""
    return math.nan if value is None else value


def stored(value: float) -> float | None:
    """A metric's value as the database holds it."""
    return None if math.isnan(value) else value


def summaries(connection: sa.Connection, rows: Sequence[Any]) -> tuple[RunSummary, ...]:
    """The wire form of rows that have `SUMMARY_COLUMNS`."""
    parts = _parts(connection, [row.id for row in rows])
    return tuple(RunSummary(**_common(row), **parts[row.id]) for row in rows)


def whole_run(connection: sa.Connection, row: Any) -> Run:
    """The wire form of a row that has `ALL_COLUMNS`."""
    found_inputs = connection.execute(sa.select(inputs.c.content).where(inputs.c.run_id == row.id).order_by(inputs.c.id)).scalars()
    found_files = connection.execute(
        sa.select(artifacts.c.path, artifacts.c.size, artifacts.c.digest)
        .where(artifacts.c.run_id == row.id)
        .order_by(artifacts.c.path)
    )
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
    )


def _common(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _SUMMARY}
    return {**values, "experiment": row.experiment, "status": RunStatus(row.status), "arguments": tuple(row.arguments)}


def _parts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Params, tags and metrics' summaries of each run."""
    parts: dict[str, dict[str, Any]] = defaultdict(lambda: {"params": {}, "tags": {}, "metrics": {}})
    for name, table in (("params", params), ("tags", tags)):
        for row in connection.execute(sa.select(table).where(table.c.run_id.in_(ids)).order_by(table.c.key)):
            parts[row.run_id][name][row.key] = row.value
    query = sa.select(metric_latest).where(metric_latest.c.run_id.in_(ids)).order_by(metric_latest.c.key)
    for values in connection.execute(query).mappings():  # a plain row's `count` is the tuple's own method
        parts[values["run_id"]]["metrics"][values["key"]] = MetricSummary(
            key=values["key"],
            last=number(values["last"]),
            last_step=values["last_step"],
            min=number(values["min"]),
            max=number(values["max"]),
            count=values["count"],
        )
    return parts
