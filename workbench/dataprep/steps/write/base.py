"""What all steps that write have in common."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.dataprep.steps.base import Context, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Write(StepBase):
    """Base of all steps that write the rows of their place when a dataflow runs on all data. They pass through unchanged."""

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table
