"""Steps on rows: filter, sort, remove duplicates, first rows."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns, names, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

Operator = Literal[
    "equals", "not_equals", "less", "less_or_equal", "greater", "greater_or_equal", "between", "one_of",
    "contains", "not_contains", "starts_with", "ends_with", "matches", "is_missing", "is_not_missing",
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
}
_TEXT_ONLY = {"contains", "not_contains", "starts_with", "ends_with", "matches"}
_ANY = {"is_missing", "is_not_missing"}


def operators_for(type_: ColumnType) -> tuple[Operator, ...]:
    """The operators that suit a column type."""
    if type_ == "boolean":
        return ("equals", "not_equals", "is_missing", "is_not_missing")
    return tuple(op for op in _WORDS if type_ in {"string", "other"} or op not in _TEXT_ONLY)


def operator_words(operator: Operator) -> str:
    """An operator as it reads in a sentence."""
    return _WORDS[operator]


class Condition(BaseModel):
    """One condition on a column. Values are text as the user types it; the column's type says what it means.

    `value2` is the upper end of `between`; `values` belong to `one_of`. A missing value fulfils no condition but `is_missing` and
    the negative ones, so that filtering one value away does not take the missing ones with it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

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
        column: Any = table[self.column]
        if self.operator in _ANY:
            missing = column.isnull() | column.isnan() if type_ == "decimal" else column.isnull()
            missing = missing.fill_null(True)
            return missing if self.operator == "is_missing" else ~missing
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


class Filter(StepBase):
    """Keeps or removes the rows that meet all, or any, of the conditions."""

    op: Literal["filter"] = "filter"
    conditions: tuple[Condition, ...]
    match: Literal["all", "any"] = "all"
    action: Literal["keep", "remove"] = "keep"

    def describe(self) -> str:
        word = " and " if self.match == "all" else " or "
        return f"{self.action.capitalize()} rows where {word.join(condition.describe() for condition in self.conditions)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.conditions:
            return [Problem("Give at least one condition.")]
        problems = missing_columns(schema, [condition.column for condition in self.conditions])
        for condition in self.conditions:
            if (column := find(schema, condition.column)) and (problem := condition.problem(column.type)):
                problems.append(problem)
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        types = {column.name: column.type for column in schema_of(table)}
        found, *rest = [condition.expression(table, types[condition.column]) for condition in self.conditions]
        for other in rest:
            found = found & other if self.match == "all" else found | other
        return table.filter(found if self.action == "keep" else ~found)


class SortKey(BaseModel):
    """A column to sort by. Missing values come last either way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    descending: bool = False


class Sort(StepBase):
    """Sorts the rows; rows that are equal keep their order."""

    reorders = True
    op: Literal["sort"] = "sort"
    keys: tuple[SortKey, ...]

    def describe(self) -> str:
        return "Sort by " + listed(key.column + (" descending" if key.descending else "") for key in self.keys)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, [key.column for key in self.keys]) if self.keys else [Problem("Choose a column to sort by.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        keys = [(ibis.desc if key.descending else ibis.asc)(table[key.column], nulls_first=False) for key in self.keys]
        return table.mutate(**{ROW: ibis.row_number().over(order_by=[*keys, table[ROW]])})


class RemoveDuplicates(StepBase):
    """Keeps the first row of those that are equal in these columns (in all columns without any)."""

    op: Literal["remove_duplicates"] = "remove_duplicates"
    columns: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"Remove duplicates of {listed(self.columns)}" if self.columns else "Remove duplicate rows"

    reorders = True

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return missing_columns(schema, self.columns)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        key = [table[name] for name in self.columns or names(schema_of(table))]
        place = "__place__"
        numbered = table.mutate(**{place: ibis.row_number().over(group_by=key, order_by=table[ROW])})
        return numbered.filter(numbered[place] == 0).drop(place)


class Top(StepBase):
    """Keeps the first rows."""

    op: Literal["top"] = "top"
    count: int

    def describe(self) -> str:
        return f"Keep the first {self.count:,} rows"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.count > 0 else [Problem("The number of rows must be at least 1.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.order_by(table[ROW]).limit(self.count)
