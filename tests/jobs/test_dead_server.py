"""The server's process is killed while a job runs: nothing is lost."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.waiting import until
from workbench.projects import Project
from workbench.schema import JobRequest, RunStatus

SERVER = """
import sys, time
from pathlib import Path
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs.manager import JobManager
from workbench.runs import Database, RunStore
from workbench.schema import JobRequest
paths = WorkspacePaths(Path(sys.argv[1]))
database = Database(paths.database)
manager = JobManager(database, RunStore(database), paths, Settings(parallel_jobs=1), lambda event: None)
manager.start()
for line in sys.stdin:
    print(manager.submit(JobRequest.model_validate_json(line)).id, flush=True)
"""


def test_that_a_job_goes_on_when_its_server_is_killed(
    workspace: Any, request_for: Callable[..., JobRequest], project: Project, home: Path, tmp_path: Path
) -> None:
    (project.folder / "requirements.txt").write_text("six\n")
    go = tmp_path / "go"
    code = f"""
import pathlib, six, time, workbench
print("began", flush=True)
for step in range(1000):
    workbench.log("loss", step, step=step)
while not pathlib.Path({str(go)!r}).exists():
    time.sleep(0.02)
for step in range(1000, 2000):
    workbench.log("loss", step, step=step)
workbench.log_text("model.txt", "model")
print("end")
"""
    requests = [request_for(code), request_for("print('waited')", file="second.py")]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert server.stdin is not None
        assert server.stdout is not None
        ids = []
        for request in requests:
            server.stdin.write(request.model_dump_json() + "\n")
            server.stdin.flush()
            ids.append(server.stdout.readline().strip())
        workspace.until(ids[0], lambda run: "loss" in run.metrics)
    finally:
        server.kill()
        server.communicate()
    go.touch()
    until(lambda: "end" in workspace.log(ids[0]), "the end of the job", 30)
    with workspace.manager() as manager:
        first, second = workspace.end_of(ids[0]), workspace.end_of(ids[1])
        assert (first.status, second.status) == (RunStatus.FINISHED, RunStatus.FINISHED)
        assert "began\nend\n" in manager.log(ids[0]).text
    assert (first.metrics["loss"].count, first.metrics["loss"].last) == (2000, 1999)
    assert workspace.store.series(ids[0], "loss", 0).steps == tuple(range(2000))
    assert [artifact.path for artifact in first.artifacts] == ["model.txt"]
