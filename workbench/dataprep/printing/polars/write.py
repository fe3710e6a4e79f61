"""Steps that write. A file that is written by a printed program is written in place, not under another name first."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.csv_lines import write_csv
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.printing.pandas.write import csv_options, csv_texts, kept_out, target
from workbench.dataprep.printing.polars.texts import as_text
from workbench.dataprep.printing.scripts import defined
from workbench.dataprep.steps import (
    ScriptWrite,
    WriteArrow,
    WriteCsv,
    WriteExcel,
    WriteJsonLines,
    WriteParquet,
    WriteSql,
)


@prints(WriteCsv, "polars")
def _(step: WriteCsv, code: Code) -> None:
    texts = ", ".join(as_text(code, column.name, column.type) for column in csv_texts(step, code))
    code.line(f"texts = df.select({texts})")
    code.line(f"{code.helper(write_csv)}(texts.iter_rows(), texts.columns, {csv_options(step, code)})")


@prints(WriteParquet, "polars")
def _(step: WriteParquet, code: Code) -> None:
    named = step.written_names(code.names)
    changed = {old: new for old, new in named.items() if old != new}
    options = [f"compression={text(step.compression)}"]
    options += [f"partition_by={listing([named[name] for name in step.partition_by])}"] if step.partition_by else []
    frame = f"df.rename({value(changed)})" if changed else "df"
    place = target(code, step.path)
    if step.partition_by:
        code.line(f"({place}).mkdir(parents=True, exist_ok=True)")
    code.line(f"{frame}.write_parquet({place}, {', '.join(options)})")


@prints(WriteJsonLines, "polars")
def _(step: WriteJsonLines, code: Code) -> None:
    if step.compression != "none":
        code.cannot("Polars writes plain JSON Lines alone.")
    code.line(f"df.write_ndjson({target(code, step.path)})")


@prints(WriteExcel, "polars")
def _(step: WriteExcel, code: Code) -> None:
    kept_out(step.errors, code)
    header = "" if step.header else ", include_header=False"
    code.line(f"df.write_excel({target(code, step.path)}, worksheet={text(step.sheet)}{header})")


@prints(WriteArrow, "polars")
def _(step: WriteArrow, code: Code) -> None:
    way = "write_ipc_stream" if step.stream else "write_ipc"
    code.line(f"df.{way}({target(code, step.path)}, compression={text(step.compression)})")


@prints(WriteSql, "polars")
def _(step: WriteSql, code: Code) -> None:
    if step.dialect != "sqlite":
        code.cannot("The program would need the password of the database.")
    code.imports("import sqlite3", "from contextlib import closing")
    code.line(f"with closing(sqlite3.connect({target(code, step.path)})) as connection:")
    code.line(f"    df.to_pandas().to_sql({text(step.table)}, connection, if_exists={text(step.mode)}, index=False)")


@prints(ScriptWrite, "polars")
def _(step: ScriptWrite, code: Code) -> None:
    script = defined(step, code)
    code.line(f"{script}({'df' if step.frames == 'polars' else 'df.to_pandas()'})")
