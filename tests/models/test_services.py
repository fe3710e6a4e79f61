"""Real scoring processes in a real, tiny environment, asked over HTTP."""

import json
import os
import shlex
import shutil
import socket
import subprocess
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from tests.models.conftest import Workspace, settled
from tests.waiting import until
from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError
from workbench.base.processes import is_alive, kill_tree
from workbench.models.records import ServiceRecord, ServiceRecords
from workbench.models.services import ServiceManager
from workbench.schema import Service, ServiceChanged, ServiceRequest, ServiceStatus

FAILING_INIT = "def init():\n    raise ValueError('the model is sour')\n\ndef run(data):\n    return data\n"


def deploy(manager: ServiceManager, name: str = "delay-svc", **more: object) -> Service:
    manager.create(ServiceRequest.model_validate({"name": name, "model": "delay", "version": 1, **more}))
    return settled(manager, name)


def record_of(workspace: Workspace, name: str = "delay-svc") -> ServiceRecord:
    return ServiceRecords(workspace.database, workspace.events.append).get(name)


def post(service: Service, body: str, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {service.key if key is None else key}"} if key != "" else {}
    return httpx.post(f"{service.address}/score", content=body, headers=headers, trust_env=False)


def by_curl_line(line: str) -> object:
    """What the line answers in a shell; on a machine without curl, what the request that it spells out answers."""
    words = shlex.split(line)
    if shutil.which("curl"):
        return json.loads(subprocess.run([*words, "-s"], capture_output=True, text=True, check=True).stdout)
    curl, post_flag, method, address, *options = words
    assert (curl, post_flag) == ("curl", "-X")
    headers = dict(value.split(": ", 1) for flag, value in pairwise(options) if flag == "-H")
    return httpx.request(method, address, headers=headers, content=options[options.index("-d") + 1], trust_env=False).json()


CHOOSY = """\
import sys

def init():
    pass

def run(data):
    if data == "leave":
        sys.exit(3)
    if "x" not in data:
        raise ValueError("The field x is missing.")
    return data["x"]
"""


def test_that_a_value_error_refuses_the_request_and_an_exit_does_not_end_the_service(workspace: Workspace, tmp_path: Path) -> None:
    workspace.model()
    (tmp_path / "choosy.py").write_text(CHOOSY)
    service = deploy(workspace.manager(), score_script=str(tmp_path / "choosy.py"))
    refused = post(service, '{"z": 3}')
    assert (refused.status_code, refused.json()) == (400, {"detail": "The field x is missing."})
    failed = post(service, '"leave"')
    assert (failed.status_code, failed.json()) == (500, {"detail": "run() failed: SystemExit: 3"})
    assert post(service, '{"x": 7}').json() == 7
    document = httpx.get(f"{service.address}/openapi.json", trust_env=False).json()
    assert "ValueError" in document["paths"]["/score"]["post"]["responses"]["400"]["description"]


def test_that_a_model_is_served_with_its_code_key_sample_and_counters(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    made = manager.create(ServiceRequest(name="delay-svc", model="delay", version=1))
    assert made.status == ServiceStatus.CREATING
    service = settled(manager, "delay-svc")
    assert (service.status, service.reason) == (ServiceStatus.HEALTHY, "It answers requests.")
    assert service.address == f"http://127.0.0.1:{service.port}"
    assert service.sample == {"x": 2}
    assert service.started is not None

    assert post(service, '{"x": 3}').json() == {"y": 60}
    assert post(service, '{"x": 3}', key="").status_code == 401
    assert post(service, '{"x": 3}', key="wrong").status_code == 401
    assert post(service, "no json").status_code == 400
    assert post(service, '"' + "x" * 10_000_000 + '"').status_code == 413
    failed = post(service, '{"z": 3}')
    assert (failed.status_code, failed.json()) == (500, {"detail": "run() failed: KeyError: 'x'"})

    reply = manager.score("delay-svc", {"x": 4})
    assert (reply.status, reply.body) == (200, {"y": 80})
    assert 0 < reply.milliseconds < 60_000
    assert manager.get("delay-svc").requests == 7
    assert by_curl_line(service.curl) == {"y": 40}

    document = httpx.get(f"{service.address}/openapi.json", trust_env=False).json()
    content = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    assert content == {"example": {"x": 2}, "schema": {"type": "object", "properties": {"x": {"type": "integer"}}}}
    counters = httpx.get(f"{service.address}/metrics", trust_env=False).text
    assert 'workbench_requests_total{status="200"} 3.0' in counters
    assert "workbench_request_seconds_bucket" in counters
    assert "workbench_requests_in_flight 0.0" in counters

    log = manager.log("delay-svc").text
    assert "key in sight: False" in log
    assert "KeyError: 'x'" in log
    assert "score.py" in log

    assert manager.stop("delay-svc").status == ServiceStatus.STOPPED
    with pytest.raises(Conflict, match="is stopped, so it answers no request"):
        manager.score("delay-svc", {})
    chunk = manager.log("delay-svc")
    assert chunk.complete
    assert "Finished server process" in chunk.text
    statuses = [event.status for event in workspace.events if isinstance(event, ServiceChanged)]
    assert list(dict.fromkeys(statuses)) == [ServiceStatus.CREATING, ServiceStatus.HEALTHY, ServiceStatus.STOPPED]

    again = manager.start("delay-svc")
    assert again.status == ServiceStatus.CREATING
    again = settled(manager, "delay-svc")
    assert (again.status, again.key, again.port) == (ServiceStatus.HEALTHY, service.key, service.port)
    with pytest.raises(Conflict, match="runs already"):
        manager.start("delay-svc")


def test_that_the_key_is_in_no_file_but_the_secrets_and_no_log(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager)
    manager.score("delay-svc", {"x": 1})
    manager.stop("delay-svc")
    workspace.database.close()
    holders = [
        path.relative_to(workspace.paths.root).as_posix()
        for path in workspace.paths.root.rglob("*")
        if path.is_file() and service.key.encode() in path.read_bytes()
    ]
    assert holders == ["secrets.json"]
    if os.name == "posix":
        assert (workspace.paths.root / "secrets.json").stat().st_mode & 0o777 == 0o600
    manager.delete("delay-svc")
    assert service.key not in (workspace.paths.root / "secrets.json").read_text()


def test_that_an_init_that_fails_gives_its_reason_with_the_line(workspace: Workspace) -> None:
    (workspace.project / "bad.py").write_text(FAILING_INIT)
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager, score_script="bad.py")
    assert service.status == ServiceStatus.FAILED
    assert service.reason == "The service ended while it was starting: ValueError: the model is sour (bad.py, line 2)."
    assert service.reason in manager.log("delay-svc").text


def test_that_a_missing_package_gives_its_reason_and_a_mended_script_can_be_started(workspace: Workspace, tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text("import no_such_package\n" + FAILING_INIT)
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager, score_script=str(script))
    assert "ModuleNotFoundError: No module named 'no_such_package' (mine.py, line 1)" in service.reason
    script.write_text("def init():\n    pass\n\nasync def run(data):\n    return {'got': data}\n")
    manager.start("delay-svc")
    assert settled(manager, "delay-svc").status == ServiceStatus.HEALTHY
    assert manager.score("delay-svc", [1]).body == {"got": [1]}


def test_that_a_computed_sample_is_learnt_from_the_service(workspace: Workspace) -> None:
    (workspace.project / "score.py").write_text(
        "SAMPLE = {'rows': [list(range(3))]}\ndef init(): ...\ndef run(data):\n    return float('nan')\n"
    )
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager)
    assert service.sample == {"rows": [[0, 1, 2]]}
    reply = manager.score("delay-svc", service.sample)
    assert reply.status == 500
    assert "JSON cannot hold" in reply.body["detail"]


def test_that_wrong_requests_are_refused_before_anything_is_built(workspace: Workspace) -> None:
    (workspace.project / "broken.py").write_text("def init():\n    return (\n")
    workspace.model()
    manager = workspace.manager()
    (workspace.project / "late.py").write_text(FAILING_INIT)

    def refused(kind: type[Exception], sentence: str, **request: object) -> None:
        values = {"name": "svc", "model": "delay", "version": 1, **request}
        with pytest.raises(kind, match=sentence):
            manager.create(ServiceRequest.model_validate(values))

    refused(NotFound, "There is no model other", model="other")
    refused(NotFound, "no version 9", version=9)
    refused(UserError, r"syntax error at broken\.py:2", score_script="broken.py")
    refused(NotFound, r"no score script nowhere\.py at run 1 of flights", score_script="nowhere.py")
    refused(NotFound, r"It came later.*late\.py", score_script="late.py")
    refused(UserError, "lies outside the project", score_script="../score.py")
    refused(UserError, "There is no score script", score_script=str(workspace.project / "nowhere.py"))
    refused(NotFound, "There is no requirements file", requirements="nothing.txt")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(Conflict, f"The port {port} is taken by another program. Choose another port, or 0", port=port)
    assert manager.list() == ()
    assert not workspace.paths.services.exists()


def test_that_a_name_and_a_port_belong_to_one_service(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager)
    with pytest.raises(Conflict, match="There is a service delay-svc already"):
        deploy(manager)
    with pytest.raises(Conflict, match=f"The port {service.port} belongs to the service delay-svc"):
        deploy(manager, "other", port=service.port)


def test_that_a_deleted_service_is_gone_and_its_name_free(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    first = deploy(manager)
    pid = record_of(workspace).pid
    assert workspace.registry.list()[0].services == 1
    with pytest.raises(Conflict, match="used by the service delay-svc"):
        workspace.registry.delete("delay", 1)
    manager.delete("delay-svc")
    assert pid
    assert not is_alive(pid)
    assert not (workspace.paths.services / "delay-svc").exists()
    assert workspace.events[-1] == ServiceChanged(name="delay-svc", status=ServiceStatus.STOPPED, deleted=True)
    with pytest.raises(NotFound, match="Deploy a model first"):
        manager.get("delay-svc")
    second = deploy(manager)
    assert second.status == ServiceStatus.HEALTHY
    assert second.key != first.key
    manager.delete("delay-svc")
    workspace.registry.delete("delay", 1)


def test_that_a_new_server_takes_up_a_running_service(workspace: Workspace) -> None:
    workspace.model()
    old = workspace.manager()
    old.start_watch()
    service = deploy(old)
    pid = record_of(workspace).pid
    old.stop_watch()
    assert pid
    assert is_alive(pid)

    new = workspace.manager()
    new.start_watch()
    assert new.get("delay-svc").key == service.key
    assert new.score("delay-svc", {"x": 1}).body == {"y": 20}
    assert record_of(workspace).pid == pid
    kill_tree(pid, grace=0.1)
    until(lambda: new.get("delay-svc").status == ServiceStatus.FAILED, "the end of the process is noticed")
    assert "Its process ended without being asked to" in new.get("delay-svc").reason
    new.start("delay-svc")
    assert settled(new, "delay-svc").status == ServiceStatus.HEALTHY


def test_that_what_was_half_made_is_finished_by_the_next_server(workspace: Workspace, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    (workspace.project / "slow.py").write_text(
        "import time\nfrom pathlib import Path\n"
        f"def init():\n    while not Path({str(gate)!r}).exists():\n        time.sleep(0.05)\n"
        "def run(data):\n    return data\n"
    )
    workspace.model()
    old = workspace.manager()
    old.create(ServiceRequest(name="slow", model="delay", version=1, score_script="slow.py"))
    until(lambda: record_of(workspace, "slow").pid is not None, "the process")
    with pytest.raises(Conflict, match="being started already"):
        old.start("slow")
    old.stop_watch()
    assert old.get("slow").status == ServiceStatus.CREATING
    pid = record_of(workspace, "slow").pid
    new = workspace.manager()
    new.start_watch()
    gate.touch()
    assert settled(new, "slow").status == ServiceStatus.HEALTHY
    assert record_of(workspace, "slow").pid == pid


def test_that_a_service_can_be_stopped_while_it_loads(workspace: Workspace) -> None:
    (workspace.project / "endless.py").write_text(
        "import threading\ndef init():\n    threading.Event().wait()\ndef run(data):\n    return data\n"
    )
    workspace.model()
    manager = workspace.manager()
    manager.create(ServiceRequest(name="endless", model="delay", version=1, score_script="endless.py"))
    until(lambda: record_of(workspace, "endless").pid is not None, "the process")
    pid = record_of(workspace, "endless").pid
    stopped = manager.stop("endless")
    assert (stopped.status, stopped.reason) == (ServiceStatus.STOPPED, "Stopped by request.")
    assert pid
    assert not is_alive(pid)


@pytest.mark.skipif(os.name != "posix", reason="stops the process with a POSIX signal")
def test_that_a_service_that_hangs_is_unhealthy_until_it_answers_again(workspace: Workspace) -> None:
    import signal

    workspace.model()
    manager = workspace.manager()
    manager.start_watch()
    deploy(manager)
    pid = record_of(workspace).pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: manager.get("delay-svc").status == ServiceStatus.UNHEALTHY, "it is noticed")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: manager.get("delay-svc").status == ServiceStatus.HEALTHY, "it is well again")


def test_that_a_port_of_our_choice_taken_meanwhile_is_exchanged(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    service = deploy(manager)
    manager.stop("delay-svc")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", service.port))
        taken.listen()
        manager.start("delay-svc")
        again = settled(manager, "delay-svc")
        assert again.status == ServiceStatus.HEALTHY
        assert again.port != service.port


def test_that_requirements_that_do_not_resolve_fail_with_the_resolvers_reason(workspace: Workspace) -> None:
    (workspace.project / "serve.txt").write_text("six>99\n")
    workspace.model()
    service = deploy(workspace.manager(), requirements="serve.txt")
    assert service.status == ServiceStatus.FAILED
    assert "serve.txt cannot be resolved: because only six" in service.reason


def test_that_a_service_that_dies_under_a_request_gives_a_sentence(workspace: Workspace) -> None:
    (workspace.project / "score.py").write_text("import os\ndef init(): ...\ndef run(data):\n    os._exit(3)\n")
    workspace.model()
    manager = workspace.manager()
    deploy(manager)
    with pytest.raises(EnvironmentError_, match="does not answer at http"):
        manager.score("delay-svc", {})


def test_that_a_log_is_read_in_parts_that_split_no_character(workspace: Workspace) -> None:
    workspace.model()
    manager = workspace.manager()
    deploy(manager)
    manager.stop("delay-svc")
    path = workspace.paths.services / "delay-svc" / "log.txt"
    path.write_text("größe → ∞ 𝄞" * 20, encoding="utf-8")
    text, offset = "", 0
    while not (chunk := manager.log("delay-svc", offset, 7)).complete:
        text += chunk.text
        offset = chunk.next
    assert text + chunk.text == path.read_text(encoding="utf-8")
    assert manager.log("delay-svc", 10_000).text == ""
