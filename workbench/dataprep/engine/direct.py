"""A full run as one query over the source: no table of the whole source is made where the flow does not need one.

Where steps look at the order of the rows, or count what fails, the columns that the query needs are read into memory first (beyond
the memory limit they spill to disk), since DuckDB numbers the rows of tables only.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.dataprep.cells import with_errors
from workbench.dataprep.columns import ROW, Schema, quoted, schema_of
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.queries import NeedsTables, QueryContext, row_table
from workbench.dataprep.engine.store import SCRATCH, Store
from workbench.dataprep.engine.tables import Table
from workbench.dataprep.reports import Note
from workbench.dataprep.sources.reader import Reader

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Built:
    """A flow's steps over its source: the result, and whether they look at the order of the rows or change it."""

    expression: ir.Table
    uses_order: bool
    reorders: bool
    used: tuple[Table, ...]
    """The other tables that it reads."""


@contextlib.contextmanager
def one_query(
    store: Store, reader: Reader, build: Callable[[ir.Table, QueryContext], Built], context: QueryContext, cancel: Cancel | None,
    progress: Progress | None,
) -> Iterator[Table | None]:  # fmt: skip
    """The result of a flow as a view that is computed when it is written; None where the flow cannot be run so.

    A value that does not fit its type is only met while the rows are read: then DuckDB fails with a UserError, and the flow has to
    be run over tables, which keep such values as error cells.
    """
    scan = reader.scan()
    if scan is None:
        yield None
        return
    name = f"scan_{new_id()}"
    made = [f"VIEW {name}_result", f"VIEW {name}_rows", f"TABLE {SCRATCH}.{name}_rows", f"VIEW {name}"]
    try:
        store.rows(f"CREATE VIEW {name} AS {scan}")
        store.rows(f"CREATE VIEW {name}_rows AS SELECT CAST(0 AS BIGINT) AS {ROW}, * FROM {name}")  # noqa: S608
        try:
            built = build(row_table(reader.schema, f"{name}_rows"), context)
        except NeedsTables:
            yield None
            return
        rows, result = -1, _sql(built.expression)
        failing = [_sql(failures.query) for failures in context.failures]
        if built.uses_order or failing:
            needed = _needed(store, [result, *failing], reader.schema)
            rows = _read(store, reader, name, needed, cancel, progress)
        if context.programs is not None:
            context.programs.define()
        order = f" ORDER BY {ROW}" if built.reorders else ""
        store.rows(f"CREATE VIEW {name}_result AS SELECT * EXCLUDE ({ROW}) FROM ({result}) AS rows{order}")  # noqa: S608
        yield _result(store, name, built, context, reader, rows, failing, cancel)
    finally:
        for what in made:
            with contextlib.suppress(UserError):
                store.rows(f"DROP {what.replace(' ', ' IF EXISTS ', 1)}")


def _sql(table: Any) -> str:
    import ibis

    return str(ibis.to_sql(table, dialect="duckdb"))


def _result(
    store: Store, name: str, built: Built, context: QueryContext, reader: Reader, rows: int, failing: list[str],
    cancel: Cancel | None,
) -> Table:  # fmt: skip
    columns, broken = schema_of(built.expression), with_errors(built.expression)
    notes = [Note(text) for text in reader.notes] + [note for table in built.used for note in table.notes]
    notes += [Note(message, step) for step, message in context.remarks]
    for failures, sql in zip(context.failures, failing, strict=True):
        count = store.run(sql, cancel=cancel)[0][0]
        if count:
            notes.append(failures.note(count))
    sources = [(reader, rows), *(source for table in built.used for source in table.sources)]
    truncated = any(table.truncated for table in built.used)
    return Table(
        "", f"{name}_result", columns, -1, truncated, tuple(dict.fromkeys(notes)), tuple(sources), dict.fromkeys(broken, 0)
    )


def _read(store: Store, reader: Reader, name: str, needed: list[str], cancel: Cancel | None, progress: Progress | None) -> int:
    """Reads the needed columns into memory, and lets the view of the rows show these, numbered; the others are missing there."""
    chosen = ", ".join(map(quoted, needed))
    store.run(
        f"CREATE TABLE {SCRATCH}.{name}_rows AS SELECT {chosen} FROM {name}",  # noqa: S608
        cancel=cancel, progress=progress, what=f"Reading {reader.name}",
    )  # fmt: skip
    shown = ", ".join(
        quoted(column.name) if column.name in needed else f"CAST(NULL AS {column.duckdb_type}) AS {quoted(column.name)}"
        for column in reader.schema
    )
    store.rows(
        f"CREATE OR REPLACE VIEW {name}_rows AS SELECT rowid AS {ROW}, {shown} FROM {SCRATCH}.{name}_rows"  # noqa: S608
    )
    rows: int = store.one(f"SELECT count(*) FROM {SCRATCH}.{name}_rows")[0]  # noqa: S608
    return rows


def _needed(store: Store, queries: list[str], schema: Schema) -> list[str]:
    """The columns of the source that DuckDB's plans of these queries read; all where a plan does not tell."""
    names = [column.name for column in schema]
    found: set[str] = set()
    for query in queries:
        plan = json.loads(store.rows(f"EXPLAIN (FORMAT json) {query}")[0][1])
        scans = list(_scans(plan))
        if not scans:
            return names
        for scan in scans:
            told = scan.get("Projections", [])
            found |= {told} if isinstance(told, str) else set(told)
            filters = str(scan.get("Filters", ""))
            found |= {name for name in names if name in filters}
    return [name for name in names if name in found] or names[:1]


def _scans(plan: Any) -> Iterator[dict[str, Any]]:
    """What the plan says of each place where a file is read."""
    if isinstance(plan, list):
        for part in plan:
            yield from _scans(part)
    elif isinstance(plan, dict):
        info = plan.get("extra_info")
        if isinstance(info, dict) and str(info.get("Function", "")).startswith("READ_"):
            yield info
        yield from _scans(plan.get("children", []))
