"""The parts of an SQL scalar with their types, as DuckDB's own binder finds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.dataprep.columns import Schema, quoted
from workbench.dataprep.scratch import scratch

NUMBERS = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT"})


@dataclass(frozen=True)
class Typed:
    """A parsed expression, the DuckDB type of each of its parts (by `id`), and the constants among them."""

    tree: Any
    types: dict[int, str]
    constants: dict[int, Any]
    """What the parts without columns come to, as Python values."""

    def of(self, node: Any) -> str:
        """The type of a part; empty where it has none of its own."""
        return self.types.get(id(node), "")


def parse(sql: str) -> Any:
    """The expression as a tree. Raises sqlglot's errors."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for node in tree.find_all(exp.Lambda):
        node.set("colon", True)  # DuckDB 2 reads an arrow as one of JSON
    return tree


@lru_cache(maxsize=256)
def normal(sql: str) -> str:
    """The expression as DuckDB gets it. Raises sqlglot's errors."""
    return str(parse(sql).sql("duckdb"))


def fields(schema: Schema) -> str:
    """A query of one row of missing values with these columns."""
    columns = ", ".join(f"CAST(NULL AS {column.duckdb_type}) AS {quoted(column.name)}" for column in schema)
    return f"SELECT {columns or 'NULL AS nothing'}"


@lru_cache(maxsize=256)
def typed(schema: Schema, sql: str) -> Typed:
    """The parts of a sound expression with their types; without any where they cannot be told apart."""
    import duckdb

    tree = parse(sql)
    parts = _parts(tree)
    texts = [part.sql("duckdb") for part in parts]
    chosen = ", ".join(f"({text}) AS c{number}" for number, text in enumerate(texts))
    with scratch() as connection:
        try:
            described = connection.execute(f"DESCRIBE SELECT {chosen} FROM ({fields(schema)}) AS rows").fetchall()  # noqa: S608
        except duckdb.Error:
            return Typed(tree, {}, {})
        types = {id(part): str(row[1]) for part, row in zip(parts, described, strict=True)}
        constants: dict[int, Any] = {}
        for part, text in zip(parts, texts, strict=True):
            if _constant(part):
                try:
                    constants[id(part)] = connection.execute(f"SELECT ({text})").fetchall()[0][0]
                except (duckdb.Error, ValueError, ImportError):
                    continue  # it fails where it is computed
    return Typed(tree, types, constants)


def _parts(tree: Any) -> list[Any]:
    """The parts that are values by themselves, without those inside lambdas."""
    from sqlglot import exp

    found: list[Any] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Lambda | exp.DataType | exp.Identifier | exp.Interval | exp.Var):
            continue
        branch = isinstance(node, exp.If) and isinstance(node.parent, exp.Case)
        if not branch and not isinstance(node, exp.Tuple | exp.Star):
            found.append(node)
        if not isinstance(node, exp.Column):
            waiting += [child for child in node.iter_expressions() if isinstance(child, exp.Expression)]
    return found


def _constant(node: Any) -> bool:
    from sqlglot import exp

    return node.find(exp.Column) is None


@lru_cache(maxsize=256)
def can_fail(schema: Schema, sql: str) -> bool:
    """Whether some value of the columns can make an expression fail; in doubt it can."""
    from sqlglot import exp

    total = (
        exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.LT,
        exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Upper, exp.Lower,
        exp.Length, exp.Trim, exp.Concat, exp.ConcatWs, exp.DPipe, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Div,
        exp.Year, exp.Month, exp.Day, exp.Identifier, exp.Round, exp.Floor, exp.Ceil, exp.Like, exp.NullSafeEQ,
        exp.NullSafeNEQ, exp.Greatest, exp.Least,
    )  # fmt: skip
    found = typed(schema, sql)
    kinds = {"DOUBLE", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", "TIME", "BIGINT", "INTEGER", '"NULL"'}
    if not found.types or any(kind not in kinds and not kind.startswith("DECIMAL") for kind in found.types.values()):
        return True
    for node in _parts(found.tree):
        arithmetic = isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Neg)
        if isinstance(node, exp.Div | exp.Round | exp.Floor | exp.Ceil) or arithmetic:
            if found.of(node) != "DOUBLE" and id(node) not in found.constants:
                return True
        elif not isinstance(node, total) or not _alike(node, found):
            return True
    return False


def _alike(node: Any, found: Typed) -> bool:
    """Whether the parts of a comparison or a choice are of one kind, so that nothing is converted."""
    from sqlglot import exp

    if isinstance(node, exp.Column | exp.Literal | exp.Boolean | exp.Null | exp.Paren):
        return True
    kinds = {found.of(child) for child in node.iter_expressions() if found.of(child)}
    for branch in node.args.get("ifs") or ():
        kinds |= {found.of(branch.args["true"])}
    kinds -= {"BOOLEAN", '"NULL"', ""}
    if isinstance(node, exp.Concat | exp.ConcatWs | exp.DPipe | exp.Length | exp.Year | exp.Month | exp.Day):
        return True
    return len(kinds) <= 1 or all(kind in {"BIGINT", "INTEGER", "DOUBLE"} or kind.startswith("DECIMAL") for kind in kinds)
