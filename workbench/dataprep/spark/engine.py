"""The engine on Spark: the steps of a flow as one Spark query."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.dataprep.columns import ROW, Schema, is_hidden, schema_of
from workbench.dataprep.engine.engine import Engine
from workbench.dataprep.engine.planning import Node, Plan
from workbench.dataprep.engine.queries import CUT
from workbench.dataprep.package import Package
from workbench.dataprep.reports import Note
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.samples import Sample, first
from workbench.dataprep.spark.context import SparkContext
from workbench.dataprep.spark.reading import read_source
from workbench.dataprep.spark.session import beside
from workbench.dataprep.steps import Other, Write

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from pyspark.sql import DataFrame, SparkSession


class SparkEngine:
    """Runs dataflows whose relative paths start from `base` on a Spark session, which keeps its own settings and views.

    `inputs`: what stands in for sources, by the path or name that flows refer to them with.
    """

    def __init__(self, session: SparkSession, base: Path, *, inputs: Mapping[str, Any] | None = None) -> None:
        self._session = beside(session)
        self._base = Path(base).absolute()
        self._inputs = dict(inputs or {})
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-spark-")
        self._local = Engine(self._base, Path(self._folder.name), inputs=inputs)
        self._views: dict[str, tuple[str, Any]] = {}
        self.notes: list[Note] = []
        """What happened while queries were built."""

    def frame(self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None) -> DataFrame:
        """The rows after a step (None: the last) in their order; error cells are missing. Nothing is computed yet.

        Raises UserError naming the step that cannot run, NotFound, EnvironmentError_.
        """
        frame = self.with_errors(package, flow_id, step_index, sample_rows=sample_rows)
        return frame.select(*(f"`{name}`" for name in frame.columns if not is_hidden(name)))

    def with_errors(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None
    ) -> DataFrame:
        """The same with the companions of error cells (`workbench.dataprep.cells`)."""
        return self.computed(self.table(package, flow_id, step_index, sample_rows=sample_rows))

    def computed(self, table: ir.Table) -> DataFrame:
        """The rows of what `table` gave, in their order, with the companions."""
        from workbench.dataprep.spark.sql import to_sql

        return self._session.sql(to_sql(table.order_by(ROW).drop(ROW)))

    def table(self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None) -> ir.Table:
        """The rows after a step as an Ibis table over views of the session, with the hidden columns."""
        plan = Plan(self._base, first(sample_rows), inputs=self._inputs)
        node = plan.node(package, flow_id)
        plan.check_circles(node)
        return self._steps(plan, node, node.last if step_index is None else step_index)

    def files(self, package: Package, flow_id: str) -> tuple[Path, ...]:
        """The local files that a flow reads."""
        plan = Plan(self._base, inputs=self._inputs)
        return tuple(path for reader in _readers(plan, plan.node(package, flow_id)) for path in reader.files)

    def close(self) -> None:
        """Removes what was read through the local engine. Frames must not be used afterwards."""
        for name, _ in self._views.values():
            self._session.catalog.dropTempView(name)
        self._local.close()
        self._folder.cleanup()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _steps(self, plan: Plan, node: Node, last: int) -> ir.Table:
        source = plan.source(node)
        table = self._steps(plan, source, source.last) if isinstance(source, Node) else self._source(plan, source)
        context = SparkContext(self._session, lambda other: self._other(plan, node, other))
        checks = _Checks(self, plan, node)
        for index, step in enumerate(node.flow.steps[: last + 1]):
            if not step.enabled or isinstance(step, Write):
                continue
            schema = schema_of(table)
            problems = step.check(schema, checks)
            if not any(problem.severity == "error" for problem in problems):
                problems += step.limits(schema, "pyspark")
            if errors := [problem for problem in problems if problem.severity == "error"]:
                raise UserError(
                    f"Step {index + 1} ({step.describe()}) cannot run on Spark: {errors[0].message}",
                    place=f"flow {node.flow.name}, step {index + 1}",
                )
            self.notes += [Note(problem.message, step.id) for problem in problems if problem.severity == "warning"]
            context.step = step.id
            table = step.apply(table, context)
            if index % CUT == CUT - 1:
                table = context.cut(table)
        self.notes += [Note(message, step) for step, message in context.remarks]
        return table

    def _other(self, plan: Plan, node: Node, other: Other) -> ir.Table:
        found = plan.needed(node, other)
        return self._steps(plan, found, found.last) if isinstance(found, Node) else self._source(plan, found)

    def _source(self, plan: Plan, reader: Reader) -> ir.Table:
        """A view of the source; read once."""
        import ibis

        key = plan.reader_key(reader)
        if key not in self._views:
            sample: Sample | None = plan.sample_of(reader)
            frame = read_source(self._session, reader, self._local, Path(self._folder.name), sample)
            name = f"source_{new_id()}"
            frame.createOrReplaceTempView(name)
            kinds = {column.name: column.ibis_type for column in reader.schema}
            self._views[key] = (name, {column: _kind(column, kinds) for column in frame.columns})
            self.notes += [Note(text) for text in reader.notes]
        name, schema = self._views[key]
        return ibis.table(schema, name=name)

    def schema(self, plan: Plan, node: Node) -> Schema:
        """The visible columns of a flow's result."""
        return schema_of(self._steps(plan, node, node.last))


def _readers(plan: Plan, node: Node) -> list[Reader]:
    """The sources behind a flow."""
    places = [plan.source(node), *(plan.needed(node, other) for step in node.flow.steps if step.enabled for other in step.others())]
    return [reader for place in places for reader in (_readers(plan, place) if isinstance(place, Node) else [place])]


def _kind(column: str, kinds: Mapping[str, str]) -> str:
    return "int64" if column == ROW else kinds.get(column, "string")


class _Checks:
    """What steps' checks may ask the engine."""

    def __init__(self, engine: SparkEngine, plan: Plan, node: Node) -> None:
        self._engine = engine
        self._plan = plan
        self._node = node

    def schema_of_other(self, table: Other) -> Schema:
        found = self._plan.needed(self._node, table)
        return self._engine.schema(self._plan, found) if isinstance(found, Node) else found.schema

    def expression_problem(self, schema: Schema, sql: str) -> str:
        from workbench.dataprep.scalars import scalar_problem

        return scalar_problem(schema, sql)
