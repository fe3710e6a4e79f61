"""A flow as one query of DuckDB: a chain of WITH, one part a step."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import NoReturn

from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW, literal, quoted
from workbench.dataprep.printing.chain import Chain, Link, chain, commented, sql_of, unsayable
from workbench.dataprep.printing.reading_sql import duckdb_rows
from workbench.dataprep.printing.walking import Walked, WalkedStep
from workbench.dataprep.steps import WriteCsv, WriteParquet


def print_sql(walked: Walked) -> str:
    """The query. Raises UserError for a step that runs Python, or a source that DuckDB does not read."""
    made = chain(walked, "duckdb")
    parts = {link.name: part(link) for link in made.links}
    statements = []
    for name, step in made.writes:
        query, options = written(step, whole(made, parts, name))
        path = Path(os.path.normpath(walked.base / Path(getattr(step.step, "path", "")).expanduser()))
        target = str(path).replace("'", "''")
        told = "\n".join(commented(f"{step.number}. {step.step.describe()}"))
        if isinstance(step.step, WriteCsv) and step.step.errors not in {"", step.step.missing} and step.errors:
            remark = f"Error cells are missing values here, not {step.step.errors!r}."
            told += "\n" + "\n".join(commented(remark))
        statements.append(f"{told}\nCOPY (\n{indented(query)}\n) TO '{target}' ({options})")
    statements.append(whole(made, parts, made.result))
    return ";\n\n".join(statements) + ";\n"


def written(walked: WalkedStep, query: str) -> tuple[str, str]:
    """The query whose rows DuckDB's COPY writes to a file, and its options. Raises UserError for what it cannot write so."""
    step = walked.step
    if isinstance(step, WriteParquet):
        named = step.written_names([column.name for column in walked.before])
        options = ["FORMAT parquet", f"COMPRESSION {'lz4_raw' if step.compression == 'lz4' else step.compression}"]
        if step.partition_by:
            options.append(f"PARTITION_BY ({', '.join(quoted(named[name]) for name in step.partition_by)})")
        if any(old != new for old, new in named.items()):
            columns = ", ".join(f"{quoted(old)} AS {quoted(new)}" for old, new in named.items())
            query = f"SELECT {columns}\nFROM (\n{indented(query)}\n)"
        return query, ", ".join(options)
    if isinstance(step, WriteCsv):
        if step.line_ending != "lf" or step.quoting not in {"minimal", "all"} or step.compression == "bz2":
            cannot(walked, "DuckDB writes lines that end with LF, all values quoted or those that must be, with gzip or zstd alone")
        if codecs.lookup(step.encoding).name != "utf-8":
            cannot(walked, "DuckDB writes UTF-8 alone")
        options = ["FORMAT csv", f"HEADER {str(step.header).lower()}", f"DELIMITER {literal(step.delimiter)}"]
        options += [f"NULLSTR {literal(step.missing)}", f"COMPRESSION {step.compression}"]
        return query, ", ".join([*options, *(["FORCE_QUOTE *"] if step.quoting == "all" else [])])
    return cannot(walked, "DuckDB's COPY does not write it")


def cannot(walked: WalkedStep, why: str) -> NoReturn:
    """Raises UserError: SQL cannot say the step."""
    raise UserError(f"{walked.step.describe()} cannot be printed for SQL: {why}.")


def whole(made: Chain, parts: dict[str, str], name: str) -> str:
    """The query that gives one link, with all that it needs."""
    needed = _needed(made, name)
    shown = [parts[link.name] for link in made.links if link.name in needed]
    columns = ", ".join(quoted(column) for column in made.link(name).columns)
    order = f"\nORDER BY {quoted(ROW)}" if made.ordered and made.link(name).numbered else ""
    return "WITH\n" + ",\n".join(shown) + f"\nSELECT {columns}\nFROM {quoted(name)}{order}"


def _needed(made: Chain, name: str) -> set[str]:
    import ibis.expr.operations as ops

    known = {link.name: link for link in made.links}
    wanted: set[str] = set()
    stack = [name]
    while stack:
        one = stack.pop()
        if one in wanted:
            continue
        wanted.add(one)
        if (expression := known[one].expression) is not None:
            stack += [table.name for table in expression.op().find(ops.UnboundTable) if table.name in known]
    return wanted


def part(link: Link) -> str:
    """One part of the chain."""
    if link.reader is not None:
        told = commented(link.reader.name)
        query = duckdb_rows(link.reader, numbered=link.numbered)
    else:
        if link.expression is None:
            raise unsayable(link.walked, "SQL")
        told = commented(f"{link.walked.number}. {link.walked.step.describe()}")
        query = sql_of(link.expression, "duckdb")
    return "\n".join([*told, f"{quoted(link.name)} AS (\n{indented(query)}\n)"])


def indented(text: str) -> str:
    """A query two columns to the right, texts that go over lines left as they are."""
    shown, quote = ["  "], ""
    for c in text:
        shown.append(c)
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c == "\n":
            shown.append("  ")
    return "".join(shown)
