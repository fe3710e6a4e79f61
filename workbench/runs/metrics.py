"""Points of metrics: written together with what lists show of them, read back exactly or thinned to what a chart can show.

The latest points of a metric are rows; as soon as they are many they are packed into a chunk, so that long series stay small and
are read quickly. A metric's `count` is the number of all its points, `packed` of those in chunks; rows have the positions after.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.base.errors import NotFound
from workbench.runs.chunks import Points, joined, packed, unpacked
from workbench.runs.family import in_pieces
from workbench.runs.records import number, stored
from workbench.runs.tables import metric_chunks, metric_latest, metric_points
from workbench.schema import MetricPoint, MetricSeries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST = 2**63 - 1
PACK_FROM = 4096
"""So many rows of one metric become a chunk; one with fewer points grows when more are packed."""
_MANY = 256  # points of one metric in one batch, that are packed at once
_CHUNK = 16384  # points of a chunk at most


@dataclass(slots=True)
class Logged:
    """Points of one metric in the order of logging; equal lengths. A step of None is the next one; times are seconds since 1970."""

    steps: list[int | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int | None, time: float, value: float) -> None:
        """Adds a point."""
        self.steps.append(step)
        self.times.append(time)
        self.values.append(value)


def by_key(points: Iterable[MetricPoint]) -> dict[str, Logged]:
    """The points of each metric."""
    found: dict[str, Logged] = defaultdict(Logged)
    for point in points:
        found[point.key].add(point.step, point.time.timestamp(), point.value)
    return found


@dataclass
class _Latest:
    """A row of metric_latest while points are added to it."""

    id: int | None
    last: float = math.nan
    last_step: int = -_LARGEST
    last_time: float = -math.inf
    min: float = math.nan
    max: float = math.nan
    count: int = 0
    packed: int = 0

    def add(self, added: Logged) -> list[dict[str, Any]]:
        """Takes points in; returns their rows. The last value is the one of the greatest step, then of the latest time."""
        rows = []
        for given, time, value in zip(added.steps, added.times, added.values, strict=True):
            position = self.count
            step = position if given is None else _bounded(given)
            self.count += 1
            # fmin and fmax of the standard library do not exist before 3.13: a NaN gives way to any number.
            if not math.isnan(value):
                self.min = self.min if self.min <= value else value
                self.max = self.max if self.max >= value else value
            if (step, time) >= (self.last_step, self.last_time):
                self.last, self.last_step, self.last_time = value, step, time
            rows.append({"position": position, "step": step, "time": time, "value": stored(value)})
        return rows

    def add_all(self, points: Points) -> None:
        """Takes many points in, as `add` does each."""
        import numpy as np

        self.count += len(points)
        if not bool(np.isnan(points.values).all()):
            low, high = float(np.nanmin(points.values)), float(np.nanmax(points.values))
            self.min = low if math.isnan(self.min) else min(self.min, low)
            self.max = high if math.isnan(self.max) else max(self.max, high)
        at = int(np.lexsort((points.times, points.steps))[-1])  # stable: of equal ones the one that was logged last
        step, time = int(points.steps[at]), float(points.times[at])
        if (step, time) >= (self.last_step, self.last_time):
            self.last, self.last_step, self.last_time = float(points.values[at]), step, time

    def values(self) -> dict[str, Any]:
        return {
            "last": stored(self.last),
            "last_step": self.last_step,
            "last_time": self.last_time,
            "min": stored(self.min),
            "max": stored(self.max),
            "count": self.count,
            "packed": self.packed,
        }


def write_points(connection: sa.Connection, run_id: str, points: Mapping[str, Logged]) -> None:
    """Adds the points of each metric and brings the summaries up to date, in the caller's transaction."""
    known = _known(connection, run_id, list(points))
    rows: list[dict[str, Any]] = []
    created: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    changed: list[dict[str, Any]] = []
    for key, added in points.items():
        latest = known.get(key) or _Latest(None)
        count = len(added.values)
        if count >= _MANY or latest.count - latest.packed + count >= PACK_FROM:
            _write_packed(connection, run_id, key, latest, _columns(added, latest.count))
            continue
        new = latest.add(added)
        if latest.id is None:
            created.append(({"run_id": run_id, "key": key, **latest.values()}, new))
        else:
            changed.append({"metric": latest.id, **latest.values()})
            rows += [{"metric_id": latest.id, **row} for row in new]
    if created:
        # By name, since a database need not answer in the order of the rows.
        ids = {key: metric_id for metric_id, key in connection.execute(_INSERT, [values for values, _ in created])}
        for values, new in created:
            metric_id = ids[values["key"]]
            rows += [{"metric_id": metric_id, **row} for row in new]
    if changed:
        connection.execute(_UPDATE, changed)
    if rows:
        connection.execute(_INSERT_POINTS, rows)


def write_series(connection: sa.Connection, run_id: str, key: str, points: Points) -> None:
    """Adds points of one metric as columns: for many of them, as an import has."""
    latest = _known(connection, run_id, [key]).get(key) or _Latest(None)
    if len(points):
        _write_packed(connection, run_id, key, latest, points)


def read_points(connection: sa.Connection, run_id: str, key: str, start: int = 0, limit: int | None = None) -> Points:
    """Exact points in the order of logging, from position `start` on. Raises NotFound for a metric that the run has not."""
    row = connection.execute(
        sa.select(metric_latest.c.id, metric_latest.c.count, metric_latest.c.packed).where(
            metric_latest.c.run_id == run_id, metric_latest.c.key == key
        )
    ).one_or_none()
    if row is None:
        raise _unknown(connection, run_id, key)
    metric_id, count, in_chunks = tuple(row)
    end = count if limit is None else min(count, start + limit)
    return _read(connection, metric_id, start, end, in_chunks)


def read_series(connection: sa.Connection, run_id: str, key: str, max_points: int) -> MetricSeries:
    """The points of a metric by step; thinned to `max_points` when there are more (0: never). Raises NotFound."""
    points = read_points(connection, run_id, key)
    shown = thinned(points, max_points)
    return MetricSeries.model_construct(  # our own arrays have the right types
        run_id=run_id,
        key=key,
        steps=tuple(shown.steps.tolist()),
        values=tuple(shown.values.tolist()),
        times=tuple(shown.times.tolist()),
        total=len(points),
    )


def thinned(points: Points, max_points: int) -> Points:
    """The points by step: all, or the first, the last and the lowest and highest of equal stretches between them (0: all)."""
    import numpy as np

    if bool(np.any(points.steps[1:] < points.steps[:-1])):
        order = np.argsort(points.steps, kind="stable")
        points = Points(points.steps[order], points.times[order], points.values[order])
    if max_points <= 0 or len(points) <= max_points:
        return points
    kept = extremes(points.values, max(max_points, 2))
    return Points(points.steps[kept], points.times[kept], points.values[kept])


def extremes(values: "NDArray[np.float64]", max_points: int) -> "NDArray[np.intp]":
    """Indices of at most `max_points` values that keep the outline: both ends, lowest and highest of each stretch.

    NaN is passed over where a stretch has numbers; a stretch of NaN alone keeps one, so that the gap shows.
    """
    import numpy as np
    from tsdownsample import MinMaxDownsampler

    count = len(values)
    if count <= max_points:
        return np.arange(count)
    ends = np.array([0, count - 1])
    inner = (max_points - 2) // 2 * 2  # two of each stretch
    if inner < 2:
        return np.unique(ends)
    # Its last stretch may be short of the very last value (tsdownsample#63), which is kept as an end.
    sampler = MinMaxDownsampler()  # type: ignore[no-untyped-call]
    kept = sampler.downsample(np.ascontiguousarray(values), n_out=inner)
    return np.unique(np.concatenate((ends, kept.astype(np.intp))))


def _bounded(step: int) -> int:
    return step if -_LARGEST <= step <= _LARGEST else max(-_LARGEST, min(step, _LARGEST))


def _unknown(connection: sa.Connection, run_id: str, key: str) -> NotFound:
    keys = connection.execute(
        sa.select(metric_latest.c.key).where(metric_latest.c.run_id == run_id).order_by(metric_latest.c.key).limit(20)
    ).scalars()
    known = ", ".join(keys)
    return NotFound(
        f"The run has no metric {key}.", hint=f"It has logged: {known}." if known else "It has not logged any metric (yet)."
    )


def _columns(added: Logged, count: int) -> Points:
    import numpy as np

    steps = [count + at if step is None else _bounded(step) for at, step in enumerate(added.steps)]
    return Points(np.array(steps, np.int64), np.array(added.times, np.float64), np.array(added.values, np.float64))


def _write_packed(connection: sa.Connection, run_id: str, key: str, latest: _Latest, points: Points) -> None:
    """Adds points, and moves them with the rows that the metric has to chunks."""
    first = latest.packed
    metric_id = latest.id
    if metric_id is not None:
        if latest.count > latest.packed:
            points_before = _read(connection, metric_id, first, latest.count, first)
            connection.execute(metric_points.delete().where(metric_points.c.metric_id == metric_id))
            whole = joined([points_before, points])
        else:
            whole = points
        if (small := _small_chunk(connection, metric_id)) is not None:
            first = small
            whole = joined([_read(connection, metric_id, first, latest.packed, latest.packed), whole])
            chunk = (metric_chunks.c.metric_id == metric_id) & (metric_chunks.c.position == first)
            connection.execute(metric_chunks.delete().where(chunk))
    else:
        whole = points
    latest.add_all(points)
    latest.packed = latest.count
    if metric_id is None:
        inserted = connection.execute(metric_latest.insert().values(run_id=run_id, key=key, **latest.values()))
        (metric_id,) = inserted.inserted_primary_key or (None,)
    else:
        connection.execute(metric_latest.update().where(metric_latest.c.id == metric_id).values(**latest.values()))
    connection.execute(
        metric_chunks.insert(),
        [
            {"metric_id": metric_id, "position": first + begin, **packed(whole.cut(begin, begin + _CHUNK))}
            for begin in range(0, len(whole), _CHUNK)
        ],
    )


def _small_chunk(connection: sa.Connection, metric_id: int) -> int | None:
    """Where the last chunk begins, if it has room for more."""
    columns = metric_chunks.c
    query = sa.select(columns.position, columns.points).where(columns.metric_id == metric_id)
    last = connection.execute(query.order_by(columns.position.desc()).limit(1)).one_or_none()
    return last.position if last is not None and last.points < PACK_FROM else None


def _read(connection: sa.Connection, metric_id: int, start: int, end: int, in_chunks: int) -> Points:
    """The points at the positions from `start` to before `end`; `in_chunks`: where the rows begin."""
    import numpy as np

    parts: list[Points] = []
    if start < in_chunks:
        columns = metric_chunks.c
        query = sa.select(columns.position, columns.points, columns.steps, columns.times, columns.numbers).where(
            columns.metric_id == metric_id, columns.position < end, columns.position + columns.points > start
        )
        for position, count, steps, times, numbers in connection.execute(query.order_by(columns.position)):
            part = unpacked(count, steps, times, numbers)
            parts.append(part.cut(max(0, start - position), max(0, end - position)))
    if end > in_chunks:
        rows = metric_points.c
        found = connection.execute(
            sa.select(rows.step, rows.time, rows.value)
            .where(rows.metric_id == metric_id, rows.position >= start, rows.position < end)
            .order_by(rows.position)
        ).all()
        if found:
            steps, times, values = zip(*found, strict=True)
            parts.append(
                Points(np.array(steps, np.int64), np.array(times, np.float64), np.array([number(value) for value in values]))
            )
    return joined(parts)


def _known(connection: sa.Connection, run_id: str, keys: list[str]) -> dict[str, _Latest]:
    found: dict[str, _Latest] = {}
    for piece in in_pieces(keys):
        for key, metric_id, last, last_step, last_time, low, high, count, in_chunks in connection.execute(
            _LATEST, {"run": run_id, "keys": piece}
        ).all():
            time = -math.inf if last_time is None else last_time
            found[key] = _Latest(metric_id, number(last), last_step, time, number(low), number(high), count, in_chunks)
    return found


_COLUMNS = metric_latest.c
_KEPT = ("last", "last_step", "last_time", "min", "max", "count", "packed")
# Made once: to make them anew costs more than to run them.
_LATEST = sa.select(_COLUMNS.key, _COLUMNS.id, *(_COLUMNS[name] for name in _KEPT)).where(
    _COLUMNS.run_id == sa.bindparam("run"), _COLUMNS.key.in_(sa.bindparam("keys", expanding=True))
)
_INSERT = metric_latest.insert().returning(_COLUMNS.id, _COLUMNS.key)
_INSERT_POINTS = metric_points.insert()
_UPDATE = metric_latest.update().where(_COLUMNS.id == sa.bindparam("metric")).values({name: sa.bindparam(name) for name in _KEPT})
