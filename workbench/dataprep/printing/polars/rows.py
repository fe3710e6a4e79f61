"""Steps on rows."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, unique_name
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.chance import digests, drawn, drawn_by_stratum
from workbench.dataprep.printing.helpers.rows import kept, natural
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.printing.pandas.rows import part_test
from workbench.dataprep.printing.polars.conditions import condition
from workbench.dataprep.printing.polars.texts import WHITE, as_text, small_letters
from workbench.dataprep.steps import (
    Filter,
    FilterByExample,
    FirstRowAsHeaders,
    RandomSplit,
    RemoveDuplicates,
    RemoveEmptyColumns,
    RemoveEmptyRows,
    RemoveMissing,
    RowRange,
    Sample,
    Skip,
    Sort,
    SortKey,
    StratifiedSample,
    Top,
)
from workbench.dataprep.steps.rows.chance import share_text
from workbench.dataprep.steps.rows.conditions import typed


@prints(Filter, "polars")
def _(step: Filter, code: Code) -> None:
    parts = [condition(code, each) for each in step.conditions]
    if step.match == "all":
        whole = parts[0] if len(parts) == 1 else f"pl.all_horizontal({', '.join(parts)})"
    else:
        whole = parts[0] if len(parts) == 1 else f"pl.any_horizontal({', '.join(parts)})"
    code.line(f"df = df.filter({f'~{whole}' if step.action == 'remove' else whole})")


def valued(code: Code, name: str) -> str:
    """A column, where not a number is missing."""
    return f"pl.col({text(name)}).fill_nan(None)" if code.type(name) == "decimal" else f"pl.col({text(name)})"


def tell_errors(code: Code, *columns: str) -> None:
    """Errors and missing values are the same in a printed program: where they must be told apart, it cannot be printed."""
    if broken := [name for name in columns if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")


def _masked(chosen: str, action: str) -> str:
    """The rows for which a list of truth values says yes, or no."""
    mask = f"pl.Series({chosen}, dtype=pl.Boolean)"
    return f"df = df.filter({'~' if action == 'remove' else ''}{mask})"


@prints(FilterByExample, "polars")
def _(step: FilterByExample, code: Code) -> None:
    tell_errors(code, *step.columns)
    keep = code.define(step.load_filter().to_python(step.columns), "keep")
    texts = ", ".join(as_text(code, name, code.type(name)) for name in step.columns)
    code.line(_masked(f"{code.helper(kept)}({keep}, df.select({texts}).iter_rows())", step.action))


@prints(Sort, "polars")
def _(step: Sort, code: Code) -> None:
    ways = [key.descending for key in step.keys]
    keys = [_sorted_by(code, key) for key in step.keys]
    by = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
    options = "" if not any(ways) else f", descending={ways[0] if len(ways) == 1 else ways}"
    code.line(f"df = df.sort({by}{options}, nulls_last=True, maintain_order=True)")


def _sorted_by(code: Code, key: SortKey) -> str:
    """What rows are sorted by; not a number comes last, as what is missing."""
    kind = code.type(key.column)
    if kind == "decimal":
        return valued(code, key.column)
    shown = f"pl.col({text(key.column)})"
    if kind in TEXT and key.ignore_case:
        shown = small_letters(shown)
    if kind in TEXT and key.natural:
        shown = f"{shown}.map_elements({code.helper(natural)}, return_dtype=pl.String)"
    return text(key.column) if shown == f"pl.col({text(key.column)})" else shown


@prints(RemoveDuplicates, "polars")
def _(step: RemoveDuplicates, code: Code) -> None:
    chosen = list(step.columns) or code.names
    lowered = [name for name in chosen if step.ignore_case and code.type(name) in TEXT]
    decimals = [name for name in chosen if code.type(name) == "decimal"]
    if step.action == "keep" and not lowered and not decimals and step.keep in {"first", "last", "none"}:
        columns = f"{listing(step.columns)}, " if step.columns else ""
        code.line(f'df = df.unique({columns}keep="{step.keep}", maintain_order=True)')
        return
    keys = [small_letters(f"pl.col({text(name)})") if name in lowered else valued(code, name) for name in chosen]
    key = keys[0] if len(keys) == 1 else f"pl.struct({', '.join(keys)})"
    if step.keep in {"greatest", "least"}:
        down = ", descending=True" if step.keep == "greatest" else ""
        order, place = code.fresh("order"), unique_name("place", code.names)
        code.line(f"{order} = df.select(pl.arg_sort_by({valued(code, step.by)}{down}, nulls_last=True, maintain_order=True))")
        code.line(f"df = df.with_columns({order}.to_series().arg_sort().alias({text(place)}))")
        column = f"pl.col({text(place)})"
        sign = "!=" if step.action == "remove" else "=="
        code.line(f"df = df.filter({column} {sign} {column}.min().over({key})).drop({text(place)})")
        return
    found = {"first": "is_first_distinct", "last": "is_last_distinct", "none": "is_unique"}[step.keep]
    code.line(f"df = df.filter({'~' if step.action == 'remove' else ''}{key}.{found}())")


@prints(Top, "polars")
def _(step: Top, code: Code) -> None:
    code.line(f"df = df.head({step.count})")


@prints(Skip, "polars")
def _(step: Skip, code: Code) -> None:
    code.line(f"df = df.slice({step.count})")


@prints(RowRange, "polars")
def _(step: RowRange, code: Code) -> None:
    first, last = step.first - 1, step.last
    if step.action == "keep":
        code.line(f"df = df.slice({first})" if last is None else f"df = df.slice({first}, {last - first})")
    else:
        code.line(f"df = df.head({first})" if last is None else f"df = pl.concat([df.head({first}), df.slice({last})])")


@prints(Sample, "polars")
def _(step: Sample, code: Code) -> None:
    if step.count is not None:
        code.line(_masked(f"{code.helper(drawn)}(len(df), {step.count}, {step.seed})", step.action))
        return
    sign = "<" if step.action == "keep" else ">="
    code.line(f"df = df.filter({_digests(code, step.seed)} {sign} {text(share_text(step.fraction or 0))})")


@prints(StratifiedSample, "polars")
def _(step: StratifiedSample, code: Code) -> None:
    tell_errors(code, *step.by)
    shares = value(step.fraction)
    if step.strata:
        shares = "{" + ", ".join(f"{stratum(code, step.by, one.values)}: {one.fraction!r}" for one in step.strata) + "}"
    strata = f"df.select({', '.join(valued(code, name) for name in step.by)}).rows()"
    code.line(_masked(f"{code.helper(drawn_by_stratum)}({strata}, {shares}, {step.at_least}, {step.seed})", step.action))


def stratum(code: Code, by: tuple[str, ...], texts: tuple[str | None, ...]) -> str:
    """A group's values as a tuple."""
    values = ["None" if one is None else code.value(typed(one, code.type(name))) for name, one in zip(by, texts, strict=True)]
    return f"({', '.join(values)},)" if len(values) == 1 else f"({', '.join(values)})"


@prints(RandomSplit, "polars")
def _(step: RandomSplit, code: Code) -> None:
    chosen = code.fresh("chosen")
    code.line(f"{chosen} = [{part_test(step)} for random in {_digests(code, step.seed, plain=True)}]")
    code.line(_masked(chosen, "keep"))


def _digests(code: Code, seed: int, *, plain: bool = False) -> str:
    found = f"{code.helper(digests)}(len(df), {seed})"
    return found if plain else f"pl.Series({found}, dtype=pl.String)"


@prints(RemoveMissing, "polars")
def _(step: RemoveMissing, code: Code) -> None:
    chosen = list(step.columns) or code.names
    if step.what != "both":
        tell_errors(code, *chosen)
    if step.what == "errors":
        if step.action == "keep" and chosen:
            code.line("df = df.clear()")
        return
    if not step.blank and step.action == "remove" and step.match == "any" and not any(code.type(n) == "decimal" for n in chosen):
        code.line(f"df = df.drop_nulls({listing(step.columns) if step.columns else ''})")
        return
    found = [_empty(code, name, blank=step.blank) for name in chosen]
    whole = found[0] if len(found) == 1 else f"pl.{step.match}_horizontal({', '.join(found)})"
    code.line(f"df = df.filter({'~' if step.action == 'remove' else ''}{whole})")


def _empty(code: Code, name: str, *, blank: bool) -> str:
    missing = f"{valued(code, name)}.is_null()"
    if not blank or code.type(name) not in TEXT:
        return missing
    return f'({missing} | pl.col({text(name)}).str.strip_chars({WHITE}).eq_missing(pl.lit("")))'


@prints(RemoveEmptyRows, "polars")
def _(step: RemoveEmptyRows, code: Code) -> None:
    tell_errors(code, *code.names)
    found = ", ".join(_empty(code, name, blank=True) for name in code.names)
    code.line(f"df = df.filter({'~' if step.action == 'remove' else ''}pl.all_horizontal({found}))")


@prints(RemoveEmptyColumns, "polars")
def _(step: RemoveEmptyColumns, code: Code) -> None:
    if gone := [name for name in step.empty or () if name in code.names]:
        code.line(f"df = df.drop({listing(gone)})")


@prints(FirstRowAsHeaders, "polars")
def _(step: FirstRowAsHeaders, code: Code) -> None:
    code.line(f"df = df.slice({step.skip + 1})")
    code.line(f"df.columns = {listing(step.names)}")
