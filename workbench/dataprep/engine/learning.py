"""The rows that reach a step, for learning its constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.queries import row_table
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class TableRows:
    """A kept table as what steps learn from."""

    def __init__(self, store: Store, table: Table, cancel: Cancel | None, progress: Progress | None, what: str) -> None:
        self._store = store
        self._table = table
        self._cancel = cancel
        self._progress = progress
        self._what = what

    @property
    def table(self) -> ir.Table:
        """The rows as an Ibis table."""
        return row_table(self._table.columns, self._table.rows_view, list(self._table.errors))

    def ask(self, query: Any) -> pa.Table:
        """The result of an Ibis query over `table`."""
        import ibis

        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled
        if self._progress is not None:
            self._progress(0.0, self._what)
        table = query if hasattr(query, "columns") else query.as_table()
        return self._store.arrow(str(ibis.to_sql(table, dialect="duckdb")))

    def tell(self, done: float) -> None:
        """Reports how much of the learning is done (0 to 1). Raises Cancelled."""
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled
        if self._progress is not None:
            self._progress(done, self._what)
