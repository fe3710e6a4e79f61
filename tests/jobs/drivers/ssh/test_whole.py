"""A job from its submission to its end on a remote machine: manager, queue, runner, driver."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.conftest import Workspace
from tests.jobs.drivers.contract import processes_of
from tests.jobs.drivers.sshd import Sshd
from tests.server.conftest import served
from tests.waiting import until
from workbench.base.errors import Conflict, UserError
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Keep
from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus, SshSpec, TargetRequest


def test_that_a_submitted_job_runs_there_and_all_it_leaves_is_here(
    workspace: Workspace, request_for: Callable[..., JobRequest], sshd: Sshd, remote: Path
) -> None:
    code = (
        "import os, sys, workbench\nworkbench.log('loss', 0.5, step=1)\nworkbench.log_params({'rate': sys.argv[1]})\n"
        "workbench.log_text('model/note.txt', 'weights')\nprint('in', os.getcwd())"
    )
    request = request_for(code, target="box", arguments=("0.1",))
    Path(request.project, "runconfig", "local.toml").write_text(
        '[environment]\nkind = "interpreter"\npython = "python3"\n', encoding="utf-8"
    )
    with workspace.manager() as manager:
        added = manager.targets.add(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote), host_key=""))))
        assert isinstance(added.spec, SshSpec)
        assert added.spec.host_key == sshd.host_key
        assert [link.state for link in manager.targets.test("box").links] == ["ok"] * 5
        run = workspace.end_of(manager.submit(request).id, within=240)
    assert run.status is RunStatus.FINISHED, run.reason
    assert run.target == "box"
    assert run.metrics["loss"].last == 0.5
    assert run.params["rate"] == "0.1"
    assert [one.path for one in run.artifacts] == ["model/note.txt"]
    assert f"in {remote}/runs/{run.id}/work" in workspace.log(run.id)
    assert list((remote / "runs").iterdir()) == []
    assert processes_of(run.id) == []


def test_that_a_job_cancelled_there_ends_there(
    workspace: Workspace, request_for: Callable[..., JobRequest], sshd: Sshd, remote: Path
) -> None:
    request = request_for("import time\nprint('ready', flush=True)\ntime.sleep(600)", target="box")
    Path(request.project, "runconfig", "local.toml").write_text(
        '[environment]\nkind = "interpreter"\npython = "python3"\n', encoding="utf-8"
    )
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote)))))
        run = manager.submit(request)
        workspace.until(run.id, lambda _: "ready" in workspace.log(run.id), within=240)
        manager.cancel(run.id)
        assert workspace.end_of(run.id, within=240).status is RunStatus.CANCELLED
    assert list((remote / "runs").iterdir()) == []
    assert processes_of(run.id) == []


def test_that_a_script_there_logs_through_mlflows_protocol(home: Path, project: Project, sshd: Sshd, remote: Path) -> None:
    code = (
        "import json, os, urllib.request\n"
        "url = os.environ['MLFLOW_TRACKING_URI'] + '/api/2.0/mlflow/runs/log-metric'\n"
        "body = {'run_id': os.environ['MLFLOW_RUN_ID'], 'key': 'auc', 'value': 0.75, 'timestamp': 1700000000000, 'step': 3}\n"
        "headers = {'Authorization': 'Bearer ' + os.environ['MLFLOW_TRACKING_TOKEN'], 'Content-Type': 'application/json'}\n"
        "request = urllib.request.Request(url, json.dumps(body).encode(), headers)\n"
        "print(url, urllib.request.urlopen(request, timeout=30).status)\n"
    )
    (project.folder / "script.py").write_text(code, encoding="utf-8")
    (project.folder / "runconfig" / "local.toml").write_text(
        '[environment]\nkind = "interpreter"\npython = "python3"\n', encoding="utf-8"
    )
    with served(home) as client:
        client.add_target(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote)))))
        run_id = client.submit(JobRequest(project=str(project.folder), script="script.py", target="box")).id
        run = until(lambda: found if (found := client.run(run_id)).status.is_final else None, "the run ends", 240)
    assert run is not None
    assert run.status is RunStatus.FINISHED, run.reason
    assert run.metrics["auc"].last == 0.75


def test_that_a_script_there_reads_a_preparation_where_its_python_can_and_says_what_it_lacks_where_not(
    workspace: Workspace, request_for: Callable[..., JobRequest], sshd: Sshd, remote: Path
) -> None:
    request = request_for(
        "import workbench\nframe = workbench.prep('clean.wbprep')\nworkbench.log('rows', len(frame))\n"
        "import workbench.dataprep\nprint('from', workbench.dataprep.__file__)",
        target="box",
    )
    project = Path(request.project)
    (project / "data.csv").write_text("a,b\n1,x\n2,y\n", encoding="utf-8")
    Package(flows=(Dataflow(name="clean", source=FileRef(path="data.csv"), steps=(Keep(columns=("a",)),)),)).save(
        project / "clean.wbprep"
    )
    config = project / "runconfig" / "local.toml"
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote)))))
        config.write_text(f'[environment]\nkind = "interpreter"\npython = "{sys.executable}"\n', encoding="utf-8")
        run = workspace.end_of(manager.submit(request).id, within=240)
        config.write_text('[environment]\nkind = "interpreter"\npython = "/usr/bin/python3"\n', encoding="utf-8")
        other = workspace.end_of(manager.submit(request).id, within=240)
        with pytest.raises(UserError, match="needs Workbench's own Python, which the target box does not have"):
            manager.submit(request.model_copy(update={"script": "clean.wbprep"}))
    assert run.status is RunStatus.FINISHED, workspace.log(run.id)
    assert run.metrics["rows"].last == 2
    assert [(one.path, one.flow, one.rows) for one in run.inputs] == [("clean.wbprep", "clean", 2)]
    assert f"from {remote}/sdk/" in workspace.log(run.id)
    assert other.status is RunStatus.FAILED
    assert "The data preparation clean.wbprep cannot be read here, since this Python has no " in other.reason
    assert "Add to the project's requirements: ibis-framework[duckdb], psutil, pydantic." in other.reason


def test_that_what_jobs_left_there_is_removed_but_for_what_is_used(
    workspace: Workspace, request_for: Callable[..., JobRequest], sshd: Sshd, remote: Path
) -> None:
    for name in ("old", "used"):
        (remote / "envs" / name / "bin").mkdir(parents=True)
        (remote / "envs" / name / "workbench-environment.json").write_text("{}")
    os.utime(remote / "envs/old/workbench-environment.json", (0, 0))
    request = request_for("import time\nprint('ready', flush=True)\ntime.sleep(600)", target="box")
    Path(request.project, "runconfig", "local.toml").write_text(
        '[environment]\nkind = "interpreter"\npython = "python3"\n', encoding="utf-8"
    )
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=SshSpec(**sshd.spec(folder=str(remote)))))
        run = manager.submit(request)
        workspace.until(run.id, lambda _: "ready" in workspace.log(run.id), within=240)
        with pytest.raises(Conflict, match="1 job runs on box"):
            manager.targets.clean("box", 0)
        manager.cancel(run.id)
        workspace.end_of(run.id, within=240)
        assert manager.targets.clean("box", 30) == (f"{remote}/envs/old",)
        with pytest.raises(UserError, match="The environments of this target are on this machine"):
            manager.targets.clean("local", 0)
        program = remote / "envs/used/bin/sleep"
        shutil.copy(str(shutil.which("sleep")), program)
        with subprocess.Popen([str(program), "600"]) as user:
            assert manager.targets.clean("box", 0) == ()
            user.kill()
        assert manager.targets.clean("box", 0) == (f"{remote}/envs/used",)
    assert list((remote / "envs").iterdir()) == []
