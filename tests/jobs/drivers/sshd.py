"""A private SSH server on loopback: its own configuration, keys and port; it signs in the user who runs the tests.

Fixture `sshd` (from this folder's conftest.py) gives it, signed in to by a key file, and running.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import Requirement
from tests.waiting import until

# What a machine needs to reach the package index from here; a session of sshd starts with clean variables.
_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_CERT")  # fmt: skip


def sshd_program() -> str:
    """The server's path; empty where it is not installed."""
    return shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])) or ""


@dataclass
class Sshd:
    """The server; may be stopped and started again on the same port."""

    folder: Path
    port: int
    address: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = None

    @property
    def username(self) -> str:
        return pwd.getpwuid(os.getuid()).pw_name

    @property
    def key_file(self) -> Path:
        return self.folder / "user_key"

    @property
    def host_key(self) -> str:
        """As known_hosts has it, without the address: `ssh-ed25519 AAAA...`."""
        return " ".join((self.folder / "host_key.pub").read_text("ascii").split()[:2])

    def spec(self, **more: Any) -> dict[str, Any]:
        """The fields of SshSpec that lead here."""
        here = {"address": self.address, "port": self.port, "username": self.username}
        return {**here, "key_file": str(self.key_file), "host_key": self.host_key, **more}

    def start(self) -> None:
        """Returns when it takes connections."""
        if self.process:
            return
        command = [sshd_program(), "-D", "-f", str(self.folder / "sshd_config"), "-E", str(self.folder / "sshd.log")]
        process = self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

        def answers() -> bool:
            assert process.poll() is None, (self.folder / "sshd.log").read_text("utf-8", "replace")
            with contextlib.suppress(OSError), socket.create_connection((self.address, self.port), timeout=1) as probe:
                return probe.recv(4) == b"SSH-"
            return False

        until(answers, "sshd answers")

    def drop(self) -> int:
        """Cuts all connections, as a network would; what was started over them lives on. Returns how many there were."""
        cut = self._cut()
        psutil.wait_procs(cut, timeout=5)
        return len(cut)

    def stop(self) -> None:
        """The listener and all its connections."""
        if not self.process:
            return
        with contextlib.suppress(psutil.Error):
            psutil.Process(self.process.pid).suspend()  # takes no new connection while the old ones are cut
        cut = self._cut()
        self.process.kill()
        self.process.wait(10)
        psutil.wait_procs(cut, timeout=5)
        self.process = None

    def _cut(self) -> list[psutil.Process]:
        assert self.process
        sessions = psutil.Process(self.process.pid).children()
        for session in sessions:
            with contextlib.suppress(psutil.Error):
                for one in [*session.children(recursive=True), session]:
                    with contextlib.suppress(psutil.Error):
                        if one.name().startswith("sshd"):
                            one.kill()
        return sessions


def make_sshd(folder: Path) -> Sshd:
    """Writes keys and configuration of a server; it is not started."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host_key'}",
        f"PidFile {folder / 'sshd.pid'}",
        f"AuthorizedKeysFile {folder / 'authorized_keys'}",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin yes",
        "PermitUserEnvironment no",
        "AllowTcpForwarding yes",
        "AllowStreamLocalForwarding yes",
        "MaxStartups 100",
        "MaxSessions 100",
        "Subsystem sftp internal-sftp",
    ]
    passed = [f'"{name}={os.environ[name]}"' for name in _PASSED_ON if os.environ.get(name)]
    if passed:
        lines.append(f"SetEnv {' '.join(passed)}")
    (folder / "sshd_config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd separates its privileges there
    return Sshd(folder, port)


def ssh_lacks() -> str:
    """What keeps the server from running here; empty where nothing does."""
    if os.name != "posix":
        return "an SSH server is started on Linux only"
    if not sshd_program() or not shutil.which("ssh-keygen"):
        return "there is no OpenSSH server here (apt-get install openssh-server)"
    return ""


@pytest.fixture(scope="session")
def sshd_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd | None]:
    """One server for all tests of the process; None where none can run."""
    if ssh_lacks():
        yield None
        return
    server = make_sshd(tmp_path_factory.mktemp("sshd"))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def sshd(require: Requirement, sshd_process: Sshd | None) -> Sshd:
    """The running server; the test is skipped (or fails, where `ssh` is required) without one."""
    require("ssh", available=sshd_process is not None, reason=ssh_lacks())
    assert sshd_process
    sshd_process.start()
    return sshd_process
