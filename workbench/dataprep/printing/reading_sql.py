"""Sources as queries of DuckDB."""

from __future__ import annotations

from typing import Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW, literal, quoted
from workbench.dataprep.conversion import convert
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.specs import DelimitedSpec


def duckdb_rows(reader: Reader, *, numbered: bool) -> str:
    """A query that gives the rows of a source in their order, numbered when wanted. Raises UserError."""
    if isinstance(reader, DelimitedReader) and plain_text(reader):
        return delimited(str(reader.files[0]), reader.spec, numbered=numbered)
    found = reader.scan()
    if found is None:
        raise UserError(f"The source {reader.name} cannot be printed as SQL.", hint="Write it to a Parquet file first.")
    if numbered:
        return found.replace("SELECT ", f"SELECT row_number() OVER () - 1 AS {quoted(ROW)}, ", 1)
    return found


def plain_text(reader: DelimitedReader) -> bool:
    """Whether the readers of all languages know what the specification asks for."""
    return reader.native and not reader.spec.thousands and len(reader.spec.delimiter) == 1


def delimited(path: str, spec: DelimitedSpec, *, numbered: bool) -> str:
    """A text file: what is no value of its column's type is missing."""
    import ibis

    if spec.encoding.lower() not in {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}:
        raise UserError(f"{path} is no UTF-8, so that SQL cannot read it.", hint="Write it to a Parquet file first.", place=path)
    place = "file_of_text"
    texts = ibis.table({column.name: "string" for column in spec.columns}, name=place)
    values: dict[str, Any] = {ROW: ibis.row_number()} if numbered else {}
    for column in spec.columns:
        formats = [column.format] if column.format else []
        values[column.name] = convert(texts[column.name], "string", column.type, formats=formats, decimal=spec.decimal)
    query = str(ibis.to_sql(texts.select(**values), dialect="duckdb"))
    return query.replace(f'"{place}"', read_csv(path, spec), 1)


def read_csv(path: str, spec: DelimitedSpec) -> str:
    """DuckDB's reader with the options of the specification; all columns are text."""
    columns = ", ".join(f"{literal(column.name)}: 'VARCHAR'" for column in spec.columns)
    missing = ", ".join(literal(marker) for marker in dict.fromkeys(["", *spec.missing]))
    options = [
        literal(path), "auto_detect = false", f"header = {str(spec.header).lower()}", f"skip = {spec.skip_rows}",
        f"delim = {literal(spec.delimiter)}", f"quote = {literal(spec.quote)}", f"escape = {literal(spec.quote)}",
        f"columns = {{{columns}}}", f"nullstr = [{missing}]", "null_padding = true", "strict_mode = false",
    ]  # fmt: skip
    return "read_csv(\n    " + ",\n    ".join(options) + "\n  )"
