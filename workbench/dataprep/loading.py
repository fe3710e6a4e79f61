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
from workbench.dataprep.storage import Store, failure, watched

if TYPE_CHECKING:
    import duckdb

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

    raw = f"raw_{new_id()}"
    limit = f" LIMIT {sample_rows + 1}" if sample_rows is not None else ""
    notes: list[str] = []
    with store.cursor() as cursor:

        def read(*options: str) -> None:
            sql = f"CREATE TEMP TABLE {raw} AS SELECT * FROM {_reader(readable, spec, *options)}{limit}"  # noqa: S608
            watched(cursor, sql, cancel, progress, f"Reading {name}")

        try:
            read()
        except (duckdb.InvalidInputException, duckdb.ConversionException) as strict:
            notes.append(_ragged(cursor, readable, spec, name, strict))
            try:
                read("null_padding=true", "strict_mode=false")
            except duckdb.InvalidInputException:
                read("null_padding=true", "strict_mode=false", "ignore_errors=true")
        except duckdb.Error as error:
            raise failure(error) from error
        held = cursor.execute(f"SELECT count(*) FROM {raw}").fetchall()[0][0]  # noqa: S608
        rows = held if sample_rows is None else min(held, sample_rows)
        watched(cursor, _typed_sql(raw, spec, table, rows), cancel, progress, f"Converting {name}")
        notes += _failures(cursor, raw, table, spec, rows, name)
        cursor.execute(f"DROP TABLE {raw}")
    return Loaded(rows, held > rows, tuple(notes))


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


def _typed_sql(raw: str, spec: SourceSpec, table: str, rows: int) -> str:
    import ibis

    source = ibis.table({column.name: "string" for column in spec.columns}, name=raw)
    typed = [
        convert(source[c.name], "string", c.type, formats=[c.format] if c.format else [], decimal=spec.decimal).name(c.name)
        for c in spec.columns
    ]
    return f"CREATE TABLE {table} AS {ibis.to_sql(source.limit(rows).select(typed), dialect='duckdb')}"


def _failures(cursor: duckdb.DuckDBPyConnection, raw: str, table: str, spec: SourceSpec, rows: int, name: str) -> list[str]:
    columns = [column for column in spec.columns if column.type not in {"string", "other"}]
    if not columns:
        return []
    before = ", ".join(f"count(nullif(trim({quoted(c.name)}), ''))" for c in columns)
    after = ", ".join(f"count({quoted(c.name)})" for c in columns)
    given = cursor.execute(f"SELECT {before} FROM (SELECT * FROM {raw} LIMIT {rows})").fetchall()[0]  # noqa: S608
    kept = cursor.execute(f"SELECT {after} FROM {table}").fetchall()[0]  # noqa: S608
    return [
        f"{lost:,} value{'s' if lost > 1 else ''} of {column.name} in {name} {'are' if lost > 1 else 'is'} no {column.type} and"
        f" became missing."
        for column, had, has in zip(columns, given, kept, strict=True)
        if (lost := had - has) > 0
    ]


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
