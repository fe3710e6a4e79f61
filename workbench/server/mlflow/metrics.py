"""Metrics: logged one by one or many at once, read back point by point."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.base.errors import NotFound
from workbench.runs.metrics import extremes
from workbench.schema import LogBatch, MetricPoint
from workbench.server.mlflow.access import write_batch
from workbench.server.mlflow.calls import Call, spoken, whole
from workbench.server.mlflow.errors import wrong
from workbench.server.mlflow.forms import millis, moment, number
from workbench.server.mlflow.logged_models import add_metrics
from workbench.server.mlflow.naming import check_keys
from workbench.server.scope import check_run_scope

_MOST_AT_ONCE = 25_000
_MOST_RUNS = 100


def points_of(sent: Sequence[Mapping[str, Any]]) -> tuple[MetricPoint, ...]:
    """The points of a batch. Raises for one that lacks its key, value or time."""
    found = []
    for position, one in enumerate(sent):
        for name in ("key", "value", "timestamp"):
            if one.get(name) is None or one.get(name) == "":
                raise wrong(f"Missing value for required parameter 'metrics[{position}].{name}'.")
        found.append(_point(one))
    check_keys("metric", {point.key for point in found})
    return tuple(found)


def _point(one: Mapping[str, Any]) -> MetricPoint:
    if not isinstance(one["key"], str):
        raise wrong(f"Invalid value {one['key']!r} for parameter 'key' supplied.")
    return MetricPoint(
        key=one["key"],
        value=_value(one["key"], one["value"]),
        step=whole("step", one.get("step"), 0),
        time=moment(whole("timestamp", one["timestamp"])),
    )


def _value(key: str, value: Any) -> float:
    """A value as JSON says it, NaN and infinities as texts or (as some clients do) as words."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError  # noqa: TRY301
        return float(value)
    except (ValueError, OverflowError):
        raise wrong(f"Invalid value {value!r} for the metric '{key}': it is no number.") from None


def add_to_models(call: Call, run_id: str, sent: Sequence[Mapping[str, Any]]) -> None:
    """Points that belong to a logged model too are kept with it."""
    if any(one.get("model_id") for one in sent):
        add_metrics(call, run_id, [one for one in sent if one.get("model_id")])


@spoken("POST runs/log-metric")
def log_metric(call: Call) -> dict[str, Any]:
    """One value."""
    run_id = call.run_id()
    for name in ("key", "value", "timestamp"):
        if not call.given(name):
            call.required(name)
    check_keys("metric", (call.required("key"),))
    write_batch(call, run_id, LogBatch(metrics=(_point(call.values),)))
    add_to_models(call, run_id, (call.values,))
    return {}


@spoken("GET metrics/get-history")
def history(call: Call) -> dict[str, Any]:
    """All points of a metric, in the order of logging; in pages when `max_results` is given."""
    run_id, key = call.run_id(), call.required("metric_key")
    check_run_scope(call.request, run_id, write=False)
    if not call.given("max_results"):
        return {"metrics": [_form(point) for point in _all_points(call, run_id, key)]}
    most = call.whole("max_results", 0)
    if most <= 0:
        raise wrong(f"Invalid value {most} for parameter 'max_results' supplied. It must be a positive integer.")
    points, following = _points(call, run_id, key, most, call.text("page_token"))
    answer: dict[str, Any] = {"metrics": [_form(point) for point in points]}
    return {**answer, "next_page_token": following} if following else answer


def _points(call: Call, run_id: str, key: str, most: int, cursor: str = "") -> tuple[Sequence[MetricPoint], str]:
    try:
        found = call.here.store.metric_history(run_id, key, min(most, _MOST_AT_ONCE), cursor)
    except NotFound:
        call.here.store.get(run_id)  # the run must be there; a metric that it does not have is no fault
        return (), ""
    return found.points, found.next


def _all_points(call: Call, run_id: str, key: str, most: int | None = None) -> list[MetricPoint]:
    found: list[MetricPoint] = []
    cursor = ""
    while most is None or len(found) < most:
        points, cursor = _points(call, run_id, key, _MOST_AT_ONCE if most is None else most - len(found), cursor)
        found += points
        if not cursor:
            break
    return found


def _form(point: MetricPoint) -> dict[str, Any]:
    return {"key": point.key, "value": number(point.value), "timestamp": millis(point.time), "step": point.step or 0}


@spoken("GET metrics/get-history-bulk")
def history_bulk(call: Call) -> dict[str, Any]:
    """The points of one metric of several runs."""
    ids, key = call.texts("run_id"), call.required("metric_key")
    _check_runs(call, ids, "GetMetricHistoryBulk", "run_id")
    most = min(call.whole("max_results", _MOST_AT_ONCE), _MOST_AT_ONCE)
    found: list[dict[str, Any]] = []
    for run_id in sorted(ids):
        points = sorted(_all_points(call, run_id, key, most), key=_by_time)
        found += [{**_form(point), "run_id": run_id} for point in points]
    return {"metrics": found[:most]}


@spoken("GET metrics/get-history-bulk-interval")
def history_bulk_interval(call: Call) -> dict[str, Any]:
    """The points of one metric of several runs between two steps, thinned to what a chart can show."""
    ids, key = call.texts("run_ids") or call.texts("run_ids[]"), call.required("metric_key")
    _check_runs(call, ids, "GetMetricHistoryBulkInterval", "run_ids")
    most = call.whole("max_results", 2500)
    if not 1 <= most <= 2500:
        raise wrong("max_results must be between 1 and 2500.")
    if call.given("start_step") != call.given("end_step"):
        raise wrong("If either start step or end step are specified, both must be specified.")
    first, last = call.whole("start_step", -(2**63)), call.whole("end_step", 2**63 - 1)
    if first > last:
        raise wrong(f"end_step must be greater than start_step. Found start_step={first} and end_step={last}.")
    found: list[dict[str, Any]] = []
    for run_id in ids:
        found += [{**form, "run_id": run_id} for form in _between(call, run_id, key, first, last, most)]
    return {"metrics": found}


def _between(call: Call, run_id: str, key: str, first: int, last: int, most: int) -> list[dict[str, Any]]:
    import numpy as np

    try:
        series = call.here.store.series(run_id, key, 0)
    except NotFound:
        call.here.store.get(run_id)
        return []
    chosen = [at for at, step in enumerate(series.steps) if first <= step <= last]
    if len(chosen) > most:
        values = np.asarray([series.values[at] for at in chosen], dtype=np.float64)
        chosen = [chosen[at] for at in extremes(values, most)]
    return [
        {
            "key": key,
            "value": number(series.values[at]),
            "timestamp": round(series.times[at] * 1000),
            "step": series.steps[at],
        }
        for at in chosen
    ]


def _check_runs(call: Call, ids: Sequence[str], name: str, field: str) -> None:
    if not ids:
        raise wrong(f"{name} request must specify at least one {field}.")
    if len(ids) > _MOST_RUNS:
        raise wrong(f"{name} request cannot specify more than {_MOST_RUNS} {field}s. Received {len(ids)}.")
    for run_id in ids:
        check_run_scope(call.request, run_id, write=False)


def _by_time(point: MetricPoint) -> tuple[int, int, bool, float]:
    return millis(point.time), point.step or 0, math.isnan(point.value), point.value
