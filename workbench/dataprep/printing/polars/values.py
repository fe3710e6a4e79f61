"""Steps that repair values."""

from __future__ import annotations

from typing import Any

from workbench.dataprep.columns import TEXT, ColumnType, names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers import repairing
from workbench.dataprep.printing.helpers.rows import small
from workbench.dataprep.printing.literals import POLARS_TYPES, listing, text, value
from workbench.dataprep.printing.polars.conditions import condition
from workbench.dataprep.printing.polars.texts import as_text, small_letters
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


def _column(name: str) -> str:
    return f"pl.col({text(name)})"


def _plain(code: Code, name: str) -> str:
    """The column, missing where it is not a number."""
    return f"{_column(name)}.fill_nan(None)" if code.type(name) == "decimal" else _column(name)


def _each(column: str, function: str, kind: ColumnType) -> str:
    return f"{column}.map_elements({function}, return_dtype={POLARS_TYPES[kind]})"


def _set(code: Code, made: list[str]) -> None:
    if made:
        code.line(f"df = df.with_columns({', '.join(made)})")


def _when(found: str, new: str, name: str, other: str = "") -> str:
    return f"pl.when({found}).then({new}).otherwise({other or _column(name)}).alias({text(name)})"


@prints(Replace, "polars")
def _(step: Replace, code: Code) -> None:
    made = []
    for name in step.columns:
        column, kind = _column(name), code.type(name)
        new = step.new_text
        if step.find is None:
            kept_errors(code, [name])
            if new is not None:
                made.append(f"{_plain(code, name)}.fill_null({code.value(typed(new, kind), kind)})")
        elif step.regex or (step.ignore_case and not step.whole):
            made.append(_each(column, in_python(step, code), "string"))
        elif not step.whole:
            made.append(f"{column}.str.replace_all({text(step.wanted_text)}, {text(new or '')}, literal=True)")
        else:
            wanted = small(step.wanted_text) if step.ignore_case else step.wanted_text
            held = small_letters(column) if step.ignore_case else column
            shown = "None" if new is None else code.value(typed(new, kind), kind)
            made.append(_when(f"{held} == {code.value(typed(wanted, kind))}", shown, name))
    _set(code, made)


@prints(MapValues, "polars")
def _(step: MapValues, code: Code) -> None:
    made = []
    for name in step.columns:
        kind = code.type(name)
        given = mapped_values(step, code, code.column(name))
        target = step.new_column or name
        if step.ignore_case and kind in TEXT:
            code.line(f"pairs = {value(given.pairs)}")
            held = small_letters(_column(name))
            found = f"{held}.replace_strict(pairs, default=None, return_dtype={POLARS_TYPES[given.kind]})"
            known = f"{held}.is_in(list(pairs))"
            rest = _column(name) if given.keeps else "None"
            if step.otherwise == "value":
                rest = code.value(typed(step.otherwise_value, given.kind), given.kind)
            shown = f"pl.when({known}).then({found}).otherwise({rest})"
        else:
            shown = _each(_plain(code, name), given.function, given.kind)
        if given.missing is not None:
            kept_errors(code, [name])
            gone = f"{_plain(code, name)}.is_null()"
            shown = f"pl.when({gone}).then({code.value(given.missing, given.kind)}).otherwise({shown})"
        made.append(f"{shown}.alias({text(target)})")
    _set(code, made)
    code.order(on_all(step, code))


@prints(ReplaceNA, "polars")
def _(step: ReplaceNA, code: Code) -> None:
    made = []
    for column in step.chosen(code.before):
        if column.type not in TEXT:
            made.append(_plain(code, column.name))
        elif step.texts:
            plain, texts = f"{_column(column.name)}.str.strip_chars({text(WHITE_SPACE)})", step.texts
            if step.ignore_case:
                plain, texts = small_letters(plain), tuple(dict.fromkeys(map(small, texts)))
            made.append(_when(f"{plain}.is_in({listing(texts)})", "None", column.name))
    _set(code, made)


@prints(MakeMissing, "polars")
def _(step: MakeMissing, code: Code) -> None:
    found = (" & " if step.match == "all" else " | ").join(condition(code, one) for one in step.conditions)
    _set(code, [_when(found, "None", name) for name in step.columns])


@prints(FillMissing, "polars")
def _(step: FillMissing, code: Code) -> None:
    kept_errors(code, step.columns)
    made = []
    keys = [as_text(code, by, code.type(by)) for by in step.by]
    for name in step.columns:
        kind, groups = code.type(name), of_groups(step, code.column(name))
        shown = _plain(code, name)
        if step.method in {"forward", "backward"}:
            over = f".over([{', '.join(keys)}])" if keys else ""
            made.append(f"{shown}.{step.method}_fill(){over}")
            continue
        if groups and keys:
            key = code.helper(repairing.group_key)
            found = code.fresh("fills")
            code.line(f"{found} = {value(groups)}")
            rows = f"df.select({', '.join(f'{one}.alias(str({at}))' for at, one in enumerate(keys))}).iter_rows()"
            listed = f"[{found}.get({key}(*texts)) for texts in {rows}]"
            shown = f"pl.coalesce({shown}, pl.Series({listed}, dtype={POLARS_TYPES[kind]})).alias({text(name)})"
        everywhere = step.value if step.method == "constant" else step.everywhere(name)
        if everywhere is not None:
            shown = f"{shown}.fill_null({code.value(typed(everywhere, kind), kind)})"
        made.append(shown)
    _set(code, made)


@prints(ReplaceErrors, "polars")
def _(step: ReplaceErrors, code: Code) -> None:
    if step.value is not None:
        kept_errors(code, step.columns)
    code.comment("Error cells are missing values here.")


@prints(RestoreOriginals, "polars")
def _(step: RestoreOriginals, code: Code) -> None:
    kept_errors(code, step.columns or names(code.before))
    _set(code, [as_text(code, column.name, column.type) for column in step.chosen(code.before) if column.type not in TEXT])


@prints(Clip, "polars")
def _(step: Clip, code: Code) -> None:
    made = []
    for name in step.columns:
        kind, column = code.type(name), _plain(code, name)
        bounds = [(sign, _bound(code, typed(given, kind), kind)) for sign, given in (("<", step.lower), (">", step.upper)) if given]
        shown = column
        for sign, bound in bounds:
            shown = f"pl.when({column} {sign} {bound}).then({bound if step.use_values else 'None'}).otherwise({shown})"
        made.append(f"{shown}.alias({text(name)})")
    _set(code, made)


def _bound(code: Code, given: Any, kind: ColumnType) -> str:
    return value(given) if kind in {"integer", "decimal"} else code.value(given, kind)


@prints(Round, "polars")
def _(step: Round, code: Code) -> None:
    rounded = code.helper(repairing.rounded)
    given = f"lambda number: {rounded}(number, {step.decimals}, {text(step.method)})"
    _set(code, [_each(_plain(code, name), given, code.type(name)) for name in step.columns])


@prints(Assert, "polars")
def _(step: Assert, code: Code) -> None:
    code.comment("What breaks the rule becomes missing.")
    made = []
    for name in step.columns:
        kind, column = code.type(name), _plain(code, name)
        match step.rule:
            case "range":
                ends = [(sign, given) for sign, given in ((">=", step.lower), ("<=", step.upper)) if given]
                found = " & ".join(f"({column} {sign} {_bound(code, typed(given, kind), kind)})" for sign, given in ends)
            case "set":
                lowered = step.ignore_case and kind in TEXT
                held = small_letters(column) if lowered else column
                values = [small(one) if lowered else typed(one, kind) for one in step.values]
                values = [int(one) for one in values if one == int(one)] if kind == "integer" else values
                found = f"{held}.is_in([{', '.join(code.value(one) for one in values)}]) | {column}.is_null()"
            case "pattern":
                code.imports("import re")
                pattern = text(as_python(step.pattern, ignore_case=step.ignore_case))
                made.append(_each(column, f"lambda text: text if re.fullmatch({pattern}, text) else None", "string"))
                continue
            case "unique":
                found = f"~{column}.is_duplicated() | {column}.is_null()"
            case "expression":
                code.cannot("an SQL expression is for a database.")
            case _:
                made.append(column)
                continue
        kept = _column(name) if step.rule in {"set", "unique"} else column
        made.append(f"pl.when({found}).then({kept}).alias({text(name)})")
    _set(code, made)


@prints(Trim, "polars")
def _(step: Trim, code: Code) -> None:
    strip = {"both": "strip_chars", "left": "strip_chars_start", "right": "strip_chars_end"}[step.side]
    made = []
    for name in step.columns:
        shown = f"{_column(name)}.str.{strip}({text(step.characters or WHITE_SPACE)})"
        if step.collapse:
            shown = _each(shown, f"lambda text: {code.helper(repairing.collapsed)}(text, {text(WHITE_SPACE)})", "string")
        made.append(shown)
    _set(code, made)


@prints(ChangeCase, "polars")
def _(step: ChangeCase, code: Code) -> None:
    if step.style == "lower":
        _set(code, [small_letters(_column(name)) for name in step.columns])
    else:
        _set(code, [_each(_column(name), cased(step, code), "string") for name in step.columns])


@prints(RemoveAccents, "polars")
def _(step: RemoveAccents, code: Code) -> None:
    _set(code, [_each(_column(name), cased(step, code), "string") for name in step.columns])


@prints(ClusterText, "polars")
def _(step: ClusterText, code: Code) -> None:
    entries = [(cluster, member) for cluster in step.clusters for member in cluster.members]
    code.line(f"clusters = {value({member.value: cluster.canonical for cluster, member in entries})}")
    column = _column(step.column)
    made = [f"{_each(column, 'lambda text: clusters.get(text, text)', 'string')}.alias({text(step.new_column or step.column)})"]
    if step.score_column:
        code.line(f"scores = {value({member.value: member.score for _, member in entries})}")
        made.append(f"{_each(column, 'lambda text: scores.get(text, 1.0)', 'decimal')}.alias({text(step.score_column)})")
    _set(code, made)
    code.order([*code.names, *filter(None, (step.new_column, step.score_column))])
