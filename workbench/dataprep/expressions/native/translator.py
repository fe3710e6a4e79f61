"""SQL scalars in DuckDB's dialect as Ibis values that mean exactly the same on Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.dataprep.expressions.native.conditions import Conditions
from workbench.dataprep.expressions.native.numbers import Numbers
from workbench.dataprep.expressions.native.parts import Native, NotNative
from workbench.dataprep.expressions.native.texts import Texts
from workbench.dataprep.expressions.native.types import Types
from workbench.dataprep.expressions.typed import Typed

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Translator(Numbers, Conditions, Texts, Types):
    """Turns the tree of one expression over the columns of a table; each method handles one kind of part."""

    def __init__(self, table: ir.Table, typed: Typed) -> None:
        import sqlglot.expressions as exp

        super().__init__(table, typed)
        self._rules = {
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
