"""What all steps have in common that choose rows: keeping those, or removing them, gives parts that are complements."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.steps.base import Context, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Choosing(StepBase):
    """Chooses rows, and keeps or removes them."""

    action: Literal["keep", "remove"] = "keep"

    @abstractmethod
    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        """The table, perhaps with further columns at its end, and a condition over it, never missing: which rows are chosen."""

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        made, found = self.chosen(table, context)
        kept = made.filter(found if self.action == "keep" else ~found)
        return kept if len(made.columns) == len(table.columns) else kept.select(*table.columns)

    def complement(self) -> Self:
        """The step that gives exactly the other rows."""
        return self.model_copy(update={"action": "remove" if self.action == "keep" else "keep"})

    @property
    def _verb(self) -> str:
        return self.action.capitalize()
