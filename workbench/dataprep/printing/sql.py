"""A flow as one query of DuckDB: a chain of WITH, one part a step."""

from __future__ import annotations

from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW, quoted
from workbench.dataprep.printing.chain import Chain, Link, chain, commented, sql_of, unsayable
from workbench.dataprep.printing.reading_sql import duckdb_rows
from workbench.dataprep.printing.walking import Walked
from workbench.dataprep.steps import WriteCsv, WriteParquet


def print_sql(walked: Walked) -> str:
    """The query. Raises UserError for a step that runs Python, or a source that DuckDB does not read."""
    made = chain(walked, "duckdb")
    parts = {link.name: part(link) for link in made.links}
    statements = []
    for name, step in made.writes:
        query = whole(made, parts, name)
        match step.step:
            case WriteParquet(path=path):
                options = "FORMAT parquet"
            case WriteCsv(path=path, delimiter=delimiter):
                options = f"FORMAT csv, HEADER, DELIMITER '{delimiter}'"
            case _:
                raise UserError(f"{step.step.describe()} cannot be printed for SQL.")
        target = str(walked.base / path).replace("'", "''")
        told = "\n".join(commented(f"{step.number}. {step.step.describe()}"))
        statements.append(f"{told}\nCOPY (\n{indented(query)}\n) TO '{target}' ({options})")
    statements.append(whole(made, parts, made.result))
    return ";\n\n".join(statements) + ";\n"


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
        assert link.step is not None
        if link.expression is None:
            raise unsayable(link.step, "SQL")
        told = commented(f"{link.step.number}. {link.step.step.describe()}")
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
