"""Scripts that are called once a row: a new column, and a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from workbench.dataprep.cells import companion, placed, visible
from workbench.dataprep.columns import IBIS_TYPES, ROW, Problem, Schema, missing_columns, names, schema_of
from workbench.dataprep.steps.base import Context, Rows, SchemaContext
from workbench.dataprep.steps.script.base import ScriptStep
from workbench.dataprep.workers.code import Kind
from workbench.dataprep.workers.functions import ColumnFunction, FilterFunction

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LEARNED_FROM = 1000
"""From how many first rows the type of a column is learned."""

ValueType = Literal["integer", "decimal", "boolean", "date", "time", "timestamp", "timestamp_tz", "string"]


class ScriptColumn(ScriptStep):
    """Adds or replaces a column by Python code over the row: `math.log(row.distance)`, `row["air time"] / 60`, or a module that
    defines `newvalue(row)`.

    `math`, `numbers`, `datetime`, `re`, `pd`, `np` (and `sp`, where SciPy is installed) are there. Error cells are instances of
    `CellError` with `original_value`; computing with one gives that error. A row for which the code fails is an error with the
    message. `type`: the column's type (learned from the first rows, else text); `after`: the column that it stands right of.
    """

    kind: ClassVar[Kind] = "column"
    op: Literal["script_column"] = "script_column"
    column: str
    type: ValueType | Literal[""] = ""
    after: str = ""

    @property
    def learned(self) -> bool:
        return bool(self.type)

    def describe(self) -> str:
        return f"Set {self.column} by {self.shown()}"

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (_known(self.column, names(schema)),)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.column.strip():
            problems.append(Problem("Give the new column a name."))
        return [*problems, *missing_columns(schema, [self.after] if self.after else [])]

    def relearn(self, rows: Rows) -> ScriptColumn:
        reads = [name for name in self.reads(schema_of(rows.table)) if name in rows.table.columns]
        kept = [name for name in [ROW, *reads, *map(companion, reads)] if name in rows.table.columns]
        first = rows.ask(rows.table.order_by(ROW).select(*kept).limit(_LEARNED_FROM))
        if not first.num_rows:
            return self.model_copy(update={"type": "string"})
        with self.worker() as worker:
            return self.model_copy(update={"type": worker.call(first, learn=True).facts["type"]})

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        before = visible(table)
        column = _known(self.column, before)
        order = before if column in before else placed(before, [column], [self.after])
        types: dict[str, Any] = dict(table.schema().items())
        types[column] = IBIS_TYPES[self.type or "string"]
        types[companion(column)] = "string"
        hidden = [companion(name) for name in order if companion(name) in types]
        schema = {name: types[name] for name in [*([ROW] if ROW in types else []), *order, *hidden]}
        worker = self.worker(context)
        made = context.by_python(
            table, schema, ColumnFunction(worker, self.reads(schema_of(table)), column, self.type or "string", list(schema))
        )
        self.tell(worker, context)
        context.count_failures(f"in {column} are errors that the script gave or met", made, made[companion(column)].notnull())
        return made


class ScriptFilter(ScriptStep):
    """Keeps the rows for which Python code over the row is true: `row.delay > 15 and row.origin != "JFK"`, or a module that defines
    `includerow(row)`. Rows for which it fails go, and are counted."""

    kind: ClassVar[Kind] = "filter"
    op: Literal["script_filter"] = "script_filter"

    def describe(self) -> str:
        return f"Keep rows by {self.shown()}"

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        worker = self.worker(context)
        function = FilterFunction(worker, self.reads(schema_of(table)))
        made = context.by_python(table, dict(table.schema().items()), function)
        self.tell(worker, context)
        if function.failed:
            rows = f"{function.failed:,} row{'s' if function.failed > 1 else ''}"
            context.remark(f"The script failed for {rows}, which were left out: {function.first}.")
        return made


def _known(name: str, known: list[str]) -> str:
    return next((other for other in known if other.lower() == name.lower()), name)
