"""Conditions on a column, as Series of truth values without missing ones."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.helpers.rows import found_in, small
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.pandas.texts import WHITE
from workbench.dataprep.steps import Condition
from workbench.dataprep.steps.rows.conditions import negated, plain_operator, texts_of, typed
from workbench.dataprep.steps.rows.patterns import as_python

_SIGNS = {"equals": "==", "less": "<", "less_or_equal": "<=", "greater": ">", "greater_or_equal": ">="}
_NULLABLE = {"integer", "boolean", "time"}
"""Types whose comparisons are missing where the value is."""


def condition(code: Code, given: Condition) -> str:
    """A condition as an expression that can be joined by & and |."""
    column, kind = f"df[{text(given.column)}]", code.type(given.column)
    operator, denied = plain_operator(given.operator), negated(given.operator)
    if operator == "is_error":
        return f"pd.Series({denied}, index=df.index)"
    if operator == "is_missing":
        return f"{column}.{'notna' if denied else 'isna'}()"
    if operator == "is_empty":
        blank = f'{column}.str.strip({WHITE}).isin([""])' if kind in TEXT else ""
        found = f"({column}.isna() | {blank})" if blank else f"{column}.isna()"
    elif operator == "has":
        found = f"{column}.map(lambda items: isinstance(items, list) and {_item(code, given)} in items).astype(bool)"
    else:
        found = _compared(code, given, column)
        if kind in TEXT and given.operator == "not_equals" and not given.ignore_case:
            return f"({column} != {text(given.value)})"
    return f"~{found}" if denied else found


def _compared(code: Code, given: Condition, column: str) -> str:
    kind, operator = code.type(given.column), plain_operator(given.operator)
    if operator == "matches":
        pattern = as_python(given.value, ignore_case=given.ignore_case)
        if pattern == given.value:
            return f"{column}.str.contains({text(pattern)}, regex=True, na=False)"
        return f"{code.helper(found_in)}({column}, {text(pattern)})"
    texts = texts_of(given)
    if given.ignore_case and kind in TEXT:
        column = f'{code.helper(converted)}({column}, {code.helper(small)}, "str")'
        texts = tuple(map(small, texts))
    values = [typed(one, kind) for one in texts]
    match operator:
        case "between":
            found = f"{column}.between({code.value(values[0])}, {code.value(values[1])})"
        case "one_of":
            whole = [int(value) for value in values if value == int(value)] if kind == "integer" else values
            return f"{column}.isin([{', '.join(map(code.value, whole))}])"
        case "contains":
            return f"{column}.str.contains({text(texts[0])}, regex=False, na=False)"
        case "starts_with" | "ends_with":
            return f"{column}.str.{'startswith' if operator == 'starts_with' else 'endswith'}({text(texts[0])}, na=False)"
        case _:
            found = f"({column} {_SIGNS[operator]} {code.value(values[0])})"
    return f"{found}.fillna(False)" if kind in _NULLABLE else found


def _item(code: Code, given: Condition) -> str:
    import ibis

    from workbench.dataprep.columns import type_of

    kind = type_of(ibis.dtype(code.column(given.column).ibis_type).value_type)
    return code.value(typed(given.value, kind))
