"""Images: built once whoever asks, nothing left of a failed or cancelled build, taken up after a killed builder."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.jobs.drivers.dockerd import BASE, Dockerd
from tests.waiting import until
from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.docker.engine import Engine
from workbench.jobs.drivers.docker.image import CERTIFICATES, ENVIRONMENT, ImageFacts, ImageMaker, run_once
from workbench.jobs.drivers.docker.images import clean_images, note_use
from workbench.jobs.drivers.docker.layer import Layer, LayerBuilder, remove_builds
from workbench.jobs.drivers.registry import clean_target
from workbench.schema import DockerSpec

BUNDLE = os.environ.get("SSL_CERT_FILE", "")


class Listener:
    """A runner's ear."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stop = threading.Event()

    @property
    def follow(self) -> Follow:
        return Follow(say=self.lines.append, must_stop=self.stop.is_set)


@pytest.fixture
def engine(docker_engine: Dockerd) -> Iterator[Engine]:
    opened = docker_engine.connect()
    yield opened
    opened.close()


@pytest.fixture
def listener() -> Listener:
    return Listener()


def layer(engine: Engine, script: str, **more: object) -> Layer:
    found = engine.image(BASE)
    assert found
    return replace(Layer("workbench-test", found["Id"], f"{script}\n# {time.time()}"), **more)  # type: ignore[arg-type]


def builder(engine: Engine, tmp_path: Path, listener: Listener, run_id: str = "run-1") -> LayerBuilder:
    return LayerBuilder(engine, tmp_path / "docker", run_id, listener.follow)


def test_that_a_layer_holds_what_its_script_made_and_nothing_of_the_build(
    engine: Engine, tmp_path: Path, listener: Listener
) -> None:
    wanted = layer(engine, 'echo "$SECRET" >&2; cat given >/made', files={"given": b"from here"}, variables={"SECRET": "it's"})
    image = builder(engine, tmp_path, listener).ensure(wanted, "the thing")
    assert "it's" in listener.lines
    assert run_once(engine, image, ["cat", "/made"], "r")[1] == "from here"
    code, _, _ = run_once(engine, image, ["ls", "/workbench-build"], "r")
    assert code != 0
    config = engine.image(image)
    assert config
    assert "SECRET" not in str(config["Config"])


def test_that_a_layer_is_built_once_by_many_at_a_time(engine: Engine, docker_engine: Dockerd, tmp_path: Path) -> None:
    wanted = layer(engine, "sleep 1; cat /proc/sys/kernel/random/uuid >/made")
    listeners = [Listener() for _ in range(4)]
    # Two of them in one workspace, two each in another: as jobs of several machines would be.
    folders = [tmp_path / "a", tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    with ThreadPoolExecutor(4) as pool:
        images = set(pool.map(lambda both: builder(engine, *both).ensure(wanted, "it"), zip(folders, listeners, strict=True)))
    assert len(images) == 1
    assert sum("Building it (once) ..." in one.lines for one in listeners) == 1
    assert not docker_engine.untagged()


def test_that_one_alone_makes_the_image_of_an_ended_build_and_one_that_is_gone_holds_up_nobody(
    engine: Engine, docker_engine: Dockerd, tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = layer(engine, "echo done >/made")
    name = f"workbench-finish-{wanted.digest}"
    labels = {"workbench.build": wanted.digest, "workbench.workspace": "another machine's"}
    with engine.asking() as api:
        api.create_container(
            wanted.parent, ["sh"], name=name, labels=labels, host_config=api.create_host_config(network_mode="none")
        )
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(builder(engine, tmp_path, listener).ensure, wanted, "it")
        until(lambda: "It is being built already; following that ..." in listener.lines, "it sees that another one is at it")
        assert docker_engine.containers() == [name]
        monkeypatch.setattr("workbench.jobs.drivers.docker.layer._WAIT_S", 0)
        assert run_once(engine, building.result(60), ["cat", "/made"], "r")[1] == "done\n"
    assert not docker_engine.containers()


def test_that_who_follows_a_build_of_another_workspace_does_not_end_it(engine: Engine, tmp_path: Path, listener: Listener) -> None:
    wanted = layer(engine, "echo begun; sleep 3; cat /proc/sys/kernel/random/uuid >/made")
    follower = Listener()
    with ThreadPoolExecutor(2) as pool:
        building = pool.submit(builder(engine, tmp_path / "one", listener).ensure, wanted, "it")
        until(lambda: "begun" in listener.lines, "the build runs")
        following = pool.submit(builder(engine, tmp_path / "two", follower).ensure, wanted, "it")
        until(lambda: "begun" in follower.lines, "another one follows it")
        follower.stop.set()
        with pytest.raises(Cancelled):
            following.result(30)
        assert building.result(60)
    assert listener.lines.count("begun") == 1, "it was built twice"


def test_that_a_failed_build_says_why_and_leaves_nothing(
    engine: Engine, docker_engine: Dockerd, tmp_path: Path, listener: Listener
) -> None:
    wanted = layer(engine, "echo fine; echo 'no such thing' >&2; exit 3")
    with pytest.raises(UserError, match=r"The image could not be built: no such thing\."):
        builder(engine, tmp_path, listener).ensure(wanted, "it")
    assert engine.image(wanted.tag) is None
    assert not docker_engine.containers()
    assert "fine" in listener.lines


def test_that_a_build_ends_when_the_job_is_cancelled(
    engine: Engine, docker_engine: Dockerd, tmp_path: Path, listener: Listener
) -> None:
    wanted = layer(engine, "echo begun; sleep 600")
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(builder(engine, tmp_path, listener).ensure, wanted, "it")
        until(lambda: "begun" in listener.lines, "the build tells its lines")
        listener.stop.set()
        with pytest.raises(Cancelled):
            building.result(30)
    assert not docker_engine.containers()


def test_that_a_build_whose_builder_was_killed_is_taken_up(
    engine: Engine, docker_engine: Dockerd, tmp_path: Path, listener: Listener
) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from tests.jobs.drivers.docker.test_images import Listener, builder
from tests.jobs.drivers.dockerd import Dockerd
from workbench.jobs.drivers.docker.layer import Layer
engine = Dockerd(Path({str(docker_engine.folder)!r})).connect()
parent = engine.image({BASE!r})["Id"]
builder(engine, Path({str(tmp_path)!r}), Listener(), "killed").ensure(Layer("workbench-test", parent, sys.argv[1]), "it")
"""
    wanted = replace(layer(engine, ""), script=f"sleep 2; echo {time.time()} >/made")
    killed = subprocess.Popen([sys.executable, "-c", code, wanted.script])
    until(lambda: any(name.startswith("workbench-build") for name in docker_engine.containers()), "the build began")
    killed.kill()
    killed.wait(10)
    image = builder(engine, tmp_path, listener).ensure(wanted, "it")
    assert run_once(engine, image, ["cat", "/made"], "r")[0] == 0
    assert "It is being built already; following that ..." in listener.lines or "Building it (once) ..." in listener.lines


def test_that_the_builds_of_a_killed_run_can_be_removed(
    engine: Engine, docker_engine: Dockerd, tmp_path: Path, listener: Listener
) -> None:
    wanted = layer(engine, "sleep 600")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(builder(engine, tmp_path, listener, "killed").ensure, wanted, "it")
        until(docker_engine.containers, "the build began")
        listener.stop.set()
        remove_builds(engine, "other")
        remove_builds(engine, "killed")
    assert not docker_engine.containers()


def test_that_packages_are_installed_by_their_lock_and_shared(engine: Engine, home: Path, listener: Listener) -> None:
    maker = ImageMaker(engine, home, "run", listener.follow, ca_bundle=BUNDLE)
    base = maker.base(BASE)
    facts = maker.facts(base)
    assert facts.version.startswith("3.")
    image = maker.environment(base, "six==1.17.0\n", facts.python, "requirements.txt")
    code, out, _ = run_once(engine, image, [f"{ENVIRONMENT}/bin/python", "-c", "import six; print(six.__version__)"], "r")
    assert (code, out.strip()) == (0, "1.17.0")
    assert maker.installed(image, f"{ENVIRONMENT}/bin/python") == "six==1.17.0\n"
    again = Listener()
    assert (
        ImageMaker(engine, home, "two", again.follow, ca_bundle=BUNDLE).environment(base, "six==1.17.0\n", facts.python, "")
        == image
    )
    assert not again.lines
    if BUNDLE:
        _, out, _ = run_once(engine, image, ["sh", "-c", 'echo "$SSL_CERT_FILE"; wc -c <"$SSL_CERT_FILE"'], "r")
        assert out.split()[0] == CERTIFICATES
        assert int(out.split()[1]) >= Path(BUNDLE).stat().st_size


def test_that_a_package_that_does_not_exist_is_named(engine: Engine, home: Path, listener: Listener) -> None:
    maker = ImageMaker(engine, home, "run", listener.follow, ca_bundle=BUNDLE)
    base = maker.base(BASE)
    with pytest.raises(UserError, match=r"six==0\.0\.1") as raised:
        maker.environment(base, "six==0.0.1\n", "python3", "requirements.txt")
    assert raised.value.message.startswith("The image with the packages could not be built: ")
    assert raised.value.place == "requirements.txt"


def test_that_an_index_that_does_not_answer_is_the_environments_fault(engine: Engine, home: Path, listener: Listener) -> None:
    maker = ImageMaker(engine, home, "run", listener.follow, proxy="http://127.0.0.1:9")
    with pytest.raises(EnvironmentError_, match="no connection to the package index"):
        maker.environment(maker.base(BASE), "six==1.17.0\n", "python3", "requirements.txt")


def test_that_a_base_image_that_cannot_be_had_gives_one_sentence(engine: Engine, home: Path, listener: Listener) -> None:
    maker = ImageMaker(engine, home, "run", listener.follow)
    with pytest.raises((UserError, EnvironmentError_)) as raised:
        maker.base("127.0.0.1:9/no/such:image")
    assert raised.value.message.startswith("The base image 127.0.0.1:9/no/such:image is not on the engine and cannot be pulled: ")
    assert raised.value.message.count("\n") == 0
    assert "docker load" in raised.value.hint


def test_that_images_unused_for_long_are_removed_and_those_in_use_stay(
    engine: Engine, docker_engine: Dockerd, home: Path, listener: Listener
) -> None:
    build = LayerBuilder(engine, home / "docker", "run", listener.follow)
    used, unused, recent = (build.ensure(layer(engine, f"echo {name} >/made"), name) for name in ("used", "unused", "recent"))
    for image in (used, unused, recent):
        note_use(home, image, engine)
    for note in home.glob("cache/docker/*/*.json"):
        if recent.removeprefix("sha256:") not in note.name:
            os.utime(note, (1, 1))
    with engine.asking() as api:
        made = api.create_container(used, ["true"], host_config=api.create_host_config(network_mode="none"))
    try:
        assert clean_images(home, engine) == [unused]
    finally:
        engine.remove(made["Id"])
    assert engine.image(unused) is None
    assert engine.image(used)
    assert engine.image(recent)
    target = DockerSpec.model_validate(docker_engine.spec(ca_bundle=""))
    assert clean_target(target, None, home, 30.0) == [used]  # its container has gone
    assert clean_target(target, None, home, 0.0) == [recent]


@pytest.mark.parametrize(
    ("machine", "libc", "expected"),
    [
        ("x86_64", "glibc 2.36", "x86_64-manylinux_2_36"),
        ("arm64", "glibc 2.29", "aarch64-manylinux_2_28"),
        ("x86_64", "glibc 2.99", "x86_64-manylinux_2_40"),
        ("aarch64", "musl", "aarch64-unknown-linux-musl"),
    ],
)
def test_that_the_platform_of_an_image_is_one_that_uv_knows(machine: str, libc: str, expected: str) -> None:
    assert ImageFacts(machine, libc).platform == expected
