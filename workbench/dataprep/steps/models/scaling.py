"""Bringing numbers to one scale: by the least and the greatest, by mean and deviation, by median and quartiles.

The formulas are those of scikit-learn's MinMaxScaler, StandardScaler and RobustScaler.
"""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import Problem, Schema, listed
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import asked, finite, known_columns, name_problems, nothing, number_problems, numbers
from workbench.dataprep.steps.rows.conditions import exactly

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Scaling(StepBase):
    """Turns each number by constants of its column; in place, or with `suffix` into a new column right of it."""

    columns: tuple[str, ...]
    suffix: str = ""

    def target(self, column: str) -> str:
        """The column that the result of another one stands in."""
        return f"{column}{self.suffix}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(map(self.target, self.columns))

    @property
    @abstractmethod
    def known(self) -> dict[str, Any]:
        """The constants by column."""

    @abstractmethod
    def formula(self, number: Any, column: str, context: Context) -> Any:
        """The result for the numbers of a column, as an Ibis value."""

    @property
    def learned(self) -> bool:
        return bool(self.columns) and all(name in self.known for name in self.columns)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = number_problems(schema, self.columns)
        if self.suffix:
            problems += name_problems(schema, self.makes(schema))
        return problems if self.learned or problems else [NOT_LEARNED]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        for name in self.columns:
            value = self.formula(numbers(table, name), name, context)
            table = assign(table, {self.target(name): value}, reads={self.target(name): [name]}, after=(name,))
        return table


class Bounds(Record):
    """The least and the greatest value of a column."""

    column: str
    low: float
    high: float


class MinMaxScale(Scaling):
    """Scales numbers so that the least value of a column becomes `low` and the greatest `high`.

    Values beyond the learned bounds go beyond, unless `clip`. A column of one value becomes `low`.
    """

    op: Literal["min_max_scale"] = "min_max_scale"
    low: float = 0.0
    high: float = 1.0
    clip: bool = False
    bounds: tuple[Bounds, ...] = ()

    def describe(self) -> str:
        return f"Scale {listed(self.columns)} to {self.low:g} to {self.high:g}"

    @property
    def known(self) -> dict[str, Bounds]:
        return {one.column: one for one in self.bounds}

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            problems.append(Problem("The lower end of the scale must be less than the upper one."))
        for one in self.bounds:
            if one.column in self.columns and one.low > one.high:
                problems.append(
                    Problem(f"The least value of {one.column} must not be greater than the greatest.", column=one.column)
                )
        return problems

    def formula(self, number: Any, column: str, context: Context) -> Any:
        known = self.known[column]
        width = known.high - known.low or 1.0
        value = (number - exactly(known.low)) / exactly(width) * exactly(self.high - self.low) + exactly(self.low)
        return clipped(value, self.low, self.high) if self.clip else value

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        known_columns(table, self.columns)
        found = asked(
            rows,
            {f"{kind} {name}": getattr(finite(table, name), kind)() for name in self.columns for kind in ("min", "max")},
        )
        return self.model_copy(
            update={
                "bounds": tuple(
                    Bounds(column=name, low=_there(found[f"min {name}"], name), high=_there(found[f"max {name}"], name))
                    for name in self.columns
                )
            }
        )


class Moments(Record):
    """The mean of a column and its standard deviation (of the rows themselves: divided by their number)."""

    column: str
    mean: float
    deviation: float


class ZScore(Scaling):
    """Scales numbers to mean 0 and standard deviation 1: what is learned is each column's mean and deviation."""

    op: Literal["z_score"] = "z_score"
    moments: tuple[Moments, ...] = ()

    def describe(self) -> str:
        return f"Scale {listed(self.columns)} to mean 0 and deviation 1"

    @property
    def known(self) -> dict[str, Moments]:
        return {one.column: one for one in self.moments}

    def formula(self, number: Any, column: str, context: Context) -> Any:
        known = self.known[column]
        return (number - exactly(known.mean)) / exactly(known.deviation or 1.0)

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        known_columns(table, self.columns)
        wanted: dict[str, Any] = {}
        for name in self.columns:
            value = finite(table, name)
            wanted |= {
                f"mean {name}": value.mean(),
                f"dev {name}": value.std(how="pop"),
                f"min {name}": value.min(),
                f"max {name}": value.max(),
            }
        found = asked(rows, wanted)
        moments = []
        for name in self.columns:
            low = _there(found[f"min {name}"], name)
            single = low == found[f"max {name}"]  # of which the mean is not always the value, nor the deviation 0
            moments.append(
                Moments(
                    column=name,
                    mean=low if single else float(found[f"mean {name}"]),
                    deviation=0.0 if single else float(found[f"dev {name}"]),
                )
            )
        return self.model_copy(update={"moments": tuple(moments)})


class Quartiles(Record):
    """The lower quartile, the median and the upper quartile of a column."""

    column: str
    lower: float
    median: float
    upper: float


class RobustScale(Scaling):
    """Scales numbers so that the median becomes 0 and the distance between the quartiles 1: outliers hardly matter."""

    op: Literal["robust_scale"] = "robust_scale"
    quartiles: tuple[Quartiles, ...] = ()

    def describe(self) -> str:
        return f"Scale {listed(self.columns)} by median and quartiles"

    @property
    def known(self) -> dict[str, Quartiles]:
        return {one.column: one for one in self.quartiles}

    def formula(self, number: Any, column: str, context: Context) -> Any:
        known = self.known[column]
        return (number - exactly(known.median)) / exactly(known.upper - known.lower or 1.0)

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        known_columns(table, self.columns)
        shares = {"lower": 0.25, "median": 0.5, "upper": 0.75}
        wanted = {f"{kind} {name}": finite(table, name).quantile(at) for name in self.columns for kind, at in shares.items()}
        found = asked(rows, wanted)
        quartiles = tuple(
            Quartiles(column=name, **{kind: _there(found[f"{kind} {name}"], name) for kind in shares}) for name in self.columns
        )
        return self.model_copy(update={"quartiles": quartiles})


def clipped(value: Any, low: float, high: float) -> Any:
    """The value, or the bound that it lies beyond."""
    import ibis

    return ibis.cases((value < exactly(low), exactly(low)), (value > exactly(high), exactly(high)), else_=value)


def _there(value: Any, name: str) -> float:
    if value is None:
        raise nothing(name)
    return float(value)
