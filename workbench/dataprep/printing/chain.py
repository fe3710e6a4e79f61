"""A flow as a chain of named queries, each an Ibis expression over those before it: what programs of queries are made of.

The hidden columns (`__row__` and companions of error cells) appear only where a later query, or the order of the result, needs
them.
"""

# ruff: noqa: ARG002 (the context has the signatures that steps know)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.dataprep.cells import visible
from workbench.dataprep.columns import ROW, Schema, is_hidden, names, schema_of
from workbench.dataprep.printing.naming import Names
from workbench.dataprep.printing.walking import Walked, WalkedFlow, WalkedStep
from workbench.dataprep.scalars import scalar
from workbench.dataprep.steps import Other, StepBase, Write
from workbench.dataprep.steps.base import Batches, Dialect

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program
    from workbench.dataprep.sources.reader import Reader

Kinds = dict[str, Any]
"""Ibis types by the names of columns, hidden ones too."""


class RunsPython(Exception):
    """A step computes in Python, not in the database."""


@dataclass
class PrintContext:
    """What steps build their query in when it is only to be printed."""

    dialect: Dialect
    others: dict[Other, ir.Table]

    def other(self, table: Other) -> ir.Table:
        """Another query of the chain."""
        return self.others[table]

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """A program in the database's own terms. Raises RunsPython where it has none."""
        texts: list[Any] = [table[name].cast("string") for name in columns]
        native: ir.Value | None = program.to_ibis(texts, self.dialect)
        if native is None:
            raise RunsPython
        return native

    def scalar(self, table: ir.Table, sql: str) -> ir.Value:
        """An SQL scalar."""
        value: ir.Value = scalar(table, sql, self.dialect).value
        return value

    def by_python(self, table: ir.Table, schema: Any, function: Batches, *, whole: bool = False) -> ir.Table:
        """Raises RunsPython."""
        raise RunsPython

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Nothing is counted."""

    def remark(self, message: str) -> None:
        """Nothing is said."""


@dataclass(frozen=True)
class Link:
    """One query: `expression` over tables named like other links; None for a source (`reader`) or a step that runs Python.

    `kinds`: its columns. `step`: None for a source. `above`: what it starts from.
    """

    name: str
    kinds: Kinds
    reader: Reader | None = None
    step: WalkedStep | None = None
    flow: WalkedFlow | None = None
    above: str = ""
    expression: ir.Table | None = None

    @property
    def walked(self) -> WalkedStep:
        """The step. Only a query that is no source has one."""
        if self.step is None:
            raise ValueError(f"{self.name} is a source, no step")
        return self.step

    @property
    def source(self) -> Reader:
        """The reader of a source."""
        if self.reader is None:
            raise ValueError(f"{self.name} is a step, no source")
        return self.reader

    @property
    def columns(self) -> list[str]:
        """The visible columns."""
        return [name for name in self.kinds if not is_hidden(name)]

    @property
    def schema(self) -> Schema:
        """The visible columns with their types."""
        import ibis

        return schema_of(ibis.table(self.kinds, name="columns"))

    @property
    def numbered(self) -> bool:
        """Whether it has the row column."""
        return ROW in self.kinds


@dataclass
class Chain:
    """The queries in their order; `result`: the name of the last; `writes`: after which query which step writes what it gives."""

    links: list[Link] = field(default_factory=list)
    result: str = ""
    ordered: bool = False
    """Whether the result must be sorted by its row column."""
    writes: list[tuple[str, WalkedStep]] = field(default_factory=list)

    def link(self, name: str) -> Link:
        """A query by its name."""
        return next(link for link in self.links if link.name == name)


def chain(walked: Walked, dialect: Dialect) -> Chain:
    """The queries of a flow."""
    if dialect not in walked.chains:
        walked.chains[dialect] = _chain(walked, dialect)
    made: Chain = walked.chains[dialect]
    return made


def _chain(walked: Walked, dialect: Dialect) -> Chain:
    steps = [one.step for flow in walked.flows for one in flow.steps]
    ordered = any(step.uses_order or step.reorders for step in steps)
    try:
        made = _Builder(walked, dialect, numbered=ordered).build()
    except (KeyError, AttributeError) as error:  # a step that looks at the row column without saying so
        if ordered or ROW not in str(error):
            raise
        made = _Builder(walked, dialect, numbered=True).build()
        ordered = True
    made.ordered = ordered or any(link.expression is None and link.step is not None for link in made.links)
    return _pruned(made, dialect, walked)


class _Builder:
    def __init__(self, walked: Walked, dialect: Dialect, *, numbered: bool) -> None:
        self.walked = walked
        self.dialect: Dialect = dialect
        self.numbered = numbered
        self.chain = Chain()
        self.names = Names(frozenset({"printed"}))
        self.last: dict[str, str] = {}
        """The last query of each source or flow, by its name."""

    def build(self) -> Chain:
        for source in self.walked.sources:
            kinds = {column.name: column.ibis_type for column in source.reader.schema}
            row = {ROW: "int64"} if self.numbered else {}
            self.add(source.name, Link(self.names.identifier(source.name.removeprefix("read_")), {**row, **kinds}, source.reader))
        for flow in self.walked.flows:
            self.flow(flow)
        self.chain.result = self.last[self.walked.result.name]
        return self.chain

    def add(self, one: str, link: Link) -> None:
        self.chain.links.append(link)
        self.last[one] = link.name

    def table(self, name: str) -> ir.Table:
        import ibis

        return ibis.table(self.chain.link(name).kinds, name=name)

    def flow(self, flow: WalkedFlow) -> None:
        self.last[flow.name] = self.last[flow.start.name]
        for walked in flow.steps:
            above = self.last[flow.name]
            if isinstance(walked.step, Write):
                if flow is self.walked.result:
                    self.chain.writes.append((above, walked))
                continue
            self.add(flow.name, self.link(flow, walked, above))

    def link(self, flow: WalkedFlow, walked: WalkedStep, above: str) -> Link:
        name = self.names.identifier(walked.step.op)
        others = {other: self.table(self.last[found.name]) for other, found in flow.others.items()}
        made = applied(walked.step, self.table(above), PrintContext(self.dialect, others))
        if made is None:
            kinds = {ROW: "int64"} | {column.name: column.ibis_type for column in walked.after}
            return Link(name, kinds, step=walked, flow=flow, above=above)
        return Link(name, dict(made.schema().items()), step=walked, flow=flow, above=above, expression=made)


def applied(step: StepBase, table: ir.Table, context: PrintContext) -> ir.Table | None:
    """The step's query; None when it runs Python."""
    try:
        return step.apply(table, context)
    except RunsPython:
        return None


def _pruned(made: Chain, dialect: Dialect, walked: Walked) -> Chain:
    """The chain without hidden columns that nothing needs."""
    needed: dict[str, set[str]] = {link.name: set() for link in made.links}
    if made.ordered:
        needed[made.result].add(ROW)
        for name, _ in made.writes:
            needed[name].add(ROW)
    for link in reversed(made.links):
        if link.expression is None:
            if link.step is not None:
                needed[link.above].add(ROW)
            continue
        for name, columns in read_by(held(link.expression, needed[link.name]), dialect, made).items():
            needed[name] |= columns
    try:
        return replace(made, links=_rebuilt(made, needed, dialect, walked))
    except (AttributeError, KeyError, TypeError):  # a step wants the row column of a table whose order does not matter in the end
        for link in made.links:
            needed[link.name].add(ROW)
        return replace(made, links=_rebuilt(made, needed, dialect, walked))


def _rebuilt(made: Chain, needed: dict[str, set[str]], dialect: Dialect, walked: Walked) -> list[Link]:
    """The queries anew, with no other hidden columns than those needed."""
    kept: dict[str, Kinds] = {}
    links = []
    last_of: dict[str, str] = {}
    for link in made.links:
        kinds = {name: kind for name, kind in link.kinds.items() if not is_hidden(name) or name in needed[link.name]}
        kept[link.name] = kinds
        expression = link.expression
        if expression is not None and link.step is not None and link.flow is not None:
            import ibis

            tables = {one: ibis.table(kept[last_of[one]], name=last_of[one]) for one in last_of}
            others = {other: tables[found.name] for other, found in link.flow.others.items()}
            again = applied(link.step.step, ibis.table(kept[link.above], name=link.above), PrintContext(dialect, others))
            expression = None if again is None else held(again, needed[link.name])
        links.append(replace(link, kinds=kinds, expression=expression))
        if link.reader is not None:
            last_of[next(source.name for source in walked.sources if source.reader is link.reader)] = link.name
        elif link.flow is not None:
            last_of[link.flow.name] = link.name
        for flow in walked.flows:
            only_writes = all(isinstance(one.step, Write) for one in flow.steps)
            if only_writes and flow.start.name in last_of:
                last_of[flow.name] = last_of[flow.start.name]
    return links


def held(table: ir.Table, hidden: set[str]) -> ir.Table:
    """The table with only these of its hidden columns."""
    wanted = [name for name in table.columns if not is_hidden(name) or name in hidden]
    return table if wanted == list(table.columns) else table.select(*wanted)


def read_by(table: ir.Table, dialect: Dialect, made: Chain) -> dict[str, set[str]]:
    """The hidden columns of each earlier query that a query's result depends on."""
    import sqlglot
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import traverse_scope

    known = {link.name: list(link.kinds) for link in made.links}
    found: dict[str, set[str]] = {}
    try:
        tree = sqlglot.parse_one(sql_of(table, "duckdb" if dialect == "duckdb" else dialect), dialect=dialect_class(dialect))
        schema: Any = {name: dict.fromkeys(columns, "text") for name, columns in known.items()}
        tree = qualify(tree, schema=schema, dialect=dialect_class(dialect), validate_qualify_columns=False)
        for scope in traverse_scope(pushdown_projections(tree, schema=schema, dialect=dialect_class(dialect))):
            for alias, source in scope.sources.items():
                if isinstance(source, sqlglot.exp.Table) and source.name in known:
                    read = {column.name for column in scope.source_columns(alias)}
                    found.setdefault(source.name, set()).update(name for name in read if is_hidden(name))
    except (sqlglot.errors.SqlglotError, KeyError, AttributeError, TypeError):
        return {name: {column for column in columns if is_hidden(column)} for name, columns in known.items()}
    return found


def dialect_class(dialect: Dialect) -> Any:
    """Sqlglot's dialect, as Ibis has it."""
    from ibis.backends.sql import dialects

    from workbench.dataprep.spark import sql as _spark_types  # noqa: F401 (it teaches the dialect a type)

    return "duckdb" if dialect == "duckdb" else dialects.PySpark


def sql_of(table: ir.Table, dialect: Dialect) -> str:
    """A query as text."""
    import ibis

    dialect_class(dialect)
    return str(ibis.to_sql(table, dialect=dialect))


def commented(text: str) -> Iterable[str]:
    """A sentence as comment lines of SQL."""
    import textwrap

    return [f"-- {line}" for part in text.splitlines() for line in textwrap.wrap(part, 96) or [""]]


def unsayable(walked: WalkedStep, language: str) -> UserError:
    """The error about a step that runs Python."""
    return UserError(f"{walked.step.describe()} cannot be printed for {language}: it runs Python, not {language}.")


__all__ = ["Chain", "Link", "chain", "names", "visible"]
