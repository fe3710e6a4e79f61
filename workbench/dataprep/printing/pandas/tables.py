"""Steps that bring tables together or reshape them."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, ColumnInfo, Schema, find, names, unique_name
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.helpers.rows import natural, small
from workbench.dataprep.printing.helpers.showing import shown
from workbench.dataprep.printing.helpers.tables_pandas import (
    change,
    difference,
    exact_mean,
    first_of,
    in_groups,
    listed,
    looked_up,
    matched,
    most_frequent,
    of_each,
    percent,
    plain_blanks,
    rolling,
    running_best,
    running_total,
    shape,
    share,
    texts_joined,
    tiles,
    whole,
    whole_sum,
)
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text
from workbench.dataprep.printing.pandas.texts import as_text
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


def _column(name: str, frame: str = "df") -> str:
    return f"{frame}[{text(name)}]"


def _text(code: Code, column: ColumnInfo, frame: str = "df") -> str:
    """A column of a frame as texts."""
    return as_text(code, column.name, column.type).replace(_column(column.name), _column(column.name, frame))


def _as(code: Code, from_: ColumnInfo, to: ColumnInfo, frame: str = "df") -> str:
    """A column in a wider type."""
    if from_.type == to.type or PANDAS_TYPES[from_.type] == PANDAS_TYPES[to.type]:
        return _column(from_.name, frame)
    if to.type == "string":
        return _text(code, from_, frame)
    return f'{_column(from_.name, frame)}.astype("{PANDAS_TYPES[to.type]}")'


def _known(code: Code, schema: Schema, name: str) -> ColumnInfo:
    found = find(schema, name)
    if found is None:
        code.cannot(f"There is no column {name}.")
    return found


# -- join


@prints(Join, "pandas")
def _(step: Join, code: Code) -> None:
    other = code.other_schema(step.other)
    taken = list(code.names if step.left_columns is None else step.left_columns)
    keys = [] if step.how == "cross" else [(code.column(key.left), _known(code, other, key.right)) for key in step.keys]
    if step.match_missing and any(left.name in code.errors for left, _ in keys):
        code.cannot("Keys may hold error cells, which are missing values there.")
    if any(NESTED & {left.type, right.type} for left, right in keys):
        code.cannot("Records and lists cannot be keys.")
    right_keys = {right.name for _, right in keys}
    wanted = list(step.right_columns) if step.right_columns is not None else [c.name for c in other if c.name not in right_keys]
    frame = code.fresh("other")
    code.line(f"{frame} = {code.other(step.other)}")
    pairs = ", ".join(f"({one}, {two})" for one, two in (_comparable(code, step, left, right, frame) for left, right in keys))
    missing = ", missing=True" if step.match_missing else ""
    code.line(f"df, {frame} = {code.helper(matched)}(df, {frame}, [{pairs}], {text(step.how)}{missing})")
    if step.how in {"left_anti", "right_anti"}:
        chosen = listing(names(code.after))
        code.line(f"df = {'df' if step.how == 'left_anti' else frame}[{chosen}]")
        return
    filled = {left.name: right for left, right in keys if step.how in {"right", "full", "full_anti"}}
    results = names(code.after)
    cells = []
    for name in taken:
        value = _column(name)
        if name in filled:
            own, right = code.column(name), filled[name]
            common = widest([own, right])
            value = f"{_as(code, own, common)}.fillna({_as(code, right, common, frame)})"
        cells.append(f"{text(name)}: {value}")
    cells += [f"{text(new)}: {_column(old, frame)}" for old, new in zip(wanted, results[len(taken) :], strict=True)]
    code.line(f"df = pd.DataFrame({{{', '.join(cells)}}})")


def _comparable(code: Code, step: Join, left: ColumnInfo, right: ColumnInfo, frame: str) -> tuple[str, str]:
    """Two key columns as series that can be compared."""
    kinds = {left.type, right.type}
    sides = [(left, "df"), (right, frame)]
    if kinds == {"integer", "decimal"}:
        first, second = (
            f"{code.helper(whole)}({_column(c.name, side)})" if c.type == "decimal" else _column(c.name, side) for c, side in sides
        )
        return first, second
    if kinds == {"date", "timestamp"} or (len(kinds) == 1 and not kinds & TEXT):
        return _column(left.name), _column(right.name, frame)
    texts = []
    for column, side in sides:
        value = _text(code, column, side)
        for chosen, function in ((step.ignore_blanks, plain_blanks), (step.ignore_case, small)):
            value = f'{code.helper(converted)}({value}, {code.helper(function)}, "str")' if chosen else value
        texts.append(value)
    return texts[0], texts[1]


@prints(FuzzyJoin, "pandas")
def _(step: FuzzyJoin, code: Code) -> None:
    other = code.other_schema(step.other)
    right = _known(code, other, step.right)
    results = names(code.after)
    frame, mine, theirs, pairs = (code.fresh(name) for name in ("other", "texts", "others", "pairs"))
    code.line(f"{frame} = {code.other(step.other)}")
    code.line(f"{mine} = {_text(code, code.column(step.left))}")
    code.line(f"{theirs} = {_text(code, right, frame)}.dropna().drop_duplicates()")
    code.line(f"{frame} = {frame}.loc[{theirs}.index]")
    known = f"{mine}.dropna().unique().tolist()"
    code.line(f"{pairs} = {code.helper(partners)}({known}, {theirs}.tolist(), {step.threshold!r}, {text(step.likeness)})")
    if step.score_column:
        code.line(f'df = df.assign(**{{{text(step.score_column)}: {code.helper(looked_up)}({mine}, {pairs}, 2, "float64")}})')
    partner = f'{code.helper(looked_up)}({mine}, {pairs}, 1, "str")'
    code.line(f"df, {frame} = {code.helper(matched)}(df, {frame}, [({partner}, {theirs})], {text(step.how)})")
    count = len(code.names) + bool(step.score_column)
    code.line(f"df = pd.concat([df, {frame}.set_axis({listing(results[count:])}, axis=1)], axis=1)")


# -- append


@prints(AppendRows, "pandas")
def _(step: AppendRows, code: Code) -> None:
    schemas = [code.before, *(code.other_schema(other) for other in step.tables)]
    columns = step._columns(schemas)  # noqa: SLF001 (the same arrangement)
    source = names(code.after)[0] if step.source_column else ""
    frames = ["df"]
    for other in step.tables:
        frames.append(code.fresh("other"))
        code.line(f"{frames[-1]} = {code.other(other)}")
    for number, frame in enumerate(frames):
        cells = [f"{text(source)}: {text(step._names()[number])}"] if source else []  # noqa: SLF001
        for name, infos in columns.items():
            common, info = widest([info for info in infos if info is not None]), infos[number]
            if info is not None:
                cells.append(f"{text(name)}: {_as(code, info, common, frame)}")
            elif PANDAS_TYPES[common.type] == "object":
                cells.append(f"{text(name)}: None")
            else:
                cells.append(f'{text(name)}: pd.Series(dtype="{PANDAS_TYPES[common.type]}")')
        code.line(f"{frame} = pd.DataFrame({{{', '.join(cells)}}}, index={frame}.index)")
    code.line(f"df = pd.concat([{', '.join(frames)}], ignore_index=True)")


@prints(AppendColumns, "pandas")
def _(step: AppendColumns, code: Code) -> None:
    frames = ["df", *(code.other(other) for other in step.tables)]
    parts = ", ".join(f"{frame}.reset_index(drop=True)" for frame in frames)
    code.line(f"df = pd.concat([{parts}], axis=1)")


# -- summarize


@prints(Summarize, "pandas")
def _(step: Summarize, code: Code) -> None:
    if broken := [name for name in step.by if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    if nested := [name for name in step.by if code.type(name) in NESTED]:
        code.cannot(f"{nested[0]} holds records or lists, by which there are no groups.")
    results = names(code.after)[len(code.names) :] if step.join_back else [measure.result for measure in step.measures]
    if step.join_back and not step.by:
        values = [f"{_measured(code, measure, '[]')}.repeat(len(df)).array" for measure in step.measures]
        cells = ", ".join(f"{text(name)}: {value}" for name, value in zip(results, values, strict=True))
        code.line(f"df = df.assign(**{{{cells}}})")
        return
    if not step.by:
        cells = ", ".join(f"{text(name)}: {_measured(code, m, '[]')}" for name, m in zip(results, step.measures, strict=True))
        code.line(f"df = pd.DataFrame({{{cells}}})")
        return
    by = code.fresh("by")
    code.line(f"{by} = [{', '.join(_column(name) for name in step.by)}]")
    values = [_measured(code, measure, by) for measure in step.measures]
    if step.join_back:
        place = code.fresh("group")
        code.line(f"{place} = df.groupby({by}, sort=False, dropna=False).ngroup()")
        values = [f"{value}.take({place}).array" for value in values]
        cells = ", ".join(f"{text(name)}: {value}" for name, value in zip(results, values, strict=True))
        code.line(f"df = df.assign(**{{{cells}}})")
        return
    cells = ", ".join(f"{text(name)}: {value}" for name, value in zip(results, values, strict=True))
    code.line(f"df = df[{listing(step.by)}].drop_duplicates(ignore_index=True).assign(**{{{cells}}})")


def _measured(code: Code, measure: Measure, by: str, only: str = "") -> str:
    """An aggregate of each group as a series; `only`: of the rows where this is true."""
    each = code.helper(of_each)
    if not measure.column or measure.aggregate == "rows":
        ones = f'({only}).astype("Int64")' if only else 'pd.Series(1, df.index, dtype="Int64")'
        return f'{each}({ones}, {by}, pd.Series.sum, "Int64")'
    if measure.column in code.errors and measure.aggregate in {"errors", "missing_share"}:
        code.cannot(f"{measure.column} may hold error cells, which are missing values there.")
    if only and measure.aggregate == "missing_share":
        code.cannot("The share of missing values is not there in a pivot.")
    type_ = code.type(measure.column)
    column = _column(measure.column) + (f".where({only})" if only else "")
    own = PANDAS_TYPES[type_]
    function, kind = _function(code, measure, own)
    return f'{each}({column}, {by}, {function}, "{kind}")'


def _function(code: Code, measure: Measure, own: str) -> tuple[str, str]:
    """What is computed of a series, and the type of the results."""
    type_ = code.type(measure.column)
    match measure.aggregate:
        case "count":
            return "pd.Series.count", "Int64"
        case "sum" if type_ == "decimal":
            return "lambda values: values.sum(min_count=1)", "float64"
        case "sum":
            return code.helper(whole_sum), "Int64"
        case "mean":
            return ("pd.Series.mean" if type_ == "decimal" else code.helper(exact_mean)), "float64"
        case "min" | "max":
            return f"lambda values: values.dropna().{measure.aggregate}()" if own != "boolean" else _of_booleans(measure), own
        case "median":
            return 'lambda values: values.astype("float64").median()', "float64"
        case "quantile":
            return f'lambda values: values.astype("float64").quantile({measure.quantile!r})', "float64"
        case "std" | "variance" | "skew" | "kurtosis":
            name = {"std": "std", "variance": "var", "skew": "skew", "kurtosis": "kurt"}[measure.aggregate]
            return f"lambda values: {code.helper(shape)}(values, {text(name)})", "float64"
        case "distinct":
            return "pd.Series.nunique", "Int64"
        case "mode":
            return code.helper(most_frequent), own
        case "first":
            return code.helper(first_of), own
        case "last":
            return f"lambda values: {code.helper(first_of)}(values, -1)", own
        case "list":
            convert = {"date": ", pd.Timestamp.date", "timestamp": ", pd.Timestamp.to_pydatetime"}.get(type_, "")
            return f"lambda values: {code.helper(listed)}(values{convert})", "object"
        case "text":
            if type_ == "date":
                show = ', lambda day: day.strftime("%Y-%m-%d")'
            else:
                show = "" if type_ in TEXT or type_ == "integer" else f", {code.helper(shown)}"
            return f"lambda values: {code.helper(texts_joined)}(values, {text(measure.separator)}{show})", "str"
        case "errors":
            return "lambda values: 0", "Int64"
        case _:
            return "lambda values: values.isna().mean()", "float64"


def _of_booleans(measure: Measure) -> str:
    return f"lambda values: values.dropna().{'all' if measure.aggregate == 'min' else 'any'}() if values.count() else None"


# -- pivot, unpivot, transpose


@prints(Pivot, "pandas")
def _(step: Pivot, code: Code) -> None:
    if broken := [name for name in (*step.by, step.names_from) if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    by = "[]"
    if step.by:
        by = code.fresh("by")
        code.line(f"{by} = [{', '.join(_column(name) for name in step.by)}]")
    key = code.fresh("key")
    decimal = code.type(step.names_from) == "decimal"
    code.line(f"{key} = {_column(step.names_from) if decimal else _text(code, code.column(step.names_from))}")
    cells = []
    for column in step.columns:
        if column.value is None:
            only = f"{key}.isna()"
        else:
            only = f"{key} == {float(column.value)!r}" if decimal else f"{key} == {text(column.value)}"
        cells.append(f"{text(column.name)}: {_measured(code, step._measure, by, only)}")  # noqa: SLF001 (the same measure)
    made = ", ".join(cells)
    if step.by:
        code.line(f"df = df[{listing(step.by)}].drop_duplicates(ignore_index=True).assign(**{{{made}}})")
    else:
        code.line(f"df = pd.DataFrame({{{made}}})")


@prints(Unpivot, "pandas")
def _(step: Unpivot, code: Code) -> None:
    columns = [code.column(name) for name in dict.fromkeys(step.columns)]
    if step.drop_missing and any(column.name in code.errors for column in columns):
        code.cannot("Some of the columns may hold error cells, which are missing values there.")
    common = widest(columns)
    row = unique_name("row", [*code.names, *names(code.after)])
    changed = [f"{text(c.name)}: {_as(code, c, common)}" for c in columns if c.type != common.type]
    kept = [name for name in code.names if name not in step.columns]
    cells = ", ".join([*changed, f"{text(row)}: range(len(df))"])
    code.line(f"df = df.assign(**{{{cells}}})")
    options = f"var_name={text(step.names_to)}, value_name={text(step.values_to)}"
    code.line(f"df = df.melt({listing([row, *kept])}, {listing(c.name for c in columns)}, {options})")
    code.line(f'df = df.sort_values({text(row)}, kind="stable", ignore_index=True).drop(columns={text(row)})')
    code.line(f'df = df.astype({{{text(step.names_to)}: "str", {text(step.values_to)}: "{PANDAS_TYPES[common.type]}"}})')
    if step.drop_missing:
        code.line(f"df = df.dropna(subset=[{text(step.values_to)}])")


@prints(Transpose, "pandas")
def _(step: Transpose, code: Code) -> None:
    columns = [column for column in code.before if column.name != step.names_from]
    common, count = widest(columns), len(step.columns)
    cells = ", ".join(f"{text(column.name)}: {_as(code, column, common)}" for column in columns)
    code.line(f"df = pd.DataFrame({{{cells}}}).reset_index(drop=True).reindex(range({count}))")
    kind = PANDAS_TYPES[common.type]
    code.line(f'df = df.T.set_axis({listing(step.columns)}, axis=1).astype("{kind}").reset_index(names={text(step.names_to)})')
    code.line(f'df = df.astype({{{text(step.names_to)}: "str"}})')


# -- window


@prints(Window, "pandas")
def _(step: Window, code: Code) -> None:
    if broken := [name for name in step.by if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    results = names(code.after)[len(code.names) :]
    frame, by = "df", "[]"
    ties: list[str] = []
    if step.order:
        frame = code.fresh("ordered")
        ways = [not key.descending for key in step.order]
        ties = [_ordered(code, key) for key in step.order]
        cells = ", ".join(f"{at}: {tie}" for at, tie in enumerate(ties))
        options = "" if all(ways) else f", ascending={ways}"
        order = f'pd.DataFrame({{{cells}}}).sort_values({list(range(len(ties)))}{options}, kind="stable").index'
        code.line(f"{frame} = df.loc[{order}]")
        ties = [tie.replace("df[", f"{frame}[") for tie in ties]
    if step.by:
        by = code.fresh("by")
        code.line(f"{by} = [{', '.join(_column(name, frame) for name in step.by)}]")
    groups = code.helper(in_groups)
    rank = ""
    if any(measure.function in {"rank", "dense_rank", "row_number", "percent_rank", "ntile"} for measure in step.measures):
        number = code.fresh("number")
        ones = f'pd.Series(1, {frame}.index, dtype="Int64")'
        code.line(f"{number} = {groups}({ones}, {by}, pd.Series.cumsum)")
        rank = number
        if ties:
            rank = code.fresh("rank")
            keys = f"[*{by}, {', '.join(ties)}]" if step.by else f"[{', '.join(ties)}]"
            code.line(f'{rank} = {number}.groupby({keys}, sort=False, dropna=False).transform("min")')
        values = [_windowed(code, measure, frame, by, number, rank) for measure in step.measures]
    else:
        values = [_windowed(code, measure, frame, by, "", "") for measure in step.measures]
    cells = ", ".join(f"{text(name)}: {value}" for name, value in zip(results, values, strict=True))
    code.line(f"df = df.assign(**{{{cells}}})")


def _ordered(code: Code, key: SortKey) -> str:
    """What rows are ordered by."""
    column = _column(key.column)
    if code.type(key.column) not in TEXT:
        return column
    for wanted, function in ((key.ignore_case, small), (key.natural, natural)):
        if wanted:
            column = f'{code.helper(converted)}({column}, {code.helper(function)}, "str")'
    return column


def _windowed(code: Code, measure: WindowMeasure, frame: str, by: str, number: str, rank: str) -> str:
    """A function of a window as a series."""
    groups = code.helper(in_groups)
    match measure.function:
        case "row_number":
            return number
        case "rank":
            return rank
        case "dense_rank":
            return f'{groups}({rank}, {by}, lambda ranks: (ranks != ranks.shift()).fillna(True).astype("Int64").cumsum())'
        case "percent_rank":
            return f"{groups}({rank}, {by}, {code.helper(percent)})"
        case "ntile":
            return f"{groups}({number}, {by}, lambda numbers: {code.helper(tiles)}(numbers, {measure.buckets}))"
    type_ = code.type(measure.column)
    column = _column(measure.column, frame)
    decimals = column if type_ == "decimal" else f'{column}.astype("float64")'
    function, given = _shown(code, measure, type_)
    return f"{groups}({decimals if given else column}, {by}, {function})"


def _shown(code: Code, measure: WindowMeasure, type_: str) -> tuple[str, bool]:
    """A function of the values of a group, and whether these are taken as decimals."""
    rows, least, away = measure.rows, measure.minimum or measure.rows, measure.offset
    exact = type_ in {"integer", "boolean"}
    window = f"values, {rows}, {least}"
    match measure.function:
        case "lag" | "lead":
            return f"lambda values: values.shift({away if measure.function == 'lag' else -away})", False
        case "difference" if type_ == "integer":
            return f"lambda values: {code.helper(difference)}(values, {away})", False
        case "difference" if type_ == "date":
            return f'lambda values: (values - values.shift({away})).dt.days.astype("Int64")', False
        case "difference":
            return f"lambda values: values - values.shift({away})", False
        case "percent_change":
            return f"lambda values: {code.helper(change)}(values, {away})", True
        case "share":
            whole_ = f"{code.helper(whole_sum)}(values)" if exact else "values.sum()"
            return f"lambda values: {code.helper(share)}(values, {whole_})", False
        case "running_sum" if exact:
            return code.helper(running_total), False
        case "running_sum":
            return "lambda values: values.cumsum().ffill()", False
        case "running_mean":
            return "lambda values: values.expanding().mean()", True
        case "running_min" | "running_max":
            return f"lambda values: {code.helper(running_best)}(values, {measure.function[-3:]})", False
        case "running_count":
            return 'lambda values: values.notna().cumsum().astype("Int64")', False
        case "rolling_count":
            return f'lambda values: values.notna().astype("Int64").rolling({rows}, min_periods=1).sum().astype("Int64")', False
        case "rolling_sum" if exact:
            return f'lambda values: {code.helper(rolling)}({window}, {code.helper(whole_sum)}, "Int64")', False
        case "rolling_mean" if exact:
            return f'lambda values: {code.helper(rolling)}({window}, {code.helper(exact_mean)}, "float64")', False
        case "rolling_std":
            std = f'lambda known: {code.helper(shape)}(known, "std")'
            return f'lambda values: {code.helper(rolling)}({window}, {std}, "float64")', False
        case "rolling_min" | "rolling_max" if type_ != "decimal":
            kind = PANDAS_TYPES[type_]  # type: ignore[index]  # a column type
            return f'lambda values: {code.helper(rolling)}({window}, pd.Series.{measure.function[-3:]}, "{kind}")', False
    return f"lambda values: values.rolling({rows}, min_periods={least}).{measure.function[8:]}()", False
