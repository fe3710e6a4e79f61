"""SQL scalars of the user: checked, typed by DuckDB itself, and put into queries of DuckDB and of Spark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError, WorkbenchError
from workbench.dataprep.columns import Schema, missing_columns, names, schema_of
from workbench.dataprep.expressions.allowed import SESSION, refusal
from workbench.dataprep.expressions.typed import can_fail, fields, normal, parse
from workbench.dataprep.scratch import scratch

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FORBIDDEN = re.compile(r";|--|/\*")


def sql_columns(sql: str, known: Sequence[str]) -> list[str]:
    """Which of the known columns an expression looks at, in their order; none when it is not valid SQL."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return []
    used = {column.parts[0].name.lower() for column in tree.find_all(exp.Column)}
    return [name for name in known if name.lower() in used]


@lru_cache(maxsize=256)
def scalar_problem(schema: Schema, sql: str) -> str:
    """Why an SQL scalar is wrong over these columns, or may not run; empty when it is right."""
    import sqlglot
    from sqlglot import exp

    if _FORBIDDEN.search(re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "", sql)):
        return "The expression must be one SQL expression, without ';' or comments."
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        text = normal(sql)
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if not isinstance(error, RecursionError) else "it is nested too deeply"
        return f"The expression is not valid SQL: {reason}."
    if tree is None or tree.find(exp.Select, exp.Table, exp.Command):
        return "The expression must compute a value from the row's columns; queries do not belong here."
    if tree.find(exp.Window):
        return "The expression looks at other rows: use the step Window for that."
    if reason := refusal(text):
        return reason
    known = {name.lower() for name in names(schema)}
    bare = [column.parts[0].name for column in tree.find_all(exp.Column)] + [_snake(type(node).__name__) for node in tree.walk()]
    for word in bare:
        if word.lower() in SESSION and word.lower() not in known:
            return missing_columns(schema, [word])[0].message
    try:
        scalar_type(schema, sql)
    except WorkbenchError as error:
        if unknown := re.search(r'Referenced column "([^"]+)" not found', error.message):
            return missing_columns(schema, [unknown[1]])[0].message
        return f"The expression does not fit the columns: {error.message}"
    return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@lru_cache(maxsize=256)
def scalar_type(schema: Schema, sql: str) -> Any:
    """The Ibis type of an SQL scalar over these columns, as DuckDB's own binder finds it. Raises UserError."""
    import duckdb

    from workbench.dataprep.engine.store import failure

    query = f"DESCRIBE SELECT ({normal(sql)}) AS value FROM ({fields(schema)}) AS rows"  # noqa: S608
    with scratch() as connection:
        try:
            kind = connection.execute(query).fetchall()[0][1]
        except duckdb.Error as error:
            raise failure(error) from error
    return ibis_type(str(kind))


_PLAIN = {
    "BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "VARCHAR": "string", "DOUBLE": "float64", "FLOAT": "float64",
    "TIMESTAMP": "timestamp", "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp('UTC')", "HUGEINT": "int64", "UHUGEINT": "int64", "BIGNUM": "int64",
    "TINYINT": "int64", "SMALLINT": "int64", "INTEGER": "int64", "BIGINT": "int64", "UTINYINT": "int64", "USMALLINT": "int64",
    "UINTEGER": "int64", "UBIGINT": "int64",
}  # fmt: skip


def ibis_type(kind: str) -> Any:
    """The Ibis type of a DuckDB type: the name of one of ours, or a nested type made of ours."""
    if kind.startswith("DECIMAL") and not kind.endswith("]"):
        return "float64"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        from ibis.backends.sql.datatypes import DuckDBType

        return _ours(DuckDBType.from_string(kind))
    return _PLAIN.get(kind, "string")


def _ours(kind: Any) -> Any:
    """A nested type with the leaves as we know them."""
    import ibis.expr.datatypes as dt

    if kind.is_array():
        return dt.Array(_ours(kind.value_type))
    if kind.is_struct():
        return dt.Struct({name: _ours(part) for name, part in kind.items()})
    if kind.is_map():
        return dt.Map(_ours(kind.key_type), _ours(kind.value_type))
    if kind.is_integer():
        return dt.Int64()
    if kind.is_numeric() and not kind.is_boolean():
        return dt.Float64()
    if kind.is_timestamp():
        return dt.Timestamp(timezone="UTC") if kind.timezone else dt.Timestamp()
    return kind if kind.is_boolean() or kind.is_date() or kind.is_time() else dt.String()


@dataclass(frozen=True)
class Scalar:
    """An SQL scalar as Ibis values: what it comes to, missing where it fails; and whether it fails (None: it never does)."""

    value: Any
    failed: Any | None = None


def scalar(table: ir.Table, sql: str, dialect: str = "duckdb", session: Any = None) -> Scalar:
    """The scalar over the visible columns of a table; with a Spark `session` also what Spark cannot do in its own terms.

    Raises UserError when it is wrong, or has no form on Spark.
    """
    import ibis

    schema = schema_of(table)
    if reason := scalar_problem(schema, sql):
        raise UserError(reason)
    used = sql_columns(sql, names(schema))
    kind = ibis.dtype(scalar_type(schema, sql))
    inputs = tuple(table[name] for name in used)
    if dialect != "duckdb":
        from workbench.dataprep.expressions.on_spark import on_spark

        return on_spark(table, schema, sql, kind, session)
    from workbench.dataprep.operations import SqlScalar, SqlTried

    made: Any
    if not can_fail(schema, sql):
        made = SqlScalar(normal(sql), tuple(used), inputs, kind)
        return Scalar(made.to_expr())
    made = SqlTried(normal(sql), tuple(used), inputs, kind)
    tried = made.to_expr()
    return Scalar(tried[0], tried.isnull())


def tried_sql(sql: str, schema: Schema) -> str:
    """A query of DuckDB that computes a scalar as the column `value` of a table `rows`; missing where it fails."""
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType

    kind = DuckDBType.from_ibis(ibis.dtype(scalar_type(schema, sql))).sql("duckdb")
    return f"SELECT TRY([CAST(({normal(sql)}) AS {kind})])[1] AS value FROM rows"  # noqa: S608 (it was checked)


def sql_scalar(table: ir.Table, schema: Schema, sql: str) -> ir.Value:  # noqa: ARG001 (the schema is the table's)
    """The scalar as a value of DuckDB, missing where it fails. Raises UserError when it is wrong."""
    value: ir.Value = scalar(table, sql).value
    return value


__all__ = ["Scalar", "ibis_type", "parse", "scalar", "scalar_problem", "scalar_type", "sql_columns", "sql_scalar"]
