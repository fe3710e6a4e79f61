"""Emptying the trash takes the folders of the runs, and the snapshots that nothing needs any more."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.conftest import Workspace
from workbench.base.errors import NotFound
from workbench.projects import Project
from workbench.runs.tables import services
from workbench.schema import JobRequest


def _age(repository: Path) -> None:
    """As if all that is in the repository was written three hours ago."""
    then = time.time() - 3 * 3600
    for path in (repository / "objects").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_that_only_snapshots_without_a_run_or_service_go(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest]
) -> None:
    with workspace.manager(started=False) as manager:
        runs = []
        for number in range(5):
            (project.folder / "data.bin").write_bytes(os.urandom(100_000))
            runs.append(manager.submit(request_for(f"print({number})")))
        for run in runs:
            manager.cancel(run.id)
            (workspace.paths.run(run.id)).mkdir(parents=True, exist_ok=True)
        served, _kept, gone, trashed, _latest = runs
        values = {"name": "s", "model": "m", "version": 1, "run_id": served.id, "status": "stopped"}
        with workspace.database.write() as write:
            write.execute(services.insert().values(**values, spec={"snapshot": served.snapshot}, created=served.created))
        assert manager.empty_trash().runs == ()
        for run in (served, gone):
            workspace.store.trash(run.id)
        _age(workspace.paths.snapshots)
        emptied = manager.empty_trash()
        assert set(emptied.runs) == {served.id, gone.id}
        assert emptied.snapshot_bytes > 90_000
        workspace.store.trash(trashed.id)
        for run in runs:
            if run is gone:
                with pytest.raises(NotFound):
                    manager.snapshots.files(run.snapshot)
            else:
                assert "script.py" in manager.snapshots.files(run.snapshot)
        there = {path.name for path in workspace.paths.runs.iterdir()}
        assert {run.id for run in runs} & there == {run.id for run in runs} - set(emptied.runs)
        workspace.store.untrash(trashed.id)
        assert "script.py" in manager.snapshots.files(workspace.store.get(trashed.id).snapshot)


def test_that_a_run_that_is_deleted_takes_its_snapshot_with_it_unless_another_needs_it(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest]
) -> None:
    with workspace.manager(started=False) as manager:
        runs = [manager.submit(request_for("print(1)")) for _ in range(2)]
        (project.folder / "data.bin").write_bytes(os.urandom(100_000))
        latest = manager.submit(request_for("print(2)"))
        for run in (*runs, latest):
            manager.cancel(run.id)
            workspace.paths.run(run.id).mkdir(parents=True, exist_ok=True)
        first, second = runs
        assert first.snapshot == second.snapshot != latest.snapshot
        _age(workspace.paths.snapshots)
        manager.remove(first.id)
        assert "script.py" in manager.snapshots.files(second.snapshot)
        _age(workspace.paths.snapshots)
        manager.remove(second.id)
        with pytest.raises(NotFound):
            manager.snapshots.files(second.snapshot)
        assert "script.py" in manager.snapshots.files(latest.snapshot)
        assert {path.name for path in workspace.paths.runs.iterdir()} & {run.id for run in (*runs, latest)} == {latest.id}
