"""A private Docker engine: its own folders and socket, no bridge, nothing of the machine's firewall touched. Needs root.

Fixture `docker_engine` (from this folder's conftest.py) gives it running, with the image BASE: a small Debian with Python 3.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock

from tests.conftest import Requirement
from tests.waiting import until
from workbench.base.errors import WorkbenchError
from workbench.jobs.drivers.docker.engine import Engine, connect
from workbench.schema import DockerSpec

BASE = "workbench-test-base"
_ARCHIVE = Path.home() / ".cache" / "workbench-tests" / "base.tar"
_PACKAGES = "python3,python3-venv,ca-certificates"
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")


@dataclass
class Dockerd:
    """The engine; may be stopped, killed and started again. With `live_restore` containers live on without it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    live_restore: bool = True
    images: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"unix://{self.folder / 'docker.sock'}"

    def spec(self, **more: Any) -> dict[str, Any]:
        """A target that leads here, as JSON."""
        bundle = os.environ.get("SSL_CERT_FILE", "")
        return {"kind": "docker", "host": self.host, "image": BASE, "ca_bundle": bundle, **more}

    def connect(self) -> Engine:
        return connect(DockerSpec(host=self.host))

    def start(self) -> None:
        """Returns when it answers."""
        if self.process:
            return
        at = self.folder
        command = [
            "dockerd",
            "--data-root",
            f"{at}/data",
            "--exec-root",
            f"{at}/exec",
            "--pidfile",
            f"{at}/pid",
            "--host",
            self.host,
        ]
        command += ["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"]
        command += ["--live-restore"] if self.live_restore else []
        with (at / "log").open("ab") as log:
            process = self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

        def answers() -> bool:
            assert process.poll() is None, (at / "log").read_text("utf-8", "replace")[-3000:]
            with contextlib.suppress(WorkbenchError):
                self.connect().close()
                return True
            return False

        until(answers, "dockerd answers")

    def stop(self) -> None:
        """As when the machine's administrator stops it: without `live_restore` its containers are stopped too."""
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def kill(self) -> None:
        """As when it crashes, and containerd with it; the containers' own shims live on."""
        if self.process:
            children = psutil.Process(self.process.pid).children()
            self.process.kill()
            self.process.wait(60)
            self.process = None
            for child in children:
                with contextlib.suppress(psutil.Error):
                    child.kill()
            psutil.wait_procs(children, timeout=30)
            (self.folder / "exec/containerd/containerd.pid").unlink(missing_ok=True)

    def restart(self, *, live_restore: bool | None = None) -> None:
        self.stop()
        if live_restore is not None:
            self.live_restore = live_restore
        self.start()

    def containers(self) -> list[str]:
        """All names, also of ended containers."""
        engine = self.connect()
        try:
            with engine.asking() as api:
                return [one["Names"][0].lstrip("/") for one in api.containers(all=True)]
        finally:
            engine.close()

    def untagged(self) -> list[str]:
        """Images without a name: what a failed build would leave."""
        engine = self.connect()
        try:
            with engine.asking() as api:
                return [one["Id"] for one in api.images(filters={"dangling": True})]
        finally:
            engine.close()

    def remove(self) -> None:
        """Nothing stays: containers, processes, mounts, folder."""
        with contextlib.suppress(Exception):
            self.start()
            engine = self.connect()
            for name in self.containers():
                engine.remove(name)
            engine.close()
        self.kill()  # quicker than to stop it: no container is left
        for process in psutil.process_iter(["cmdline"]):
            with contextlib.suppress(psutil.Error):
                if any(str(self.folder) in word for word in process.info["cmdline"] or ()):
                    process.kill()
                    process.wait(10)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
        for mount in sorted((one for one in mounts if one.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def docker_lacks() -> str:
    """What keeps a private engine from running here; empty where nothing does."""
    if os.name != "posix" or os.getuid() != 0:
        return "a private Docker engine is started by root on Linux only"
    if not shutil.which("dockerd"):
        return "there is no dockerd here (apt-get install docker.io)"
    if not _ARCHIVE.exists() and not shutil.which("mmdebstrap"):
        return "there is no mmdebstrap here to make the base image (apt-get install mmdebstrap)"
    return ""


def base_archive() -> Path:
    """A small Debian with Python as a tar; made once per machine, which needs the network."""
    if _ARCHIVE.exists():
        return _ARCHIVE
    _ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(_ARCHIVE.with_suffix(".lock")):
        if not _ARCHIVE.exists():
            made = _ARCHIVE.with_name("making.tar")
            made.unlink(missing_ok=True)
            left_out = [f"--dpkgopt=path-exclude={path}" for path in _LEFT_OUT]
            command = ["mmdebstrap", "--variant=minbase", f"--include={_PACKAGES}", *left_out, "bookworm", str(made)]
            subprocess.run([*command, "http://deb.debian.org/debian"], check=True, capture_output=True, timeout=600)
            made.replace(_ARCHIVE)
    return _ARCHIVE


def make_dockerd() -> Dockerd:
    """A running engine with the base image. Raises what keeps it from that."""
    dockerd = Dockerd(Path(tempfile.mkdtemp(prefix="wbd-", dir="/tmp")))  # a socket's path must be short
    try:
        dockerd.start()
        engine = dockerd.connect()
        with engine.asking("The base image") as api:
            api.import_image(str(base_archive()), repository=BASE, tag="latest")
        engine.close()
    except BaseException:
        dockerd.remove()
        raise
    return dockerd


@pytest.fixture(scope="session")
def dockerd_process() -> Iterator[Dockerd | None]:
    """One engine for all tests of the process; None where none can run."""
    if docker_lacks():
        yield None
        return
    dockerd = make_dockerd()
    try:
        yield dockerd
    finally:
        dockerd.remove()


@pytest.fixture
def docker_engine(require: Requirement, dockerd_process: Dockerd | None) -> Iterator[Dockerd]:
    """The running engine; the test is skipped (or fails, where `docker` is required) without one.

    A test that leaves a container behind, or an image without a name, fails.
    """
    require("docker", available=dockerd_process is not None, reason=docker_lacks())
    assert dockerd_process
    dockerd_process.start()
    yield dockerd_process
    dockerd_process.start()
    left, untagged = dockerd_process.containers(), dockerd_process.untagged()
    engine = dockerd_process.connect()
    for name in left:
        engine.remove(name)
    engine.close()
    assert not left, f"containers left behind: {left}"
    assert not untagged, f"images left behind: {untagged}"
