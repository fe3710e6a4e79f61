"""Steps that place columns: move and duplicate."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from workbench.dataprep.cells import arranged, picked, visible
from workbench.dataprep.columns import Problem, Schema, listed, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir

Where = Literal["first", "last", "before", "after", "index"]


class Move(StepBase):
    """Moves columns, in this order, to one place: first, last, before or after the column `anchor`, or to the position `index`.

    Positions count from 0 among the columns of the result.
    """

    op: Literal["move"] = "move"
    columns: tuple[str, ...]
    to: Where = "first"
    anchor: str = ""
    index: int = 0

    def describe(self) -> str:
        where = {
            "first": "to the front",
            "last": "to the end",
            "before": f"before {self.anchor}",
            "after": f"after {self.anchor}",
            "index": f"to position {self.index + 1}",
        }[self.to]
        return f"Move {listed(self.columns)} {where}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.columns, *([self.anchor] if self.to in {"before", "after"} else []))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to move.")]
        problems = missing_columns(schema, self.columns)
        if self.to in {"before", "after"}:
            if not self.anchor:
                problems.append(Problem(f"Choose the column {self.to} which they shall stand."))
            elif self.anchor in self.columns:
                problems.append(Problem(f"{self.anchor} cannot stand {self.to} itself.", column=self.anchor))
            else:
                problems += missing_columns(schema, [self.anchor])
        if self.to == "index" and not 0 <= self.index < max(len(schema), 1):
            problems.append(Problem(f"There is no position {self.index + 1}: the table has {len(schema)} columns."))
        return problems

    def order(self, columns: Sequence[str]) -> list[str]:
        """The columns in their new order."""
        moved = list(dict.fromkeys(self.columns))
        rest = [name for name in columns if name not in moved]
        match self.to:
            case "first":
                at = 0
            case "last":
                at = len(rest)
            case "before":
                at = rest.index(self.anchor)
            case "after":
                at = rest.index(self.anchor) + 1
            case "index":
                at = min(self.index, len(rest))
        return [*rest[:at], *moved, *rest[at:]]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return arranged(table, self.order(visible(table)))


class Duplicate(StepBase):
    """Copies columns, errors included, each copy right of its source.

    `names`: what the copies are called, as many as columns; without any `price` gives `price_copy`.
    """

    op: Literal["duplicate"] = "duplicate"
    columns: tuple[str, ...]
    names: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"Duplicate {listed(self.columns)}" + (f" as {listed(self.names)}" if self.names else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self.copies(names(schema)).values())

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to duplicate.")]
        problems = missing_columns(schema, self.columns)
        if self.names and len(self.names) != len(set(self.columns)):
            return [*problems, Problem(f"There are {len(set(self.columns))} columns, but {len(self.names)} names for the copies.")]
        taken = {name.lower() for name in names(schema)}
        for name in self.names:
            if not name.strip():
                problems.append(Problem("The name of a copy is empty."))
            elif name.lower() in taken:
                problems.append(Problem(f"There is a column {name} already.", column=name))
            taken.add(name.lower())
        return problems

    def copies(self, columns: Sequence[str]) -> dict[str, str]:
        """The name of each column's copy."""
        sources = list(dict.fromkeys(self.columns))
        if self.names:
            return dict(zip(sources, self.names, strict=False))
        copies: dict[str, str] = {}
        for name in sources:
            copies[name] = unique_name(f"{name}_copy", [*columns, *copies.values()])
        return copies

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        copies = self.copies(visible(table))
        chosen: dict[str, str] = {}
        for name in visible(table):
            chosen[name] = name
            if name in copies:
                chosen[copies[name]] = name
        return picked(table, chosen)
