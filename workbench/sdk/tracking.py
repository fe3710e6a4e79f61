"""Other processes, and MLflow's client in this one, log into the run that is open here, as they do in a job.

Variables of the environment say so to the processes that this one starts, and to a client that is imported later. One that is
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

_ELSEWHERE = (
    "MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_REGISTRY_URI", "MLFLOW_RUN_ID",
)  # fmt: skip
"""What may point MLflow's client at another server or run, beside the variables that are set here."""

_lock = threading.Lock()
_pointed: list[Pointed] = []


class Pointed:
    """The environment points at a run by the `variables`, and this knows what it pointed at before.

    Without MLflow's variables, its client stays what it is.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.uri = variables.get("MLFLOW_TRACKING_URI", "")
        self.thread = threading.get_ident()
        if self.uri and os.environ.get("MLFLOW_TRACKING_URI"):
            _mlflow("flush_async_logging")  # what waits to be sent belongs to the run before, and to its token
        aside = {**dict.fromkeys(_ELSEWHERE), **beside_proxies(self.uri, os.environ)} if self.uri else {}
        with _lock:
            self.before = _replaced({**aside, **variables})
            if self.uri:
                self.other_uri = _other_uri(self.uri)
                self.experiment = _swapped_experiment(None)
                self.runs = _swapped_runs([])
            _pointed.append(self)

    def undo(self, status: str, answers: Callable[[], bool]) -> None:
        """Puts back what was there; the runs of a process may end in any order.

        Where the server `answers` (MLflow's client would wait for minutes), what MLflow still has to send goes out before, and its
        runs that were left open in this thread end with MLflow's `status`.
        """
        above = _pointed[_pointed.index(self) + 1 :]
        clients = [one for one in above if one.uri]
        beside = [one for one in clients if one.thread == self.thread]
        here = self.thread == threading.get_ident() and not beside
        if self.uri and "mlflow" in sys.modules and answers():
            _mlflow("flush_async_logging")
            while here and _mlflow("active_run"):
                _mlflow("flush_artifact_async_logging")
                _mlflow("end_run", status)
        with _lock:
            _pointed.remove(self)
            if self.uri:
                self._leave_client(clients, beside, here=here)
            rest = self.before
            for one in above:  # opened before this one ended: what this one has found is what that one will leave
                for name in rest.keys() & one.before.keys():
                    one.before[name] = rest.pop(name)
            _replaced(rest)

    def _leave_client(self, above: list[Pointed], beside: list[Pointed], *, here: bool) -> None:
        if here:
            _swapped_runs(self.runs)
        if beside:
            beside[0].runs = self.runs
        if above:
            above[0].other_uri, above[0].experiment = self.other_uri, self.experiment
            return
        _swapped_experiment(self.experiment)
        if self.other_uri is not None:
            _mlflow("set_tracking_uri", self.other_uri)


def _replaced(wanted: Mapping[str, str | None]) -> dict[str, str | None]:
    """Sets the variables of the environment, or removes those that are None; returns what they were."""
    before = {name: os.environ.get(name) for name in wanted}
    for name, value in wanted.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before


def reaching(uri: str, token: str) -> dict[str, str]:
    """The variables by which MLflow's clients reach a workspace's server."""
    return {
        "MLFLOW_TRACKING_URI": uri,
        "MLFLOW_TRACKING_TOKEN": token,
        # A name and password for another server, in the user's ~/.mlflow/credentials, would count for more than the token.
        "MLFLOW_TRACKING_USERNAME": "workbench",
        "MLFLOW_TRACKING_PASSWORD": token,
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # of pages that MLflow's own server has
    }


def beside_proxies(uri: str, variables: Mapping[str, str]) -> dict[str, str]:
    """The variable that keeps requests to the workspace's server off the proxy that the variables name, if they do."""
    if not any(name.lower() in {"http_proxy", "https_proxy", "all_proxy"} for name in variables):
        return {}
    known = variables.get("no_proxy") or variables.get("NO_PROXY")
    return {"no_proxy": ",".join(filter(None, (known, urlsplit(uri).hostname)))}


def _mlflow(name: str, *values: Any) -> Any:
    """Calls a function of MLflow's where it is imported and has it. Its failures are no failures of the run: None then."""
    function = getattr(sys.modules.get("mlflow"), name, None)
    with suppress(Exception):
        return function(*values) if function else None
    return None


def _other_uri(uri: str) -> str | None:
    """The address that the program has given MLflow itself, which counts for more than the variable; `uri` takes its place."""
    known = _mlflow("get_tracking_uri")
    if known in {None, uri}:
        return None
    _mlflow("set_tracking_uri", uri)
    return str(known)


def _swapped_experiment(experiment: Any) -> Any:
    """Makes it the one that `mlflow.set_experiment` has chosen; returns the one before. MLflow has no function that unsets it."""
    fluent: Any = sys.modules.get("mlflow.tracking.fluent")
    known = getattr(fluent, "_active_experiment_id", None)
    if known != experiment:
        fluent._active_experiment_id = experiment  # noqa: SLF001 (there is no other way)
    return known


def _swapped_runs(runs: list[Any]) -> list[Any]:
    """Makes these MLflow's open runs in this thread; returns those before. MLflow has no function that does not end them."""
    stack = getattr(sys.modules.get("mlflow.tracking.fluent"), "_active_run_stack", None)
    if stack is None:
        return []
    held: list[Any] = stack.get()
    known = held[:]
    held[:] = runs
    return known
