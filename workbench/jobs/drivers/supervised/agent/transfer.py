"""A job's files: its working copy comes in, its outputs go out."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


def outputs(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Each file below `root` that does not lead out of it, by its relative name."""
    inside = root.resolve()
    for directory, _names, files in os.walk(root):
        for name in files:
            path = Path(directory, name)
            with contextlib.suppress(OSError):
                if path.is_file() and inside in path.resolve().parents:
                    yield path.relative_to(root).as_posix(), path.stat()


def listing(root: Path) -> list[list[Any]]:
    """Name, size, time of change in nanoseconds, and age in seconds of each output."""
    return [[name, found.st_size, found.st_mtime_ns, max(0.0, time.time() - found.st_mtime)] for name, found in outputs(root)]


def pack(root: Path, names: list[str]) -> None:
    """The named outputs as a tar stream on stdout; one that has gone meanwhile, or grows, is sent as it is now."""
    known = {name for name, _ in outputs(root)}
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                if name not in known:
                    continue
                with (root / name).open("rb") as file:
                    found = os.fstat(file.fileno())
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mtime, entry.mode = found.st_size, int(found.st_mtime), 0o644
                    archive.addfile(entry, _Padded(file, found.st_size))


class _Padded(io.RawIOBase):
    """A file that gives exactly so many bytes, whatever happens to it meanwhile."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        data += b"\0" * (wanted - len(data))
        self._left -= wanted
        return data


def unpack(folder: Path, stream: IO[bytes], *, once: bool) -> dict[str, Any]:
    """A gzipped tar stream as the folder's new content; the old one stays until it is whole, and with `once` for good."""
    made = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    made.mkdir(parents=True, mode=0o700)
    try:
        with tarfile.open(fileobj=stream, mode="r|gz") as archive:
            if hasattr(tarfile, "fully_trusted_filter"):
                archive.extraction_filter = tarfile.fully_trusted_filter  # it was made from the run's own snapshot
            archive.extractall(made)  # noqa: S202
        made.chmod(0o700)
        if not (once and folder.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return {}
