"""Steps that bring tables together or reshape them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.dataprep.columns import TEXT, ColumnInfo, Schema, find, names, unique_name
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.rows import natural
from workbench.dataprep.printing.helpers.totals_polars import (
    difference,
    finite,
    kurtosis,
    rolling_count,
    rolling_mean,
    rolling_total,
    running_mean,
    running_total,
    skewness,
    total,
    whole,
)
from workbench.dataprep.printing.literals import listing, polars_type, text
from workbench.dataprep.printing.polars.texts import as_text, small_letters
from workbench.dataprep.steps import (
    AppendColumns,
    AppendRows,
    FuzzyJoin,
    Join,
    Measure,
    Pivot,
    SortKey,
    Summarize,
    Transpose,
    Unpivot,
    Window,
    WindowMeasure,
)
from workbench.dataprep.steps.tables.similarity import partners
from workbench.dataprep.steps.tables.widening import NESTED, widest

_BLANKS = r'r"[ \t\n\x0b\f\r\x{a0}\x{3000}\x{2000}-\x{200a}]+"'


def _column(name: str) -> str:
    return f"pl.col({text(name)})"


def _sound(name: str, type_: str) -> str:
    """A column without not-a-number."""
    return f"{_column(name)}.fill_nan(None)" if type_ == "decimal" else _column(name)


def _as(code: Code, name: str, from_: ColumnInfo, to: ColumnInfo) -> str:
    """A column in a wider type."""
    if from_.type == to.type:
        return _column(name)
    if to.type == "string":
        return as_text(code, name, from_.type)
    return f"{_column(name)}.cast({polars_type(to)})"


def _named(expression: str, name: str) -> str:
    return text(name) if expression == _column(name) else f"{expression}.alias({text(name)})"


# -- join


@prints(Join, "polars")
def _(step: Join, code: Code) -> None:
    other = code.other_schema(step.other)
    taken = list(code.names if step.left_columns is None else step.left_columns)
    keys = [] if step.how == "cross" else [(code.column(key.left), _known(code, other, key.right)) for key in step.keys]
    if step.match_missing and any(left.name in code.errors for left, _ in keys):
        code.cannot("Keys may hold error cells, which are missing values there.")
    if any(NESTED & {left.type, right.type} for left, right in keys):
        code.cannot("Records and lists cannot be keys.")
    wanted = (
        list(step.right_columns)
        if step.right_columns is not None
        else [c.name for c in other if c.name not in {k.name for _, k in keys}]
    )
    sides = {"left_anti": ("df", code.other(step.other)), "right_anti": (code.other(step.other), "df")}
    used = [*code.names, *names(other), *names(code.after)]
    own: list[tuple[str, str]] = []
    their: list[tuple[str, str]] = []
    for left, right in keys:
        first, second = _comparable(code, step, left, right)
        own.append((unique_name(f"key {len(own) + 1}", used), first))
        their.append((unique_name(f"other key {len(their) + 1}", used), second))
    added = ", ".join(f"{expression}.alias({text(name)})" for name, expression in own)
    beside = ", ".join(f"{expression}.alias({text(name)})" for name, expression in their)
    on = f"left_on={listing(n for n, _ in own)}, right_on={listing(n for n, _ in their)}"
    nulls = ", nulls_equal=True" if step.match_missing else ""
    if step.how in sides:
        mine, partner = sides[step.how]
        if step.how == "right_anti":
            added, beside = beside, added
            on = f"left_on={listing(n for n, _ in their)}, right_on={listing(n for n, _ in own)}"
        code.line(
            f'df = {mine}.with_columns({added}).join({partner}.select({beside}), {on}, how="anti"{nulls}, maintain_order="left")'
        )
        code.line(f"df = df.select({listing(names(code.after))})")
        return
    results = names(code.after)[len(taken) :]
    renamed = [text(old) if old == new else f"{_column(old)}.alias({text(new)})" for old, new in zip(wanted, results, strict=True)]
    coalesced = [name for name in taken if name in {left.name for left, _ in keys} and step.how in {"right", "full", "full_anti"}]
    held: dict[str, str] = {}
    for left, right in keys:
        if left.name in coalesced and left.name not in held:
            held[left.name] = unique_name(f"other {left.name}", [*used, *held.values()])
            common = widest([left, right])
            renamed.append(f"{_as(code, right.name, right, common)}.alias({text(held[left.name])})")
    chosen = ", ".join(filter(None, [*renamed, beside]))
    own_columns = ", ".join(filter(None, [*map(text, taken), added]))
    if step.how == "cross":
        mine = "df" if taken == code.names else f"df.select({own_columns})"
        code.line(f'df = {mine}.join({code.other(step.other)}.select({chosen}), how="cross", maintain_order="left_right")')
        return
    partner = f"{code.other(step.other)}.select({chosen})"
    if step.how in {"inner", "left"}:
        code.line(f"df = df.select({own_columns})")
        code.line(f'df = df.join({partner}, {on}, how={text(step.how)}{nulls}, maintain_order="left_right")')
    else:
        here, there = unique_name("here", used), unique_name("there", used)
        code.line(f"df = df.select({own_columns}, pl.lit(True).alias({text(here)}))")
        code.line(
            f"df = df.join({partner}.with_columns(pl.lit(True).alias({text(there)})), {on}, "
            f'how="full"{nulls}, maintain_order="left_right")'
        )
        if step.how == "right":
            code.line(f"df = df.filter({_column(there)})")
        elif step.how == "full_anti":
            code.line(f"df = df.filter({_column(here)}.is_null() | {_column(there)}.is_null())")
        for left, right in keys:
            if left.name in coalesced and left.name in held:
                both = _as(code, left.name, left, widest([left, right]))
                code.line(f"df = df.with_columns(pl.coalesce({both}, {text(held.pop(left.name))}).alias({text(left.name)}))")
    code.line(f"df = df.select({listing(names(code.after))})")


def _known(code: Code, schema: Schema, name: str) -> ColumnInfo:
    found = find(schema, name)
    if found is None:
        code.cannot(f"There is no column {name}.")
    return found


def _comparable(code: Code, step: Join, left: ColumnInfo, right: ColumnInfo) -> tuple[str, str]:
    """Two key columns as expressions that can be compared."""
    kinds = {left.type, right.type}
    if kinds == {"decimal"}:
        return _sound(left.name, "decimal"), _sound(right.name, "decimal")
    if kinds == {"integer", "decimal"}:
        first, second = (
            f"{code.helper(whole)}({_column(c.name)})" if c.type == "decimal" else _column(c.name) for c in (left, right)
        )
        return first, second
    if kinds == {"date", "timestamp"}:
        first, second = (f'{_column(c.name)}.cast(pl.Datetime("us"))' for c in (left, right))
        return first, second
    if len(kinds) == 1 and not kinds & TEXT:
        return _column(left.name), _column(right.name)
    texts = []
    for column in (left, right):
        shown = as_text(code, column.name, column.type)
        if step.ignore_blanks:
            shown = f'{shown}.str.replace_all({_BLANKS}, " ").str.strip_chars(" ")'
        if step.ignore_case:
            shown = small_letters(shown)
        texts.append(shown)
    return texts[0], texts[1]


@prints(FuzzyJoin, "polars")
def _(step: FuzzyJoin, code: Code) -> None:
    other = code.other_schema(step.other)
    right = _known(code, other, step.right)
    results = names(code.after)
    used = [*code.names, *names(other), *results]
    key, partner = unique_name("key", used), unique_name("partner", used)
    score = step.score_column or unique_name("score", used)
    shown = results[len(code.names) + bool(step.score_column) :]
    renamed = [
        text(old.name) if old.name == new else f"{_column(old.name)}.alias({text(new)})"
        for old, new in zip(other, shown, strict=True)
    ]
    frame, mine, theirs, pairs = (code.fresh(name) for name in ("other", "texts", "others", "pairs"))
    code.line(f"df = df.with_columns({as_text(code, step.left, code.type(step.left))}.alias({text(key)}))")
    renamed.append(f"{as_text(code, right.name, right.type)}.alias({text(partner)})")
    code.line(f"{frame} = {code.other(step.other)}.select({', '.join(renamed)})")
    code.line(f'{frame} = {frame}.drop_nulls({text(partner)}).unique({text(partner)}, keep="first", maintain_order=True)')
    code.line(f"{mine} = df[{text(key)}].drop_nulls().unique(maintain_order=True).to_list()")
    code.line(f"{theirs} = {frame}[{text(partner)}].to_list()")
    code.line(f"{pairs} = {code.helper(partners)}({mine}, {theirs}, {step.threshold!r}, {text(step.likeness)})")
    schema = f"{{{text(key)}: pl.String, {text(partner)}: pl.String, {text(score)}: pl.Float64}}"
    code.line(f'{pairs} = pl.DataFrame({pairs}, schema={schema}, orient="row")')
    how = text(step.how)
    code.line(f'df = df.join({pairs}, on={text(key)}, how={how}, maintain_order="left")')
    code.line(f'df = df.join({frame}, on={text(partner)}, how={how}, maintain_order="left")')
    code.line(f"df = df.select({listing(results)})")


# -- append


@prints(AppendRows, "polars")
def _(step: AppendRows, code: Code) -> None:
    schemas = [code.before, *(code.other_schema(other) for other in step.tables)]
    columns = step._columns(schemas)  # noqa: SLF001 (the same arrangement)
    source = names(code.after)[0] if step.source_column else ""
    frames = ["df", *(code.other(other) for other in step.tables)]
    parts = []
    for number, frame in enumerate(frames):
        values = [f"pl.lit({text(step._names()[number])}).alias({text(source)})"] if source else []  # noqa: SLF001
        for name, infos in columns.items():
            common, info = widest([info for info in infos if info is not None]), infos[number]
            if info is None:
                values.append(f"pl.lit(None, dtype={polars_type(common)}).alias({text(name)})")
            else:
                shown = _as(code, info.name, info, common)
                values.append(text(name) if shown == _column(name) else f"{shown}.alias({text(name)})")
        parts.append(f"{frame}.select({', '.join(values)})")
    code.line(f"df = pl.concat([{', '.join(parts)}])")


@prints(AppendColumns, "polars")
def _(step: AppendColumns, code: Code) -> None:
    frames = ", ".join(["df", *(code.other(other) for other in step.tables)])
    code.line(f'df = pl.concat([{frames}], how="horizontal_extend")')


# -- summarize


@prints(Summarize, "polars")
def _(step: Summarize, code: Code) -> None:
    if broken := [name for name in step.by if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    by = ", ".join(_named(_sound(name, code.type(name)), name) for name in step.by)
    values = [_measured(code, measure) for measure in step.measures]
    results = names(code.after)[len(code.names) :] if step.join_back else [measure.result for measure in step.measures]
    if step.join_back:
        over = f".over({by})" if by else ""
        made = ", ".join(f"{value}{over}.alias({text(name)})" for value, name in zip(values, results, strict=True))
        code.line(f"df = df.with_columns({made})")
        return
    made = ", ".join(f"{value}.alias({text(name)})" for value, name in zip(values, results, strict=True))
    code.line(f"df = df.group_by({by}, maintain_order=True).agg({made})" if by else f"df = df.select({made})")


def _measured(code: Code, measure: Measure, only: str = "") -> str:
    """An aggregate as an expression of a group; `only`: of the rows where this is true."""
    if not measure.column or measure.aggregate == "rows":
        return f"({only}).sum().cast(pl.Int64)" if only else "pl.len().cast(pl.Int64)"
    type_ = code.type(measure.column)
    column = _sound(measure.column, type_) + (f".filter({only})" if only else "")
    if measure.column in code.errors and measure.aggregate in {"errors", "missing_share"}:
        code.cannot(f"{measure.column} may hold error cells, which are missing values there.")
    match measure.aggregate:
        case "count":
            return f"{column}.count().cast(pl.Int64)"
        case "sum" if type_ == "decimal":
            return f"pl.when({column}.count() > 0).then({column}.sum().fill_nan(None))"
        case "sum":
            return f"{code.helper(total)}({column})"
        case "mean":
            return f"{column}.mean()" + (".fill_nan(None)" if type_ == "decimal" else "")
        case "min" | "max" | "median":
            return f"{column}.{measure.aggregate}()"
        case "quantile":
            return f'{column}.quantile({measure.quantile!r}, interpolation="linear")'
        case "std" | "variance":
            return f"{code.helper(finite)}({column}.{'std' if measure.aggregate == 'std' else 'var'}())"
        case "skew":
            return f"{code.helper(skewness)}({column})"
        case "kurtosis":
            return f"{code.helper(kurtosis)}({column})"
        case "distinct":
            return f"{column}.drop_nulls().n_unique().cast(pl.Int64)"
        case "mode":
            return f"{column}.drop_nulls().mode(maintain_order=True).first()"
        case "first" | "last":
            return f"{column}.drop_nulls().{measure.aggregate}()"
        case "list":
            return f"pl.when({column}.count() > 0).then({column}.drop_nulls().implode())"
        case "text":
            shown = as_text(code, measure.column, type_) + (f".filter({only})" if only else "")
            return f"pl.when({column}.count() > 0).then({shown}.str.join({text(measure.separator)}))"
        case "errors":
            return "pl.lit(0, dtype=pl.Int64)"
        case _:
            return f"{column}.is_null().mean()"


# -- pivot, unpivot, transpose


@prints(Pivot, "polars")
def _(step: Pivot, code: Code) -> None:
    if broken := [name for name in (*step.by, step.names_from) if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    type_ = code.type(step.names_from)
    values = []
    for column in step.columns:
        if column.value is None:
            only = f"{_sound(step.names_from, type_)}.is_null()"
        elif type_ == "decimal":
            only = f"{_column(step.names_from)} == {float(column.value)!r}"
        else:
            only = f"{as_text(code, step.names_from, type_)} == {text(column.value)}"
        values.append(f"{_measured(code, step._measure, only)}.alias({text(column.name)})")  # noqa: SLF001 (the same measure)
    made = ", ".join(values)
    by = ", ".join(_named(_sound(name, code.type(name)), name) for name in step.by)
    code.line(f"df = df.group_by({by}, maintain_order=True).agg({made})" if by else f"df = df.select({made})")


@prints(Unpivot, "polars")
def _(step: Unpivot, code: Code) -> None:
    columns = [code.column(name) for name in dict.fromkeys(step.columns)]
    if step.drop_missing and any(column.name in code.errors for column in columns):
        code.cannot("Some of the columns may hold error cells, which are missing values there.")
    common = widest(columns)
    row = unique_name("row", [*code.names, *names(code.after)])
    changed = [_named(_as(code, column.name, column, common), column.name) for column in columns if column.type != common.type]
    if changed:
        code.line(f"df = df.with_columns({', '.join(changed)})")
    kept = [name for name in code.names if name not in step.columns]
    options = f"variable_name={text(step.names_to)}, value_name={text(step.values_to)}"
    code.line(
        f"df = df.with_row_index({text(row)}).unpivot({listing(c.name for c in columns)}, index={listing([row, *kept])}, {options})"
    )
    code.line(f"df = df.sort({text(row)}, maintain_order=True).drop({text(row)})")
    if step.drop_missing:
        value = _sound(step.values_to, common.type)
        code.line(f"df = df.filter({value}.is_not_null())")


@prints(Transpose, "polars")
def _(step: Transpose, code: Code) -> None:
    columns = [column for column in code.before if column.name != step.names_from]
    common, count = widest(columns), len(step.columns)
    values = ", ".join(_named(_as(code, column.name, column, common), column.name) for column in columns)
    code.line(f"df = df.select({values})")
    code.line(f"df = pl.concat([df, df.clear({count})]).head({count})")
    code.line(f"df = df.transpose(include_header=True, header_name={text(step.names_to)}, column_names={listing(step.columns)})")


# -- window


@prints(Window, "polars")
def _(step: Window, code: Code) -> None:
    if broken := [name for name in (*step.by, *(key.column for key in step.order)) if name in code.errors and name in step.by]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    results = names(code.after)[len(code.names) :]
    used = [*code.names, *results]
    row, number = unique_name("row", used), unique_name("number", used)
    keys = [_ordered(code, key) for key in step.order]
    if keys:
        ways = [key.descending for key in step.order]
        options = f"descending={ways}, nulls_last=True, maintain_order=True"
        code.line(f"df = df.with_row_index({text(row)}).sort([{', '.join(keys)}], {options})")
    by = ", ".join(_sound(name, code.type(name)) for name in step.by)
    over = f".over({by})" if by else ""
    ranked = any(measure.function in {"rank", "percent_rank", "dense_rank"} for measure in step.measures) and keys
    if ranked:
        code.line(f"df = df.with_columns(pl.int_range(1, pl.len() + 1){over}.alias({text(number)}))")
    ties = ", ".join(filter(None, [by, *keys]))
    rank = f"pl.col({text(number)}).min().over({ties})" if keys else ""
    values = []
    for measure, name in zip(step.measures, results, strict=True):
        value = _windowed(code, measure, rank, keys, over)
        values.append(f"{value}.alias({text(name)})")
    code.line(f"df = df.with_columns({', '.join(values)})")
    gone = [*([number] if ranked else []), *([row] if keys else [])]
    if keys:
        code.line(f"df = df.sort({text(row)}).drop({listing(gone)})")


def _ordered(code: Code, key: SortKey) -> str:
    if code.type(key.column) in TEXT and (key.ignore_case or key.natural):
        shown = _column(key.column)
        shown = small_letters(shown) if key.ignore_case else shown
        return f"{shown}.map_elements({code.helper(natural)}, return_dtype=pl.String)" if key.natural else shown
    return _sound(key.column, code.type(key.column))


def _windowed(code: Code, measure: WindowMeasure, rank: str, keys: Sequence[str], over: str) -> str:
    """A function of a window as an expression."""
    place = "pl.int_range(1, pl.len() + 1)"
    match measure.function:
        case "row_number":
            return f"{place}{over}"
        case "rank":
            return rank or f"{place}{over}"
        case "dense_rank":
            return f"(pl.struct({', '.join(keys)}).rle_id() + 1).cast(pl.Int64){over}" if keys else f"{place}{over}"
        case "percent_rank":
            share = f"(({rank or f'{place}{over}'} - 1) / (pl.len(){over} - 1))"
            return f"pl.when(pl.len(){over} > 1).then({share}).otherwise(0.0)"
        case "ntile":
            small_, first = f"pl.len() // {measure.buckets}", f"pl.len() % {measure.buckets}"
            begun = f"(pl.int_range(pl.len()) // ({small_} + 1))"
            rest = f"(({first}) + (pl.int_range(pl.len()) - ({first}) * ({small_} + 1)) // pl.max_horizontal({small_}, 1))"
            tile = f"pl.when(pl.int_range(pl.len()) < ({first}) * ({small_} + 1)).then({begun}).otherwise({rest})"
            return f"({tile} + 1).cast(pl.Int64){over}"
    type_ = code.type(measure.column)
    raw, column = _column(measure.column), _sound(measure.column, type_)
    rows, least = measure.rows, measure.minimum or measure.rows
    whole_numbers = type_ in {"integer", "boolean"}
    if type_ == "boolean":
        column = f"{column}.cast(pl.Int64)"
    match measure.function:
        case "lag":
            return f"{raw}.shift({measure.offset}){over}"
        case "lead":
            return f"{raw}.shift(-{measure.offset}){over}"
        case "difference" if type_ == "integer":
            return f"{code.helper(difference)}({column}, {measure.offset}){over}"
        case "difference" if type_ == "date":
            return f"({raw} - {raw}.shift({measure.offset})).dt.total_days(){over}"
        case "difference":
            return f"({column} - {column}.shift({measure.offset})).fill_nan(None){over}"
        case "percent_change":
            before = f"{column}.shift({measure.offset})"
            return f"pl.when({before} != 0).then({column}.cast(pl.Float64) / {before} - 1){over}"
        case "share":
            sum_ = f"{code.helper(total)}({column})" if whole_numbers else f"{column}.sum().fill_nan(None)"
            return f"pl.when({sum_} != 0).then({column}.cast(pl.Float64) / {sum_}){over}"
        case "running_sum" if whole_numbers:
            return f"{code.helper(running_total)}({column}){over}"
        case "running_sum":
            return f"{column}.cum_sum().forward_fill(){over}"
        case "running_mean":
            return f"{code.helper(running_mean)}({column}){over}"
        case "running_min" | "running_max":
            made = f"{_sound(measure.column, type_)}.cum_{measure.function[-3:]}().forward_fill()"
            return f"{made}{over}"
        case "running_count":
            return f"{column}.cum_count().cast(pl.Int64){over}"
        case "rolling_count":
            return f"{code.helper(rolling_count)}({column}, {rows}){over}"
        case "rolling_sum" if whole_numbers:
            return f"{code.helper(rolling_total)}({column}, {rows}, {least}){over}"
        case "rolling_mean" if whole_numbers:
            return f"{code.helper(rolling_mean)}({column}, {rows}, {least}){over}"
        case "rolling_std":
            return f"{code.helper(finite)}({column}.rolling_std({rows}, min_samples={least})){over}"
        case "rolling_min" | "rolling_max" if type_ in TEXT:
            code.cannot(f"{measure.column} holds texts, which have no {measure.function.replace('_', ' ')} there.")
    return f"{column}.{measure.function}({rows}, min_samples={least}){over}"
