"""A flow as a PySpark script: a query a step, in Spark's SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.dataprep.columns import ROW, ColumnInfo
from workbench.dataprep.conversion import convert
from workbench.dataprep.printing.chain import Chain, Link, chain, dialect_class, sql_of
from workbench.dataprep.printing.code import Code, Module
from workbench.dataprep.printing.frames import assembled, folder, sentence, title
from workbench.dataprep.printing.ibis_code import last_of
from workbench.dataprep.printing.layout import laid_out
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.paths import shown_path
from workbench.dataprep.printing.sourcecode import as_arrow, as_pandas, python_function, query_text, schema_of_link, source_function
from workbench.dataprep.printing.walking import Walked, WalkedStep
from workbench.dataprep.sources.readers.delimited import DelimitedReader
from workbench.dataprep.sources.readers.parquet import ParquetReader

_SESSION = """spark = (
    SparkSession.builder.config("spark.sql.ansi.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.timeType.enabled", "true")
    .config("spark.sql.legacy.sizeOfNull", "false")
    .config("spark.sql.mapKeyDedupPolicy", "LAST_WIN")
    .config("spark.sql.caseSensitive", "false")
    .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
    .getOrCreate()
)"""

_QUERY = '''def query(name: str, sql: str) -> DataFrame:
    """The result of a query, which later ones know by its name."""
    df = spark.sql(sql)
    df.createOrReplaceTempView(name)
    return df'''


def print_pyspark(walked: Walked) -> str:
    """The script. Raises UserError for what Spark cannot say."""
    made = chain(walked, "pyspark")
    module = Module(walked.names, walked.base)
    for name in ("query", *(link.name for link in made.links)):
        module.names.take(name)
    module.imports["from pyspark.sql import DataFrame, SparkSession"] = None
    module.definitions["query"] = _QUERY
    lines: list[str] = []
    for link in made.links:
        lines += ["", *_link(link, made, module)]
        for name, step in made.writes:
            if name == link.name:
                lines += ["", *_write(step, made, link, module)]
    last = made.link(made.result)
    ending = f"df = spark.table({text(last.name)})"
    if made.ordered and last.numbered:
        ending += f'.orderBy("{ROW}")'
    if last.numbered:
        ending += f'.drop("{ROW}")'
    script = "\n".join(lines).strip("\n")
    return assembled(module, title(walked), [folder(walked), _SESSION], [], f"{script}\n\n{ending}")


def _link(link: Link, made: Chain, module: Module) -> list[str]:
    if link.reader is not None:
        return _source(link, module)
    told = sentence(link.walked.number, link.walked.step.describe(), link.walked.step.note)
    if link.expression is not None:
        return [*told, f"query({text(link.name)}, {query_text(sql_of(link.expression, 'pyspark'))})"]
    return [*told, *_python(link, made, module)]


def _python(link: Link, made: Chain, module: Module) -> list[str]:
    """A step that runs Python: on the driver, over a pandas frame."""
    names = {}
    for other, found in (link.flow.others if link.flow else {}).items():
        name = last_of(made, found)
        names[other] = _frame(made, name, module)
    name = python_function(link, module, names)
    rows = as_arrow(module, f"{name}({_frame(made, link.above, module)})", link.schema, numbered=link.numbered)
    return _from_arrow(link, rows)


def _from_arrow(link: Link, rows: str) -> list[str]:
    return [
        laid_out(f"rows = {rows}"),
        f"spark.createDataFrame(rows).createOrReplaceTempView({text(f'{link.name}_frame')})",
        f"query({text(link.name)}, {query_text(_cast(link, f'{link.name}_frame', numbered=link.numbered))})",
    ]


def _cast(link: Link, view: str, *, numbered: bool) -> str:
    row = [f"  `{ROW}`"] if numbered else []
    columns = [f"  CAST({_quoted(c.name)} AS {spark_type(c)}) AS {_quoted(c.name)}" for c in link.schema]
    return "SELECT\n" + ",\n".join([*row, *columns]) + f"\nFROM {_quoted(view)}"


def spark_type(column: ColumnInfo) -> str:
    """The type of a column in Spark's SQL."""
    import ibis
    from ibis.backends.sql.datatypes import PySparkType

    return str(PySparkType.from_ibis(ibis.dtype(column.ibis_type)).sql(dialect_class("pyspark")))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _frame(made: Chain, name: str, module: Module) -> str:
    link = made.link(name)
    order = f'.orderBy("{ROW}")' if link.numbered else ""
    return as_pandas(module, f"spark.table({text(name)}){order}.toArrow()", schema_of_link(made, name))


def _source(link: Link, module: Module) -> list[str]:
    reader = link.source
    told = [f"# {reader.name}"]
    code = Code("pandas", module)
    view = text(f"{link.name}_file")
    if isinstance(reader, ParquetReader) and reader.plain:
        path = f"str({shown_path(code, reader.files[0])})"
        sql = _cast(link, f"{link.name}_file", numbered=False)
        if link.numbered:
            sql = sql.replace("SELECT\n", f"SELECT\n  {_NUMBER} AS `{ROW}`,\n", 1)
        return [
            *told,
            f"spark.read.parquet({path}).createOrReplaceTempView({view})",
            f"query({text(link.name)}, {query_text(sql)})",
        ]
    if isinstance(reader, DelimitedReader) and reader.simple and not reader.spec.thousands:
        return [*told, *_delimited(link, reader, code)]
    name = source_function(link, module)
    return [*told, *_from_arrow(link, as_arrow(module, f"{name}()", link.schema, numbered=link.numbered))]


_NUMBER = "row_number() OVER (ORDER BY monotonically_increasing_id()) - 1"


def _delimited(link: Link, reader: DelimitedReader, code: Code) -> list[str]:
    import ibis

    spec = reader.spec
    schema = ", ".join(f"`c{number}` STRING" for number in range(len(spec.columns)))
    options = {
        "sep": spec.delimiter, "quote": spec.quote or "\0", "escape": spec.quote or "\0", "header": spec.header, "multiLine": True,
        "encoding": spec.encoding, "nullValue": "\0", "emptyValue": "",
    }  # fmt: skip
    shown = ", ".join(f"{name}={text(given) if isinstance(given, str) else given}" for name, given in options.items())
    view = f"{link.name}_file"
    table = ibis.table({ROW: "int64", **{f"c{number}": "string" for number in range(len(spec.columns))}}, name=view)
    values: dict[str, Any] = {ROW: table[ROW]} if link.numbered else {}
    missing = list(dict.fromkeys(["", *spec.missing]))
    for number, column in enumerate(spec.columns):
        raw: Any = table[f"c{number}"]
        given = ibis.ifelse(raw.isin(missing), ibis.null("string"), raw)
        formats = [column.format] if column.format else []
        values[column.name] = convert(given, "string", column.type, dialect="pyspark", formats=formats, decimal=spec.decimal)
    sql = sql_of(table.select(**values), "pyspark")
    row = f'.selectExpr("{_NUMBER} AS `{ROW}`", "*")' if link.numbered else ""
    path = shown_path(code, reader.files[0])
    return [
        laid_out(f"texts = spark.read.schema({text(schema)}).options({shown}).csv(str({path})){row}"),
        f"texts.createOrReplaceTempView({text(view)})",
        f"query({text(link.name)}, {query_text(sql)})",
    ]


def _write(step: WalkedStep, made: Chain, link: Link, module: Module) -> list[str]:
    """A step that writes: from the driver, with pandas, so that one file comes out."""
    name = python_function(replace(link, step=step, name=step.step.op), module, {})
    return [*sentence(step.number, step.step.describe(), step.step.note), laid_out(f"{name}({_frame(made, link.name, module)})")]
