"""A service outlives its server: deployed through the real server, it answers before, during and after the server's death."""

import os
import signal
from pathlib import Path

import httpx
import psutil

from tests.waiting import until
from workbench.client import Client
from workbench.schema import JobRequest, ModelRequest, RunStatus, ServiceRequest, ServiceStatus

TRAIN = "import workbench\nworkbench.log('auc', 0.9)\nworkbench.log_text('model.txt', '3')\n"
SCORE = """
import os
from pathlib import Path

SAMPLE = {"x": 2}
factor = 0

def init():
    global factor
    factor = int(Path(os.environ["WORKBENCH_MODEL_DIR"], "model.txt").read_text())

def run(data):
    if "x" not in data:
        raise ValueError("The field x is missing.")
    return {"y": data["x"] * factor}
"""


def test_that_a_service_outlives_the_server_that_deployed_it(workspace: Path, project: Path) -> None:
    (project / "train.py").write_text(TRAIN, "utf-8")
    (project / "score.py").write_text(SCORE, "utf-8")
    with Client.connect(workspace) as client:
        run = client.wait(client.submit(JobRequest(project=str(project), script="train.py")).id, timeout=60)
        assert run.status is RunStatus.FINISHED, client.log(run.id).text
        version = client.register_model(ModelRequest(name="tripler", run_id=run.id, path="model.txt"))
        client.create_service(ServiceRequest(name="triple", model="tripler", version=version.version))
        service = client.wait_service("triple", 120)
        assert service.status is ServiceStatus.HEALTHY
        reply = client.score("triple", service.sample)
        assert (reply.status, reply.body) == (200, {"y": 6})
        refused = client.score("triple", {})
        assert (refused.status, refused.body) == (400, {"detail": "The field x is missing."})
        assert [part.title for part in client.lineage("service", "triple").parts] == ["Run 1", "tripler", "triple"]
        first_server = client.pid

    os.kill(first_server, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    psutil.wait_procs([psutil.Process(first_server)] if psutil.pid_exists(first_server) else [], timeout=10)
    headers = {"Authorization": f"Bearer {service.key}"}

    def ask(x: int) -> object:
        return httpx.post(f"{service.address}/score", json={"x": x}, headers=headers, trust_env=False).json()

    assert ask(5) == {"y": 15}  # without any server
    with Client.connect(workspace) as client:
        assert client.pid != first_server
        (listed,) = client.services()
        assert (listed.status, listed.address, listed.key) == (ServiceStatus.HEALTHY, service.address, service.key)
        assert client.score("triple", {"x": 7}).body == {"y": 21}
        until(lambda: client.service("triple").requests == 4)  # the service counts for itself: nothing is lost
        client.delete_service("triple")
        assert client.services() == ()
    assert not _answers(service.address)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", trust_env=False, timeout=2).is_success
    except httpx.HTTPError:
        return False
