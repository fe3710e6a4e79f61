"""Replacing values."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.rows.conditions import typed

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Replace(StepBase):
    """Replaces a text, or a whole value, in columns."""

    op: Literal["replace"] = "replace"
    columns: tuple[str, ...]
    find: str
    replacement: str | None = ""
    whole: bool = True
    """Whether the whole value must equal `find`; else each occurrence inside a text is replaced. None as replacement: missing."""

    def describe(self) -> str:
        new = "missing" if self.replacement is None else f"'{self.replacement}'"
        return f"Replace '{self.find}' by {new} in {listed(self.columns)}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not self.columns:
            problems.append(Problem("Choose at least one column."))
        for name in self.columns:
            column = find(schema, name)
            if column is None:
                continue
            if not self.whole and column.type not in {"string", "other"}:
                problems.append(Problem(f"{name} holds no text: replace its whole value instead of a part.", column=name))
                continue
            for text in (self.find, self.replacement):
                try:
                    typed(text or "", column.type) if text is not None else None
                except ValueError:
                    problems.append(Problem(f"'{text}' is not a value that {name} can have ({column.type}).", column=name))
        if not self.find and not self.whole:
            problems.append(Problem("The text to find is empty."))
        if self.replacement is None and not self.whole:
            problems.append(Problem("A part of a text cannot become missing: replace the whole value."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        types = {column.name: column.type for column in schema_of(table)}
        changed: dict[str, Any] = {}
        for name in self.columns:
            column: Any = table[name]
            if not self.whole:
                changed[name] = column.replace(self.find, self.replacement or "")
                continue
            new = ibis.null(column.type()) if self.replacement is None else ibis.literal(typed(self.replacement, types[name]))
            changed[name] = ibis.ifelse((column == typed(self.find, types[name])).fill_null(False), new, column)
        return assign(table, changed, reads={name: [name] for name in changed})
