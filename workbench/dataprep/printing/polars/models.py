"""Steps that make columns ready for models."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.chance import divided, divided_by_value
from workbench.dataprep.printing.helpers.scales import binned, spread
from workbench.dataprep.printing.literals import POLARS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.models import cumulative, shifted
from workbench.dataprep.printing.polars.rows import stratum, tell_errors, valued
from workbench.dataprep.printing.polars.texts import as_text
from workbench.dataprep.steps import (
    Bin,
    DateParts,
    Impute,
    LabelEncode,
    MinMaxScale,
    OneHot,
    QuantileTransform,
    RobustScale,
    TextSize,
    TrainTestSplit,
    ZScore,
)
from workbench.dataprep.steps.models.dates import CYCLES, MONTHS, WEEKDAYS, DatePart
from workbench.dataprep.steps.models.scaling import Scaling
from workbench.dataprep.steps.rows.chance import bounds
from workbench.dataprep.steps.rows.conditions import typed


@prints(OneHot, "polars")
def _(step: OneHot, code: Code) -> None:
    tell_errors(code, step.column)
    kind = code.type(step.column)
    found = {name: code.value(typed(category, kind)) for name, category in step.targets(code.before).items()}
    categories = code.fresh("categories")
    code.line(f"{categories} = {{{', '.join(f'{text(name)}: {category}' for name, category in found.items())}}}")
    test = f"(pl.col({text(step.column)}) == category).fill_null(False).cast(pl.Int64)"
    code.line(f"for name, category in {categories}.items():\n    df = df.with_columns({test}.alias(name))")
    code.order()


@prints(LabelEncode, "polars")
def _(step: LabelEncode, code: Code) -> None:
    kind = code.type(step.column)
    if step.unknown == "minus_one":
        tell_errors(code, step.column)
    labels = "{" + ", ".join(f"{code.value(typed(label, kind))}: {at}" for at, label in enumerate(step.labels)) + "}"
    found = f"{valued(code, step.column)}.replace_strict({labels}, default=None, return_dtype=pl.Int64)"
    if step.unknown == "minus_one":
        found = f"pl.when({valued(code, step.column)}.is_not_null()).then({found}.fill_null(-1))"
    _set(code, step.target, found)
    code.order()


def _set(code: Code, name: str, expression: str) -> None:
    code.line(f"df = df.with_columns({expression}.alias({text(name)}))")


def _decimals(code: Code, name: str) -> str:
    return valued(code, name) if code.type(name) == "decimal" else f"pl.col({text(name)}).cast(pl.Float64)"


def _scaled(step: Scaling, code: Code, formulas: dict[str, str]) -> None:
    for name, formula in formulas.items():
        _set(code, step.target(name), f"({formula})")
    code.order()


@prints(MinMaxScale, "polars")
def _(step: MinMaxScale, code: Code) -> None:
    formulas = {}
    for name in step.columns:
        known = step.known[name]
        formula = shifted(_decimals(code, name), known.low, known.high - known.low or 1.0)
        formula += "" if step.high - step.low == 1 else f" * {step.high - step.low!r}"
        formula += "" if step.low == 0 else f" + {step.low!r}" if step.low > 0 else f" - {-step.low!r}"
        formulas[name] = f"({formula}).clip({step.low!r}, {step.high!r})" if step.clip else formula
    _scaled(step, code, formulas)


@prints(ZScore, "polars")
def _(step: ZScore, code: Code) -> None:
    known = step.known
    _scaled(step, code, {n: shifted(_decimals(code, n), known[n].mean, known[n].deviation or 1.0) for n in step.columns})


@prints(RobustScale, "polars")
def _(step: RobustScale, code: Code) -> None:
    known = step.known
    _scaled(
        step, code, {n: shifted(_decimals(code, n), known[n].median, known[n].upper - known[n].lower or 1.0) for n in step.columns}
    )


def _numbers(name: str) -> str:
    """The numbers of a column as a numpy array; missing ones are NaN."""
    return f"df[{text(name)}].cast(pl.Float64).to_numpy()"


@prints(QuantileTransform, "polars")
def _(step: QuantileTransform, code: Code) -> None:
    option = ", normal=True" if step.output == "normal" else ""
    for name in step.columns:
        found = f"{code.helper(spread)}({_numbers(name)}, {listing(step.known[name].values)}{option})"
        code.line(f"df = df.with_columns(pl.Series({text(step.target(name))}, {found}).fill_nan(None))")
    code.order()


@prints(Bin, "polars")
def _(step: Bin, code: Code) -> None:
    held = list(range(len(step.edges) - 1)) if step.numbered else list(step.names())
    option = "" if step.outside == "include" else ", beyond=False"
    found = f"{code.helper(binned)}({_numbers(step.column)}, {listing(step.edges)}, {listing(held)}{option})"
    code.line(f"df = df.with_columns(pl.Series({text(step.target)}, {found}, dtype=pl.{'Int64' if step.numbered else 'String'}))")
    code.order()


@prints(Impute, "polars")
def _(step: Impute, code: Code) -> None:
    tell_errors(code, *(one.column for one in step.columns), *step.by)
    groups = code.fresh("groups") if step.by else ""
    if step.by:
        code.line(f"{groups} = df.select({', '.join(valued(code, name) for name in step.by)}).rows()")
    lines = []
    for one in step.columns:
        kind = code.type(one.column)
        if step.indicator:
            _set(code, step.indicator_of(one.column), f"{valued(code, one.column)}.is_null().cast(pl.Int64)")
        known = [each for each in step.values if each.column == one.column]
        overall = one.value if one.method == "constant" else next(each.value for each in known if each.group is None)
        of_groups = [each for each in known if each.group is not None and one.method != "constant"]
        filled = code.value(typed(overall, kind), kind)
        if of_groups:
            listed = ", ".join(
                f"{stratum(code, step.by, each.group or ())}: {code.value(typed(each.value, kind))}" for each in of_groups
            )
            found = f"[{{{listed}}}.get(group, {code.value(typed(overall, kind))}) for group in {groups}]"
            filled = f"pl.Series({found}, dtype={POLARS_TYPES[kind]})"
        lines.append((one.column, f"{valued(code, one.column)}.fill_null({filled})"))
    for name, expression in lines:
        _set(code, name, expression)
    code.order()


@prints(DateParts, "polars")
def _(step: DateParts, code: Code) -> None:
    if any(part.endswith(("_sin", "_cos")) for part in step.parts):
        code.imports("import math")
    for name, part in step.targets().items():
        _set(code, name, _part(f"pl.col({text(step.column)})", part))
    code.order()


def _part(column: str, part: DatePart) -> str:
    base, _, shape = part.rpartition("_")
    if shape in {"sin", "cos"}:
        first, count = CYCLES[base]
        place = f"{column}.dt.{base}().cast(pl.Float64)"
        place = f"({place} - {first})" if first else place
        return f"(2 * math.pi * {place} / {count}).{shape}()"
    match part:
        case "is_weekend":
            return f"({column}.dt.weekday() >= 6)"
        case "iso_week":
            return f"{column}.dt.week().cast(pl.Int64)"
        case "iso_year":
            return f"{column}.dt.iso_year().cast(pl.Int64)"
        case "day_of_year":
            return f"{column}.dt.ordinal_day().cast(pl.Int64)"
        case "month_name" | "weekday_name":
            known = {at + 1: name for at, name in enumerate(MONTHS if part == "month_name" else WEEKDAYS)}
            return f"{column}.dt.{part.removesuffix('_name')}().replace_strict({value(known)}, return_dtype=pl.String)"
    return f"{column}.dt.{part}().cast(pl.Int64)"


@prints(TextSize, "polars")
def _(step: TextSize, code: Code) -> None:
    column = f"pl.col({text(step.column)})"
    for name, size in step.targets().items():
        found = {
            "characters": f"{column}.str.len_chars()",
            "words": f'{column}.str.count_matches(r"[^ \\t\\r\\n]+")',
            "lines": f'pl.when({column} == "").then(0).otherwise({column}.str.count_matches("\\n", literal=True) + 1)',
        }[size]
        _set(code, name, f"{found}.cast(pl.Int64)")
    code.order()


@prints(TrainTestSplit, "polars")
def _(step: TrainTestSplit, code: Code) -> None:
    made, seed = [part.name for part in step.parts], step.seed
    if step.by:
        texts = ", ".join(as_text(code, name, code.type(name)) for name in step.by)
        below = {name: high for name, (_, high) in zip(made, bounds([part.share for part in step.parts]), strict=True)}
        found = f"{code.helper(divided_by_value)}(df.select({texts}).iter_rows(), {value(below)}, {seed})"
    else:
        tell_errors(code, *step.stratify)
        strata = (
            f"df.select({', '.join(valued(code, name) for name in step.stratify)}).rows()" if step.stratify else "[()] * len(df)"
        )
        found = f"{code.helper(divided)}({strata}, {value(cumulative(step))}, {seed})"
    code.line(f"df = df.with_columns(pl.Series({text(step.into)}, {found}, dtype=pl.String))")
    code.order()
