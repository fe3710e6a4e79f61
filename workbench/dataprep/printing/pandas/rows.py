"""Steps on rows."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.chance import digests, drawn, drawn_by_stratum
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.helpers.rows import empty_cells, kept, natural, rows_of, small
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.printing.pandas.conditions import condition
from workbench.dataprep.printing.pandas.texts import as_text
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
from workbench.dataprep.steps.rows.chance import bounds, share_text
from workbench.dataprep.steps.rows.conditions import typed


@prints(Filter, "pandas")
def _(step: Filter, code: Code) -> None:
    sign = " & " if step.match == "all" else " | "
    parts = [condition(code, each) for each in step.conditions]
    whole = sign.join(parts)
    if step.action == "remove":
        whole = f"~({whole})" if len(parts) > 1 or not parts[0].startswith("df") else f"~{whole}"
    code.line(f"df = df[{whole}]")


@prints(FilterByExample, "pandas")
def _(step: FilterByExample, code: Code) -> None:
    if broken := [name for name in step.columns if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    keep = code.define(step.load_filter().to_python(step.columns), "keep")
    columns = ", ".join(f"{text(name)}: {as_text(code, name, code.type(name))}" for name in step.columns)
    chosen = code.fresh("chosen")
    code.line(f"{chosen} = {code.helper(kept)}({keep}, {code.helper(rows_of)}(pd.DataFrame({{{columns}}})))")
    code.line(_masked(chosen, step.action, plain_list=True))


@prints(Sort, "pandas")
def _(step: Sort, code: Code) -> None:
    columns = [key.column for key in step.keys]
    ways = [not key.descending for key in step.keys]
    options = "" if all(ways) else f", ascending={ways[0] if len(ways) == 1 else ways}"
    if any((key.natural or key.ignore_case) and code.type(key.column) in TEXT for key in step.keys):
        keys = ", ".join(f"{at}: {_compared(code, key)}" for at, key in enumerate(step.keys))
        by = list(range(len(columns)))
        order = f'pd.DataFrame({{{keys}}}).sort_values({by}{options}, kind="stable").index'
        code.line(f"df = df.loc[{order}]")
        return
    by_names = text(columns[0]) if len(columns) == 1 else listing(columns)
    code.line(f'df = df.sort_values({by_names}{options}, kind="stable")')


def _compared(code: Code, key: SortKey) -> str:
    """What texts are sorted by."""
    column = f"df[{text(key.column)}]"
    if code.type(key.column) not in TEXT:
        return column
    for wanted, function in ((key.ignore_case, small), (key.natural, natural)):
        if wanted:
            column = f'{code.helper(converted)}({column}, {code.helper(function)}, "str")'
    return column


@prints(RemoveDuplicates, "pandas")
def _(step: RemoveDuplicates, code: Code) -> None:
    chosen = list(step.columns) if step.columns else names(code.before)
    frame = f"df[{listing(chosen)}]" if step.columns else "df"
    nested = [name for name in chosen if code.type(name) in {"struct", "list"}]
    lowered = [name for name in chosen if step.ignore_case and code.type(name) in TEXT]
    if nested:
        frame = f"df[{listing(chosen)}].map(str)"
    if lowered:
        made = (f'{text(name)}: {code.helper(converted)}(df[{text(name)}], {code.helper(small)}, "str")' for name in lowered)
        frame = f"{frame}.assign(**{{{', '.join(made)}}})"
    if step.keep in {"greatest", "least"}:
        kept_rows = code.fresh("kept")
        ascending = ", ascending=False" if step.keep == "greatest" else ""
        key = code.fresh("key")
        code.line(f'{key} = df[{text(step.by)}].sort_values({ascending.lstrip(", ")}{", " if ascending else ""}kind="stable")')
        code.line(f"{kept_rows} = {frame}.loc[{key}.index].drop_duplicates().index")
        code.line(f"df = df[{'~' if step.action == 'remove' else ''}df.index.isin({kept_rows})]")
        return
    option = {"first": "", "last": 'keep="last"', "none": "keep=False"}[step.keep]
    if nested or lowered or step.action == "remove":
        code.line(f"df = df[{'' if step.action == 'remove' else '~'}{frame}.duplicated({option})]")
        return
    arguments = ", ".join(filter(None, [listing(step.columns) if step.columns else "", option]))
    code.line(f"df = df.drop_duplicates({arguments})")


@prints(Top, "pandas")
def _(step: Top, code: Code) -> None:
    code.line(f"df = df.head({step.count})")


@prints(Skip, "pandas")
def _(step: Skip, code: Code) -> None:
    code.line(f"df = df.iloc[{step.count}:]")


@prints(RowRange, "pandas")
def _(step: RowRange, code: Code) -> None:
    span = f"{step.first - 1 or ''}:{'' if step.last is None else step.last}"
    code.line(f"df = df.iloc[{span}]" if step.action == "keep" else f"df = df.drop(df.index[{span}])")


@prints(Sample, "pandas")
def _(step: Sample, code: Code) -> None:
    if step.count is not None:
        code.line(_masked(f"{code.helper(drawn)}(len(df), {step.count}, {step.seed})", step.action, plain_list=True))
        return
    sign = "<" if step.action == "keep" else ">="
    code.line(f"df = df[[random {sign} {text(share_text(step.fraction or 0))} for random in {_digests(code, step.seed)}]]")


@prints(StratifiedSample, "pandas")
def _(step: StratifiedSample, code: Code) -> None:
    shares = value(step.fraction)
    if step.strata:
        shares = "{" + ", ".join(f"{_stratum(code, step, one.values)}: {one.fraction!r}" for one in step.strata) + "}"
    if broken := [name for name in step.by if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    strata = f"{code.helper(rows_of)}(df[{listing(step.by)}])"
    code.line(
        _masked(f"{code.helper(drawn_by_stratum)}({strata}, {shares}, {step.at_least}, {step.seed})", step.action, plain_list=True)
    )


def _stratum(code: Code, step: StratifiedSample, texts: tuple[str | None, ...]) -> str:
    values = ["None" if one is None else code.value(typed(one, code.type(name))) for name, one in zip(step.by, texts, strict=True)]
    return f"({', '.join(values)},)" if len(values) == 1 else f"({', '.join(values)})"


@prints(RandomSplit, "pandas")
def _(step: RandomSplit, code: Code) -> None:
    code.line(f"df = df[[{part_test(step)} for random in {_digests(code, step.seed)}]]")


def part_test(step: RandomSplit) -> str:
    """Whether the text `random` is one of the part's."""
    low, high = bounds([part.share for part in step.parts])[[part.name for part in step.parts].index(step.part)]
    found = (
        f"random < {text(high)}"
        if not low
        else f"random >= {text(low)}"
        if high == "g"
        else f"{text(low)} <= random < {text(high)}"
    )
    return found if step.action == "keep" else f"not {found}"


def _digests(code: Code, seed: int) -> str:
    return f"{code.helper(digests)}(len(df), {seed})"


def _masked(chosen: str, action: str, *, plain_list: bool = False) -> str:
    if action == "keep":
        return f"df = df[{chosen}]"
    return f"df = df[[not one for one in {chosen}]]" if plain_list else f"df = df[~{chosen}]"


@prints(RemoveMissing, "pandas")
def _(step: RemoveMissing, code: Code) -> None:
    chosen = list(step.columns) or code.names
    broken = [name for name in chosen if name in code.errors]
    if broken and (step.what != "both"):
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    frame = f"df[{listing(chosen)}]" if step.columns else "df"
    if step.what == "errors":
        if (step.action == "keep") == bool(chosen):
            code.line("df = df.head(0)")
        return
    cells = f"{frame}.isna()"
    if step.blank:
        cells = f"{code.helper(empty_cells)}({frame})"
    elif step.action == "remove":
        subset = [f"subset={listing(chosen)}"] if step.columns else []
        options = ", ".join([*subset, *(['how="all"'] if step.match == "all" else [])])
        code.line(f"df = df.dropna({options})")
        return
    code.line(f"df = df[{'~' if step.action == 'remove' else ''}{cells}.{step.match}(axis=1)]")


@prints(RemoveEmptyRows, "pandas")
def _(step: RemoveEmptyRows, code: Code) -> None:
    if broken := [name for name in code.names if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    code.line(f"df = df[{'~' if step.action == 'remove' else ''}{code.helper(empty_cells)}(df).all(axis=1)]")


@prints(RemoveEmptyColumns, "pandas")
def _(step: RemoveEmptyColumns, code: Code) -> None:
    if gone := [name for name in step.empty or () if name in code.names]:
        code.line(f"df = df.drop(columns={listing(gone)})")


@prints(FirstRowAsHeaders, "pandas")
def _(step: FirstRowAsHeaders, code: Code) -> None:
    code.line(f"df = df.iloc[{step.skip + 1}:].set_axis({listing(step.names)}, axis=1)")
