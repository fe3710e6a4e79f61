"""What every step is: an immutable record that describes itself, checks itself and transforms an Ibis table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from workbench.base.ids import new_id
from workbench.dataprep.columns import Problem, Schema

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program


class Context(Protocol):
    """What a step may ask of the engine while it builds its part of the query."""

    def other(self, source: str, flow: str) -> ir.Table:
        """The rows of another flow (`flow`: its id) or of a source file (`source`: its path), with the hidden row column."""

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """What a learned program says of each row of `table`: `columns` are its inputs, taken as texts."""

    def with_sql(self, table: ir.Table, name: str, sql: str) -> ir.Table:
        """The table with the column `name` set to an SQL scalar over its columns. Raises UserError when that is wrong."""

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Asks the engine to count rows of `table` where `failed`, and to report `message` with the count when there are any."""


class SchemaContext(Protocol):
    """What a check may ask: the columns of what a step refers to."""

    def schema_of_other(self, source: str, flow: str) -> Schema:
        """The columns of another flow or of a source file. Raises WorkbenchError."""

    def expression_problem(self, schema: Schema, sql: str) -> str:
        """Why an SQL scalar over these columns is wrong; empty when it is not."""


class StepBase(BaseModel, ABC):
    """Base of all steps; `op` is the literal that names the kind in the file.

    Invariants: frozen; `apply` keeps the hidden row column first, and sets it anew where `reorders` is true.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reorders: ClassVar[bool] = False
    """Whether the rows come out in another order than they went in, so that the engine must sort by the hidden column."""

    op: str
    id: str = Field(default_factory=new_id)
    enabled: bool = True
    note: str = ""

    @abstractmethod
    def describe(self) -> str:
        """One sentence: what the step does."""

    @abstractmethod
    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        """The table after the step."""

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:  # noqa: ARG002 (steps that need it override)
        """What keeps the step from running on a table of these columns."""
        return []
