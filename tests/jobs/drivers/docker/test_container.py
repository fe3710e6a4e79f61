"""What only jobs in containers have: mounts, users, limits, networks, packages; the engine stopped or started anew meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

from tests.jobs.drivers.docker.test_ssh_docker import over_ssh
from tests.jobs.drivers.dockerd import Dockerd
from tests.jobs.drivers.small import SmallJob, make_job
from tests.jobs.drivers.sshd import Sshd
from tests.waiting import until
from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.ids import new_id
from workbench.jobs.drivers.docker import capacity, walk_chain
from workbench.jobs.drivers.docker.beginning import hand_over
from workbench.jobs.drivers.docker.container import user_of
from workbench.jobs.drivers.docker.engine import EngineDown
from workbench.jobs.drivers.docker.settings import explained
from workbench.schema import DockerSpec, JobRequest, RunStatus, SshDockerSpec, TargetRequest

Make = Callable[..., SmallJob]


@pytest.fixture
def make(home: Path, docker_engine: Dockerd) -> Iterator[Make]:
    made: list[SmallJob] = []

    def job(code: str, target: dict[str, Any] | None = None, **values: Any) -> SmallJob:
        made.append(make_job(home, code, target or docker_engine.spec(ca_bundle=""), run_id=new_id(), **values))
        return made[-1]

    yield job
    docker_engine.start()
    for one in made:
        one.driver.clean(one.driver.handle())
        one.close()


def test_that_outputs_belong_to_the_caller_and_the_project_can_be_read_but_not_changed(make: Make, home: Path) -> None:
    project = home.parent / "project"
    project.mkdir()
    (project / "big.csv").write_text("data")
    job = make("""
    import getpass, os, pathlib
    project = pathlib.Path(os.environ["WORKBENCH_PROJECT"])
    print((project / "big.csv").read_text(), os.getuid(), getpass.getuser())
    pathlib.Path("outputs/made.txt").write_text("x")
    try:
        (project / "new.txt").write_text("x")
    except OSError as error:
        print("read-only")
    """)
    assert job.run().exit_code == 0, job.text
    assert job.text == f"data {os.getuid()} workbench\nread-only\n"
    assert (job.folder.work / "outputs/made.txt").stat().st_uid == os.getuid()


def test_that_what_the_runner_goes_by_is_out_of_the_scripts_reach(make: Make) -> None:
    job = make("""
    import os, pathlib, workbench
    workbench.log("loss", 0.5)
    folder = pathlib.Path(os.environ["WORKBENCH_RUN_DIR"])
    print(sorted(one.name for one in folder.iterdir()))
    try:
        (folder / "spec.json").write_text("{}")
    except OSError:
        pass
    """)
    before = job.folder.spec.read_text() if job.folder.spec.exists() else None
    assert job.run().exit_code == 0, job.text
    assert job.text == "['events.jsonl', 'work']\n"
    assert (job.folder.spec.read_text() if job.folder.spec.exists() else None) == before
    assert '"loss"' in job.folder.events.read_text()


def test_that_secrets_reach_the_script_but_not_the_engines_description_of_its_container(
    make: Make, docker_engine: Dockerd, sshd: Sshd
) -> None:
    code = """
    import os, pathlib
    print(len(os.environ["API_KEY"]), os.environ["MLFLOW_TRACKING_TOKEN"][::-1], os.environ["NO_PROXY"])
    print([one.name for one in pathlib.Path("/workbench-begin").iterdir()])
    """
    proxied = docker_engine.spec(ca_bundle="", proxy="http://me:proxy-hunter2@proxy:3128")
    for target in (proxied, over_ssh(sshd, docker_engine, proxy=proxied["proxy"])):
        job = make(code, target, variables={"API_KEY": "key-hunter2"}, tracking={"MLFLOW_TRACKING_TOKEN": "token-hunter2"})
        job.prepare()
        engine = docker_engine.connect()
        before = engine.container(job.driver.handle()["container"])
        job.again()  # whoever takes the job up needs no secret for its start
        job.end(job.driver.start(job.driver.handle()))
        after = engine.container(job.driver.handle()["container"])
        with engine.asking() as api:
            changed = [one["Path"] for one in api.diff(after["Id"])]
        engine.close()
        assert job.text == "11 2retnuh-nekot localhost,127.0.0.1,::1\n['begin.py']\n"
        assert "hunter2" not in json.dumps([before, after])
        assert "WORKBENCH_RUN_ID" in json.dumps(after)
        assert "/workbench-begin/variables.json" not in changed


def test_that_the_proxys_password_is_blacked_out_where_a_script_prints_it(
    workspace: Any, request_for: Callable[..., JobRequest], project: Any, docker_engine: Dockerd
) -> None:
    (project.folder / "runconfig/docker.toml").write_text(
        'target = "box"\n[environment]\nkind = "interpreter"\npython = "python3"\n'
    )
    spec = DockerSpec.model_validate(docker_engine.spec(ca_bundle="", proxy="http://me:proxy-hunter2@proxy:3128"))
    code = "import os, workbench\nprint(os.environ['HTTP_PROXY'])\nworkbench.log_params({'proxy': os.environ['HTTP_PROXY']})\n"
    with workspace.manager() as manager:
        manager.targets.add(TargetRequest(name="box", spec=spec))
        run = workspace.end_of(manager.submit(request_for(code, config="docker")).id)
    assert run.status is RunStatus.FINISHED, run.reason
    assert "••••••" in workspace.log(run.id)
    assert "hunter2" not in workspace.log(run.id) + run.model_dump_json()
    assert "proxy" in run.params


def test_that_volumes_are_there_and_wrong_ones_are_named(make: Make, docker_engine: Dockerd, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("from the volume")
    spec = docker_engine.spec(ca_bundle="", volumes=[f"{tmp_path / 'data'}:/data:ro"])
    job = make("print(open('/data/a.txt').read())", spec)
    assert job.run().exit_code == 0
    assert job.text == "from the volume\n"
    for wrong in ("/data", "relative:also", "/a:/b:xy"):
        with pytest.raises(UserError, match="The volume"):
            make("print(1)", {**spec, "volumes": [wrong]}).start()


def test_that_a_container_has_its_limits_and_a_job_above_its_memory_is_killed(make: Make, docker_engine: Dockerd) -> None:
    job = make("kept = bytearray(b'x') * 400_000_000\nprint('survived')", memory_mb=100, cpus=0.5)
    handle = job.start()
    engine = docker_engine.connect()
    limits = engine.container(handle["container"])["HostConfig"]
    engine.close()
    assert (limits["Memory"], limits["MemorySwap"], limits["NanoCpus"], limits["Init"]) == (
        100_000_000,
        100_000_000,
        500_000_000,
        True,
    )
    poll = job.end(handle)
    assert (poll.exit_code, poll.out_of_memory) == (-9, True)
    assert "survived" not in job.text


def test_that_the_network_is_the_hosts_or_the_one_asked_for(make: Make, docker_engine: Dockerd) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        code = f"import urllib.request\nprint(urllib.request.urlopen('http://127.0.0.1:{server.server_port}', timeout=20).read())"
        job = make(code)
        assert job.run().exit_code == 0, job.text
        assert job.text == "b'here'\n"
        assert make(code, docker_engine.spec(ca_bundle="", network="none")).run().exit_code == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_that_the_packages_of_the_requirements_are_there(make: Make, docker_engine: Dockerd) -> None:
    code = "import six, sys, workbench\nprint(six.__version__, sys.prefix)\nworkbench.log('x', 1)"
    files = {"requirements.txt": "six==1.16.0\n"}
    values = {"environment": "requirements", "requirements": "requirements.txt", "python": ""}
    bundle = os.environ.get("SSL_CERT_FILE", "")
    job = make(code, docker_engine.spec(), files=files, ca_bundle=bundle, **values)
    lock, version = job.prepare()
    assert lock == "six==1.16.0\n"
    assert version.startswith("3.")
    assert job.end(job.driver.start(job.driver.handle())).exit_code == 0, job.text
    assert job.text == "1.16.0 /opt/workbench/env\n"
    assert json.loads(job.folder.events.read_text())["key"] == "x"


def test_that_an_interpreter_and_what_only_this_machine_has_are_asked_for_in_vain(make: Make) -> None:
    with pytest.raises(UserError, match=r"There is no Python interpreter 'python2\.7' in the image"):
        make("print(1)", python="python2.7").prepare()
    with pytest.raises(UserError, match="needs Workbench's own Python, which only this machine has"):
        make("print(1)", environment="workbench", python="").prepare()


def test_that_an_engine_that_was_never_reached_has_nothing_to_clean_up(make: Make, docker_engine: Dockerd) -> None:
    job = make("print(1)", docker_engine.spec(host="unix:///nowhere.sock"))
    with pytest.raises(EnvironmentError_, match="does not answer"):
        job.prepare()
    handle = job.driver.handle()
    job.driver.cancel(handle, 0.0)
    job.driver.pull(handle, final=True)
    job.driver.clean(handle)


def test_that_an_engine_that_is_away_is_no_fault_of_the_settings() -> None:
    away = EngineDown("The Docker engine at unix:///x.sock does not answer: No such file or directory.")
    assert explained(away, "of the target box") is away


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gpus": True}, "has no GPUs for containers"),
        ({"network": "nowhere"}, "has no network nowhere"),
        ({"volumes": ["/nowhere/data:/data"]}, "The folder /nowhere/data, a volume of the target, is not on "),
    ],
)
def test_that_what_an_engine_does_not_have_gives_one_sentence(
    make: Make, docker_engine: Dockerd, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=said) as raised:
        make("print(1)", docker_engine.spec(ca_bundle="", **change)).start()
    assert raised.value.hint


def test_that_a_job_lives_on_while_the_engine_is_started_anew(make: Make, docker_engine: Dockerd) -> None:
    code = "import time\nfor n in range(60):\n    print('line', n, flush=True)\n    time.sleep(0.1)"
    job = make(code)
    handle = job.start()
    job.until(handle, lambda: "line 3\n" in job.text, "the script runs")
    docker_engine.kill()
    with pytest.raises(EnvironmentError_, match="does not answer"):
        job.driver.poll(handle)
    docker_engine.start()
    assert job.end(handle).exit_code == 0
    assert job.text.splitlines() == [f"line {number}" for number in range(60)]


@pytest.mark.parametrize("begun", [False, True])
def test_that_a_start_which_the_engine_was_killed_in_is_done_again_unless_the_script_had_begun(
    make: Make, docker_engine: Dockerd, *, begun: bool
) -> None:
    code = """
    import pathlib, time
    first = not pathlib.Path("outputs/begun").exists()
    pathlib.Path("outputs/begun").touch()
    print("begun", flush=True)
    time.sleep(600 if first else 0)
    """
    job = make(code, variables={"KEY": "1"})
    job.prepare()
    engine = docker_engine.connect()
    container = engine.container(job.driver.handle()["container"])
    noted = docker_engine.folder / "data/containers" / container["Id"] / "config.v2.json"
    before = noted.read_bytes()
    job.until(job.driver.start(job.driver.handle()), lambda: "begun" in job.text)
    forgotten = psutil.Process(engine.container(container["Id"])["State"]["Pid"])
    engine.close()
    docker_engine.kill()
    noted.write_bytes(before)  # as if it had been killed before it noted that the container was started
    docker_engine.start()
    try:
        if not begun:
            engine = docker_engine.connect()
            hand_over(engine, container["Id"], {"KEY": "1"}, user_of(engine.facts()))
            engine.close()
        job.again()
        handle = job.driver.start(job.driver.handle())
        poll = job.end(handle)
    finally:
        forgotten.kill()
    if begun:
        assert (poll.running, poll.exit_code) == (False, None)
        assert poll.reason == "The Docker engine was stopped while it started the script: what became of it is not known."
    else:
        assert (poll.exit_code, handle["id"] != container["Id"]) == (0, True)
        assert job.text.endswith("begun\n")


def test_that_a_job_whose_engine_was_stopped_is_lost_with_a_reason(make: Make, docker_engine: Dockerd) -> None:
    docker_engine.restart(live_restore=False)
    try:
        job = make("import time\nprint('ready', flush=True)\ntime.sleep(600)")
        handle = job.start()
        job.until(handle, lambda: "ready" in job.text, "the script runs")
        docker_engine.stop()
        with pytest.raises(EnvironmentError_):
            job.driver.poll(handle)
        docker_engine.start()
        poll = job.end(handle)
        assert (poll.running, poll.exit_code) == (False, None)
        assert poll.reason == "The Docker engine was stopped while the job ran, and the job's container with it."
    finally:
        docker_engine.restart(live_restore=True)


def test_that_a_container_that_somebody_removes_is_a_lost_job(make: Make, docker_engine: Dockerd) -> None:
    job = make("import time\ntime.sleep(600)")
    handle = job.start()
    engine = docker_engine.connect()
    engine.remove(handle["container"])
    engine.close()
    poll = job.end(handle)
    assert (poll.running, poll.exit_code) == (False, None)
    assert poll.reason.startswith("The job's container was removed")


def test_that_the_chain_is_walked_link_by_link(docker_engine: Dockerd, sshd: Sshd, home: Path) -> None:
    links = list(walk_chain(DockerSpec.model_validate(docker_engine.spec()), None, home))
    assert [one.name for one in links] == ["engine", "base image", "Python", "disk", "container", "packages"]
    assert {one.state for one in links} == {"ok"}, links
    assert capacity(DockerSpec.model_validate(docker_engine.spec()), None).cpus == os.cpu_count()
    assert capacity(SshDockerSpec.model_validate(over_ssh(sshd, docker_engine)), None).cpus == os.cpu_count()
    links = list(walk_chain(SshDockerSpec.model_validate(over_ssh(sshd, docker_engine)), None, home))
    assert [one.name for one in links][:3] == ["reach", "sign in", "engine"]
    assert {one.state for one in links} == {"ok"}, links


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        ({"host": "unix:///nowhere.sock"}, "engine", "The Docker engine at unix:///nowhere.sock does not answer: No such file"),
        ({"image": "127.0.0.1:9/no/such"}, "base image", "The base image 127.0.0.1:9/no/such is not on the engine"),
        ({"network": "nowhere"}, "container", "The Docker engine at unix://"),
        ({"volumes": ["/nowhere/data:/data"]}, "container", "The folder /nowhere/data, a volume of the target, is not on "),
        ({"gpus": True}, "container", "The Docker engine at unix://"),
        ({"ca_bundle": "/nowhere.pem"}, "packages", "The CA bundle /nowhere.pem is not on this machine."),
    ],
)
def test_that_the_chain_says_which_link_fails(
    docker_engine: Dockerd, home: Path, change: dict[str, Any], name: str, said: str
) -> None:
    links = list(walk_chain(DockerSpec.model_validate({**docker_engine.spec(), **change}), None, home))
    failed = next(one for one in links if one.state != "ok")
    assert (failed.name, failed.state) == (name, "failed")
    assert failed.message.startswith(said)
    assert {one.state for one in links[links.index(failed) + 1 :]} <= {"skipped"}


def test_that_a_machine_without_an_engine_says_so_over_ssh(docker_engine: Dockerd, sshd: Sshd, home: Path) -> None:
    spec = SshDockerSpec.model_validate(over_ssh(sshd, docker_engine, host="unix:///nowhere.sock"))
    failed = next(one for one in walk_chain(spec, None, home) if one.state != "ok")
    assert failed.name == "engine"
    assert failed.message.endswith("does not answer: Cannot connect to the Docker daemon at unix:///nowhere.sock.")
    assert failed.hint.startswith("Start Docker there")


def test_that_a_script_over_there_reaches_the_server_here(make: Make, docker_engine: Dockerd, sshd: Sshd, home: Path) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"the server")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        code = """
        import os, urllib.request
        url = os.environ['MLFLOW_TRACKING_URI']
        print(url)
        print(urllib.request.urlopen(url, timeout=20).read())
        """
        job = make(code, over_ssh(sshd, docker_engine), tracking={"MLFLOW_TRACKING_URI": url})
        assert job.run().exit_code == 0, job.text
        assert job.text.splitlines()[0] != url
        assert job.text.splitlines()[1] == "b'the server'"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_that_a_job_over_ssh_survives_a_cut_connection(make: Make, docker_engine: Dockerd, sshd: Sshd) -> None:
    code = """
    import time, workbench
    for n in range(50):
        print('line', n, flush=True)
        workbench.log('n', n)
        time.sleep(0.1)
    """
    job = make(code, over_ssh(sshd, docker_engine))
    handle = job.start()
    job.until(handle, lambda: "line 3\n" in job.text, "the script runs")
    assert sshd.drop()

    def ended() -> bool:
        try:
            poll = job.driver.poll(handle)
            job.driver.pull(handle, final=not poll.running)
        except EnvironmentError_:
            return False
        return not poll.running

    until(ended, "the script ends", 90)
    assert job.text.splitlines() == [f"line {number}" for number in range(50)]
    assert [json.loads(line)["value"] for line in job.folder.events.read_text().splitlines()] == list(range(50))
