"""Finding out how a file is to be read: format, encoding, delimiter, header, types; what the data cannot tell is asked."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path
from typing import TypeVar

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.byexample.fileformat import FileFormat, detect, detect_bytes
from workbench.byexample.fileformat.encodings import decode
from workbench.byexample.fileformat.model import column_names
from workbench.dataprep.sources.guessing import MISSING_CANDIDATES, Marks, guess_column, guess_columns
from workbench.dataprep.sources.kinds import detect_kind
from workbench.dataprep.sources.readers.records import codec, names_in, rows_in
from workbench.dataprep.sources.specs import DelimitedSpec, FixedWidthSpec, LinesSpec, SourceColumn, SourceSpec, TableTextSpec

Spec = TypeVar("Spec", bound=TableTextSpec)

_HEAD = 1 << 19
_PROBE = 1 << 17
_PROBES = 4
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"BZh", "compressed with bzip2"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"ARROW1", "an Arrow or Feather file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x80\x04\x95", "a Python pickle"),
)
_SINGLE = (",", ";", "\t", "|", "\x1f")
"""Delimiters for a file of one column: the first that does not stand in it."""
_TABLES = {".csv", ".tsv", ".tab", ".psv"}
"""Suffixes of files that hold tables, even where there is but one column."""
_NAME = re.compile(r"[^\W\d][\w .()/%-]{0,59}")
_ROWS_ODD = re.compile(r"rows? (does|do) not have")
_ROWS = 20_000


def detect_file(path: Path) -> SourceSpec:
    """How the file is to be read. Raises UserError with one sentence for a file that holds no table."""
    head, probes, whole = _bytes_of(path)
    if (found := detect_kind(path, head)) is not None:
        return found
    if what := next((what for magic, what in _MAGIC if head.startswith(magic)), ""):
        raise UserError(
            f"{path.name} is not a text file: it is {what}.", hint="Choose a CSV, text or Parquet file.", place=str(path)
        )
    encoding, text = _decoded(path, head, probes, whole)
    if not text.strip():
        raise UserError(f"{path.name} is empty: it holds only blank lines.", hint="Choose another file.", place=str(path))
    further = [_whole_lines(decode_piece(probe, encoding)) for probe in probes]
    return spec_of(detect(text, complete=whole), text, further, complete=whole, encoding=encoding, suffix=path.suffix.lower())


def spec_of(
    format_: FileFormat, text: str, further: list[str] | None = None, *, complete: bool = True, encoding: str = "utf-8",
    suffix: str = "",
) -> SourceSpec:  # fmt: skip
    """The specification for a text of this format; types are guessed on it and on pieces from `further` on in the file."""
    if format_.kind == "delimited":
        return typed(_delimited(format_, text, encoding, complete), text, further or [], list(format_.names), complete=complete)
    if format_.kind == "fixed_width":
        fixed = FixedWidthSpec(
            starts=format_.starts, encoding=encoding, header=format_.header_rows > 0, header_rows=max(1, format_.header_rows),
            skip_rows=format_.skip_lines, footer_rows=format_.footer_lines if complete else 0, comment=format_.comment,
            rules=format_.rules,
        )  # fmt: skip
        return typed(fixed, text, further or [], list(format_.names), complete=complete)
    lines = LinesSpec(encoding=encoding, comment=format_.comment, skip_rows=format_.skip_lines)
    single = next((delimiter for delimiter in _SINGLE if delimiter not in text), "")
    values = [line.strip() for line in text.splitlines() if line.strip()]
    typed_values = guess_column(values[format_.header_rows :][:5000]).type != "string"
    if format_.kind == "lines" and single and (suffix in _TABLES or typed_values or format_.header_rows):
        header = format_.header_rows > 0 or (suffix in _TABLES and _names_column(values))
        one = DelimitedSpec(
            delimiter="\t" if suffix in {".tsv", ".tab"} and "\t" not in text else single, encoding=encoding,
            header=header, comment=format_.comment, skip_rows=format_.skip_lines,
        )  # fmt: skip
        return typed(one, text, further or [], list(format_.names), complete=complete)
    return lines.model_copy(update={"notes": _said(lines)})


def typed(spec: Spec, text: str, further: list[str], names: list[str], *, complete: bool, marks: Marks | None = None) -> Spec:
    """The specification with the names and types of its columns, as the text has them. `marks`: those of numbers, when known."""
    columns = tuple(SourceColumn(name=name, type="string") for name in names)
    spec = spec.model_copy(update={"columns": columns, "missing": ("",)})
    if spec.header and isinstance(spec, DelimitedSpec):
        found = names_in(text, spec)
        names = [*found, *column_names(found, len(names))[len(found) :]]
        spec = spec.model_copy(update={"columns": tuple(SourceColumn(name=name, type="string") for name in names)})
    width = len(names)
    rows = [row.cells for row in rows_in(text, spec, complete=complete)][:_ROWS]
    data = [(cells + [""] * (width - len(cells)))[:width] for cells in rows]
    data += [row.cells for piece in further for row in rows_in(piece, spec, header=False) if len(row.cells) == width]
    texts = [list(column) for column in zip(*data, strict=True)] if data else [[] for _ in names]
    guesses, (decimal, thousands) = guess_columns(texts, marks)
    markers = {marker for guess in guesses if guess.type != "string" for marker in guess.markers}
    questions = [question for name, guess in zip(names, guesses, strict=True) if (question := guess.question(name))]
    notes = [*_said(spec)]
    if broken := _broken_header(text, spec):
        notes.append(f"The header's field '{broken}' begins with a quote that is probably never closed.")
    notes += [f"{question.column} stays text until it is said whether the day or the month comes first." for question in questions]
    return spec.model_copy(
        update={
            "decimal": decimal,
            "thousands": thousands,
            "missing": ("", *(marker for marker in MISSING_CANDIDATES if marker in markers)),
            "columns": tuple(
                SourceColumn(name=name, type=guess.type, format=guess.format) for name, guess in zip(names, guesses, strict=True)
            ),
            "notes": tuple(notes),
            "questions": tuple(questions),
        }
    )


def texts_now(path: Path, spec: DelimitedSpec | FixedWidthSpec) -> tuple[list[str], list[list[str]]]:
    """The names that a file has now when it is read as the specification says, and for each column texts from all over the file."""
    head, probes, whole = _bytes_of(path)
    name = codec(spec.encoding)
    text = head.decode(name, errors="replace").removeprefix("\ufeff")
    plain = spec.model_copy(update={"columns": ()}) if isinstance(spec, DelimitedSpec) else spec
    rows = [row.cells for row in rows_in(text, plain, complete=whole)][:_ROWS]
    names = names_in(text, plain) if plain.header else []
    width = max(len(names), Counter(map(len, rows)).most_common(1)[0][0] if rows else 0)
    if not plain.header:
        names = [column.name for column in spec.columns][:width]
    names = [*names, *column_names(names, width)[len(names) :]]
    further = [_whole_lines(decode_piece(probe, spec.encoding)) for probe in probes]
    rows += [row.cells for piece in further for row in rows_in(piece, plain, header=False) if len(row.cells) == width]
    data = [(cells + [""] * (width - len(cells)))[:width] for cells in rows]
    return names, [list(column) for column in zip(*data, strict=True)] if data else [[] for _ in names]


def _delimited(format_: FileFormat, text: str, encoding: str, complete: bool) -> DelimitedSpec:
    quote = format_.quote or ("" if '"' in text else '"')
    return DelimitedSpec(
        delimiter=format_.delimiter or next((sign for sign in _SINGLE if sign not in text), ","), quote=quote,
        escape="\\" if format_.escape == "backslash" else "", encoding=encoding, header=format_.header_rows > 0,
        header_rows=max(1, format_.header_rows), header_commented=format_.header_commented,
        skip_rows=_past_blanks(text, format_.skip_lines),
        footer_rows=format_.footer_lines if complete else 0, comment=format_.comment, repeated=format_.repeated,
        trim=format_.trim, framed=format_.framed, rules=format_.rules,
        notes=tuple(note for note in format_.notes if not _ROWS_ODD.search(note)),
    )  # fmt: skip


def _past_blanks(text: str, skip: int) -> int:
    """The lines to skip with the blank ones after them."""
    lines = text.splitlines()
    while skip < len(lines) and not lines[skip].strip(" "):
        skip += 1
    return skip


def _names_column(values: list[str]) -> bool:
    """Whether the first of the lines of a one-column table is its name: it looks like one and is no value below."""
    first, rest = values[0], values[1:]
    return bool(rest) and bool(_NAME.fullmatch(first)) and guess_column([first]).type == "string" and first not in rest


def _said(spec: TableTextSpec | LinesSpec) -> tuple[str, ...]:
    """What is to be told of the file, apart from its columns."""
    notes = [*spec.notes]
    if spec.encoding != "utf-8":
        notes.append(f"The file is read as {spec.encoding}.")
    if spec.footer_rows:
        many = spec.footer_rows > 1
        notes.append(f"The last {f'{spec.footer_rows} lines are' if many else 'line is'} no part of the table and left out.")
    return tuple(notes)


def _broken_header(text: str, spec: TableTextSpec) -> str:
    """A header field that begins with a quote, or goes on over several lines."""
    if not spec.header or not isinstance(spec, DelimitedSpec):
        return ""
    rows = rows_in(text[:65536], spec.model_copy(update={"header": False, "footer_rows": 0}))[: spec.header_rows]
    cells = [cell.strip() for row in rows for cell in row.cells]
    return next((cell.split("\n")[0].strip() for cell in cells if "\n" in cell or cell.startswith('"')), "")


def _bytes_of(path: Path) -> tuple[bytes, list[bytes], bool]:
    """The start of the file, some pieces from further on, and whether the start is all of it."""
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder, not a data file.", place=str(path))
        size = path.stat().st_size
        if size == 0:
            raise UserError(f"{path.name} is empty: it holds no bytes at all.", hint="Choose another file.", place=str(path))
        with path.open("rb") as file:
            head = file.read(_HEAD)
            probes = []
            if size > _HEAD + _PROBES * _PROBE:
                for number in range(1, _PROBES + 1):
                    file.seek((_HEAD + (size - _HEAD - _PROBE) * number // _PROBES) // 4 * 4)
                    probes.append(file.read(_PROBE))
    except FileNotFoundError as error:
        raise NotFound(
            f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path)
        ) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    return head, probes, size <= _HEAD


def _decoded(path: Path, head: bytes, probes: list[bytes], whole: bool) -> tuple[str, str]:
    """The encoding, and the text of the head; letters that tell the code page may stand only further on."""
    binary = UserError(f"{path.name} is a binary file, not text.", hint="Choose a CSV, text or Parquet file.", place=str(path))
    try:
        text, encoding, bom = decode(head, complete=whole)
        if encoding == "utf-8":
            for piece in (head, *probes):
                if (odd := _odd_lines(piece, cut=not whole or piece is not head)) and not bom:
                    _, encoding, _ = decode(odd, complete=True)
                    text = head.decode(encoding, errors="replace")
                    break
    except UserError as error:
        raise binary from error
    if not encoding.startswith("utf-8"):
        allowed = "\t\n\r\f\x0b\x1b" + ("" if encoding.startswith("utf-") else "\x01\x02\x1c\x1d\x1e\x1f")
        if sum(char < " " and char not in allowed for char in text[:65536]) > len(text[:65536]) / 200:
            raise binary
    if bom and encoding.startswith(("utf-16", "utf-32")):
        encoding = encoding.removesuffix("-le").removesuffix("-be")
    return encoding, text


def _odd_lines(data: bytes, *, cut: bool) -> bytes:
    """The lines from the first that is no UTF-8 on; nothing where all is."""
    start = data.find(b"\n") + 1 if cut else 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data[start:], final=not cut)
    except UnicodeDecodeError as error:
        begin = data.rfind(b"\n", 0, start + error.start) + 1
        return data[begin : begin + 65536]
    return b""


def decode_piece(data: bytes, encoding: str) -> str:
    """The text of a piece from the middle of a file."""
    if encoding in {"utf-16", "utf-32"}:  # the mark at the beginning told the order of bytes
        encoding += "-le" if data[:4].count(0) and data[1:2] == b"\0" else "-be"
    return data.decode(encoding, errors="replace")


def _whole_lines(text: str) -> str:
    return text[text.find("\n") + 1 : text.rfind("\n") + 1]


__all__ = ["decode_piece", "detect_bytes", "detect_file", "spec_of", "typed"]
