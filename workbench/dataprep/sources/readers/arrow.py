"""Arrow IPC files (Feather) and streams."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, UserError
from workbench.dataprep.columns import listed, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.scratch import scratch
from workbench.dataprep.sources.loading import create, given_of, lacking, missing_file, natural, spec_columns, typed
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.reader import FileReader, Loaded
from workbench.dataprep.sources.specs import ArrowSpec, SourceColumn

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample

_RELATION = "rows_of_arrow"


class ArrowReader(FileReader[ArrowSpec]):
    """An Arrow file or stream."""

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        path = self._path
        with opened(path) as (schema, batches), store.cursor() as cursor:
            return load_batches(
                cursor, table, schema, batches, self._spec.columns, path.name, sample=sample, cancel=cancel, progress=progress
            )


def load_batches(
    cursor: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch],
    declared: tuple[SourceColumn, ...], name: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None,
) -> Loaded:  # fmt: skip
    """Makes the table of what Arrow batches hold: the declared columns by name, then the others as they are."""
    import pyarrow as pa

    plain = plain_schema(schema)
    failed: list[Exception] = []

    def watched() -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                yield plain_batch(batch, plain)
        except Exception as error:
            failed.append(error)
            raise

    names = harmless(schema.names)
    reader = pa.RecordBatchReader.from_batches(plain, watched())
    cursor.register(_RELATION, reader)
    try:
        kinds = described(cursor, plain)
        there = dict(zip(names, zip(plain.names, kinds, strict=True), strict=True))
        columns, notes = lacking(declared, there, name)
        if added := [each for each in there if each not in {column.name for column in declared}]:
            notes = (*notes, f"{name} has the new column {listed(added)}.") if declared else notes
            columns = (*columns, *spec_columns(natural(each, there[each][1]) for each in added))
        given = [given_of(column.name, quoted(there[column.name][0]), there[column.name][1]) for column in columns]
        select = typed(given, columns, _RELATION)
        try:
            loaded = create(
                cursor, table, select, columns, name, sample=sample, cancel=cancel, progress=progress, again=False
            )  # fmt: skip
        except Exception as error:
            if failed and isinstance(failed[0], Cancelled | UserError):
                raise failed[0] from error
            if failed and isinstance(failed[0], pa.ArrowException | OSError | ValueError):
                raise damaged(name, failed[0]) from error
            raise
    finally:
        cursor.unregister(_RELATION)
    return Loaded(loaded.rows, loaded.truncated, (*notes, *loaded.notes))


def described(cursor: duckdb.DuckDBPyConnection, schema: pa.Schema) -> list[str]:
    """DuckDB's types of an Arrow schema."""
    cursor.register("arrow_schema_only", schema.empty_table())
    try:
        return [str(row[1]) for row in cursor.execute("DESCRIBE SELECT * FROM arrow_schema_only").fetchall()]
    finally:
        cursor.unregister("arrow_schema_only")


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same with unique names (c0, c1, ...) and only types that DuckDB reads: the others as text."""
    import pyarrow as pa

    fields = [pa.field(f"c{number}", _plain_type(field.type)) for number, field in enumerate(schema)]
    return pa.schema(fields)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return _plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_null(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind) or pa.types.is_union(kind):
        return pa.string()
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_decimal(kind) and kind.precision > 38:
        return pa.string()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if pa.types.is_time(kind):
        return pa.time64("us")
    if pa.types.is_date(kind):
        return pa.date32()
    if pa.types.is_run_end_encoded(kind):
        return _plain_type(kind.value_type)
    return kind


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The rows with the types of `plain_schema`, checked: a damaged file must not reach the database."""
    import pyarrow as pa

    batch.validate(full=True)
    columns = [_plain_column(column, field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _plain_column(column: Any, kind: pa.DataType) -> Any:
    import pyarrow as pa

    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_run_end_encoded(column.type):
        import pyarrow.compute as pc

        column = pc.run_end_decode(column)
    if column.type.equals(kind):
        return column
    try:
        return column.cast(kind, safe=False)
    except pa.ArrowException:
        from workbench.dataprep.sources.pythonvalues import text_of

        texts = [None if value is None else text_of(value) for value in column.to_pylist()]
        return pa.array(texts, pa.string()).cast(kind)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The schema and the batches of an Arrow file or stream. Raises NotFound, or UserError for a damaged one."""
    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.ipc as ipc

    if not path.is_file():
        raise missing_file(path)
    with contextlib.ExitStack() as stack:
        try:
            with path.open("rb") as file:
                head = file.read(6)
            if head.startswith(b"FEA1"):
                table = feather.read_table(str(path), memory_map=False)
                schema, batches = table.schema, iter(table.to_batches())
            elif head.startswith(b"ARROW1"):
                source = stack.enter_context(pa.memory_map(str(path)))
                reader = stack.enter_context(ipc.open_file(source))
                schema, batches = reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))
            else:
                source = stack.enter_context(pa.memory_map(str(path)))
                stream = stack.enter_context(ipc.open_stream(source))
                schema, batches = stream.schema, iter(stream)
            str(schema), schema.names  # names that are no text show up here
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise damaged(path.name, error) from error
        yield schema, batches


def damaged(name: str, error: Exception) -> UserError:
    """The sentence for a file that is broken."""
    text = " ".join(str(error).split()).rstrip(".")[:160]
    return UserError(f"{name} is a damaged Arrow file: {text}.", hint="Get the file again.", place=name)


def detect_arrow(path: Path) -> ArrowSpec:
    """The columns of an Arrow file. Raises UserError for a damaged one."""
    import duckdb

    with opened(path) as (schema, _):
        if not schema.names:
            raise UserError(f"{path.name} holds no columns.", hint="Choose another file.", place=str(path))
        try:
            with scratch() as connection:
                kinds = described(connection, plain_schema(schema))
        except duckdb.Error as error:
            raise damaged(path.name, error) from error
    return ArrowSpec(columns=spec_columns(natural(name, kind) for name, kind in zip(harmless(schema.names), kinds, strict=True)))
