"""Run in an environment with MLflow's own client: what a user's script does, and what it then sees. Prints JSON.

Each scenario is a function; its name is the key of what it found. A scenario that fails has its stack under `stack`.
"""

import json
import math
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

NEW = int(mlflow.__version__.split(".")[0]) >= 3
client = MlflowClient()
IN_PARTS = {
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "1000000",
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true",
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": "1000000",
}
"""Makes a client ask for large files to go in parts."""


def code_of(call: Callable[[], Any]) -> str:
    """The code of the failure that a call gives; empty when it gives none."""
    try:
        call()
    except MlflowException as error:
        return str(error.error_code)
    return ""


def tracking() -> dict[str, Any]:
    mlflow.set_experiment("tracking")
    with mlflow.start_run(run_name="first", tags={"team": "red"}, description="A note.") as run:
        mlflow.log_param("depth", 3)
        mlflow.log_params({"rate": 0.1, "kind": "tree"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.9, "f1": 0.8}, step=4)
        mlflow.set_tag("phase", "one")
        mlflow.set_tags({"a/b": "x y", "gone": "soon"})
        mlflow.delete_tag("gone")
    found = client.get_run(run.info.run_id)
    history = client.get_metric_history(run.info.run_id, "loss")
    return {
        "run_id": found.info.run_id,
        "name": found.info.run_name,
        "status": found.info.status,
        "params": found.data.params,
        "metrics": found.data.metrics,
        "tags": found.data.tags,
        "history": [[point.step, point.value] for point in history],
        "times": found.info.start_time <= found.info.end_time,
        "no_metric": len(client.get_metric_history(run.info.run_id, "none")),
        "experiment": client.get_experiment(found.info.experiment_id).name,
        "artifact_uri": found.info.artifact_uri,
    }


def odd_numbers() -> dict[str, Any]:
    mlflow.set_experiment("odd")
    with mlflow.start_run() as run:
        for value in (math.nan, math.inf, -math.inf, 1e308, 5e-324):
            mlflow.log_metric("odd", value)
        mlflow.log_metric("negative step", 1.0, step=-7)
    history = client.get_metric_history(run.info.run_id, "odd")
    found = client.get_run(run.info.run_id)
    return {
        "values": [repr(point.value) for point in history],
        "latest": repr(found.data.metrics["odd"]),
        "step": client.get_metric_history(run.info.run_id, "negative step")[0].step,
    }


def nested() -> dict[str, Any]:
    mlflow.set_experiment("nested")
    with (
        mlflow.start_run(run_name="parent") as parent,
        mlflow.start_run(run_name="child", nested=True) as child,
        mlflow.start_run(nested=True) as grandchild,
    ):
        mlflow.log_metric("depth", 2)
    found = mlflow.search_runs(
        experiment_names=["nested"], filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list"
    )
    return {
        "parent": parent.info.run_id,
        "child": child.info.run_id,
        "grandchild": grandchild.info.run_id,
        "children": [run.info.run_id for run in found],
        "named": bool(client.get_run(grandchild.info.run_id).info.run_name),
    }


def batches() -> dict[str, Any]:
    experiment = client.create_experiment("batches", tags={"purpose": "many"})
    run = client.create_run(experiment)
    points = [Metric("loss", float(step), 1_700_000_000_000 + step, step) for step in range(2500)]
    client.log_batch(run.info.run_id, metrics=points[:1000], params=[Param(f"p{n}", str(n)) for n in range(100)])
    client.log_batch(run.info.run_id, metrics=points[1000:2000], tags=[RunTag("x", "y")])
    client.log_batch(run.info.run_id, metrics=points[2000:])
    client.log_metric(run.info.run_id, "late", 1.0, step=5)
    client.log_metric(run.info.run_id, "late", 2.0, step=3)
    client.set_terminated(run.info.run_id, "KILLED")
    found = client.get_run(run.info.run_id)
    history = client.get_metric_history(run.info.run_id, "loss")
    return {
        "points": len(history),
        "same": [point.value for point in history] == [point.value for point in points],
        "timestamp": history[-1].timestamp,
        "params": len(found.data.params),
        "late": found.data.metrics["late"],
        "status": found.info.status,
        "changed": code_of(lambda: client.log_param(run.info.run_id, "p1", "2")),
        "again": code_of(lambda: client.log_param(run.info.run_id, "p1", "1")),
    }


def searching() -> dict[str, Any]:
    experiment = client.create_experiment("searching")
    for number in range(25):
        run = client.create_run(experiment, run_name=f"run {number:02}", start_time=1_700_000_000_000 + number)
        client.log_param(run.info.run_id, "model", "tree" if number % 2 else "line")
        client.log_metric(run.info.run_id, "acc", number / 25)
        if number != 7:
            client.set_terminated(run.info.run_id)
    pages, token = [], None
    while True:
        page = client.search_runs([experiment], order_by=["metrics.acc ASC"], max_results=10, page_token=token)
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break

    def names(text: str, **more: Any) -> list[str]:
        return [run.info.run_name for run in client.search_runs([experiment], text, **more)]

    frame = mlflow.search_runs([experiment], "metrics.acc > 0.9")
    return {
        "pages": pages,
        "newest": names("")[0],
        "filtered": names("metrics.acc >= 0.8 and params.model = 'tree'", order_by=["start_time ASC"]),
        "running": names("attributes.status = 'RUNNING'"),
        "named": names("run_name LIKE 'run 0%'", order_by=["attributes.run_name DESC"])[:3],
        "tagged": names("tags.`mlflow.runName` = 'run 03'"),
        "frame": sorted(frame["tags.mlflow.runName"]),
        "wrong": code_of(lambda: names("metrics.acc >")),
        "count": len(names("")),
    }


def trash() -> dict[str, Any]:
    experiment = client.create_experiment("trash")
    run = client.create_run(experiment).info.run_id
    client.delete_run(run)
    stages = [client.get_run(run).info.lifecycle_stage]
    active = len(client.search_runs([experiment]))
    deleted = len(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY))
    refused = code_of(lambda: client.log_metric(run, "a", 1.0))
    client.restore_run(run)
    stages.append(client.get_run(run).info.lifecycle_stage)
    client.delete_experiment(experiment)
    stages.append(client.get_experiment(experiment).lifecycle_stage)
    hidden = "trash" not in [one.name for one in client.search_experiments()]
    client.restore_experiment(experiment)
    client.rename_experiment(experiment, "out of the trash")
    return {
        "stages": stages,
        "active": active,
        "deleted": deleted,
        "refused": refused,
        "hidden": hidden,
        "renamed": client.get_experiment(experiment).name,
    }


def experiments() -> dict[str, Any]:
    made = [client.create_experiment(f"listed {number}", tags={"kind": "list"}) for number in range(5)]
    client.set_experiment_tag(made[0], "mlflow.note.content", "The first.")
    pages, token = [], None
    while True:
        page = client.search_experiments(
            filter_string="name LIKE 'listed%' and tags.kind = 'list'", order_by=["name ASC"], max_results=2, page_token=token
        )
        pages.append([one.name for one in page])
        token = page.token
        if not token:
            break
    return {
        "pages": pages,
        "tags": client.get_experiment(made[0]).tags,
        "none": client.get_experiment_by_name("nowhere") is None,
        "default": client.get_experiment("0").name,
        "twice": code_of(lambda: client.create_experiment("listed 1")),
    }


def resumed() -> dict[str, Any]:
    mlflow.set_experiment("resumed")
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 1.0)
    with mlflow.start_run(run_id=run.info.run_id):
        during = client.get_run(run.info.run_id).info.status
        mlflow.log_metric("a", 2.0, step=1)
    failed = ""
    try:
        with mlflow.start_run() as broken:
            raise ValueError
    except ValueError:
        failed = client.get_run(broken.info.run_id).info.status
    after = client.get_run(run.info.run_id)
    return {"during": during, "after": after.info.status, "a": after.data.metrics["a"], "failed": failed}


def artifacts() -> dict[str, Any]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    mlflow.set_experiment("artifacts")
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
        root = Path(folder)
        (root / "tree" / "deep").mkdir(parents=True)
        (root / "tree" / "deep" / "ü a.txt").write_text("deep", "utf-8")
        (root / "tree" / "top.bin").write_bytes(bytes(range(256)) * 10_000)
        (root / "one.csv").write_text("a,b\n1,2\n", "utf-8")
        (root / "empty").touch()
        mlflow.log_artifact(str(root / "one.csv"))
        mlflow.log_artifact(str(root / "one.csv"), "data/in")
        mlflow.log_artifact(str(root / "empty"))
        os.environ |= IN_PARTS
        mlflow.log_artifacts(str(root / "tree"), "tree")
        mlflow.log_text("a text", "texts/said.txt")
        mlflow.log_dict({"a": [1, 2]}, "texts/told.json")
        figure = Figure()
        figure.add_subplot().plot([1, 2, 3])
        mlflow.log_figure(figure, "figure.png")
        run_id = run.info.run_id
        listed = sorted(one.path for one in client.list_artifacts(run_id))
        deep = [[one.path, one.is_dir, one.file_size] for one in client.list_artifacts(run_id, "tree")]
        got = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree", dst_path=str(root / "got")))
        for name in IN_PARTS:
            del os.environ[name]
        everything = Path(client.download_artifacts(run_id, "", str(root)))
        return {
            "run_id": run_id,
            "listed": listed,
            "deep": deep,
            "bytes": (got / "top.bin").read_bytes() == (root / "tree" / "top.bin").read_bytes(),
            "text": (got / "deep" / "ü a.txt").read_text("utf-8"),
            "all": sorted(one.relative_to(everything).as_posix() for one in everything.rglob("*.json")),
            "loaded": mlflow.artifacts.load_dict(f"runs:/{run_id}/texts/told.json"),
            "missing": bool(code_of(lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/none.txt"))),
            "file": client.list_artifacts(run_id, "one.csv") == [],
        }


def datasets() -> dict[str, Any]:
    import pandas as pd

    mlflow.set_experiment("datasets")
    frame = pd.DataFrame({"x": [1.5, 2.5], "y": ["a", "b"]})
    data = mlflow.data.from_pandas(frame, source="https://example.org/data.csv", name="points")
    with mlflow.start_run() as run:
        mlflow.log_input(data, context="training")
    (given,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    return {
        "run_id": run.info.run_id,
        "name": given.dataset.name,
        "digest": given.dataset.digest == data.digest,
        "source": json.loads(given.dataset.source),
        "context": {tag.key: tag.value for tag in given.tags},
        "columns": "x" in given.dataset.schema,
        "found": [one.info.run_id for one in client.search_runs([run.info.experiment_id], "datasets.name = 'points'")],
    }


def autolog() -> dict[str, Any]:
    import numpy as np
    from sklearn.linear_model import Ridge

    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(log_input_examples=False)
    inputs = np.arange(40.0).reshape(20, 2)
    model = Ridge(alpha=0.5)
    with mlflow.start_run() as run:
        model.fit(inputs, inputs @ [1.0, 2.0])
    mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    uri = f"runs:/{run.info.run_id}/model"
    loaded = mlflow.sklearn.load_model(uri)
    general = mlflow.pyfunc.load_model(uri)
    version = mlflow.register_model(uri, "ridge")
    registered = mlflow.sklearn.load_model(f"models:/ridge/{version.version}")
    client.set_registered_model_alias("ridge", "champion", version.version)
    champion = mlflow.pyfunc.load_model("models:/ridge@champion")
    expected = model.predict(inputs)
    predictions = [one.predict(inputs) for one in (loaded, general, registered, champion)]
    return {
        "run_id": run.info.run_id,
        "alpha": found.data.params["alpha"],
        "metrics": sorted(found.data.metrics),
        "equal": [bool(np.array_equal(expected, one)) for one in predictions],
        "listed": sorted(one.path for one in client.list_artifacts(run.info.run_id)),
        "version": version.version,
        "source": version.source,
        "of_run": version.run_id,
    }


def registry() -> dict[str, Any]:
    mlflow.set_experiment("registry")
    with mlflow.start_run() as run:
        mlflow.log_text("weights", "model/weights.txt")
    source = f"{run.info.artifact_uri}/model"
    client.create_registered_model("shop", tags={"team": "red"}, description="Sells.")
    first = client.create_model_version("shop", source, run.info.run_id, tags={"size": "small"})
    second = client.create_model_version("shop", source, run.info.run_id, description="The second.")
    client.set_registered_model_alias("shop", "champion", "1")
    client.set_registered_model_alias("shop", "champion", "2")
    client.set_registered_model_alias("shop", "old", "1")
    client.set_model_version_tag("shop", "1", "checked", "yes")
    client.set_registered_model_tag("shop", "owner", "me")
    client.update_model_version("shop", "1", "The first.")
    client.update_registered_model("shop", "Sells more.")
    client.transition_model_version_stage("shop", "1", "Production")
    client.transition_model_version_stage("shop", "2", "production", archive_existing_versions=True)
    stages = [client.get_model_version("shop", number).current_stage for number in ("1", "2")]
    model = client.get_registered_model("shop")
    one = client.get_model_version("shop", "1")
    by_alias = client.get_model_version_by_alias("shop", "champion")
    with tempfile.TemporaryDirectory() as folder:
        got = Path(mlflow.artifacts.download_artifacts("models:/shop/1", dst_path=folder))
        weights = (got / "weights.txt").read_text("utf-8")
    elsewhere = client.create_model_version("shop", "s3://bucket/model")
    found = [version.version for version in client.search_model_versions("name = 'shop' and tags.checked = 'yes'")]
    by_run = len(client.search_model_versions(f"run_id = '{run.info.run_id}' and name = 'shop'"))
    models = [known.name for known in client.search_registered_models("name ILIKE 'SHO%'")]
    client.delete_model_version_tag("shop", "1", "checked")
    client.delete_registered_model_tag("shop", "owner")
    client.delete_registered_model_alias("shop", "old")
    client.delete_model_version("shop", elsewhere.version)
    next_one = client.create_model_version("shop", source, run.info.run_id)
    client.rename_registered_model("shop", "store")
    again = client.get_model_version("store", "1")
    return {
        "versions": [first.version, second.version, elsewhere.version, next_one.version],
        "stages": stages,
        "latest": sorted([version.current_stage, str(version.version)] for version in model.latest_versions),
        "description": [model.description, one.description, second.description],
        "tags": [model.tags, one.tags],
        "aliases": {alias: str(version) for alias, version in model.aliases.items()},
        "of_version": sorted(one.aliases),
        "by_alias": str(by_alias.version),
        "weights": weights,
        "elsewhere": client.get_model_version_download_uri("store", "1").startswith("mlflow-artifacts:"),
        "found": [str(number) for number in found],
        "by_run": by_run,
        "models": models,
        "renamed": client.get_registered_model("store").name,
        "kept": [again.tags, sorted(client.get_registered_model("store").aliases)],
        "twice": code_of(lambda: client.create_registered_model("store")),
        "none": code_of(lambda: client.get_registered_model("nothing")),
        "bad_name": code_of(lambda: client.create_registered_model("../up")),
        "bad_alias": code_of(lambda: client.set_registered_model_alias("store", "v1", "1")),
    }


def logged_models() -> dict[str, Any]:
    if not NEW:
        return {}
    import numpy as np
    from sklearn.linear_model import LinearRegression

    experiment = mlflow.set_experiment("logged models")
    inputs = np.arange(10.0).reshape(5, 2)
    model = LinearRegression().fit(inputs, inputs.sum(axis=1))
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            model, name="line", pip_requirements=[], params={"a": 1}, tags={"b": "c"}, registered_model_name="line"
        )
        again = mlflow.sklearn.log_model(model, name="line", pip_requirements=[])
        mlflow.log_metric("rmse", 0.25, model_id=info.model_id)
    alone = mlflow.create_external_model(name="outside", params={"size": "9"})
    found = mlflow.get_logged_model(info.model_id)
    searched = mlflow.search_logged_models([experiment.experiment_id], "metrics.rmse < 0.5", output_format="list")
    ordered = mlflow.search_logged_models(
        [experiment.experiment_id], order_by=[{"field_name": "name", "ascending": False}], output_format="list"
    )
    client.set_logged_model_tags(info.model_id, {"d": "e"})
    client.delete_logged_model_tag(info.model_id, "b")
    loaded = mlflow.sklearn.load_model(f"models:/{info.model_id}")
    registered = mlflow.sklearn.load_model("models:/line/1")
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    client.delete_logged_model(again.model_id)
    return {
        "run_id": run.info.run_id,
        "name": found.name,
        "status": str(found.status),
        "params": found.params,
        "metrics": [[metric.key, metric.value] for metric in found.metrics],
        "searched": [one.model_id for one in searched] == [info.model_id],
        "ordered": [one.name for one in ordered],
        "tags": {key: value for key, value in mlflow.get_logged_model(info.model_id).tags.items() if not key.startswith("mlflow.")},
        "equal": [bool(np.array_equal(model.predict(inputs), one.predict(inputs))) for one in (loaded, registered)],
        "outputs": sorted(one.model_id for one in outputs) == sorted([info.model_id, again.model_id]),
        "files": [one.path for one in mlflow.artifacts.list_artifacts(f"models:/{info.model_id}") or []],
        "of_run": sorted(one.path for one in mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}/line") or []),
        "run_root": [one.path for one in client.list_artifacts(run.info.run_id)],
        "deleted": code_of(lambda: mlflow.get_logged_model(again.model_id)),
        "alone": mlflow.get_logged_model(alone.model_id).params,
        "version_tags": client.get_model_version("line", "1").tags,
    }


def refusals() -> dict[str, Any]:
    experiment = client.create_experiment("refusals")
    run = client.create_run(experiment).info.run_id
    return {
        "no_run": code_of(lambda: client.get_run("0" * 32)),
        "no_experiment": code_of(lambda: client.get_experiment("1234567")),
        "no_model": code_of(lambda: client.get_model_version("none", "1")),
        "no_version": code_of(lambda: client.get_model_version("none", "x")),
        "no_tag": code_of(lambda: client.delete_tag(run, "none")),
    }


def main() -> None:
    scenarios = (
        tracking, odd_numbers, nested, batches, searching, trash, experiments, resumed, artifacts, datasets, autolog, registry,
        logged_models, refusals,
    )  # fmt: skip
    found: dict[str, Any] = {}
    for scenario in scenarios:
        if len(sys.argv) > 2 and scenario.__name__ not in sys.argv[2:]:
            continue
        try:
            found[scenario.__name__] = scenario()
        except Exception:  # noqa: BLE001 (the test shows it)
            found[scenario.__name__] = {"stack": traceback.format_exc()}
            while mlflow.active_run():
                mlflow.end_run()
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    main()
