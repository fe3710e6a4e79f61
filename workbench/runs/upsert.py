"""Rows that are added or, where their key is there already, replaced: the same on SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def upsert(write: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows of a table that has a primary key; the last of several with one key counts."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    if write.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        pg = insert_postgresql(table)
        others = {name: pg.excluded[name] for name in rows[0] if name not in keys}
        # One statement for all rows would refuse two with the same key.
        unique = list({tuple(row[key] for key in keys): row for row in rows}.values())
        write.execute(pg.on_conflict_do_update(index_elements=keys, set_=others) if others else pg.on_conflict_do_nothing(), unique)
        return
    from sqlalchemy.dialects.sqlite import insert

    statement = insert(table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    write.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=others) if others else statement.on_conflict_do_nothing(),
        list(rows),
    )
