"""The records of a text file, read by us piece by piece: for what DuckDB does not read, and for lines that break the format."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.byexample.fileformat.fixedwidth import cut
from workbench.byexample.fileformat.layout import joined_header
from workbench.byexample.fileformat.model import column_names
from workbench.byexample.fileformat.scanning import Dialect, Line, Record, Scanner, is_rule, lines_of
from workbench.dataprep.sources.specs import DelimitedSpec, FixedWidthSpec, LinesSpec, TextSpec

DIRECT = {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}
"""Encodings that DuckDB reads as they are."""

_PIECE = 1 << 21
"""Characters that are read at a time."""
_HELD_BACK = 1_100
"""Lines at the end of a piece that wait for the next one: a quoted field may go on over a thousand."""


@dataclass
class Watch:
    """How the reading of a file goes: `told` hears what share is read, `replaced` counts characters that were no valid text."""

    told: Callable[[float], None] | None = None
    replaced: int = 0


class Row(NamedTuple):
    """The fields of a record, and the number of its first line in the file, counted from 1."""

    cells: list[str]
    line: int


def codec(encoding: str) -> str:
    """Python's name of an encoding; a byte order mark is no part of the text. Raises UserError for one that is not known."""
    if encoding.lower() in DIRECT:
        return "utf-8-sig"
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise UserError(f"There is no encoding called {encoding}.", hint="Choose another encoding, e.g. utf-8.") from error


def rows_of(path: Path, spec: TextSpec, watch: Watch | None = None) -> Iterator[Row]:
    """All rows of the file, without header, comments and blank lines (in plain text these are rows).

    What is no valid text of the encoding becomes U+FFFD. Raises NotFound, UserError, EnvironmentError_.
    """
    return _rows(pieces_of(path, spec.encoding, watch), spec)


def rows_in(text: str, spec: TextSpec, *, header: bool = True, complete: bool = True) -> list[Row]:
    """The same for a text. `header`: whether it begins with what the file begins with, else it is a piece from further on.

    The last line of a text that is not `complete` is left out.
    """
    if not complete:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    if header:
        return list(_rows(iter([text.removeprefix("\ufeff")]), spec))
    plain = spec.model_copy(update={"skip_rows": 0, "footer_rows": 0})
    if isinstance(plain, DelimitedSpec | FixedWidthSpec):
        plain = plain.model_copy(update={"header": False})
    return list(_rows(iter([text]), plain))


def names_of(path: Path, spec: DelimitedSpec | FixedWidthSpec) -> list[str]:
    """The column names that stand in the file's header, made unique. Raises NotFound, UserError, EnvironmentError_."""
    text = "".join(piece for piece, _ in zip(pieces_of(path, spec.encoding, size=1 << 17), range(1), strict=False))
    return names_in(text, spec)


def names_in(text: str, spec: DelimitedSpec | FixedWidthSpec) -> list[str]:
    """The column names in the header at the beginning of a text."""
    lines = lines_of(text.removeprefix("\ufeff"))[spec.skip_rows :]
    if isinstance(spec, DelimitedSpec) and spec.header_commented:
        cells = _commented(lines, spec)
    else:
        found: list[list[str]] = []
        for record in _scan(lines, spec):
            if _holds(record.cells):
                found.append(record.cells)
            if len(found) == spec.header_rows:
                break
        width = max(map(len, found), default=0)
        cells = joined_header([row + [""] * (width - len(row)) for row in found])
    names = list(column_names(cells, len(cells)))
    known = [column.name for column in spec.columns]
    # a header may lack the name of the first column, or of the last ones
    if len(names) < len(known) and known in (
        list(column_names(cells, len(known))),
        list(column_names(["", *cells], len(known))),
    ):
        return known
    return names


def _commented(lines: list[Line], spec: DelimitedSpec) -> list[str]:
    above: list[str] = []
    for line in lines:
        if line.text.strip() and not line.text.startswith(spec.comment):
            break
        above += [line.text] if line.text.strip() else []
    if not above:
        return []
    text = above[-1].lstrip(spec.comment)
    text = text if spec.delimiter.isspace() and not spec.repeated else text.strip()
    return Scanner([Line(text, "")], _dialect(spec)).record(0).cells


def pieces_of(path: Path, encoding: str, watch: Watch | None = None, size: int = _PIECE) -> Iterator[str]:
    """The text of a file, piece by piece. Raises NotFound, UserError, EnvironmentError_."""
    name, watch = codec(encoding), watch or Watch()
    try:
        total = max(path.stat().st_size, 1)
        with path.open("rb") as raw:
            decoder = codecs.getincrementaldecoder(name)(errors="replace")
            while data := raw.read(size):
                piece = decoder.decode(data)
                watch.replaced += piece.count("\ufffd")
                if watch.told is not None:
                    watch.told(raw.tell() / total)
                yield piece
            if rest := decoder.decode(b"", final=True):
                yield rest
    except FileNotFoundError as error:
        raise NotFound(
            f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path)
        ) from error
    except UnicodeError as error:  # such as UTF-16 without its mark
        raise UserError(
            f"{path.name} cannot be read as {encoding}: {error}.", hint="Choose another encoding.", place=str(path)
        ) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error


def _rows(pieces: Iterator[str], spec: TextSpec) -> Iterator[Row]:
    heads = 0
    if isinstance(spec, DelimitedSpec | FixedWidthSpec) and spec.header:
        heads = 0 if isinstance(spec, DelimitedSpec) and spec.header_commented else spec.header_rows
    blanks = isinstance(spec, LinesSpec) or (isinstance(spec, DelimitedSpec) and len(spec.columns) == 1)
    held = _HELD_BACK + spec.footer_rows
    passed = 0  # lines of the file that are done with
    skip = spec.skip_rows
    text = ""
    ended = False
    while not ended:
        piece = next(pieces, None)
        ended = piece is None
        text += piece or ""
        whole = text
        if not ended and text.endswith("\r"):  # perhaps the first half of a line end
            whole = text[:-1]
        lines = lines_of(whole)
        if ended:
            lines = lines[: max(len(lines) - spec.footer_rows, 0)]
        if skip:
            gone = min(skip, len(lines) if ended else max(len(lines) - 1, 0))
            passed, skip, lines = passed + gone, skip - gone, lines[gone:]
        stop = len(lines) if ended else max(len(lines) - held, 0)
        done = 0
        for record in _scan(lines, spec):
            if record.line >= stop:
                break
            done = record.line + record.lines
            if not blanks and not _holds(record.cells):
                continue
            if heads:
                heads -= _holds(record.cells)
                continue
            yield Row(record.cells, passed + record.line + 1)
        if not ended:
            done = max(done, _leading(lines, done, stop, spec))
            passed += done
            text = "".join(line.text + line.end for line in lines[done:]) + text[len(whole) :]


def _leading(lines: list[Line], done: int, stop: int, spec: TextSpec) -> int:
    """How far comments and rules go on after the last record, so that they are not looked at again."""
    rules = isinstance(spec, DelimitedSpec | FixedWidthSpec) and spec.rules
    while done < stop and ((spec.comment and lines[done].text.startswith(spec.comment)) or (rules and is_rule(lines[done].text))):
        done += 1
    return done


def _holds(cells: list[str]) -> bool:
    """Whether the record is more than a blank line."""
    return len(cells) > 1 or bool(cells and cells[0].strip())


def _scan(lines: list[Line], spec: TextSpec) -> Iterator[Record]:
    if isinstance(spec, DelimitedSpec):
        yield from _Quick(lines, _dialect(spec)).records()
        return
    rules = isinstance(spec, FixedWidthSpec) and spec.rules
    for number, line in enumerate(lines):
        if (spec.comment and line.text.startswith(spec.comment)) or (rules and is_rule(line.text)):
            continue
        if isinstance(spec, FixedWidthSpec):
            text = line.text.rstrip()
            yield Record(list(cut(text, spec.starts)) if text else [""], number, 1, 0)
        else:
            yield Record([line.text], number, 1, 0)


def _dialect(spec: DelimitedSpec) -> Dialect:
    escape = "backslash" if spec.escape == "\\" else "doubled"
    return Dialect(
        spec.delimiter, spec.quote, "doubled" if spec.quote and escape == "doubled" else "backslash" if spec.escape == "\\" else "",
        spec.trim, spec.repeated, spec.framed, spec.rules, spec.comment,
    )  # fmt: skip


class _Quick(Scanner):
    """The scanner, with Python's own reader for lines whose quoted fields end on the same line.

    As DuckDB does, it takes a blank before a quoted field and those after it for no part of it; other fields keep their blanks,
    unless `trim` is set.
    """

    def __init__(self, lines: list[Line], dialect: Dialect) -> None:
        super().__init__(lines, dialect)
        usual = dialect.escape == "doubled" and len(dialect.delimiter) == 1 and len(dialect.quote) == 1
        self._usual = usual and not (dialect.trim or dialect.repeated or dialect.framed)
        self._loose = Scanner(lines, replace(dialect, trim=True)) if dialect.quote and not dialect.trim else None
        mark, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
        self._blanks = re.compile(rf"(?:^|{delimiter}) {mark}|{mark} +(?:{delimiter}|$)") if self._usual else None

    def _slowly(self, number: int) -> Record:
        text = self.lines[number].text
        if self._blanks and text.count(self.dialect.quote) % 2 == 0 and not self._blanks.search(text):
            try:
                cells = next(csv.reader((text,), delimiter=self.dialect.delimiter, quotechar=self.dialect.quote, strict=True))
            except csv.Error:
                return super()._slowly(number)
            return Record(cells, number, 1, 0)
        return super()._slowly(number)

    def _cell(self, row: int, at: int) -> tuple[str, int, int, bool]:
        if self._loose is not None:
            text = self.lines[row].text
            start = at + (text.startswith(" " + self.dialect.quote, at) and self.dialect.delimiter != " ")
            if text.startswith(self.dialect.quote, start) and (closed := self._loose._closed(row, start + 1)):  # noqa: SLF001
                return closed
        return super()._cell(row, at)
