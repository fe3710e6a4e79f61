"""Points of metrics: exact however they are kept, and thinned without losing the outline."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests.runs.making import NOW, made, points, with_job
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.runs.chunks import Points, packed, unpacked
from workbench.runs.metrics import PACK_FROM, extremes
from workbench.runs.store import RunStore
from workbench.schema import LogBatch, MetricPoint


def awkward(count: int) -> list[MetricPoint]:
    """Points with steps back and forth, NaN, infinities, the smallest numbers, and times that go back."""
    special = [math.nan, math.inf, -math.inf, 0.0, 1e-300, 5e-324, -1.7976931348623157e308]
    return [
        MetricPoint(
            key="loss",
            value=special[at % 7] if at % 3 == 0 else at / 7,
            step=(at * 7919) % 1000 - 500 if at % 11 else -(2**62),
            time=NOW + timedelta(microseconds=at * 1_000_003 if at % 5 else -at),
        )
        for at in range(count)
    ]


def facts(points: tuple[MetricPoint, ...] | list[MetricPoint]) -> list[tuple[object, ...]]:
    return [(one.step, repr(one.value), one.time) for one in points]


def moments(steps: Any) -> Any:
    """A time for each step, in seconds."""
    return np.asarray(1.7e9 + steps * 0.013, np.float64)


@pytest.mark.parametrize("batches", [[3], [PACK_FROM - 1], [PACK_FROM], [PACK_FROM - 1, 2, 3], [10, 40_000, 5], [700] * 13])
def test_that_history_gives_back_every_point_exactly(store: RunStore, batches: list[int]) -> None:
    run = made(store)
    logged = awkward(sum(batches))
    begin = 0
    for size in batches:
        store.log_batch(run.id, LogBatch(metrics=tuple(logged[begin : begin + size])))
        begin += size
    found: list[MetricPoint] = []
    cursor = ""
    while True:
        part = store.metric_history(run.id, "loss", 7_001, cursor)
        found += part.points
        if not (cursor := part.next):
            break
    assert facts(found) == facts(logged)
    series = store.series(run.id, "loss", 0)
    assert series.total == len(logged)
    in_order = sorted(logged, key=lambda one: one.step or 0)
    assert list(map(repr, series.values)) == [repr(one.value) for one in in_order]


@pytest.mark.parametrize("sizes", [[1] * 40, [40], [5_000], [6_000, 100], [100, 6_000], [3_000, 3_000, 1]])
def test_that_what_lists_show_is_the_same_however_the_points_came(store: RunStore, sizes: list[int]) -> None:
    run = made(store)
    logged = awkward(sum(sizes))
    begin = 0
    for size in sizes:
        store.log_batch(run.id, LogBatch(metrics=tuple(logged[begin : begin + size])))
        begin += size
    summary = store.get(run.id).metrics["loss"]
    real = [one.value for one in logged if not math.isnan(one.value)]
    last = max(enumerate(logged), key=lambda pair: (pair[1].step or 0, pair[1].time, pair[0]))[1]
    assert (summary.min, summary.max, summary.count) == (min(real), max(real), len(logged))
    assert (summary.last_step, repr(summary.last), summary.last_time) == (last.step, repr(last.value), last.time.timestamp())


def test_that_of_one_step_the_latest_time_counts(store: RunStore) -> None:
    run = made(store)
    for value, seconds in ((1.0, 5), (2.0, 9), (3.0, 7)):
        time = NOW + timedelta(seconds=seconds)
        store.log_batch(run.id, LogBatch(metrics=(MetricPoint(key="acc", value=value, step=0, time=time),)))
    assert store.get(run.id).metrics["acc"].last == 2.0


def test_that_columns_are_logged_as_points_are(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("loss", [9.0, math.nan]))
    steps = np.arange(2, 50_002)
    store.log_points(run.id, "loss", Points(steps, moments(steps), np.sqrt(steps)))
    store.log_batch(run.id, points("loss", [1.5]))
    found = store.points(run.id, "loss")
    assert len(found) == 50_003
    assert found.steps.tolist() == [0, 1, *steps.tolist(), 50_002]
    assert found.values[2:-1].tolist() == np.sqrt(steps).tolist()
    summary = store.get(run.id).metrics["loss"]
    assert (summary.count, summary.last, summary.max) == (50_003, 1.5, math.sqrt(50_001))
    middle = store.points(run.id, "loss", 20_000, 5)
    assert middle.steps.tolist() == [20_000, 20_001, 20_002, 20_003, 20_004]


def test_that_many_points_take_little_room(store: RunStore) -> None:
    steps = np.arange(100_000)
    chunk = packed(Points(steps, moments(steps), np.sin(steps)))
    assert sum(len(chunk[name]) for name in ("steps", "times", "numbers")) < 13 * len(steps)


@pytest.mark.parametrize("steps", [[5], [5, 5], [-(2**63), 2**63 - 1], [0, 2, 4], [4, 2, 0], [0, 2, 5], [7, 7, 7]])
def test_that_a_chunk_is_unpacked_as_it_was(steps: list[int]) -> None:
    count = len(steps)
    for times in (np.arange(count) * 0.5 + 1e9, 1e9 - np.arange(count) * 0.5, np.arange(count) * 1e7 + 1e9):
        given = Points(np.array(steps, np.int64), np.asarray(times, np.float64), np.full(count, math.nan))
        chunk = packed(given)
        found = unpacked(chunk["points"], chunk["steps"], chunk["times"], chunk["numbers"])
        assert found.steps.tolist() == steps
        assert found.times.tolist() == times.tolist()
        assert np.isnan(found.values).all()


def test_that_a_long_series_is_thinned_to_its_outline(store: RunStore) -> None:
    run = made(store)
    steps = np.arange(200_000)
    values: Any = np.sin(steps / 500)
    values[77_777], values[131_313] = 99.0, -99.0
    store.log_points(run.id, "loss", Points(steps, moments(steps), values))
    thin = store.series(run.id, "loss", 500)
    assert (len(thin.steps) <= 500, thin.total) == (True, 200_000)
    assert {99.0, -99.0} <= set(thin.values)
    assert (thin.steps[0], thin.steps[-1]) == (0, 199_999)


def test_that_thinning_misses_no_spike_wherever_it_stands() -> None:
    for count, most in ((129, 93), (500, 4), (1000, 99), (4097, 1000)):
        for at in range(count):
            values = np.zeros(count)
            values[at] = 1.0
            kept = extremes(values, most)
            assert at in kept
            assert (len(kept) <= most, kept[0], kept[-1]) == (True, 0, count - 1)
            assert (np.diff(kept) > 0).all()


def test_that_thinning_passes_over_nan_and_keeps_gaps_and_infinities() -> None:
    values: Any = np.sin(np.arange(10_000) / 50)
    values[::3] = np.nan
    values[4000:6000] = np.nan
    values[8000], values[9000] = np.inf, -np.inf
    kept = extremes(values, 200)
    shown = values[kept]
    gap = (kept >= 4000) & (kept < 6000)
    assert gap.sum() >= 15
    assert np.isnan(shown[gap]).all()
    assert not np.isnan(shown[~gap][1:-1]).any()
    assert (shown.max(where=~np.isnan(shown), initial=0), shown.min(where=~np.isnan(shown), initial=0)) == (np.inf, -np.inf)
    whole = extremes(np.full(1000, np.nan), 100)
    assert (len(whole) > 10, whole[0], whole[-1]) == (True, 0, 999)
    assert extremes(np.arange(1000.0), 3).tolist() == [0, 999]


def test_that_a_param_that_has_another_value_is_refused_where_it_must_stay(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, LogBatch(params={"depth": "3"}), unique_params=True)
    store.log_batch(run.id, LogBatch(params={"depth": "3", "rate": "1"}), unique_params=True)
    with pytest.raises(Conflict, match=r"'depth' has the value '3' already and cannot become '4'"):
        store.log_batch(run.id, LogBatch(params={"depth": "4", "other": "1"}, metrics=points("a", [1]).metrics), unique_params=True)
    found = store.get(run.id)
    assert (found.params, found.metrics) == ({"depth": "3", "rate": "1"}, {})


def test_that_a_tag_is_removed(store: RunStore) -> None:
    run = made(store, tags={"a": "1", "b": "2"})
    store.remove_tag(run.id, "a")
    assert store.get(run.id).tags == {"b": "2"}
    with pytest.raises(NotFound, match="no tag 'a'"):
        store.remove_tag(run.id, "a")


def test_that_a_foreign_cursor_of_a_history_is_refused(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("a", [1]))
    for cursor in ("x", "-1", "1" * 30, "١"):
        with pytest.raises(UserError, match="cursor"):
            store.metric_history(run.id, "a", cursor=cursor)
    assert store.metric_history(run.id, "a", cursor="99").points == ()


def test_that_a_run_without_a_job_goes_on_after_its_end_and_one_with_a_job_does_not(store: RunStore) -> None:
    from workbench.schema import RunStatus

    outside, job = made(store), with_job(store)
    for run in (outside, job):
        store.set_status(run.id, RunStatus.FINISHED)
    assert (store.reopen(outside.id).status, store.get(outside.id).ended) == (RunStatus.RUNNING, None)
    assert store.reopen(job.id).status is RunStatus.FINISHED
