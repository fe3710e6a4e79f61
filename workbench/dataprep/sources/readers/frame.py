"""Data frames in memory: what stands in for a source when a package runs inside another program."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo, Schema
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.scratch import scratch
from workbench.dataprep.sources.loading import natural
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.pythonvalues import arrays, arrow_type, type_of_values
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.readers.arrow import described, load_batches, plain_schema
from workbench.dataprep.sources.specs import SourceColumn

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample


class FrameReader(Reader):
    """A pandas or Polars data frame, an Arrow table, or rows as dictionaries or lists.

    `columns`: those of the source that it stands in for; they are found by name, and values that do not fit them are error cells.
    Rows as lists have them in that order.
    """

    def __init__(self, name: str, frame: Any, columns: Sequence[SourceColumn] = ()) -> None:
        self.name = name
        self._columns = tuple(columns)
        self._table = to_arrow(frame, name, [column.name for column in columns])
        self._key = ""

    @property
    def key(self) -> str:
        if not self._key:
            self._key = _digest(self._table, self._columns)
        return self._key

    @property
    def schema(self) -> Schema:

        names = harmless(self._table.schema.names)
        found = [ColumnInfo(c.name, c.type, c.nested) for c in self._columns if c.name in names]
        known = {column.name for column in self._columns}
        with scratch() as connection:
            kinds = described(connection, plain_schema(self._table.schema))
        return (*found, *(natural(name, kind) for name, kind in zip(names, kinds, strict=True) if name not in known))

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        with store.cursor() as cursor:
            return load_batches(
                cursor, table, self._table.schema, iter(self._table.to_batches()), self._columns, self.name, sample=sample,
                cancel=cancel, progress=progress,
            )  # fmt: skip


def to_arrow(frame: Any, name: str, order: Sequence[str] = ()) -> pa.Table:
    """The frame as an Arrow table. Raises UserError for what is none. `order`: the names of columns of rows that have none."""
    import pyarrow as pa

    try:
        if isinstance(frame, pa.Table):
            return frame
        if isinstance(frame, pa.RecordBatch):
            return pa.Table.from_batches([frame])
        if type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "iloc"):
            return _of_pandas(frame)
        if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):  # a lazy one of Polars
            frame = frame.collect()
        if hasattr(frame, "__arrow_c_stream__"):
            return pa.table(frame)
        if isinstance(frame, Mapping):
            return _of_columns({str(key): list(values) for key, values in frame.items()})
        if isinstance(frame, Sequence) and not isinstance(frame, str | bytes):
            return _of_rows(list(frame), order)
    except (pa.ArrowException, TypeError, ValueError) as error:
        text = " ".join(str(error).split()).rstrip(".")[:200]
        raise UserError(f"What was given for {name} cannot be read as a table: {text}.") from error
    raise UserError(
        f"What was given for {name} is no table: it is a {type(frame).__name__}.",
        hint="Give a pandas or Polars data frame, an Arrow table, or a path.",
    )


def _of_pandas(frame: Any) -> pa.Table:
    import pyarrow as pa

    if frame.ndim == 1:
        frame = frame.to_frame()
    columns = []
    for number in range(frame.shape[1]):
        series = frame.iloc[:, number]
        try:
            columns.append(_chunked(pa.Array.from_pandas(series)))
        except (pa.ArrowException, TypeError, OverflowError):
            values = [None if _is_missing(value) else value for value in series.tolist()]
            columns.append(_chunked(arrays(values, "string")[0]))
    return pa.table(columns, names=[str(name) for name in frame.columns])


def _chunked(array: Any) -> Any:
    import pyarrow as pa

    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)  # NaN and its like
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def _of_rows(rows: list[Any], order: Sequence[str]) -> pa.Table:
    if all(isinstance(row, Mapping) for row in rows) and (rows or not order):
        names = list(dict.fromkeys(str(key) for row in rows for key in row))
        return _of_columns({name: [row.get(name) for row in rows] for name in names})
    if not all(isinstance(row, Sequence) and not isinstance(row, str | bytes) for row in rows):
        raise TypeError("rows are lists or dictionaries")
    width = max((len(row) for row in rows), default=len(order))
    names = [*order[:width], *(f"Column{number}" for number in range(len(order) + 1, width + 1))]
    return _of_columns({name: [row[at] if at < len(row) else None for row in rows] for at, name in enumerate(names)})


def _of_columns(columns: Mapping[str, list[Any]]) -> pa.Table:
    import pyarrow as pa

    made = {}
    for name, values in columns.items():
        cleaned = [None if _is_missing(value) else value for value in values]
        type_ = type_of_values(cleaned)
        if any(isinstance(value, dict | list) for value in cleaned):
            try:
                made[name] = pa.array(cleaned)
                continue
            except pa.ArrowException:
                type_ = "string"
        made[name] = arrays(cleaned, type_)[0].cast(arrow_type(type_))
    return pa.table(made)


def _digest(table: pa.Table, columns: Sequence[SourceColumn]) -> str:
    import pyarrow as pa

    digest = hashlib.blake2b(digest_size=32)
    digest.update("|".join(column.model_dump_json() for column in columns).encode())

    class Sink:
        """Takes the bytes of an Arrow stream."""

        closed = False

        def write(self, data: Any) -> int:
            digest.update(memoryview(data))
            return len(data)

        def flush(self) -> None:
            """Nothing is held back."""

        def close(self) -> None:
            self.closed = True

        def writable(self) -> bool:
            return True

        def readable(self) -> bool:
            return False

        def seekable(self) -> bool:
            return False

    with pa.PythonFile(Sink(), mode="w") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return digest.hexdigest()
