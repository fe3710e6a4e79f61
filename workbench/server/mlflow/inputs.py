"""What goes into a run and comes out of it: datasets, and logged models."""

from typing import Any

import sqlalchemy as sa

from workbench.runs.datasets import CONTEXT_TAG, dataset_input
from workbench.runs.tables import inputs, logged_model_links, runs
from workbench.schema import DataInput, LogBatch
from workbench.server.mlflow.access import open_row, write_batch
from workbench.server.mlflow.calls import Call, items, pairs, spoken, whole
from workbench.server.mlflow.errors import wrong
from workbench.server.mlflow.forms import dataset_form

_MOST_EXPERIMENTS = 20


@spoken("POST runs/log-inputs")
def log_inputs(call: Call) -> dict[str, Any]:
    """Datasets and models that a run reads."""
    run_id = call.required("run_id")
    found = tuple(_dataset(one) for one in call.items("datasets"))
    models = [(_model_id(one), 0) for one in call.items("models")]
    write_batch(call, run_id, LogBatch(inputs=found))
    _link(call, run_id, "input", models)
    return {}


@spoken("POST runs/outputs", "POST runs/{run_id}/outputs")
def log_outputs(call: Call) -> dict[str, Any]:
    """Models that a run has made."""
    run_id = call.required("run_id")
    models = [(_model_id(one), whole("step", one.get("step"), 0)) for one in call.items("models")]
    open_row(call, run_id)
    _link(call, run_id, "output", models)
    return {}


@spoken("POST experiments/search-datasets")
def search_datasets(call: Call) -> dict[str, Any]:
    """Each dataset of the experiments' runs once, with what it was used for."""
    ids = call.texts("experiment_ids")
    if not 0 < len(ids) <= _MOST_EXPERIMENTS:
        raise wrong(f"SearchDatasets request must specify 1 to {_MOST_EXPERIMENTS} experiment_ids. Received {len(ids)}.")
    query = (
        sa.select(runs.c.experiment_id, inputs.c.content)
        .join(runs, runs.c.id == inputs.c.run_id)
        .where(runs.c.experiment_id.in_(ids), runs.c.deleted.is_(None))
        .order_by(inputs.c.id)
    )
    found: dict[tuple[str, ...], dict[str, str]] = {}
    with call.here.database.read() as connection:
        for row in connection.execute(query):
            form = dataset_form(DataInput.model_validate(row.content))
            context = next((tag["value"] for tag in form["tags"] if tag["key"] == CONTEXT_TAG), "")
            name, digest = form["dataset"]["name"], form["dataset"]["digest"]
            summary = {"experiment_id": row.experiment_id, "name": name, "digest": digest, "context": context}
            found[tuple(summary.values())] = summary
    return {"dataset_summaries": list(found.values())}


def _dataset(sent: dict[str, Any]) -> DataInput:
    (told,) = items("dataset", [sent.get("dataset", {})])
    for name in ("name", "digest"):
        if not told.get(name):
            raise wrong(f"Missing value for required parameter 'dataset.{name}'.")
    return dataset_input(told, pairs("tags", sent.get("tags")))


def _model_id(sent: dict[str, Any]) -> str:
    found = sent.get("model_id")
    if not isinstance(found, str) or not found:
        raise wrong("Missing value for required parameter 'models.model_id'.")
    return found


def _link(call: Call, run_id: str, direction: str, found: list[tuple[str, int]]) -> None:
    if not found:
        return
    with call.here.database.write() as write:
        for model_id, step in found:
            key = {"run_id": run_id, "direction": direction, "model_id": model_id}
            where = [logged_model_links.c[name] == value for name, value in key.items()]
            if not write.execute(logged_model_links.update().where(*where).values(step=step)).rowcount:
                write.execute(logged_model_links.insert().values(**key, step=step))
