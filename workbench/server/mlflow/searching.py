"""Search of runs: the store's, in MLflow's terms."""

from collections.abc import Sequence
from typing import Any, cast

from workbench.base.errors import NotFound
from workbench.runs.experiments import View
from workbench.runs.grammar import parsed_order
from workbench.runs.search import Search, find_ids, orders_of
from workbench.server.mlflow.calls import Call, spoken
from workbench.server.mlflow.errors import ProtocolError, wrong
from workbench.server.mlflow.experiments import experiment_of, view_of
from workbench.server.mlflow.reading import run_forms
from workbench.server.scope import check_experiment_scope

_PAGE = 1000
_MOST = 50_000
_NEWEST = "attributes.start_time DESC"


@spoken("POST runs/search")
def search(call: Call) -> dict[str, Any]:
    """A page of the runs of some experiments."""
    size = call.whole("max_results", _PAGE)
    if not 0 < size <= _MOST:
        raise wrong(f"Invalid value {size} for parameter 'max_results' supplied. It must be between 1 and {_MOST}.")
    ids = _experiments(call)
    if not ids:
        return {"runs": []}
    wanted = Search(
        filter=call.text("filter"),
        experiments=tuple(ids),
        view=cast("View", view_of(call, "run_view_type")),
        orders=_orders(call.texts("order_by")),
    )
    with call.here.database.read() as connection:
        page = find_ids(connection, wanted, limit=size, cursor=call.text("page_token"), count=False)
        answer: dict[str, Any] = {"runs": run_forms(connection, page.ids)}
    return {**answer, "next_page_token": page.next} if page.next else answer


def _orders(given: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """What is asked for, and of equal ones the one first that began last, as MLflow has it."""
    orders = orders_of(given)
    if any(parsed_order(text)[0].key == "start_time" for text, _ in orders):
        return orders
    return (*orders, (_NEWEST, True))


def _experiments(call: Call) -> list[str]:
    """The ids of those that are there; one that is not has no runs."""
    found = []
    for text in call.texts("experiment_ids"):
        try:
            experiment = experiment_of(call, text)
        except (NotFound, ProtocolError):
            continue
        check_experiment_scope(call.request, experiment.id)
        found.append(experiment.id)
    return found
