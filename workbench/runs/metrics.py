"""Points of metrics: written together with what lists show of them, read back thinned to what a chart can show."""

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.base.errors import NotFound
from workbench.runs.records import number, stored
from workbench.runs.tables import metric_latest, metric_points
from workbench.schema import MetricPoint, MetricSeries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST = 2**63 - 1


@dataclass
class _Latest:
    """A row of metric_latest while points are added to it."""

    id: int | None
    last: float = math.nan
    last_step: int = -_LARGEST
    min: float = math.nan
    max: float = math.nan
    count: int = 0

    def add(self, point: MetricPoint) -> tuple[int, int, float, float | None]:
        """Takes a point in; returns its row: position, step, time, value."""
        step = self.count if point.step is None else max(-_LARGEST, min(point.step, _LARGEST))
        position = self.count
        self.count += 1
        # fmin and fmax of the standard library do not exist before 3.13: a NaN gives way to any number.
        if not math.isnan(point.value):
            self.min = point.value if math.isnan(self.min) else min(self.min, point.value)
            self.max = point.value if math.isnan(self.max) else max(self.max, point.value)
        if step >= self.last_step:
            self.last, self.last_step = point.value, step
        return position, step, point.time.timestamp(), stored(point.value)

    def values(self) -> dict[str, Any]:
        return {
            "last": stored(self.last),
            "last_step": self.last_step,
            "min": stored(self.min),
            "max": stored(self.max),
            "count": self.count,
        }


def write_points(connection: sa.Connection, run_id: str, points: Sequence[MetricPoint]) -> None:
    """Adds points in their order and brings the summaries up to date, in the caller's transaction."""
    by_key: dict[str, list[MetricPoint]] = defaultdict(list)
    for point in points:
        by_key[point.key].append(point)
    known = _known(connection, run_id, list(by_key))
    rows: list[dict[str, Any]] = []
    for key, added in by_key.items():
        latest = known.get(key) or _Latest(None)
        new = [latest.add(point) for point in added]
        if latest.id is None:
            inserted = connection.execute(metric_latest.insert().values(run_id=run_id, key=key, **latest.values()))
            (metric_id,) = inserted.inserted_primary_key or (None,)
        else:
            metric_id = latest.id
            connection.execute(metric_latest.update().where(metric_latest.c.id == metric_id).values(**latest.values()))
        rows += [
            {"metric_id": metric_id, "position": position, "step": step, "time": time, "value": value}
            for position, step, time, value in new
        ]
    connection.execute(metric_points.insert(), rows)


def read_series(connection: sa.Connection, run_id: str, key: str, max_points: int) -> MetricSeries:
    """The points of a metric by step; thinned to `max_points` when there are more (0: never). Raises NotFound."""
    metric_id = connection.execute(
        sa.select(metric_latest.c.id).where(metric_latest.c.run_id == run_id, metric_latest.c.key == key)
    ).scalar_one_or_none()
    if metric_id is None:
        keys = connection.execute(
            sa.select(metric_latest.c.key).where(metric_latest.c.run_id == run_id).order_by(metric_latest.c.key).limit(20)
        ).scalars()
        known = ", ".join(keys)
        raise NotFound(
            f"The run has no metric {key}.", hint=f"It has logged: {known}." if known else "It has not logged any metric (yet)."
        )
    columns = metric_points.c
    rows = connection.execute(
        sa.select(columns.step, columns.value, columns.time).where(columns.metric_id == metric_id).order_by(columns.position)
    ).all()
    steps, values, times = zip(*rows, strict=True)
    total = len(rows)
    if (max_points > 0 and total > max_points) or any(earlier > later for earlier, later in itertools.pairwise(steps)):
        chosen = _chosen(steps, values, max_points)
        steps = tuple(steps[at] for at in chosen)
        values = tuple(values[at] for at in chosen)
        times = tuple(times[at] for at in chosen)
    return MetricSeries(
        run_id=run_id, key=key, steps=steps, values=tuple(number(value) for value in values), times=times, total=total
    )


def _known(connection: sa.Connection, run_id: str, keys: list[str]) -> dict[str, _Latest]:
    found: dict[str, _Latest] = {}
    for begin in range(0, len(keys), 500):  # SQLite takes a limited number of parameters
        query = sa.select(metric_latest).where(metric_latest.c.run_id == run_id, metric_latest.c.key.in_(keys[begin : begin + 500]))
        for row in connection.execute(query).mappings():
            found[row["key"]] = _Latest(
                row["id"], number(row["last"]), row["last_step"], number(row["min"]), number(row["max"]), row["count"]
            )
    return found


def _chosen(steps: Sequence[int], values: Sequence[float | None], max_points: int) -> list[int]:
    """Which points to show, by step: all, or the first, the last and the lowest and highest of equal stretches between them."""
    import numpy as np

    order = np.argsort(np.asarray(steps, dtype=np.int64), kind="stable")
    if max_points <= 0 or len(order) <= max_points:
        return [int(at) for at in order]
    sorted_values = np.asarray([math.nan if value is None else value for value in values], dtype=np.float64)[order]
    kept = extremes(sorted_values, max(max_points, 2))
    return [int(at) for at in order[kept]]


def extremes(values: "NDArray[np.float64]", max_points: int) -> "NDArray[np.intp]":
    """Indices of at most `max_points` values that keep the outline: both ends, lowest and highest of each stretch.

    NaN is passed over where a stretch has numbers; a stretch of NaN alone keeps one, so that the gap shows.
    """
    import numpy as np

    count = len(values)
    if count <= max_points:
        return np.arange(count)
    stretches = (max_points - 2) // 2
    if stretches < 1:
        return np.unique(np.array([0, count - 1]))
    edges = np.linspace(1, count - 1, stretches + 1).astype(np.intp)
    low = np.where(np.isnan(values), np.inf, values)
    high = np.where(np.isnan(values), -np.inf, values)
    kept = [0, count - 1]
    for begin, end in itertools.pairwise(edges):
        if begin < end:
            kept += [int(begin + np.argmin(low[begin:end])), int(begin + np.argmax(high[begin:end]))]
    return np.unique(np.array(kept))
