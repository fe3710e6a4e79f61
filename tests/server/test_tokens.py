"""Tokens of runs: what they open, what not, and when they die; and the port that stays."""

import base64
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.server.conftest import served
from workbench.base.clock import utc_now
from workbench.base.paths import WorkspacePaths
from workbench.client import Client
from workbench.runs import Database, RunStore
from workbench.schema import Artifact, LogBatch, MetricPoint, RunConfig, RunStatus
from workbench.server.serving import listening_socket
from workbench.server.tokens import Tokens


@dataclass(frozen=True)
class Family:
    """Runs in a served workspace: one with a child and a grandchild, its neighbour, a stranger, two that have ended."""

    client: Client
    tokens: Tokens
    own: str
    child: str
    grandchild: str
    neighbour: str
    stranger: str
    just_ended: str
    ended: str

    def call(self, method: str, path: str, *, as_run: str | None = None, **values: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens.for_run(as_run or self.own)}"}
        return httpx.request(method, f"{self.client.url}{path}", headers=headers, trust_env=False, timeout=30, **values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    home = tmp_path_factory.mktemp("tokens") / "workspace"
    paths = WorkspacePaths(home)
    database = Database(paths.database)
    store = RunStore(database)

    def run(experiment: str = "flights", parent: str | None = None) -> str:
        made = store.create_run(experiment=experiment, config=RunConfig(), parent_id=parent, status=RunStatus.RUNNING).id
        store.log_batch(made, LogBatch(metrics=(MetricPoint(key="loss", value=1.0, time=utc_now()),)))
        outputs = paths.run(made) / "outputs"
        outputs.mkdir(parents=True)
        (outputs / "model.txt").write_text("a model")
        (paths.run(made) / "log.txt").write_text("a line\n")
        store.set_artifacts(made, [Artifact(path="model.txt", size=7)])
        return made

    own = run()
    child = run(parent=own)
    grandchild = run(parent=child)
    neighbour, stranger, just_ended, ended = run(), run("trains"), run(), run()
    store.set_status(just_ended, RunStatus.FINISHED)
    store.set_status(ended, RunStatus.FINISHED, ended=utc_now() - timedelta(minutes=2))
    database.close()
    with served(home) as client:
        tokens = Tokens(paths.token_secret)
        yield Family(client, tokens, own, child, grandchild, neighbour, stranger, just_ended, ended)


def test_that_a_token_opens_its_run_and_the_runs_below_it(family: Family) -> None:
    for run_id in (family.own, family.child, family.grandchild):
        assert family.call("GET", f"/api/v1/runs/{run_id}").json()["id"] == run_id
        assert family.call("GET", f"/api/v1/runs/{run_id}/artifacts/model.txt").text == "a model"
        assert family.call("GET", f"/api/v1/runs/{run_id}/log").json()["text"] == "a line\n"
        assert family.call("PATCH", f"/api/v1/runs/{run_id}", json={"notes": "mine"}).json()["notes"] == "mine"


def test_that_a_token_reads_its_experiment_and_writes_to_no_other_run(family: Family) -> None:
    run_id = family.neighbour
    assert family.call("GET", f"/api/v1/runs/{run_id}").status_code == 200
    assert family.call("GET", f"/api/v1/runs/{run_id}/metrics/loss").status_code == 200
    for method, path in (("PATCH", ""), ("GET", "/artifacts/model.txt"), ("GET", "/log")):
        refused = family.call(method, f"/api/v1/runs/{run_id}{path}", json={} if method == "PATCH" else None)
        assert refused.status_code == 403, path
        assert run_id in refused.json()["message"]


def test_that_a_child_s_token_does_not_write_to_its_parent(family: Family) -> None:
    assert family.call("PATCH", f"/api/v1/runs/{family.own}", as_run=family.child, json={"notes": "x"}).status_code == 403
    assert family.call("GET", f"/api/v1/runs/{family.own}", as_run=family.child).status_code == 200


def test_that_a_run_of_another_experiment_is_closed(family: Family) -> None:
    for path in ("", "/metrics/loss", "/artifacts/model.txt", "/log"):
        assert family.call("GET", f"/api/v1/runs/{family.stranger}{path}").status_code == 403, path
    assert family.call("PATCH", f"/api/v1/runs/{family.stranger}", json={"notes": "x"}).status_code == 403


def test_that_a_token_registers_a_model_of_its_own_run_only(family: Family) -> None:
    made = family.call("POST", "/api/v1/models", json={"name": "mine", "run_id": family.own, "path": "model.txt"})
    assert (made.status_code, family.call("GET", "/api/v1/models/mine").status_code) == (201, 200)
    other = family.call("POST", "/api/v1/models", json={"name": "mine", "run_id": family.neighbour, "path": "model.txt"})
    assert other.status_code == 403
    assert family.call("DELETE", "/api/v1/models/mine").status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/runs"),
        ("GET", "/api/v1/settings"),
        ("PUT", "/api/v1/settings"),
        ("POST", "/api/v1/shutdown"),
        ("GET", "/api/v1/events"),
        ("GET", "/api/v1/jobs"),
        ("POST", "/api/v1/jobs"),
        ("POST", "/api/v1/kernels"),
        ("GET", "/api/v1/openapi.json"),
        ("DELETE", "/api/v1/runs/{own}"),
        ("POST", "/api/v1/runs/{own}/restore"),
        ("POST", "/api/v1/jobs/{own}/cancel"),
        ("POST", "/api/2.0/mlflow/experiments/delete"),
        ("POST", "/api/2.0/mlflow/runs/delete"),
        ("DELETE", "/api/2.0/mlflow/registered-models/delete"),
        ("GET", "/nothing"),
        ("GET", "//api/v1/settings"),
        ("GET", "/api/v1/runs/{own}/log/../../../settings"),
        ("GET", "/api/v1/runs/..%2fsettings"),
    ],
)
def test_that_everything_else_is_closed_to_it(family: Family, method: str, path: str) -> None:
    refused = family.call(method, path.format(own=family.own), json={} if method in {"POST", "PUT"} else None)
    assert refused.status_code in {403, 404}, refused.text
    if refused.status_code == 404:
        assert "settings" in path  # an address that no route has, not a thing that is kept
    assert refused.json()["message"]


def test_that_a_token_counts_in_every_way_a_client_may_send_it(family: Family) -> None:
    token = family.tokens.for_run(family.own)
    url = f"{family.client.url}/api/v1/runs/{family.own}"
    for credentials in ((token, ""), ("user", token), (token, token)):
        assert httpx.get(url, auth=credentials, trust_env=False).status_code == 200
    server = family.client.token
    assert httpx.get(f"{family.client.url}/api/v1/runs", auth=("user", server), trust_env=False).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "wbr-",
        "wbr",
        "wbr--",
        "wbr-{own}",
        "wbr-{own}-",
        "wbr-{own}-00",
        "wbr-{other}-{signature}",
        "WBR-{own}-{signature}",
        "{own}",
    ],
)
def test_that_a_made_up_token_opens_nothing(family: Family, token: str) -> None:
    signature = family.tokens.for_run(family.own).rpartition("-")[2]
    given = token.format(own=family.own, other=family.neighbour, signature=signature)
    for headers in (
        {"Authorization": f"Bearer {given}"},
        {"Authorization": "Basic " + base64.b64encode(f"x:{given}".encode()).decode()},
        {"Authorization": f"Basic {given}"},
    ):
        refused = httpx.get(f"{family.client.url}/api/v1/runs/{family.own}", headers=headers, trust_env=False)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"]


def test_that_a_token_dies_a_minute_after_its_run(family: Family) -> None:
    assert family.call("GET", f"/api/v1/runs/{family.just_ended}", as_run=family.just_ended).status_code == 200
    dead = family.call("GET", f"/api/v1/runs/{family.ended}", as_run=family.ended)
    assert dead.status_code == 401
    assert "has ended" in dead.json()["message"]
    assert family.call("GET", f"/api/v1/runs/{family.own}", as_run="0" * 32).status_code == 401


def test_that_tokens_stay_over_restarts_and_their_secret_is_the_user_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "token.secret"
    token = Tokens(path).for_run("a" * 32)
    assert Tokens(path).run_of(token) == "a" * 32
    assert Tokens(tmp_path / "other.secret").run_of(token) is None
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_that_a_server_comes_back_at_its_port(home: Path) -> None:
    with served(home) as first:
        url, token = first.url, first.token
        first.health()
        first.shutdown()
    with served(home) as second:
        assert (second.url, second.token != token) == (url, True)
        second.health()


def test_that_a_taken_port_is_given_up(tmp_path: Path) -> None:
    kept = tmp_path / "server.port"
    with listening_socket(kept) as first:
        port = first.getsockname()[1]
        assert int(kept.read_text()) == port
        with listening_socket(kept) as second:
            assert second.getsockname()[1] != port
            assert int(kept.read_text()) == second.getsockname()[1]
    for nonsense in ("", "80", "99999", "a port"):
        kept.write_text(nonsense)
        with listening_socket(kept) as other:
            assert isinstance(other, socket.socket)
