"""Bringing a supervised job's log into the run's folder: each byte once, also after a lost runner."""

from __future__ import annotations

import posixpath
import struct
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from workbench.jobs.joblog import JobLog, Stream

_BYTES_AT_ONCE = 1 << 20
_STREAMS = {b"o": "stdout", b"e": "stderr"}
_HEAD = 5


class Files(Protocol):
    """The files of the machine that the job runs on."""

    def read(self, path: str, offset: int, most: int) -> bytes:
        """Empty at the file's end, or without the file."""

    def names(self, folder: str) -> list[str]:
        """Sorted; empty without the folder."""

    def remove(self, path: str) -> None:
        """Removes a file, if it is there."""


class LogPuller:
    """Reads the agent's frames into a `JobLog`. Used by one thread."""

    def __init__(self, files: Files, log: JobLog) -> None:
        self._files = files
        self._log = log
        self._has_begun = False
        self._part = ""
        self._at = 0
        self._before = {"stdout": 0, "stderr": 0}
        self._lost = {"stdout": 0, "stderr": 0}

    def pull(self, folder: str) -> None:
        """Goes through the log's parts from the one it stood at; a part that is done is removed there."""
        if not self._has_begun:
            self._log.commit()  # before anything came: to this whoever takes the job up goes back
            self._has_begun = True
        names = [name for name in self._files.names(folder) if not self._part or name >= self._part]
        for number, name in enumerate(names):
            if name != self._part:
                self._begin(name)
            path = posixpath.join(folder, name)
            while data := self._files.read(path, self._at, _BYTES_AT_ONCE):
                taken = self._take(data)
                if not taken:
                    break
                self._at += taken
                self._log.commit()
            if number < len(names) - 1 and self._has_all_before(names[number + 1]):
                self._files.remove(path)

    def _begin(self, name: str) -> None:
        """At a part whose name says how much came before it; what went before we saw it is said."""
        out, err = name.split("-")
        self._part, self._at, self._before = name, 0, {"stdout": int(out), "stderr": int(err)}
        for stream, before in self._before.items():
            missing = before - self._log.received(cast("Stream", stream)) - self._lost[stream]
            if missing > 0:
                self._lost[stream] += missing
                self._log.say(
                    f"{missing:,} bytes of {stream} are missing here: the machine kept no more while it was out of reach."
                )

    def _take(self, data: bytes) -> int:
        """Writes the whole frames of `data` to the log, but for what is there already; how many bytes they are."""
        at = 0
        while at + _HEAD <= len(data):
            (size,) = struct.unpack(">I", data[at + 1 : at + _HEAD])
            if at + _HEAD + size > len(data):
                break
            stream = cast("Stream", _STREAMS[data[at : at + 1]])
            content = data[at + _HEAD : at + _HEAD + size]
            known = self._log.received(stream) + self._lost[stream] - self._before[stream]
            self._log.write(stream, content[max(0, known) :])
            self._before[stream] += size
            at += _HEAD + size
        return at

    def _has_all_before(self, name: str) -> bool:
        """Whether the part before `name` was read to its end; the last line may wait in the log for its end, and is kept there."""
        out, err = (int(part) for part in name.split("-"))
        return self._before == {"stdout": out, "stderr": err}
