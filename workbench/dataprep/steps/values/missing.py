"""Missing values: texts that mean them, and conditions that make them."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from workbench.dataprep.cells import assign, error_of
from workbench.dataprep.columns import TEXT, ColumnInfo, ColumnType, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext
from workbench.dataprep.steps.rows.conditions import Condition
from workbench.dataprep.steps.values.base import SINGLE, ColumnsStep, without_nan
from workbench.dataprep.steps.values.texts import WHITE_SPACE

if TYPE_CHECKING:
    import ibis.expr.types as ir

NA_TEXTS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
    "None", "n/a", "nan", "null",
)  # fmt: skip
"""What pandas' readers take as missing."""


class ReplaceNA(ColumnsStep):
    """Makes texts missing that mean a missing value, such as NA or null, and empty ones.

    `columns`: empty for all. `default_list`: the texts that pandas' readers take as missing; `empty`: texts without any sign but
    white space; `nan`: numbers that are not a number; `custom`: other texts. White space around a text does not count.
    """

    kinds: ClassVar[frozenset[ColumnType]] = SINGLE
    op: Literal["replace_na"] = "replace_na"
    columns: tuple[str, ...] = ()
    default_list: bool = True
    empty: bool = True
    nan: bool = True
    custom: tuple[str, ...] = ()
    ignore_case: bool = False

    def describe(self) -> str:
        what = [*(["NA, null and the like"] if self.default_list else []), *(["empty texts"] if self.empty else [])]
        what += [*(["NaN"] if self.nan else []), *(f"'{text}'" for text in self.custom)]
        return f"Make {listed(what)} missing in {listed(self.columns) or 'all columns'}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(column.name for column in self.chosen(schema))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.reads(schema)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not (self.default_list or self.empty or self.nan or self.custom):
            problems.append(Problem("Choose what means a missing value."))
        return problems

    def chosen(self, schema: Schema, *, suitable: bool = True) -> list[ColumnInfo]:
        named = [column for column in schema if not self.columns or column.name in self.columns]
        return [column for column in named if column.type in TEXT or (column.type == "decimal" and self.nan)]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that become missing, without white space around them."""
        listed_texts = (*(NA_TEXTS if self.default_list else ()), *self.custom)
        return tuple(dict.fromkeys([*(text.strip(WHITE_SPACE) for text in listed_texts), *([""] if self.empty else [])]))

    def changed(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        import ibis

        from workbench.byexample.native.engines import engine
        from workbench.byexample.tree.texts import lower

        value: Any = table[column.name]
        if column.type not in TEXT:
            return without_nan(value)
        known = engine(context.dialect)
        plain, texts = known.stripped(value, WHITE_SPACE, "both"), self.texts
        if self.ignore_case:
            plain, texts = known.lower(plain), tuple(dict.fromkeys(map(lower, texts)))
        return ibis.ifelse(plain.isin(list(texts)), ibis.null("string"), value) if texts else value


class MakeMissing(ColumnsStep):
    """Makes cells missing in the rows that fulfil all, or any, of the conditions; error cells too."""

    kinds: ClassVar[frozenset[ColumnType]] = frozenset({*SINGLE, "struct", "list"})
    op: Literal["make_missing"] = "make_missing"
    conditions: tuple[Condition, ...]
    match: Literal["all", "any"] = "all"

    def describe(self) -> str:
        word = " and " if self.match == "all" else " or "
        return f"Make {listed(self.columns)} missing where {word.join(condition.describe() for condition in self.conditions)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.columns, *(condition.column for condition in self.conditions)]))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.conditions:
            return [*problems, Problem("Give at least one condition.")]
        problems += missing_columns(schema, [condition.column for condition in self.conditions])
        for condition in self.conditions:
            if (column := find(schema, condition.column)) and (problem := condition.problem(column.type)):
                problems.append(problem)
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        types = {column.name: column.type for column in schema_of(table)}
        found, *rest = [condition.expression(table, types[condition.column], context.dialect) for condition in self.conditions]
        for other in rest:
            found = found & other if self.match == "all" else found | other
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name in self.columns:
            value: Any = table[name]
            values[name] = ibis.ifelse(found, ibis.null(value.type()), value)
            if (broken := error_of(table, name)) is not None:
                errors[name] = ibis.ifelse(found, ibis.null("string"), broken)
        return assign(table, values, reads={name: [] for name in values}, errors=errors)
