"""The engine: runs dataflows on DuckDB, keeps the result of each step that was looked at, and writes what write steps say."""

from __future__ import annotations

import copy
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError, WorkbenchError
from workbench.base.files import file_digest
from workbench.base.ids import new_id
from workbench.dataprep.columns import ROW, Problem, Schema, literal, schema_of
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.direct import Built, one_query
from workbench.dataprep.engine.learning import TableRows
from workbench.dataprep.engine.planning import Node, Plan
from workbench.dataprep.engine.queries import CUT, QueryContext, columns_of, error_counts, expression_problem, row_table
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import KEPT_TABLES, Table, Tables
from workbench.dataprep.engine.views import TableView
from workbench.dataprep.engine.writing import Job, perform
from workbench.dataprep.package import Dataflow, Package
from workbench.dataprep.reports import FlowReport, Note, OutputReport, SourceReport
from workbench.dataprep.sources.opening import open_data_source, open_file
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.samples import Sample, first
from workbench.dataprep.sources.source import DataSource, detect
from workbench.dataprep.sources.specs import SourceSpec
from workbench.dataprep.steps import Expression, Join, Other, StepBase, Write, WriteFile, WriteParquet

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

    from workbench.dataprep.drift import Mode


_LONGEST = 60
"""Flows of more steps are not run as one query: DuckDB's account of it would be nested too deep."""
Writes = dict[int | None, Write]
"""What a run writes: after which step (None: at the end), how, and where."""


class Engine:
    """Runs dataflows whose relative paths start from `base` (the project folder). Thread-safe.

    Every table is kept under a key made of the sources' state and the steps that lead to it, so that going back and forth between
    steps computes nothing twice. `step_index` names a step of the flow (0 is the first); -1 is the source itself, None the end.

    `memory_limit`: such as `2GB`, what the process may hold in memory before data spill to `cache`; `threads`: of DuckDB (0: all).
    `inputs`: what stands in for sources, by the path or name that flows refer to them with: a path, a data frame or an Arrow table.
    `samples`: the samples of single sources, by name. `use_samples`: whether each source's active sample is read where no other is
    asked for; without it views do so and full runs do not.
    """

    def __init__(
        self, base: Path, cache: Path, *, memory_limit: str = "", threads: int = 0, inputs: Mapping[str, Any] | None = None,
        samples: Mapping[str, str] | None = None, use_samples: bool | None = None,
    ) -> None:  # fmt: skip
        self._base = Path(base).absolute()
        self._cache = Path(cache)
        self._memory_limit = memory_limit
        self._threads = threads
        self._inputs = dict(inputs or {})
        self._samples = dict(samples or {})
        self._use_samples = use_samples
        self._store_: Store | None = None
        self._lock = threading.RLock()
        self._tables = Tables()
        self._asked: deque[str] = deque(maxlen=KEPT_TABLES)
        """The keys before the steps that were asked for: who asks twice for the same is editing the step."""

    # -- what the editors ask

    def schema_at(self, package: Package, flow_id: str, step_index: int | None = None) -> Schema:
        """The columns after a step, without reading data. Raises UserError naming the step that cannot run."""
        plan, node = self._plan(package, flow_id)
        return self._schema(plan, node, self._last(node.flow, step_index))

    def problems(self, package: Package, flow_id: str) -> tuple[tuple[Problem, ...], ...]:
        """What is wrong with each step; after a step that cannot run the following are checked against what it left."""
        flow = package.flow(flow_id)
        try:
            plan, node = self._plan(package, flow_id)
            table = self._schema_source(plan, node)
        except WorkbenchError as error:
            return tuple((Problem(str(error)),) for _ in flow.steps[:1]) + ((),) * max(len(flow.steps) - 1, 0)
        return tuple(found for _, found in self._walk(plan, node, table))

    def arriving(
        self, package: Package, flow_id: str, columns: Schema | None = None
    ) -> tuple[tuple[Schema, tuple[Problem, ...]], ...]:
        """The columns that reach each step, and what is wrong with it there; a step that cannot run leaves them as they are.

        `columns`: those of the flow's source, in place of what it has now. Raises what the source raises.
        """
        plan, node = self._plan(package, flow_id)
        table = self._schema_source(plan, node) if columns is None else row_table(columns, "schema_only")
        return self._walk(plan, node, table)

    def _walk(self, plan: Plan, node: Node, table: ir.Table) -> tuple[tuple[Schema, tuple[Problem, ...]], ...]:
        context = self._schema_context(plan, node)
        result: list[tuple[Schema, tuple[Problem, ...]]] = []
        for step in node.flow.steps:
            schema = schema_of(table)
            if not step.enabled:
                result.append((schema, ()))
                continue
            found = step.check(schema, _Checks(self, plan, node))
            sound = not any(problem.severity == "error" for problem in found)
            result.append((schema, (*found, *(step.limits(schema, "duckdb") if sound else ()))))
            if sound:
                table = step.apply(table, context)
        return tuple(result)

    @property
    def base(self) -> Path:
        """The project's folder."""
        return self._base

    @property
    def inputs(self) -> dict[str, Any]:
        """What stands in for sources."""
        return dict(self._inputs)

    def view(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None,
        sample: Sample | None = None, cancel: Cancel | None = None, progress: Progress | None = None,
    ) -> TableView:  # fmt: skip
        """The rows after a step, on a sample (or the first `sample_rows` rows) of each source. Close it when done.

        Without either, each source is read as its active sample says; a source without one is read whole.

        Raises UserError (which step, what), NotFound, EnvironmentError_, Cancelled.
        """
        plan, node = self._plan(package, flow_id, sample or first(sample_rows), cancel, progress)
        plan.active_samples = plan.sample is None and self._use_samples is not False
        return self._as_view(self._materialise(plan, node, self._last(node.flow, step_index)))

    def preview(
        self, data: Path, spec: SourceSpec | None = None, *, sample_rows: int | None = 1000, cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> TableView:  # fmt: skip
        """The first rows of a data file as `spec` (detected without one) reads it: what a source wizard shows."""
        data = Path(data).absolute()
        if spec is None:
            spec = detect(data)
        elif not data.exists():
            detect(data)
        plan = Plan(self._base, first(sample_rows), cancel=cancel, progress=progress)
        return self._as_view(self._materialise_source(plan, open_file(data, spec)))

    def preview_source(
        self, source: DataSource, folder: Path, *, sample_rows: int | None = 1000, cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> TableView:  # fmt: skip
        """The first rows of a data source of any kind, as if its file stood in `folder`."""
        plan = Plan(self._base, first(sample_rows), cancel=cancel, progress=progress)
        return self._as_view(self._materialise_source(plan, open_data_source(source, self._base, folder)))

    def learn(
        self, package: Package, flow_id: str, step_index: int, *, sample_rows: int | None = None, cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> StepBase:  # fmt: skip
        """The step with its constants taken anew from the rows that reach it; the package stays as it is."""
        plan, node = self._plan(package, flow_id, first(sample_rows), cancel, progress)
        step = node.flow.steps[self._last(node.flow, step_index)]
        table = self._materialise(plan, node, step_index - 1)
        return step.relearn(TableRows(self._store, table, cancel, progress, step.describe()))

    # -- full runs

    def run(
        self, package: Package, flow_id: str, progress: Progress | None = None, cancel: Cancel | None = None,
        *, sample_rows: int | None = None, write: bool = True, drift: Mode | None = None,
    ) -> FlowReport:  # fmt: skip
        """Runs a flow on its full data and performs its write steps in order.

        `drift`: look first whether the data are still as they were when the flow was made, and refuse, tell or adapt: see
        `workbench.dataprep.drift`. What was found stands in the notes of the report.
        """
        if drift is not None:
            return self._run_drifted(package, flow_id, progress, cancel, sample_rows, drift, write=write)
        flow = package.flow(flow_id)
        writes: Writes = {i: step for i, step in enumerate(flow.steps) if write and step.enabled and isinstance(step, Write)}
        return self._run(package, flow_id, progress, cancel, sample_rows, writes)

    def _run_drifted(
        self, package: Package, flow_id: str, progress: Progress | None, cancel: Cancel | None, sample_rows: int | None,
        drift: Mode, *, write: bool,
    ) -> FlowReport:  # fmt: skip
        from workbench.dataprep.drift import examine

        found = examine(self, package, flow_id, drift, cancel=cancel, progress=progress)
        found.refuse()
        engine = self.with_inputs({**self._inputs, **found.inputs}) if found.inputs else self
        report = engine.run(found.package, flow_id, progress, cancel, sample_rows=sample_rows, write=write)
        return replace(report, notes=(*found.notes(), *report.notes))

    def export(
        self, package: Package, flow_id: str, target: Path, progress: Progress | None = None, cancel: Cancel | None = None,
        *, sample_rows: int | None = None,
    ) -> FlowReport:  # fmt: skip
        """Writes the result of a flow to one Parquet file, and performs no write step: what reading a package from code does."""
        target = Path(target).absolute()
        return self._run(package, flow_id, progress, cancel, sample_rows, {None: WriteParquet(path=str(target))})

    def export_source(self, reader: Reader, target: Path, sample: Sample | None = None) -> None:
        """Writes the rows of a source to a Parquet file, with the hidden row column and companions: for another engine."""
        table = self._materialise_source(Plan(self._base, sample), reader)
        self._store.run(f"COPY (SELECT * FROM {table.rows_view}) TO {literal(str(target))} (FORMAT parquet)")  # noqa: S608

    def to_arrow(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None
    ) -> pa.Table:
        """The rows after a step as an Arrow table; errors are missing."""
        with self.view(package, flow_id, step_index, sample_rows=sample_rows) as view:
            return view.arrow()

    def to_pandas(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None
    ) -> pd.DataFrame:
        """The rows after a step as a pandas DataFrame; errors are missing."""
        frame: pd.DataFrame = self.to_arrow(package, flow_id, step_index, sample_rows=sample_rows).to_pandas()
        return frame

    def with_inputs(self, inputs: Mapping[str, Any]) -> Engine:
        """The same engine, with the same tables, where other things stand in for sources; it is not closed by itself."""
        _ = self._store  # is shared
        other = copy.copy(self)
        other._inputs = dict(inputs)  # noqa: SLF001 (the same class)
        return other

    def with_samples(self, samples: Mapping[str, str], *, use_samples: bool) -> Engine:
        """The same engine, with the same tables, where these samples are read; it is not closed by itself."""
        _ = self._store  # is shared
        other = copy.copy(self)
        other._samples, other._use_samples = dict(samples), use_samples  # noqa: SLF001 (the same class)
        return other

    def close(self) -> None:
        """Ends the engine and removes its tables; open views end with it."""
        with self._lock:
            store, self._store_ = self._store_, None
            self._tables.clear()
        if store:
            store.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside

    @property
    def _store(self) -> Store:
        with self._lock:
            if self._store_ is None:
                self._store_ = Store(self._cache, memory_limit=self._memory_limit, threads=self._threads)
            return self._store_

    def _plan(
        self, package: Package, flow_id: str, sample: Sample | None = None, cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> tuple[Plan, Node]:  # fmt: skip
        plan = Plan(
            self._base, sample, cancel=cancel, progress=progress, inputs=self._inputs, named_samples=self._samples,
            active_samples=sample is None and self._use_samples is True,
        )  # fmt: skip
        node = plan.node(package, flow_id)
        plan.check_circles(node)
        return plan, node

    @staticmethod
    def _last(flow: Dataflow, step_index: int | None) -> int:
        last = len(flow.steps) - 1
        if step_index is None:
            return last
        if not -1 <= step_index <= last:
            raise UserError(f"The flow {flow.name} has {len(flow.steps)} steps: there is no step {step_index + 1}.")
        return step_index

    def _run(
        self,
        package: Package,
        flow_id: str,
        progress: Progress | None,
        cancel: Cancel | None,
        sample_rows: int | None,
        writes: Writes,
    ) -> FlowReport:
        """Runs a flow and writes what `writes` says: after which step (None: at the end), how, and where."""
        began = time.monotonic()
        plan, node = self._plan(package, flow_id, first(sample_rows), cancel, progress)
        plan.interactive = False
        with ThreadPoolExecutor(1, "digest") as pool:
            digests: dict[Path, Future[str]] = {}

            def digest(path: Path) -> Future[str]:
                if path not in digests:
                    digests[path] = pool.submit(file_digest, path)
                return digests[path]

            table, outputs = self._written(plan, node, writes, digest)
            sources = tuple(
                SourceReport(self._shown(path), digest(path).result(), rows, path.stat().st_size)
                for reader, rows in table.sources
                for path in reader.files
            )
        notes = [*table.notes, *(Note(text) for output in outputs for text in output.notes)]
        return FlowReport(
            node.flow.name, table.row_count, table.columns, time.monotonic() - began, sources, tuple(outputs), tuple(notes),
            files_only=all(reader.files for reader, _ in table.sources),
        )  # fmt: skip

    def _written(
        self, plan: Plan, node: Node, writes: Writes, will_digest: Callable[[Path], object]
    ) -> tuple[Table, list[OutputReport]]:
        """The result of a flow, written where `writes` says: as one query where that serves, else over tables."""
        source = plan.source(node)
        ends = [index for index in writes if index is None or not any(step.enabled for step in node.flow.steps[index + 1 :])]
        short = len(node.flow.steps) <= _LONGEST
        if short and len(writes) == len(ends) == 1 and isinstance(source, Reader) and plan.sample_of(source) is None:
            for path in source.files:
                will_digest(path)
            step = writes[ends[0]]
            if isinstance(step, WriteFile) and (done := self._in_one_query(plan, node, source, step)):
                return done[0], [done[1]]
        outputs: list[OutputReport] = []
        for index, step in writes.items():
            place = node.last if index is None else index
            here = self._materialise(plan, node, place)
            outputs.append(perform(self._job(plan, here, step, place)))
        return self._materialise(plan, node, node.last), outputs

    def _in_one_query(self, plan: Plan, node: Node, reader: Reader, step: WriteFile) -> tuple[Table, OutputReport] | None:
        """Writes the result as one query over the source; None where that does not serve, with nothing written."""
        store = self._store
        used: list[Table] = []
        reorders = any(each.reorders for each in node.flow.steps if each.enabled)
        context = QueryContext(self._others(plan, node, used), store, plan.cancel, one_query=True, sorted=reorders)

        def build(table: ir.Table, context: QueryContext) -> Built:
            steps = [each for each in node.flow.steps if each.enabled]
            for index, each in enumerate(node.flow.steps):
                table = self._apply(plan, node, index, each, table, context)
            return Built(table, any(s.uses_order for s in steps), reorders, tuple(used))

        try:
            with one_query(store, reader, build, context, plan.cancel, plan.progress) as table:
                if table is None:
                    return None
                with store.counting() as counted:
                    output = perform(self._job(plan, table, step, node.last))
                sources = tuple((each, counted() if rows < 0 else rows) for each, rows in table.sources)
                return replace(table, row_count=output.rows, sources=sources), output
        except UserError:
            return None  # a value that does not fit, as a rule: over tables it becomes an error cell, or the same sentence
        finally:
            context.close()

    def _job(self, plan: Plan, table: Table, step: Write, index: int) -> Job:
        """What a write step after step `index` has to do."""
        root = Path(os.environ.get("WORKBENCH_PROJECT") or self._base)
        kept = tuple(path for reader, _rows in table.sources for path in reader.files)
        return Job(self._store, table, step, root, kept, f"Step {index + 1} ({step.describe()})", plan.cancel, plan.progress)

    def _shown(self, path: Path) -> str:
        for root in (self._base, Path(os.environ.get("WORKBENCH_PROJECT") or self._base)):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return str(path)

    # schemas, without data

    def _schema_source(self, plan: Plan, node: Node) -> ir.Table:
        source = plan.source(node)
        schema = self._schema(plan, source, source.last) if isinstance(source, Node) else source.schema
        return row_table(schema, "schema_only")

    def _schema(self, plan: Plan, node: Node, last: int) -> Schema:
        table = self._schema_source(plan, node)
        context = self._schema_context(plan, node)
        for index, step in enumerate(node.flow.steps[: last + 1]):
            table = self._apply(plan, node, index, step, table, context)
        return schema_of(table)

    def _schema_context(self, plan: Plan, node: Node) -> QueryContext:
        checks = _Checks(self, plan, node)
        return QueryContext(lambda other: row_table(checks.schema_of_other(other), f"schema_only_{new_id()}"), None)

    def _apply(self, plan: Plan, node: Node, index: int, step: StepBase, table: ir.Table, context: QueryContext) -> ir.Table:
        if not step.enabled:
            return table
        problems = [p for p in step.check(schema_of(table), _Checks(self, plan, node)) if p.severity == "error"]
        if problems:
            raise UserError(
                f"Step {index + 1} ({step.describe()}) cannot run: {problems[0].message}",
                place=f"flow {node.flow.name}, step {index + 1}",
            )
        context.step = step.id
        result = step.apply(table, context)
        return context.cut(result) if index % CUT == CUT - 1 else result

    # tables

    def _materialise(self, plan: Plan, node: Node, last: int) -> Table:
        """The table after step `last`, made from the nearest one that is there."""
        key = plan.key(node, last)
        with self._tables.lock(key):
            if (known := self._tables.get(key)) is not None:
                return known
            start, table = self._nearest(plan, node, last)
            for stop in self._stops(plan, node, start, last):
                table = self._compute(plan, node, start, stop, table)
                start = stop
            return table

    def _stops(self, plan: Plan, node: Node, start: int, last: int) -> list[int]:
        """At which steps to make a table on the way to `last`: after expensive ones, and before one that is being edited."""
        stops = {last} if last > start else set()
        joins = [index for index in range(start + 1, last + 1) if isinstance(node.flow.steps[index], Join)]
        stops |= set(joins[:-1])  # a table numbers its rows anew: the numbers that a join makes grow with every further one
        if plan.interactive:
            steps = node.flow.steps
            stops |= {index for index in range(start + 1, last) if steps[index].enabled and steps[index].expensive}
            if last - 1 > start:
                before = plan.key(node, last - 1)
                stops |= {last - 1} if before in self._asked else set()
                self._asked.append(before)
        return sorted(stops)

    def _nearest(self, plan: Plan, node: Node, last: int) -> tuple[int, Table]:
        """The last step up to `last` whose table is there, or the source (-1)."""
        for index in range(last, -1, -1):
            if (known := self._tables.get(plan.key(node, index))) is not None:
                return index, known
        source = plan.source(node)
        if isinstance(source, Node):
            return -1, self._materialise(plan, source, source.last)
        return -1, self._materialise_source(plan, source)

    def _compute(self, plan: Plan, node: Node, start: int, last: int, table: Table) -> Table:
        """The table after step `last` from that after step `start`."""
        import ibis

        key = plan.key(node, last)
        if table.key == key or (known := self._tables.get(key)) is not None:
            return table if table.key == key else known  # type: ignore[return-value]  # the walrus binds it
        store = self._store
        used: list[Table] = []
        steps = [(index, step) for index, step in enumerate(node.flow.steps) if start < index <= last and step.enabled]
        reorders = any(step.reorders for _, step in steps)
        context = QueryContext(self._others(plan, node, used), store, plan.cancel, sorted=reorders)
        name = f"t_{new_id()}"
        try:
            expression = row_table(table.columns, table.rows_view, list(table.errors))
            for index, step in steps:
                expression = self._apply(plan, node, index, step, expression, context)
            if reorders:
                expression = expression.order_by(ROW)
            sql = ibis.to_sql(expression.drop(ROW), dialect="duckdb")
            what = steps[-1][1].describe() if steps else node.flow.name
            try:
                store.run(f"CREATE TABLE {name} AS {sql}", cancel=plan.cancel, progress=plan.progress, what=what)
            except UserError as error:
                raise _at_step(error, node.flow, steps) from error
            notes = [*table.notes, *(note for other_table in used for note in other_table.notes)]
            notes += [Note(message, step) for step, message in context.remarks]
            for failures in context.failures:
                count = store.run(ibis.to_sql(failures.query, dialect="duckdb"), cancel=plan.cancel)[0][0]
                if count:
                    notes.append(failures.note(count))
        finally:
            context.close()
        sources = dict.fromkeys([*table.sources, *(source for each in used for source in each.sources)])
        truncated = table.truncated or any(each.truncated for each in used)
        return self._add(key, name, truncated, tuple(dict.fromkeys(notes)), tuple(sources))

    def _others(self, plan: Plan, node: Node, used: list[Table]) -> Callable[[Other], ir.Table]:
        """How steps of a flow get other tables; `used` takes them down."""

        def other(wanted: Other) -> ir.Table:
            found = plan.needed(node, wanted)
            used.append(
                self._materialise(plan, found, found.last) if isinstance(found, Node) else self._materialise_source(plan, found)
            )
            return row_table(used[-1].columns, used[-1].rows_view, list(used[-1].errors))

        return other

    def _materialise_source(self, plan: Plan, reader: Reader) -> Table:
        key = plan.reader_key(reader)
        with self._tables.lock(key):
            if (known := self._tables.get(key)) is not None:
                return known
            name = f"t_{new_id()}"
            sample = plan.sample_of(reader)
            loaded = reader.load(self._store, name, sample=sample, cancel=plan.cancel, progress=plan.progress)
            notes = tuple(Note(text) for text in dict.fromkeys([*reader.notes, *loaded.notes]))
            return self._add(key, name, loaded.truncated, notes, ((reader, loaded.rows),))

    def _add(self, key: str, name: str, truncated: bool, notes: tuple[Note, ...], sources: tuple[tuple[Reader, int], ...]) -> Table:
        store = self._store
        errors = error_counts(store, name)
        store.rows(f"CREATE VIEW {name}_rows AS SELECT rowid AS {ROW}, * FROM {name}")  # noqa: S608
        rows = store.one(f"SELECT count(*) FROM {name}")[0]  # noqa: S608
        return self._tables.add(Table(key, name, columns_of(store, name), rows, truncated, notes, sources, errors), store)

    def _as_view(self, table: Table) -> TableView:
        self._tables.hold(table)
        return TableView(self._store, table, release=lambda: self._tables.release(table))


def _at_step(error: UserError, flow: Dataflow, steps: list[tuple[int, StepBase]]) -> UserError:
    """What failed only on the data, with the step to blame: a value that an SQL expression cannot take, as a rule."""
    suspects = [(index, step) for index, step in steps if isinstance(step, Expression)] or steps
    if len(suspects) != 1:
        return UserError(
            f"The dataflow {flow.name} failed on its data: {error.message}", hint=error.hint, place=f"flow {flow.name}"
        )
    index, step = suspects[0]
    hint = "TRY_CAST in place of CAST leaves such values missing." if isinstance(step, Expression) else error.hint
    return UserError(
        f"Step {index + 1} ({step.describe()}) failed on the data: {error.message}",
        hint=hint,
        place=f"flow {flow.name}, step {index + 1}",
    )


class _Checks:
    """What steps' checks may ask the engine."""

    def __init__(self, engine: Engine, plan: Plan, node: Node) -> None:
        self._engine = engine
        self._plan = plan
        self._node = node

    def schema_of_other(self, table: Other) -> Schema:
        found = self._plan.needed(self._node, table)
        if isinstance(found, Node):
            return self._engine._schema(self._plan, found, found.last)  # noqa: SLF001 (the same module's other half)
        return found.schema

    def expression_problem(self, schema: Schema, sql: str) -> str:
        return expression_problem(schema, sql)
