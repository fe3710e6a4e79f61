"""Files to and from the container of an engine that does not see this machine's folders."""

import contextlib
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from workbench.base.errors import Cancelled
from workbench.base.files import disk_error
from workbench.jobs.drivers.docker import inside
from workbench.jobs.drivers.docker.container import Places
from workbench.jobs.drivers.docker.engine import Engine, Missing

_CHUNK = 1 << 20
_EVENTS_EVERY_S = 1.0
_OUTPUTS_EVERY_S = 10.0


def upload(
    engine: Engine, container: str, work: Path, sdk: Path, here: Places, owner: tuple[int, int], must_stop: Callable[[], bool]
) -> None:
    """Brings the working copy and the SDK into a container that was not started yet. Raises Cancelled."""

    def owned(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        if must_stop():
            raise Cancelled("The upload of the working copy was cancelled.")
        entry.uid, entry.gid = owner
        entry.uname = entry.gname = ""
        return entry

    try:
        with tempfile.TemporaryFile(prefix="workbench-") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                tar.addfile(owned(_folder(here.run)))
                tar.add(work, here.work.lstrip("/"), filter=owned)
                tar.add(sdk, here.sdk.lstrip("/"), filter=owned)
            file.seek(0)
            with engine.asking("The upload of the working copy") as api:
                api.put_archive(container, "/", _Stoppable(file, must_stop))
    except OSError as error:
        raise disk_error(error, "The copy for the upload") from error


class Downloads:
    """Brings events and outputs of one job here: new ones while its container runs, the rest when it has ended."""

    def __init__(self, engine: Engine, container: str, python: str, here: Places, events: Path, outputs: Path) -> None:
        self._engine = engine
        self._container = container
        self._python = python
        self._here = here
        self._events = events
        self._outputs = outputs
        self._since = "0"
        self._next_events = self._next_outputs = 0.0

    def running(self) -> None:
        """Raises Taken or Missing when the container does not run any more."""
        if time.monotonic() < self._next_events:
            return
        self._next_events = time.monotonic() + _EVENTS_EVERY_S
        size = self._events.stat().st_size if self._events.exists() else 0
        with self._tell("events", self._here.events, str(size)) as new:
            self._append(new)
        if time.monotonic() < self._next_outputs:
            return
        with self._tell("outputs", self._here.outputs, self._since) as new:
            until = new.readline().decode("ascii").strip()
            unpack(new, self._outputs)
        self._since = until
        self._next_outputs = time.monotonic() + _OUTPUTS_EVERY_S

    def ended(self) -> None:
        """All of it."""
        size = self._events.stat().st_size if self._events.exists() else 0
        with self._fetched(self._here.events) as tar:
            for entry in tar or ():
                if tar and (content := tar.extractfile(entry)):
                    _skip(content, size)
                    self._append(content)
        with self._fetched(self._here.outputs) as tar:
            if tar:
                unpack_entries(tar, self._outputs, below=1)

    def _append(self, new: IO[bytes]) -> None:
        try:
            with self._events.open("ab") as file:
                shutil.copyfileobj(new, file, _CHUNK)
        except OSError as error:
            raise disk_error(error, str(self._events)) from error

    def _tell(self, *words: str) -> IO[bytes]:
        code = Path(inside.__file__).read_text("utf-8")
        return self._engine.run_inside(self._container, [self._python, "-I", "-S", "-c", code, *words])

    @contextlib.contextmanager
    def _fetched(self, path: str) -> Iterator[tarfile.TarFile | None]:
        """The tar of a file or folder of the container; None where that does not have it."""
        with tempfile.TemporaryFile(prefix="workbench-") as file:
            try:
                with self._engine.asking(path) as api:
                    parts, _ = api.get_archive(self._container, path, _CHUNK)
                    for part in parts:
                        file.write(part)
            except Missing:
                self._engine.container(self._container)  # raises Missing when it is the container that is not there
                yield None
                return
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:") as tar:
                yield tar


def unpack(file: IO[bytes], target: Path) -> None:
    """The files of a tar that is read once, each written under another name first."""
    with tarfile.open(fileobj=file, mode="r|") as tar:
        unpack_entries(tar, target)


def unpack_entries(tar: tarfile.TarFile, target: Path, *, below: int = 0) -> None:
    """Takes plain files only, and none that would leave `target`; `below`: how many folders of their names are left out."""
    for entry in tar:
        parts = PurePosixPath(entry.name).parts[below:]
        if not entry.isfile() or not parts or ".." in parts or parts[0] == "/":
            continue
        content = tar.extractfile(entry)
        if content is None:
            continue
        path = target.joinpath(*parts)
        temporary = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                shutil.copyfileobj(content, file, _CHUNK)
            temporary.chmod(entry.mode & 0o777 | 0o600)
            temporary.replace(path)
            os.utime(path, (entry.mtime, entry.mtime))
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise disk_error(error, str(path)) from error


class _Stoppable:
    """A file for the upload that is given up when the user wants to stop."""

    def __init__(self, file: IO[bytes], must_stop: Callable[[], bool]) -> None:
        self._file = file
        self._must_stop = must_stop

    def read(self, size: int = -1) -> bytes:
        if self._must_stop():
            raise Cancelled("The upload of the working copy was cancelled.")
        return self._file.read(_CHUNK if size < 0 else size)

    def __iter__(self) -> "_Stoppable":
        return self

    def __next__(self) -> bytes:
        if not (data := self.read(_CHUNK)):
            raise StopIteration
        return data


def _folder(path: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path.lstrip("/"))
    entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o755, int(time.time())
    return entry


def _skip(content: IO[bytes], size: int) -> None:
    left = size
    while left > 0 and (data := content.read(min(left, _CHUNK))):
        left -= len(data)
