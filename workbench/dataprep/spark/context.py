"""The context that steps build their Spark queries in."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.base.ids import new_id
from workbench.dataprep.columns import ROW
from workbench.dataprep.conversion import function
from workbench.dataprep.engine.programs import program_name, remembering
from workbench.dataprep.scalars import scalar
from workbench.dataprep.steps.base import Batches, Dialect, Other

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from workbench.byexample import Program


@dataclass
class SparkContext:
    """What steps of one flow build their query in."""

    session: SparkSession
    other_table: Callable[[Other], ir.Table]
    step: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Steps (by id), with what is to be said of how they run."""

    @property
    def dialect(self) -> Dialect:
        """Spark."""
        return "pyspark"

    def other(self, table: Other) -> ir.Table:
        """The rows of another flow or source file."""
        return self.other_table(table)

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """A learned program over columns of a table: in Spark's own terms, else as a function over Arrow arrays."""
        texts: list[Any] = [table[name].cast("string") for name in columns]
        native = program.to_ibis(texts, "pyspark")
        if native is not None:
            value: ir.Value = native
            return value
        from pyspark.sql.pandas.functions import arrow_udf

        name = program_name(program, len(texts))
        make: Any = arrow_udf
        self.session.udf.register(name, make(remembering(program, len(texts)), "string"))
        self.remark("Runs as a Python function on Spark.")
        called: ir.Value = function(name, ["string"] * len(texts), "string")(*texts)
        return called

    def scalar(self, table: ir.Table, sql: str) -> ir.Value:
        """An SQL scalar in DuckDB's dialect: in Spark's terms, else through DuckDB on the workers."""
        value: ir.Value = scalar(table, sql, "pyspark", self.session).value
        return value

    def by_python(self, table: ir.Table, schema: Any, function: Batches, *, whole: bool = False) -> ir.Table:
        """Runs the function over the rows on the executors; with `whole` on one of them."""
        import ibis

        from workbench.dataprep.spark.sql import to_sql, type_name

        wanted = ibis.schema(schema)
        arrow = wanted.to_pyarrow()
        given = table.schema().to_pyarrow()
        frame = self.session.sql(to_sql(table))
        if whole:
            frame = frame.repartition(1)
            frame = frame.sortWithinPartitions(ROW) if ROW in table.columns else frame

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            import pyarrow as pa

            held = [list(batches)] if whole else ([batch] for batch in batches)
            try:
                for some in held:
                    rows = pa.Table.from_batches([batch.cast(given) for batch in some], given)
                    yield from function(rows).cast(arrow).to_batches()
            finally:
                if close := getattr(function, "close", None):
                    close()

        name = f"python_{new_id()}"
        kind = ", ".join(f"`{column}` {type_name(kind)}" for column, kind in wanted.items())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # that it does not know pandas 3 yet, which is not used here
            frame.mapInArrow(run, kind).createOrReplaceTempView(name)
        return ibis.table(wanted, name=name)

    def cut(self, table: ir.Table) -> ir.Table:
        """The same table by a name: a flow of very many steps would be nested too deep for the makers of SQL."""
        import ibis

        from workbench.dataprep.spark.sql import to_sql

        name = f"steps_{new_id()}"
        self.session.sql(to_sql(table)).createOrReplaceTempView(name)
        return ibis.table(table.schema(), name=name)

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Error cells are counted in the result: another pass over a cluster's data for each step would cost too much."""

    def remark(self, message: str) -> None:
        """Remembers what is to be said of the step."""
        self.remarks.append((self.step, message))
