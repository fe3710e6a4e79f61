"""A remote machine with our two programs on it: the agent that supervises a job, and the builder of environments."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import posixpath
import shlex
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.files import disk_error
from workbench.jobs.drivers.ssh.connection import Connection, LostConnectionError
from workbench.jobs.drivers.supervised.archive import PROBE, agent_archive

T = TypeVar("T")

_BYTES_AT_ONCE = 1 << 16
_PROGRAM_NOT_FOUND = 127


class RemoteMachine:
    """What a driver does on its machine. Every method may be called again after a lost connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._python = connection.spec.python or "python3"
        self._known: dict[str, Any] | None = None
        self._agent = ""

    @property
    def name(self) -> str:
        return self.connection.name

    def probe(self) -> dict[str, Any]:
        """What the machine is: folder (absolute), python, version, machine, free_mb ... Leaves nothing there."""
        if self._known is None:
            done = self.connection.run([self._python, "-", self.connection.spec.folder], data=PROBE.read_bytes())
            if done.code:
                raise self._no_python(done.code, done.said)
            self._known = dict(json.loads(done.output.splitlines()[-1]))
        return self._known

    def folder(self, *parts: str) -> str:
        """A path below the target's folder there."""
        return posixpath.join(str(self.probe()["folder"]), *parts)

    def ask(self, command: str, folder: str, *arguments: str, data: bytes = b"", timeout: float = 60) -> Any:
        """The agent's answer to a command."""
        done = self.connection.run(self._agent_command(command, folder, *arguments), data=data, timeout=timeout)
        if done.code:
            raise self.failed(command, done.said)
        return json.loads(done.output.splitlines()[-1])

    def put_program(self, name: str, content: bytes) -> str:
        """Brings one of our programs there, once for each version of it; its path."""
        digest = hashlib.sha256(content).hexdigest()[:12]
        path = self.folder("agent", f"{digest}-{name}")
        self.put_file(path, content)
        return path

    def put_file(self, path: str, content: bytes | Path, mode: int = 0o600) -> None:
        """Writes a file there, whole or not at all; one that is there already with the same size is left."""
        size = content.stat().st_size if isinstance(content, Path) else len(content)

        def put() -> None:
            files = self.connection.files()
            with contextlib.suppress(FileNotFoundError):
                if files.stat(path).st_size == size:
                    return
            self.make_folder(posixpath.dirname(path))
            temporary = f"{path}.{os.urandom(6).hex()}"
            try:
                with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as source:
                    files.putfo(source, temporary)
                files.chmod(temporary, mode)
                files.posix_rename(temporary, path)
            except OSError:
                with contextlib.suppress(OSError):
                    files.remove(temporary)
                raise

        self._tried(put, f"{path} could not be written")

    def upload(self, local: Path, folder: str, must_stop: Callable[[], bool], *, once: bool = False) -> None:
        """Makes `folder` there a copy of the local one: one tar stream, unpacked as it comes. Raises Cancelled.

        `once`: one that is there already is left alone.
        """
        command = self._agent_command("unpack", folder, *(["once"] if once else []))

        def send() -> None:
            with self.connection.channel(command) as channel:
                channel.settimeout(60)
                writer = _Sender(channel, must_stop)
                with (
                    gzip.GzipFile(fileobj=writer, mode="wb", compresslevel=1, mtime=0) as packed,
                    tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
                ):
                    archive.add(local, arcname=".", filter=_nobody)
                channel.shutdown_write()
                channel.settimeout(600)
                if channel.recv_exit_status():
                    said = channel.recv_stderr(_BYTES_AT_ONCE).decode("utf-8", "replace").strip()
                    raise self.failed("unpack", said)

        self.connection.again(send)

    def download(self, folder: str, names: Sequence[str], local: Path, staging: Path) -> None:
        """Brings the named files below `folder` to `local`; each is written as `staging` first, so that it comes whole."""
        command = self._agent_command("pack", folder)

        def receive() -> None:
            with self.connection.channel(command) as channel:
                channel.settimeout(120)
                channel.sendall(json.dumps(list(names)).encode())
                channel.shutdown_write()
                with channel.makefile("rb") as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
                    for entry in archive:
                        _keep(archive, entry, local, staging)

        try:
            self.connection.again(receive)
        except tarfile.ReadError as error:
            raise LostConnectionError(f"The outputs of {self.name} came only in part.", place="reach") from error

    def read(self, path: str, offset: int, most: int) -> bytes:
        """Bytes of a file there; empty at its end, or without the file."""

        def fetch() -> bytes:
            files = self.connection.files()
            try:
                with files.open(path, "rb") as file:
                    size = file.stat().st_size or 0
                    wanted = min(most, size - offset)
                    if wanted <= 0:
                        return b""
                    file.prefetch(min(size, offset + most)) if offset == 0 and wanted > _BYTES_AT_ONCE else None
                    file.seek(offset)
                    return bytes(file.read(wanted))
            except FileNotFoundError:
                return b""

        return self._tried(fetch, f"{path} could not be read")

    def names(self, folder: str) -> list[str]:
        """The names in a folder there, sorted; empty without it."""

        def listed() -> list[str]:
            try:
                return sorted(self.connection.files().listdir(folder))
            except FileNotFoundError:
                return []

        return self._tried(listed, f"{folder} could not be read")

    def remove(self, path: str) -> None:
        """Removes a file there, if it is."""

        def gone() -> None:
            with contextlib.suppress(FileNotFoundError):
                self.connection.files().remove(path)

        self._tried(gone, f"{path} could not be removed")

    def failed(self, what: str, said: str) -> EnvironmentError_:
        """What the agent said at last, in a sentence."""
        last = said.splitlines()[-1].strip() if said else "it gave no reason"
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return EnvironmentError_(f"The disk of {self.name} is full.", hint="Free some space there and try again.", place="disk")
        return EnvironmentError_(f"{self.name} could not {what} the job: {last.rstrip('.')}.", place=self.name)

    def _agent_command(self, command: str, folder: str, *arguments: str) -> list[str]:
        if not self._agent:
            self._agent = self.put_program("agent.pyz", agent_archive())
        return [str(self.probe()["python"]), "-I", "-X", "utf8", self._agent, command, folder, *arguments]

    def make_folder(self, path: str) -> None:
        """Makes a folder with those above it, the user's alone."""
        files = self.connection.files()
        for one in [*reversed(PurePosixPath(path).parents), PurePosixPath(path)]:
            try:
                files.stat(str(one))
            except FileNotFoundError:
                with contextlib.suppress(OSError):  # another one was quicker; else the next step says what is wrong
                    files.mkdir(str(one), 0o700)

    def _tried(self, work: Callable[[], T], what: str) -> T:
        try:
            return self.connection.again(work)
        except OSError as error:
            reason = str(error) or type(error).__name__
            hint = "Check the disk there, and who may write to the target's folder."
            raise EnvironmentError_(f"On {self.name}, {what}: {reason}.", hint=hint, place="disk") from error

    def _no_python(self, code: int, said: str) -> UserError:
        hint = "Install Python 3.8 or newer there, or name its path as the target's python."
        if code == _PROGRAM_NOT_FOUND:
            return UserError(f"There is no {self._python} on {self.name}.", hint=hint, place="Python")
        last = said.splitlines()[-1] if said else f"exit code {code}"
        return UserError(f"{shlex.quote(self._python)} on {self.name} does not run our script: {last}.", hint=hint, place="Python")


class _Sender(io.RawIOBase):
    """Writes to a channel, and looks now and then whether it still shall."""

    def __init__(self, channel: Any, must_stop: Callable[[], bool]) -> None:
        self._channel = channel
        self._must_stop = must_stop

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._must_stop():
            raise Cancelled
        self._channel.sendall(data)
        return len(data)


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Users and groups of this machine mean nothing there."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _keep(archive: tarfile.TarFile, entry: tarfile.TarInfo, local: Path, staging: Path) -> None:
    """One file of the stream; a name that leads out of the folder raises EnvironmentError_."""
    source = archive.extractfile(entry) if entry.isfile() else None
    if source is None:
        return
    path = local / entry.name.lstrip("/")
    if not path.resolve().is_relative_to(local.resolve()):
        raise EnvironmentError_(f"The machine sent an output that leads out of the run's folder: {entry.name}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with staging.open("wb") as file:
            while data := source.read(1 << 20):
                file.write(data)
        staging.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            staging.unlink()
        raise disk_error(error, str(path)) from error
