"""A connection to a remote machine that is opened when it is needed, and again when it is lost."""

from __future__ import annotations

import contextlib
import logging
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.base.errors import UserError
from workbench.jobs.drivers.base import Unreachable
from workbench.jobs.drivers.ssh.hostkeys import parse_host_key, user_known_hosts

if TYPE_CHECKING:
    from workbench.schema import SshSpec

T = TypeVar("T")

_REACH_S = 10.0
_KEEP_ALIVE_S = 15
_ANSWER_S = 30.0
_BYTES_AT_ONCE = 1 << 16


class LostConnectionError(Unreachable):
    """The connection broke, or could not be made: the machine may be there again in a moment."""


@dataclass(frozen=True)
class Done:
    """A command that has ended on the machine."""

    code: int
    output: bytes
    said: str
    """What it wrote to stderr."""


class Connection:
    """One machine. Safe in several threads; `close` ends all that it opened.

    What the user must correct (key, password, host key) raises UserError; what may pass by raises LostConnectionError. The error's
    `place` names the link that failed: reach or sign in.
    """

    def __init__(self, spec: SshSpec, secret: str | None) -> None:
        self.spec = spec
        self.name = f"{spec.address}:{spec.port}" if spec.port != 22 else spec.address
        self._secret = secret
        self._client: Any = None
        self._sftp: Any = None
        self._lock = threading.RLock()
        self._opened: list[Callable[[], object]] = []

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        with self._lock:
            transport = self._client and self._client.get_transport()
            return bool(transport and transport.is_active())

    def on_open(self, call: Callable[[], object]) -> None:
        """Calls after every time that the connection was made, also again."""
        self._opened.append(call)

    def open(self) -> None:
        """Signs in, where that is not done."""
        with self._lock:
            if self.is_open:
                return
            self.close()
            client = self._signed_in(self._reached())
            client.get_transport().set_keepalive(_KEEP_ALIVE_S)
            self._client = client
            for call in self._opened:
                call()

    def reach(self) -> None:
        """Only looks whether the machine's port answers."""
        self._reached().close()

    def close(self) -> None:
        with self._lock:
            client, self._client, self._sftp = self._client, None, None
            if client is not None:
                transport = client.get_transport()
                with contextlib.suppress(Exception):
                    client.close()
                if transport is not None:
                    transport.join(5)

    def transport(self) -> Any:
        """Paramiko's transport, of a connection that is open."""
        self.open()
        return self._client.get_transport()

    def again(self, work: Callable[[], T]) -> T:
        """Does what may be done twice; a second time, over a new connection, when it breaks."""
        with self._lock:
            was_open = self.is_open
            try:
                with self._failures():
                    self.open()
                    return work()
            except LostConnectionError:
                if not was_open:
                    raise
                self.close()
            with self._failures():
                self.open()
                return work()

    def run(self, command: Sequence[str], *, data: bytes = b"", timeout: float = _ANSWER_S) -> Done:
        """Runs a program there to its end. `command` is quoted for the shell. It may run twice, when the connection breaks."""
        return self.again(lambda: self._run(command, data, timeout))

    def _run(self, command: Sequence[str], data: bytes, timeout: float) -> Done:
        with self.channel(command) as channel:
            channel.settimeout(timeout)
            channel.sendall(data)
            channel.shutdown_write()
            output, said = bytearray(), bytearray()
            deadline = time.monotonic() + timeout
            while not channel.exit_status_ready() or channel.recv_ready() or channel.recv_stderr_ready():
                if channel.recv_stderr_ready():
                    said += channel.recv_stderr(_BYTES_AT_ONCE)
                elif channel.recv_ready():
                    output += channel.recv(_BYTES_AT_ONCE)
                elif time.monotonic() > deadline:
                    raise TimeoutError
                elif not self.is_open:
                    raise EOFError
                else:
                    channel.status_event.wait(0.01)
            while part := channel.recv(_BYTES_AT_ONCE):
                output += part
            while part := channel.recv_stderr(_BYTES_AT_ONCE):
                said += part
            return Done(channel.recv_exit_status(), bytes(output), said.decode("utf-8", "replace").strip())

    @contextlib.contextmanager
    def channel(self, command: Sequence[str]) -> Iterator[Any]:
        """A channel with the program running at its other end."""
        channel = self.transport().open_session(timeout=_ANSWER_S)
        try:
            channel.settimeout(_ANSWER_S)
            channel.exec_command(shlex.join(command))
            yield channel
        finally:
            channel.close()

    def files(self) -> Any:
        """Paramiko's SFTP client. To be used within `again`."""
        with self._lock:
            if self._sftp is None:
                client = self.transport().open_sftp_client()
                client.get_channel().settimeout(_ANSWER_S)
                self._sftp = client
            return self._sftp

    def failures(self) -> contextlib.AbstractContextManager[None]:
        """Turns what a broken connection raises into a LostConnectionError."""
        return self._failures()

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        import paramiko

        try:
            yield
        except TimeoutError as error:
            raise self._lost("does not answer") from error
        except (EOFError, ConnectionError, socket.gaierror, paramiko.SSHException) as error:
            raise self._lost(f"was lost ({error})" if str(error) else "was lost") from error
        except OSError as error:
            if str(error) != "Socket is closed":
                raise
            raise self._lost("was lost") from error

    def _lost(self, what: str) -> LostConnectionError:
        return LostConnectionError(
            f"The connection to {self.name} {what}.", hint="Check the network and the machine.", place="reach"
        )

    def _reached(self) -> socket.socket:
        """A plain connection to the machine's port."""
        hint = "Check the address and port of the target, the network, and whether the machine is on."
        try:
            return socket.create_connection((self.spec.address, self.spec.port), timeout=_REACH_S)
        except socket.gaierror as error:
            message = f"There is no machine of the name {self.spec.address} in this network ({error.strerror})."
        except TimeoutError:
            message = f"{self.name} does not answer."
        except OSError as error:
            message = f"{self.name} cannot be reached: {error.strerror or error}."
        raise LostConnectionError(message, hint=hint, place="reach")

    def _signed_in(self, reached: socket.socket) -> Any:
        import paramiko

        logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # what it says as errors is raised too
        client = paramiko.SSHClient()
        try:
            self._expect_host_key(client)
            client.connect(sock=reached, timeout=_REACH_S, banner_timeout=_REACH_S, auth_timeout=_REACH_S, **self._identity())
        except paramiko.BadHostKeyException as error:
            self._drop(client, reached)
            message = f"{self.name} shows another host key than the one that was noted when the target was added."
            hint = "If the machine was set up anew, add the target again with --change; else somebody may stand between you and it."
            raise UserError(message, hint=hint, place="sign in") from error
        except (paramiko.AuthenticationException, paramiko.PasswordRequiredException) as error:
            self._drop(client, reached)
            raise self._refused() from error
        except (EOFError, OSError, paramiko.SSHException) as error:
            self._drop(client, reached)
            if "not found in known_hosts" in str(error):
                message = f"The host key of {self.name} is not known."
                hint = "Add the target again with --change: its key is then shown and noted."
                raise UserError(message, hint=hint, place="sign in") from error
            if "No authentication methods available" in str(error) or self._key_problem()[0]:
                raise self._refused() from error
            reason = str(error) or type(error).__name__
            raise LostConnectionError(f"Signing in to {self.name} failed: {reason}.", place="sign in") from error
        except BaseException:
            self._drop(client, reached)
            raise
        return client

    def _drop(self, client: Any, reached: socket.socket) -> None:
        transport = client.get_transport()
        client.close()
        reached.close()
        if transport is not None:
            transport.join(5)

    def _expect_host_key(self, client: Any) -> None:
        """The key that was noted; without one, what the user's own known_hosts says."""
        import paramiko

        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        known = client.get_host_keys()
        shown = self.spec.address if self.spec.port == 22 else f"[{self.spec.address}]:{self.spec.port}"
        if self.spec.host_key:
            key = parse_host_key(self.spec.host_key)
            known.add(shown, key.get_name(), key)
        elif (own := user_known_hosts()).is_file():
            client.load_host_keys(str(own))

    def _identity(self) -> dict[str, Any]:
        spec = self.spec
        found: dict[str, Any] = {"hostname": spec.address, "port": spec.port, "password": self._secret or None}
        if spec.username:
            found["username"] = spec.username
        if spec.key_file:
            path = Path(spec.key_file).expanduser()
            if not path.is_file():
                message = f"The key file {spec.key_file} for {self.name} is not there."
                raise UserError(message, hint="Correct key_file of the target.", place="sign in")
            found |= {"key_filename": str(path), "allow_agent": False, "look_for_keys": False}
        return found

    def _key_problem(self) -> tuple[str, str]:
        """What is wrong with the key file itself, with what to do about it; empty where it can be read."""
        import paramiko

        name = self.spec.key_file
        if not name:
            return "", ""
        path = Path(name).expanduser()
        try:
            paramiko.PKey.from_path(path)
        except OSError as error:
            return f"The key file {name} for {self.name} cannot be read: {error.strerror}.", "Correct key_file of the target."
        except TypeError:  # so paramiko says that it needs a passphrase
            hint = "Give its passphrase as the target's password (--change --ask-password)."
            if not self._secret:
                return f"The key file {name} for {self.name} is protected by a passphrase.", hint
            try:
                paramiko.PKey.from_path(path, self._secret.encode())
            except ValueError:
                return f"The key file {name} for {self.name} does not open with the target's passphrase.", hint
        except ValueError:
            hint = "Correct key_file of the target: it is the one without .pub."
            return f"The key file {name} for {self.name} is no private key, or a damaged one.", hint
        except paramiko.SSHException:
            pass  # of a kind that only the signing in itself knows
        return "", ""

    def _refused(self) -> UserError:
        who = self.spec.username or "your user"
        problem, hint = self._key_problem()
        if problem:
            return UserError(problem, hint=hint, place="sign in")
        if self.spec.key_file:
            hint = "Put the key's public part into ~/.ssh/authorized_keys there, or correct username and key_file of the target."
            return UserError(f"{self.name} does not let {who} in with the key {self.spec.key_file}.", hint=hint, place="sign in")
        tried = "the password or the keys of your agent and ~/.ssh" if self._secret else "the keys of your agent and ~/.ssh"
        hint = "Give the target a key file (workbench target add ... --generate-key makes one) or a password."
        return UserError(f"{self.name} does not let {who} in with {tried}.", hint=hint, place="sign in")
