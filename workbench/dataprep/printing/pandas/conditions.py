"""Conditions on a column, as Series of truth values without missing ones."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.literals import text
from workbench.dataprep.steps import Condition
from workbench.dataprep.steps.rows.conditions import typed

_SIGNS = {"equals": "==", "not_equals": "==", "less": "<", "less_or_equal": "<=", "greater": ">", "greater_or_equal": ">="}
_NULLABLE = {"integer", "boolean", "time"}
"""Types whose comparisons are missing where the value is."""


def condition(code: Code, given: Condition) -> str:
    """A condition as an expression that can be joined by & and |."""
    column, kind = f"df[{text(given.column)}]", code.type(given.column)
    if given.operator in {"is_error", "is_not_error"}:
        if given.column in code.errors:
            code.cannot("error cells are missing values there.")
        false = "pd.Series(False, index=df.index)"
        return false if given.operator == "is_error" else f"~{false}"
    if given.operator in {"is_missing", "is_not_missing"}:
        return f"{column}.{'isna' if given.operator == 'is_missing' else 'notna'}()"
    values = [typed(one, kind) for one in given._texts()]
    match given.operator:
        case "between":
            found = f"{column}.between({code.value(values[0])}, {code.value(values[1])})"
        case "one_of":
            return f"{column}.isin([{', '.join(map(code.value, values))}])"
        case "contains" | "not_contains":
            found = f"{column}.str.contains({text(given.value)}, regex=False, na=False)"
        case "starts_with" | "ends_with":
            found = f"{column}.str.{'startswith' if given.operator == 'starts_with' else 'endswith'}({text(given.value)}, na=False)"
        case "matches":
            found = f"{column}.str.contains({text(given.value)}, regex=True, na=False)"
        case _:
            found = f"({column} {_SIGNS[given.operator]} {code.value(values[0])})"
            if kind in TEXT and given.operator == "not_equals":
                return f"({column} != {text(given.value)})"
    if kind in _NULLABLE:
        found = f"{found}.fillna(False)"
    return f"~{found}" if given.operator in {"not_equals", "not_contains"} else found
