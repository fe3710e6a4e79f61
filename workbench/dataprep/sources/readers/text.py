"""What all text files share: DuckDB reads those it knows, in one pass; we read the others, and lines that break the format."""

from __future__ import annotations

import contextlib
import hashlib
import re
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, NotFound, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.dataprep.cells import MARK, companion
from workbench.dataprep.columns import TEXT, TYPE_WORDS, Schema, listed, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.readers.records import DIRECT, Watch, pieces_of, rows_of
from workbench.dataprep.sources.readers.texts import FIELDS, LINE, REST, typed_sql
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.sampling import keep_sample, load_sampled
from workbench.dataprep.sources.specs import DelimitedSpec, TextSpec

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BATCH = 5_000
_FEW = 20_000
"""Up to so many first rows are read in small pieces."""
_RAGGED = re.compile(r"line (\d+) has (\d+) of \d+ fields")


class TextReader(Reader):
    """A text file. `known_spec` is how it is read, with its columns as the file has them now."""

    def __init__(self, name: str, path: Path, spec: TextSpec) -> None:
        self.name = name
        self._path = path
        self.known_spec = spec

    @property
    def key(self) -> str:
        state = self._path.stat()
        text = f"{self._path}|{state.st_size}|{state.st_mtime_ns}|{self.known_spec.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        return self.known_spec.schema_

    @property
    def notes(self) -> tuple[str, ...]:
        return self.known_spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return (self._path,)

    @property
    @abstractmethod
    def native(self) -> bool:
        """Whether DuckDB can read files of this specification as they are meant, when the encoding is UTF-8."""

    @abstractmethod
    def select(self, readable: Path) -> str:
        """A SELECT of typed columns and companions over a file in UTF-8; it raises where a line breaks the format."""

    def strict(self, readable: Path, *, few: bool = False) -> str | None:  # noqa: ARG002 (readers that know a quicker way override it)
        """A quicker SELECT of the same columns, which raises where one might have an error cell. `few`: for the first rows only."""
        return None

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        path, spec = self._path, self.known_spec
        if not path.is_file():
            raise NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))
        if path.stat().st_size == 0:
            raise UserError(f"{path.name} is empty: it holds no bytes at all.", hint="Choose another file.", place=str(path))
        what = f"Reading {path.name}"
        watch = Watch()
        with store.cursor() as cursor, contextlib.ExitStack() as stack:
            loaded = None
            if self.native:
                readable = path
                if spec.encoding.lower() not in DIRECT:
                    readable = store.file.with_name(f"{store.file.name}.{new_id()[:8]}.txt")
                    stack.callback(readable.unlink, missing_ok=True)
                    _transcode(path, spec.encoding, readable, watch, cancel)
                loaded = self._quickly(cursor, readable, table, sample, cancel, progress, what)
            if loaded is None:
                watch = Watch(told=None if progress is None else lambda share: progress(min(share, 1.0), what))
                loaded = _carefully(cursor, path, spec, table, sample, cancel, watch)
            notes = [*_replaced(watch, path.name, spec), *_ragged(cursor, table, spec, path.name)]
            notes += _failures(cursor, table, spec, path.name)
        return Loaded(loaded.rows, loaded.truncated, tuple(notes))

    def _quickly(
        self, cursor: duckdb.DuckDBPyConnection, readable: Path, table: str, sample: Sample | None, cancel: Cancel | None,
        progress: Progress | None, what: str,
    ) -> Loaded | None:  # fmt: skip
        """The rows by DuckDB alone; None where a line breaks the format."""
        import duckdb

        few = sample is not None and sample.kind == "top" and sample.count <= _FEW
        for quick in (True, False):
            sql = self.strict(readable, few=few) if quick else self.select(readable)
            if sql is None:
                continue
            try:
                return load_sampled(cursor, table, sql, sample, cancel=cancel, progress=progress, what=what)
            except (duckdb.InvalidInputException, duckdb.ConversionException):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
        return None


def _carefully(
    cursor: duckdb.DuckDBPyConnection, path: Path, spec: TextSpec, table: str, sample: Sample | None, cancel: Cancel | None,
    watch: Watch,
) -> Loaded:  # fmt: skip
    """The rows as we read them ourselves, where lines of a wrong number of fields become error cells."""
    import pyarrow as pa

    failed: list[BaseException] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for batch in _batches(path, spec, watch):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                yield batch
        except BaseException as error:
            failed.append(error)  # the database would make a text of it
            raise

    place = f"records_{new_id()}"
    cursor.register(place, pa.RecordBatchReader.from_batches(_arrow_schema(spec), batches()))
    select = typed_sql(place, spec, missing=True, ragged=True)
    first = sample if sample is not None and sample.kind == "top" else None
    try:
        loaded = load_sampled(cursor, table, select, first, cancel=cancel)
        return loaded if first is sample else keep_sample(cursor, table, sample, cancel=cancel)
    except Exception as error:
        if failed and not isinstance(failed[0], GeneratorExit):
            raise failed[0] from error
        raise
    finally:
        cursor.unregister(place)


def _arrow_schema(spec: TextSpec) -> pa.Schema:
    import pyarrow as pa

    hidden = [(FIELDS, pa.int64()), (LINE, pa.int64()), (REST, pa.string())]
    return pa.schema([*((column.name, pa.string()) for column in spec.columns), *hidden])


def _batches(path: Path, spec: TextSpec, watch: Watch) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = _arrow_schema(spec)
    width = len(spec.columns)
    rows: list[list[str | None]] = []
    odd: dict[int, tuple[int, int, str | None]] = {}

    def batch() -> pa.RecordBatch:
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        beside = [odd.get(place, (None, None, None)) for place in range(len(rows))]
        columns += [pa.array([each[at] for each in beside], kind) for at, kind in enumerate((pa.int64(), pa.int64(), pa.string()))]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    for cells, line in rows_of(path, spec, watch):
        while len(cells) > width and not cells[-1]:
            cells.pop()  # a delimiter at the end: nothing is lost, and DuckDB does the same
        row: list[str | None] = list(cells)
        if (count := len(cells)) != width:
            rest = _joined(cells[width - 1 :], spec) if count > width else None
            odd[len(rows)] = (count, line, rest)
            row = row[:width] if count > width else [*row, *[None] * (width - count)]
        rows.append(row)
        if len(rows) == _BATCH:
            yield batch()
            rows, odd = [], {}
    if rows:
        yield batch()


def _joined(cells: list[str], spec: TextSpec) -> str:
    """The fields as they stand in the file."""
    if not isinstance(spec, DelimitedSpec):
        return " ".join(cells)
    quote, signs = spec.quote, [sign for sign in (spec.delimiter, spec.quote, "\n", "\r") if sign]
    return spec.delimiter.join(
        f"{quote}{cell.replace(quote, quote * 2)}{quote}" if quote and any(sign in cell for sign in signs) else cell
        for cell in cells
    )


def _ragged(cursor: duckdb.DuckDBPyConnection, table: str, spec: TextSpec, name: str) -> list[str]:
    """The sentence about lines with a wrong number of fields, found by the error cells of the last column."""
    last = companion(spec.columns[-1].name) if spec.columns else ""
    if last not in _columns(cursor, table):
        return []
    found = cursor.execute(
        f"SELECT split_part({quoted(last)}, chr({ord(MARK)}), 1) FROM {table} WHERE {quoted(last)} LIKE 'line % has % of % fields%'"  # noqa: S608
    ).fetchall()
    lines = [(int(match[1]), int(match[2])) for row in found if (match := _RAGGED.fullmatch(row[0]))]
    if not lines:
        return []
    few, many = any(count < len(spec.columns) for _, count in lines), any(count > len(spec.columns) for _, count in lines)
    what = "too few or too many" if few and many else "too few" if few else "too many"
    kept = "missing fields are errors" if not many else "surplus fields stand in an error of the last column"
    if few and many:
        kept = "missing fields are errors, and surplus ones stand in an error of the last column"
    which = f"{len(lines):,} line{'s' if len(lines) > 1 else ''} of {name}"
    places = listed((f"{line:,}" for line, _ in lines), 5)
    width = f"{len(spec.columns)} column{'s' if len(spec.columns) > 1 else ''}"
    return [f"{which} {'have' if len(lines) > 1 else 'has'} {what} fields for {width} (line {places}); {kept}."]


def _columns(cursor: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {str(row[0]) for row in cursor.execute(f"DESCRIBE {table}").fetchall()}


def _failures(cursor: duckdb.DuckDBPyConnection, table: str, spec: TextSpec, name: str) -> list[str]:
    """Drops the companions of columns without errors; the sentences about values that do not fit their type."""
    held = _columns(cursor, table)
    beside = [column for column in spec.columns if companion(column.name) in held]
    if not beside:
        return []
    sums = ", ".join(
        f"count({quoted(name)}), count(*) FILTER ({quoted(name)} LIKE 'no %')" for name in (companion(each.name) for each in beside)
    )
    found: tuple[Any, ...] = cursor.execute(f"SELECT {sums} FROM {table}").fetchall()[0]  # noqa: S608
    sentences = []
    for place, column in enumerate(beside):
        count, failed = found[2 * place], found[2 * place + 1]
        if not count:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {quoted(companion(column.name))}")
        if failed and column.type not in TEXT:
            many = failed > 1
            values, verb, what = ("values", "are", "errors") if many else ("value", "is", "an error")
            sentences.append(
                f"{failed:,} {values} of {column.name} in {name} {verb} no {TYPE_WORDS[column.type]} and became {what}."
            )
    return sentences


def _replaced(watch: Watch, name: str, spec: TextSpec) -> list[str]:
    if not watch.replaced:
        return []
    many = watch.replaced > 1
    who = f"{watch.replaced:,} character{'s' if many else ''} of {name} {'are' if many else 'is'} no valid {spec.encoding}"
    return [f"{who} and {'were' if many else 'was'} replaced by \ufffd."]


def _transcode(path: Path, encoding: str, target: Path, watch: Watch, cancel: Cancel | None) -> None:
    """Writes the file in UTF-8."""
    pieces = pieces_of(path, encoding, watch)
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            for piece in pieces:
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                out.write(piece)
    except OSError as error:
        raise disk_error(error, str(target)) from error
