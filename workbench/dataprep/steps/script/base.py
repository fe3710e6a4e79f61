"""What all script steps share: the code, its form, its limits and how they are checked.

A script is the user's own code and may do what the user may; it runs in a process of its own so that it cannot harm Workbench, not
because it is distrusted.
"""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.dataprep.columns import ColumnType, Problem, Schema, column_of, missing_columns, names
from workbench.dataprep.steps.base import Context, Dialect, Record, SchemaContext, StepBase
from workbench.dataprep.workers.code import Form, Kind, Script
from workbench.dataprep.workers.process import Limits, PythonWorker

if TYPE_CHECKING:
    import pyarrow as pa


class MadeColumn(Record):
    """A column that a script makes. `nested`: the Ibis type of a struct or list; empty else."""

    name: str
    type: ColumnType
    nested: str = ""


class ScriptStep(StepBase):
    """Base of all script steps.

    `form`: whether `code` is an expression (or statements that end with one), or a module that defines the step's function.
    `seconds` and `memory` (megabytes): what one call may take, for a batch of rows or the whole table.
    """

    kind: ClassVar[Kind]
    expensive = True

    code: str
    form: Form = "expression"
    seconds: float = Field(60.0, gt=0)
    memory: int = Field(2048, ge=64)

    @property
    def script(self) -> Script:
        """The code as the worker takes it."""
        return Script(self.kind, self.code, self.form, getattr(self, "frames", "pandas"))

    def worker(self, context: Any = None) -> PythonWorker:
        """A process for the code, which starts when it is first called."""
        limits = Limits(self.seconds, self.memory)
        return PythonWorker(self.script, limits, f"the step '{self.describe()}'", getattr(context, "cancel", None))

    def reads(self, schema: Schema) -> tuple[str, ...]:
        if not self.script.by_row:
            return tuple(names(schema))
        found = self.script.columns()
        return tuple(names(schema)) if found is None else found

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if reason := self.script.problem():
            return [Problem(reason)]
        return missing_columns(schema, (self.script.columns() or ()) if self.script.by_row else ())

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        if dialect == "duckdb":
            return []
        return [Problem("On Spark, what the script prints is not shown.", severity="info")]

    def tell(self, worker: PythonWorker, context: Context) -> None:
        """Passes on what the script printed."""
        for line in worker.printed:
            context.remark(f"The script printed: {line}")

    def shown(self) -> str:
        """The code in a sentence: its one line, or what there is of it."""
        lines = [line for line in self.code.strip().splitlines() if line.strip()]
        if len(lines) == 1 and len(lines[0]) <= 80:
            return f"the script {lines[0].strip()}"
        return f"a script of {len(lines)} lines" if len(lines) > 1 else "a script"


def made_columns(table: pa.Table) -> tuple[MadeColumn, ...]:
    """The columns of an Arrow table that a script gave."""
    import ibis

    found = (column_of(name, dtype) for name, dtype in ibis.Schema.from_pyarrow(table.schema).items())
    return tuple(MadeColumn(name=column.name, type=column.type, nested=column.nested) for column in found)
