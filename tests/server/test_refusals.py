"""What the server refuses: strangers, paths that lead elsewhere, bodies without end, a run's token for another run."""

import http.client
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.conftest import served
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.runs import Database, RunStore
from workbench.schema import Artifact, RunConfig, RunStatus
from workbench.server.guard import LARGEST_BODY
from workbench.server.tokens import Tokens

SECRET = "the secret that nobody may read"
UPLOADS = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, str, str, Path]]:
    """A server with two runs that go on, the first with outputs and links that lead out; and the folder around the workspace."""
    root = tmp_path_factory.mktemp("refusals")
    home = root / "workspace"
    paths = WorkspacePaths(home)
    database = Database(paths.database)
    store = RunStore(database)
    first, second = (store.create_run(experiment="flights", config=RunConfig(), status=RunStatus.RUNNING).id for _ in range(2))
    store.set_artifacts(first, [Artifact(path="a.txt", size=1)])
    database.close()
    for run_id in (first, second):
        outputs = paths.run(run_id) / "outputs"
        outputs.mkdir(parents=True)
        (outputs / "a.txt").write_text("a")
        (paths.run(run_id) / "secret.txt").write_text(SECRET)
    (root / "secret.txt").write_text(SECRET)
    (paths.run(first) / "outputs" / "link.txt").symlink_to(root / "secret.txt")
    (paths.run(first) / "outputs" / "out").symlink_to(root)
    with served(home) as client:
        yield client, first, second, root


def raw(client: Client, method: str, path: str, *, body: Any = None, token: str = "", **headers: str) -> tuple[int, bytes]:
    """A request with its path just as it is given: no client tidies it up."""
    address = urlsplit(client.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        connection.putheader("Authorization", f"Bearer {token or client.token}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


LEADING_OUT = [
    "../secret.txt",
    "../../secret.txt",
    "../../../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%252e%252e%252fsecret.txt",
    "..%252fsecret.txt",
    "..%5csecret.txt",
    "..\\secret.txt",
    "a.txt/../../secret.txt",
    "./../secret.txt",
    "//etc/passwd",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:%5cWindows%5cwin.ini",
    "link.txt",
    "out/secret.txt",
    "out/workspace/server.json",
    "a.txt%00",
    "%00",
    "..",
    ".",
    "..%c0%afsecret.txt",
    "%uff0e%uff0e/secret.txt",
]


@pytest.mark.parametrize("path", LEADING_OUT)
def test_that_no_path_leads_out_of_a_run_s_outputs(place: tuple[Client, str, str, Path], path: str) -> None:
    client, run_id, _, _ = place
    for prefix in (f"/api/v1/runs/{run_id}/artifacts", f"{UPLOADS}/flights/{run_id}/artifacts"):
        status, answer = raw(client, "GET", f"{prefix}/{path}")
        assert status in {400, 404}, f"{prefix}/{path}: {status} {answer!r}"
        assert SECRET.encode() not in answer
        assert b"root:" not in answer


@pytest.mark.parametrize("path", LEADING_OUT)
def test_that_no_upload_leads_out_of_a_run_s_outputs(place: tuple[Client, str, str, Path], path: str) -> None:
    client, run_id, _, root = place
    experiment = client.run(run_id).experiment_id
    before = outside(root)
    status, answer = raw(client, "PUT", f"{UPLOADS}/{experiment}/{run_id}/artifacts/{path}", body=b"overwritten")
    assert status < 500, answer
    assert outside(root) == before
    assert client.health().pid == client.pid


def outside(root: Path) -> dict[Path, bytes]:
    """Every file but the runs' outputs and the server's own: what no upload may touch."""
    own = {"cache", "logs", "outputs"}
    files = (file for file in root.rglob("*") if file.is_file() and not own & set(file.relative_to(root).parts))
    return {file: file.read_bytes() for file in files if not file.name.startswith("workspace.db")}


@pytest.mark.parametrize("path", ["link.txt", "out/new.txt", "../new.txt", "%2e%2e/new.txt"])
def test_that_nothing_is_deleted_outside_of_a_run_s_outputs(place: tuple[Client, str, str, Path], path: str) -> None:
    client, run_id, _, root = place
    experiment = client.run(run_id).experiment_id
    raw(client, "DELETE", f"{UPLOADS}/{experiment}/{run_id}/artifacts/{path}")
    assert (root / "secret.txt").read_text() == SECRET


@pytest.mark.parametrize("linked", ["work/outputs", "outputs"])
def test_that_outputs_that_a_job_has_made_a_link_are_closed(place: tuple[Client, str, str, Path], linked: str) -> None:
    client, _, run_id, root = place
    experiment = client.run(run_id).experiment_id
    folder = WorkspacePaths(client.home).run(run_id)
    before = folder / "outputs-before"
    (folder / "outputs").rename(before)
    (folder / "work").mkdir(exist_ok=True)
    (folder / linked).symlink_to(root)
    try:
        for prefix in (f"/api/v1/runs/{run_id}/artifacts", f"{UPLOADS}/{experiment}/{run_id}/artifacts"):
            status, answer = raw(client, "GET", f"{prefix}/secret.txt")
            assert (status, SECRET.encode() in answer) == (404, False)
        listed = raw(client, "GET", f"/api/2.0/mlflow/artifacts/list?run_id={run_id}")[1]
        assert b"secret.txt" not in listed
        raw(client, "PUT", f"{UPLOADS}/{experiment}/{run_id}/artifacts/new.txt", body=b"x")
        assert not (root / "new.txt").exists()
        wanted = json.dumps({"name": "m", "run_id": run_id, "path": "secret.txt"}).encode()
        status, answer = raw(client, "POST", "/api/v1/models", body=wanted, Content_Type="application/json")
        assert status in {400, 404}, answer
    finally:
        (folder / linked).unlink()
        if (folder / "outputs").is_dir():
            shutil.rmtree(folder / "outputs")
        before.rename(folder / "outputs")


def test_that_a_run_s_address_is_no_path(place: tuple[Client, str, str, Path]) -> None:
    client, run_id, _, _ = place
    for name in ("..", "%2e%2e", f"{run_id}%2f..", f"..%2f{run_id}", f"{run_id}%00", "%00"):
        for below in ("artifacts/a.txt", "log", "artifacts/server.json"):
            status, answer = raw(client, "GET", f"/api/v1/runs/{name}/{below}")
            assert status in {400, 404}, (name, below, answer)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Basic", "Digest x", "Bearer é"])
def test_that_strangers_do_not_come_in(place: tuple[Client, str, str, Path], authorization: str | None) -> None:
    client = place[0]
    for path in (
        "/api/v1/health",
        "/api/v1/runs",
        "/api/2.0/mlflow/experiments/search",
        f"{UPLOADS}/x",
        "/version",
        "/",
        "/nothing",
    ):
        headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
        answer = httpx.get(f"{client.url}{path}", headers=headers, trust_env=False)
        assert answer.status_code == 401, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "workbench.evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost:1@evil.example"},
        {"Host": "evil.example@127.0.0.1"},
        {"Host": "127.0.0.1/@evil.example"},
        {"Host": "[::1"},
        {"Origin": "https://127.0.0.1.evil.example"},
        {"Origin": "null"},
        {"Origin": "file://"},
    ],
)
def test_that_foreign_pages_do_not_come_in(place: tuple[Client, str, str, Path], headers: dict[str, str]) -> None:
    client = place[0]
    for path in ("/api/v1/runs", "/api/2.0/mlflow/experiments/search"):
        answer = httpx.get(f"{client.url}{path}", headers={"Authorization": f"Bearer {client.token}", **headers}, trust_env=False)
        assert answer.status_code in {400, 403}


def test_that_a_body_over_the_limit_is_refused_before_it_is_sent(place: tuple[Client, str, str, Path]) -> None:
    client = place[0]
    for path in ("/api/v1/jobs", "/api/2.0/mlflow/runs/log-batch"):
        for length in (str(LARGEST_BODY + 1), "9" * 30, "-1", "x"):
            status, answer = raw(client, "POST", path, Content_Length=length, Content_Type="application/json")
            assert status in {400, 413}, answer


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/2.0/mlflow/runs/log-batch", "/api/v1/models"])
def test_that_a_body_without_a_length_is_counted_as_it_comes(place: tuple[Client, str, str, Path], path: str) -> None:
    client = place[0]
    block = b"x" * (1 << 20)
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(LARGEST_BODY // len(block) * 2):
            sent += len(block)
            yield block

    try:
        answer = httpx.post(
            f"{client.url}{path}",
            content=endless(),
            headers={"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"},
            trust_env=False,
            timeout=120,
        )
        assert answer.status_code == 413, answer.text
    except httpx.WriteError:
        pass  # the server has hung up
    assert sent <= LARGEST_BODY * 2
    assert client.health().pid == client.pid


HALF = "\\ud800"  # half of a pair of surrogates: JSON can say it, no text can hold it
NUL = "\\u0000"


@pytest.mark.parametrize("odd", [HALF, NUL])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/api/v1/runs/{run}", '{"name": "%s"}'),
        ("PATCH", "/api/v1/runs/{run}", '{"notes": "%s"}'),
        ("PATCH", "/api/v1/runs/{run}", '{"tags": {"%s": "x"}}'),
        ("POST", "/api/v1/runs/{run}/restore", '{"folder": "/tmp/%s"}'),
        ("POST", "/api/v1/runs", '{"pid": 1, "host": "h", "experiment": "%s"}'),
        ("POST", "/api/v1/jobs", '{"project": "/tmp/%s", "script": "x.py"}'),
        ("POST", "/api/v1/models", '{"name": "m", "run_id": "{run}", "path": "%s"}'),
        ("POST", "/api/v1/experiments", '{"name": "%s"}'),
        ("POST", "/api/v1/transfers/import", '{"path": "/tmp/%s", "kind": "mlruns"}'),
        ("POST", "/api/v1/transfers/export", '{"folder": "/tmp/%s", "run_ids": ["{run}"]}'),
        ("PUT", "/api/v1/targets/a", '{"name": "a", "description": "%s", "spec": {"kind": "local"}}'),
        ("POST", "/api/2.0/mlflow/runs/set-tag", '{"run_id": "{run}", "key": "k", "value": "%s"}'),
    ],
)
def test_that_a_text_that_nothing_can_keep_is_refused(
    place: tuple[Client, str, str, Path], method: str, path: str, body: str, odd: str
) -> None:
    client, run_id, _, _ = place
    sent = (body % odd).replace("{run}", run_id).encode()
    status, answer = raw(client, method, path.replace("{run}", run_id), body=sent, Content_Type="application/json")
    assert 400 <= status < 500 or (status == 200 and odd == NUL), answer
    assert json.loads(answer)


@pytest.mark.parametrize("path", ["/api/v1/runs/compare", "/api/2.0/mlflow/runs/search"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_that_a_body_without_bottom_is_refused(place: tuple[Client, str, str, Path], path: str, opening: str) -> None:
    body = opening.encode() * 100_000
    status, answer = raw(place[0], "POST", path, body=body, Content_Type="application/json")
    assert status == 400, answer


@pytest.mark.parametrize("header", ["Host", "Origin"])
def test_that_a_second_name_does_not_come_in_behind_a_good_one(place: tuple[Client, str, str, Path], header: str) -> None:
    client = place[0]
    address = urlsplit(client.url)
    good = {"Host": address.netloc, "Origin": client.url}
    for names in ((good[header], "evil.example"), ("evil.example", good[header])):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        connection.putrequest("GET", "/api/v1/runs", skip_host=header == "Host")
        connection.putheader("Authorization", f"Bearer {client.token}")
        for name in names:
            connection.putheader(header, name)
        connection.endheaders()
        assert connection.getresponse().status in {400, 403}
        connection.close()


def test_that_a_run_s_token_opens_no_other_run_over_mlflow_either(place: tuple[Client, str, str, Path]) -> None:
    client, first, second, _ = place
    tokens = Tokens(WorkspacePaths(client.home).token_secret)
    token = tokens.for_run(first)
    experiment = client.run(first).experiment_id

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> int:
        return httpx.request(
            method, f"{client.url}{path}", json=body, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        ).status_code

    api = "/api/2.0/mlflow"
    metric = {"key": "loss", "value": 1.0, "timestamp": 0, "step": 0}
    assert call("POST", f"{api}/runs/log-metric", {"run_id": first, **metric}) == 200
    assert call("POST", f"{api}/runs/log-metric", {"run_id": second, **metric}) == 403
    assert call("POST", f"{api}/runs/log-batch", {"run_id": second, "metrics": [metric]}) == 403
    assert call("POST", f"{api}/runs/set-tag", {"run_id": second, "key": "a", "value": "b"}) == 403
    assert call("POST", f"{api}/runs/log-parameter", {"run_id": second, "key": "a", "value": "b"}) == 403
    assert call("POST", f"{api}/runs/update", {"run_id": second, "status": "FINISHED"}) == 403
    assert call("POST", f"{api}/runs/delete", {"run_id": first}) == 403
    assert call("POST", f"{api}/experiments/create", {"name": "new"}) == 403
    assert call("GET", f"{UPLOADS}/{experiment}/{first}/artifacts/a.txt") == 200
    assert call("GET", f"{UPLOADS}/{experiment}/{second}/artifacts/a.txt") == 403
    assert call("PUT", f"{UPLOADS}/{experiment}/{second}/artifacts/b.txt") == 403
    assert call("GET", f"{api}/artifacts/list?run_id={second}") == 403
    assert "loss" not in client.run(second).metrics
    assert client.run(second).status is RunStatus.RUNNING


def test_that_no_answer_tells_where_files_lie_or_how_the_server_failed(place: tuple[Client, str, str, Path]) -> None:
    client, run_id, _, _ = place
    for path in ("out/secret.txt", "none", "%00"):
        _, answer = raw(client, "GET", f"/api/v1/runs/{run_id}/artifacts/{path}")
        assert os.fsencode(str(client.home)) not in answer
        assert b"Traceback" not in answer
