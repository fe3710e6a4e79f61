"""The two servers of a measurement, on this machine, each on SQLite in a folder of its own."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from workbench.client import Client


@dataclass(frozen=True)
class Place:
    """Where an MLflow client finds a server, with what variables; and the files that hold its store."""

    name: str
    uri: str
    variables: dict[str, str]
    store: Path

    def size(self) -> int:
        """Bytes of the store, with the write-ahead log folded in."""
        with contextlib.closing(sqlite3.connect(self.store, timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return sum(one.stat().st_size for one in self.store.parent.glob(self.store.name + "*"))


@contextlib.contextmanager
def mlflow_server(python: Path, folder: Path, log: Path) -> Iterator[Place]:
    """`mlflow server` with as many workers as it takes by itself."""
    folder.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = folder / "mlflow.db"
    command = [
        str(python), "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{store}", "--artifacts-destination",
        str(folder / "artifacts"), "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, env=environment, start_new_session=True)
        try:
            _until_healthy(f"http://127.0.0.1:{port}/health", process, log)
            yield Place("mlflow server", f"http://127.0.0.1:{port}", {}, store)
        finally:
            _end(process)


@contextlib.contextmanager
def workbench_server(folder: Path) -> Iterator[tuple[Place, Client]]:
    """Our server, as the command line starts it."""
    with Client.connect(folder) as client:
        try:
            yield Place("workbench", client.url, {"MLFLOW_TRACKING_TOKEN": client.token}, folder / "workspace.db"), client
        finally:
            client.shutdown()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the server with its workers: it is asked first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def _until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"mlflow server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
