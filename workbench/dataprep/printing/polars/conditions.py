"""Conditions on a column, as expressions that are never missing."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.rows import small
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.polars.texts import WHITE, small_letters
from workbench.dataprep.steps import Condition
from workbench.dataprep.steps.rows.conditions import negated, plain_operator, texts_of, typed
from workbench.dataprep.steps.rows.patterns import as_rust

_SIGNS = {"equals": "==", "less": "<", "less_or_equal": "<=", "greater": ">", "greater_or_equal": ">="}


def condition(code: Code, given: Condition) -> str:
    """A condition as an expression that can be joined by & and |."""
    column, kind = f"pl.col({text(given.column)})", code.type(given.column)
    operator, denied = plain_operator(given.operator), negated(given.operator)
    if operator == "is_error":
        return f"pl.lit({denied})"
    valued = f"{column}.fill_nan(None)" if kind == "decimal" else column
    if operator == "is_missing":
        return f"{valued}.{'is_not_null' if denied else 'is_null'}()"
    if operator == "is_empty":
        found = f'({column}.is_null() | {column}.str.strip_chars({WHITE}).eq_missing("")'
        found = f"{found})" if kind in TEXT else f"{valued}.is_null()"
    else:
        found = f"{_compared(code, given, column, valued)}.fill_null(False)"
    return f"~{found}" if denied else found


def _compared(code: Code, given: Condition, column: str, valued: str) -> str:
    kind, operator = code.type(given.column), plain_operator(given.operator)
    if operator == "has":
        return f"{column}.list.contains({_item(code, given)})"
    if operator == "matches":
        return f"{column}.str.contains({text(as_rust(given.value, ignore_case=given.ignore_case))})"
    texts = texts_of(given)
    if given.ignore_case and kind in TEXT:
        column = valued = small_letters(column)
        texts = tuple(map(small, texts))
    values = [typed(one, kind) for one in texts]
    match operator:
        case "between":
            return f"{valued}.is_between({code.value(values[0])}, {code.value(values[1])})"
        case "one_of":
            whole = [int(value) for value in values if value == int(value)] if kind == "integer" else values
            return f"{column}.is_in([{', '.join(map(code.value, whole))}])"
        case "contains":
            return f"{column}.str.contains({text(texts[0])}, literal=True)"
        case "starts_with" | "ends_with":
            return f"{column}.str.{operator}({text(texts[0])})"
        case _:
            return f"({valued if operator.startswith('greater') else column} {_SIGNS[operator]} {code.value(values[0])})"


def _item(code: Code, given: Condition) -> str:
    import ibis

    from workbench.dataprep.columns import type_of

    kind = type_of(ibis.dtype(code.column(given.column).ibis_type).value_type)
    return code.value(typed(given.value, kind))
