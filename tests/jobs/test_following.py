"""One job that logs a lot does not keep the scheduler from the others."""

import json
import os
from pathlib import Path
from typing import Any

from workbench.jobs.opened import OpenedRun
from workbench.schema import RunOpen, RunStatus

_POINTS = 40_000  # three megabytes


def test_that_a_job_that_logs_a_lot_is_read_in_parts_and_ends_when_all_is_there(workspace: Any) -> None:
    with workspace.manager(started=False) as manager:
        opened = manager.open_run(RunOpen(pid=os.getpid(), kind="external"))
        points = ({"kind": "metric", "key": "loss", "value": 1.0, "step": step, "time": 1.0} for step in range(_POINTS))
        Path(opened.folder, "events.jsonl").write_text("".join(f"{json.dumps(point)}\n" for point in points))
        status = Path(opened.folder, "status.json")
        status.write_text(json.dumps({**json.loads(status.read_text()), "state": "finished"}))
        manager._scheduler._take_up()
        job = manager._scheduler._watched[opened.id]
        assert isinstance(job, OpenedRun)
        seen = [0]
        while not job.step():
            assert job.behind
            seen.append(workspace.store.get(opened.id).metrics["loss"].count)
            assert workspace.store.get(opened.id).status is RunStatus.RUNNING
        assert len(seen) >= 3
        assert seen == sorted(set(seen))
        run = workspace.store.get(opened.id)
        assert (run.status, run.metrics["loss"].count) == (RunStatus.FINISHED, _POINTS)
        assert not job.behind
