"""Sorting rows."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.columns import ROW, TEXT, Problem, Schema, find, listed, missing_columns
from workbench.dataprep.steps.base import Context, Dialect, Record, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class SortKey(Record):
    """A column to sort by. Missing values (not a number is one) and errors come last either way.

    Texts stand in the order of their characters' numbers. `ignore_case`: as if they were in small letters; `natural`: numbers in
    them count as numbers, so that `a9` stands before `a10`.
    """

    column: str
    descending: bool = False
    ignore_case: bool = False
    natural: bool = False

    def describe(self) -> str:
        """The column and how it is sorted, in words."""
        words = {" descending": self.descending, " in any case": self.ignore_case, " in natural order": self.natural}
        return self.column + "".join(word for word, said in words.items() if said)


class Sort(StepBase):
    """Sorts the rows; rows that are equal keep their order."""

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["sort"] = "sort"
    keys: tuple[SortKey, ...]

    def describe(self) -> str:
        return f"Sort by {listed(key.describe() for key in self.keys)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(key.column for key in self.keys)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.keys:
            return [Problem("Choose a column to sort by.")]
        problems = missing_columns(schema, [key.column for key in self.keys])
        for key in self.keys:
            column = find(schema, key.column)
            if column and column.type in {"struct", "list"}:
                problems.append(Problem(f"{key.column} holds no single values, so rows have no order by it.", column=key.column))
            elif column and column.type not in TEXT and (key.ignore_case or key.natural):
                message = f"{key.column} holds no text: it is sorted by its values."
                problems.append(Problem(message, column=key.column, severity="info"))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        keys = [
            (ibis.desc if key.descending else ibis.asc)(sort_value(table[key.column], key, context.dialect), nulls_first=False)
            for key in self.keys
        ]
        return table.mutate(**{ROW: ibis.row_number().over(order_by=[*keys, table[ROW]])})


def sort_value(column: Any, key: SortKey, dialect: Dialect) -> Any:
    """What is compared in place of the column's values."""
    if not column.type().is_string():
        return key_of(column)
    from workbench.byexample.native.engines import engine

    text = engine(dialect).lower(column) if key.ignore_case else column
    return natural(text, dialect) if key.natural else text


def key_of(column: Any) -> Any:
    """The column's values, where not a number is a missing value."""
    import ibis

    return ibis.ifelse(column.isnan(), ibis.null("float64"), column) if column.type().is_floating() else column


def natural(text: Any, dialect: Dialect) -> Any:
    """The text with the length of each number (without its leading zeros) in four digits before the number."""
    import ibis

    from workbench.byexample.native.binding import bind, each, numbered
    from workbench.byexample.native.engines import engine

    functions = engine(dialect)

    def told(piece: Any) -> Any:
        digits = functions.stripped(piece, "0", "left")
        counted = functions.filled(digits.length().cast("string"), 4) + digits
        return ibis.ifelse(functions.matches(piece, "^[0-9]"), counted, piece)

    def whole(value: Any) -> Any:
        pieces = each(functions.all_matches(value, "[0-9]+|[^0-9]+"), told)
        return ibis.ifelse(value.isnull(), ibis.null("string"), functions.joined(pieces, ""))

    with numbered():
        return bind(text, whole)
