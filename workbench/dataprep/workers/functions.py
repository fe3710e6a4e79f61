"""What `by_python` calls for script steps: Arrow rows in and out, through a worker. They can be pickled, for Spark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import companion
from workbench.dataprep.columns import ROW
from workbench.dataprep.workers.process import PythonWorker

if TYPE_CHECKING:
    import pyarrow as pa


class ScriptFunction:
    """What all have in common: a worker that starts with the first rows and ends with `close`."""

    def __init__(self, worker: PythonWorker) -> None:
        self.worker = worker

    def close(self) -> None:
        """Ends the worker."""
        self.worker.close()


class RowFunction(ScriptFunction):
    """Base of scripts that are called once a row: only the columns that they look at go to the worker."""

    def __init__(self, worker: PythonWorker, reads: Sequence[str]) -> None:
        super().__init__(worker)
        self.reads = tuple(reads)

    def needed(self, rows: pa.Table) -> pa.Table:
        """The columns that the script looks at, with their error cells; the row column when it looks at none."""
        names = [each for name in self.reads for each in (name, companion(name)) if each in rows.column_names]
        return rows.select(names or rows.column_names[:1])


class ColumnFunction(RowFunction):
    """Adds or replaces a column of the declared type; `names`: all columns of the result, hidden ones included, in order."""

    def __init__(self, worker: PythonWorker, reads: Sequence[str], column: str, type_: str, names: Sequence[str]) -> None:
        super().__init__(worker, reads)
        self.column = column
        self.type = type_
        self.names = tuple(names)

    def __call__(self, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        from workbench.dataprep.workers.rows import new_column

        made = self.worker.call(self.needed(rows), type=self.type).table if rows.num_rows else new_column([], self.type)
        if made is None:
            raise RuntimeError("a script of a column gives a column")
        own = {self.column: made["value"], companion(self.column): made["error"]}
        return pa.table({name: own[name] if name in own else rows[name] for name in self.names})


class FilterFunction(RowFunction):
    """Keeps the rows for which the script says so; counts those where it failed, which go."""

    def __init__(self, worker: PythonWorker, reads: Sequence[str]) -> None:
        super().__init__(worker, reads)
        self.failed = 0
        self.first = ""

    def __call__(self, rows: pa.Table) -> pa.Table:
        if not rows.num_rows:
            return rows
        answer = self.worker.call(self.needed(rows))
        if answer.table is None:
            raise RuntimeError("a script of a filter gives a column")
        self.failed += int(answer.facts.get("failed", 0))
        self.first = self.first or str(answer.facts.get("first", ""))
        return rows.filter(answer.table["value"])


class FrameFunction(ScriptFunction):
    """Replaces the table, or each batch of it, by what the script makes of it, and numbers the rows anew.

    `parts`: whether it is called with batches, and told the number of each. `spread`: how many new rows there may be for each
    old one; where batches run side by side, it keeps their numbers apart (0: one runs after the other, and rows count from 0).
    """

    def __init__(self, worker: PythonWorker, schema: Any, names: Sequence[str], *, parts: bool = False, spread: int = 0) -> None:
        super().__init__(worker)
        self.schema = schema
        self.names = tuple(names)
        self.parts = parts
        self.spread = spread
        self.index = 0
        self.rows = 0
        self.new: dict[str, None] = {}
        """Columns that the script gave and nobody expected."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        if self.parts and not rows.num_rows:
            return self._numbered(self._empty(), 0)
        start = rows[ROW][0].as_py() * self.spread if self.spread else self.rows
        answer = self.worker.call(rows, schema=self.schema, index=self.index)
        if answer.table is None:
            raise RuntimeError("a script of a table gives a table")
        self.index += 1
        self.rows += answer.table.num_rows
        self.new |= dict.fromkeys(answer.facts.get("new", ()))
        table: pa.Table = self._numbered(answer.table, start)
        return table

    def _empty(self) -> pa.Table:
        import pyarrow as pa

        beside = [pa.field(companion(name), pa.string()) for name in self.schema.names]
        return pa.schema([*self.schema, *beside]).empty_table()

    def _numbered(self, table: pa.Table, start: int) -> pa.Table:
        import pyarrow as pa

        numbers = pa.array(range(start, start + table.num_rows), pa.int64())
        return pa.table({name: numbers if name == ROW else table[name] for name in self.names})
