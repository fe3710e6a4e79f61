"""The engine of a remote machine, reached through SSH: each connection to it is a `docker system dial-stdio` over there."""

import contextlib
import io
import queue
import shlex
from collections.abc import Callable
from typing import Any

import requests.adapters
import urllib3
import urllib3.connection
import urllib3.exceptions

from workbench.base.errors import WorkbenchError
from workbench.jobs.drivers.docker.engine import Engine, EngineError, agree_on_version
from workbench.jobs.drivers.ssh.connection import Connection
from workbench.schema import SshDockerSpec

_BASE = "http+docker://over-ssh"  # the SDK has ways of its own with http+docker://ssh


def connect_over_ssh(target: SshDockerSpec, secret: str | None, *, timeout: float) -> Engine:
    """Signs in and asks the engine there. Raises LostConnectionError, UserError (key, password), EngineError."""
    import docker

    connection = Connection(target, secret)
    connection.open()
    command = ["docker", *(["--host", target.docker.host] if target.docker.host else []), "system", "dial-stdio"]
    api: Any = docker.APIClient(base_url="http://ssh:80", version="1.40", timeout=timeout)
    api.mount(_BASE, _Adapter(connection, shlex.join(command), timeout))
    api.base_url = _BASE
    engine = Engine(api, f"of {connection.name}", here=False, close=connection.close)
    engine.connection = connection
    try:
        agree_on_version(engine)
    except EngineError as error:
        try:
            raise _explained(connection, target.docker.host, error) from error
        finally:
            engine.close()
    except BaseException:
        engine.close()
        raise
    return engine


def _explained(connection: Connection, host: str, error: EngineError) -> EngineError:
    """What the docker command there says, in place of a broken connection."""
    try:
        done = connection.run(["docker", *(["--host", host] if host else []), "version", "--format", "{{.Server.Version}}"])
    except WorkbenchError:
        return error
    said = " ".join(done.said.split())
    if done.code == 127 or "not found" in said:
        message = f"There is no docker command on {connection.name}."
        return EngineError(message, hint="Install Docker there, or put it on the PATH of commands that come over SSH.")
    if "permission denied" in said.lower():
        hint = "Let that user use Docker there: sudo usermod -aG docker USER"
        return EngineError(f"The user on {connection.name} may not use Docker there.", hint=hint)
    if not done.code:
        return error
    reason = said.partition(" Is the docker daemon running")[0].rstrip(".")
    hint = "Start Docker there (e.g. systemctl start docker), or correct docker.host of the target."
    return EngineError(f"The Docker engine of {connection.name} does not answer: {reason}.", hint=hint)


class _Socket:
    """A channel as http.client wants its socket: closed only when what reads from it is closed too, as sockets are."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._readers = 0
        self._is_closed = False
        self.sendall = channel.sendall
        self.settimeout = channel.settimeout

    @property
    def is_over(self) -> bool:
        return self._is_closed or bool(self._channel.closed or self._channel.eof_received)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_Reader(self._channel, self._let_go))

    def close(self) -> None:
        self._is_closed = True
        if self._readers == 0:
            self._channel.close()

    def _let_go(self) -> None:
        self._readers -= 1
        if self._is_closed and self._readers == 0:
            self._channel.close()


class _Reader(io.RawIOBase):
    """What comes through a channel."""

    def __init__(self, channel: Any, let_go: Callable[[], None]) -> None:
        super().__init__()
        self._channel = channel
        self._let_go = let_go

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._channel.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._let_go()


class _Connection(urllib3.connection.HTTPConnection):
    """One connection to the engine: a channel with the command at its other end."""

    def __init__(self, ssh: Connection, command: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._ssh = ssh
        self._command = command

    def connect(self) -> None:
        try:
            channel = self._ssh.transport().open_session(timeout=self.timeout)
            channel.settimeout(self.timeout)
            channel.exec_command(self._command)
        except WorkbenchError as error:
            raise urllib3.exceptions.NewConnectionError(self, str(error)) from error
        except Exception as error:
            raise urllib3.exceptions.NewConnectionError(self, f"the connection broke ({error})") from error
        self.sock: Any = _Socket(channel)


class _Pool(urllib3.HTTPConnectionPool):
    """Connections over one SSH connection. Those that broke are not taken again."""

    def __init__(self, ssh: Connection, command: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=4)
        self._ssh = ssh
        self._command = command
        self._seconds = timeout

    def _new_conn(self) -> _Connection:
        return _Connection(self._ssh, self._command, self._seconds)

    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ARG002 (as urllib3 calls it)
        """urllib3 would ask a socket for its number, which a channel has to make a pipe for."""
        while self.pool is not None:
            try:
                found: Any = self.pool.get(block=False)
            except queue.Empty:
                break
            if found is None:
                break
            if found.sock is None or not found.sock.is_over:
                return found
            with contextlib.suppress(Exception):
                found.close()
        return self._new_conn()


class _Adapter(requests.adapters.HTTPAdapter):  # type: ignore[misc]  # requests has no types here
    """Sends the SDK's requests through the pool."""

    def __init__(self, ssh: Connection, command: str, timeout: float) -> None:
        self._pool = _Pool(ssh, command, timeout)
        super().__init__()

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> _Pool:  # noqa: ARG002 (as requests calls it)
        return self._pool

    def request_url(self, request: Any, proxies: Any) -> str:  # noqa: ARG002 (as requests calls it)
        return str(request.path_url)

    def close(self) -> None:
        super().close()
        self._pool.close()
