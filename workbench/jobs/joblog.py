"""A job's log: what its script wrote to stdout and stderr, apart and merged in the order of arrival, line by line.

The runner has one, and gives it to the driver. A driver that pulls from another machine asks `received` from which byte on, writes
what is new, and commits: a runner that takes the job up after it neither loses nor doubles a line.
"""

import contextlib
import json
import threading
from typing import Literal

from workbench.base.masking import Masker
from workbench.jobs.cappedfile import CappedFile
from workbench.jobs.folder import RunFolder

Stream = Literal["stdout", "stderr"]

_LONGEST_LINE = 64 * 1024  # a longer one is written in pieces
_KEPT_BACK = 1024  # of a piece: a secret's beginning may stand at its end
_DEFAULT_LIMIT = 64_000_000


class JobLog:
    """Writes `log.txt`, `stdout.txt` and `stderr.txt` of a run's folder, each kept to `limit` bytes, without secrets.

    Safe in several threads. Never raises for a full disk: what cannot be written is counted, and said once there is room.
    """

    def __init__(self, folder: RunFolder, *, limit: int = _DEFAULT_LIMIT, masker: Masker | None = None) -> None:
        self._state = folder.log_state
        self._masker = masker
        self._lock = threading.RLock()
        self._merged = CappedFile(folder.log, limit)
        self._files = {"stdout": CappedFile(folder.stdout, limit), "stderr": CappedFile(folder.stderr, limit)}
        self._waiting = {"stdout": b"", "stderr": b""}
        self._received = {"stdout": 0, "stderr": 0}
        self._torn_by = ""
        self._lost = 0
        self._take_up()

    def write(self, stream: Stream, data: bytes) -> None:
        """What came from the script; whole lines of it are written at once, the rest with its end."""
        if not data:
            return
        with self._lock:
            self._received[stream] += len(data)
            waiting = self._waiting[stream] + data
            end = _end_of_lines(waiting)
            if end < len(waiting) - _LONGEST_LINE:
                end = max(end, self._cut(waiting))
            self._waiting[stream] = waiting[end:]
            self._emit(stream, waiting[:end])

    def received(self, stream: Stream) -> int:
        """How many bytes of the script's stream have come: where the next part begins."""
        with self._lock:
            return self._received[stream]

    def say(self, line: str) -> None:
        """A line of Workbench's own, in the merged log only."""
        with self._lock:
            masked = self._masker.line(line) if self._masker else line
            self._append_merged("workbench", f"[workbench] {masked}\n".encode())

    def flush(self) -> None:
        """Writes lines that have no end: the script has ended."""
        with self._lock:
            for stream in self._files:
                waiting, self._waiting[stream] = self._waiting[stream], b""
                self._emit(stream, waiting)

    def commit(self) -> None:
        """Notes how far the log has come, for whoever takes the job up. For drivers that pull by offset."""
        with self._lock:
            taken = {stream: self._received[stream] - len(self._waiting[stream]) for stream in self._files}
            sizes = {"merged": self._merged.size, **{stream: file.size for stream, file in self._files.items()}}
            new = self._state.with_name(f"{self._state.name}.new")
            with contextlib.suppress(OSError):
                new.write_text(json.dumps({"taken": taken, "sizes": sizes}), encoding="ascii")
                new.replace(self._state)

    def close(self) -> None:
        """Writes what waits, and closes the files."""
        with self._lock:
            self.flush()
            for file in (self._merged, *self._files.values()):
                file.close()

    def _take_up(self) -> None:
        """Goes back to what was committed last, so that the target's bytes after it come again."""
        try:
            state = json.loads(self._state.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return
        self._received = {stream: int(state["taken"][stream]) for stream in self._files}
        self._merged.truncate(state["sizes"]["merged"])
        for stream, file in self._files.items():
            file.truncate(state["sizes"][stream])

    def _cut(self, waiting: bytes) -> int:
        """Where a line that does not end is cut: near its end, but not within a secret."""
        end = len(waiting) - _KEPT_BACK
        whole = self._hidden(waiting)
        while end > 0 and self._hidden(waiting[:end]) + self._hidden(waiting[end:]) != whole:
            end -= _KEPT_BACK
        return max(0, end)

    def _hidden(self, data: bytes) -> bytes:
        if not self._masker:
            return data
        return self._masker.line(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _emit(self, stream: str, data: bytes) -> None:
        if not data:
            return
        data = self._hidden(data)
        self._append(self._files[stream], data)
        self._append_merged(stream, data)

    def _append_merged(self, source: str, data: bytes) -> None:
        if self._torn_by and self._torn_by != source:
            data = b"\n" + data
        if self._append(self._merged, data):
            self._torn_by = "" if data.endswith((b"\n", b"\r")) else source

    def _append(self, file: CappedFile, data: bytes) -> bool:
        try:
            if self._lost and file is self._merged:
                said = f"[workbench] {self._lost:,} lines could not be written here: the disk was full.\n"
                file.append(said.encode())
                self._lost = 0
            file.append(data)
        except OSError:
            if file is self._merged:
                self._lost += max(1, data.count(b"\n"))
            return False
        return True


def _end_of_lines(data: bytes) -> int:
    """Where the last whole line ends; a carriage return ends one too (progress bars), unless its newline may still come."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
