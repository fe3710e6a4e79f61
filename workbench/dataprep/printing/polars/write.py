"""Steps that write. A file that is written by a printed program is written in place, not under another name first."""

from __future__ import annotations

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.printing.pandas.write import ENDINGS, target
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

_QUOTING = {"minimal": "necessary", "all": "always", "nonnumeric": "non_numeric", "none": "never"}


@prints(WriteCsv, "polars")
def _(step: WriteCsv, code: Code) -> None:
    if step.encoding.lower().replace("_", "-") != "utf-8" or step.compression != "none":
        code.cannot("Polars writes CSV as plain UTF-8 alone.")
    options = []
    options += [f"separator={text(step.delimiter)}"] if step.delimiter != "," else []
    options += [f"null_value={text(step.missing)}"] if step.missing else []
    options += ["include_header=False"] if not step.header else []
    options += [f"line_terminator={value(ENDINGS[step.line_ending])}"] if step.line_ending != "lf" else []
    options += [f"quote_style={text(_QUOTING[step.quoting])}"] if step.quoting != "minimal" else []
    code.line(f"df.write_csv({', '.join([target(code, step.path), *options])})")


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
