"""Names for values inside an expression, so that what is used many times is written and computed once.

SQL has no `let`; a function over a list of one item is one. Ibis' own `map` writes lambdas in the arrow form, which DuckDB 2
refuses, so that there is an operation of ours with a rule for the compiler of each dialect.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import ibis
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

_names: ContextVar[Iterator[int]] = ContextVar("_names")


@contextmanager
def numbered() -> Iterator[None]:
    """Names count from 0 inside: the same program is always the same SQL."""
    token = _names.set(itertools.count())
    try:
        yield
    finally:
        _names.reset(token)


class EachOf(ops.ArrayMap):  # type: ignore[misc]
    """A list with every item turned by an expression over a named item."""


class Where(ops.ArrayFilter):  # type: ignore[misc]
    """The items of a list for which an expression over the named item (and its number) is true. DuckDB only."""


def _each_in_duckdb(compiler: Any, op: Any, *, arg: Any, body: Any, param: Any, index: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return compiler.f.list_transform(arg, sge.Lambda(this=body, expressions=[param], colon=True))


def _each_in_spark(compiler: Any, op: Any, *, arg: Any, body: Any, param: Any, index: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return compiler.f.transform(arg, sge.Lambda(this=body, expressions=[param]))


def _where_in_duckdb(compiler: Any, op: Any, *, arg: Any, body: Any, param: Any, index: Any) -> Any:  # noqa: ARG001 (Ibis calls it so)
    return compiler.f.list_filter(arg, sge.Lambda(this=body, expressions=[param, index], colon=True))


DuckDBCompiler.visit_EachOf = _each_in_duckdb
DuckDBCompiler.visit_Where = _where_in_duckdb
PySparkCompiler.visit_EachOf = _each_in_spark


def _argument(items: Any, kind: Any) -> Any:
    return ops.Argument(name=f"v{next(_names.get())}", shape=items.op().shape, dtype=kind)


def each(items: Any, body: Callable[[Any], Any]) -> Any:
    """The list with every item turned by `body`."""
    item = _argument(items, items.type().value_type)
    return EachOf(items.op(), body(item.to_expr()).op(), item, None).to_expr()


def where(items: Any, body: Callable[[Any, Any], Any]) -> Any:
    """The items for which `body` of the item and its number (from 0) is true."""
    item, number = _argument(items, items.type().value_type), _argument(items, ibis.dtype("int64"))
    return Where(items.op(), body(item.to_expr(), number.to_expr()).op(), item, number).to_expr()


def missing(kind: Any) -> Any:
    """A missing value of a type. No plain literal: Ibis would turn a comparison with that into another one."""
    return ops.Cast(ibis.null(), ibis.dtype(kind)).to_expr()


def bind(value: Any, body: Callable[[Any], Any]) -> Any:
    """`body` of the value, which is computed once however often `body` uses it."""
    if isinstance(value.op(), ops.Field | ops.Argument | ops.Literal):
        return body(value)
    return each(ibis.array([value]), body)[0]
