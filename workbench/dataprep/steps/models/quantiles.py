"""Spreading numbers evenly, or as a normal distribution has them, by the quantiles of their column.

The method is that of scikit-learn's QuantileTransformer.
"""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from workbench.dataprep.columns import Problem, Schema, listed
from workbench.dataprep.steps.base import Context, Record, Rows, SchemaContext
from workbench.dataprep.steps.models.learning import asked, finite, known_columns, nothing
from workbench.dataprep.steps.models.scaling import Scaling, clipped
from workbench.dataprep.steps.rows.conditions import exactly

NEAR = 1e-7
"""How near to 0 and 1 shares are taken for a normal distribution, as scikit-learn does."""

# Wichura, M. J. (1988), Algorithm AS 241: The Percentage Points of the Normal Distribution. Applied Statistics 37 (3), 477-484.
_MIDDLE = (
    (2.509080928730122672e3, 3.343057558358812810e4, 6.726577092700870085e4, 4.592195393154987145e4,
     1.373169376550946112e4, 1.971590950306551442e3, 1.331416678917843774e2, 3.387132872796366608),
    (5.226495278852854561e3, 2.872908573572194267e4, 3.930789580009271061e4, 2.121379430158659586e4,
     5.394196021424751107e3, 6.871870074920579083e2, 4.231333070160091125e1, 1.0),
)  # fmt: skip
_TAILS = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
)  # fmt: skip


class Quantiles(Record):
    """Quantiles of a column at evenly spread shares: the first is the least value, the last the greatest."""

    column: str
    values: tuple[float, ...]


class QuantileTransform(Scaling):
    """Replaces each number by the share of values below it (0 to 1), or by what a normal distribution has at that share.

    Between the learned quantiles shares are interpolated; values beyond the least and the greatest are clipped to them.
    """

    op: Literal["quantile_transform"] = "quantile_transform"
    output: Literal["uniform", "normal"] = "uniform"
    count: int = 100
    """How many quantiles are learned."""
    quantiles: tuple[Quantiles, ...] = ()

    def describe(self) -> str:
        kind = "evenly between 0 and 1" if self.output == "uniform" else "as a normal distribution"
        return f"Spread {listed(self.columns)} {kind}"

    @property
    def known(self) -> dict[str, Quantiles]:
        return {one.column: one for one in self.quantiles}

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not 2 <= self.count <= 1000:
            problems.append(Problem("The number of quantiles must be between 2 and 1,000."))
        for one in self.quantiles:
            if len(one.values) < 2 or list(one.values) != sorted(one.values):
                problems.append(
                    Problem(f"The quantiles of {one.column} must be at least two numbers that ascend.", column=one.column)
                )
        return problems

    def formula(self, number: Any, column: str, context: Context) -> Any:
        from workbench.byexample.native.binding import bind, numbered

        share = interpolated(number, knots(self.known[column].values))
        if self.output == "uniform":
            return share
        with numbered():
            return bind(share, lambda value: normal_at(clipped(value, NEAR, 1 - NEAR)))

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        known_columns(table, self.columns)
        shares = [at / (self.count - 1) for at in range(self.count)]
        found = asked(rows, {name: finite(table, name).quantile(shares) for name in self.columns})
        quantiles = []
        for name in self.columns:
            if not found[name] or found[name][0] is None:
                raise nothing(name)
            values = [float(value) for value in found[name]]
            for at in range(1, len(values)):  # rounding must not let them descend
                values[at] = max(values[at], values[at - 1])
            quantiles.append(Quantiles(column=name, values=tuple(values)))
        return self.model_copy(update={"quantiles": tuple(quantiles)})


Knot = tuple[float, float, float]
"""A value, the share from which on quantiles have it, and that up to which they have it."""


def knots(values: Sequence[float]) -> list[Knot]:
    """The different quantiles with their shares."""
    found: list[Knot] = []
    for at, value in enumerate(values):
        share = at / (len(values) - 1)
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1], share)
        else:
            found.append((value, share, share))
    return found


def interpolated(number: Any, steps: Sequence[Knot]) -> Any:
    """The share at a number: 0 up to the first knot, 1 from the last one on, the middle one at a knot that has several."""
    import ibis

    inner: Any = _between(number, steps) if len(steps) > 1 else exactly(0)
    return ibis.cases(
        (number.isnull(), ibis.null("float64")),
        (number <= exactly(steps[0][0]), exactly(0)),
        (number >= exactly(steps[-1][0]), exactly(1)),
        else_=inner,
    )


def _between(number: Any, steps: Sequence[Knot]) -> Any:
    """The share of a number that lies between the first and the last knot: halved again and again, so that few are compared."""
    import ibis

    if len(steps) > 2:
        middle = len(steps) // 2
        return ibis.ifelse(
            number < exactly(steps[middle][0]), _between(number, steps[: middle + 1]), _between(number, steps[middle:])
        )
    (low, from_, upto), (high, after, _) = steps
    share = exactly(upto) + (number - exactly(low)) / exactly(high - low) * exactly(after - upto)
    return share if from_ == upto else ibis.ifelse(number == exactly(low), exactly((from_ + upto) / 2), share)


def normal_at(share: Any) -> Any:
    """What a normal distribution with mean 0 and deviation 1 has at a share between 1e-7 and 1 - 1e-7: exact to 16 digits."""
    import ibis

    from workbench.byexample.native.binding import bind

    def middle(distance: Any) -> Any:
        rest = exactly(0.180625) - distance * distance
        return _polynomial(_MIDDLE[0], rest) * distance / _polynomial(_MIDDLE[1], rest)

    def tail(distance: Any) -> Any:
        rest = (-(exactly(0.5) - distance.abs()).ln()).sqrt() - exactly(1.6)
        found = _polynomial(_TAILS[0], rest) / _polynomial(_TAILS[1], rest)
        return ibis.ifelse(distance < exactly(0), -found, found)

    def whole(distance: Any) -> Any:
        return ibis.ifelse(distance.abs() <= exactly(0.425), middle(distance), tail(distance))

    return bind(share - exactly(0.5), whole)


def _polynomial(coefficients: Sequence[float], value: Any) -> Any:
    found = exactly(coefficients[0])
    for coefficient in coefficients[1:]:
        found = found * value + exactly(coefficient)
    return found
