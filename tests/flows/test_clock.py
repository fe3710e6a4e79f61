"""A clock that is set (a laptop that wakes up, a virtual machine that is resumed) parts nobody from what runs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from workbench.base.processes import is_alive
from workbench.client import Client
from workbench.schema import JobRequest, ModelRequest, ServiceRequest, ServiceStatus

SCORE = "SAMPLE = 1\ndef init():\n    pass\n\ndef run(data):\n    return data\n"


def test_that_server_and_services_are_found_again_when_the_clock_was_set(workspace: Path, project: Path) -> None:
    (project / "train.py").write_text("import workbench\nworkbench.log_text('model.txt', '1')\n", "utf-8")
    (project / "score.py").write_text(SCORE, "utf-8")
    with Client.connect(workspace) as client:
        run = client.wait(client.submit(JobRequest(project=str(project), script="train.py")).id, timeout=60)
        client.register_model(ModelRequest(name="echo", run_id=run.id, path="model.txt"))
        client.create_service(ServiceRequest(name="echo", model="echo", version=1))
        assert client.wait_service("echo", 120).status is ServiceStatus.HEALTHY
        server = client.pid
    handshake = workspace / "server.json"
    values = json.loads(handshake.read_text("utf-8"))
    handshake.write_text(json.dumps({**values, "began": values["began"] - 3600}), "utf-8")
    with Client.connect(workspace) as client:
        assert client.pid == server
        client.shutdown()

    # The processes' begin as it would have been noted under the old clock.
    with closing(sqlite3.connect(workspace / "workspace.db")) as database, database:
        database.execute("UPDATE services SET began = began - 3600")
        (service_pid,) = database.execute("SELECT pid FROM services").fetchone()
    with Client.connect(workspace) as client:
        assert client.pid != server
        assert client.service("echo").status is ServiceStatus.HEALTHY
        assert client.score("echo", 5).body == 5
        assert client.stop_service("echo").status is ServiceStatus.STOPPED
    assert not is_alive(service_pid)
