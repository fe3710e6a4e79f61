"""A text file that keeps to a size: its head and its tail stay, the middle is left out and said.

Offsets are those of the whole text, so a reader's stay valid whatever is left out. The head is `NAME`; once it is full, the rest
goes to parts, `NAME.<offset>`, of which the oldest are removed; `NAME.parts` lists them. A file within its limit is one plain file.
"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PARTS = 4  # of the tail, each an eighth of the limit


@dataclass
class _Index:
    """Where the head ends, and each part of the tail begins: (byte, line) of the whole text."""

    head: int
    head_lines: int
    parts: list[tuple[int, int]]


class CappedFile:
    """Appends to one such file. One writer at a time; it goes on where a writer before it stopped."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = max(limit, 64)
        self._index = _load(path)
        self._file: BinaryIO | None = None
        self._lines = 0  # of the current part
        self.size = _end(path, self._index)
        """Bytes of the whole text, with what was left out."""
        if self._index:
            self._lines = _count_lines(_part(path, self._index.parts[-1][0]))

    def append(self, data: bytes) -> None:
        """Adds whole lines. Raises OSError, and then nothing of them counts."""
        if self._must_turn(len(data)):
            self._turn()
        file = self._opened()
        before = file.tell()
        try:
            file.write(data)
            file.flush()
        except OSError:
            self.close()
            with contextlib.suppress(OSError), self._current().open("r+b") as torn:
                torn.truncate(before)
            raise
        self.size += len(data)
        self._lines += data.count(b"\n")

    def truncate(self, size: int) -> None:
        """Goes back to where the whole text had `size` bytes; what was left out before stays so."""
        if size >= self.size:
            return
        self.close()
        if self._index and size < self._index.parts[0][0]:
            size = self._index.parts[0][0] if size > self._index.head else size
        if self._index and size <= self._index.head:
            for start, _lines in self._index.parts:
                _part(self._path, start).unlink(missing_ok=True)
            _listing(self._path).unlink(missing_ok=True)
            self._index = None
        if self._index:
            while len(self._index.parts) > 1 and self._index.parts[-1][0] > size:
                _part(self._path, self._index.parts.pop()[0]).unlink(missing_ok=True)
            self._save_index()
        start = self._index.parts[-1][0] if self._index else 0
        with self._current().open("r+b") as file:
            file.truncate(size - start)
        self.size = size
        self._lines = _count_lines(self._current()) if self._index else 0

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _must_turn(self, more: int) -> bool:
        if self._index is None:
            return self.size > 0 and self.size + more > self._limit // 2
        return self.size - self._index.parts[-1][0] + more > self._limit // (2 * _PARTS) and self.size > self._index.parts[-1][0]

    def _turn(self) -> None:
        """Begins the next part, and removes the oldest one when there are too many."""
        self.close()
        if self._index is None:
            lines = _count_lines(self._path)
            self._index = _Index(self.size, lines, [(self.size, lines)])
        else:
            self._index.parts.append((self.size, self._index.parts[-1][1] + self._lines))
        self._lines = 0
        _part(self._path, self.size).write_bytes(b"")
        gone = self._index.parts[:-_PARTS]
        self._index.parts = self._index.parts[-_PARTS:]
        self._save_index()
        for start, _lines in gone:
            _part(self._path, start).unlink(missing_ok=True)

    def _save_index(self) -> None:
        if self._index is None:
            return
        listing = _listing(self._path)
        new = listing.with_name(f"{listing.name}.new")
        content = {"head": self._index.head, "head_lines": self._index.head_lines, "parts": self._index.parts}
        new.write_text(json.dumps(content), encoding="ascii")
        new.replace(listing)

    def _current(self) -> Path:
        return _part(self._path, self._index.parts[-1][0]) if self._index else self._path

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self._current().open("ab")
        return self._file


def capped_size(path: Path) -> int:
    """Bytes of the whole text, with what was left out; 0 without a file."""
    return _end(path, _load(path))


def read_capped(path: Path, offset: int, most: int) -> tuple[str, int, bytes]:
    """What stands at `offset`: a notice when that was left out, where the bytes begin, and up to `most` of them."""
    for _ in range(5):  # a part may go between the look at the list and the reading
        index = _load(path)
        try:
            if index is None or offset < index.head:
                return "", offset, _bytes(path, offset, most if index is None else min(most, index.head - offset))
            notice = ""
            first, lines = index.parts[0]
            if offset < first:
                what = _size(first - offset)
                if offset == index.head:
                    what = f"{lines - index.head_lines:,} lines ({what})"
                notice, offset = f"... {what} left out ...\n", first
            start = max(begin for begin, _lines in index.parts if begin <= offset)
            return notice, offset, _bytes(_part(path, start), offset - start, most)
        except FileNotFoundError:
            continue
    return "", offset, b""


def tail(path: Path, most: int) -> bytes:
    """The last bytes of the text."""
    index = _load(path)
    found = b""
    for part in reversed([path, *(_part(path, start) for start, _lines in (index.parts if index else []))]):
        with contextlib.suppress(OSError):
            size = part.stat().st_size
            found = _bytes(part, max(0, size - (most - len(found))), most) + found
        if len(found) >= most:
            break
    return found[-most:] if most else b""


def _load(path: Path) -> _Index | None:
    try:
        values = json.loads(_listing(path).read_text("ascii"))
    except FileNotFoundError:
        return None
    return _Index(values["head"], values["head_lines"], [(start, lines) for start, lines in values["parts"]])


def _end(path: Path, index: _Index | None) -> int:
    start = index.parts[-1][0] if index else 0
    try:
        return start + (_part(path, start) if index else path).stat().st_size
    except FileNotFoundError:
        return start


def _part(path: Path, start: int) -> Path:
    return path.with_name(f"{path.name}.{start:015d}")


def _listing(path: Path) -> Path:
    return path.with_name(f"{path.name}.parts")


def _bytes(path: Path, start: int, most: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(most)


def _count_lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    except FileNotFoundError:
        return 0


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count:,} bytes"
