"""The results that an engine keeps: tables of its store by what they depend on, the least used dropped first."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from workbench.dataprep.columns import Schema
from workbench.dataprep.engine.store import Store
from workbench.dataprep.profiles.column import ColumnProfile
from workbench.dataprep.reports import Note
from workbench.dataprep.sources.reader import Reader

KEPT_TABLES = 64


@dataclass(frozen=True)
class Table:
    """A materialised result. `name` is the table with the data, `rows_view` the view with the hidden row column."""

    key: str
    name: str
    columns: Schema
    row_count: int
    truncated: bool
    notes: tuple[Note, ...]
    sources: tuple[tuple[Reader, int], ...]
    errors: dict[str, int] = field(default_factory=dict)
    """How many error cells a column has; columns without any are left out."""

    profiles: dict[str, ColumnProfile] = field(default_factory=dict, compare=False)
    """The statistics of columns that were asked for."""

    @property
    def rows_view(self) -> str:
        return f"{self.name}_rows"


class _Lock:
    """A lock that a thread may take again; gone once nobody holds or awaits it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Tables:
    """Tables by key, and which of them views show. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()
        self._in_use: dict[str, int] = {}

    def get(self, key: str) -> Table | None:
        """The table of a key, which counts as used now."""
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
            return self._tables.get(key)

    def lock(self, key: str) -> contextlib.AbstractContextManager[None]:
        """What to hold while the table of a key is made, so that nobody else makes it too."""
        with self._lock:
            return self._locks.setdefault(key, _Lock())

    def add(self, table: Table, store: Store) -> Table:
        """Keeps a table; drops the ones that were not used for longest, but none that a view shows."""
        with self._lock:
            self._tables[table.key] = table
            idle = [key for key in self._tables if not self._in_use.get(key)]
            dropped = [self._tables.pop(key) for key in idle[: max(len(self._tables) - KEPT_TABLES, 0)]]
        for old in dropped:
            store.rows(f"DROP VIEW IF EXISTS {old.rows_view}")
            store.rows(f"DROP TABLE IF EXISTS {old.name}")
        return table

    def hold(self, table: Table) -> None:
        """A view shows the table."""
        with self._lock:
            self._in_use[table.key] = self._in_use.get(table.key, 0) + 1

    def release(self, table: Table) -> None:
        """A view shows it no longer."""
        with self._lock:
            self._in_use[table.key] -= 1

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._tables.clear()
