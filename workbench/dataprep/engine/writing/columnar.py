"""Parquet, as one file or a folder of them, and Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.dataprep.columns import quoted
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.steps.write import WriteArrow, WriteParquet

if TYPE_CHECKING:
    import pyarrow as pa

SUCCESS = "_SUCCESS"
"""The empty file in a folder that was written completely."""


def write_parquet(job: Job, step: WriteParquet, target: Path) -> int:
    """Writes one Parquet file; the number of rows."""
    return job.copied(_query(job, step), target, f"FORMAT parquet, COMPRESSION {_compression(step)}")


def write_parquet_folder(job: Job, step: WriteParquet, target: Path) -> int:
    """Writes `target` as a folder of Parquet files, one for each combination of the chosen columns; the number of rows."""
    import pyarrow.dataset as ds

    batches, schema = _stream(job, _query(job, step))
    named = step.written_names([column.name for column in job.table.columns])
    count = [0]

    def counted() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            count[0] += batch.num_rows
            yield batch

    parts = ds.partitioning(_fields(schema, [named[name] for name in step.partition_by]), flavor="hive")
    parquet = ds.ParquetFileFormat()
    ds.write_dataset(
        counted(), str(target), schema=schema, format=parquet, partitioning=parts, max_partitions=1 << 20, max_open_files=400,
        file_options=parquet.make_write_options(compression=None if step.compression == "uncompressed" else step.compression),
        use_threads=False, preserve_order=True, existing_data_behavior="error",
    )  # fmt: skip
    (target / SUCCESS).touch()
    return count[0]


def write_arrow(job: Job, step: WriteArrow, target: Path) -> int:
    """Writes an Arrow file or stream; the number of rows."""
    import pyarrow as pa

    names = [column.name for column in job.table.columns]
    batches, schema = _stream(job, job.select({name: quoted(name) for name in names}))
    options = pa.ipc.IpcWriteOptions(compression=None if step.compression == "uncompressed" else step.compression)
    rows = 0
    make = pa.ipc.new_stream if step.stream else pa.ipc.new_file
    with pa.OSFile(str(target), "wb") as sink, make(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _query(job: Job, step: WriteParquet) -> str:
    named = step.written_names([column.name for column in job.table.columns])
    return job.select({new: quoted(old) for old, new in named.items()})


def _compression(step: WriteParquet) -> str:
    return "lz4_raw" if step.compression == "lz4" else step.compression


def _fields(schema: pa.Schema, names: list[str]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([schema.field(name) for name in names])


def _stream(job: Job, query: str) -> tuple[Iterator[pa.RecordBatch], pa.Schema]:
    """The batches of a query and their schema."""
    schema = job.store.arrow(f"SELECT * FROM ({query}) LIMIT 0").schema  # noqa: S608 (a query of ours)
    return job.batches(query), schema
