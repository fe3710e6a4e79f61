"""The tour on a part of its data: every step for real, in less time."""

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import Requirement
from tests.flows.conftest import Start
from workbench.cli.doctor.checks import check_network
from workbench.cli.tour.story import new_folder
from workbench.client import Client
from workbench.schema import RunStatus, ServiceStatus


def test_that_a_folder_in_use_gets_a_number(tmp_path: Path) -> None:
    assert new_folder(tmp_path / "flights") == tmp_path / "flights"
    for name in ("flights", "flights-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    assert new_folder(tmp_path / "flights") == tmp_path / "flights-3"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_tour_from_the_raw_file_to_the_scored_request(
    start: Start, workspace: Path, tmp_path: Path, require: Requirement
) -> None:
    network = check_network()
    require("network", available=network.state == "ok", reason=f"the package index {network.detail}")
    out = _tour(start, tmp_path / "flights")
    for part in ("5AM-6AM", "validation_auc", "late-flights:1", "curl", "9/9", "together"):
        assert part in out

    project = tmp_path / "flights"
    assert (project / ".git").is_dir()
    assert (project / "data" / "flights.parquet").is_file()
    package = json.loads((project / "data" / "flights.wbprep").read_text("utf-8"))
    assert [flow["name"] for flow in package["flows"]] == ["weather", "flights"]
    with Client.connect(workspace, start=False) as client:
        runs = client.runs(project=str(project)).runs
        assert [run.status for run in runs] == [RunStatus.FINISHED] * 5
        training = [run for run in runs if run.script == "train.py"]
        best = max(training, key=lambda run: run.metrics["validation_auc"].last)
        assert client.model("late-flights").run_id == best.id
        assert {part.kind for part in client.lineage("service", "late-flights").parts} == {
            "data", "preparation", "run", "model", "service"
        }  # fmt: skip
        for run in training:
            artifacts = [artifact.path for artifact in client.run(run.id).artifacts]
            assert "model.joblib" in artifacts
            assert any(path.endswith(".png") for path in artifacts)
            assert run.metrics["validation_log_loss"].count > 5
            assert 0.55 < run.metrics["auc"].last < 0.95
        service = client.service("late-flights")
        assert service.status is ServiceStatus.HEALTHY
        assert _curl(service.curl)["predictions"][0]["late_probability"] > 0
        assert b"requests" in _metrics(service.address)

    again = _tour(start, tmp_path / "flights", rows=1500)
    assert "late-flights:2" in again
    assert str(tmp_path / "flights-2") in again


def _tour(start: Start, folder: Path, rows: int = 5000) -> str:
    process = start("tour", "--folder", folder, "--rows", str(rows), "--yes")
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, out + err
    return out


def _curl(line: str) -> dict[str, list[dict[str, float]]]:
    if sys.platform == "win32" or shutil.which("curl") is None:
        pytest.skip("no shell with curl here")
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[dict[str, float]]] = json.loads(done.stdout)
    return answer


def _metrics(address: str) -> bytes:
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as reply:
        content: bytes = reply.read()
        return content
