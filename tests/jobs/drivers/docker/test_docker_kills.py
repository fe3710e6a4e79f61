"""Server and runners are killed, and the engine is started anew, while many short jobs run in containers."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.jobs.drivers.dockerd import Dockerd
from tests.jobs.test_kills import FINAL, SCRIPT, _kill, _runners, _server
from tests.waiting import until
from workbench.jobs.folder import RunFolder
from workbench.schema import DockerSpec, JobRequest, RunStatus, Slots, TargetRequest

JOBS = 50
KILLS = 20


@pytest.mark.timeout(600)
def test_that_whatever_is_killed_each_container_job_ends_once_and_leaves_nothing(
    workspace: Any, request_for: Callable[..., JobRequest], project: Any, home: Path, tmp_path: Path, docker_engine: Dockerd
) -> None:
    (project.folder / "runconfig/docker.toml").write_text(
        'target = "box"\n[environment]\nkind = "interpreter"\npython = "python3"\n[resources]\ncpus = 0.25\n'
    )
    chance = random.Random(20261121)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.mkdir()
    spec = DockerSpec.model_validate(docker_engine.spec(ca_bundle="", volumes=[f"{acknowledged}:{acknowledged}"]))
    request = request_for(SCRIPT, config="docker")
    with workspace.manager(started=False) as manager:
        manager.targets.add(TargetRequest(name="box", spec=spec, slots=Slots(cpus=1)))
        ids = [
            manager.submit(request.model_copy(update={"arguments": (str(acknowledged / str(number)),)})).id
            for number in range(JOBS)
        ]

    def over() -> bool:
        return all(workspace.store.get(run_id).status.is_final for run_id in ids)

    kills, without_engine = 0, set()
    while kills < KILLS and not over():
        with _server(home) as server:
            until(lambda: _runners(workspace, ids) or over(), "a job runs, or all have ended", 60)
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=chance.uniform(0.0, 2.0))
            kills += 1
            if kills == KILLS // 2:
                without_engine = {one.removeprefix("workbench-") for one in docker_engine.containers()}
                docker_engine.kill()
                docker_engine.start()
            elif kills % 3 and (runners := _runners(workspace, ids)):
                _kill(chance.choice(runners))
    with _server(home):
        for run_id in ids:
            workspace.end_of(run_id, within=240)
    assert kills > KILLS // 2
    ends = dict.fromkeys(FINAL, 0)
    with workspace.manager(started=False) as manager:
        for number, run_id in enumerate(ids):
            run, folder = workspace.store.get(run_id), RunFolder(workspace.paths.run(run_id))
            ends[run.status.value] += 1
            assert [one.status.value for one in manager.get(run_id).history if one.status.value in FINAL] == [run.status.value]
            written = acknowledged / str(number)
            steps = [int(line) for line in written.read_text().split()] if written.exists() else []
            assert steps == sorted(set(steps)), f"a job ran twice: {steps}"
            stored = workspace.store.series(run_id, "loss", 0).steps if "loss" in run.metrics else ()
            assert set(stored) >= set(steps), f"acknowledged {steps}, stored {stored}"
            assert len(stored) == len(set(stored)), "a value was stored twice"
            if run.status is RunStatus.FINISHED:
                assert stored == tuple(range(8))
                lines = [line for line in workspace.log(run_id).splitlines() if line.startswith("step ")]
                # What a container writes and nobody takes before it ends is Docker's to lose, not ours.
                whole = [f"step {step}" for step in range(8)]
                assert lines == (whole[: len(lines)] if run_id in without_engine else whole)
            else:
                assert run.status is RunStatus.LOST, f"{run.status}: {run.reason}"
            assert not folder.work.exists()
            assert not folder.secrets.exists()
    assert ends["finished"] > JOBS // 2, ends
    until(lambda: not docker_engine.containers(), f"containers are gone: {docker_engine.containers()}")
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(workspace.paths.runs) in " ".join(one.info["cmdline"] or ())]
