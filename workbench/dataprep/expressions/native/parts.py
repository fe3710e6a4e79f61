"""What the translation of every kind of part stands on: columns and constants, types as both engines have them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.dataprep.expressions.typed import Typed
from workbench.dataprep.scratch import scratch

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT"})
LEAST = -(2**63)
HELD = "\U0010ffff"
"""Stands in for a letter; no text shall hold it."""
KINDS = {
    "BIGINT": "int64", "INTEGER": "int64", "SMALLINT": "int64", "TINYINT": "int64", "DOUBLE": "float64", "VARCHAR": "string",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
}  # fmt: skip


ARGUMENTS = {
    "Like": ("negate",), "Round": ("decimals", "truncate"), "Floor": ("decimals",), "Ceil": ("decimals",),
    "Between": ("low", "high"), "In": ("query", "unnest"), "Case": ("ifs", "default"), "If": ("true", "false"),
    "Substring": ("start", "length"), "Trim": ("position",), "RegexpLike": ("flag",), "Cast": ("to",), "DPipe": ("safe",),
    "Concat": ("safe", "coalesce"), "ConcatWs": ("safe", "coalesce"), "Column": ("table", "db", "catalog"),
    "Div": ("typed", "safe"), "Greatest": ("ignore_nulls",), "Least": ("ignore_nulls",),
}  # fmt: skip
"""What the parts of each kind may have beside their operands; what has more is not known here."""


class NotNative(Exception):
    """A part of an expression has no faithful form on Spark; the message says which."""


@dataclass(frozen=True)
class Native:
    """A part of an expression: its value, and whether it fails (None: never; else never missing)."""

    value: Any
    failed: Any | None = None


class Parts:
    """The parts of one expression over the columns of a table. A class above it says which rule each kind follows."""

    def __init__(self, table: ir.Table, typed: Typed) -> None:
        self._table = table
        self._typed = typed
        self._columns = {name.lower(): name for name in table.columns}
        self._rules: dict[type, Callable[[Any], Native]] = {}

    def part(self, node: Any) -> Native:
        """One part. Raises NotNative."""
        if id(node) in self._typed.constants:
            return Native(self._constant(self._typed.constants[id(node)], self._typed.of(node)))
        rule = self._rules.get(type(node))
        known = {"this", "expression", "expressions", *ARGUMENTS.get(type(node).__name__, ())}
        if rule is None or any(value for name, value in node.args.items() if name not in known):
            raise NotNative(f"{called(node)} is not known to be the same there.")
        return rule(node)

    def _constant(self, value: Any, kind: str) -> Any:
        import ibis

        if value is None:
            return ibis.null(KINDS.get(kind, "string"))
        if kind.startswith("DECIMAL"):
            return ibis.literal(float(value), type="float64")
        if kind not in KINDS:
            raise NotNative(f"a constant of the type {kind} is not known to be the same there.")
        if isinstance(value, float) and not math.isfinite(value):
            return ibis.literal(str(value), type="string").cast("float64")
        return ibis.literal(value, type=KINDS[kind])

    def _column(self, node: Any) -> Native:
        first, *rest = node.parts
        value: Any = self._table[self._columns[first.name.lower()]]
        for part in rest:
            fields = {name.lower(): name for name in value.type().names} if value.type().is_struct() else {}
            if part.name.lower() not in fields:
                raise NotNative(f"{node.sql()} is no field of a record.")
            value = value[fields[part.name.lower()]]
        return Native(value)

    def _null(self, _: Any) -> Native:
        import ibis

        return Native(ibis.null("string"))

    def _mapped(self, node: Any, body: Callable[[Any], Any]) -> Native:
        inner = self.part(node.this)
        return Native(body(inner.value), inner.failed)

    def _kind(self, node: Any) -> str:
        return self._typed.of(node)

    def _as(self, node: Any, kind: str) -> Native:
        """A part as a value of a DuckDB type, where going over to it is the same everywhere."""
        own = self._kind(node)
        made = self.part(node)
        if kind not in KINDS:
            raise NotNative(f"values of the type {kind} are not known to be the same there.")
        wanted = KINDS[kind]
        if str(made.value.type()) == wanted:
            return made
        import ibis

        if own == '"NULL"':
            return Native(ibis.null(wanted))
        number = own in WHOLE or own == "DOUBLE" or own.startswith("DECIMAL")
        if (number and kind == "DOUBLE") or (own == "DATE" and kind == "TIMESTAMP") or (own in WHOLE and kind in WHOLE):
            return Native(made.value.cast(wanted), made.failed)
        raise NotNative(f"turning {own} into {kind} is not known to be the same there.")

    def _pair(self, one: Any, other: Any) -> tuple[Native, Native]:
        """Two parts as values that can be compared."""
        kinds = {self._kind(one), self._kind(other)}
        for node, against in ((one, other), (other, one)):
            if is_text(node) and self._kind(against) in {"DATE", "TIMESTAMP", *WHOLE, "DOUBLE", "BOOLEAN"}:
                plain = self._text_constant(node, self._kind(against))
                return (plain, self.part(other)) if node is one else (self.part(one), plain)
        if kinds <= WHOLE:
            return self._as(one, "BIGINT"), self._as(other, "BIGINT")
        if all(kind in WHOLE or kind == "DOUBLE" or kind.startswith("DECIMAL") for kind in kinds) and "DOUBLE" in kinds:
            return self._as(one, "DOUBLE"), self._as(other, "DOUBLE")
        if kinds == {"DATE", "TIMESTAMP"}:
            return self._as(one, "TIMESTAMP"), self._as(other, "TIMESTAMP")
        kinds -= {'"NULL"'}
        if len(kinds) == 1 and next(iter(kinds)) in KINDS:
            kind = next(iter(kinds))
            return self._as(one, kind), self._as(other, kind)
        raise NotNative(f"comparing {self._kind(one)} with {self._kind(other)} is not known to be the same there.")

    def _text_constant(self, node: Any, kind: str) -> Native:
        """A quoted text that is compared with a value of another type: it is one of that type, as DuckDB reads it."""
        import duckdb
        import ibis

        with scratch() as connection:
            try:
                value = connection.execute(f"SELECT CAST(? AS {kind})", [node.name]).fetchall()[0][0]
            except duckdb.Error as error:
                raise NotNative(f"'{node.name}' is no {kind}.") from error
        return Native(ibis.literal(value, type=KINDS[kind]))

    def _text(self, node: Any) -> Native:
        """A part as the text that DuckDB writes for it."""
        kind = self._kind(node)
        made = self.part(node)
        if kind == "VARCHAR":
            return made
        if kind in WHOLE or kind == "BOOLEAN":
            return Native(made.value.cast("string"), made.failed)
        raise NotNative(f"the text of a {kind} is not known to be the same there.")

    def _own_text(self, node: Any) -> Native:
        if self._kind(node) != "VARCHAR":
            raise NotNative(f"{called(node)} is no text.")
        return self.part(node)

    def _given(self, node: Any) -> Any:
        """A constant part. Raises NotNative for another one."""
        if id(node) not in self._typed.constants or self._typed.constants[id(node)] is None:
            raise NotNative(f"{called(node)} is not a constant.")
        return self._typed.constants[id(node)]


def any_failed(*parts: Any) -> Any | None:
    """Whether one of these fails: parts, or Ibis truth values."""
    found = [part.failed if isinstance(part, Native) else part for part in parts]
    known = [one for one in found if one is not None]
    if not known:
        return None
    result = known[0]
    for one in known[1:]:
        result = result | one
    return result


def missing(value: Any) -> Any:
    """Whether a value is missing; one that is not a number is there, which Ibis' own test on Spark does not say."""
    from workbench.byexample.native.functions import function

    return function("isnull", (str(value.type()),), "boolean")(value)


def double(text: str) -> Any:
    import ibis

    return ibis.literal(text, type="string").cast("float64")


def called(node: Any) -> str:
    """A part in a sentence."""
    text = re.sub(r"\s+", " ", node.sql("duckdb"))
    return text if len(text) <= 40 else f"{text[:37]}..."


def is_text(node: Any) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Literal) and bool(node.is_string)
