"""Scripts that get data frames: the whole table, or consecutive parts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field

from workbench.dataprep.cells import companion, visible, with_errors
from workbench.dataprep.columns import ROW, ColumnInfo, Problem, Schema, find, listed
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Dialect, Rows, SchemaContext
from workbench.dataprep.steps.script.base import MadeColumn, ScriptStep, made_columns
from workbench.dataprep.workers.code import Frames, Kind
from workbench.dataprep.workers.functions import FrameFunction

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEARNED_FROM = 10_000
"""On how many first rows a script shows which columns it gives."""
_SPREAD = 1 << 20


class FrameStep(ScriptStep):
    """Base of scripts that get data frames (`frames`: pandas' or Polars') and give some.

    Their columns and types are learned on the first rows; later a column that is not given any more is refused, and values of
    another type are errors. Error cells reach them as missing.
    """

    parts: ClassVar[bool] = False
    """Whether it gets the rows part by part."""
    reorders = True
    uses_order = True

    seconds: float = Field(600.0, gt=0)
    frames: Frames = "pandas"
    columns: tuple[MadeColumn, ...] = ()
    """The columns that come out, as a run on the first rows has shown; empty: not learned."""

    @property
    def learned(self) -> bool:
        return bool(self.columns)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if find(schema, column.name) is None)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [*super().check(schema, context), *([] if self.learned else [NOT_LEARNED])]

    def relearn(self, rows: Rows) -> Self:
        first = rows.ask(rows.table.order_by(ROW).select(*visible(rows.table)).limit(_LEARNED_FROM))
        with self.worker() as worker:
            found = worker.call(first, index=0).table
        if found is None:
            raise RuntimeError("a script of a table gives a table")
        return self.model_copy(update={"columns": made_columns(found)})

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        infos = [ColumnInfo(column.name, column.type, column.nested) for column in self.columns]
        types: dict[str, Any] = {info.name: info.ibis_type for info in infos}
        schema = {ROW: "int64", **types, **{companion(name): "string" for name in types}}
        worker = self.worker(context)
        spread = _SPREAD if self.parts and context.dialect == "pyspark" else 0
        function = FrameFunction(worker, ibis.schema(types).to_pyarrow(), list(schema), parts=self.parts, spread=spread)
        for name in with_errors(table):
            wrong = table[companion(name)].notnull()
            context.count_failures(f"in {name} were errors and reached the script as missing", table, wrong)
        rows = table.order_by(ROW) if spread else table
        made = context.by_python(rows, schema, function, whole=not self.parts)
        self.tell(worker, context)
        if function.new:
            context.remark(f"The script gives {listed(function.new)} besides, which was not there when it was learned: left out.")
        return made.mutate(**{ROW: ibis.row_number().over(order_by=ROW).cast("int64")}) if spread else made


class ScriptFrame(FrameStep):
    """Transforms the whole table, as a data frame in memory, by Python code that changes `df`, ends with the new one, or defines
    `transform(df)`."""

    kind: ClassVar[Kind] = "frame"
    op: Literal["script_frame"] = "script_frame"

    def describe(self) -> str:
        return f"Transform the table by {self.shown()}"

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        whole = Problem("The script needs all rows in memory at once.", severity="info")
        return [whole, *super().limits(schema, dialect)]


class ScriptPartition(FrameStep):
    """Transforms the rows part by part (consecutive rows, about 100,000 at a time), so that a table larger than memory works, by
    Python code over `df` and `index`, the part's number, or a module that defines `transform(df, index)`."""

    kind: ClassVar[Kind] = "partition"
    parts: ClassVar[bool] = True
    op: Literal["script_partition"] = "script_partition"

    def describe(self) -> str:
        return f"Transform each part of the table by {self.shown()}"

    def limits(self, schema: Schema, dialect: Dialect) -> list[Problem]:
        found = super().limits(schema, dialect)
        if dialect == "pyspark":
            found.append(Problem("On Spark the parts are those of Spark, each counted from 0, side by side.", severity="info"))
        return found
