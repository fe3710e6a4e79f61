"""What all parts of the store share: the database, and how a write becomes durable."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from workbench.runs.database import Database

_Result = TypeVar("_Result")


class StorePart:
    """A part of the store: methods over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def _write(self, connection: sa.Connection | None, work: Callable[[sa.Connection], _Result]) -> _Result:
        """What `work` returns: in the caller's transaction, or durable in a commit that it shares with other threads."""
        return self.database.grouped(work) if connection is None else work(connection)
