"""A real server, and MLflow's own clients in environments of their own: the newest, and the last of the 2.x line."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Requirement
from tests.server.conftest import served
from tests.tools import environment
from workbench.client import Client

CLIENTS = {"newest": ("mlflow", "mlflow>=3"), "2.22": ("mlflow2", "mlflow==2.22.*")}
"""Each line's environment, and what is installed into it."""

_SCRIPT = Path(__file__).with_name("client.py")

Found = dict[str, dict[str, Any]]


def variables(client: Client, token: str = "") -> dict[str, str]:
    """What points MLflow's client at the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "WORKBENCH_", "PYTHON"))}
    return kept | {
        "MLFLOW_TRACKING_URI": client.url,
        "MLFLOW_TRACKING_TOKEN": token or client.token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "1",  # it would look for what the model imports for half a minute
        "GIT_PYTHON_REFRESH": "quiet",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture
def python(request: pytest.FixtureRequest, require: Requirement) -> Path:
    """The Python that has one of the clients."""
    return environment(require, *CLIENTS[getattr(request, "param", "newest")], "scikit-learn")


_Served = tuple[Client, Found]


@pytest.fixture(scope="module")
def _outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], _Served]]:
    """Runs all scenarios of a client once, each client against a server of its own."""
    known: dict[Path, _Served] = {}
    running: list[Any] = []

    def outcome(python: Path) -> _Served:
        if python not in known:
            folder = tmp_path_factory.mktemp("mlflow")
            context = served(folder / "workspace")
            client = context.__enter__()
            running.append(context)
            answer = folder / "found.json"
            command = [str(python), str(_SCRIPT), str(answer)]
            done = subprocess.run(command, cwd=folder, env=variables(client), capture_output=True, text=True, timeout=280)
            assert done.returncode == 0, done.stderr
            known[python] = client, json.loads(answer.read_text("utf-8"))
        return known[python]

    yield outcome
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def outcome(python: Path, _outcomes: Callable[[Path], _Served]) -> _Served:
    """The server, and what each scenario of the client found."""
    return _outcomes(python)


class Protocol:
    """Calls of the protocol by hand, as a client in any language makes them."""

    def __init__(self, client: Client, token: str = "") -> None:
        self.client = client
        self._headers = {"Authorization": f"Bearer {token or client.token}"}

    def send(self, method: str, path: str, prefix: str = "/api/2.0/mlflow/", **values: Any) -> httpx.Response:
        headers = self._headers | values.pop("headers", {})
        return httpx.request(method, f"{self.client.url}{prefix}{path}", headers=headers, trust_env=False, timeout=30, **values)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._content(self.send("GET", path, params=params))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._content(self.send("POST", path, json=body))

    def refused(self, method: str, path: str, **body: Any) -> tuple[int, str]:
        """The status and code of a failure."""
        response = self.send(method, path, params=body) if method == "GET" else self.send(method, path, json=body)
        assert response.status_code >= 400, response.text
        assert response.json()["message"]
        return response.status_code, response.json()["error_code"]

    def run(self, experiment: str = "0", **more: Any) -> str:
        """A new run's id."""
        found: str = self.post("runs/create", experiment_id=experiment, start_time=1_700_000_000_000, **more)["run"]["info"][
            "run_id"
        ]
        return found

    def _content(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200, response.text
        content: dict[str, Any] = response.json()
        return content


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that the tests of a module share."""
    with served(tmp_path_factory.mktemp("mlflow") / "workspace") as client:
        yield client


@pytest.fixture
def protocol(server: Client) -> Protocol:
    return Protocol(server)
