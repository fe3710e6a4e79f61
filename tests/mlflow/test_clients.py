"""MLflow's own clients, the newest and the last of the 2.x line, see of Workbench what they see of a server of their own."""

from pathlib import Path
from typing import Any

import pytest

from tests.mlflow.conftest import CLIENTS, Found
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.schema import RunStatus

pytestmark = pytest.mark.parametrize("python", CLIENTS, indirect=True)

Outcome = tuple[Client, Found]


def of(outcome: Outcome, scenario: str) -> dict[str, Any]:
    found = outcome[1][scenario]
    assert "stack" not in found, found["stack"]
    return found


def test_that_what_a_client_logs_is_what_it_reads(outcome: Outcome) -> None:
    found = of(outcome, "tracking")
    assert (found["name"], found["status"], found["experiment"]) == ("first", "FINISHED", "tracking")
    assert found["params"] == {"depth": "3", "rate": "0.1", "kind": "tree"}
    assert found["metrics"] == {"loss": 0.2, "acc": 0.9, "f1": 0.8}
    assert found["history"] == [[step, 1 / (step + 1)] for step in range(5)]
    assert found["times"]
    assert found["no_metric"] == 0
    tags = found["tags"]
    assert (tags["team"], tags["phase"], tags["a/b"]) == ("red", "one", "x y")
    assert (tags["mlflow.runName"], tags["mlflow.note.content"]) == ("first", "A note.")
    assert "gone" not in tags
    assert found["artifact_uri"].startswith("mlflow-artifacts:/")


def test_that_workbench_shows_the_same_run(outcome: Outcome) -> None:
    run = outcome[0].run(of(outcome, "tracking")["run_id"])
    assert (run.name, run.status, run.experiment, run.notes, run.kind) == (
        "first",
        RunStatus.FINISHED,
        "tracking",
        "A note.",
        "external",
    )
    assert run.script.endswith("client.py")
    assert run.user
    assert (run.metrics["loss"].count, run.metrics["loss"].min, run.metrics["loss"].max) == (5, 0.2, 1.0)
    assert "mlflow.runName" not in run.tags


def test_that_nan_and_infinities_are_kept(outcome: Outcome) -> None:
    found = of(outcome, "odd_numbers")
    assert found["values"] == ["nan", "inf", "-inf", "1e+308", "5e-324"]
    assert found["latest"] == "5e-324"
    assert found["step"] == -7


def test_that_nested_runs_are_children(outcome: Outcome) -> None:
    found = of(outcome, "nested")
    assert found["children"] == [found["child"]]
    assert found["named"]
    assert outcome[0].run(found["grandchild"]).parent_id == found["child"]
    assert outcome[0].run(found["child"]).parent_id == found["parent"]


def test_that_batches_are_whole_and_params_stay(outcome: Outcome) -> None:
    found = of(outcome, "batches")
    assert (found["points"], found["same"], found["timestamp"]) == (2500, True, 1_700_000_002_499)
    assert found["params"] == 100
    assert found["late"] == 1.0  # the latest is the one with the greatest step
    assert found["status"] == "KILLED"
    assert (found["changed"], found["again"]) == ("INVALID_PARAMETER_VALUE", "")


def test_that_search_filters_orders_and_pages(outcome: Outcome) -> None:
    found = of(outcome, "searching")
    assert [len(page) for page in found["pages"]] == [10, 10, 5]
    assert [name for page in found["pages"] for name in page] == [f"run {number:02}" for number in range(25)]
    assert (found["newest"], found["count"]) == ("run 24", 25)
    assert found["filtered"] == ["run 21", "run 23"]
    assert found["running"] == ["run 07"]
    assert found["named"] == ["run 09", "run 08", "run 07"]
    assert found["tagged"] == ["run 03"]
    assert found["frame"] == ["run 23", "run 24"]
    assert found["wrong"] == "INVALID_PARAMETER_VALUE"


def test_that_deleting_is_a_trash(outcome: Outcome) -> None:
    found = of(outcome, "trash")
    assert found["stages"] == ["deleted", "active", "deleted"]
    assert (found["active"], found["deleted"], found["hidden"]) == (0, 1, True)
    assert found["refused"] == "INVALID_PARAMETER_VALUE"
    assert found["renamed"] == "out of the trash"


def test_that_experiments_are_searched_and_tagged(outcome: Outcome) -> None:
    found = of(outcome, "experiments")
    assert found["pages"] == [["listed 0", "listed 1"], ["listed 2", "listed 3"], ["listed 4"]]
    assert found["tags"] == {"kind": "list", "mlflow.note.content": "The first."}
    assert (found["none"], found["default"], found["twice"]) == (True, "Default", "RESOURCE_ALREADY_EXISTS")


def test_that_a_run_is_taken_up_again(outcome: Outcome) -> None:
    found = of(outcome, "resumed")
    assert (found["during"], found["after"], found["a"], found["failed"]) == ("RUNNING", "FINISHED", 2.0, "FAILED")


def test_that_artifacts_go_up_and_come_down(outcome: Outcome) -> None:
    found = of(outcome, "artifacts")
    assert found["listed"] == ["data", "empty", "figure.png", "one.csv", "texts", "tree"]
    assert found["deep"] == [["tree/deep", True, None], ["tree/top.bin", False, 2_560_000]]
    assert found["bytes"]
    assert (found["text"], found["loaded"]) == ("deep", {"a": [1, 2]})
    assert found["all"] == ["texts/told.json"]
    assert found["missing"]
    assert found["file"]


def test_that_artifacts_are_outputs_of_the_run(outcome: Outcome) -> None:
    run_id = of(outcome, "artifacts")["run_id"]
    known = {one.path: one for one in outcome[0].run(run_id).artifacts}
    assert set(known) >= {"data/in/one.csv", "empty", "figure.png", "one.csv", "tree/deep/ü a.txt", "tree/top.bin"}
    assert (known["tree/top.bin"].size, known["empty"].size) == (2_560_000, 0)
    assert known["tree/top.bin"].digest.startswith("sha256:")
    assert outcome[0].artifact(run_id, "texts/said.txt") == b"a text"
    folder = WorkspacePaths(outcome[0].home).run(run_id) / "outputs"
    assert {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} == set(known)


def test_that_datasets_are_inputs_of_the_run(outcome: Outcome) -> None:
    found = of(outcome, "datasets")
    assert (found["name"], found["digest"], found["source"]) == ("points", True, {"url": "https://example.org/data.csv"})
    assert found["context"] == {"mlflow.data.context": "training"}
    assert found["columns"]
    assert found["found"] == [found["run_id"]]
    (given,) = outcome[0].run(found["run_id"]).inputs
    assert (given.kind, given.name, given.path, given.rows) == ("dataset", "points", "https://example.org/data.csv", 2)


def test_that_autolog_s_model_is_loaded_back_and_says_the_same(outcome: Outcome) -> None:
    found = of(outcome, "autolog")
    assert found["alpha"] == "0.5"
    assert "training_r2_score" in found["metrics"]
    assert found["equal"] == [True, True, True, True]
    assert found["version"] == "1"
    assert found["of_run"] == found["run_id"]
    version = outcome[0].model("ridge")
    assert version.run_id == found["run_id"]
    assert "MLmodel" in {file.path for file in version.files}
    assert version.aliases == ("champion",)


def test_that_the_registry_keeps_versions_tags_aliases_and_stages(outcome: Outcome) -> None:
    found = of(outcome, "registry")
    assert [str(number) for number in found["versions"]] == ["1", "2", "3", "4"]  # the third was deleted before
    assert found["stages"] == ["Archived", "Production"]
    assert found["latest"] == [["Archived", "1"], ["Production", "2"]]
    assert found["description"] == ["Sells more.", "The first.", "The second."]
    assert found["tags"] == [{"team": "red", "owner": "me"}, {"size": "small", "checked": "yes"}]
    assert found["aliases"] == {"champion": "2", "old": "1"}
    assert (found["of_version"], found["by_alias"]) == (["old"], "2")
    assert (found["weights"], found["elsewhere"]) == ("weights", True)
    assert (found["found"], found["by_run"], found["models"]) == (["1"], 2, ["shop"])
    assert found["renamed"] == "store"
    assert found["kept"] == [{"size": "small"}, ["champion"]]
    assert (found["twice"], found["none"]) == ("RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST")
    assert (found["bad_name"], found["bad_alias"]) == ("INVALID_PARAMETER_VALUE", "INVALID_PARAMETER_VALUE")


def test_that_logged_models_are_models_of_their_own(outcome: Outcome) -> None:
    found = of(outcome, "logged_models")
    if not found:
        pytest.skip("this line of MLflow knows no logged models")
    assert (found["name"], found["status"]) == ("line", "READY")
    assert found["params"] == {"a": "1"}
    assert found["metrics"] == [["rmse", 0.25]]
    assert found["searched"]
    assert found["ordered"] == ["outside", "line", "line"]
    assert found["tags"] == {"d": "e"}
    assert found["equal"] == [True, True]
    assert found["outputs"]
    assert "MLmodel" in found["files"]
    assert found["of_run"] == [f"line/{path}" for path in found["files"]]
    assert found["run_root"] == []  # MLflow shows models beside a run's files, not among them
    assert found["deleted"] == "RESOURCE_DOES_NOT_EXIST"
    assert found["alone"] == {"size": "9"}
    assert found["version_tags"] == {"b": "c"}
    run = outcome[0].run(found["run_id"])
    assert "line/MLmodel" in {one.path for one in run.artifacts}


def test_that_refusals_have_mlflow_s_codes(outcome: Outcome) -> None:
    found = of(outcome, "refusals")
    assert found == {
        "no_run": "RESOURCE_DOES_NOT_EXIST",
        "no_experiment": "RESOURCE_DOES_NOT_EXIST",
        "no_model": "RESOURCE_DOES_NOT_EXIST",
        "no_version": "INVALID_PARAMETER_VALUE",
        "no_tag": "RESOURCE_DOES_NOT_EXIST",
    }


def test_that_no_upload_is_left_half_done(outcome: Outcome, tmp_path: Path) -> None:
    of(outcome, "artifacts")
    assert list((WorkspacePaths(outcome[0].home).cache / "uploads").iterdir()) == []
