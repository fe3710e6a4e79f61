"""Conditions on a column, as the user makes them by pointing."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import is_blank, is_error, is_missing
from workbench.dataprep.columns import TEXT, ColumnType, Problem, listed
from workbench.dataprep.steps.base import Dialect, Record
from workbench.dataprep.steps.rows.patterns import as_run, pattern_problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

Operator = Literal[
    "equals", "not_equals", "less", "less_or_equal", "greater", "greater_or_equal", "between", "not_between",
    "one_of", "not_one_of", "contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with",
    "matches", "not_matches", "has", "not_has", "is_empty", "is_not_empty", "is_missing", "is_not_missing", "is_error",
    "is_not_error",
]  # fmt: skip

_WORDS: dict[Operator, str] = {
    "equals": "is",
    "not_equals": "is not",
    "less": "<",
    "less_or_equal": "≤",
    "greater": ">",
    "greater_or_equal": "≥",
    "between": "is between",
    "not_between": "is not between",
    "one_of": "is one of",
    "not_one_of": "is not one of",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "not_starts_with": "does not start with",
    "ends_with": "ends with",
    "not_ends_with": "does not end with",
    "matches": "matches",
    "not_matches": "does not match",
    "has": "has the item",
    "not_has": "does not have the item",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
    "is_missing": "is missing",
    "is_not_missing": "is not missing",
    "is_error": "is an error",
    "is_not_error": "is no error",
}
_NEGATIVE: dict[Operator, Operator] = {
    "not_equals": "equals",
    "not_between": "between",
    "not_one_of": "one_of",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "not_has": "has",
    "is_not_empty": "is_empty",
    "is_not_missing": "is_missing",
    "is_not_error": "is_error",
}
"""The operators that hold exactly where another one does not."""
_TEXT_ONLY = {
    "contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with", "matches", "not_matches",
    "is_empty", "is_not_empty",
}  # fmt: skip
_LIST_ONLY = {"has", "not_has"}
_ANY = {"is_missing", "is_not_missing", "is_error", "is_not_error", "is_empty", "is_not_empty"}
"""Those without a value."""
_ORDERED = {"less", "less_or_equal", "greater", "greater_or_equal", "between", "not_between"}


def operators_for(type_: ColumnType) -> tuple[Operator, ...]:
    """The operators that suit a column type."""
    always: tuple[Operator, ...] = ("is_missing", "is_not_missing", "is_error", "is_not_error")
    if type_ == "boolean":
        return ("equals", "not_equals", *always)
    if type_ == "list":
        return ("has", "not_has", *always)
    if type_ == "struct":
        return always
    return tuple(op for op in _WORDS if op not in _LIST_ONLY and (type_ in TEXT or op not in _TEXT_ONLY))


def operator_words(operator: Operator) -> str:
    """An operator as it reads in a sentence."""
    return _WORDS[operator]


def plain_operator(operator: Operator) -> Operator:
    """The operator that a negative one denies; others as they are."""
    return _NEGATIVE.get(operator, operator)


def negated(operator: Operator) -> bool:
    """Whether an operator holds exactly where another one does not."""
    return operator in _NEGATIVE


def takes_value(operator: Operator) -> bool:
    """Whether a condition with the operator needs a value."""
    return operator not in _ANY


class Condition(Record):
    """One condition on a column. Values are text as the user types it; the column's type says what it means.

    `value2` is the upper end of `between`; `values` belong to `one_of`; `ignore_case` takes capitals and small letters of texts as
    the same. A missing value (not a number is one) or an error fulfils no condition but `is_missing`, `is_error` and the negative
    ones, so that filtering one value away does not take the missing ones with it. `is_empty`: missing, or a text of blanks alone.
    """

    column: str
    operator: Operator
    value: str = ""
    value2: str = ""
    values: tuple[str, ...] = ()
    ignore_case: bool = False

    def describe(self) -> str:
        """The condition in words."""
        base, words = plain_operator(self.operator), _WORDS[self.operator]
        if self.operator in _ANY:
            return f"{self.column} {words}"
        case = " in any case" if self.ignore_case else ""
        if base == "between":
            return f"{self.column} {words} {self.value} and {self.value2}{case}"
        if base == "one_of":
            return f"{self.column} {words} {listed(self.values)}{case}"
        return f"{self.column} {words} {self.value}{case}"

    def problem(self, type_: ColumnType) -> Problem | None:
        """Why the condition does not suit a column of that type."""
        base = plain_operator(self.operator)
        if self.operator not in operators_for(type_):
            what = (
                "no list" if self.operator in _LIST_ONLY else "no text" if type_ not in {"list", "struct"} else "no single values"
            )
            if type_ == "boolean" and self.operator in _ORDERED | {"one_of", "not_one_of"}:
                what = "true and false only"
            return Problem(f"{self.column} holds {what}, so '{_WORDS[self.operator]}' does not apply to it.", column=self.column)
        if base == "matches":
            reason = pattern_problem(self.value)
            return Problem(f"'{self.value}' {reason}", column=self.column) if reason else None
        if base == "one_of" and not self.values:
            return Problem(f"Give at least one value that {self.column} may have.", column=self.column)
        for text in () if base == "has" else texts_of(self):
            try:
                typed(text, type_)
            except ValueError:
                return Problem(f"'{text}' is not a value that {self.column} can have ({type_}).", column=self.column)
        return None

    def expression(self, table: ir.Table, type_: ColumnType, dialect: Dialect = "duckdb") -> ir.BooleanValue:
        """The condition as an Ibis expression that is never missing."""
        match plain_operator(self.operator):
            case "is_missing":
                found: Any = is_missing(table, self.column)
            case "is_error":
                found = is_error(table, self.column)
            case "is_empty":
                found = is_missing(table, self.column) | is_blank(table, self.column)
            case _:
                found = self._compared(table[self.column], type_, dialect).fill_null(False)
        return ~found if self.operator in _NEGATIVE else found

    def _compared(self, column: Any, type_: ColumnType, dialect: Dialect) -> Any:
        """The comparison; missing or false for missing values."""
        from workbench.byexample.native.engines import engine
        from workbench.byexample.tree.texts import lower

        base = plain_operator(self.operator)
        if base == "has":
            return _has(column, self.value)
        if base == "matches":
            return engine(dialect).matches(column, as_run(self.value, dialect, ignore_case=self.ignore_case))
        texts = texts_of(self)
        if self.ignore_case and type_ in TEXT:
            column, texts = engine(dialect).lower(column), tuple(map(lower, texts))
        if base in {"contains", "starts_with", "ends_with"}:
            name = {"contains": "contains", "starts_with": "starts", "ends_with": "ends"}[base]
            return getattr(engine(dialect), name)(column, texts[0])
        if type_ == "integer":
            return _whole(base, column, [typed(text, type_) for text in texts])
        return _ordinary(base, column, [value_of(text, type_) for text in texts])


def _ordinary(operator: Operator, column: Any, values: list[Any]) -> Any:
    number = ~column.isnan() if column.type().is_floating() else None  # which databases take for greater than all numbers
    match operator:
        case "equals":
            return column == values[0]
        case "less":
            return column < values[0]
        case "less_or_equal":
            return column <= values[0]
        case "between":
            found = (column >= values[0]) & (column <= values[1])
        case "one_of":
            return column.isin(values)
        case "greater":
            found = column > values[0]
        case _:
            found = column >= values[0]
    return found if number is None else found & number


def _whole(operator: Operator, column: Any, values: list[Any]) -> Any:
    """Comparisons of whole numbers with numbers that need not be whole: exact beyond what decimals can hold."""
    import ibis

    match operator:
        case "equals" | "one_of":
            whole = [value for value in values if value == math.floor(value)]
            return column.isin([_integer(value) for value in whole]) if whole else ibis.literal(False)
        case "less":
            return column <= _integer(math.ceil(values[0]) - 1)
        case "less_or_equal":
            return column <= _integer(math.floor(values[0]))
        case "greater":
            return column >= _integer(math.floor(values[0]) + 1)
        case "greater_or_equal":
            return column >= _integer(math.ceil(values[0]))
        case _:
            return (column >= _integer(math.ceil(values[0]))) & (column <= _integer(math.floor(values[1])))


def _integer(value: float) -> Any:
    import ibis

    return ibis.literal(max(-(2**63) + 1, min(2**63 - 1, int(value))), type="int64")


def _has(column: Any, text: str) -> Any:
    """Whether a list has an item: one that is written so."""
    import ibis

    kind = column.type().value_type
    if not (kind.is_integer() or kind.is_floating() or kind.is_string() or kind.is_boolean()):
        return ibis.literal(False)
    type_: ColumnType = (
        "boolean" if kind.is_boolean() else "integer" if kind.is_integer() else "decimal" if kind.is_floating() else "string"
    )
    try:
        return column.contains(value_of(text, type_))
    except ValueError:
        return ibis.literal(False)


def texts_of(condition: Condition) -> tuple[str, ...]:
    """The values of a condition as texts: none, one, the two ends, or all of a list."""
    match plain_operator(condition.operator):
        case "between":
            return (condition.value, condition.value2)
        case "one_of":
            return condition.values
    return (condition.value,) if takes_value(condition.operator) else ()


def typed(text: str, type_: ColumnType) -> Any:
    """The value that a text means in a column of this type. Raises ValueError when it means none."""
    match type_:
        case "integer":
            number = float(text)
            if not math.isfinite(number) or abs(number) > 2**63:
                raise ValueError(text)
            return int(text) if number == int(number) and text.strip().lstrip("+-").isdigit() else number
        case "decimal":
            number = float(text)
            if math.isnan(number):
                raise ValueError(text)
            return number
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
        case "timestamp_tz":
            moment = dt.datetime.fromisoformat(text.strip())
            return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        case _:
            return text


def value_of(text: str, type_: ColumnType) -> Any:
    """The value that a text means in a column of this type, as an Ibis value that is exact on every database. Raises ValueError."""
    import ibis

    value = typed(text, type_)
    match type_:
        case "integer":
            return ibis.literal(value, type="int64") if isinstance(value, int) else exactly(value)
        case "decimal":
            return exactly(value)
        case "timestamp":
            return ibis.literal(value.isoformat(" ")).cast("timestamp")
        case "timestamp_tz":
            return ibis.literal(value.isoformat(" ")).cast("timestamp('UTC')")
        case "date":
            return ibis.literal(value.isoformat()).cast("date")
        case "time":
            return ibis.literal(value.isoformat()).cast("time")
        case _:
            return ibis.literal(value)


def exactly(number: float) -> Any:
    """A decimal as an Ibis value. Plainly it would be a numeral with a point in SQL: another type there, and less exact."""
    import ibis

    return ibis.literal(repr(float(number))).cast("float64")


def text_of(value: Any) -> str:
    """The text that `typed` reads as this value again; empty for a missing one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
