"""A job's script that logs through MLflow logs into the job's run; what it is given opens that run and little else."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Requirement
from tests.mlflow.conftest import CLIENTS, Protocol
from tests.server.conftest import served
from tests.tools import environment
from tests.waiting import until
from workbench.base.masking import MASK
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.projects import Project
from workbench.schema import JobRequest, Run, RunStatus
from workbench.server.tokens import Tokens

_SCRIPT = """
import pathlib
import mlflow

pathlib.Path("outputs").mkdir(exist_ok=True)
pathlib.Path("outputs/own.txt").write_text("own")
mlflow.set_experiment("an experiment of the script's own")
with mlflow.start_run(run_name="ours") as run:
    print("run", run.info.run_id)
    mlflow.log_param("depth", 3)
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("text", "said.txt")
    with mlflow.start_run(nested=True) as child:
        mlflow.log_metric("inner", 1)
    mlflow.log_text("other", "folder/more.txt")
raise SystemExit(3 if {failing} else 0)
"""


def end_of(client: Client, run_id: str) -> Run:
    until(lambda: client.run(run_id).status.is_final, seconds=120)
    return client.run(run_id)


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    """A client of a server of the test's own."""
    with served(home) as connected:
        yield connected


@pytest.fixture
def project(tmp_path: Path, require: Requirement) -> Project:
    """A project whose jobs run where MLflow's newest client is."""
    python = environment(require, *CLIENTS["newest"], "scikit-learn")
    made = Project.create(tmp_path / "project", name="flights")
    config = f'[environment]\nkind = "interpreter"\npython = "{python.as_posix()}"\n'
    (made.folder / "runconfig" / "mlflow.toml").write_text(config, "utf-8")
    return made


@pytest.mark.parametrize("failing", [False, True])
def test_that_a_script_s_run_is_the_job_s(client: Client, project: Project, failing: bool) -> None:
    (project.folder / "train.py").write_text(_SCRIPT.replace("{failing}", str(failing)), "utf-8")
    submitted = client.submit(JobRequest(project=str(project.folder), config="mlflow", script="train.py"))
    run = end_of(client, submitted.id)
    assert f"run {run.id}" in client.log(run.id).text, client.log(run.id).text
    assert (run.experiment, run.name, run.params) == ("flights", "ours", {"depth": "3"})
    assert run.metrics["loss"].count == 20
    assert run.status is (RunStatus.FAILED if failing else RunStatus.FINISHED)  # whatever its script said to MLflow
    assert run.tags["mlflow.endStatus"] == "FINISHED"
    assert {one.path for one in run.artifacts} == {"own.txt", "said.txt", "folder/more.txt"}
    assert client.artifact(run.id, "said.txt") == b"text"
    (child,) = [one for one in client.runs().runs if one.parent_id == run.id]
    assert (child.metrics["inner"].last, child.status, child.experiment) == (1.0, RunStatus.FINISHED, "flights")


def test_that_what_is_logged_after_autologging_is_the_job_s_too(
    home: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the user has a proxy, and a password for another server of MLflow's."""
    (tmp_path / "user" / ".mlflow").mkdir(parents=True)
    secret = "[mlflow]\nmlflow_tracking_username = somebody\nmlflow_tracking_password = else\n"
    (tmp_path / "user" / ".mlflow" / "credentials").write_text(secret, "utf-8")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    code = """
import mlflow
from sklearn.linear_model import Ridge

mlflow.sklearn.autolog(log_models=False, log_datasets=False)
Ridge(alpha=0.5).fit([[1.0], [2.0], [4.0]], [1.0, 2.0, 3.0])
mlflow.log_metric("after", 1)
mlflow.end_run()
for depth in range(2):
    with mlflow.start_run():
        mlflow.log_param("depth", depth)
"""
    (project.folder / "train.py").write_text(code, "utf-8")
    with served(home) as client:
        run = end_of(client, client.submit(JobRequest(project=str(project.folder), config="mlflow", script="train.py")).id)
        assert run.status is RunStatus.FINISHED, client.log(run.id).text
        children = [client.run(one.id) for one in client.runs().runs if one.parent_id == run.id]
    assert {"after", "training_r2_score"} <= run.metrics.keys()
    assert run.params["alpha"] == "0.5"
    assert sorted(child.params["depth"] for child in children) == ["0", "1"]


def test_that_a_secret_that_a_script_logs_is_blacked_out(client: Client, project: Project) -> None:
    code = """
import os
import mlflow

mlflow.log_param("with", f"user:{os.environ['API_TOKEN']}@host")
mlflow.set_tag("told", os.environ["API_TOKEN"])
mlflow.log_metric("loss", 123456)
"""
    (project.folder / "train.py").write_text(code, "utf-8")
    secrets = {"API_TOKEN": "hush-hush-hush", "PIN_KEY": "123456"}
    request = JobRequest(project=str(project.folder), config="mlflow", script="train.py", variables=secrets)
    run = end_of(client, client.submit(request).id)
    assert run.status is RunStatus.FINISHED, client.log(run.id).text
    assert (run.params["with"], run.tags["told"]) == (f"user:{MASK}@host", MASK)
    assert "hush" not in run.model_dump_json()
    assert run.metrics["loss"].last == 123456  # a number is no secret, whatever its digits


def token_of(client: Client, run_id: str) -> str:
    return Tokens(WorkspacePaths(client.home).token_secret).for_run(run_id)


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with runs `own`, `child` (of own), `sibling` (of its experiment) and `foreign`, and what own's token opens."""
    with served(tmp_path_factory.mktemp("scoped") / "workspace") as client:
        everything = Protocol(client)
        ids = {"own": everything.run(), "sibling": everything.run()}
        ids["child"] = everything.run(tags=[{"key": "mlflow.parentRunId", "value": ids["own"]}])
        other = everything.post("experiments/create", name="other")["experiment_id"]
        ids["foreign"] = everything.run(other)
        ids["other experiment"] = other
        yield Protocol(client, token_of(client, ids["own"])), ids


def test_that_a_run_s_token_writes_to_the_run_and_what_is_below(scoped: tuple[Protocol, dict[str, str]]) -> None:
    protocol, ids = scoped
    point = {"key": "a", "value": 1, "timestamp": 1}
    for run in ("own", "child"):
        protocol.post("runs/log-metric", run_id=ids[run], **point)
        protocol.post("runs/log-batch", run_id=ids[run], metrics=[point], params=[{"key": "p", "value": "1"}])
        protocol.post("runs/set-tag", run_id=ids[run], key="x", value="y")
    for run in ("sibling", "foreign"):
        for path, body in (
            ("runs/log-metric", point),
            ("runs/log-batch", {"metrics": [point]}),
            ("runs/log-parameter", {"key": "p", "value": "1"}),
            ("runs/set-tag", {"key": "x", "value": "y"}),
            ("runs/delete-tag", {"key": "x"}),
            ("runs/update", {"status": "FINISHED"}),
            ("runs/log-inputs", {"datasets": []}),
            ("runs/outputs", {"models": [{"model_id": "m-1"}]}),
            ("runs/log-model", {"model_json": "{}"}),
        ):
            assert protocol.refused("POST", path, run_id=ids[run], **body) == (403, "PERMISSION_DENIED"), path


def test_that_a_run_s_token_reads_its_experiment_alone(scoped: tuple[Protocol, dict[str, str]]) -> None:
    protocol, ids = scoped
    for run in ("own", "child", "sibling"):
        assert protocol.get("runs/get", run_id=ids[run])["run"]["info"]["run_id"] == ids[run]
        protocol.get("metrics/get-history", run_id=ids[run], metric_key="a")
    assert protocol.refused("GET", "runs/get", run_id=ids["foreign"]) == (403, "PERMISSION_DENIED")
    assert protocol.refused("GET", "metrics/get-history", run_id=ids["foreign"], metric_key="a")[0] == 403
    assert protocol.refused("GET", "experiments/get", experiment_id=ids["other experiment"])[0] == 403
    assert protocol.refused("POST", "runs/search", experiment_ids=[ids["other experiment"]])[0] == 403
    assert {run["info"]["run_id"] for run in protocol.post("runs/search", experiment_ids=["0"])["runs"]} >= {
        ids["own"],
        ids["sibling"],
    }
    assert protocol.get("experiments/get-by-name", experiment_name="other")["experiment"]["name"] == "Default"  # the run's own


def test_that_a_run_s_token_makes_children_only(scoped: tuple[Protocol, dict[str, str]]) -> None:
    protocol, ids = scoped
    assert protocol.client.run(protocol.run()).parent_id == ids["own"]
    assert protocol.refused("POST", "runs/create", experiment_id=ids["other experiment"])[0] == 403
    tags = [{"key": "mlflow.parentRunId", "value": ids["sibling"]}]
    assert protocol.refused("POST", "runs/create", experiment_id="0", tags=tags)[0] == 403
    assert protocol.refused("POST", "runs/set-tag", run_id=ids["child"], key="mlflow.parentRunId", value=ids["foreign"])[0] == 403


def test_that_a_run_s_token_opens_no_file_of_another_run(scoped: tuple[Protocol, dict[str, str]]) -> None:
    protocol, ids = scoped
    everything = Protocol(protocol.client)
    prefix = "/api/2.0/mlflow-artifacts/artifacts/"
    for run in ("own", "foreign"):
        uri = everything.get("runs/get", run_id=ids[run])["run"]["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
        assert everything.send("PUT", f"{uri}/secret.txt", prefix=prefix, content=b"x").status_code == 200
        expected = 200 if run == "own" else 403
        assert protocol.send("GET", f"{uri}/secret.txt", prefix=prefix).status_code == expected
        assert protocol.send("PUT", f"{uri}/new.txt", prefix=prefix, content=b"x").status_code == expected
        assert protocol.send("DELETE", f"{uri}/secret.txt", prefix=prefix).status_code == 403
    # The id of a run that it may touch, below the experiment or the run of another.
    own = f"{ids['other experiment']}/{ids['own']}/artifacts/secret.txt"
    assert protocol.send("GET", own, prefix=prefix).status_code == 404


def test_that_a_run_s_token_registers_models_and_takes_none_away(scoped: tuple[Protocol, dict[str, str]]) -> None:
    protocol, ids = scoped
    protocol.post("registered-models/create", name="mine")
    everything = Protocol(protocol.client)
    uri = everything.get("runs/get", run_id=ids["own"])["run"]["info"]["artifact_uri"]
    path = uri.removeprefix("mlflow-artifacts:/")
    everything.send("PUT", f"{path}/model/w", prefix="/api/2.0/mlflow-artifacts/artifacts/", content=b"x")
    protocol.post("model-versions/create", name="mine", source=f"{uri}/model", run_id=ids["own"])
    body = {"name": "mine", "source": f"runs:/{ids['foreign']}/secret.txt"}
    assert protocol.refused("POST", "model-versions/create", **body)[0] == 403
    for method, address, given in (
        ("DELETE", "registered-models/delete", {"name": "mine"}),
        ("DELETE", "model-versions/delete", {"name": "mine", "version": "1"}),
        ("POST", "registered-models/rename", {"name": "mine", "new_name": "yours"}),
        ("POST", "experiments/create", {"name": "new"}),
        ("POST", "runs/delete", {"run_id": ids["own"]}),
    ):
        assert protocol.refused(method, address, **given) == (403, "PERMISSION_DENIED"), address


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_that_a_link_in_the_outputs_leads_nowhere(scoped: tuple[Protocol, dict[str, str]], tmp_path: Path) -> None:
    protocol, ids = scoped
    (tmp_path / "secret").write_text("mine")
    outputs = WorkspacePaths(protocol.client.home).run(ids["own"]) / "outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    (outputs / "way").symlink_to(tmp_path)
    listed = protocol.get("artifacts/list", run_id=ids["own"])["files"]
    assert "way" not in {one["path"] for one in listed}
    response = protocol.send("GET", "artifacts/list", params={"run_id": ids["own"], "path": "way"})
    assert response.json()["files"] == []
