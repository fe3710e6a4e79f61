"""Steps that pandas or Polars have no words for, and steps that pass error cells on, as a query of DuckDB over the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.dataprep.columns import ERROR, ROW, Schema, quoted
from workbench.dataprep.printing.chain import Chain, Link, commented, held, sql_of
from workbench.dataprep.printing.code import FrameLanguage, Module
from workbench.dataprep.printing.helpers.queries import by_query
from workbench.dataprep.printing.layout import laid_out
from workbench.dataprep.printing.literals import polars_type, text
from workbench.dataprep.printing.sourcecode import as_arrow, as_pandas, query_text
from workbench.dataprep.printing.sql import indented
from workbench.dataprep.printing.walking import WalkedFlow, WalkedSource, schema_of_walked


def passes_errors(link: Link) -> bool:
    """Whether later steps look at the error cells that a step leaves."""
    return any(name.startswith(ERROR) for name in link.kinds)


def print_query(links: Sequence[Link], made: Chain, language: FrameLanguage, module: Module) -> list[str]:
    """Lines that set `df` to what consecutive steps make of it, as one query."""
    first, last = links[0], links[-1]
    above = made.link(first.above)
    numbered = above.numbered
    tables = {above.name: ("df", _columns(above), numbered)}
    for link in links:
        for found in (link.flow.others if link.flow else {}).values():
            other = made.link(_last_of(made, found))
            tables[other.name] = (f"{found.name}()", schema_of_walked(found), other.numbered)
    parts, expressions = [], []
    for link in links:
        if link.expression is None or link.step is None:
            continue
        expression = held(link.expression, {ROW} if last.numbered else set()) if link is last else link.expression
        expressions.append(sql_of(expression, "duckdb"))
        told = commented(f"{link.step.number}. {link.step.step.describe()}") if len(links) > 1 else []
        parts.append("\n".join([*told, f"{quoted(link.name)} AS (\n{indented(expressions[-1])}\n)"]))
    order = f"\nORDER BY {quoted(ROW)}" if last.numbered else ""
    if len(links) == 1 and not order:
        sql = expressions[0]
    else:
        sql = "WITH\n" + ",\n".join(parts) + f"\nSELECT *\nFROM {quoted(last.name)}{order}"
    listed = ", ".join(
        f"{text(name)}: {_arrow(one, schema, rows, language, module)}" for name, (one, schema, rows) in tables.items()
    )
    rows = f"{module.helper(by_query)}(sql, {{{listed}}})"
    result = replace(last, kinds={name: kind for name, kind in last.kinds.items() if not name.startswith(ERROR)}).schema
    return [f"sql = {query_text(sql)}", laid_out(f"df = {_frame(rows, result, language, module)}", 4)]


def _columns(link: Link) -> Schema:
    """The columns of a frame; companions of error cells too, where the source has such."""
    import ibis

    from workbench.dataprep.columns import column_of

    return tuple(column_of(name, ibis.dtype(kind)) for name, kind in link.kinds.items() if name != ROW)


def _arrow(frame: str, schema: Schema, numbered: bool, language: FrameLanguage, module: Module) -> str:
    if language == "pandas":
        return as_arrow(module, frame, schema, numbered=numbered)
    return f"{frame}{f'.with_row_index({text(ROW)})' if numbered else ''}.to_arrow()"


def _frame(rows: str, schema: Schema, language: FrameLanguage, module: Module) -> str:
    if language == "pandas":
        return as_pandas(module, rows, schema)
    types = ", ".join(f"{text(column.name)}: {polars_type(column)}" for column in schema)
    names = ", ".join(text(column.name) for column in schema)
    return f"pl.from_arrow({rows}).select([{names}]).cast({{{types}}})"


def _last_of(made: Chain, found: WalkedFlow | WalkedSource) -> str:
    from workbench.dataprep.printing.ibis_code import last_of

    return last_of(made, found)
