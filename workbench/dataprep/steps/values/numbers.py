"""Numbers brought into bounds or to fewer digits."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from workbench.dataprep.columns import NUMERIC, ColumnInfo, ColumnType, Problem, Schema, listed
from workbench.dataprep.conversion.numbers import floor_of
from workbench.dataprep.steps.base import Context, SchemaContext
from workbench.dataprep.steps.rows.conditions import typed, value_of
from workbench.dataprep.steps.values.base import ColumnsStep, without_nan

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WHOLE = 4503599627370496.0
"""From here on (2 to the power of 52) floating-point numbers have no fraction."""

Rounding = Literal["half_away", "half_even", "down", "up", "toward_zero"]
_ROUNDING: dict[Rounding, str] = {
    "half_away": "halves away from zero",
    "half_even": "halves to the even digit",
    "down": "down",
    "up": "up",
    "toward_zero": "toward zero",
}


class Clip(ColumnsStep):
    """Brings values below `lower` or above `upper` (empty: no bound) to the bound, or makes them missing (`use_values` false)."""

    kinds: ClassVar[frozenset[ColumnType]] = frozenset({"integer", "decimal", "date", "time", "timestamp", "timestamp_tz"})
    op: Literal["clip"] = "clip"
    lower: str = ""
    upper: str = ""
    use_values: bool = True

    def describe(self) -> str:
        bounds = listed([*([f"below {self.lower}"] if self.lower else []), *([f"above {self.upper}"] if self.upper else [])])
        what = "to the bound" if self.use_values else "missing"
        return f"{'Set' if self.use_values else 'Make'} values {bounds} {what} in {listed(self.columns)}"

    def wanted(self) -> str:
        return "the step works on numbers, dates and times"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        return problems if self.lower or self.upper else [*problems, Problem("Give at least one bound.")]

    def problem_with(self, column: ColumnInfo) -> str:
        if reason := super().problem_with(column):
            return reason
        bounds = []
        for text in filter(None, (self.lower, self.upper)):
            try:
                bounds.append(typed(text, column.type))
            except ValueError:
                return f"'{text}' is not a value that {column.name} can have ({column.type})."
            if self.use_values and column.type == "integer" and bounds[-1] != int(bounds[-1]):
                return f"{column.name} holds whole numbers: {text} cannot be its bound."
        return "The lower bound is above the upper one." if len(bounds) == 2 and bounds[0] > bounds[1] else ""

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        import ibis

        value: Any = without_nan(table[column.name])
        arms = []
        for text, below in ((self.lower, True), (self.upper, False)):
            if text:
                bound = value_of(text, column.type)
                new = bound if self.use_values else ibis.null(value.type())
                arms.append(((value < bound) if below else (value > bound), new.cast(value.type())))
        return ibis.cases(*arms, else_=value) if arms else value


class Round(ColumnsStep):
    """Rounds numbers to so many decimals; negative: to tens, hundreds and so on.

    `method`: what becomes of the rest: half_away (0.5 is 1, -0.5 is -1), half_even (0.5 is 0, 1.5 is 2), down, up, toward_zero.
    Numbers are taken as they are written (to 15 digits): 2.675 is a half at the second decimal, though its binary form is less.
    """

    kinds: ClassVar[frozenset[ColumnType]] = NUMERIC
    op: Literal["round"] = "round"
    decimals: int = 0
    method: Rounding = "half_away"

    def describe(self) -> str:
        to = f"{self.decimals} decimal{'' if self.decimals == 1 else 's'}" if self.decimals >= 0 else f"{10**-self.decimals}s"
        return f"Round {listed(self.columns)} to {to}, {_ROUNDING[self.method]}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        return problems if -18 <= self.decimals <= 18 else [*problems, Problem("The number of decimals is between -18 and 18.")]

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        value: Any = table[column.name]
        if column.type == "integer":
            return value if self.decimals >= 0 else self._whole(value)
        return self._decimal(without_nan(value), context.dialect)

    def _whole(self, value: Any) -> Any:
        """A whole number to tens and so on, in whole numbers."""
        import ibis

        unit = 10**-self.decimals
        rest = (value % unit + unit) % unit
        low = value - rest
        match self.method:
            case "down":
                up = ibis.literal(False)
            case "up":
                up = rest > 0
            case "toward_zero":
                up = (rest > 0) & (value < 0)
            case "half_away":
                up = (rest * 2 > unit) | ((rest * 2 == unit) & (value > 0))
            case _:
                up = (rest * 2 > unit) | ((rest * 2 == unit) & ((low % (2 * unit)) != 0))
        return ibis.ifelse(up, low + unit, low).cast("int64")

    def _decimal(self, value: Any, dialect: str) -> Any:
        """The nearest floating-point number to the rounded decimal: quotients of whole numbers are as exact as can be, so that
        comparing with them tells on which side of a half the number stands as it is written."""
        import ibis

        from workbench.dataprep.steps.rows.conditions import exactly

        factor = exactly(10.0 ** abs(self.decimals))
        number = value.cast("float64")

        def scaled(count: Any) -> Any:
            return count / factor if self.decimals >= 0 else count * factor

        shifted = number * factor if self.decimals >= 0 else number / factor
        near = shifted.abs() < _WHOLE
        low = floor_of(ibis.ifelse(near, shifted, 0.0), dialect)
        # the product may have been rounded over a whole number
        low = ibis.cases((scaled(low) > number, low - 1.0), (scaled(low + 1.0) <= number, low + 1.0), else_=low)
        half = scaled(low + 0.5)
        match self.method:
            case "down":
                up = ibis.literal(False)
            case "up":
                up = scaled(low) < number
            case "toward_zero":
                up = (number < 0.0) & (scaled(low) < number)
            case "half_away":
                up = (number > half) | ((number == half) & (number > 0.0))
            case _:
                up = (number > half) | ((number == half) & (floor_of(low / 2.0, dialect) * 2.0 != low))
        rounded = scaled(ibis.ifelse(up, low + 1.0, low))
        kept = number if self.decimals >= 0 else ibis.ifelse(near, rounded, number)
        # without the zero's sign: -0.2 is 0
        return ibis.ifelse(near, rounded + 0.0, kept)
