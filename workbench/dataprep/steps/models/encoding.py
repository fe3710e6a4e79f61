"""Categories as numbers: a column of 0 and 1 for each, or one number for each."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import assign, error, is_error, is_missing, without
from workbench.dataprep.columns import ColumnType, Problem, Schema, find, missing_columns, schema_of, unique_name
from workbench.dataprep.conversion import text_of as shown
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import distinct, known_columns, name_problems
from workbench.dataprep.steps.rows.conditions import text_of, typed, value_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


class OneHot(StepBase):
    """A column of 0 and 1 for each category of a column, right of it: 1 where the row is of that category.

    `categories`: the learned values as texts, in the order of the new columns. A missing value and a category that was not learned
    have 0 everywhere; an error is an error everywhere. `drop_first`: the first category has no column of its own.
    """

    op: Literal["one_hot"] = "one_hot"
    column: str
    prefix: str | None = None
    """What the new names begin with; `<column>_` without."""
    drop_first: bool = False
    remove: bool = False
    """Whether the column itself goes."""
    most: int = 200
    """How many categories there may be."""
    categories: tuple[str, ...] = ()

    @property
    def learned(self) -> bool:
        return bool(self.categories)

    def describe(self) -> str:
        count = f" ({len(self.categories):,} categories)" if self.categories else ""
        return f"Make a column of 0 and 1 for each category of {self.column}{count}"

    def targets(self, schema: Schema) -> dict[str, str]:
        """The new columns with their categories."""
        taken = [column.name for column in schema]
        found: dict[str, str] = {}
        for category in self.categories[1 if self.drop_first else 0 :]:
            prefix = f"{self.column}_" if self.prefix is None else self.prefix
            name = unique_name(f"{prefix}{category}" or "empty", [*taken, *found])
            found[name] = category
        return found

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.targets(schema))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if problems := _category_problems(schema, self.column, self.categories):
            return problems
        if len(self.categories) == 1 and self.drop_first:
            return [Problem(f"{self.column} has one category only: without it no column is made.", column=self.column)]
        return []

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        schema = schema_of(table)
        type_ = _type(schema, self.column)
        one, none = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
        values: dict[str, Any] = {
            name: ibis.ifelse((table[self.column] == value_of(category, type_)).fill_null(False), one, none)
            for name, category in self.targets(schema).items()
        }
        made = assign(table, values, reads={name: [self.column] for name in values}, after=(self.column,))
        return without(made, [self.column]) if self.remove else made

    def relearn(self, rows: Rows) -> Self:
        known_columns(rows.table, [self.column])
        found = distinct(rows, self.column, self.most, "make a column of each")
        return self.model_copy(update={"categories": tuple(map(text_of, found))})


class LabelEncode(StepBase):
    """A number for each category of a column: 0 for the first label, 1 for the second and so on.

    `labels`: the learned values as texts. What was not learned becomes an error, missing, or -1 (`unknown`).
    """

    op: Literal["label_encode"] = "label_encode"
    column: str
    into: str | None = None
    """The new column, right of the column; `<column>_label` without. The column's own name: in place."""
    unknown: Literal["error", "missing", "minus_one"] = "error"
    most: int = 1000
    """How many categories there may be."""
    labels: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The new column."""
        return f"{self.column}_label" if self.into is None else self.into

    @property
    def learned(self) -> bool:
        return bool(self.labels)

    def describe(self) -> str:
        count = f" ({len(self.labels):,} categories)" if self.labels else ""
        return f"Number the categories of {self.column} in {self.target}{count}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.target,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = name_problems(schema, [self.target], [self.column])
        return problems + _category_problems(schema, self.column, self.labels)

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        type_ = _type(schema_of(table), self.column)
        column: Any = table[self.column]
        branches = [(column == value_of(text, type_), ibis.literal(at, type="int64")) for at, text in enumerate(self.labels)]
        value: Any = ibis.cases(*branches, else_=ibis.null("int64"))
        there = ~is_missing(table, self.column) & ~is_error(table, self.column)
        if self.unknown == "minus_one":
            value = ibis.ifelse(there & value.isnull(), ibis.literal(-1, type="int64"), value)
        errors: dict[str, Any] = {}
        if self.unknown == "error":
            failed = there & value.isnull()
            errors[self.target] = ibis.ifelse(
                failed, error("unknown category", shown(column, context.dialect)), ibis.null("string")
            )
            context.count_failures(f"in {self.column} are no known category and became errors", table, failed)
        return assign(table, {self.target: value}, reads={self.target: [self.column]}, errors=errors, after=(self.column,))

    def relearn(self, rows: Rows) -> Self:
        known_columns(rows.table, [self.column])
        found = distinct(rows, self.column, self.most, "number them")
        return self.model_copy(update={"labels": tuple(map(text_of, found))})


def _type(schema: Schema, name: str) -> ColumnType:
    column = find(schema, name)
    return column.type if column else "string"


def _category_problems(schema: Schema, name: str, categories: tuple[str, ...]) -> list[Problem]:
    """A column that is not there or holds no single values, no categories, or such as cannot be values of the column."""
    if problems := missing_columns(schema, [name]):
        return problems
    type_ = _type(schema, name)
    if type_ in {"struct", "list"}:
        return [Problem(f"{name} holds no single values.", column=name)]
    if not categories:
        return [NOT_LEARNED]
    for category in categories:
        try:
            typed(category, type_)
        except ValueError:
            return [Problem(f"'{category}' is not a value that {name} can have ({type_}).", column=name)]
    if twice := [one for one in categories if categories.count(one) > 1]:
        return [Problem(f"The category {twice[0]} is listed twice.", column=name)]
    return []
