"""Reading sources with pandas."""

from __future__ import annotations

from pathlib import Path

from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.frames_arrow import from_arrow
from workbench.dataprep.printing.helpers.frames_pandas import objects
from workbench.dataprep.printing.helpers.queries import by_query
from workbench.dataprep.printing.layout import query_text
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, text, value
from workbench.dataprep.printing.pandas.types import print_conversion
from workbench.dataprep.printing.paths import shown_path
from workbench.dataprep.printing.reading_sql import duckdb_rows, plain_text
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.readers.parquet import ParquetReader
from workbench.dataprep.sources.specs import DelimitedSpec


def print_source(reader: Reader, code: Code) -> None:
    """Lines that set `df` to the rows of a source. Raises UserError for a kind of source that pandas does not read."""
    code.imports("import pandas as pd")
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
    code.imports("import pyarrow as pa")
    types = {column.name: PANDAS_TYPES[column.type] for column in reader.schema}
    code.line(f"df = {code.helper(from_arrow)}({rows}, {value(types)})")


def _parquet(reader: ParquetReader, code: Code) -> None:
    (path,) = reader.files
    names = [column.name for column in reader.schema]
    types = {column.name: PANDAS_TYPES[column.type] for column in reader.schema}
    code.line(f'df = pd.read_parquet({shown_path(code, path)}, columns={listing(names)}, dtype_backend="pyarrow")')
    code.line(f"df = df.astype({value({name: kind for name, kind in types.items() if kind != 'object'})})")
    for name, kind in types.items():
        if kind == "object":
            code.line(f"df[{text(name)}] = {code.helper(objects)}(df[{text(name)}])")


def _delimited(reader: Reader, spec: DelimitedSpec, code: Code) -> None:
    (path,) = reader.files
    code.line(f"df = pd.read_csv({', '.join([shown_path(code, Path(path)), *_options(spec)])})")
    typed = [column for column in spec.columns if column.type not in {"string", "other"}]
    if typed:
        code.comment("What is no value of its column's type becomes missing.")
    for column in typed:
        formats = (column.format,) if column.format else ()
        print_conversion(code, column.name, "string", column.type, formats=formats, decimal=spec.decimal)


def _options(spec: DelimitedSpec) -> list[str]:
    names = [column.name for column in spec.columns]
    options = [f"sep={text(spec.delimiter)}"] if spec.delimiter != "," else []
    if not spec.quote:
        options.append("quoting=3")
    elif spec.quote != '"':
        options.append(f"quotechar={text(spec.quote)}")
    if spec.encoding.lower() not in {"utf-8", "utf8", "ascii", "us-ascii"}:
        options.append(f"encoding={text(spec.encoding)}")
    if spec.skip_rows:
        options.append(f"skiprows={spec.skip_rows}")
    options.append(f"header={0 if spec.header else None}")
    options.append(f"names={listing(names)}")
    options += ['dtype="str"', "keep_default_na=False", f"na_values={listing(dict.fromkeys(['', *spec.missing]))}"]
    return options
