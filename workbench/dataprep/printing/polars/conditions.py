"""Conditions on a column, as expressions that are never missing."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.literals import text
from workbench.dataprep.steps import Condition
from workbench.dataprep.steps.rows.conditions import typed

_SIGNS = {"equals": "==", "not_equals": "==", "less": "<", "less_or_equal": "<=", "greater": ">", "greater_or_equal": ">="}


def condition(code: Code, given: Condition) -> str:
    """A condition as an expression that can be joined by & and |."""
    column, kind = f"pl.col({text(given.column)})", code.type(given.column)
    if given.operator in {"is_error", "is_not_error"}:
        if given.column in code.errors:
            code.cannot("error cells are missing values there.")
        return f"pl.lit({given.operator == 'is_not_error'})"
    if given.operator in {"is_missing", "is_not_missing"}:
        valued = f"{column}.fill_nan(None)" if kind == "decimal" else column
        return f"{valued}.{'is_null' if given.operator == 'is_missing' else 'is_not_null'}()"
    values = [typed(one, kind) for one in given._texts()]
    match given.operator:
        case "between":
            found = f"{column}.is_between({code.value(values[0])}, {code.value(values[1])})"
        case "one_of":
            found = f"{column}.is_in([{', '.join(map(code.value, values))}])"
        case "contains" | "not_contains":
            found = f"{column}.str.contains({text(given.value)}, literal=True)"
        case "starts_with" | "ends_with":
            found = f"{column}.str.{given.operator}({text(given.value)})"
        case "matches":
            found = f"{column}.str.contains({text(given.value)})"
        case _:
            found = f"({column} {_SIGNS[given.operator]} {code.value(values[0])})"
    found = f"{found}.fill_null(False)"
    return f"~{found}" if given.operator in {"not_equals", "not_contains"} else found
