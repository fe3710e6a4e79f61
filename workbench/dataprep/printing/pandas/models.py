"""Steps that make columns ready for models."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.chance import divided, divided_by_value
from workbench.dataprep.printing.helpers.rows import rows_of
from workbench.dataprep.printing.helpers.scales import binned, spread
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.texts import as_text
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
from workbench.dataprep.steps.models.dates import CYCLES, DatePart
from workbench.dataprep.steps.models.scaling import Scaling
from workbench.dataprep.steps.rows.chance import bounds
from workbench.dataprep.steps.rows.conditions import typed


def no_errors(code: Code, *columns: str) -> None:
    """Errors and missing values are the same in a printed program: where they must be told apart, it cannot be printed."""
    if broken := [name for name in columns if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")


@prints(OneHot, "pandas")
def _(step: OneHot, code: Code) -> None:
    no_errors(code, step.column)
    kind = code.type(step.column)
    found = {name: code.value(typed(category, kind)) for name, category in step.targets(code.before).items()}
    listed = ", ".join(f"{text(name)}: {category}" for name, category in found.items())
    test = f"(df[{text(step.column)}] == category)" + (".fillna(False)" if kind in {"integer", "boolean", "time"} else "")
    categories = code.fresh("categories")
    code.line(f"{categories} = {{{listed}}}")
    code.line(f'for name, category in {categories}.items():\n    df[name] = {test}.astype("Int64")')
    code.order()


@prints(LabelEncode, "pandas")
def _(step: LabelEncode, code: Code) -> None:
    kind, column = code.type(step.column), f"df[{text(step.column)}]"
    if step.unknown == "minus_one":
        no_errors(code, step.column)
    labels = ", ".join(f"{code.value(typed(label, kind))}: {at}" for at, label in enumerate(step.labels))
    found = f'{column}.map({{{labels}}}).astype("Int64")'
    if step.unknown == "minus_one":
        found = f"{found}.fillna(-1).where({column}.notna())"
    code.line(f"df[{text(step.target)}] = {found}")
    code.order()


def decimals(code: Code, name: str) -> str:
    """A column of numbers as decimals."""
    return f"df[{text(name)}]" if code.type(name) == "decimal" else f'df[{text(name)}].astype("float64")'


def _scaled(step: Scaling, code: Code, formulas: dict[str, str]) -> None:
    for name, formula in formulas.items():
        code.line(f"df[{text(step.target(name))}] = {formula}")
    code.order()


def shifted(start: str, low: float, width: float) -> str:
    """An expression less a number, divided by another."""
    less = start if low == 0 else f"({start} - {low!r})" if low > 0 else f"({start} + {-low!r})"
    return less if width == 1 else f"{less} / {width!r}"


@prints(MinMaxScale, "pandas")
def _(step: MinMaxScale, code: Code) -> None:
    formulas = {}
    for name in step.columns:
        known = step.known[name]
        formula = shifted(decimals(code, name), known.low, known.high - known.low or 1.0)
        formula += "" if step.high - step.low == 1 else f" * {step.high - step.low!r}"
        formula += "" if step.low == 0 else f" + {step.low!r}" if step.low > 0 else f" - {-step.low!r}"
        formulas[name] = f"({formula}).clip({step.low!r}, {step.high!r})" if step.clip else formula
    _scaled(step, code, formulas)


@prints(ZScore, "pandas")
def _(step: ZScore, code: Code) -> None:
    known = step.known
    _scaled(step, code, {n: shifted(decimals(code, n), known[n].mean, known[n].deviation or 1.0) for n in step.columns})


@prints(RobustScale, "pandas")
def _(step: RobustScale, code: Code) -> None:
    known = step.known
    _scaled(
        step, code, {n: shifted(decimals(code, n), known[n].median, known[n].upper - known[n].lower or 1.0) for n in step.columns}
    )


@prints(QuantileTransform, "pandas")
def _(step: QuantileTransform, code: Code) -> None:
    option = ", normal=True" if step.output == "normal" else ""
    formulas = {
        name: f"{code.helper(spread)}({decimals(code, name)}, {listing(step.known[name].values)}{option})" for name in step.columns
    }
    _scaled(step, code, formulas)


@prints(Bin, "pandas")
def _(step: Bin, code: Code) -> None:
    held = list(range(len(step.edges) - 1)) if step.numbered else list(step.names())
    option = "" if step.outside == "include" else ", beyond=False"
    found = f"{code.helper(binned)}({decimals(code, step.column)}, {listing(step.edges)}, {listing(held)}{option})"
    code.line(f'df[{text(step.target)}] = pd.Series({found}, index=df.index, dtype="{"Int64" if step.numbered else "str"}")')
    code.order()


@prints(Impute, "pandas")
def _(step: Impute, code: Code) -> None:
    no_errors(code, *(one.column for one in step.columns), *step.by)
    groups = code.fresh("groups") if step.by else ""
    if step.by:
        code.line(f"{groups} = {code.helper(rows_of)}(df[{listing(step.by)}])")
    lines = []
    for one in step.columns:
        column, kind = f"df[{text(one.column)}]", code.type(one.column)
        if step.indicator:
            code.line(f'df[{text(step.indicator_of(one.column))}] = {column}.isna().astype("Int64")')
        known = [each for each in step.values if each.column == one.column]
        overall = one.value if one.method == "constant" else next(each.value for each in known if each.group is None)
        filled = code.value(typed(overall, kind))
        of_groups = [each for each in known if each.group is not None and one.method != "constant"]
        if of_groups:
            listed = ", ".join(
                f"{group_key(code, step, each.group or ())}: {code.value(typed(each.value, kind))}" for each in of_groups
            )
            found = f"[{{{listed}}}.get(group, {filled}) for group in {groups}]"
            filled = f'pd.Series({found}, index=df.index, dtype="{PANDAS_TYPES[kind]}")'
        lines.append(f"{column} = {column}.fillna({filled})")
    for line in lines:
        code.line(line)
    code.order()


def group_key(code: Code, step: Impute, texts: tuple[str | None, ...]) -> str:
    """A group's values as a tuple."""
    values = ["None" if one is None else code.value(typed(one, code.type(name))) for name, one in zip(step.by, texts, strict=True)]
    return f"({', '.join(values)},)" if len(values) == 1 else f"({', '.join(values)})"


@prints(DateParts, "pandas")
def _(step: DateParts, code: Code) -> None:
    for name, part in step.targets().items():
        code.line(f"df[{text(name)}] = {_part(code, f'df[{text(step.column)}]', part)}")
    code.order()


def _part(code: Code, column: str, part: DatePart) -> str:
    base, _, shape = part.rpartition("_")
    if shape in {"sin", "cos"}:
        code.imports("import numpy as np")
        first, count = CYCLES[base]
        place = {"weekday": f"{column}.dt.day_of_week"}.get(
            base, f"{column}.dt.{base}" if not first else f"({column}.dt.{base} - {first})"
        )
        return f'np.{shape}(2 * np.pi * {place} / {count}).astype("float64")'
    match part:
        case "weekday":
            return f'({column}.dt.day_of_week + 1).astype("Int64")'
        case "is_weekend":
            return f'(({column}.dt.day_of_week >= 5).astype("boolean")).where({column}.notna())'
        case "iso_year" | "iso_week":
            return f'{column}.dt.isocalendar()["{part.removeprefix("iso_")}"].astype("Int64")'
        case "month_name" | "weekday_name":
            return f'{column}.dt.{"month_name" if part == "month_name" else "day_name"}().astype("str")'
        case "day_of_year":
            return f'{column}.dt.day_of_year.astype("Int64")'
    return f'{column}.dt.{part}.astype("Int64")'


@prints(TextSize, "pandas")
def _(step: TextSize, code: Code) -> None:
    column = f"df[{text(step.column)}]"
    for name, size in step.targets().items():
        found = {
            "characters": f"{column}.str.len()",
            "words": f'{column}.str.count(r"[^ \\t\\r\\n]+")',
            "lines": f'({column}.str.count("\\n") + 1).mask({column}.isin([""]), 0)',
        }[size]
        code.line(f'df[{text(name)}] = {found}.astype("Int64")')
    code.order()


@prints(TrainTestSplit, "pandas")
def _(step: TrainTestSplit, code: Code) -> None:
    made, seed = [part.name for part in step.parts], step.seed
    if step.by:
        texts = ", ".join(f"{text(name)}: {as_text(code, name, code.type(name))}" for name in step.by)
        below = {name: high for name, (_, high) in zip(made, bounds([part.share for part in step.parts]), strict=True)}
        rows = f"{code.helper(rows_of)}(pd.DataFrame({{{texts}}}))"
        found = f"{code.helper(divided_by_value)}({rows}, {value(below)}, {seed})"
    else:
        no_errors(code, *step.stratify)
        strata = f"{code.helper(rows_of)}(df[{listing(step.stratify)}])"
        found = f"{code.helper(divided)}({strata}, {value(cumulative(step))}, {seed})"
    code.line(f'df[{text(step.into)}] = pd.Series({found}, index=df.index, dtype="str")')
    code.order()


def cumulative(step: TrainTestSplit) -> dict[str, float]:
    """Up to which share each part goes."""
    whole, passed = sum(part.share for part in step.parts), 0.0
    found = {}
    for part in step.parts:
        passed += part.share
        found[part.name] = passed / whole
    return found
