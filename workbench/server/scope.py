"""What a run's token opens. Whoever holds the server's own token may do everything.

The guard lets only the addresses of `OPEN` pass for a run's token; the routes behind them call `check_run_scope` for each run
that a request names.
"""

import re

import sqlalchemy as sa
from starlette.requests import HTTPConnection

from workbench.base.errors import Forbidden, NotFound
from workbench.runs import RunStore
from workbench.runs.tables import model_versions, runs

_MODELS = "registered-models|model-versions|logged-models"
_MLFLOW = r"/(?:ajax-)?api/[23]\.0/mlflow"
OPEN = tuple(
    (methods, re.compile(pattern))
    for methods, pattern in (
        ({"GET"}, r"/health|/version|/api/v1/health"),
        # Our own API: one run, and models.
        ({"GET", "PATCH"}, r"/api/v1/runs/[^/]+"),
        ({"GET"}, r"/api/v1/runs/[^/]+/(?:metrics|artifacts)/.+|/api/v1/runs/[^/]+/log"),
        ({"GET"}, r"/api/v1/models(?:/[^/]+){0,2}"),
        ({"POST"}, r"/api/v1/models"),
        # MLflow's: runs, the experiment for reading, artifacts, models but for taking them away.
        ({"GET", "POST"}, rf"{_MLFLOW}/runs/(?:create|get|update|search|log-[a-z-]+|set-tag|delete-tag|inputs|outputs)"),
        ({"POST"}, rf"{_MLFLOW}/runs/[^/]+/(?:inputs|outputs)"),
        ({"GET"}, rf"{_MLFLOW}/metrics/[a-z-]+|{_MLFLOW}/artifacts/list|{_MLFLOW}/server-info"),
        ({"GET"}, rf"{_MLFLOW}/experiments/(?:get|get-by-name)"),
        ({"GET", "PUT", "POST"}, r"/(?:ajax-)?api/2\.0/mlflow-artifacts/.+"),
        ({"GET", "POST", "PATCH"}, rf"{_MLFLOW}/(?:{_MODELS})(?!/(?:delete|rename)$)(?:/.+)?"),
        ({"DELETE"}, rf"{_MLFLOW}/(?:registered-models/(?:alias|delete-tag)|model-versions/delete-tag)"),
        ({"DELETE"}, rf"{_MLFLOW}/logged-models/[^/]+/tags/.+"),
    )
)


def is_open(method: str, path: str) -> bool:
    """Whether a run's token opens the address at all."""
    method = "GET" if method == "HEAD" else method
    return any(method in methods and pattern.fullmatch(path) for methods, pattern in OPEN)


def run_of_request(request: HTTPConnection) -> str | None:
    """The run whose token the request came with; None with the server's own token."""
    run_id: str | None = getattr(request.state, "run_id", None)
    return run_id


def check_run_scope(request: HTTPConnection, run_id: str, *, write: bool = True) -> None:
    """Raises Forbidden when the request came with the token of a run that may not touch `run_id`.

    A run may write to itself and to its descendants, and read the runs of its experiment.
    """
    own = run_of_request(request)
    if own is None or own == run_id:
        return
    with _store(request).database.read() as connection:
        if _is_below(connection, run_id, own):
            return
        if not write and _experiment_of(connection, run_id) == _experiment_of(connection, own):
            return
    raise Forbidden(
        f"The token of run {own} does not open run {run_id}.",
        hint="A run's token writes to its own run and the runs below it, and reads its experiment.",
    )


def check_artifact_scope(request: HTTPConnection, run_id: str, *, write: bool = False) -> None:
    """As `check_run_scope` for the files of a run: of other runs only those are read of which a model was registered."""
    own = run_of_request(request)
    if own is not None and own != run_id and not write:
        with _store(request).database.read() as connection:
            query = sa.select(model_versions.c.version).where(model_versions.c.run_id == run_id).limit(1)
            if connection.execute(query).first() is not None:
                return
    check_run_scope(request, run_id)


def check_experiment_scope(request: HTTPConnection, experiment_id: str) -> None:
    """Raises Forbidden when the request came with the token of a run of another experiment."""
    own = run_of_request(request)
    if own is None:
        return
    with _store(request).database.read() as connection:
        if _experiment_of(connection, own) == experiment_id:
            return
    raise Forbidden(f"The token of run {own} does not open the experiment {experiment_id}.", hint="It opens the run's own one.")


def check_unscoped(request: HTTPConnection) -> None:
    """Raises Forbidden when the request came with the token of a run: what is asked concerns more than one run."""
    if own := run_of_request(request):
        raise Forbidden(f"The token of run {own} does not open this.")


def _store(request: HTTPConnection) -> RunStore:
    store: RunStore = request.app.state.workspace.store
    return store


def _experiment_of(connection: sa.Connection, run_id: str) -> str:
    found = connection.execute(sa.select(runs.c.experiment_id).where(runs.c.id == run_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no run {run_id!r}.", hint="See: workbench run list")
    return str(found)


def _is_below(connection: sa.Connection, run_id: str, above: str) -> bool:
    """Whether `run_id` is a child of `above`, or one of a child, to any depth."""
    seen = {run_id}
    at: str | None = run_id
    while at is not None:
        at = connection.execute(sa.select(runs.c.parent_id).where(runs.c.id == at)).scalar_one_or_none()
        if at == above:
            return True
        if at in seen:
            return False
        seen.add(at or "")
    return False
