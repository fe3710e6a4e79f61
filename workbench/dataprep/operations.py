"""Operations of ours in Ibis, which has no place for SQL of the user inside an expression. Import them inside functions."""

from typing import Any

import ibis.expr.datashape as ds
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import sqlglot
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.common.typing import VarTuple
from ibis.expr.datatypes import DataType
from sqlglot import exp


class SqlScalar(ops.Value):  # type: ignore[misc]
    """An expression in DuckDB's dialect over named columns, for DuckDB."""

    sql: str
    names: VarTuple[str]
    columns: VarTuple[ops.Value]
    kind: DataType

    shape = ds.columnar

    @property
    def dtype(self) -> DataType:
        return self.kind


class SqlTried(SqlScalar):
    """The same as a list with one item; missing where the expression fails."""

    @property
    def dtype(self) -> DataType:
        return dt.Array(self.kind)


class WholeDivision(ops.Binary):  # type: ignore[misc]
    """The whole part of a quotient of whole numbers; missing where the divisor is zero. Spark only."""

    left: ops.Value[dt.Integer]
    right: ops.Value[dt.Integer]

    shape = rlz.shape_like("args")
    dtype = dt.int64


def _visit(compiler: Any, op: Any, *, sql: str, names: Any, columns: Any, kind: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return compiler.cast(_placed(sql, dict(zip(names, columns, strict=True))), kind)


def _visit_tried(compiler: Any, op: Any, *, sql: str, names: Any, columns: Any, kind: Any) -> Any:
    value = _visit(compiler, op, sql=sql, names=names, columns=columns, kind=kind)
    return exp.Anonymous(this="TRY", expressions=[compiler.f.list_value(value)])


def _visit_division(compiler: Any, op: Any, *, left: Any, right: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return exp.Paren(this=exp.IntDiv(this=exp.Paren(this=left), expression=exp.Paren(this=right)))


PySparkCompiler.visit_WholeDivision = _visit_division
DuckDBCompiler.visit_SqlScalar = _visit
DuckDBCompiler.visit_SqlTried = _visit_tried


def _placed(sql: str, columns: dict[str, Any]) -> Any:
    """The parsed expression with what the columns are in the query in the place of their names."""
    by_lower = {name.lower(): value for name, value in columns.items()}

    def place(node: Any) -> Any:
        if not isinstance(node, exp.Column) or node.parts[0].name.lower() not in by_lower:
            return node  # the item of a lambda stays
        first, *rest = node.parts
        result = by_lower[first.name.lower()].copy()
        for part in rest:  # a field of a struct
            result = exp.Dot(this=result, expression=exp.to_identifier(part.name, quoted=True))
        return result

    return exp.Paren(this=sqlglot.parse_one(sql, dialect="duckdb").transform(place))
