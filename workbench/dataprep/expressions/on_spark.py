"""SQL scalars in DuckDB's dialect on Spark: in Spark's own terms where these give the same, else through DuckDB on its workers."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import Schema, names
from workbench.dataprep.expressions.native import NotNative, Translator
from workbench.dataprep.expressions.typed import normal, typed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from workbench.dataprep.scalars import Scalar


class NotOnSpark(UserError):
    """An expression has no form in Spark's own terms, and there is no session in which DuckDB could compute it."""


def on_spark(table: ir.Table, schema: Schema, sql: str, kind: Any, session: Any) -> Scalar:
    """A sound scalar over a table's columns on Spark. Raises UserError when it has no form there and no session is given."""
    import ibis

    from workbench.dataprep.scalars import Scalar, sql_columns

    try:
        made = Translator(table, typed(schema, sql)).whole(kind)
        return Scalar(made.value, made.failed)
    except NotNative as reason:
        if session is None:
            raise NotOnSpark(
                f"The expression {sql} has no form in Spark's own terms: {reason}", hint="Run it on DuckDB, or through Workbench."
            ) from reason
    from pyspark.sql.pandas.functions import arrow_udf

    from workbench.byexample.native.functions import function
    from workbench.dataprep.spark.sql import type_name

    used = sql_columns(sql, names(schema))
    kinds = [table[name].type() for name in used]
    result = f"array<{kind}>"
    called = _Computed(normal(sql), tuple(used), ibis.schema(dict(zip(used, kinds, strict=True))), ibis.dtype(kind))
    name = f"sql_{hashlib.sha256(repr((sql, schema)).encode()).hexdigest()[:16]}"
    make: Any = arrow_udf
    session.udf.register(name, make(called.function(), type_name(ibis.dtype(result))))
    tried = function(name, tuple(map(str, kinds)), result)(*(table[each] for each in used))
    return Scalar(tried[0], tried.isnull())


def in_batches(table: ir.Table, schema: Schema, sql: str, kind: Any, name: str) -> tuple[Any, Callable[[pa.Table], pa.Table]]:
    """The schema of the table with a new column of what DuckDB tries (a list with one item), and the function that makes it."""
    import ibis

    from workbench.dataprep.scalars import sql_columns

    used = sql_columns(sql, names(schema))
    inputs = ibis.schema({each: table[each].type() for each in used})
    made = ibis.schema({**dict(table.schema().items()), name: f"array<{kind}>"})
    return made, _Rows(_Computed(normal(sql), tuple(used), inputs, ibis.dtype(kind)), made)


@dataclass(frozen=True)
class _Rows:
    """The scalar over Arrow tables."""

    computed: _Computed
    schema: Any

    def __call__(self, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        given = tuple(rows[name].combine_chunks() for name in self.computed.inputs)
        made = self.computed.over(tuple(one.combine_chunks() if hasattr(one, "combine_chunks") else one for one in given))
        return pa.table([*rows.columns, made], schema=self.schema.to_pyarrow())


@lru_cache(maxsize=256)
def why_not(schema: Schema, sql: str) -> str:
    """Why a sound scalar cannot run in Spark's own terms; empty when it can."""
    import ibis

    from workbench.dataprep.scalars import scalar_type

    table = ibis.table({column.name: column.ibis_type for column in schema}, name="rows")
    try:
        Translator(table, typed(schema, sql)).whole(ibis.dtype(scalar_type(schema, sql)))
    except NotNative as reason:
        return str(reason)
    return ""


@dataclass(frozen=True)
class _Computed:
    """The scalar over Arrow arrays, by a DuckDB that sees nothing else; a list with one item, missing where it fails."""

    sql: str
    inputs: tuple[str, ...]
    schema: Any
    kind: Any

    def function(self) -> Callable[..., Any]:
        """It as a function of so many arrays."""

        def call(*columns: Any) -> Any:
            return self.over(columns)

        parameters = [inspect.Parameter(f"a{number}", inspect.Parameter.POSITIONAL_ONLY) for number in range(len(self.inputs))]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # Spark counts them
        return call

    def over(self, columns: tuple[pa.Array, ...]) -> pa.Array:
        """The results of a batch."""
        import duckdb
        import ibis
        import pyarrow as pa
        from ibis.backends.sql.datatypes import DuckDBType

        arrow = self.schema.to_pyarrow()
        given = [column.cast(kind) for column, kind in zip(columns, arrow.types, strict=True)]
        rows = pa.Table.from_arrays(given, names=list(self.inputs))
        to = DuckDBType.from_ibis(self.kind).sql("duckdb")
        with duckdb.connect(config={"enable_external_access": "false", "threads": "1"}) as connection:
            with contextlib.suppress(duckdb.Error):  # without time zones all is UTC
                connection.execute("SET TimeZone = 'UTC'")
            connection.register("rows", rows)
            found = connection.sql(f"SELECT TRY([CAST(({self.sql}) AS {to})]) AS value FROM rows").to_arrow_table()  # noqa: S608
        wanted = ibis.schema({"value": f"array<{self.kind}>"}).to_pyarrow()
        result: pa.Array = found.cast(wanted)["value"].combine_chunks()
        return result.combine_chunks() if hasattr(result, "combine_chunks") else result
