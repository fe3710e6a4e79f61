"""What every step is: an immutable record that describes itself, checks itself and transforms an Ibis table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from workbench.base.ids import new_id
from workbench.dataprep.columns import Problem, Schema, is_hidden, names

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from workbench.byexample import Program

Dialect = Literal["duckdb", "pyspark"]
"""The database that runs a query."""

Batches = Callable[["pa.Table"], "pa.Table"]


class Record(BaseModel):
    """A part of a step: immutable, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Other(Record):
    """Another table: a flow (`flow`: its id; of this package, or of the file `package`) or a source file (`source`: its path)."""

    flow: str = ""
    source: str = ""
    package: str = ""
    name: str = ""
    """What it is called, for descriptions."""

    def describe(self) -> str:
        """How it is called in a sentence."""
        return self.name or self.source or "another flow"


class Context(Protocol):
    """What a step may ask of the engine while it builds its part of the query."""

    @property
    def dialect(self) -> Dialect:
        """What will run the query; `workbench.byexample.native.engines.engine(dialect)` has text functions for both."""

    def other(self, table: Other) -> ir.Table:
        """The rows of another flow or source file, with the hidden row column and companions."""

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """What a learned program says of each row of `table`: `columns` are its inputs, taken as texts."""

    def scalar(self, table: ir.Table, sql: str) -> ir.Value:
        """An SQL scalar in DuckDB's dialect over the table's visible columns. Raises UserError when that is wrong."""

    def by_python(self, table: ir.Table, schema: Any, function: Batches, *, whole: bool = False) -> ir.Table:
        """The table that Python makes of this one: for what no database can do.

        `schema` is the Ibis schema of the result, row column and companions included. `function` gets an Arrow table of consecutive
        rows with all columns, hidden ones too, and returns the rows that stand in their place; with `whole` it is called once, with
        all rows in their order. Needs the rows: without data (when only columns are asked for) it is never called.
        """

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Asks the engine to count rows of `table` where `failed`, and to report `message` with the count when there are any."""

    def remark(self, message: str) -> None:
        """One sentence for the user on how the step ran."""


class SchemaContext(Protocol):
    """What a check may ask: the columns of what a step refers to."""

    def schema_of_other(self, table: Other) -> Schema:
        """The columns of another flow or of a source file. Raises WorkbenchError."""

    def expression_problem(self, schema: Schema, sql: str) -> str:
        """Why an SQL scalar over these columns is wrong; empty when it is not."""


class Rows(Protocol):
    """The rows that reach a step, for learning its constants."""

    @property
    def table(self) -> ir.Table:
        """They as an Ibis table, with the row column and companions."""

    def ask(self, query: Any) -> pa.Table:
        """The result of an Ibis table or aggregate over `table`. Raises Cancelled."""


class StepBase(BaseModel, ABC):
    """Base of all steps; `op` is the literal that names the kind in the file.

    Invariants: frozen; `apply` keeps the hidden row column, and sets it anew where `reorders` is true; companions of error cells
    stay beside their columns (see `workbench.dataprep.cells`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reorders: ClassVar[bool] = False
    """Whether the rows come out in another order than they went in, so that the engine must sort by the hidden column."""
    uses_order: ClassVar[bool] = False
    """Whether `apply` looks at the hidden row column. True for each step that reorders."""
    expensive: ClassVar[bool] = False
    """Whether its result is worth keeping while later steps are edited."""

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

    def reads(self, schema: Schema) -> tuple[str, ...]:
        """The columns that it looks at; all by default."""
        return tuple(names(schema))

    def makes(self, schema: Schema) -> tuple[str, ...]:  # noqa: ARG002 (steps that make some override it)
        """The columns that it adds or changes."""
        return ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:  # noqa: ARG002 (steps that need it override)
        """What keeps the step from running on a table of these columns."""
        return []

    def others(self) -> tuple[Other, ...]:
        """The other tables that it needs."""
        return ()

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:  # noqa: ARG002 (most steps run the same everywhere)
        """What this database does otherwise, or cannot do, said before it runs."""
        return []

    @property
    def learned(self) -> bool:
        """Whether the step has the constants that it takes from data. Steps without any are always learned."""
        return True

    def relearn(self, rows: Rows) -> Self:  # noqa: ARG002 (steps that learn override it)
        """The step with its constants taken anew from these rows; others return themselves. Raises UserError, Cancelled."""
        return self


NOT_LEARNED = Problem("It has not looked at the data yet: learn it.")
"""What the check of a step says that has no constants yet."""


def visible_types(table: ir.Table) -> dict[str, Any]:
    """The Ibis type of each visible column."""
    return {name: kind for name, kind in table.schema().items() if not is_hidden(name)}
