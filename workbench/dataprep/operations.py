"""An operation of ours in Ibis, which has no place for SQL of the user inside an expression. Import it inside functions."""

from typing import Any

import ibis.expr.datashape as ds
import ibis.expr.operations as ops
import sqlglot
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.common.typing import VarTuple
from ibis.expr.datatypes import DataType
from sqlglot import exp


class SqlScalar(ops.Value):  # type: ignore[misc]
    """An expression in DuckDB's dialect over named columns; sqlglot translates it where another database runs it."""

    sql: str
    names: VarTuple[str]
    columns: VarTuple[ops.Value]
    kind: DataType

    shape = ds.columnar

    @property
    def dtype(self) -> DataType:
        return self.kind


def _visit(compiler: Any, op: Any, *, sql: str, names: Any, columns: Any, kind: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return compiler.cast(_placed(sql, dict(zip(names, columns, strict=True))), kind)


DuckDBCompiler.visit_SqlScalar = _visit
PySparkCompiler.visit_SqlScalar = _visit


def _placed(sql: str, columns: dict[str, Any]) -> Any:
    """The parsed expression with what the columns are in the query in the place of their names."""
    by_lower = {name.lower(): value for name, value in columns.items()}

    def place(node: Any) -> Any:
        if not isinstance(node, exp.Column):
            return node
        first, *rest = node.parts
        result = by_lower[first.name.lower()].copy()
        for part in rest:  # a field of a struct
            result = exp.Dot(this=result, expression=exp.to_identifier(part.name, quoted=True))
        return result

    return exp.Paren(this=sqlglot.parse_one(sql, dialect="duckdb").transform(place))
