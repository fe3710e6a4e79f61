"""Full runs on Spark: the flow is computed there, and its write steps are performed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.dataprep.cells import companion
from workbench.dataprep.columns import Schema, quoted, schema_of
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import Table
from workbench.dataprep.engine.writing import Job, perform, perform_folder
from workbench.dataprep.package import Package
from workbench.dataprep.reports import FlowReport, Note, OutputReport
from workbench.dataprep.spark.engine import SparkEngine
from workbench.dataprep.steps import Write, WriteParquet

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def run_on_spark(
    session: SparkSession, base: Path, package: Package, flow_id: str, *,
    inputs: Mapping[str, Any] = MappingProxyType({}), sample_rows: int | None = None,
) -> FlowReport:  # fmt: skip
    """Runs a flow on a Spark session and performs its write steps in order.

    Partitioned Parquet, and on a cluster all Parquet, is written by Spark itself as a folder of part files; everything else is
    written here, from rows that come back into memory. Raises UserError, EnvironmentError_.
    """
    from pyspark.errors import PySparkException

    began = time.monotonic()
    flow = package.flow(flow_id)
    outputs: list[OutputReport] = []
    store = Store(WorkspacePaths.default().cache / "dataprep")
    try:
        with SparkEngine(session, base, inputs=inputs) as engine:
            for index, step in enumerate(flow.steps):
                if isinstance(step, Write) and step.enabled:
                    label = f"Step {index + 1} ({step.describe()})"
                    outputs.append(_written(engine, session, store, package, flow.id, index, step, base, label, sample_rows))
            columns = schema_of(engine.table(package, flow.id, sample_rows=sample_rows))
            last = engine.frame(package, flow.id, sample_rows=sample_rows)
            rows = outputs[-1].rows if _ends_with_write(flow.steps) else last.count()
            notes = [*engine.notes, *(Note(text) for output in outputs for text in output.notes)]
    except PySparkException as error:
        raise EnvironmentError_(f"Spark failed: {str(error).splitlines()[0]}", place=f"flow {flow.name}") from error
    finally:
        store.close()
    return FlowReport(flow.name, rows, columns, time.monotonic() - began, (), tuple(outputs), tuple(dict.fromkeys(notes)))


def _ends_with_write(steps: tuple[Any, ...]) -> bool:
    enabled = [step for step in steps if step.enabled]
    return bool(enabled) and isinstance(enabled[-1], Write)


def _written(
    engine: SparkEngine, session: SparkSession, store: Store, package: Package, flow: str, index: int, step: Write, base: Path,
    label: str, sample_rows: int | None,
) -> OutputReport:  # fmt: skip
    columns = schema_of(engine.table(package, flow, index, sample_rows=sample_rows))
    local = str(session.sparkContext.master).startswith("local")
    if isinstance(step, WriteParquet) and (step.partition_by or not local):
        frame = engine.frame(package, flow, index, sample_rows=sample_rows)
        job = Job(store, Table("", "", columns, -1, False, (), ()), step, base, engine.files(package, flow), label)
        return perform_folder(job, step, lambda target: _by_spark(frame, step, target))
    found = engine.with_errors(package, flow, index, sample_rows=sample_rows).toArrow()
    table = _kept(store, found, columns)
    try:
        return perform(Job(store, table, step, base, engine.files(package, flow), label))
    finally:
        store.rows(f"DROP TABLE IF EXISTS {table.name}")


def _by_spark(frame: DataFrame, step: WriteParquet, target: Path) -> int:
    """Lets Spark write a folder of Parquet files; the number of rows."""
    frame = frame.toDF(*step.written_names(frame.columns).values())
    compression = {"lz4": "lz4raw"}.get(step.compression, step.compression)
    frame.write.mode("overwrite").option("compression", compression).partitionBy(*step.partition_by).parquet(str(target))
    return int(frame.count())


def _kept(store: Store, found: Any, columns: Schema) -> Table:
    """Rows of Spark as a table of the store, with the types that the columns have here."""
    errors = {column.name: 0 for column in columns if companion(column.name) in found.column_names}
    errors = {name: len(found) - found[companion(name)].null_count for name in errors}
    chosen = [f"CAST({quoted(column.name)} AS {column.duckdb_type}) AS {quoted(column.name)}" for column in columns]
    chosen += [quoted(companion(name)) for name in errors]
    with store.cursor() as cursor:
        cursor.register("spark_rows", found)
        cursor.execute(f"CREATE OR REPLACE TABLE from_spark AS SELECT {', '.join(chosen)} FROM spark_rows")  # noqa: S608
    return Table("", "from_spark", columns, found.num_rows, False, (), (), errors)
