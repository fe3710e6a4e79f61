"""One thing to write: rows, the step that says how, and what must not be touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import Cancelled
from workbench.dataprep.cells import companion
from workbench.dataprep.columns import ColumnInfo, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import Table
from workbench.dataprep.steps.write import Write

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000


@dataclass(frozen=True)
class Job:
    """What is written. `root`: where relative paths start; `kept`: files that the flow reads, which nothing may replace."""

    store: Store
    table: Table
    step: Write
    root: Path
    kept: tuple[Path, ...] = ()
    label: str = ""
    """The step in a sentence, with its number."""
    cancel: Cancel | None = None
    progress: Progress | None = None

    def target(self, path: str) -> Path:
        """The place that a path means."""
        return Path(os.path.normpath(self.root / Path(path).expanduser()))

    def broken(self, column: ColumnInfo) -> bool:
        """Whether a column may hold error cells."""
        return column.name in self.table.errors

    def text(self, column: ColumnInfo, errors: str) -> str:
        """The SQL of a column's values as texts, with `errors` in place of error cells."""
        plain = f"CAST({quoted(column.name)} AS VARCHAR)"
        if not self.broken(column) or not errors:
            return plain
        return f"CASE WHEN {quoted(companion(column.name))} IS NOT NULL THEN {literal(errors)} ELSE {plain} END"

    def select(self, values: dict[str, str]) -> str:
        """A query for all rows in order: SQL values under these names."""
        shown = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
        return f"SELECT {shown} FROM {self.table.name}"  # noqa: S608 (quoted above)

    def copied(self, query: str, target: Path, options: str) -> int:
        """Lets DuckDB write the result of a query to a file; the number of rows."""
        command = f"COPY ({query}) TO {literal(str(target))} ({options})"
        rows: int = self.store.run(command, cancel=self.cancel, progress=self.progress, what=self.what)[0][0]
        return rows

    @property
    def what(self) -> str:
        """What is being done, for the progress."""
        path = getattr(self.step, "path", "")
        return f"Writing {Path(path).name}" if path else self.step.describe()

    def batches(self, query: str) -> Iterator[pa.RecordBatch]:
        """The result of a query in order, some rows at a time. Raises Cancelled between them."""
        with self.store.cursor() as cursor:
            done = 0
            for batch in cursor.sql(query).to_arrow_reader(_BATCH):
                self.look(done)
                yield batch
                done += batch.num_rows
            self.look(done)

    def look(self, done: int) -> None:
        """Tells how many rows are done. Raises Cancelled."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled
        if self.progress is not None:
            self.progress(min(done / self.table.row_count, 1.0) if self.table.row_count > 0 else 0.0, self.what)

    def errors_are_missing(self) -> tuple[str, ...]:
        """What is to be said where error cells are written as missing."""
        return tuple(
            f"{count:,} error{'s' if count > 1 else ''} in {name} {'are' if count > 1 else 'is'} missing in {self.where}."
            for name, count in self.table.errors.items()
            if count
        )

    @property
    def where(self) -> str:
        """The name of what is written to."""
        return Path(getattr(self.step, "path", "")).name or "what was written"
