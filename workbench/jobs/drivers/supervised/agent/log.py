"""What a script writes, until it is fetched."""

from __future__ import annotations

import contextlib
import os
import struct
from pathlib import Path
from typing import IO

_PART_BYTES = 4 * 1024 * 1024
_KEPT_BYTES = 256 * 1024 * 1024


class Log:
    """What the script writes, as frames in parts; the oldest parts go when nobody fetches them for too long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._part = folder
        self._parts: list[tuple[Path, int]] = []
        self._file: IO[bytes] | None = None
        self._size = 0
        self._lost = 0
        self.counts = {"o": 0, "e": 0}

    def add(self, stream: str, data: bytes) -> None:
        """Tolerates a full disk: the script must not stand still for its log. What is lost is said once there is room."""
        if self._lost:
            said, lost = f"[workbench] {self._lost:,} bytes could not be written there: the disk was full.\n", self._lost
            self._lost = 0
            if not self._written("e", said.encode()):
                self._lost = lost
        if not self._written(stream, data):
            self._lost += len(data)

    def _written(self, stream: str, data: bytes) -> bool:
        with contextlib.suppress(OSError):
            if self._file is None:
                self._size = 0
                self._part = self._folder / "{o:020d}-{e:020d}".format_map(self.counts)
                self._file = self._part.open("ab", buffering=0)
            frame = stream.encode() + struct.pack(">I", len(data)) + data
            written = 0
            try:
                while written < len(frame):
                    written += self._file.write(frame[written:]) or 0
            except OSError:
                os.truncate(self._file.fileno(), self._size)
                raise
            self._size += len(frame)
            self.counts[stream] += len(data)
            if self._size >= _PART_BYTES:
                self.close()
            return True
        return False

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
            self._parts = [*(one for one in self._parts if one[0].exists()), (self._part, self._size)]
            while sum(size for _, size in self._parts) > _KEPT_BYTES:
                self._parts.pop(0)[0].unlink()
