"""Conditions on a column, as the user makes them by pointing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import is_error, is_missing
from workbench.dataprep.columns import TEXT, ColumnType, Problem, listed
from workbench.dataprep.steps.base import Record

if TYPE_CHECKING:
    import ibis.expr.types as ir

Operator = Literal[
    "equals", "not_equals", "less", "less_or_equal", "greater", "greater_or_equal", "between", "one_of",
    "contains", "not_contains", "starts_with", "ends_with", "matches", "is_missing", "is_not_missing", "is_error", "is_not_error",
]  # fmt: skip

_WORDS: dict[Operator, str] = {
    "equals": "is",
    "not_equals": "is not",
    "less": "<",
    "less_or_equal": "≤",
    "greater": ">",
    "greater_or_equal": "≥",
    "between": "is between",
    "one_of": "is one of",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches",
    "is_missing": "is missing",
    "is_not_missing": "is not missing",
    "is_error": "is an error",
    "is_not_error": "is no error",
}
_TEXT_ONLY = {"contains", "not_contains", "starts_with", "ends_with", "matches"}
_ANY = {"is_missing", "is_not_missing", "is_error", "is_not_error"}


def operators_for(type_: ColumnType) -> tuple[Operator, ...]:
    """The operators that suit a column type."""
    if type_ == "boolean":
        return ("equals", "not_equals", "is_missing", "is_not_missing", "is_error", "is_not_error")
    if type_ in {"struct", "list"}:
        return ("is_missing", "is_not_missing", "is_error", "is_not_error")
    return tuple(op for op in _WORDS if type_ in TEXT or op not in _TEXT_ONLY)


def operator_words(operator: Operator) -> str:
    """An operator as it reads in a sentence."""
    return _WORDS[operator]


class Condition(Record):
    """One condition on a column. Values are text as the user types it; the column's type says what it means.

    `value2` is the upper end of `between`; `values` belong to `one_of`. A missing value or an error fulfils no condition but
    `is_missing` and `is_error` and the negative ones, so that filtering one value away does not take the missing ones with it.
    """

    column: str
    operator: Operator
    value: str = ""
    value2: str = ""
    values: tuple[str, ...] = ()

    def describe(self) -> str:
        """The condition in words."""
        if self.operator in _ANY:
            return f"{self.column} {_WORDS[self.operator]}"
        if self.operator == "between":
            return f"{self.column} is between {self.value} and {self.value2}"
        if self.operator == "one_of":
            return f"{self.column} is one of {listed(self.values)}"
        return f"{self.column} {_WORDS[self.operator]} {self.value}"

    def problem(self, type_: ColumnType) -> Problem | None:
        """Why the condition does not suit a column of that type."""
        if self.operator not in operators_for(type_):
            return Problem(f"{self.column} holds no text, so '{_WORDS[self.operator]}' does not apply to it.", column=self.column)
        if self.operator == "matches":
            import re

            try:
                re.compile(self.value)
            except re.error as error:
                return Problem(f"'{self.value}' is not a regular expression: {error}.", column=self.column)
            return None
        for text in self._texts():
            try:
                typed(text, type_)
            except ValueError:
                return Problem(f"'{text}' is not a value that {self.column} can have ({type_}).", column=self.column)
        return None

    def expression(self, table: ir.Table, type_: ColumnType) -> ir.BooleanValue:
        """The condition as an Ibis expression that is never missing."""
        match self.operator:
            case "is_missing":
                return is_missing(table, self.column)
            case "is_not_missing":
                return ~is_missing(table, self.column)
            case "is_error":
                return is_error(table, self.column)
            case "is_not_error":
                return ~is_error(table, self.column)
        column: Any = table[self.column]
        values = [typed(text, type_) for text in self._texts()]
        match self.operator:
            case "equals" | "not_equals":
                found = column == values[0]
            case "less":
                found = column < values[0]
            case "less_or_equal":
                found = column <= values[0]
            case "greater":
                found = column > values[0]
            case "greater_or_equal":
                found = column >= values[0]
            case "between":
                found = column.between(*values)
            case "one_of":
                found = column.isin(values)
            case "contains" | "not_contains":
                found = column.contains(values[0])
            case "starts_with":
                found = column.startswith(values[0])
            case "ends_with":
                found = column.endswith(values[0])
            case _:
                found = column.re_search(self.value)
        found = found.fill_null(False)
        return ~found if self.operator in {"not_equals", "not_contains"} else found

    def _texts(self) -> tuple[str, ...]:
        if self.operator in _ANY:
            return ()
        if self.operator == "between":
            return (self.value, self.value2)
        return self.values if self.operator == "one_of" else (self.value,)


def typed(text: str, type_: ColumnType) -> Any:
    """The value that a text means in a column of this type. Raises ValueError when it means none."""
    match type_:
        case "integer":
            number = float(text)
            return int(text) if number == int(number) and text.strip().lstrip("+-").isdigit() else number
        case "decimal":
            return float(text)
        case "boolean":
            lower = text.strip().lower()
            if lower not in {"true", "false"}:
                raise ValueError(text)
            return lower == "true"
        case "date":
            return dt.date.fromisoformat(text.strip())
        case "time":
            return dt.time.fromisoformat(text.strip())
        case "timestamp":
            return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=None)
        case _:
            return text
