"""Data frames of the user's code from Arrow tables and back, with the types that tables have here. Runs in the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import MARK, companion
from workbench.dataprep.columns import is_hidden, unique_name
from workbench.dataprep.workers.code import Frames
from workbench.dataprep.workers.rows import ARROW
from workbench.dataprep.workers.values import CONVERTERS, WORDS, Misfit, missing, plain, string

if TYPE_CHECKING:
    import pyarrow as pa


class ScriptProblem(Exception):
    """What is wrong with the result of a script, in one sentence."""


def to_frame(table: pa.Table, frames: Frames) -> Any:
    """The visible columns as a data frame; error cells are missing. Whole numbers and booleans stay what they are beside missing
    values (pandas' nullable types)."""
    import pyarrow as pa

    table = table.select([name for name in table.column_names if not is_hidden(name)])
    if frames == "polars":
        import polars as pl

        return pl.from_arrow(table)
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    plain_names = [name for name in table.column_names if not table[name].null_count]
    kinds = {table[name].type for name in table.column_names if name not in plain_names}
    frame = table.to_pandas(types_mapper={kind: nullable[kind] for kind in kinds if kind in nullable}.get)
    for name in plain_names:
        if table[name].type in kinds and table[name].type in nullable:
            frame[name] = frame[name].astype("int64" if table[name].type == pa.int64() else "bool")
    return frame


def is_frame(value: Any) -> bool:
    """Whether a value is a table of pandas, Polars or Arrow (or a series, a lazy frame)."""
    return type(value).__module__.split(".")[0] in {"pandas", "polars", "pyarrow"} and type(value).__name__ in {
        "DataFrame", "LazyFrame", "Series", "Table",
    }  # fmt: skip


def pick(value: Any, frame: Any) -> Any:
    """The value of a script's last line when it is a table, else what `df` is now."""
    return value if is_frame(value) else frame


def from_frame(value: Any) -> pa.Table:
    """The result of a script as an Arrow table of our types. Raises ScriptProblem."""
    import pyarrow as pa

    if not is_frame(value):
        raise ScriptProblem(f"The script must give a data frame, and gave {_what(value)}.")
    module = type(value).__module__.split(".")[0]
    if module == "pandas":
        table = _from_pandas(value)
    elif module == "polars":
        import polars as pl

        value = value.to_frame() if isinstance(value, pl.Series) else value
        value = value.collect() if isinstance(value, pl.LazyFrame) else value
        table = value.to_arrow(compat_level=pl.CompatLevel.oldest())
    else:
        table = value
    taken: list[str] = []
    for name in table.column_names:
        if is_hidden(name):
            raise ScriptProblem(f"A column cannot be called {name}.")
        if name.lower() in {other.lower() for other in taken}:
            raise ScriptProblem(f"The script gives two columns called {name}.")
        taken.append(name)
    if not taken:
        raise ScriptProblem("The script gives a table without columns.")
    columns = {name: _ours(table[name]) for name in table.column_names}
    return pa.table(columns)


def _what(value: Any) -> str:
    return "nothing" if value is None else f"a value of the type {type(value).__name__}"


def _from_pandas(value: Any) -> pa.Table:
    import pandas as pd
    import pyarrow as pa

    frame = value.to_frame() if isinstance(value, pd.Series) else value
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names: list[str] = []
    for label in frame.columns:
        name = "_".join(str(part) for part in label if str(part)) if isinstance(label, tuple) else str(label)
        names.append(unique_name(name or "column", names) if isinstance(label, tuple) else name)
    arrays = [_pandas_array(frame.iloc[:, number]) for number in range(len(names))]
    return pa.Table.from_arrays(arrays, names=names)


def _pandas_array(series: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):  # values of several kinds
        values = [plain(value) for value in series]
        return pa.array([None if missing(value) or value != value else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    try:
        return string(value)
    except Misfit:
        return str(value).encode("utf-8", "replace").decode()


def _ours(column: Any) -> Any:
    """A column with the type that we know it by: 64 bits, microseconds, UTC, plain text."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    wanted = _our_type(kind)
    if wanted == kind:
        return column
    try:
        return column.cast(wanted, safe=not pa.types.is_timestamp(kind))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.array([None if value is None else _text(value) for value in column.to_pylist()], pa.string())])


def _our_type(kind: Any) -> Any:
    import pyarrow as pa

    types = pa.types
    if types.is_uint64(kind) or types.is_integer(kind):
        return pa.int64()
    if types.is_floating(kind) or types.is_decimal(kind):
        return pa.float64()
    if types.is_boolean(kind):
        return pa.bool_()
    if types.is_date(kind):
        return pa.date32()
    if types.is_time(kind):
        return pa.time64("us")
    if types.is_timestamp(kind):
        return pa.timestamp("us", "UTC" if kind.tz else None)
    if types.is_struct(kind):
        return pa.struct([pa.field(field.name, _our_type(field.type)) for field in kind])
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind) or types.is_list_view(kind):
        return pa.list_(_our_type(kind.value_type))
    return pa.string()


def fitted(table: pa.Table, wanted: pa.Schema) -> tuple[pa.Table, list[str]]:
    """The table with exactly the wanted columns and a companion for each, and the names of columns that nobody expected.

    Values that do not fit a column's type become errors. Raises ScriptProblem when a column is not there.
    """
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for field in wanted:
        if field.name not in table.column_names:
            raise ScriptProblem(
                f"The script gives no column {field.name} on these rows (it gives {', '.join(table.column_names)}), "
                "but did when it was learned."
            )
        columns[field.name], columns[companion(field.name)] = _as_type(table[field.name], field.type)
    return pa.table(columns), [name for name in table.column_names if name not in wanted.names]


def _as_type(column: Any, wanted: Any) -> tuple[Any, Any]:
    import pyarrow as pa

    none = pa.nulls(len(column), pa.string())
    try:
        if column.type == wanted or not (pa.types.is_string(column.type) and not pa.types.is_string(wanted)):
            if pa.types.is_string(wanted) and not pa.types.is_string(column.type):
                raise pa.ArrowInvalid  # texts of numbers and times are ours, below
            return column.cast(wanted), none
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    name = next((name for name, make in ARROW.items() if make() == wanted), "string")
    values: list[Any] = []
    errors: list[str | None] = []
    for value in column.to_pylist():
        try:
            values.append(None if value is None else CONVERTERS[name](value))
            errors.append(None)
        except Misfit:
            values.append(None)
            errors.append(f"no {WORDS[name]}{MARK}{_text(value)}")
    try:
        return pa.array(values, wanted), pa.array(errors, pa.string())
    except (pa.ArrowException, TypeError) as error:  # a nested value of another shape
        raise ScriptProblem(f"The script gives values of the type {column.type} where {wanted} was learned.") from error
