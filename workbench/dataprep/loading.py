"""Reading a data file into a table of the store: as text first, then converted, and what did not fit is told."""

from __future__ import annotations

import codecs
import contextlib
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.dataprep.columns import DUCKDB_TYPES, listed, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.conversion import convert
from workbench.dataprep.sources import SourceColumn, SourceSpec
from workbench.dataprep.storage import Store, watched

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

_DIRECT = {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}


@dataclass(frozen=True)
class Loaded:
    """What came of reading a file."""

    rows: int
    truncated: bool
    notes: tuple[str, ...]


def effective(path: Path, spec: SourceSpec) -> SourceSpec:
    """The specification for the file as it is now: columns are found by their names, new ones are read as text."""
    if spec.kind != "delimited" or not spec.header or not spec.columns:
        return spec
    found = header_of(path, spec)
    if found == [column.name for column in spec.columns]:
        return spec
    known = {column.name: column for column in spec.columns}
    columns = tuple(known.get(name, SourceColumn(name=name, type="string")) for name in found)
    lacking = [name for name in known if name not in found]
    notes = (f"{path.name} no longer has the column {listed(lacking)}.",) if lacking else ()
    return spec.model_copy(update={"columns": columns, "notes": (*spec.notes, *notes)})


def header_of(path: Path, spec: SourceSpec) -> list[str]:
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


def dialect(spec: SourceSpec) -> dict[str, Any]:
    """The options of Python's csv reader for the specification."""
    quoting = csv.QUOTE_MINIMAL if spec.quote else csv.QUOTE_NONE
    return {"delimiter": spec.delimiter, "quotechar": spec.quote or None, "quoting": quoting}


def column_names(cells: list[str]) -> list[str]:
    """Names from header cells: trimmed, blanks become Column1.., clashes get a number."""
    from workbench.dataprep.columns import unique_name

    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        found.append(unique_name(cell.strip() or f"Column{number}", found))
    return found


def load(
    store: Store,
    path: Path,
    spec: SourceSpec,
    table: str,
    *,
    sample_rows: int | None,
    cancel: Cancel | None,
    progress: Progress | None,
) -> Loaded:
    """Reads the file into the new table `table`, at most `sample_rows` rows.

    Raises UserError, NotFound, EnvironmentError_, Cancelled.
    """
    if not path.is_file():
        raise NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))
    if path.stat().st_size == 0:
        raise UserError(f"{path.name} is empty: it holds no bytes at all.", hint="Choose another file.", place=str(path))
    if spec.kind == "parquet":
        return _load_parquet(store, path, spec, table, sample_rows, cancel, progress)
    with contextlib.ExitStack() as stack:
        readable = path
        if spec.encoding.lower() not in _DIRECT:
            readable = _transcode(path, spec.encoding, store.file.with_name(f"{store.file.name}.{new_id()[:8]}.txt"))
            stack.callback(readable.unlink, missing_ok=True)
        return _load_text(store, readable, path.name, spec, table, sample_rows, cancel, progress)


def _load_parquet(
    store: Store,
    path: Path,
    spec: SourceSpec,
    table: str,
    sample_rows: int | None,
    cancel: Cancel | None,
    progress: Progress | None,
) -> Loaded:
    reader = f"read_parquet({literal(str(path))})"
    rows = store.one(f"SELECT count(*) FROM {reader}")[0]  # noqa: S608
    present = {row[0] for row in store.rows(f"DESCRIBE SELECT * FROM {reader}")}  # noqa: S608
    columns = [column for column in spec.columns if column.name in present]
    lacking = [column.name for column in spec.columns if column.name not in present]
    casts = ", ".join(f"TRY_CAST({quoted(c.name)} AS {DUCKDB_TYPES[c.type]}) AS {quoted(c.name)}" for c in columns)
    limit = f" LIMIT {sample_rows}" if sample_rows is not None else ""
    store.run(
        f"CREATE TABLE {table} AS SELECT {casts} FROM {reader}{limit}",  # noqa: S608
        cancel=cancel, progress=progress, what=f"Reading {path.name}",
    )  # fmt: skip
    notes = (f"{path.name} no longer has the column {listed(lacking)}.",) if lacking else ()
    truncated = sample_rows is not None and rows > sample_rows
    return Loaded(sample_rows if truncated and sample_rows is not None else rows, truncated, notes)


def _load_text(
    store: Store, readable: Path, name: str, spec: SourceSpec, table: str, sample_rows: int | None, cancel: Cancel | None,
    progress: Progress | None,
) -> Loaded:  # fmt: skip
    import duckdb

    failures = _Failures(spec)
    notes: list[str] = []
    with store.cursor() as cursor:

        def read(*options: str) -> None:
            sql = _typed_sql(_reader(readable, spec, *options), spec, failures, None if sample_rows is None else sample_rows + 1)
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
        if truncated := sample_rows is not None and held > sample_rows:
            cursor.execute(f"DELETE FROM {table} WHERE rowid >= {sample_rows}")  # noqa: S608
        notes += failures.collect(cursor, table, name)
    return Loaded(sample_rows if truncated and sample_rows is not None else held, truncated, tuple(notes))


def _reader(path: Path, spec: SourceSpec, *options: str) -> str:
    columns = ", ".join(f"{literal(column.name)}: 'VARCHAR'" for column in spec.columns)
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


def _ragged(cursor: duckdb.DuckDBPyConnection, path: Path, spec: SourceSpec, name: str, error: Exception) -> str:
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


class _Failures:
    """Bit masks beside the data that mark the values which did not fit their type: counted after the one pass, then dropped."""

    def __init__(self, spec: SourceSpec) -> None:
        typed = [column for column in spec.columns if column.type not in {"string", "other"}]
        self._groups = [typed[start : start + 60] for start in range(0, len(typed), 60)]

    def masks(self, source: ir.Table, converted: dict[str, ir.Value]) -> dict[str, ir.Value]:
        """One integer column for each sixty typed columns."""
        import ibis

        result: dict[str, ir.Value] = {}
        for number, group in enumerate(self._groups):
            mask: Any = ibis.literal(0, type="int64")
            for bit, column in enumerate(group):
                text: Any = source[column.name]
                failed = text.notnull() & converted[column.name].isnull() & (text.strip() != "")
                mask += ibis.ifelse(failed, ibis.literal(1 << bit, type="int64"), ibis.literal(0, type="int64"))
            result[f"__failed_{number}__"] = mask
        return result

    def collect(self, cursor: duckdb.DuckDBPyConnection, table: str, name: str) -> list[str]:
        """The sentences about the columns with failures."""
        notes = []
        for number, group in enumerate(self._groups):
            mask = f"__failed_{number}__"
            counts = ", ".join(f"count(*) FILTER (({mask} & {1 << bit}) <> 0)" for bit in range(len(group)))
            if cursor.execute(f"SELECT max({mask}) FROM {table}").fetchall()[0][0]:  # noqa: S608
                found = cursor.execute(f"SELECT {counts} FROM {table}").fetchall()[0]  # noqa: S608
                notes += [_failed(column, count, name) for column, count in zip(group, found, strict=True) if count]
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {mask}")
        return notes


def _failed(column: SourceColumn, count: int, name: str) -> str:
    many = count > 1
    values, verb = ("values", "are") if many else ("value", "is")
    return f"{count:,} {values} of {column.name} in {name} {verb} no {column.type} and became missing."


def _typed_sql(reader: str, spec: SourceSpec, failures: _Failures, limit: int | None) -> str:
    import ibis

    place = "file_of_text"
    source = ibis.table({column.name: "string" for column in spec.columns}, name=place)
    texts = source if limit is None else source.limit(limit)
    typed = {
        c.name: convert(texts[c.name], "string", c.type, formats=[c.format] if c.format else [], decimal=spec.decimal)
        for c in spec.columns
    }
    selected = texts.select(**typed, **failures.masks(texts, typed))
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
