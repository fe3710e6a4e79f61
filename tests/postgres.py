"""A PostgreSQL server of a test's own."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import REQUIRED

PASSWORD = "geheim"


@dataclass(frozen=True)
class PostgresServer:
    """Its port on 127.0.0.1, its folder (also of its socket), and the programs to ask it with."""

    port: int
    folder: Path
    binaries: Path

    def psql(self, text: str) -> None:
        """Does what a script says, as the server's owner."""
        place = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "postgres"]
        _run(self.folder, str(self.binaries / "psql"), *place, text=text)

    def stop(self) -> None:
        """Ends the server as if its machine had failed."""
        _run(self.folder, str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Starts the server on its port."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        _run(self.folder, str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-o", options, "-l", log, "-w", "start")


@contextlib.contextmanager
def running_postgres(name: str = "wb-pg") -> Iterator[PostgresServer]:
    """A server with the owner `postgres` (password: `PASSWORD`); skips, or fails where it is required, without its programs."""
    binaries = _binaries()
    reason = "there are no PostgreSQL server programs here (Debian's package postgresql)"
    if binaries is None or (os.geteuid() == 0 and shutil.which("runuser") is None):
        if "postgres" in REQUIRED:
            pytest.fail(f"postgres is required here: {reason}")
        pytest.skip(reason)
    folder = Path("/tmp") / f"{name}-{os.getpid()}"
    folder.mkdir(mode=0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = PostgresServer(port, folder, binaries)
    try:
        words = ["-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8"]
        _run(folder, str(binaries / "initdb"), "-D", str(folder / "data"), *words)
        server.start()
        try:
            server.psql(f"ALTER USER postgres PASSWORD '{PASSWORD}';")
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test may have stopped it
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _run(folder: Path, *command: str, text: str = "") -> None:
    before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*before, *command],
        input=text,
        text=True,
        check=True,
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PGPASSWORD": PASSWORD},
    )
