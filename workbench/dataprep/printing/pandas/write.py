"""Steps that write. A file that is written by a printed program is written in place, not under another name first."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.dataprep.columns import NUMERIC, Schema, listed
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.helpers.csv_lines import write_csv
from workbench.dataprep.printing.helpers.frames_arrow import to_arrow
from workbench.dataprep.printing.helpers.rows import rows_of
from workbench.dataprep.printing.literals import arrow_type, listing, text, value
from workbench.dataprep.printing.pandas.texts import as_text
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

ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def target(code: Code, path: str) -> str:
    """The place of a file to write, as code."""
    return shown_path(code, Path(os.path.normpath(code.base / Path(path).expanduser())))


@prints(WriteCsv, "pandas")
def _(step: WriteCsv, code: Code) -> None:
    texts = csv_texts(step, code)
    code.imports("import pandas as pd")
    code.line(f"texts = pd.DataFrame({{{', '.join(f'{text(c.name)}: {as_text(code, c.name, c.type)}' for c in texts)}}})")
    code.line(f"{code.helper(write_csv)}({code.helper(rows_of)}(texts), list(texts.columns), {csv_options(step, code)})")


def csv_texts(step: WriteCsv, code: Code) -> Schema:
    """The columns of a CSV file. Raises UserError for what the program cannot write as texts."""
    kept_out(step.errors if step.errors != step.missing else "", code)
    for column in code.before:
        if column.type in {"struct", "list"}:
            code.cannot(f"{column.name} holds records or lists, which only a database writes as texts.")
    return code.before


def kept_out(errors: str, code: Code) -> None:
    """Says where error cells, which are missing values in the program, are to be written as a text of their own."""
    if errors and code.errors:
        code.comment(f"Error cells of {listed(sorted(code.errors))} are missing values here, not {errors!r}.")


def csv_options(step: WriteCsv, code: Code) -> str:
    """Where and how a CSV file is written, as the arguments of the helper."""
    options = [target(code, step.path)]
    options += [f"delimiter={text(step.delimiter)}"] if step.delimiter != "," else []
    options += [f"missing={text(step.missing)}"] if step.missing else []
    options += ["header=False"] if not step.header else []
    options += [f"quoting={text(step.quoting)}"] if step.quoting != "minimal" else []
    if step.quoting == "nonnumeric":
        plain = [column.name for column in code.before if column.type in NUMERIC or column.type == "boolean"]
        options += [f"unquoted={listing(plain)}"] if plain else []
    options += [f"ending={value(ENDINGS[step.line_ending])}"] if step.line_ending != "lf" else []
    options += [f"encoding={text(step.encoding)}"] if step.encoding != "utf-8" else []
    options += [f"compression={text(step.compression)}"] if step.compression != "none" else []
    return ", ".join(options)


@prints(WriteParquet, "pandas")
def _(step: WriteParquet, code: Code) -> None:
    named = step.written_names(code.names)
    types = ", ".join(f"{text(column.name)}: {arrow_type(column)}" for column in code.before)
    code.imports("import pyarrow as pa", "import pyarrow.parquet as pq")
    table = f"{code.helper(to_arrow)}(df, {{{types}}})"
    if any(old != new for old, new in named.items()):
        table += f".rename_columns({listing(named.values())})"
    compression = text("none" if step.compression == "uncompressed" else step.compression)
    place = target(code, step.path)
    if step.partition_by:
        by = listing([named[name] for name in step.partition_by])
        code.line(f"pq.write_to_dataset({table}, {place}, partition_cols={by}, compression={compression})")
    else:
        code.line(f"pq.write_table({table}, {place}, compression={compression})")


@prints(WriteJsonLines, "pandas")
def _(step: WriteJsonLines, code: Code) -> None:
    packed = {"gzip": ', compression="gzip"', "zstd": ', compression="zstd"'}.get(step.compression, "")
    options = f'orient="records", lines=True, date_format="iso", force_ascii=False{packed}'
    code.line(f"df.to_json({target(code, step.path)}, {options})")


@prints(WriteExcel, "pandas")
def _(step: WriteExcel, code: Code) -> None:
    kept_out(step.errors, code)
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
