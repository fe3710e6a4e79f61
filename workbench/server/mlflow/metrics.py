"""Metrics: logged one by one or many at once, read back point by point."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.base.errors import NotFound
from workbench.runs.metrics import Logged, extremes
from workbench.schema import LogBatch
from workbench.server.mlflow.access import write_batch
from workbench.server.mlflow.calls import Call, spoken, whole
from workbench.server.mlflow.errors import wrong
from workbench.server.mlflow.forms import number, seconds
from workbench.server.mlflow.logged_models import add_metrics
from workbench.server.mlflow.naming import check_keys
from workbench.server.scope import check_run_scope

if TYPE_CHECKING:
    from workbench.runs.chunks import Points

_MOST_AT_ONCE = 25_000
_MOST_RUNS = 100


def points_of(sent: Sequence[Mapping[str, Any]]) -> dict[str, Logged]:
    """The points of a batch, by metric. Raises for one that lacks its key, value or time."""
    found: dict[str, Logged] = {}
    for position, one in enumerate(sent):
        key, value, timestamp, step = one.get("key"), one.get("value"), one.get("timestamp"), one.get("step", 0)
        for name, given in (("key", key), ("value", value), ("timestamp", timestamp)):
            if given is None or given == "":
                raise wrong(f"Missing value for required parameter 'metrics[{position}].{name}'.")
        if not isinstance(key, str):
            raise wrong(f"Invalid value {key!r} for parameter 'key' supplied.")
        logged = found.get(key)
        if logged is None:
            logged = found[key] = Logged()
        logged.add(whole("step", step, 0), seconds(whole("timestamp", timestamp)), _value(key, value))
    check_keys("metric", found)
    return found


def _value(key: str, value: Any) -> float:
    """A value as JSON says it, NaN and infinities as texts or (as some clients do) as words."""
    if type(value) is float:
        return value
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
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
    write_batch(call, run_id, LogBatch(), points_of((call.values,)))
    add_to_models(call, run_id, (call.values,))
    return {}


@spoken("GET metrics/get-history")
def history(call: Call) -> dict[str, Any]:
    """All points of a metric, in the order of logging; in pages when `max_results` is given."""
    run_id, key = call.run_id(), call.required("metric_key")
    check_run_scope(call.request, run_id, write=False)
    if not call.given("max_results"):
        return {"metrics": _forms(key, _points(call, run_id, key))}
    most = min(call.whole("max_results", 0), _MOST_AT_ONCE)
    if most <= 0:
        raise wrong(f"Invalid value {most} for parameter 'max_results' supplied. It must be a positive integer.")
    start = whole("page_token", call.text("page_token") or "0")
    forms = _forms(key, _points(call, run_id, key, max(start, 0), most + 1))
    answer: dict[str, Any] = {"metrics": forms[:most]}
    return {**answer, "next_page_token": str(start + most)} if len(forms) > most else answer


def _points(call: Call, run_id: str, key: str, start: int = 0, most: int | None = None) -> "Points | None":
    try:
        return call.here.store.points(run_id, key, start, most)
    except NotFound:
        call.here.store.get(run_id)  # the run must be there; a metric that it does not have is no fault
        return None


def _forms(key: str, points: "Points | None") -> list[dict[str, Any]]:
    if points is None:
        return []
    columns = (points.steps.tolist(), points.times.tolist(), points.values.tolist())
    return [
        {"key": key, "value": number(value), "timestamp": round(time * 1000), "step": step}
        for step, time, value in zip(*columns, strict=True)
    ]


@spoken("GET metrics/get-history-bulk")
def history_bulk(call: Call) -> dict[str, Any]:
    """The points of one metric of several runs."""
    ids, key = call.texts("run_id"), call.required("metric_key")
    _check_runs(call, ids, "GetMetricHistoryBulk", "run_id")
    most = min(call.whole("max_results", _MOST_AT_ONCE), _MOST_AT_ONCE)
    found: list[dict[str, Any]] = []
    for run_id in sorted(ids):
        forms = _forms(key, _points(call, run_id, key, 0, most))
        forms.sort(key=lambda form: (form["timestamp"], form["step"], float(form["value"])))
        found += [{**form, "run_id": run_id} for form in forms]
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

    from workbench.runs.chunks import Points

    points = _points(call, run_id, key)
    if points is None:
        return []
    chosen = np.flatnonzero((points.steps >= first) & (points.steps <= last))
    chosen = chosen[np.argsort(points.steps[chosen], kind="stable")]
    if len(chosen) > most:
        chosen = chosen[extremes(points.values[chosen], most)]
    return _forms(key, Points(points.steps[chosen], points.times[chosen], points.values[chosen]))


def _check_runs(call: Call, ids: Sequence[str], name: str, field: str) -> None:
    if not ids:
        raise wrong(f"{name} request must specify at least one {field}.")
    if len(ids) > _MOST_RUNS:
        raise wrong(f"{name} request cannot specify more than {_MOST_RUNS} {field}s. Received {len(ids)}.")
    for run_id in ids:
        check_run_scope(call.request, run_id, write=False)
