"""Steps that repair values."""

from __future__ import annotations

from typing import Any

from workbench.dataprep.columns import TEXT, ColumnType, names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import repairing
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.helpers.rows import small
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.conditions import condition
from workbench.dataprep.printing.pandas.texts import as_text
from workbench.dataprep.printing.repairs import cased, in_python, kept_errors, mapped_values, of_groups, on_all
from workbench.dataprep.steps import (
    Assert,
    ChangeCase,
    Clip,
    ClusterText,
    FillMissing,
    MakeMissing,
    MapValues,
    RemoveAccents,
    Replace,
    ReplaceErrors,
    ReplaceNA,
    RestoreOriginals,
    Round,
    Trim,
)
from workbench.dataprep.steps.rows.conditions import typed
from workbench.dataprep.steps.rows.patterns import as_python
from workbench.dataprep.steps.values.texts import WHITE_SPACE

_NULLABLE = {"integer", "boolean", "time"}


def _column(name: str) -> str:
    return f"df[{text(name)}]"


def _small(code: Code, column: str) -> str:
    return f'{code.helper(converted)}({column}, {code.helper(small)}, "str")'


def _equal(code: Code, column: str, kind: ColumnType, wanted: Any) -> str:
    found = f"{column} == {code.value(wanted)}"
    return f"({found}).fillna(False)" if kind in _NULLABLE else found


@prints(Replace, "pandas")
def _(step: Replace, code: Code) -> None:
    for name in step.columns:
        column, kind = _column(name), code.type(name)
        new = step.new_text
        if step.find is None:
            kept_errors(code, [name])
            if new is not None:
                code.line(f"{column} = {column}.fillna({code.value(typed(new, kind))})")
        elif step.regex or (step.ignore_case and not step.whole):
            code.line(f'{column} = {code.helper(converted)}({column}, {in_python(step, code)}, "str")')
        elif not step.whole:
            code.line(f"{column} = {column}.str.replace({text(step.wanted_text)}, {text(new or '')}, regex=False)")
        else:
            wanted = small(step.wanted_text) if step.ignore_case else step.wanted_text
            found = _equal(code, _small(code, column) if step.ignore_case else column, kind, typed(wanted, kind))
            given = "" if new is None else f", {code.value(typed(new, kind))}"
            code.line(f"{column} = {column}.mask({found}{given})")


@prints(MapValues, "pandas")
def _(step: MapValues, code: Code) -> None:
    for name in step.columns:
        kind, column = code.type(name), _column(name)
        given = mapped_values(step, code, code.column(name))
        held = _small(code, column) if step.ignore_case and kind in TEXT else column
        target = _column(step.new_column or name)
        if given.missing is not None:
            kept_errors(code, [name])
            code.line(f"gone = {column}.isna()")
        if given.keeps and step.ignore_case and kind in TEXT:
            code.line(f"pairs = {value(given.pairs)}")
            code.line(f"keys = {held}")
            found = code.helper(converted)
            code.line(f'{target} = {column}.mask(keys.isin(list(pairs)), {found}(keys, pairs.get, "str"))')
        else:
            code.line(f"{target} = {code.helper(converted)}({held}, {given.function}, {text(PANDAS_TYPES[given.kind])})")
        if given.missing is not None:
            code.line(f"{target} = {target}.mask(gone, {code.value(given.missing)})")
    code.order(on_all(step, code))


@prints(ReplaceNA, "pandas")
def _(step: ReplaceNA, code: Code) -> None:
    for column in step.chosen(code.before):
        if column.type in TEXT and step.texts:
            plain = f"{_column(column.name)}.str.strip({text(WHITE_SPACE)})"
            texts = step.texts
            if step.ignore_case:
                plain, texts = _small(code, plain), tuple(dict.fromkeys(map(small, texts)))
            code.line(f"{_column(column.name)} = {_column(column.name)}.mask({plain}.isin({listing(texts)}))")


@prints(MakeMissing, "pandas")
def _(step: MakeMissing, code: Code) -> None:
    found = (" & " if step.match == "all" else " | ").join(condition(code, one) for one in step.conditions)
    code.line(f"gone = {found}")
    for name in step.columns:
        new = "pd.Series([None] * len(df), index=df.index)" if code.type(name) in {"struct", "list"} else ""
        code.line(f"{_column(name)} = {_column(name)}.mask(gone{f', {new}' if new else ''})")


@prints(FillMissing, "pandas")
def _(step: FillMissing, code: Code) -> None:
    kept_errors(code, step.columns)
    if step.method in {"forward", "backward"}:
        fill = "ffill" if step.method == "forward" else "bfill"
        for name in step.columns:
            if not step.by:
                code.line(f"{_column(name)} = {_column(name)}.{fill}()")
                continue
            keys = ", ".join(as_text(code, by, code.type(by)) for by in step.by)
            code.line(f"{_column(name)} = {_column(name)}.groupby([{keys}], dropna=False).{fill}()")
        return
    for name in step.columns:
        kind, groups = code.type(name), of_groups(step, code.column(name))
        if groups and step.by:
            key = code.helper(repairing.group_key)
            keys = ", ".join(as_text(code, by, code.type(by)) for by in step.by)
            code.line(f"fills = {value(groups)}")
            found = f"[fills.get({key}(*texts)) for texts in zip({keys}, strict=True)]"
            code.line(
                f"{_column(name)} = {_column(name)}.fillna(pd.Series({found}, index=df.index, dtype={text(PANDAS_TYPES[kind])}))"
            )
        everywhere = step.value if step.method == "constant" else step.everywhere(name)
        if everywhere is not None:
            code.line(f"{_column(name)} = {_column(name)}.fillna({code.value(typed(everywhere, kind))})")


@prints(ReplaceErrors, "pandas")
def _(step: ReplaceErrors, code: Code) -> None:
    if step.value is not None:
        kept_errors(code, step.columns)
    code.comment("Error cells are missing values here.")


@prints(RestoreOriginals, "pandas")
def _(step: RestoreOriginals, code: Code) -> None:
    kept_errors(code, step.columns or names(code.before))
    for column in step.chosen(code.before):
        if column.type not in TEXT:
            code.line(f"{_column(column.name)} = {as_text(code, column.name, column.type)}")


@prints(Clip, "pandas")
def _(step: Clip, code: Code) -> None:
    for name in step.columns:
        kind, column = code.type(name), _column(name)
        bounds = {side: code.value(typed(given, kind)) for side, given in (("lower", step.lower), ("upper", step.upper)) if given}
        if step.use_values and kind != "time":
            code.line(f"{column} = {column}.clip({', '.join(f'{side}={bound}' for side, bound in bounds.items())})")
            continue
        for side, bound in bounds.items():
            found = f"{column} {'<' if side == 'lower' else '>'} {bound}"
            found = f"({found}).fillna(False)" if kind in _NULLABLE else found
            code.line(f"{column} = {column}.mask({found}{f', {bound}' if step.use_values else ''})")


@prints(Round, "pandas")
def _(step: Round, code: Code) -> None:
    call, rounded = code.helper(converted), code.helper(repairing.rounded)
    for name in step.columns:
        given = f"lambda number: {rounded}(number, {step.decimals}, {text(step.method)})"
        code.line(f"{_column(name)} = {call}({_column(name)}, {given}, {text(PANDAS_TYPES[code.type(name)])})")


@prints(Assert, "pandas")
def _(step: Assert, code: Code) -> None:
    code.comment("What breaks the rule becomes missing.")
    for name in step.columns:
        kind, column = code.type(name), _column(name)
        match step.rule:
            case "range":
                for sign, given in ((">=", step.lower), ("<=", step.upper)):
                    if given:
                        found = f"{column} {sign} {code.value(typed(given, kind))}"
                        found = f"({found}).fillna(False)" if kind in _NULLABLE else found
                        code.line(f"{column} = {column}.where({found})")
            case "set":
                values = [typed(one, kind) for one in step.values]
                held = _small(code, column) if step.ignore_case and kind in TEXT else column
                values = [small(one) for one in values] if step.ignore_case and kind in TEXT else values
                code.line(f"{column} = {column}.where({held}.isin([{', '.join(map(code.value, values))}]))")
            case "pattern":
                code.imports("import re")
                found = f"re.fullmatch({text(as_python(step.pattern, ignore_case=step.ignore_case))}, text)"
                code.line(f'{column} = {code.helper(converted)}({column}, lambda text: text if {found} else None, "str")')
            case "unique":
                code.line(f"{column} = {column}.mask({column}.duplicated(keep=False))")
            case "expression":
                code.cannot("an SQL expression is for a database.")


@prints(Trim, "pandas")
def _(step: Trim, code: Code) -> None:
    strip = {"both": "strip", "left": "lstrip", "right": "rstrip"}[step.side]
    for name in step.columns:
        code.line(f"{_column(name)} = {_column(name)}.str.{strip}({text(step.characters or WHITE_SPACE)})")
        if step.collapse:
            given = f"lambda text: {code.helper(repairing.collapsed)}(text, {text(WHITE_SPACE)})"
            code.line(f'{_column(name)} = {code.helper(converted)}({_column(name)}, {given}, "str")')


@prints(ChangeCase, "pandas")
def _(step: ChangeCase, code: Code) -> None:
    for name in step.columns:
        code.line(f'{_column(name)} = {code.helper(converted)}({_column(name)}, {cased(step, code)}, "str")')


@prints(RemoveAccents, "pandas")
def _(step: RemoveAccents, code: Code) -> None:
    for name in step.columns:
        code.line(f'{_column(name)} = {code.helper(converted)}({_column(name)}, {cased(step, code)}, "str")')


@prints(ClusterText, "pandas")
def _(step: ClusterText, code: Code) -> None:
    column, target = _column(step.column), _column(step.new_column or step.column)
    entries = [(cluster, member) for cluster in step.clusters for member in cluster.members]
    call = code.helper(converted)
    if step.score_column:
        code.line(f"scores = {value({member.value: member.score for _, member in entries})}")
        code.line(f'{_column(step.score_column)} = {call}({column}, lambda text: scores.get(text, 1.0), "float64")')
    code.line(f"clusters = {value({member.value: cluster.canonical for cluster, member in entries})}")
    code.line(f'{target} = {call}({column}, lambda text: clusters.get(text, text), "str")')
    code.order([*code.names, *([step.score_column] if step.score_column else []), *([step.new_column] if step.new_column else [])])
