"""MLflow's client in this process logs into the run that is open here, as it does in a job.

Variables of the environment say so to a client that is imported later, and to the processes that this one starts. One that is
imported already may remember another server, experiment or run: that is put aside as long as the run is open.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

_PREFIXES = ("MLFLOW_TRACKING_", "MLFLOW_EXPERIMENT_")
_NAMES = {"MLFLOW_RUN_ID", "MLFLOW_REGISTRY_URI"}

_lock = threading.Lock()
_pointed: list[Pointed] = []


class Pointed:
    """What MLflow's client was pointed at before a run took its place. The runs of a process may end in any order."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._thread = threading.get_ident()
        with _lock:
            self._before = _pick(os.environ, {*variables, "no_proxy"})
            _set({**variables, **_beside_proxies(variables["MLFLOW_TRACKING_URI"])}, self._before)
            self._uri = _other_uri(variables["MLFLOW_TRACKING_URI"])
            self._experiment = _swap_experiment(None)
            self._runs = _swap_runs([])
            _pointed.append(self)

    def undo(self, status: str, answers: Callable[[], bool]) -> None:
        """Puts back what was there. What MLflow still has to send goes out, and its runs that were left open in this thread end
        with MLflow's `status`, where the server `answers`: MLflow's client would wait for minutes."""
        with _lock:
            above = _pointed[_pointed.index(self) + 1 :]
            _pointed.remove(self)
        beside = [one for one in above if one._thread == self._thread]
        if sys.modules.get("mlflow") is not None and answers():
            _send_all()
            if not beside and self._thread == threading.get_ident():
                _end_runs(status)
        with _lock:
            if beside:  # opened before this one ended: what this one found is what that one leaves behind
                beside[0]._runs = self._runs
            elif self._thread == threading.get_ident():
                _swap_runs(self._runs)
            if above:
                above[0]._before, above[0]._uri, above[0]._experiment = self._before, self._uri, self._experiment
                return
            _swap_experiment(self._experiment)
            if self._uri is not None:
                _mlflow("set_tracking_uri")(self._uri)
            _set(self._before, _pick(os.environ, self._before))


def _pick(values: Mapping[str, str], more: set[str] | Mapping[str, Any]) -> dict[str, str | None]:
    """The variables that say what MLflow's client logs into, and those of `more`; None for what is not there."""
    names = {name for name in values if name.startswith(_PREFIXES)} | _NAMES | set(more)
    return {name: values.get(name) for name in names}


def _set(wanted: Mapping[str, str | None], known: Mapping[str, str | None]) -> None:
    """Sets the variables, and removes those of `known` that are not wanted."""
    for name in {*known, *wanted}:
        value = wanted.get(name)
        if value is not None:
            os.environ[name] = value
        elif name != "no_proxy" or name in wanted:
            os.environ.pop(name, None)


def _beside_proxies(uri: str) -> dict[str, str]:
    """What keeps the requests to the server of this machine off a proxy."""
    if not any(name.lower() in {"http_proxy", "https_proxy", "all_proxy"} for name in os.environ):
        return {}
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return {"no_proxy": ",".join(filter(None, (known, urlsplit(uri).hostname)))}


def _mlflow(name: str) -> Callable[..., Any]:
    """A function of MLflow's; where it is not imported, or too old for this one, one that does nothing. None raises."""
    function = getattr(sys.modules.get("mlflow"), name, None)

    def call(*values: Any) -> Any:
        with suppress(Exception):  # MLflow's trouble is none of the run's
            return function(*values) if function else None

    return call


def _other_uri(uri: str) -> str | None:
    """The address that the program has given to MLflow itself, which counts for more than the variable; it is replaced by `uri`."""
    known = _mlflow("get_tracking_uri")()
    if known in {None, uri}:
        return None
    _mlflow("set_tracking_uri")(uri)
    return str(known)


def _swap_experiment(experiment: Any) -> Any:
    """Makes it the experiment that `mlflow.set_experiment` has chosen; returns the one before. MLflow has no function for that."""
    fluent: Any = sys.modules.get("mlflow.tracking.fluent")
    known = getattr(fluent, "_active_experiment_id", None)
    if known != experiment:
        fluent._active_experiment_id = experiment
    return known


def _swap_runs(runs: list[Any]) -> list[Any]:
    """Makes these the open runs of MLflow's in this thread; returns those before. MLflow has no function for that."""
    stack = getattr(sys.modules.get("mlflow.tracking.fluent"), "_active_run_stack", None)
    if stack is None:
        return []
    held: list[Any] = stack.get()
    known = held[:]
    held[:] = runs
    return known


def _send_all() -> None:
    _mlflow("flush_async_logging")()
    _mlflow("flush_artifact_async_logging")()


def _end_runs(status: str) -> None:
    for _ in range(len(_swap_runs_count())):
        _mlflow("end_run")(status)
