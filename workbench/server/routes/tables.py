"""Big answers about runs as Arrow IPC streams, searches, and the kin of a run."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from workbench.base.errors import UserError
from workbench.schema import Experiment, MetricHistory, RunChanged, RunLink, RunPage, RunSummary
from workbench.schema.base import Wire
from workbench.server.routes.deps import Here, RunId
from workbench.server.routes.runs import View

router = APIRouter(tags=["runs"])

_ARROW = "application/vnd.apache.arrow.stream"
_ARROW_REPLY: dict[int | str, dict[str, object]] = {200: {"content": {_ARROW: {}}, "description": "An Arrow IPC stream"}}
_MOST_SERIES = 1000  # of one answer
_MOST_TOLD = 100  # runs of an experiment whose change is told one by one, the newest

Names = Annotated[list[str] | None, Query(max_length=200)]


class ExperimentRequest(Wire):
    """A new experiment."""

    name: str = Field(min_length=1, max_length=500)
    tags: dict[str, str] = Field(default_factory=dict)


class ExperimentPatch(Wire):
    """What a user may change of an experiment; None leaves as it is. A tag with an empty value is removed."""

    name: str | None = Field(None, min_length=1, max_length=500)
    tags: dict[str, str] = Field(default_factory=dict)
    deleted: bool | None = None
    """Into the trash with its runs, or back from there."""


@router.get("/runs.arrow", response_class=Response, responses=_ARROW_REPLY)
def runs_table(
    here: Here,
    filter: str = "",  # noqa: A002 (MLflow's name)
    experiment: Names = None,
    order: Names = None,
    column: Names = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
    cursor: str = "",
    view: View = "active",
    text: str = "",
) -> Response:
    """Runs, one a row, with params, last values of metrics, and tags as columns."""
    content = here.store.runs_arrow(filter, experiment, order or (), limit, cursor, view, text, column)
    return Response(content, media_type=_ARROW)


@router.get("/series.arrow", response_class=Response, responses=_ARROW_REPLY)
def series_table(
    here: Here,
    run: Annotated[list[str], Query(min_length=1, max_length=_MOST_SERIES)],
    key: Annotated[list[str], Query(min_length=1, max_length=_MOST_SERIES)],
    pixels: Annotated[int, Query(ge=0)] = 1000,
) -> Response:
    """The named metrics of the named runs, each thinned to `pixels` points (0: all of them)."""
    if len(run) * len(key) > _MOST_SERIES:
        raise UserError(f"At most {_MOST_SERIES} series are read at once.", hint="Name fewer runs or metrics.")
    return Response(here.store.series_arrow([here.store.resolve(one) for one in run], key, pixels), media_type=_ARROW)


@router.get("/search")
def search_runs(
    here: Here,
    filter: str = "",  # noqa: A002 (as above)
    experiment: Names = None,
    order: Names = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str = "",
    view: View = "active",
    text: str = "",
) -> RunPage:
    """A page of the runs that a filter finds."""
    return here.store.search(filter, experiment, order or (), limit, cursor, view, text)


@router.get("/runs/{run_id}/history/{key:path}")
def metric_history(
    here: Here, run_id: RunId, key: str, limit: Annotated[int, Query(ge=1, le=25_000)] = 1000, cursor: str = ""
) -> MetricHistory:
    """A metric's exact points in the order of logging, a part at a time."""
    return here.store.metric_history(run_id, key, limit, cursor)


@router.get("/runs/{run_id}/came-from")
def came_from(here: Here, run_id: RunId) -> tuple[RunLink, ...]:
    """What the run came from."""
    return here.store.came_from(run_id)


@router.get("/runs/{run_id}/went-into")
def went_into(here: Here, run_id: RunId) -> tuple[RunLink, ...]:
    """What came from the run."""
    return here.store.went_into(run_id)


@router.get("/runs/{run_id}/descendants")
def descendants(here: Here, run_id: RunId) -> tuple[RunSummary, ...]:
    """The run's children, to any depth."""
    return here.store.descendants(run_id)


@router.post("/experiments")
def create_experiment(here: Here, request: ExperimentRequest) -> Experiment:
    """Makes an experiment."""
    return here.store.create_experiment(request.name, request.tags)


@router.get("/experiments/{experiment:path}")
def read_experiment(here: Here, experiment: str) -> Experiment:
    """One experiment, by its id or name."""
    return here.store.experiment(experiment)


@router.patch("/experiments/{experiment:path}")
def patch_experiment(here: Here, experiment: str, patch: ExperimentPatch) -> Experiment:
    """Renames an experiment, tags it, puts it into the trash or brings it back."""
    found = here.store.patch_experiment(experiment, name=patch.name, tags=patch.tags, deleted=patch.deleted)
    if patch.deleted is not None or patch.name is not None:
        for run in here.store.search(experiments=[found.id], view="all", limit=_MOST_TOLD, count=False).runs:
            here.events.publish(RunChanged(run_id=run.id, status=run.status, project=run.project, name=run.name))
    return found
