"""Sources as Spark DataFrames with numbered rows and companions of error cells."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.ids import new_id
from workbench.dataprep.columns import ROW
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.readers.parquet import ParquetReader
from workbench.dataprep.sources.readers.texts import markers_of, typed
from workbench.dataprep.sources.samples import Sample

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workbench.dataprep.engine import Engine

_WHOLE_FILE = 256 << 20
"""Up to this size a text file is read in one piece, so that quoted fields may go on over lines; beyond it is split."""


def read_source(session: SparkSession, reader: Reader, local: Engine, folder: Path, sample: Sample | None) -> DataFrame:
    """The rows of a source: read by Spark itself where that reads the format, else through the local engine into `folder`."""
    if sample is None and isinstance(reader, ParquetReader) and reader.plain:
        return numbered(_typed_parquet(session, reader))
    if sample is None and isinstance(reader, DelimitedReader) and reader.simple:
        return _delimited(session, reader)
    target = folder / f"{new_id()}.parquet"
    local.export_source(reader, target, sample)
    return session.read.parquet(str(target))


def numbered(frame: DataFrame) -> DataFrame:
    """The frame with its rows numbered from 0 in their order."""
    from pyspark.sql import functions as f

    place = f.monotonically_increasing_id()
    if frame.rdd.getNumPartitions() <= 1:
        return frame.select(place.alias(ROW), "*")
    counts = {row[0]: row[1] for row in frame.groupBy(f.spark_partition_id()).count().collect()}
    starts = dict(zip(sorted(counts), itertools.accumulate((counts[key] for key in sorted(counts)), initial=0), strict=False))
    offset = f.create_map(*(f.lit(part) for pair in starts.items() for part in pair))
    within = place.bitwiseAND(f.lit((1 << 33) - 1))
    return frame.select((within + f.try_element_at(offset, f.spark_partition_id())).alias(ROW), "*")


def _typed_parquet(session: SparkSession, reader: ParquetReader) -> DataFrame:
    import ibis
    from pyspark.sql import functions as f

    from workbench.dataprep.spark.sql import type_name

    frame = session.read.parquet(*map(str, reader.files))
    kinds = {column.name: type_name(ibis.dtype(column.ibis_type)) for column in reader.schema}
    return frame.select(*(f.col(f"`{name}`").cast(kind).alias(name) for name, kind in kinds.items()))


def _delimited(session: SparkSession, reader: DelimitedReader) -> DataFrame:
    import ibis
    from pyspark.sql import functions as f

    from workbench.dataprep.spark.sql import to_sql

    spec = reader.spec
    names = [column.name for column in spec.columns]
    (path,) = reader.files
    schema = ", ".join(f"`c{number}` STRING" for number in range(len(names)))
    texts = (
        session.read.schema(schema)
        .option("sep", spec.delimiter)
        .option("quote", spec.quote or "\0")
        .option("escape", spec.quote or "\0")
        .option("header", spec.header)
        .option("multiLine", path.stat().st_size <= _WHOLE_FILE)
        .option("encoding", spec.encoding)
        .option("mode", "PERMISSIVE")
        .option("nullValue", "\0")
        .option("emptyValue", "")
        .csv(str(path))
    )
    place = f"texts_{new_id()}"
    markers = markers_of(spec)
    named = numbered(texts).toDF(ROW, *names)
    shown = (f.when(~f.col(f"`{name}`").isin(markers), f.col(f"`{name}`")).alias(name) for name in names)
    named.select(ROW, *shown).createOrReplaceTempView(place)
    table = ibis.table({ROW: "int64", **dict.fromkeys(names, "string")}, name=place)
    values, wrong = typed(table, spec, "pyspark")
    return session.sql(to_sql(table.select(**{ROW: table[ROW]}, **values, **wrong)))
