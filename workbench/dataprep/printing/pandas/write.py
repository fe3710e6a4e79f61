"""Steps that write. A file that is written by a printed program is written in place, not under another name first."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.printing.paths import shown_path
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

QUOTING = {"minimal": "QUOTE_MINIMAL", "all": "QUOTE_ALL", "nonnumeric": "QUOTE_NONNUMERIC", "none": "QUOTE_NONE"}
ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def target(code: Code, path: str) -> str:
    """The place of a file to write, as code."""
    return shown_path(code, Path(os.path.normpath(code.base / Path(path).expanduser())))


@prints(WriteCsv, "pandas")
def _(step: WriteCsv, code: Code) -> None:
    options = ["index=False"]
    options += [f"sep={text(step.delimiter)}"] if step.delimiter != "," else []
    options += [f"na_rep={text(step.missing)}"] if step.missing else []
    options += ["header=False"] if not step.header else []
    options += [f"lineterminator={value(ENDINGS[step.line_ending])}"] if step.line_ending != "lf" else []
    options += [f"encoding={text(step.encoding)}"] if step.encoding != "utf-8" else []
    options += [f"compression={text(step.compression)}"] if step.compression != "none" else []
    if step.quoting != "minimal":
        code.imports("import csv")
        options.append(f"quoting=csv.{QUOTING[step.quoting]}")
    code.line(f"df.to_csv({target(code, step.path)}, {', '.join(options)})")


@prints(WriteParquet, "pandas")
def _(step: WriteParquet, code: Code) -> None:
    named = step.written_names(code.names)
    changed = {old: new for old, new in named.items() if old != new}
    options = ["index=False", f"compression={'None' if step.compression == 'uncompressed' else text(step.compression)}"]
    options += [f"partition_cols={listing([named[name] for name in step.partition_by])}"] if step.partition_by else []
    frame = f"df.rename(columns={value(changed)})" if changed else "df"
    code.line(f"{frame}.to_parquet({target(code, step.path)}, {', '.join(options)})")


@prints(WriteJsonLines, "pandas")
def _(step: WriteJsonLines, code: Code) -> None:
    packed = {"gzip": ', compression="gzip"', "zstd": ', compression="zstd"'}.get(step.compression, "")
    options = f'orient="records", lines=True, date_format="iso", force_ascii=False{packed}'
    code.line(f"df.to_json({target(code, step.path)}, {options})")


@prints(WriteExcel, "pandas")
def _(step: WriteExcel, code: Code) -> None:
    header = "" if step.header else ", header=False"
    code.line(f"df.to_excel({target(code, step.path)}, sheet_name={text(step.sheet)}, index=False{header})")


@prints(WriteArrow, "pandas")
def _(step: WriteArrow, code: Code) -> None:
    if step.stream:
        code.cannot("pandas writes Arrow files, no streams.")
    code.line(f"df.reset_index(drop=True).to_feather({target(code, step.path)}, compression={text(step.compression)})")


@prints(WriteSql, "pandas")
def _(step: WriteSql, code: Code) -> None:
    if step.dialect != "sqlite":
        code.cannot("The program would need the password of the database.")
    code.imports("import sqlite3", "from contextlib import closing")
    code.line(f"with closing(sqlite3.connect({target(code, step.path)})) as connection:")
    code.line(f"    df.to_sql({text(step.table)}, connection, if_exists={text(step.mode)}, index=False)")


@prints(ScriptWrite, "pandas")
def _(step: ScriptWrite, code: Code) -> None:
    script = defined(step, code)
    if step.frames == "polars":
        code.imports("import polars as pl")
    code.line(f"{script}({'pl.from_pandas(df)' if step.frames == 'polars' else 'df.copy()'})")
