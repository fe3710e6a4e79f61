"""The REST API of a real server: who comes in, and what failures say."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import served
from tests.waiting import until
from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError, WorkbenchError
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, kill_tree, reap
from workbench.base.settings import load_settings
from workbench.client import Client
from workbench.client.starting import read_handshake
from workbench.runs import Database, RunStore
from workbench.schema import (
    ErrorBody,
    JobRequest,
    KernelRequest,
    LogBatch,
    MetricPoint,
    ModelRequest,
    Reset,
    RunChanged,
    RunConfig,
    RunPatch,
    RunStatus,
    ServiceRequest,
)


@pytest.fixture
def run_id(home: Path) -> str:
    """A finished run that stood in the workspace before the server started."""
    return finished_run(home)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Client]]:
    """Such a run and its server, for all tests that only read."""
    home = tmp_path_factory.mktemp("kept") / "workspace"
    made = finished_run(home)
    with served(home) as connected:
        yield made, connected


def finished_run(home: Path) -> str:
    """A finished run with parameters, odd metrics, a log and outputs; its id."""
    paths = WorkspacePaths(home)
    database = Database(paths.database)
    store = RunStore(database)
    run = store.create_run(experiment="flights", config=RunConfig(), project=str(home / "project"))
    points = tuple(MetricPoint(key="test/loss", value=value, time=utc_now()) for value in (1.0, float("nan"), float("inf")))
    store.log_batch(run.id, LogBatch(metrics=points, params={"depth": "3"}))
    store.set_status(run.id, RunStatus.FINISHED, exit_code=0)
    database.close()
    outputs = paths.run(run.id) / "outputs"
    (outputs / "images").mkdir(parents=True)
    (outputs / "images" / "a b.png").write_bytes(b"\x89PNG")
    (paths.run(run.id) / "log.txt").write_bytes("Zeile 1\nZeile ü\n".encode())
    (outputs / "link").symlink_to("/etc/passwd")
    return run.id


def raw(client: Client, method: str, path: str, **values: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {client.token}", **values.pop("headers", {})}
    return httpx.request(method, f"{client.url}/api/v1{path}", headers=headers, trust_env=False, timeout=30, **values)


def sentence(response: httpx.Response) -> ErrorBody:
    return ErrorBody.model_validate_json(response.content)


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_that_nobody_comes_in_without_the_token(shared: Client, headers: dict[str, str]) -> None:
    for path in ("/health", "/runs", "/events", "/nothing", "/openapi.json"):
        response = raw(shared, "GET", path, headers=headers)
        assert response.status_code == 401
        assert sentence(response).message


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": ""}]
)
def test_that_a_foreign_page_does_not_come_in_with_the_token_either(shared: Client, headers: dict[str, str]) -> None:
    assert raw(shared, "GET", "/health", headers=headers).status_code == 403


def test_that_the_workspace_and_its_handshake_are_the_user_s_alone(shared: Client) -> None:
    path = WorkspacePaths(shared.home).server_json
    assert json.loads(path.read_text("utf-8"))["pid"] == shared.pid
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(shared.home.stat().st_mode) == 0o700


def test_that_the_health_says_where_and_since_when(client: Client, home: Path) -> None:
    health = client.health()
    assert (health.pid, health.workspace, health.notices) == (client.pid, str(home), ())
    assert (health.running, health.queued) == (0, 0)


def test_that_a_wrong_request_gives_one_sentence_with_its_place(shared: Client) -> None:
    response = raw(shared, "GET", "/runs?limit=many")
    assert response.status_code == 400
    assert sentence(response) == ErrorBody(
        kind="user",
        message="The request is wrong in limit: Input should be a valid integer, unable to parse string as an integer.",
        place="limit",
    )
    response = raw(shared, "POST", "/jobs", content=b"{", headers={"Content-Type": "application/json"})
    assert (response.status_code, sentence(response).message) == (400, "The request's body is not valid JSON.")
    response = raw(shared, "POST", "/jobs", json={"project": "/p", "colour": "red"})
    assert sentence(response).place == "colour"


def test_that_unknown_addresses_and_methods_give_a_sentence(shared: Client) -> None:
    assert raw(shared, "GET", "/nothing").status_code == 404
    assert sentence(raw(shared, "GET", "/nothing")).kind == "not_found"
    assert raw(shared, "DELETE", "/health").status_code == 405


def test_that_failures_arrive_as_the_classes_they_were(shared: Client, tmp_path: Path) -> None:
    calls: dict[Any, type[WorkbenchError]] = {
        (lambda: shared.run("0" * 32)): NotFound,
        (lambda: shared.run("..")): NotFound,
        (lambda: shared.runs(order="beauty")): UserError,
        (lambda: shared.submit(JobRequest(project=str(tmp_path / "nowhere")))): NotFound,
        (lambda: shared.model("none")): NotFound,
        (lambda: shared.register_model(ModelRequest(name="m", run_id="0" * 32, path="x"))): NotFound,
        (lambda: shared.service("none")): NotFound,
        (lambda: shared.create_service(ServiceRequest(name="late", model="none", version=1))): NotFound,
        (lambda: shared.kernel("none")): NotFound,
        (lambda: shared.start_kernel(KernelRequest(project="relative"))): UserError,
        (lambda: shared.job("0" * 32)): NotFound,
        (lambda: shared.artifact("0" * 32, "../../secrets.json")): UserError,
    }
    for call, kind in calls.items():
        with pytest.raises(kind):
            call()


def test_that_a_run_is_read_with_all_it_recorded(kept: tuple[str, Client]) -> None:
    run_id, client = kept
    run = client.run(run_id[:8])
    assert (run.id, run.params, run.status) == (run_id, {"depth": "3"}, RunStatus.FINISHED)
    series = client.series(run_id, "test/loss")
    assert series.values[0] == 1.0
    assert series.values[1] != series.values[1]  # NaN
    assert series.values[2] == float("inf")
    assert client.runs(text="flights", status=RunStatus.FINISHED).total == 1
    assert client.runs(status=[RunStatus.QUEUED]).total == 0
    assert client.experiments()[0].runs == 1
    assert client.compare([run_id, "flights/1"]).runs[0].id == run_id
    assert client.lineage("run", run_id).parts[0].id == run_id


def test_that_a_log_is_read_in_parts(kept: tuple[str, Client]) -> None:
    run_id, client = kept
    chunk = client.log(run_id, 0, 10)
    assert (chunk.text, chunk.next) == ("Zeile 1\nZe", 10)
    rest = client.log(run_id, chunk.next)
    assert rest.text == "ile ü\n"
    assert rest.complete


def test_that_outputs_are_served_and_nothing_else(kept: tuple[str, Client], tmp_path: Path) -> None:
    run_id, client = kept
    assert client.artifact(run_id, "images/a b.png") == b"\x89PNG"
    assert client.download_artifact(run_id, "images/a b.png", tmp_path / "x" / "b.png").read_bytes() == b"\x89PNG"
    assert [one.name for one in (tmp_path / "x").iterdir()] == ["b.png"]
    for path in (
        "link",
        "images",
        "none",
        "..%2flog.txt",
        "%2e%2e/log.txt",
        "%2fetc%2fpasswd",
        "images/..%2f..%2flog.txt",
        "a%00b",
    ):
        response = raw(client, "GET", f"/runs/{run_id}/artifacts/{path}")
        assert response.status_code == 404, path
        assert b"root" not in response.content


def test_that_a_change_of_a_run_is_kept_and_told(run_id: str, client: Client) -> None:
    patched = client.patch_run(run_id, RunPatch(name="best", archived=True))
    assert (patched.name, client.runs().total, client.runs(archived=True).total) == ("best", 0, 1)
    events = client.events(0)
    body = next(events).body
    events.close()
    assert isinstance(body, RunChanged)
    assert (body.run_id, body.name) == (run_id, "best")


def test_that_a_deleted_run_is_gone_with_its_folder(run_id: str, client: Client) -> None:
    client.delete_run(run_id)
    with pytest.raises(NotFound):
        client.run(run_id)
    assert not WorkspacePaths(client.home).run(run_id).exists()


def test_that_settings_are_kept_and_wrong_ones_refused(client: Client, home: Path) -> None:
    client.save_settings(client.settings().model_copy(update={"parallel_jobs": 5}))
    assert client.settings().parallel_jobs == 5
    assert load_settings(WorkspacePaths(home).settings).parallel_jobs == 5
    with pytest.raises(UserError, match="no file"):
        client.save_settings(client.settings().model_copy(update={"ca_bundle": "/no/such.pem"}))
    assert raw(client, "PUT", "/settings", json={"parallel_jobs": 0}).status_code == 400
    assert client.settings().parallel_jobs == 5


def test_that_a_wrong_settings_file_is_said_and_does_not_stop_the_server(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "settings.toml").write_text("parallel_jobs = 'many'\n")
    client = Client.connect(home)
    try:
        (notice,) = client.health().notices
        assert "parallel_jobs" in notice
    finally:
        client.shutdown()
        client.close()


def test_that_a_damaged_database_is_said_and_kept(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "workspace.db").write_bytes(b"no database" * 1000)
    client = Client.connect(home)
    try:
        (notice,) = client.health().notices
        (kept,) = home.glob("workspace.db.corrupt-*")
        assert str(kept) in notice
        assert kept.read_bytes() == b"no database" * 1000
        assert client.runs().total == 0
    finally:
        client.shutdown()
        client.close()


def test_that_the_api_describes_itself(shared: Client) -> None:
    paths = raw(shared, "GET", "/openapi.json").json()["paths"]
    assert {"/api/v1/runs/{run_id}", "/api/v1/jobs", "/api/v1/services/{name}/score", "/api/v1/kernels"} <= set(paths)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_that_a_full_disk_is_said_and_nothing_acknowledged_is_lost(tmp_path: Path, require: Any) -> None:
    import shutil
    import subprocess
    import sys

    home = tmp_path / "small"
    home.mkdir()
    mounted = (
        sys.platform == "linux"
        and shutil.which("mount") is not None
        and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(home)], capture_output=True).returncode == 0
    )
    require("mount", available=mounted, reason="mounting a small file system needs root on Linux")
    paths = WorkspacePaths(home)
    try:
        database = Database(paths.database)
        run = RunStore(database).create_run(experiment="flights", config=RunConfig())
        RunStore(database).set_status(run.id, RunStatus.FINISHED)
        database.close()
        client = Client.connect(home)
        client.patch_run(run.id, RunPatch(notes="before"))
        filler = home / "filler"
        with pytest.raises(OSError, match="No space"):
            fill(filler)
        with pytest.raises(EnvironmentError_, match="The disk is full"):
            client.patch_run(run.id, RunPatch(notes="x" * 200_000))
        with pytest.raises(EnvironmentError_, match="The disk is full"):
            client.save_settings(client.settings().model_copy(update={"editor": "x" * 10_000}))
        assert client.run(run.id).notes == "before"
        filler.unlink()
        client.patch_run(run.id, RunPatch(notes="after"))
        assert client.run(run.id).notes == "after"
        client.shutdown()
        client.close()
        until(lambda: read_handshake(paths) is None)
        with pytest.raises(OSError, match="No space"):
            fill(filler)
        with pytest.raises(EnvironmentError_, match=r"could not be started.* disk.* full|disk is full"):
            Client.connect(home)
        filler.unlink()
        with Client.connect(home) as client:
            assert client.run(run.id).notes == "after"
            client.shutdown()
    finally:
        if found := read_handshake(paths):
            kill_tree(found.pid)
            reap(found.pid)
        subprocess.run(["umount", str(home)], check=True)


def test_that_a_conflict_arrives_as_one(home: Path) -> None:
    database = Database(WorkspacePaths(home).database)
    run = RunStore(database).create_run(experiment="flights", config=RunConfig(), status=RunStatus.RUNNING)
    database.close()
    client = Client.connect(home)
    try:
        with pytest.raises(Conflict, match="is running"):
            client.delete_run(run.id)
    finally:
        pid = client.pid
        client.shutdown()
        client.close()
    assert not is_alive(pid)


def test_that_a_missing_past_gives_a_reset(shared: Client) -> None:
    events = shared.events(12345)
    assert isinstance(next(events).body, Reset)
    events.close()
