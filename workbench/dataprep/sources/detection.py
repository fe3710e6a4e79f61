"""Finding out how a file is to be read: format, encoding, delimiter, header, types; what the data cannot tell is asked."""

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.dataprep.columns import column_of, literal
from workbench.dataprep.sources.guessing import MISSING_CANDIDATES, Guess, guess_column
from workbench.dataprep.sources.readers.delimited import column_names, dialect
from workbench.dataprep.sources.specs import DelimitedSpec, ParquetSpec, SourceColumn, SourceSpec

_HEAD = 1 << 20
_PROBE = 1 << 18
_PROBES = 4
_DELIMITERS = ",;\t|"
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
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"ARROW1", "an Arrow or Feather file"),
)


def detect_file(path: Path) -> SourceSpec:
    """How the file is to be read. Raises UserError with one sentence for a file that holds no table."""
    head, probes, whole = _bytes_of(path)
    if head.startswith(b"PAR1"):
        return _parquet(path)
    if what := next((what for magic, what in _MAGIC if head.startswith(magic)), ""):
        raise UserError(
            f"{path.name} is not a text file: it is {what}.", hint="Choose a CSV, text or Parquet file.", place=str(path)
        )
    encoding = _encoding(path, head, whole)
    text = _decode(head, encoding)
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        raise UserError(f"{path.name} is empty: it holds only blank lines.", hint="Choose another file.", place=str(path))
    delimiter, quote = _delimiter(path, text, encoding)
    spec = DelimitedSpec(delimiter=delimiter, quote=quote, encoding=encoding)
    rows = _parse(text, spec)
    width = _width(rows)
    skip = _preamble(rows, width)
    body = [row for row in rows[skip:] if row]
    more = [row for probe in probes for row in _parse(_whole_lines(_decode(probe, encoding)), spec) if len(row) == width]
    header = _has_header(body, more)
    names = column_names(_padded(body[0], width)) if header else [f"Column{number}" for number in range(1, width + 1)]
    data = [_padded(row, width) for row in body[1 if header else 0 :]] + more
    return _with_types(spec, names, data, header=header, skip=_physical_lines(text, spec, skip))


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
                    file.seek(_HEAD + (size - _HEAD - _PROBE) * number // _PROBES // 2 * 2)
                    probes.append(file.read(_PROBE))
    except FileNotFoundError as error:
        raise NotFound(
            f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path)
        ) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    return head, probes, size <= _HEAD


def _encoding(path: Path, head: bytes, whole: bool) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise UserError(f"{path.name} is a binary file, not text.", hint="Choose a CSV, text or Parquet file.", place=str(path))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return _guess_encoding(path, head)
    return "utf-8"


def _guess_encoding(path: Path, head: bytes) -> str:
    from charset_normalizer import from_bytes

    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head[:65536])
    best = from_bytes(head[:65536]).best()
    if best is None or control > len(head[:65536]) / 200:
        raise UserError(f"{path.name} is a binary file, not text.", hint="Choose a CSV, text or Parquet file.", place=str(path))
    western = {"cp1250", "cp1252", "latin_1", "cp1254", "cp1257", "iso8859_15", "iso8859_9", "iso8859_2", "mac_roman", "cp1258"}
    if best.encoding not in western:
        return best.encoding
    # code pages differ in a few letters: it is Windows' Western one when that gives letters, not signs, among the words
    inside = re.findall(
        r"(?<=[A-Za-z])[^\x00-\x7f](?=[a-z])|(?<![^\W])[^\x00-\x7f](?=[a-z])", head[:65536].decode("cp1252", errors="replace")
    )
    return "cp1252" if all(letter.isalpha() and letter not in "ŸŽœ" for letter in inside) else best.encoding


def _decode(data: bytes, encoding: str) -> str:
    if encoding == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    return data.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")


def _whole_lines(text: str) -> str:
    return text[text.find("\n") + 1 : text.rfind("\n") + 1]


def _parse(text: str, spec: DelimitedSpec) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text), **dialect(spec))
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:
        rows = rows or [line.split(spec.delimiter) for line in text.splitlines()]
    return rows


def _delimiter(path: Path, text: str, encoding: str) -> tuple[str, str]:
    """The delimiter whose rows agree best on their width; DuckDB's sniffer decides between equals, and may know a rarer one."""
    sniffed = _sniffed(path) if encoding == "utf-8" else None
    sample = "\n".join(text.splitlines()[:2000])
    candidates = _DELIMITERS + (
        sniffed[0] if sniffed and sniffed[0] and sniffed[0] not in _DELIMITERS and sniffed[0] != "\0" else ""
    )
    scores: dict[str, float] = {}
    for candidate in candidates:
        rows = [row for row in _parse(sample, DelimitedSpec(delimiter=candidate)) if row]
        widths = Counter(map(len, rows))
        width, share = max(widths.items(), key=lambda item: (item[1], item[0]))
        if width > 1:
            cells = [cell for row in rows[:200] for cell in row]
            clean = sum(not any(d in cell for d in candidates) for cell in cells) / max(len(cells), 1)
            scores[candidate] = share / len(rows) * (0.7 + 0.3 * clean) + (0.02 if sniffed and sniffed[0] == candidate else 0)
    best = max(scores, key=scores.__getitem__, default=",")
    return best, '"'


def _sniffed(path: Path) -> tuple[str, str] | None:
    import duckdb

    try:
        with duckdb.connect() as connection:
            sql = f"SELECT Delimiter, Quote FROM sniff_csv({literal(str(path))}, sample_size=2000)"  # noqa: S608
            delimiter, quote = connection.execute(sql).fetchall()[0]
    except duckdb.Error:
        return None
    return (delimiter, quote) if len(delimiter) == 1 else None


def _width(rows: list[list[str]]) -> int:
    widths = Counter(len(row) for row in rows if row)
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _preamble(rows: list[list[str]], width: int) -> int:
    """How many rows stand before the table: titles and blank lines, which have far fewer fields."""
    if width < 2:
        return 0
    for number, row in enumerate(rows[:50]):
        if len(row) > width / 2:
            return number
    return 0


def _physical_lines(text: str, spec: DelimitedSpec, rows: int) -> int:
    """The number of lines of the file that hold its first `rows` rows."""
    reader = csv.reader(io.StringIO(text), **dialect(spec))
    for _ in range(rows):
        next(reader, None)
    return reader.line_num


def _padded(row: list[str], width: int) -> list[str]:
    return (row + [""] * width)[:width]


def _has_header(body: list[list[str]], more: list[list[str]]) -> bool:
    first, rest = body[0], (body[1:] + more)[:5000]
    cells = [cell.strip() for cell in first]
    if any(guess_column([cell]).type != "string" for cell in cells if cell) or not any(cells):
        return False
    if len(set(cells)) < len(cells) and all(cells):
        return False
    if not rest:
        return len(cells) > 1
    columns = list(zip(*(_padded(row, len(cells)) for row in rest), strict=True))
    if any(guess_column(list(column)).type != "string" for column in columns):
        return True
    # all text: a header's cells do not turn up again below, and names are short
    return not any(cell in column for cell, column in zip(cells, columns, strict=True)) and all(len(cell) <= 60 for cell in cells)


def _with_types(spec: DelimitedSpec, names: list[str], data: list[list[str]], *, header: bool, skip: int) -> DelimitedSpec:
    columns = list(zip(*data, strict=True)) if data else [() for _ in names]
    guesses: list[Guess] = [guess_column(list(column), comma=spec.delimiter != ",") for column in columns]
    comma = any(guess.decimal == "," for guess in guesses) and not any(guess.decimal == "." for guess in guesses)
    if not comma and any(guess.decimal == "," for guess in guesses):
        guesses = [guess_column(list(column), comma=False) for column in columns]
    markers = {marker for guess in guesses if guess.type != "string" for marker in guess.markers}
    notes = [] if spec.encoding == "utf-8" else [f"The file is read as {spec.encoding}."]
    if broken := next((name for name in names if "\n" in name or "\r" in name), ""):
        first = broken.splitlines()[0]
        notes.append(f"The header's field '{first}' goes on over several lines: a quote in it is probably never closed.")
    questions = [question for name, guess in zip(names, guesses, strict=True) if (question := guess.question(name))]
    notes += [f"{question.column} stays text until it is said whether the day or the month comes first." for question in questions]
    return spec.model_copy(
        update={
            "header": header,
            "skip_rows": skip,
            "decimal": "," if comma else ".",
            "missing": ("", *(marker for marker in MISSING_CANDIDATES if marker in markers)),
            "columns": tuple(
                SourceColumn(name=name, type=guess.type, format=guess.format) for name, guess in zip(names, guesses, strict=True)
            ),
            "notes": tuple(notes),
            "questions": tuple(questions),
        }
    )


def _parquet(path: Path) -> ParquetSpec:
    import duckdb
    import ibis

    from workbench.dataprep.scalars import ibis_type

    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()  # noqa: S608
    except duckdb.Error as error:
        raise UserError(
            f"{path.name} is a damaged Parquet file: it cannot be read to its end.", hint="Get the file again.", place=str(path)
        ) from error
    columns = [column_of(row[0], ibis.dtype(ibis_type(str(row[1])))) for row in found]
    return ParquetSpec(columns=tuple(SourceColumn(name=c.name, type=c.type, nested=c.nested) for c in columns))
