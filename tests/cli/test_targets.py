"""Targets and the queue from the command line, against a real server."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("server")


def test_that_targets_are_added_shown_tested_and_deleted(cli: Cli) -> None:
    assert [one["name"] for one in cli("target", "list", "--output", "json").json] == ["local"]
    answer = cli(
        "target", "add", "box", "-k", "docker", "-s", "host=tcp://127.0.0.1:9", "-s", "volumes=/a:/a", "-s", "volumes=/b:/b"
    )
    assert (answer.code, "Test it with: workbench target test box" in answer.err) == (0, True), answer.err
    shown = cli("target", "show", "box", "--output", "json").json
    assert shown["spec"]["volumes"] == ["/a:/a", "/b:/b"]
    answer = cli("target", "test", "box")
    assert answer.code == 3
    assert "failed" in answer.out
    assert "box is not ready: " in answer.err
    assert "failed" in cli("target", "list").out
    answer = cli("target", "add", "box", "--kind", "docker", "--set", "nothing=1")
    assert (answer.code, "Its settings: host, image, " in answer.err) == (1, True)
    assert cli("target", "add", "box", "--kind", "docker", "--cpus", "2", "--change").code == 0
    assert "2 CPUs" in cli("target", "show", "box").out
    assert cli("target", "delete", "box", "--yes").code == 0
    answer = cli("target", "show", "box")
    assert (answer.code, "There is no target 'box'." in answer.err) == (1, True)
    assert cli("target", "test", "local").code == 0


WRONG = [
    (["--kind", "docker", "--set", "image"], "--set image is not of the form KEY=VALUE."),
    (["--kind", "docker", "--set", "gpus=maybe"], "gpus is true or false."),
    (["--kind", "docker", "--set", "host=box"], "'box' is not the address of a Docker engine."),
    (["--kind", "docker", "--set", "image=a b"], "'a b' is not the name of an image."),
    (["--kind", "docker", "--set", "volumes=data"], "The volume 'data' of the target is none."),
    (["--kind", "docker", "--set", "proxy=box:3128"], "The target's proxy is not the address of a proxy."),
    (["--kind", "ssh"], "The address is missing."),
    (["--kind", "ssh", "--address", "box", "--set", "host_key=box"], "The host key 'box' of the target is none"),
    (["--kind", "ssh", "--address", "ada@box"], "'ada@box' is not the address of a machine."),
    (["--kind", "ssh", "--address", "box", "--set", "port=99999"], "The port 99999 is not possible: "),
    (["--kind", "ssh", "--address", "box", "--set", "key_file=/none/key"], "There is no private key at /none/key."),
    (["--kind", "ssh-docker", "--address", "box", "--set", "docker.volumes=x"], "The volume 'x' of the target is none."),
    (["--kind", "spark", "--set", "master=box"], "'box' is no master that Spark knows."),
    (["--kind", "spark", "--set", "master=local[2]", "--set", "deploy_mode=cluster"], "in client mode only."),
    (["--kind", "spark", "--set", "deploy_mode=fast"], "The deploy mode 'fast' is not possible: "),
]


def test_that_wrong_settings_of_a_target_are_refused_when_it_is_added(cli: Cli) -> None:
    for given, says in WRONG:
        answer = cli("target", "add", "box", *given)
        assert (answer.code, says in answer.err) == (1, True), (given, answer.err)
    assert [one["name"] for one in cli("target", "list", "--output", "json").json] == ["local"]


def test_that_the_queue_is_shown_reordered_and_cancelled(cli: Cli, project: Path) -> None:
    assert cli("target", "pause", "local").code == 0
    for name in ("one", "two"):
        assert cli("submit", "--detach", "--name", name, "train.py").code == 0
    assert cli("submit", "--detach", "--after", "1", "--priority", "5", "train.py").code == 0
    listed = cli("job", "list", "--output", "json").json
    assert [(one["run_number"], one["reason"]) for one in listed] == [
        (3, "Waits for run 1 of small."),
        (1, "Waits until the queue of local is resumed."),
        (2, "Waits until the queue of local is resumed."),
    ]
    assert "has place" in cli("job", "priority", "2", "--first").err
    assert cli("job", "priority", "1").code == 1
    assert "Waits until the queue of local is resumed." in cli("job", "show", "1").err
    assert "Run 2 is cancelled." in cli("job", "cancel", "2").err
    assert cli("target", "resume", "local").code == 0
    until(lambda: cli("job", "list", "--output", "json").json == [], "the queue is empty")
    runs = {one["number"]: one["status"] for one in cli("run", "list", "--output", "json").json}
    assert runs == {1: "finished", 2: "cancelled", 3: "finished"}
    assert "finished" in cli("job", "show", "3").out


def test_that_a_log_is_shown_by_its_streams_and_an_environment_prepared(cli: Cli, project: Path) -> None:
    (project / "train.py").write_text("import sys\nprint('out')\nprint('err', file=sys.stderr)")
    answer = cli("submit", "train.py")
    assert answer.code == 0, answer.err
    assert (cli("run", "logs", "1", "--stream", "stdout").out, cli("run", "logs", "1", "--stream", "stderr").out) == (
        "out\n",
        "err\n",
    )
    answer = cli("target", "prepare", "local")
    assert (answer.code, "The environment is ready." in answer.out) == (0, True), answer.err
    answer = cli("submit", "--target", "docker", "train.py")
    assert (answer.code, "Add it with: workbench target add docker --kind docker" in answer.err) == (1, True)


def test_that_a_log_is_followed_to_its_end_though_the_server_is_killed_meanwhile(cli: Cli, project: Path, home: Path) -> None:
    (project / "train.py").write_text(
        "import json, os, pathlib, signal, time\n"
        "for number in range(20):\n"
        "    print('line', number, flush=True)\n"
        "    time.sleep(0.1)\n"
        "    if number == 10:\n"
        f"        server = json.loads(pathlib.Path({str(home / 'server.json')!r}).read_text())\n"
        "        os.kill(server['pid'], signal.SIGKILL)\n"
    )
    answer = cli("submit", "train.py")
    assert answer.code == 0, answer.err
    assert [line for line in answer.out.splitlines() if line.startswith("line ")] == [f"line {number}" for number in range(20)]
    assert answer.err.count("Starting the workspace server ...") == 2
    assert "Run 1 finished" in answer.err
