"""Many log while many look, and the disk may be full meanwhile: what was acknowledged is there."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.benchmarks.tracking.load import load
from tests.conftest import Requirement
from tests.server.conftest import served
from workbench.client import Client
from workbench.schema import RunStatus


@pytest.mark.slow
def test_that_nothing_is_lost_while_many_log_and_many_look(client: Client, tmp_path: Path) -> None:
    done = load(client, tmp_path / "project", jobs=4, seconds=3, readers=3)
    assert [run.status for run in done.runs] == [RunStatus.FINISHED] * 4, [run.reason for run in done.runs]
    assert done.missing == {}
    assert done.failures == []
    assert len(done.reads) > 20


@pytest.fixture
def small(tmp_path: Path, require: Requirement) -> Iterator[Path]:
    """A workspace folder on a disk of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        sys.platform == "linux"
        and shutil.which("mount") is not None
        and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True).returncode == 0
    )
    require("mount", available=mounted, reason="mounting a small file system needs root on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Writes until the disk is full."""
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_that_a_disk_that_fills_up_while_a_run_logs_loses_nothing_that_was_acknowledged(small: Path) -> None:
    with (
        served(small) as client,
        httpx.Client(
            base_url=f"{client.url}/api/2.0/mlflow",
            headers={"Authorization": f"Bearer {client.token}"},
            trust_env=False,
            timeout=60,
        ) as http,
    ):
        experiment = http.post("/experiments/create", json={"name": "full"}).json()["experiment_id"]
        run_id = http.post("/runs/create", json={"experiment_id": experiment}).json()["run"]["info"]["run_id"]
        acknowledged: list[int] = []

        def send(step: int) -> httpx.Response:
            metrics: list[dict[str, Any]] = [{"key": "loss", "value": step / 7, "timestamp": 1, "step": step}]
            tags = [{"key": f"note {step}", "value": "x" * 4000}]
            answer = http.post("/runs/log-batch", json={"run_id": run_id, "metrics": metrics, "tags": tags})
            if answer.status_code == 200:
                acknowledged.append(step)
            return answer

        for step in range(50):
            assert send(step).status_code == 200
        filler = small / "filler"
        with pytest.raises(OSError, match="No space"):
            fill(filler)
        refused = [answer for answer in map(send, range(50, 400)) if answer.status_code != 200]
        assert refused
        assert {answer.status_code for answer in refused} == {503}
        assert all("disk is full" in answer.json()["message"].lower() for answer in refused)
        assert list(client.series(run_id, "loss", 0).steps) == acknowledged
        filler.unlink()
        for step in range(400, 420):
            assert send(step).status_code == 200
        assert list(client.series(run_id, "loss", 0).steps) == acknowledged
        assert acknowledged[-20:] == list(range(400, 420))
        client.shutdown()
    with served(small) as again:
        assert list(again.series(run_id, "loss", 0).steps) == acknowledged
