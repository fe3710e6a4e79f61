"""A step that a newer version wrote: kept as it is, and refused when it would run."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict

from workbench.base.errors import UserError
from workbench.dataprep.columns import Problem, Schema
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Unknown(StepBase):
    """Holds all fields of a step whose `op` this version does not know, and writes them back unchanged."""

    model_config = ConfigDict(frozen=True, extra="allow")

    op: str

    def describe(self) -> str:
        return f"Unknown step '{self.op}' (made by a newer version)"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [Problem(f"This version of Workbench does not know the step '{self.op}'. Update Workbench, or disable the step.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        raise UserError(
            f"This version of Workbench does not know the step '{self.op}'.", hint="Update Workbench, or disable the step."
        )
