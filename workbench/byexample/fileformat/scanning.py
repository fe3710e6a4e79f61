"""Records of delimited text: quoted cells may hold delimiters and line ends; a quote that is never closed is plain text."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workbench.byexample.fileformat.model import Escape, FileFormat

_ENDS = re.compile(r"(\r\n|\n|\r)")
_RULE = re.compile(r"(?=.*(--|==|__))[\s|+:=_-]+")
_LONGEST_CELL = 1000
"""Lines that one quoted cell may span."""


class Line(NamedTuple):
    """A physical line and what ends it."""

    text: str
    end: str


class Record(NamedTuple):
    """The cells of a record, the first of its lines, how many it has, and how many cells were quoted."""

    cells: list[str]
    line: int
    lines: int
    quoted: int

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell and not cell.isspace() for cell in self.cells)


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart."""

    delimiter: str
    quote: str = ""
    escape: Escape = ""
    trim: bool = False
    repeated: bool = False
    framed: bool = False
    rules: bool = False
    comment: str = ""

    @classmethod
    def of(cls, format_: FileFormat) -> "Dialect":
        """The part of a format that tells cells apart."""
        return cls(
            format_.delimiter, format_.quote, format_.escape, format_.trim, format_.repeated, format_.framed,
            format_.rules, format_.comment,
        )  # fmt: skip


def lines_of(text: str) -> list[Line]:
    """The physical lines; a text that ends with a line end has no empty line after it."""
    parts = _ENDS.split(text)
    lines = [Line(parts[index], parts[index + 1]) for index in range(0, len(parts) - 1, 2)]
    if parts[-1]:
        lines.append(Line(parts[-1], ""))
    return lines


def is_rule(line: str) -> bool:
    """Whether the line only draws a rule such as -----+----."""
    return bool(_RULE.fullmatch(line))


class Scanner:
    """Reads records. `unclosed` is the line after which no quote is closed any more (or the number of lines)."""

    def __init__(self, lines: Sequence[Line], dialect: Dialect) -> None:
        self.lines = lines
        self.dialect = dialect
        self.unclosed = len(lines)
        self._plain = _splitter(dialect)
        self._marks = tuple(mark for mark in (dialect.quote, "\\" if dialect.escape == "backslash" else "") if mark)

    def records(self, first: int = 0, last: int | None = None) -> Iterator[Record]:
        """The records that begin on the lines `first` to `last`, blank ones too, without comments and rules."""
        number = first
        end = len(self.lines) if last is None else last
        comment, rules = self.dialect.comment, self.dialect.rules
        while number < end:
            line = self.lines[number].text
            if (comment and line.startswith(comment)) or (rules and is_rule(line)):
                number += 1
                continue
            record = self.record(number)
            yield record
            number += record.lines

    def record(self, number: int) -> Record:
        """The record that begins on a line."""
        line = self.lines[number].text
        for mark in self._marks:
            if mark in line:
                return self._slowly(number)
        return Record(self._plain(line), number, 1, 0)

    def _slowly(self, number: int) -> Record:
        delimiter, repeated = self.dialect.delimiter, self.dialect.repeated
        row, at, quoted = number, 0, 0
        cells: list[str] = []
        if repeated:
            at = self._past_delimiters(number, 0)
        while True:
            cell, row, at, was_quoted = self._cell(row, at)
            cells.append(cell)
            quoted += was_quoted
            if at >= len(self.lines[row].text) or not delimiter:
                break
            at += len(delimiter)
            if repeated and (at := self._past_delimiters(row, at)) >= len(self.lines[row].text):
                break
        return Record(_unframed(cells) if self.dialect.framed else cells, number, row - number + 1, quoted)

    def _past_delimiters(self, row: int, at: int) -> int:
        text = self.lines[row].text
        while text.startswith(self.dialect.delimiter, at):
            at += len(self.dialect.delimiter)
        return at

    def _cell(self, row: int, at: int) -> tuple[str, int, int, bool]:
        text = self.lines[row].text
        if self.dialect.quote:
            start = at
            while self.dialect.trim and start < len(text) and text[start] in " \t" and not self._delimits(text, start):
                start += 1
            if text.startswith(self.dialect.quote, start) and (closed := self._closed(row, start + 1)):
                return closed
        end = self._end(text, at)
        cell = self._unescaped(text[at:end])
        return (cell.strip(" \t") if self.dialect.trim else cell), row, end, False

    def _end(self, text: str, at: int) -> int:
        """Where an unquoted cell ends."""
        delimiter = self.dialect.delimiter
        end = text.find(delimiter, at) if delimiter else -1
        while end > 0 and self.dialect.escape == "backslash" and (end - len(text[at:end].rstrip("\\")) - at) % 2:
            end = text.find(delimiter, end + 1)
        return end if end >= 0 else len(text)

    def _delimits(self, text: str, at: int) -> bool:
        return bool(self.dialect.delimiter) and text.startswith(self.dialect.delimiter, at)

    def _closed(self, row: int, at: int) -> tuple[str, int, int, bool] | None:
        """The quoted cell whose content begins at `at`: its text, and where its quote was closed."""
        if row >= self.unclosed:
            return None
        pieces: list[str] = []
        limit = min(len(self.lines), row + _LONGEST_CELL)
        for current in range(row, limit):
            text = self.lines[current].text
            found = self._closing(text, at)
            if found is not None:
                quote, after = found
                pieces.append(text[at:quote])
                return self._unquoted("".join(pieces)), current, after, True
            pieces.append(text[at:] + self.lines[current].end)
            at = 0
        if limit == len(self.lines):
            self.unclosed = row
        return None

    def _closing(self, text: str, at: int) -> tuple[int, int] | None:
        """Where a closing quote is: a quote with a delimiter or the end of the line after it."""
        quote, escape = self.dialect.quote, self.dialect.escape
        found = text.find(quote, at)
        while found >= 0:
            if escape == "backslash" and (found - len(text[at:found].rstrip("\\")) - at) % 2:
                found = text.find(quote, found + 1)
                continue
            if escape == "doubled" and text.startswith(quote, found + 1):
                found = text.find(quote, found + 2)
                continue
            after = found + 1
            while self.dialect.trim and after < len(text) and text[after] in " \t" and not self._delimits(text, after):
                after += 1
            if after >= len(text) or self._delimits(text, after) or not text[after:].strip():
                return found, (after if after < len(text) and self._delimits(text, after) else len(text))
            found = text.find(quote, found + 1)
        return None

    def _unquoted(self, cell: str) -> str:
        if self.dialect.escape == "doubled":
            return cell.replace(self.dialect.quote * 2, self.dialect.quote)
        return self._unescaped(cell)

    def _unescaped(self, cell: str) -> str:
        if self.dialect.escape != "backslash" or "\\" not in cell:
            return cell
        marks = {mark for mark in (self.dialect.quote, self.dialect.delimiter[:1], "\\") if mark}
        out: list[str] = []
        at = 0
        while at < len(cell):
            if cell[at] == "\\" and cell[at + 1 : at + 2] in marks:
                at += 1
            out.append(cell[at])
            at += 1
        return "".join(out)


def _splitter(dialect: Dialect) -> Callable[[str], list[str]]:
    """How a line without quotes and escapes is cut."""
    delimiter = dialect.delimiter

    def cut(line: str) -> list[str]:
        if not delimiter:
            return [line]
        if dialect.repeated:
            return [cell for cell in line.split(delimiter) if cell] or [""]
        return line.split(delimiter)

    if not dialect.trim and not dialect.framed:
        return cut

    def cleaned(line: str) -> list[str]:
        cells = cut(line)
        if dialect.framed:
            cells = _unframed(cells)
        return [cell.strip(" \t") for cell in cells] if dialect.trim else cells

    return cleaned


def _unframed(cells: list[str]) -> list[str]:
    if len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return cells[1:] if len(cells) > 1 and not cells[0].strip() else cells
