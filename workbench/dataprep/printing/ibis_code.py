"""A flow as a program of Ibis on DuckDB: Ibis expressions, and SQL inside them for what these cannot say in few words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW
from workbench.dataprep.printing.chain import Chain, Kinds, Link, chain, sql_of
from workbench.dataprep.printing.code import Code, Module
from workbench.dataprep.printing.frames import assembled, folder, sentence, title
from workbench.dataprep.printing.layout import WIDTH, laid_out
from workbench.dataprep.printing.literals import text, value
from workbench.dataprep.printing.naming import Names
from workbench.dataprep.printing.paths import shown_path
from workbench.dataprep.printing.reading_sql import duckdb_rows
from workbench.dataprep.printing.snippets import renamed, taken_apart
from workbench.dataprep.printing.sourcecode import as_arrow, as_pandas, python_function, query_text, schema_of_link, source_function
from workbench.dataprep.printing.walking import Walked, WalkedStep
from workbench.dataprep.sources.readers.parquet import ParquetReader

_QUERY = '''def query(name: str, sql: str) -> ibis.Table:
    """The result of a query over the tables before it."""
    con.raw_sql(f'CREATE VIEW "{name}" AS {sql}')
    return con.table(name)'''


def print_ibis(walked: Walked) -> str:
    """The program. Raises UserError for what neither Ibis nor pandas can say."""
    made = chain(walked, "duckdb")
    module = Module(walked.names, walked.base)
    module.imports["import ibis"] = None
    for name in ("query", *(link.name for link in made.links)):
        module.names.take(name)
    writer = _Writer(made, module)
    lines: list[str] = []
    for link in made.links:
        lines += ["", *writer.link(link)]
        for name, step in made.writes:
            if name == link.name:
                lines += ["", *writer.write(step, link)]
    if writer.asks:
        module.definitions["query"] = _QUERY
    last = made.link(made.result)
    ending = f"df = {last.name}"
    if last.numbered:
        ending += f'.order_by("{ROW}")' if made.ordered else ""
        ending += f'.drop("{ROW}")'
    script = "\n".join(lines).strip("\n")
    return assembled(module, title(walked), [folder(walked), "con = ibis.duckdb.connect()"], [], f"{script}\n\n{ending}")


class _Writer:
    def __init__(self, made: Chain, module: Module) -> None:
        self.made = made
        self.module = module
        self.asks = False
        """Whether a query in SQL was printed."""
        self.views: set[str] = set()
        """The tables that queries know by their names."""

    def link(self, link: Link) -> list[str]:
        if link.reader is not None:
            return self.source(link)
        told = sentence(link.walked.number, link.walked.step.describe(), link.walked.step.note)
        if link.expression is None:
            return [*told, *self.python(link)]
        return [*told, *(self.expression(link) or self.query(link, link.name, sql_of(link.expression, "duckdb")))]

    def expression(self, link: Link) -> list[str] | None:
        """The step as Ibis code; None where that would not be the same, or too long to read."""
        known = {one.name: one.kinds for one in self.made.links}
        found = decompiled(link.expression, link.name, known, self.module.names)
        if found is None or max(map(len, found)) > 12 * WIDTH:
            return None
        return [laid_out(line) for line in found]

    def query(self, link: Link, name: str, sql: str) -> list[str]:
        self.asks = True
        lines = []
        for other in self.made.links:
            if other.name not in self.views and re.search(rf'"{re.escape(other.name)}"', sql) and other.name != link.name:
                lines.append(f"con.create_view({text(other.name)}, {other.name})")
                self.views.add(other.name)
        self.views.add(name)
        return [*lines, f"{name} = query({text(name)}, {query_text(sql)})"]

    def python(self, link: Link) -> list[str]:
        names = {}
        for other, found in (link.flow.others if link.flow else {}).items():
            names[other] = self.frame(last_of(self.made, found))
        name = python_function(link, self.module, names)
        rows = as_arrow(self.module, f"{name}({self.frame(link.above)})", link.schema, numbered=link.numbered)
        self.views.add(link.name)
        return [laid_out(f"{link.name} = con.create_table({text(link.name)}, {rows})")]

    def frame(self, name: str) -> str:
        link = self.made.link(name)
        order = f'.order_by("{ROW}")' if link.numbered else ""
        return as_pandas(self.module, f"con.con.sql(ibis.to_sql({name}{order})).to_arrow_table()", schema_of_link(self.made, name))

    def write(self, step: WalkedStep, link: Link) -> list[str]:
        name = python_function(replace(link, step=step, name=step.step.op), self.module, {})
        return [*sentence(step.number, step.step.describe(), step.step.note), laid_out(f"{name}({self.frame(link.name)})")]

    def source(self, link: Link) -> list[str]:
        reader = link.source
        told = [f"# {reader.name}"]
        if isinstance(reader, ParquetReader) and reader.plain:
            path = shown_path(Code("pandas", self.module), reader.files[0])
            casts = {column.name: str(column.ibis_type) for column in link.schema if not column.nested}
            columns = value([column.name for column in link.schema])
            line = f"{link.name} = con.read_parquet({path}).select({columns}).cast({value(casts)})"
            numbered = f"{link.name} = {link.name}.select(ibis.row_number().name({text(ROW)}), {link.name})"
            return [*told, laid_out(line), *([numbered] if link.numbered else [])]
        try:
            return [*told, *self.query(link, link.name, duckdb_rows(reader, numbered=link.numbered))]
        except UserError:
            name = source_function(link, self.module)
            rows = as_arrow(self.module, f"{name}()", link.schema, numbered=link.numbered)
            self.views.add(link.name)
            return [*told, laid_out(f"{link.name} = con.create_table({text(link.name)}, {rows})")]


def last_of(made: Chain, found: Any) -> str:
    """The last query of a flow or source."""
    for link in reversed(made.links):
        if (link.flow is not None and link.flow.name == found.name) or (link.reader and link.reader is getattr(found, "reader", 0)):
            return link.name
    return last_of(made, found.start)


def decompiled(expression: Any, name: str, known: dict[str, Kinds], names: Names) -> list[str] | None:
    """Ibis code that sets `name` to the expression, over variables called like the known tables; None where there is none."""
    import ibis

    try:
        source = ibis.decompile(expression, render_import=False, assign_result_to="result", format=False)
        snippet = taken_apart(source)
    except Exception:  # noqa: BLE001 (Ibis raises what it likes for what it cannot write)
        return None
    lines = [line for line in snippet.lines if not re.match(r"\w+ = ibis\.table\(name=", line)]
    changed = {"result": name}
    for line in lines[:-1]:
        if found := re.match(r"(\w+) = ", line):
            changed[found[1]] = names.new(f"{name}_{found[1].lstrip('_')}")
    lines = [renamed(line, changed) for line in lines]
    scope: dict[str, Any] = {"ibis": ibis, **{one: ibis.table(kinds, name=one) for one, kinds in known.items()}}
    try:
        exec("\n".join(lines), scope)  # noqa: S102 (it is what Ibis wrote)
        same = scope[name].equals(expression)
    except Exception:  # noqa: BLE001
        return None
    return lines if same else None
