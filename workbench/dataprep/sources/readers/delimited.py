"""Delimited text: read by DuckDB, in one pass where all values fit, else as text that is converted and keeps what did not fit."""

from __future__ import annotations

import codecs
import contextlib
import csv
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.dataprep.cells import companion, error
from workbench.dataprep.columns import TEXT, TYPE_WORDS, Schema, listed, literal, quoted, unique_name
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.conversion import convert
from workbench.dataprep.engine.store import Store, watched
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import DelimitedSpec, SourceColumn

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

_DIRECT = {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}


class DelimitedReader(Reader):
    """A delimited text file."""

    def __init__(self, name: str, path: Path, spec: DelimitedSpec) -> None:
        self.name = name
        self._path = path
        self._given = spec
        self._spec = effective(path, spec)

    @property
    def key(self) -> str:
        state = self._path.stat()
        text = f"{self._path}|{state.st_size}|{state.st_mtime_ns}|{self._spec.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        return self._spec.schema_

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return (self._path,)

    @property
    def spec(self) -> DelimitedSpec:
        """How the file is read, with its columns as they are now."""
        return self._spec

    @property
    def simple(self) -> bool:
        """Whether Spark's reader knows all that the specification asks for."""
        return self._spec.skip_rows == 0

    def scan(self) -> str | None:
        spec = self._spec
        if spec.encoding.lower() not in _DIRECT or spec.decimal != "." or any(column.format for column in spec.columns):
            return None
        chosen = ", ".join(f"{_strict(column)} AS {quoted(column.name)}" for column in spec.columns)
        return f"SELECT {chosen} FROM {_reader(self._path, spec, types=_NATIVE)}"  # noqa: S608

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        path, spec = self._path, self._spec
        if not path.is_file():
            raise NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))
        if path.stat().st_size == 0:
            raise UserError(f"{path.name} is empty: it holds no bytes at all.", hint="Choose another file.", place=str(path))
        with contextlib.ExitStack() as stack:
            readable = path
            if spec.encoding.lower() not in _DIRECT:
                readable = _transcode(path, spec.encoding, store.file.with_name(f"{store.file.name}.{new_id()[:8]}.txt"))
                stack.callback(readable.unlink, missing_ok=True)
            return _load_text(store, readable, path.name, spec, table, sample, cancel, progress)


_NATIVE = {"integer": "DOUBLE", "decimal": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP"}
"""As what the quick way reads a type: whole numbers as DOUBLE, since DuckDB would round 1.5 to 2 without a word."""


def _strict(column: SourceColumn) -> str:
    """A column of the quick way: raises where the careful way might find an error cell, or another value."""
    name = quoted(column.name)
    match column.type:
        case "integer":
            whole = f"{name} = floor({name}) AND abs({name}) < 9007199254740992"
            return f"CASE WHEN {name} IS NULL THEN NULL WHEN {whole} THEN CAST({name} AS BIGINT) ELSE error('no whole number') END"
        case "decimal":
            return f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END"
        case "boolean" | "time" | "timestamp_tz":
            kind = {"boolean": "BOOLEAN", "time": "TIME", "timestamp_tz": "TIMESTAMPTZ"}[column.type]
            return f"CAST({name} AS {kind})"
        case _:
            return name


def effective(path: Path, spec: DelimitedSpec) -> DelimitedSpec:
    """The specification for the file as it is now: columns are found by their names, new ones are read as text."""
    if not spec.header or not spec.columns:
        return spec
    found = header_of(path, spec)
    if found == [column.name for column in spec.columns]:
        return spec
    known = {column.name: column for column in spec.columns}
    columns = tuple(known.get(name, SourceColumn(name=name, type="string")) for name in found)
    lacking = [name for name in known if name not in found]
    notes = (f"{path.name} no longer has the column {listed(lacking)}.",) if lacking else ()
    return spec.model_copy(update={"columns": columns, "notes": (*spec.notes, *notes)})


def header_of(path: Path, spec: DelimitedSpec) -> list[str]:
    """The column names in the file's header line, made unique as the detection does."""
    try:
        with path.open(encoding="utf-8-sig" if spec.encoding in _DIRECT else spec.encoding, errors="replace", newline="") as file:
            for _ in range(spec.skip_rows):
                file.readline()
            cells = next(csv.reader(file, **dialect(spec)), [])
    except FileNotFoundError as error:
        raise NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.") from error
    except (OSError, csv.Error) as error:
        raise EnvironmentError_(f"{path} could not be read: {error}.", place=str(path)) from error
    return column_names(cells)


def dialect(spec: DelimitedSpec) -> dict[str, Any]:
    """The options of Python's csv reader for the specification."""
    quoting = csv.QUOTE_MINIMAL if spec.quote else csv.QUOTE_NONE
    return {"delimiter": spec.delimiter, "quotechar": spec.quote or None, "quoting": quoting}


def column_names(cells: list[str]) -> list[str]:
    """Names from header cells: trimmed, blanks become Column1.., clashes get a number."""
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        found.append(unique_name(cell.strip() or f"Column{number}", found))
    return found


def _reader(path: Path, spec: DelimitedSpec, *options: str, types: dict[str, str] | None = None) -> str:
    kinds = types or {}
    columns = ", ".join(f"{literal(column.name)}: '{kinds.get(column.type, 'VARCHAR')}'" for column in spec.columns)
    missing = ", ".join(literal(marker) for marker in dict.fromkeys(["", *spec.missing]))
    parts = [
        literal(str(path)),
        "auto_detect=false",
        f"header={str(spec.header).lower()}",
        f"skip={spec.skip_rows}",
        f"delim={literal(spec.delimiter)}",
        f"quote={literal(spec.quote)}",
        f"escape={literal(spec.quote)}",
        f"columns={{{columns}}}",
        f"nullstr=[{missing}]",
        "max_line_size=16777216",
        *options,
    ]
    return f"read_csv({', '.join(parts)})"


def _ragged(cursor: duckdb.DuckDBPyConnection, path: Path, spec: DelimitedSpec, name: str, error: Exception) -> str:
    """The sentence about the lines that do not have the right number of fields."""
    import duckdb

    suffix = new_id()
    options = (
        "store_rejects=true",
        "ignore_errors=true",
        "rejects_limit=0",
        f"rejects_table='r{suffix}'",
        f"rejects_scan='s{suffix}'",
    )
    try:
        cursor.execute(f"SELECT count(*) FROM (SELECT COLUMNS(*) FROM {_reader(path, spec, *options)})").fetchall()  # noqa: S608
        found = cursor.execute(
            f"SELECT line, min(error_type::VARCHAR) FROM r{suffix} GROUP BY line ORDER BY line"  # noqa: S608
        ).fetchall()
    except duckdb.Error:
        found = []
    if not found:
        return f"{name} has lines that do not follow its format: {str(error).splitlines()[0].rstrip('.')}."
    lines = listed((f"{line:,}" for line, _ in found), 5)
    kinds = {kind for _, kind in found}
    few, many = "MISSING COLUMNS" in kinds, "TOO MANY COLUMNS" in kinds
    what = "too few or too many" if few and many else "too few" if few else "too many" if many else ""
    which = f"{len(found):,} line{'s' if len(found) > 1 else ''} of {name}"
    if not what:
        return f"{which} could not be read exactly: line {lines}."
    kept = "missing fields are left empty" if few and not many else "surplus fields are left out"
    if few and many:
        kept = "missing fields are left empty and surplus ones left out"
    verb = "have" if len(found) > 1 else "has"
    return f"{which} {verb} {what} fields for {len(spec.columns)} columns (line {lines}); {kept}."


def _load_text(
    store: Store, readable: Path, name: str, spec: DelimitedSpec, table: str, sample: Sample | None, cancel: Cancel | None,
    progress: Progress | None,
) -> Loaded:  # fmt: skip
    import duckdb

    notes: list[str] = []
    with store.cursor() as cursor:

        def read(*options: str) -> None:
            sql = _typed_sql(_reader(readable, spec, *options), spec, sample)
            watched(cursor, f"CREATE TABLE {table} AS {sql}", cancel, progress, f"Reading {name}")

        try:
            read()
        except (duckdb.InvalidInputException, duckdb.ConversionException) as strict:
            notes.append(_ragged(cursor, readable, spec, name, strict))
            try:
                read("null_padding=true", "strict_mode=false")
            except duckdb.InvalidInputException:
                read("null_padding=true", "strict_mode=false", "ignore_errors=true")
        held = cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608
        limit = sample.count if sample is not None and sample.kind == "top" else None
        if truncated := limit is not None and held > limit:
            cursor.execute(f"DELETE FROM {table} WHERE rowid >= {limit}")  # noqa: S608
        notes += _failures(cursor, table, spec, name)
    return Loaded(limit if truncated and limit is not None else held, truncated, tuple(notes))


def _failures(cursor: duckdb.DuckDBPyConnection, table: str, spec: DelimitedSpec, name: str) -> list[str]:
    """Counts error cells and drops the companions of columns without any; the sentences about the others."""
    typed = [column for column in spec.columns if column.type not in TEXT]
    if not typed:
        return []
    counts = ", ".join(f"count({quoted(companion(column.name))})" for column in typed)
    found = cursor.execute(f"SELECT {counts} FROM {table}").fetchall()[0]  # noqa: S608
    for column, count in zip(typed, found, strict=True):
        if not count:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {quoted(companion(column.name))}")
    return [_failed(column, count, name) for column, count in zip(typed, found, strict=True) if count]


def _failed(column: SourceColumn, count: int, name: str) -> str:
    many = count > 1
    values, verb, what = ("values", "are", "errors") if many else ("value", "is", "an error")
    return f"{count:,} {values} of {column.name} in {name} {verb} no {TYPE_WORDS[column.type]} and became {what}."


def _typed_sql(reader: str, spec: DelimitedSpec, sample: Sample | None) -> str:
    import ibis

    place = "file_of_text"
    source = ibis.table({column.name: "string" for column in spec.columns}, name=place)
    texts = source.limit(sample.count + 1) if sample is not None and sample.kind == "top" else source
    typed: dict[str, ir.Value] = {}
    wrong: dict[str, ir.Value] = {}
    for column in spec.columns:
        text: Any = texts[column.name]
        formats = [column.format] if column.format else []
        typed[column.name] = value = convert(text, "string", column.type, formats=formats, decimal=spec.decimal)
        if column.type not in TEXT:
            failed = text.notnull() & value.isnull() & (text.strip() != "")
            code = error(f"no {TYPE_WORDS[column.type]}", text)
            wrong[companion(column.name)] = ibis.ifelse(failed, code, ibis.null("string"))
    selected = texts.select(**typed, **wrong)
    return str(ibis.to_sql(selected, dialect="duckdb")).replace(f'"{place}"', reader, 1)


def _transcode(path: Path, encoding: str, target: Path) -> Path:
    try:
        codecs.lookup(encoding)
        with (
            path.open(encoding=encoding, errors="replace", newline="") as source,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := source.read(1 << 20):
                out.write(chunk)
    except LookupError as error:
        raise UserError(f"There is no encoding called {encoding}.", hint="Choose another encoding, e.g. utf-8.") from error
    except OSError as error:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise disk_error(error, str(target)) from error
    return target
