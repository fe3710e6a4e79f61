"""Rows that are added or, where their key is there already, replaced: the same on SQLite and PostgreSQL."""

import functools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def upsert(write: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of a table that has a primary key; the last of several with one key counts."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    if write.dialect.name == "postgresql":
        # One statement for all rows would refuse two with the same key.
        rows = list({tuple(row[key] for key in keys): row for row in rows}.values())
    write.execute(_statement(write.dialect.name, table, tuple(rows[0])), rows)


@functools.cache
def _statement(dialect: str, table: sa.Table, names: tuple[str, ...]) -> sa.Insert:
    from sqlalchemy.dialects import postgresql, sqlite

    keys = [column.name for column in table.primary_key]
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    if not others:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=others)
