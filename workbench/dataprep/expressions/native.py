"""SQL scalars in DuckDB's dialect as Ibis values that mean exactly the same on Spark."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.dataprep.expressions.typed import Typed
from workbench.dataprep.scratch import scratch

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WHOLE = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT"})
_LEAST = -(2**63)
_HELD = "\U0010ffff"
"""Stands in for a letter; no text shall hold it."""
_KINDS = {
    "BIGINT": "int64", "INTEGER": "int64", "SMALLINT": "int64", "TINYINT": "int64", "DOUBLE": "float64", "VARCHAR": "string",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
}  # fmt: skip


_ARGUMENTS = {
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


class Translator:
    """Turns the tree of one expression over the columns of a table; each method handles one kind of part."""

    def __init__(self, table: ir.Table, typed: Typed) -> None:
        import sqlglot.expressions as exp

        self._table = table
        self._typed = typed
        self._columns = {name.lower(): name for name in table.columns}
        self._rules: dict[type, Callable[[Any], Native]] = {
            exp.Column: self._column, exp.Paren: lambda node: self.part(node.this), exp.Null: self._null, exp.Add: self._plus,
            exp.Sub: self._plus, exp.Mul: self._plus, exp.Neg: self._negative, exp.Div: self._divided,
            exp.IntDiv: self._whole_divided, exp.Mod: self._rest, exp.Pow: self._power, exp.EQ: self._compared,
            exp.NEQ: self._compared, exp.LT: self._compared, exp.LTE: self._compared, exp.GT: self._compared,
            exp.GTE: self._compared, exp.NullSafeEQ: self._same, exp.NullSafeNEQ: self._same, exp.And: self._joined,
            exp.Or: self._joined, exp.Not: lambda node: self._mapped(node, lambda value: ~value), exp.Is: self._is,
            exp.Between: self._between, exp.In: self._in, exp.Case: self._case, exp.If: self._if, exp.Coalesce: self._coalesce,
            exp.Nullif: self._nullif, exp.Greatest: self._largest, exp.Least: self._largest, exp.DPipe: self._pipe,
            exp.Concat: self._concat, exp.ConcatWs: self._concat, exp.Upper: self._cased, exp.Lower: self._cased,
            exp.Length: self._length, exp.Trim: self._trimmed, exp.Substring: self._substring, exp.Left: self._left,
            exp.StartsWith: self._contains, exp.EndsWith: self._contains, exp.Contains: self._contains, exp.Like: self._like,
            exp.RegexpLike: self._matches, exp.Abs: self._abs, exp.Round: self._rounded, exp.Floor: self._floor,
            exp.Ceil: self._floor, exp.Sqrt: self._sqrt, exp.Ln: self._log,
            exp.Exp: lambda node: self._mapped(node, lambda v: v.cast("float64").exp()), exp.Cast: self._cast,
            exp.Extract: self._extract,
        }  # fmt: skip
        for name in ("Year", "Month", "Day", "DayOfMonth", "Quarter", "DayOfYear", "Hour", "Minute"):
            if kind := getattr(exp, name, None):
                self._rules[kind] = lambda node: self._field(type(node).__name__.lower(), node.this)

    def whole(self, kind: Any) -> Native:
        """The whole expression as a value of an Ibis type. Raises NotNative."""
        if not self._typed.types:
            raise NotNative("the types of its parts cannot be told apart.")
        made = self.part(self._typed.tree)
        value = made.value if made.value.type() == kind else made.value.cast(kind)
        return Native(value, made.failed)

    def part(self, node: Any) -> Native:
        """One part. Raises NotNative."""
        if id(node) in self._typed.constants:
            return Native(self._constant(self._typed.constants[id(node)], self._typed.of(node)))
        rule = self._rules.get(type(node))
        known = {"this", "expression", "expressions", *_ARGUMENTS.get(type(node).__name__, ())}
        if rule is None or any(value for name, value in node.args.items() if name not in known):
            raise NotNative(f"{_called(node)} is not known to be the same there.")
        return rule(node)

    # values

    def _constant(self, value: Any, kind: str) -> Any:
        import ibis

        if value is None:
            return ibis.null(_KINDS.get(kind, "string"))
        if kind.startswith("DECIMAL"):
            return ibis.literal(float(value), type="float64")
        if kind not in _KINDS:
            raise NotNative(f"a constant of the type {kind} is not known to be the same there.")
        if isinstance(value, float) and not math.isfinite(value):
            return ibis.literal(str(value), type="string").cast("float64")
        return ibis.literal(value, type=_KINDS[kind])

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
        if kind not in _KINDS:
            raise NotNative(f"values of the type {kind} are not known to be the same there.")
        wanted = _KINDS[kind]
        if str(made.value.type()) == wanted:
            return made
        import ibis

        if own == '"NULL"':
            return Native(ibis.null(wanted))
        number = own in _WHOLE or own == "DOUBLE" or own.startswith("DECIMAL")
        if (number and kind == "DOUBLE") or (own == "DATE" and kind == "TIMESTAMP") or (own in _WHOLE and kind in _WHOLE):
            return Native(made.value.cast(wanted), made.failed)
        raise NotNative(f"turning {own} into {kind} is not known to be the same there.")

    # numbers

    def _plus(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        left, right, kind = node.this, node.expression, self._kind(node)
        if kind == "DATE" and self._kind(left) == "DATE" and self._kind(right) in _WHOLE and not isinstance(node, exp.Mul):
            date, days = self.part(left), self.part(right)
            name = "date_add" if isinstance(node, exp.Add) else "date_sub"
            value = function(name, ("date", "int32"), "date")(date.value, days.value.cast("int32"))
            return Native(value, _any(date, days))
        if kind == "BIGINT" and self._kind(left) == self._kind(right) == "DATE":
            one, other = self.part(left), self.part(right)
            return Native(function("datediff", ("date", "date"), "int64")(one.value, other.value), _any(one, other))
        if kind == "DOUBLE":
            one, other = self._as(left, "DOUBLE"), self._as(right, "DOUBLE")
            body = {exp.Add: operator.add, exp.Sub: operator.sub, exp.Mul: operator.mul}[type(node)]
            return Native(body(one.value, other.value), _any(one, other))
        if kind == "BIGINT":
            one, other = self._as(left, "BIGINT"), self._as(right, "BIGINT")
            name = {exp.Add: "try_add", exp.Sub: "try_subtract", exp.Mul: "try_multiply"}[type(node)]
            value = function(name, ("int64", "int64"), "int64")(one.value, other.value)
            return Native(value, _any(one, other, ~_missing(one.value) & ~_missing(other.value) & _missing(value)))
        raise NotNative(f"{_called(node)} of {self._kind(left)} and {self._kind(right)} is not known to be the same there.")

    def _negative(self, node: Any) -> Native:
        inner = self.part(node.this)
        if self._kind(node) == "DOUBLE":
            return Native(-inner.value, inner.failed)
        if self._kind(node) == "BIGINT":
            return Native(-inner.value, _any(inner, (inner.value == _LEAST).fill_null(False)))
        raise NotNative(f"the negative of {self._kind(node)} is not known to be the same there.")

    def _divided(self, node: Any) -> Native:
        """IEEE division: Spark gives a missing value where the divisor is zero."""
        import ibis

        if self._kind(node) != "DOUBLE":
            raise NotNative("this division is not known to be the same there.")
        one, other = self._as(node.this, "DOUBLE"), self._as(node.expression, "DOUBLE")
        a, b = one.value, other.value
        minus = b.cast("string") == "-0.0"
        infinite = ibis.ifelse((a > 0) != minus, _double("Infinity"), _double("-Infinity"))
        at_zero = ibis.ifelse(_missing(a), ibis.null("float64"), ibis.ifelse((a == 0) | a.isnan(), _double("NaN"), infinite))
        return Native(ibis.ifelse(b == 0, at_zero, a / b), _any(one, other))

    def _whole_divided(self, node: Any) -> Native:
        from workbench.dataprep.operations import WholeDivision

        if not {self._kind(node.this), self._kind(node.expression), self._kind(node)} <= _WHOLE:
            raise NotNative("whole division of such numbers is not known to be the same there.")
        one, other = self._as(node.this, "BIGINT"), self._as(node.expression, "BIGINT")
        made: Any = WholeDivision(one.value, other.value)
        over = (((one.value == _LEAST) & (other.value == -1)) | (other.value == 0)).fill_null(False) & ~_missing(one.value)
        return Native(made.to_expr(), _any(one, other, over))

    def _rest(self, node: Any) -> Native:
        if not {self._kind(node.this), self._kind(node.expression)} <= _WHOLE:
            raise NotNative("the rest of a division of such numbers is not known to be the same there.")
        one, other = self._as(node.this, "BIGINT"), self._as(node.expression, "BIGINT")
        over = (((one.value == _LEAST) & (other.value == -1)) | (other.value == 0)).fill_null(False) & ~_missing(one.value)
        return Native(one.value % other.value, _any(one, other, over))

    def _power(self, node: Any) -> Native:
        one, other = self._as(node.this, "DOUBLE"), self._as(node.expression, "DOUBLE")
        return Native(one.value**other.value, _any(one, other))

    def _abs(self, node: Any) -> Native:
        inner = self.part(node.this)
        if self._kind(node) == "DOUBLE":
            return Native(inner.value.abs(), inner.failed)
        if self._kind(node) == "BIGINT":
            return Native(inner.value.abs(), _any(inner, (inner.value == _LEAST).fill_null(False)))
        raise NotNative(f"abs of {self._kind(node)} is not known to be the same there.")

    def _rounded(self, node: Any) -> Native:
        from workbench.byexample.native.functions import function

        if self._kind(node) != "DOUBLE" or node.args.get("truncate") or node.args.get("decimals") is not None:
            raise NotNative("rounding to decimals is not known to be the same there.")
        inner = self._as(node.this, "DOUBLE")
        return Native(function("round", ("float64", "int32"), "float64")(inner.value, 0), inner.failed)

    def _floor(self, node: Any) -> Native:
        """Spark gives whole numbers, which hold less."""
        import ibis
        from sqlglot import exp

        if self._kind(node) != "DOUBLE" or node.args.get("decimals") is not None:
            raise NotNative("this rounding is not known to be the same there.")
        inner = self._as(node.this, "DOUBLE")
        value = inner.value
        found = (value.floor() if isinstance(node, exp.Floor) else value.ceil()).cast("float64")
        return Native(ibis.ifelse(value.abs() < 2.0**53, found, value), inner.failed)

    def _sqrt(self, node: Any) -> Native:
        inner = self._as(node.this, "DOUBLE")
        return Native(inner.value.sqrt(), inner.failed)

    def _log(self, node: Any) -> Native:
        import ibis

        inner = self._as(node.this, "DOUBLE")
        value = inner.value
        outside = ibis.ifelse(value == 0, _double("-Infinity"), _double("NaN"))
        return Native(ibis.ifelse((value <= 0) | value.isnan(), outside, value.ln()), inner.failed)

    # truth

    def _pair(self, one: Any, other: Any) -> tuple[Native, Native]:
        """Two parts as values that can be compared."""
        kinds = {self._kind(one), self._kind(other)}
        for node, against in ((one, other), (other, one)):
            if _is_text(node) and self._kind(against) in {"DATE", "TIMESTAMP", *_WHOLE, "DOUBLE", "BOOLEAN"}:
                plain = self._text_constant(node, self._kind(against))
                return (plain, self.part(other)) if node is one else (self.part(one), plain)
        if kinds <= _WHOLE:
            return self._as(one, "BIGINT"), self._as(other, "BIGINT")
        if all(kind in _WHOLE or kind == "DOUBLE" or kind.startswith("DECIMAL") for kind in kinds) and "DOUBLE" in kinds:
            return self._as(one, "DOUBLE"), self._as(other, "DOUBLE")
        if kinds == {"DATE", "TIMESTAMP"}:
            return self._as(one, "TIMESTAMP"), self._as(other, "TIMESTAMP")
        kinds -= {'"NULL"'}
        if len(kinds) == 1 and next(iter(kinds)) in _KINDS:
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
        return Native(ibis.literal(value, type=_KINDS[kind]))

    def _compared(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._pair(node.this, node.expression)
        body = {
            exp.EQ: operator.eq, exp.NEQ: operator.ne, exp.LT: operator.lt, exp.LTE: operator.le, exp.GT: operator.gt,
            exp.GTE: operator.ge,
        }[type(node)]  # fmt: skip
        return Native(body(one.value, other.value), _any(one, other))

    def _same(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._pair(node.this, node.expression)
        same = one.value.identical_to(other.value)
        return Native(same if isinstance(node, exp.NullSafeEQ) else ~same, _any(one, other))

    def _joined(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._as(node.this, "BOOLEAN"), self._as(node.expression, "BOOLEAN")
        return Native(one.value & other.value if isinstance(node, exp.And) else one.value | other.value, _any(one, other))

    def _is(self, node: Any) -> Native:
        from sqlglot import exp

        inner = self.part(node.this)
        if isinstance(node.expression, exp.Null):
            return Native(_missing(inner.value), inner.failed)
        if isinstance(node.expression, exp.Boolean) and self._kind(node.this) == "BOOLEAN":
            wanted = inner.value if node.expression.this else ~inner.value
            return Native(wanted.fill_null(False), inner.failed)
        raise NotNative(f"{node.sql()} is not known to be the same there.")

    def _between(self, node: Any) -> Native:
        value, low = self._pair(node.this, node.args["low"])
        again, high = self._pair(node.this, node.args["high"])
        return Native((value.value >= low.value) & (again.value <= high.value), _any(value, low, high))

    def _in(self, node: Any) -> Native:
        import ibis

        items = node.args.get("expressions") or []
        if not items or node.args.get("query") or node.args.get("unnest"):
            raise NotNative("this kind of IN is not known to be the same there.")
        pairs = [self._pair(node.this, item) for item in items]
        tests = [one.value == other.value for one, other in pairs]
        return Native(ibis.or_(*tests), _any(*(each for pair in pairs for each in pair)))

    # choices

    def _case(self, node: Any) -> Native:
        kind = self._kind(node)
        branches = node.args.get("ifs") or []
        arms: list[tuple[Native, Native]] = []
        for branch in branches:
            if node.this is not None:
                one, other = self._pair(node.this, branch.this)
                test = Native(one.value == other.value, _any(one, other))
            else:
                test = self._as(branch.this, "BOOLEAN")
            arms.append((test, self._as(branch.args["true"], kind)))
        return self._chosen(arms, node.args.get("default"), kind)

    def _if(self, node: Any) -> Native:
        kind = self._kind(node)
        arms = [(self._as(node.this, "BOOLEAN"), self._as(node.args["true"], kind))]
        return self._chosen(arms, node.args.get("false"), kind)

    def _chosen(self, arms: Sequence[tuple[Native, Native]], default: Any, kind: str) -> Native:
        import ibis

        if kind not in _KINDS:
            raise NotNative(f"choosing among values of the type {kind} is not known to be the same there.")
        last = self._as(default, kind) if default is not None else Native(ibis.null(_KINDS[kind]))
        value = ibis.cases(*((test.value.fill_null(False), then.value) for test, then in arms), else_=last.value)
        failed = None
        no = ibis.literal(False)
        if any(part.failed is not None for pair in arms for part in pair) or last.failed is not None:
            own = [(test.value.fill_null(False), no if then.failed is None else then.failed) for test, then in arms]
            tests = [test.failed for test, _ in arms if test.failed is not None]
            failed = ibis.or_(ibis.cases(*own, else_=no if last.failed is None else last.failed), *tests)
        return Native(value, failed)

    def _coalesce(self, node: Any) -> Native:
        import ibis

        kind = self._kind(node)
        parts = [self._as(each, kind) for each in (node.this, *node.expressions)]
        failed, before = None, None
        for part in parts:
            if part.failed is not None:
                reached = part.failed if before is None else part.failed & before
                failed = reached if failed is None else failed | reached
            before = _missing(part.value) if before is None else before & _missing(part.value)
        return Native(ibis.coalesce(*(part.value for part in parts)), failed)

    def _nullif(self, node: Any) -> Native:
        import ibis

        one, other = self._pair(node.this, node.expression)
        own = self.part(node.this)
        equal = (one.value == other.value).fill_null(False)
        return Native(ibis.ifelse(equal, ibis.null(own.value.type()), own.value), _any(one, other))

    def _largest(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        kind = self._kind(node)
        parts = [self._as(each, kind) for each in (node.this, *node.expressions)]
        if len(parts) < 2:
            raise NotNative("it needs at least two values.")
        name, wanted = "greatest" if isinstance(node, exp.Greatest) else "least", _KINDS[kind]
        value = function(name, (wanted,) * len(parts), wanted)(*(part.value for part in parts))
        return Native(value, _any(*parts))

    # texts

    def _text(self, node: Any) -> Native:
        """A part as the text that DuckDB writes for it."""
        kind = self._kind(node)
        made = self.part(node)
        if kind == "VARCHAR":
            return made
        if kind in _WHOLE or kind == "BOOLEAN":
            return Native(made.value.cast("string"), made.failed)
        raise NotNative(f"the text of a {kind} is not known to be the same there.")

    def _own_text(self, node: Any) -> Native:
        if self._kind(node) != "VARCHAR":
            raise NotNative(f"{_called(node)} is no text.")
        return self.part(node)

    def _given(self, node: Any) -> Any:
        """A constant part. Raises NotNative for another one."""
        if id(node) not in self._typed.constants or self._typed.constants[id(node)] is None:
            raise NotNative(f"{_called(node)} is not a constant.")
        return self._typed.constants[id(node)]

    def _pipe(self, node: Any) -> Native:
        one, other = self._text(node.this), self._text(node.expression)
        return Native(one.value + other.value, _any(one, other))

    def _concat(self, node: Any) -> Native:
        """Missing values are left out."""
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        nodes = list(node.expressions)
        joiner: Any = ""
        if isinstance(node, exp.ConcatWs):
            joiner, nodes = self._given(nodes[0]), nodes[1:]
        parts = [self._text(each) for each in nodes]
        value = function("concat_ws", ("string",) * (len(parts) + 1), "string")(joiner, *(part.value for part in parts))
        return Native(value, _any(*parts))

    def _cased(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.binding import numbered
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        ours = engine("pyspark")
        with numbered():
            if isinstance(node, exp.Lower):
                return Native(ours.lower(inner.value), inner.failed)
            kept = ours.upper(inner.value.replace("ß", _HELD))  # DuckDB has one capital for it
            return Native(kept.replace(_HELD, "ẞ"), inner.failed)

    def _length(self, node: Any) -> Native:
        inner = self.part(node.this)
        if not (inner.value.type().is_string() or inner.value.type().is_array()):
            raise NotNative(f"the length of {self._kind(node.this)} is not known to be the same there.")
        import ibis

        length = inner.value.length().cast("int64")  # of a missing list it may be -1
        return Native(ibis.ifelse(_missing(inner.value), ibis.null("int64"), length), inner.failed)

    def _trimmed(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        signs = " " if node.expression is None else self._given(node.expression)
        side = {"LEADING": "left", "TRAILING": "right"}.get(str(node.args.get("position") or "").upper(), "both")
        return Native(engine("pyspark").stripped(inner.value, signs, side), inner.failed)

    def _substring(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        start = self._given(node.args["start"])
        length = self._given(node.args["length"]) if node.args.get("length") is not None else None
        if start < 1 or (length is not None and length < 0):
            raise NotNative("substring from the end is not known to be the same there.")
        return Native(engine("pyspark").from_(inner.value, start - 1, length), inner.failed)

    def _left(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner, count = self._own_text(node.this), self._given(node.expression)
        if count < 0:
            raise NotNative("left with a negative count is not known to be the same there.")
        return Native(engine("pyspark").from_(inner.value, 0, count), inner.failed)

    def _contains(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.engines import engine

        one, part = self._own_text(node.this), self._given(node.expression)
        ours = engine("pyspark")
        test = {exp.StartsWith: ours.starts, exp.EndsWith: ours.ends, exp.Contains: ours.contains}[type(node)]
        return Native(test(one.value, part), one.failed)

    def _like(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine
        from workbench.byexample.native.functions import literal

        one, pattern = self._own_text(node.this), self._given(node.expression)
        body = "".join({"%": ".*", "_": "."}.get(sign) or literal(sign) for sign in pattern)
        found = engine("pyspark").matches(one.value, rf"(?s)\A{body}\z")
        return Native(~found if node.args.get("negate") else found, one.failed)

    def _matches(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine
        from workbench.dataprep.patterns import for_java, pattern_problem

        one, pattern = self._own_text(node.this), self._given(node.expression)
        if node.args.get("flag") is not None or pattern_problem(pattern):
            raise NotNative("this regular expression is not known to be the same there.")
        return Native(engine("pyspark").matches(one.value, for_java(pattern)), one.failed)

    # types and dates

    def _cast(self, node: Any) -> Native:
        own, kind = self._kind(node.this), self._kind(node)
        inner = self.part(node.this)
        if own == kind:
            return inner
        if kind == "VARCHAR":
            return self._text(node.this)
        if (kind == "BIGINT" and own in _WHOLE) or (kind in _WHOLE and own == "BOOLEAN"):
            return Native(inner.value.cast("int64"), inner.failed)
        if kind == "DOUBLE" and own in _WHOLE | {"BOOLEAN"}:
            return Native(inner.value.cast("float64"), inner.failed)
        if kind == "BOOLEAN" and own in _WHOLE:
            return Native(inner.value != 0, inner.failed)
        if kind == "BIGINT" and own == "DOUBLE":
            from workbench.byexample.native.functions import function

            even = function("rint", ("float64",), "float64")(inner.value)
            inside = (inner.value >= -(2.0**63)) & (inner.value < 2.0**63) & ~inner.value.isnan()
            return Native(even.cast("int64"), _any(inner, ~inside.fill_null(True)))
        if (own, kind) in {("DATE", "TIMESTAMP"), ("TIMESTAMP", "DATE")}:
            return Native(inner.value.cast(_KINDS[kind]), inner.failed)
        raise NotNative(f"CAST of {own} to {kind} is not known to be the same there.")

    def _extract(self, node: Any) -> Native:
        return self._field(node.this.name.lower(), node.expression)

    def _field(self, field: str, node: Any) -> Native:
        from workbench.byexample.native.functions import function

        inner = self.part(node)
        kind = self._kind(node)
        names = {
            "year": "year", "month": "month", "day": "day", "dayofmonth": "day", "quarter": "quarter", "dayofyear": "dayofyear",
            "doy": "dayofyear", "hour": "hour", "minute": "minute",
        }  # fmt: skip
        if kind not in {"DATE", "TIMESTAMP"} or field not in names or (kind == "DATE" and field in {"hour", "minute"}):
            raise NotNative(f"the {field} of a {kind} is not known to be the same there.")
        return Native(function(names[field], (_KINDS[kind],), "int64")(inner.value).cast("int64"), inner.failed)


def _any(*parts: Any) -> Any | None:
    """Whether one of these fails: parts, or Ibis truth values."""
    found = [part.failed if isinstance(part, Native) else part for part in parts]
    known = [one for one in found if one is not None]
    if not known:
        return None
    result = known[0]
    for one in known[1:]:
        result = result | one
    return result


def _missing(value: Any) -> Any:
    """Whether a value is missing; one that is not a number is there, which Ibis' own test on Spark does not say."""
    from workbench.byexample.native.functions import function

    return function("isnull", (str(value.type()),), "boolean")(value)


def _double(text: str) -> Any:
    import ibis

    return ibis.literal(text, type="string").cast("float64")


def _called(node: Any) -> str:
    """A part in a sentence."""
    text = re.sub(r"\s+", " ", node.sql("duckdb"))
    return text if len(text) <= 40 else f"{text[:37]}..."


def _is_text(node: Any) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Literal) and bool(node.is_string)
