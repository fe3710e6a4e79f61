"""Serving a workspace: one server at a time, a handshake once it answers, an orderly end."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import filelock
import uvicorn

from workbench import __version__
from workbench.base.errors import Conflict, EnvironmentError_
from workbench.base.files import disk_error, write_atomic
from workbench.base.logs import log_to_file
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import started_at
from workbench.schema import Handshake
from workbench.server.app import create_app
from workbench.server.heads import CarefulHttp
from workbench.server.workspace import Workspace

_log = logging.getLogger(__name__)
_PREDECESSOR_S = 20.0  # a server that is just stopping holds the lock for a moment
_LAST_ANSWERS_S = 5


class _Server(uvicorn.Server):
    """uvicorn, but it tells when it answers, and leaves the end of the process to us."""

    def __init__(self, config: uvicorn.Config, handshake: Handshake, workspace: Workspace) -> None:
        super().__init__(config)
        self._handshake = handshake
        self._workspace = workspace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            content = self._handshake.model_dump_json(indent=2) + "\n"
            await asyncio.to_thread(write_atomic, self._workspace.paths.server_json, content, mode=0o600)
            _log.info("Serving %s at %s", self._workspace.paths.root, self._handshake.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._workspace.events.close()  # listeners of events never end themselves
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but the signal is not raised again at the end: the workspace is still to be stopped."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if sys.platform == "win32":
            signals.append(signal.SIGBREAK)
        before = {number: signal.signal(number, self._on_signal) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        _log.info("Stopping: signal %s", number)
        self.should_exit = True


def serve(paths: WorkspacePaths) -> int:
    """Serves the workspace until a signal or a request ends it. Raises Conflict when another server does so already."""
    try:
        paths.make()
        log_to_file(paths.logs, "server")
        for chatty in ("alembic", "httpx", "uvicorn.error"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    except OSError as error:
        raise disk_error(error, f"The workspace folder {paths.root}") from error
    lock = filelock.FileLock(paths.root / "server.lock")
    try:
        lock.acquire(timeout=_PREDECESSOR_S if not paths.server_json.exists() else 1.0)
    except filelock.Timeout as error:
        raise Conflict(f"Another server is running for the workspace {paths.root}.", place=str(paths.root)) from error
    try:
        _serve_alone(paths)
    finally:
        lock.release()
    return 0


def _serve_alone(paths: WorkspacePaths) -> None:
    token = secrets.token_urlsafe(32)
    with contextlib.closing(listening_socket(paths.server_port)) as listener:
        port = listener.getsockname()[1]
        handshake = Handshake(
            url=f"http://127.0.0.1:{port}",
            token=token,
            pid=os.getpid(),
            began=started_at(os.getpid()) or time.time(),
            version=__version__,
        )
        workspace = Workspace(paths)
        try:
            app = create_app(workspace, token)
            config = uvicorn.Config(
                app,
                http=CarefulHttp,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                proxy_headers=False,
                timeout_graceful_shutdown=_LAST_ANSWERS_S,
            )
            server = _Server(config, handshake, workspace)
            workspace.url = handshake.url
            workspace.on_stop = lambda: setattr(server, "should_exit", True)
            workspace.start()
            server.run(sockets=[listener])
        except Exception:
            _log.exception("The server failed")
            raise
        finally:
            # The file goes first: whoever looks for a server from here on starts another one, which waits for the lock.
            with contextlib.suppress(OSError):
                paths.server_json.unlink()
            workspace.stop()
            _log.info("Stopped")


def listening_socket(last_port: Path) -> socket.socket:
    """A socket on the loopback: on the port that the file names where it is free, so that jobs find a new server again.

    The file is brought up to date. Raises EnvironmentError_.
    """
    listener = _bound(_kept_port(last_port)) or _bound(0)
    if listener is None:
        raise EnvironmentError_("No port could be opened on 127.0.0.1.", hint="Close some programs and try again.")
    port = listener.getsockname()[1]
    if port != _kept_port(last_port):
        try:
            write_atomic(last_port, f"{port}\n")
        except EnvironmentError_ as error:
            _log.warning("Another port may be used next time: %s", error)
    return listener


def _bound(port: int | None) -> socket.socket | None:
    if port is None:
        return None
    # With its protocol named: asyncio sends without delay (TCP_NODELAY) only on sockets that say they are TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two servers share the port
            # Connections of the last server that are still being forgotten do not keep the port taken.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
    except OSError:
        listener.close()
        return None
    return listener


def _kept_port(last_port: Path) -> int | None:
    try:
        port = int(last_port.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return port if 1024 <= port < 65536 else None
