"""The client: every public call of the workspace's server as a typed method."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from workbench import __version__
from workbench.base.errors import EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, reap
from workbench.base.settings import Settings
from workbench.client.events import EventStream
from workbench.client.jobs import JobCalls
from workbench.client.keeping import KeepingCalls
from workbench.client.kernels import KernelCalls
from workbench.client.models import ModelCalls
from workbench.client.runs import RunCalls
from workbench.client.transport import Transport
from workbench.schema import Health
from workbench.sdk.tracking import beside_proxies, reaching


class Client(JobCalls, RunCalls, KeepingCalls, ModelCalls, KernelCalls):
    """Speaks to the server of one workspace; safe in several threads; a context manager.

    Every method raises what the server raised: UserError, NotFound, Conflict, EnvironmentError_ (also when the server is not
    there), or ServerBug. `run_id` is a run's id, or the first four or more characters of one, wherever a method takes it.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._streams: list[EventStream] = []

    @classmethod
    def connect(cls, home: Path | None = None, *, start: bool = True, say: Callable[[str], None] | None = None) -> Self:
        """Connects to the server of the workspace (`home`, else `WORKBENCH_HOME`, else the user's own).

        Starts it when none runs and `start` is on; however many clients do so at once, one server starts. `say` gets sentences
        about what takes time, and about a server of another version.
        """
        paths = WorkspacePaths(Path(home).expanduser().absolute()) if home is not None else WorkspacePaths.default()
        client = cls(Transport(paths, start=start, say=say))
        if say and client.server_version != __version__:
            say(
                f"The workspace server is version {client.server_version}, this is {__version__}. "
                "Restart it when no job is being submitted: workbench server stop"
            )
        return client

    def revive(self, say: Callable[[str], None] | None = None) -> bool:
        """After a call that did not reach the server: whether one answers again. One that died is started anew; one that was
        stopped stays so."""
        return self._transport.revive(say)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the event streams and closes the connections; the server goes on."""
        for stream in self._streams:
            stream.close()
        self._transport.close()

    @property
    def url(self) -> str:
        """Where the server answers, without a path."""
        return self._transport.handshake.url

    @property
    def token(self) -> str:
        """What other programs send as `Authorization: Bearer <token>`."""
        return self._transport.handshake.token

    def mlflow_variables(self) -> dict[str, str]:
        """The variables of the environment by which MLflow's clients on this machine log into the workspace."""
        return reaching(self.url, self.token) | beside_proxies(self.url, os.environ)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._transport.handshake.pid

    @property
    def server_version(self) -> str:
        """The version of the server's program."""
        return self._transport.handshake.version

    @property
    def home(self) -> Path:
        """The workspace folder."""
        return self._transport.paths.root

    def health(self) -> Health:
        """How the server is, and what it must tell the user."""
        return Health.model_validate_json(self._get("/health"))

    def settings(self) -> Settings:
        """The workspace's settings."""
        return Settings.model_validate_json(self._get("/settings"))

    def save_settings(self, settings: Settings) -> Settings:
        """Saves the settings; they take effect at once."""
        return Settings.model_validate_json(self._transport.call("PUT", "/settings", body=settings))

    def events(self, after: int = 0) -> EventStream:
        """All events with a greater number than `after`, without end (-1: only those to come). `close()` ends the iteration."""
        self._streams = [stream for stream in self._streams if not stream.closed]
        boot = ""
        if after < 0:  # counted from this call on, not from the first reading
            health = self.health()
            after, boot = health.last_event, health.boot
        stream = EventStream(self._transport, after, boot)
        self._streams.append(stream)
        return stream

    def shutdown(self, timeout: float = 30) -> None:
        """Stops the server and waits for its end; running jobs and services go on."""
        used = self._transport.handshake
        self._transport.call("POST", "/shutdown")
        deadline = time.monotonic() + timeout
        while is_alive(used.pid, used.began, named=str(self.home)):
            if time.monotonic() > deadline:
                raise EnvironmentError_(f"The server (process {used.pid}) has not stopped within {timeout:.0f} seconds.")
            time.sleep(0.02)
        reap(used.pid)
