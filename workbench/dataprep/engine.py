"""The engine: runs dataflows on DuckDB, keeps the result of each step that was looked at, and writes what write steps say."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import UserError, WorkbenchError
from workbench.base.files import file_digest
from workbench.base.ids import new_id
from workbench.dataprep.building import (
    QueryContext,
    SourceFile,
    check_circles,
    columns_of,
    expression_problem,
    find_source,
    fingerprint,
    row_table,
)
from workbench.dataprep.columns import ROW, Problem, Schema, schema_of
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.loading import effective, load
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.reports import FlowReport, Note, OutputReport, SourceReport
from workbench.dataprep.sources import SourceSpec, detect
from workbench.dataprep.steps import Expression, StepBase, WriteCsv, WriteParquet
from workbench.dataprep.storage import Store
from workbench.dataprep.views import TableView
from workbench.dataprep.writing import write_table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

_KEPT_TABLES = 64


@dataclass(frozen=True)
class Table:
    """A materialised result. `name` is the table with the data, `rows_view` the view with the hidden row column."""

    key: str
    name: str
    columns: Schema
    row_count: int
    truncated: bool
    notes: tuple[Note, ...]
    sources: tuple[tuple[SourceFile, int], ...]

    @property
    def rows_view(self) -> str:
        return f"{self.name}_rows"


@dataclass
class _Job:
    """One request: what it reads, and how it is watched."""

    package: Package
    sample_rows: int | None
    cancel: Cancel | None
    progress: Progress | None
    found: dict[str, SourceFile] = field(default_factory=dict)


class Engine:
    """Runs dataflows whose relative paths start from `base` (the project folder). Thread-safe.

    Every table is kept under a key made of the files' state and the steps that lead to it, so that going back and forth between
    steps computes nothing twice. `step_index` names a step of the flow (0 is the first); -1 is the source itself, None the end.
    """

    def __init__(self, base: Path, cache: Path) -> None:
        self._base = Path(base).absolute()
        self._cache = Path(cache)
        self._store_: Store | None = None
        self._lock = threading.RLock()
        self._locks: dict[str, contextlib.AbstractContextManager[bool]] = {}
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._in_use: dict[str, int] = {}

    # -- what the editors ask

    def schema_at(self, package: Package, flow_id: str, step_index: int | None = None) -> Schema:
        """The columns after a step, without reading data. Raises UserError naming the step that cannot run."""
        flow = package.flow(flow_id)
        check_circles(package, flow)
        return self._schema(_Job(package, None, None, None), flow, self._last(flow, step_index))

    def problems(self, package: Package, flow_id: str) -> tuple[tuple[Problem, ...], ...]:
        """What is wrong with each step; after a step that cannot run the following are checked against what it left."""
        flow = package.flow(flow_id)
        job = _Job(package, None, None, None)
        try:
            check_circles(package, flow)
            table = self._schema_source(job, flow)
        except WorkbenchError as error:
            return tuple((Problem(str(error)),) for _ in flow.steps[:1]) + ((),) * max(len(flow.steps) - 1, 0)
        context = self._context(job, None)
        result: list[tuple[Problem, ...]] = []
        for step in flow.steps:
            if not step.enabled:
                result.append(())
                continue
            found = tuple(step.check(schema_of(table), _Checks(self, job)))
            result.append(found)
            if not any(problem.severity == "error" for problem in found):
                table = step.apply(table, context)
        return tuple(result)

    def view(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None,
        cancel: Cancel | None = None, progress: Progress | None = None,
    ) -> TableView:  # fmt: skip
        """The rows after a step, on the first `sample_rows` rows of each source (None: all). Close it when done.

        Raises UserError (which step, what), NotFound, EnvironmentError_, Cancelled.
        """
        flow = package.flow(flow_id)
        check_circles(package, flow)
        job = _Job(package, sample_rows, cancel, progress)
        return self._as_view(self._materialise(job, flow, self._last(flow, step_index)))

    def preview(
        self, data: Path, spec: SourceSpec | None = None, *, sample_rows: int | None = 1000, cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> TableView:  # fmt: skip
        """The first rows of a data file as `spec` (detected without one) reads it: what a source wizard shows."""
        data = Path(data).absolute()
        if spec is None:
            spec = detect(data)
        elif not data.is_file():
            detect(data)
        job = _Job(Package(), sample_rows, cancel, progress)
        return self._as_view(self._materialise_source(job, SourceFile(data.stem, data, spec, fingerprint(data, spec))))

    # -- full runs

    def run(
        self, package: Package, flow_id: str, progress: Progress | None = None, cancel: Cancel | None = None,
        *, sample_rows: int | None = None, write: bool = True,
    ) -> FlowReport:  # fmt: skip
        """Runs a flow on its full data and performs its write steps in order."""
        report, _ = self._run(package, flow_id, progress, cancel, sample_rows, write=write)
        return report

    def export(
        self, package: Package, flow_id: str, target: Path, progress: Progress | None = None, cancel: Cancel | None = None,
        *, sample_rows: int | None = None,
    ) -> FlowReport:  # fmt: skip
        """Writes the result of a flow to one Parquet file, and performs no write step: what reading a package from code does."""
        report, table = self._run(package, flow_id, progress, cancel, sample_rows, write=False)
        write_table(self._store, table.name, Path(target).absolute(), WriteParquet(path=str(target)), cancel, progress)
        return report

    def to_arrow(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None
    ) -> pa.Table:
        """The rows after a step as an Arrow table."""
        with self.view(package, flow_id, step_index, sample_rows=sample_rows) as view:
            return view.arrow()

    def to_pandas(
        self, package: Package, flow_id: str, step_index: int | None = None, *, sample_rows: int | None = None
    ) -> pd.DataFrame:
        """The rows after a step as a pandas DataFrame."""
        frame: pd.DataFrame = self.to_arrow(package, flow_id, step_index, sample_rows=sample_rows).to_pandas()
        return frame

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
                self._store_ = Store(self._cache)
            return self._store_

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
        *,
        write: bool,
    ) -> tuple[FlowReport, Table]:
        began = time.monotonic()
        flow = package.flow(flow_id)
        check_circles(package, flow)
        job = _Job(package, sample_rows, cancel, progress)
        outputs: list[OutputReport] = []
        for index, step in enumerate(flow.steps):
            if write and step.enabled and isinstance(step, WriteParquet | WriteCsv):
                here = self._materialise(job, flow, index)
                target = self._target(step.path)
                self._keep_sources(here, target, flow, index)
                outputs.append(write_table(self._store, here.name, target, step, cancel, progress))
        table = self._materialise(job, flow, len(flow.steps) - 1)
        sources = tuple(
            SourceReport(self._shown(source.path), file_digest(source.path), rows, source.path.stat().st_size)
            for source, rows in table.sources
        )
        report = FlowReport(
            flow.name, table.row_count, table.columns, time.monotonic() - began, sources, tuple(outputs), table.notes
        )
        return report, table

    @staticmethod
    def _keep_sources(table: Table, target: Path, flow: Dataflow, index: int) -> None:
        """Raises UserError when a write step would replace a file that its own flow has read: the raw data would be gone."""
        for source, _rows in table.sources:
            if target.exists() and source.path.exists() and target.samefile(source.path):
                raise UserError(
                    f"Step {index + 1} ({flow.steps[index].describe()}) would overwrite {target.name}, which the dataflow reads.",
                    hint="Write to another file.",
                    place=f"flow {flow.name}, step {index + 1}",
                )

    def _target(self, path: str) -> Path:
        root = Path(os.environ.get("WORKBENCH_PROJECT") or self._base)
        return Path(os.path.normpath(root / Path(path).expanduser()))

    def _shown(self, path: Path) -> str:
        for root in (self._base, Path(os.environ.get("WORKBENCH_PROJECT") or self._base)):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return str(path)

    def _source(self, job: _Job, path: str) -> SourceFile:
        if path not in job.found:
            source = find_source(path, self._base, job.package)
            spec = effective(source.path, source.spec)
            job.found[path] = SourceFile(source.name, source.path, spec, fingerprint(source.path, spec))
        return job.found[path]

    # keys: what a table depends on

    def _key(self, job: _Job, flow: Dataflow, last: int) -> str:
        if isinstance(flow.source, FileRef):
            parts = [self._source(job, flow.source.path).key, str(job.sample_rows)]
        else:
            parts = [self._end_key(job, flow.source.flow)]
        for step in flow.steps[: last + 1]:
            if not step.enabled or isinstance(step, WriteParquet | WriteCsv):
                continue
            parts.append(json.dumps(step.model_dump(mode="json", exclude={"id", "note"}), sort_keys=True))
            if other := getattr(step, "flow", ""):
                parts.append(self._end_key(job, other))
            if other := getattr(step, "source", ""):
                parts.append(self._source(job, other).key)
        if len(parts) == 1 and not isinstance(flow.source, FileRef):
            return parts[0]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _end_key(self, job: _Job, flow_id: str) -> str:
        flow = job.package.flow(flow_id)
        return self._key(job, flow, len(flow.steps) - 1)

    # schemas, without data

    def _schema_source(self, job: _Job, flow: Dataflow) -> ir.Table:
        if isinstance(flow.source, FileRef):
            return row_table(self._source(job, flow.source.path).spec.schema_, "schema_only")
        other = job.package.flow(flow.source.flow)
        return row_table(self._schema(job, other, len(other.steps) - 1), "schema_only")

    def _schema(self, job: _Job, flow: Dataflow, last: int) -> Schema:
        table = self._schema_source(job, flow)
        context = self._context(job, None)
        for index, step in enumerate(flow.steps[: last + 1]):
            table = self._apply(job, flow, index, step, table, context)
        return schema_of(table)

    def _context(self, job: _Job, store: Store | None) -> QueryContext:
        def other(source: str, flow: str) -> ir.Table:
            if store is None:
                schema = _Checks(self, job).schema_of_other(source, flow)
                return row_table(schema, f"schema_only_{new_id()}")
            table = self._materialise_end(job, flow) if flow else self._materialise_source(job, self._source(job, source))
            used.append(table)
            return row_table(table.columns, table.rows_view)

        used: list[Table] = []
        context = QueryContext(other, store, job.cancel)
        context.used = used  # type: ignore[attr-defined]
        return context

    def _apply(self, job: _Job, flow: Dataflow, index: int, step: StepBase, table: ir.Table, context: QueryContext) -> ir.Table:
        if not step.enabled:
            return table
        problems = [p for p in step.check(schema_of(table), _Checks(self, job)) if p.severity == "error"]
        place = f"flow {flow.name}, step {index + 1}"
        if problems:
            raise UserError(f"Step {index + 1} ({step.describe()}) cannot run: {problems[0].message}", place=place)
        context.step = step.id
        return step.apply(table, context)

    # tables

    def _materialise_end(self, job: _Job, flow_id: str) -> Table:
        flow = job.package.flow(flow_id)
        return self._materialise(job, flow, len(flow.steps) - 1)

    def _materialise(self, job: _Job, flow: Dataflow, last: int) -> Table:
        key = self._key(job, flow, last)
        with self._key_lock(key):
            if (known := self._known(key)) is not None:
                return known
            start, table = self._nearest(job, flow, last)
            if table.key == key:
                return table
            return self._compute(job, flow, start, last, table, key)

    def _nearest(self, job: _Job, flow: Dataflow, last: int) -> tuple[int, Table]:
        """The last step before `last` whose table is there, or the source (-1)."""
        for index in range(last - 1, -1, -1):
            if (known := self._known(self._key(job, flow, index))) is not None:
                return index, known
        if isinstance(flow.source, FileRef):
            return -1, self._materialise_source(job, self._source(job, flow.source.path))
        return -1, self._materialise_end(job, flow.source.flow)

    def _compute(self, job: _Job, flow: Dataflow, start: int, last: int, table: Table, key: str) -> Table:
        import ibis

        store = self._store
        context = self._context(job, store)
        used: list[Table] = context.used  # type: ignore[attr-defined]
        expression = row_table(table.columns, table.rows_view)
        reorders = False
        steps = list(enumerate(flow.steps))[start + 1 : last + 1]
        for index, step in steps:
            expression = self._apply(job, flow, index, step, expression, context)
            reorders = reorders or (step.enabled and step.reorders)
        if reorders:
            expression = expression.order_by(ROW)
        name = f"t_{new_id()}"
        what = next((step.describe() for _, step in reversed(steps) if step.enabled), flow.name)
        try:
            sql = ibis.to_sql(expression.drop(ROW), dialect="duckdb")
            try:
                store.run(f"CREATE TABLE {name} AS {sql}", cancel=job.cancel, progress=job.progress, what=what)
            except UserError as error:
                raise _at_step(error, flow, [(index, step) for index, step in steps if step.enabled]) from error
            notes = [*table.notes, *(note for other in used for note in other.notes)]
            notes += [Note(message, step) for step, message in context.remarks]
            for failures in context.failures:
                count = store.run(ibis.to_sql(failures.query, dialect="duckdb"), cancel=job.cancel)[0][0]
                if count:
                    notes.append(Note(f"{count:,} value{'s' if count > 1 else ''} {failures.message}.", failures.step))
        finally:
            for view in reversed(context.views):
                store.rows(f"DROP VIEW IF EXISTS {view}")
        sources = dict.fromkeys([*table.sources, *(source for other in used for source in other.sources)])
        truncated = table.truncated or any(other.truncated for other in used)
        return self._add(key, name, truncated, tuple(dict.fromkeys(notes)), tuple(sources))

    def _materialise_source(self, job: _Job, source: SourceFile) -> Table:
        key = hashlib.sha256(f"{source.key}\0{job.sample_rows}".encode()).hexdigest()
        with self._key_lock(key):
            if (known := self._known(key)) is not None:
                return known
            name = f"t_{new_id()}"
            loaded = load(
                self._store, source.path, source.spec, name,
                sample_rows=job.sample_rows, cancel=job.cancel, progress=job.progress,
            )  # fmt: skip
            notes = tuple(Note(text) for text in dict.fromkeys([*source.spec.notes, *loaded.notes]))
            return self._add(key, name, loaded.truncated, notes, ((source, loaded.rows),))

    def _add(
        self, key: str, name: str, truncated: bool, notes: tuple[Note, ...], sources: tuple[tuple[SourceFile, int], ...]
    ) -> Table:
        store = self._store
        store.rows(f"CREATE VIEW {name}_rows AS SELECT rowid AS {ROW}, * FROM {name}")  # noqa: S608
        rows = store.one(f"SELECT count(*) FROM {name}")[0]  # noqa: S608
        table = Table(key, name, columns_of(store, name), rows, truncated, notes, sources)
        with self._lock:
            self._tables[key] = table
        self._evict()
        return table

    def _known(self, key: str) -> Table | None:
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
            return self._tables.get(key)

    def _key_lock(self, key: str) -> contextlib.AbstractContextManager[bool]:
        with self._lock:
            return self._locks.setdefault(key, threading.RLock())

    def _as_view(self, table: Table) -> TableView:
        with self._lock:
            self._in_use[table.key] = self._in_use.get(table.key, 0) + 1

        def release() -> None:
            with self._lock:
                self._in_use[table.key] -= 1

        return TableView(
            self._store, table.name, table.columns, table.row_count,
            is_sample=table.truncated, notes=table.notes, release=release,
        )  # fmt: skip

    def _evict(self) -> None:
        """Drops the tables that were not used for longest, but none that a view shows."""
        with self._lock:
            idle = [key for key in self._tables if not self._in_use.get(key)]
            dropped = [self._tables.pop(key) for key in idle[: max(len(self._tables) - _KEPT_TABLES, 0)]]
        for table in dropped:
            self._store.rows(f"DROP VIEW IF EXISTS {table.rows_view}")
            self._store.rows(f"DROP TABLE IF EXISTS {table.name}")


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

    def __init__(self, engine: Engine, job: _Job) -> None:
        self._engine = engine
        self._job = job

    def schema_of_other(self, source: str, flow: str) -> Schema:
        if flow:
            other = self._job.package.flow(flow)
            return self._engine._schema(self._job, other, len(other.steps) - 1)  # noqa: SLF001 (the same module's other half)
        return self._engine._source(self._job, source).spec.schema_  # noqa: SLF001

    def expression_problem(self, schema: Schema, sql: str) -> str:
        return expression_problem(None, schema, sql)
