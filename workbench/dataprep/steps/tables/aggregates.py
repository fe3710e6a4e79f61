"""What is computed of many values: of a group, of a window, of a cell of a pivot. The same on DuckDB and Spark.

Missing values, not-a-number and errors are left out of all but the counts of them. Where a result would not be finite (the variance
of numbers near the largest ones), it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from workbench.dataprep.cells import error
from workbench.dataprep.columns import ColumnType
from workbench.dataprep.steps.base import Dialect
from workbench.dataprep.steps.tables.keys import as_text, plain, sound

Aggregate = Literal[
    "count", "sum", "mean", "min", "max", "median", "std", "variance", "distinct",
    "rows", "quantile", "mode", "first", "last", "list", "text", "skew", "kurtosis", "missing_share", "errors",
]  # fmt: skip

AGGREGATE_WORDS: dict[Aggregate, str] = {
    "count": "count",
    "sum": "sum",
    "mean": "mean",
    "min": "minimum",
    "max": "maximum",
    "median": "median",
    "std": "standard deviation",
    "variance": "variance",
    "distinct": "number of different values",
    "rows": "number of rows",
    "quantile": "quantile",
    "mode": "most frequent value",
    "first": "first value",
    "last": "last value",
    "list": "list",
    "text": "joined text",
    "skew": "skewness",
    "kurtosis": "kurtosis",
    "missing_share": "share of missing values",
    "errors": "number of errors",
}
"""What an aggregate is called in a sentence."""

SPREADS = frozenset({"skew", "kurtosis"})
"""Aggregates that look at the mean of the group first."""

_NUMBERS = frozenset({"sum", "mean", "median", "std", "variance", "quantile", "skew", "kurtosis"})
_BOOLEANS = frozenset({"sum", "mean"})
_NESTED = frozenset({"count", "rows", "list", "first", "last", "missing_share", "errors"})
_LARGEST = 9223372036854775807
_LARGEST_DECIMAL = 1.7976931348623157e308


def suits(aggregate: Aggregate, type_: ColumnType) -> bool:
    """Whether a column of that type has this aggregate."""
    if type_ in {"struct", "list"}:
        return aggregate in _NESTED
    if aggregate in _NUMBERS:
        return type_ in {"integer", "decimal"} or (type_ == "boolean" and aggregate in _BOOLEANS)
    return True


Over = Callable[[Any], Any]
"""What makes of a reduction what stands for it: one over a window, or the column that holds it."""


@dataclass(frozen=True)
class Values:
    """The values that are aggregated.

    `row`: their order, missing where there is no value at all; `broken`: the companion of their errors; `mean`: that of the group.
    """

    value: Any
    row: Any
    dialect: Dialect
    broken: Any | None = None
    mean: Any | None = None
    over: Over = lambda reduction: reduction


@dataclass(frozen=True)
class Outcome:
    """The result, and for some aggregates the text that tells where it is an error."""

    value: Any
    error: Any | None = None


class Reductions:
    """The reductions that some outcomes are made of, each once: they are columns first, and outcomes are made of these.

    `taken`: names that these columns must not have.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.columns: dict[str, Any] = {}
        self._taken = {name.lower() for name in taken}
        self._names: dict[Any, str] = {}

    def collect(self, outcomes: Callable[[Over], Mapping[str, Outcome]]) -> None:
        """Takes in those of `outcomes(over)`; what is an outcome by itself has its name."""
        found: list[Any] = []

        def keep(reduction: Any) -> Any:
            found.append(reduction)
            return reduction

        results = {outcome.value.op(): name for name, outcome in outcomes(keep).items() if name.lower() not in self._taken}
        for reduction in found:
            if reduction.op() not in self._names:
                name = results.get(reduction.op(), f"__part_{len(self._names)}__")
                self._names[reduction.op()] = name
                self.columns[name] = reduction

    def name(self, reduction: Any) -> str:
        """The column that holds a reduction."""
        return self._names[reduction.op()]


def aggregate(kind: Aggregate, values: Values, *, quantile: float = 0.5, separator: str = ", ") -> Outcome:
    """One aggregate but the mode, as Ibis reductions; `quantile` and `separator` belong to two of them."""
    import ibis

    value, over = sound(values.value), values.over
    match kind:
        case "sum":
            return total(values)
        case "mean":
            return Outcome(_mean(value, values))
        case "min":
            return Outcome(over(value.min()))
        case "max":
            return Outcome(over(value.max()))
        case "median":
            return Outcome(_quantile(value, 0.5, values))
        case "quantile":
            return Outcome(_quantile(value, quantile, values))
        case "std":
            return Outcome(_finite(over(value.cast("float64").std(how="sample"))))
        case "variance":
            return Outcome(_finite(over(value.cast("float64").var(how="sample"))))
        case "skew" | "kurtosis":
            return Outcome(_shape(kind, value, values))
        case "distinct":
            return Outcome(over(plain(values.value).nunique()))
        case "first":
            return Outcome(over(value.argmin(values.row, where=value.notnull())))
        case "last":
            return Outcome(over(value.argmax(values.row, where=value.notnull())))
        case "list":
            return Outcome(_list(value, values))
        case "text":
            from workbench.byexample.native.engines import engine

            return Outcome(engine(values.dialect).joined(_list(as_text(value, values.dialect), values), separator))
        case "rows":
            return Outcome(over(values.row.count()))
        case "errors":
            return Outcome(over(values.row.count()) * 0 if values.broken is None else over(values.broken.count()))
        case "missing_share":
            gone = value.isnull() & values.row.notnull()
            gone = gone if values.broken is None else gone & values.broken.isnull()
            times = over(ibis.ifelse(gone, 1, ibis.null("int8")).count()).cast("float64")
            rows = over(values.row.count())
            return Outcome(times / rows.nullif(0))
        case _:
            return Outcome(over(value.count()))


def total(values: Values) -> Outcome:
    """The sum; one of whole numbers that 64 bits do not hold is an error."""
    import ibis

    value: Any = values.value
    if value.type().is_floating():
        return Outcome(sound(values.over(sound(value).sum())))
    exact = values.over(_exact_sum(value.cast("int64"), values.dialect))
    fits = exact.between(-_LARGEST - 1, _LARGEST)
    wrong = ibis.ifelse(fits.fill_null(True), ibis.null("string"), error("sum is too large", exact))
    return Outcome(ibis.ifelse(fits, exact, ibis.null(exact.type())).cast("int64"), wrong)


def _exact_sum(value: Any, dialect: Dialect) -> Any:
    """The sum of whole numbers with 38 digits: DuckDB's has as many by itself, and is faster so."""
    kind = "int64" if dialect == "duckdb" else "decimal(28, 0)"
    return reduction("sum", (kind,), "decimal(38, 0)")(value.cast(kind))


def _mean(value: Any, values: Values) -> Any:
    """The mean; that of whole numbers comes of their exact sum."""
    if value.type().is_floating():
        return sound(values.over(value.mean()))
    whole = value.cast("int64")
    if values.dialect == "duckdb":
        return values.over(whole.mean())
    count = values.over(whole.count())
    return values.over(_exact_sum(whole, values.dialect)).cast("float64") / count.nullif(0)


def _quantile(value: Any, quantile: float, values: Values) -> Any:
    """A quantile with linear interpolation between neighbours: type 7 of Hyndman and Fan (1996), as in pandas and NumPy."""
    name = "quantile_cont" if values.dialect == "duckdb" else "percentile"
    found = values.over(reduction(name, ("float64", "float64"), "float64")(value.cast("float64"), quantile))
    return sound(found)


def _shape(kind: Aggregate, value: Any, values: Values) -> Any:
    """The adjusted skewness G1 or the adjusted excess kurtosis G2 (Joanes and Gill 1998), as pandas computes them.

    Of fewer than 3 (4) values there is none; of values that are all equal it is 0.
    """
    import ibis

    number = value.cast("float64")
    n = values.over(number.count()).cast("float64")
    if values.dialect == "duckdb":  # its own come of sums of powers, which say nothing of values far from 0
        away: Any = number - values.mean
        third = away * away * away
        second, power = values.over((away * away).mean()), values.over((third if kind == "skew" else third * away).mean())
        ratio = power / (second.sqrt() * second if kind == "skew" else second * second)
        ratio = ratio if kind == "skew" else ratio - 3
    else:
        ratio = values.over(reduction("skewness" if kind == "skew" else "kurtosis", ("float64",), "float64")(number))
    if kind == "skew":
        found, least = ratio * (n * (n - 1)).sqrt() / (n - 2).nullif(0), 3
    else:
        found, least = (n - 1) / ((n - 2) * (n - 3)).nullif(0) * ((n + 1) * ratio + 6), 4
    same = values.over(number.min()) == values.over(number.max())
    return ibis.cases((n < least, ibis.null("float64")), (same, ibis.literal(0.0)), else_=_finite(found))


def _list(value: Any, values: Values) -> Any:
    """The values that are there, in the order of the rows; missing without any."""
    import ibis

    there = value.notnull()
    if values.dialect == "duckdb":
        return values.over(value.collect(order_by=values.row, where=there))
    from workbench.byexample.native.binding import each, numbered

    pairs = ibis.struct({"r": values.row, "v": value}).collect(where=there)
    kind = str(pairs.type())
    from workbench.byexample.native.functions import function

    with numbered():
        found = each(function("sort_array", (kind,), kind)(values.over(pairs)), lambda pair: pair["v"])
    return ibis.ifelse(values.over(value.count()) == 0, ibis.null(found.type()), found)


def _finite(value: Any) -> Any:
    import ibis

    return ibis.ifelse(value.isnan() | (value.abs() > _LARGEST_DECIMAL), ibis.null("float64"), value)


@cache
def reduction(name: str, arguments: tuple[str, ...], result: str) -> Callable[..., Any]:
    """An aggregate function of the database as an Ibis function."""
    import ibis

    parameters = ", ".join(f"a{number}" for number in range(len(arguments)))
    scope: dict[str, Any] = {}
    # Ibis wants a function with as many named parameters as the signature has types.
    exec(f"def {name}({parameters}): ...", scope)  # noqa: S102 (the text is ours)
    declared: Callable[..., Any] = ibis.udf.agg.builtin(scope[name], name=name, signature=(arguments, result))
    return declared
