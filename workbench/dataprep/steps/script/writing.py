"""A script that writes the table wherever it likes."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from workbench.dataprep.steps.base import Context
from workbench.dataprep.steps.script.base import ScriptStep
from workbench.dataprep.steps.write.base import Write
from workbench.dataprep.workers.code import Frames, Kind

if TYPE_CHECKING:
    import ibis.expr.types as ir


class ScriptWrite(ScriptStep, Write):
    """Writes the rows by Python code, such as `df.to_excel("out.xlsx")`, or a module that defines `write(df)`; they pass through.

    It is called with the whole table when the dataflow runs on all data, never for a preview; relative paths start from the
    project. Whether a file is half written when it fails is up to the code.
    """

    kind: ClassVar[Kind] = "write"
    expensive = False
    op: Literal["script_write"] = "script_write"
    seconds: float = Field(600.0, gt=0)
    frames: Frames = "pandas"

    def describe(self) -> str:
        return f"Write by {self.shown()}"

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table
