"""Reading sources with Polars."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.queries import by_query
from workbench.dataprep.printing.layout import query_text
from workbench.dataprep.printing.literals import listing, polars_type, text
from workbench.dataprep.printing.paths import shown_path
from workbench.dataprep.printing.polars.types import conversion
from workbench.dataprep.printing.reading_sql import duckdb_rows, plain_text
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.readers.parquet import ParquetReader
from workbench.dataprep.sources.specs import DelimitedSpec


def print_source(reader: Reader, code: Code) -> None:
    """Lines that set `df` to the rows of a source. Raises UserError for a kind of source that Polars does not read."""
    code.imports("import polars as pl")
    if isinstance(reader, ParquetReader) and reader.plain:
        _parquet(reader, code)
    elif isinstance(reader, DelimitedReader) and plain_text(reader):
        _delimited(reader, reader.spec, code)
    else:
        _by_query(reader, code)


def _by_query(reader: Reader, code: Code) -> None:
    """What DuckDB reads."""
    code.line(f"sql = {query_text(duckdb_rows(reader, numbered=False))}")
    rows = f"{code.helper(by_query)}(sql, {{}})"
    types = ", ".join(f"{text(column.name)}: {polars_type(column)}" for column in reader.schema)
    code.line(f"df = pl.from_arrow({rows}).cast({{{types}}})")


def _parquet(reader: ParquetReader, code: Code) -> None:
    (path,) = reader.files
    names = [column.name for column in reader.schema]
    types = ", ".join(f"{text(column.name)}: {polars_type(column)}" for column in reader.schema)
    code.line(f"df = pl.read_parquet({shown_path(code, path)}, columns={listing(names)}).cast({{{types}}})")


def _delimited(reader: Reader, spec: DelimitedSpec, code: Code) -> None:
    (path,) = reader.files
    code.line(f"df = pl.read_csv({', '.join([shown_path(code, path), *_options(spec)])})")
    typed = [column for column in spec.columns if column.type not in {"string", "other"}]
    if not typed:
        return
    code.comment("What is no value of its column's type becomes missing.")
    expressions = [
        conversion(
            code, column.name, "string", column.type, formats=(column.format,) if column.format else (), decimal=spec.decimal
        )
        for column in typed
    ]
    code.line(f"df = df.with_columns({', '.join(expressions)})")


def _options(spec: DelimitedSpec) -> list[str]:
    options = [f"separator={text(spec.delimiter)}"] if spec.delimiter != "," else []
    if spec.quote != '"':
        options.append(f"quote_char={text(spec.quote) if spec.quote else None}")
    if spec.encoding.lower() not in {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}:
        options.append(f"encoding={text(spec.encoding)}")
    if spec.skip_rows:
        options.append(f"skip_lines={spec.skip_rows}")
    if not spec.header:
        options.append("has_header=False")
    options.append(f"new_columns={listing(column.name for column in spec.columns)}")
    options += ["infer_schema=False", "truncate_ragged_lines=True"]
    options.append(f"null_values={listing(dict.fromkeys(['', *spec.missing]))}")
    return options
