"""Runs of the store as a folder of Parquet and files: complete under its name, or not there."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench import __version__
from workbench.base.clock import utc_now
from workbench.base.errors import Conflict
from workbench.base.files import disk_error, write_json
from workbench.base.ids import new_id
from workbench.runs import tables
from workbench.runs.chunks import Points
from workbench.runs.store import RunStore
from workbench.runs.transfer import layout
from workbench.runs.transfer.found import LeftOut, Progress
from workbench.runs.transfer.mlflow import folder_files

if TYPE_CHECKING:
    import pyarrow as pa

_PAGE = 500  # runs that are read at once
_ROW_GROUP = 500_000  # points


@dataclass(frozen=True)
class Exported:
    """What an export wrote. `size`: bytes of the runs' files."""

    runs: int
    files: int
    size: int
    left_out: str


def selected(store: RunStore, filter: str = "", experiments: Sequence[str] | None = None) -> list[str]:  # noqa: A002
    """The ids of the runs that a filter finds (see `RunStore.search`), the oldest first; all without one."""
    found: list[str] = []
    cursor = ""
    while True:
        page = store.search(filter, experiments, order_by=("created ASC",), limit=1000, cursor=cursor, count=False)
        found += [run.id for run in page.runs]
        cursor = page.next
        if not cursor:
            return found


def export_runs(
    store: RunStore,
    ids: Sequence[str],
    folder: Path,
    *,
    outputs: Callable[[str], Sequence[Path]],
    logs: Callable[[str], Sequence[Path]],
    progress: Progress = lambda *_: None,
) -> Exported:
    """Writes the runs to `folder`, which must not be there yet or be empty. `outputs` and `logs` tell where a run's files
    are; of two output files with one path the first counts.

    Raises Conflict, EnvironmentError_ (disk), and what `progress` raises (to cancel); nothing is left of a failed export.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is there already, and not empty.", hint="Name a new folder.", place=str(folder))
    part = folder.with_name(f".{folder.name}.{new_id()[:8]}.part")
    try:
        part.mkdir(parents=True)
        done = _Export(store, part, outputs, logs, progress).write(list(dict.fromkeys(ids)))
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise disk_error(error, f"The export {folder}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done


class _Export:
    def __init__(
        self,
        store: RunStore,
        folder: Path,
        outputs: Callable[[str], Sequence[Path]],
        logs: Callable[[str], Sequence[Path]],
        progress: Progress,
    ) -> None:
        self._store = store
        self._folder = folder
        self._outputs = outputs
        self._logs = logs
        self._progress = progress
        self._left_out = LeftOut()
        self._files = 0
        self._size = 0

    def write(self, ids: list[str]) -> Exported:
        self._experiments(ids)
        with contextlib.ExitStack() as stack:
            writers = {
                table: stack.enter_context(_writer(self._folder / f"{table.name}.parquet", layout.schema_of(table)))
                for table in (tables.runs, tables.params, tables.tags, tables.inputs, tables.artifacts)
            }
            for begin in range(0, len(ids), _PAGE):
                page = ids[begin : begin + _PAGE]
                for table, writer in writers.items():
                    if rows := self._rows(table, page):
                        writer.write_table(layout.to_arrow(table, rows))
        self._metrics(ids)
        for at, run_id in enumerate(ids):
            self._progress(at, len(ids), f"Files of run {run_id[:8]}")
            self._copy(run_id)
        content = {
            "kind": "workbench runs",
            "format": layout.FORMAT,
            "workbench": __version__,
            "written": utc_now().isoformat(),
            "runs": len(ids),
            "left_out": self._left_out.sentence(),
        }
        write_json(self._folder / layout.MARK, content)
        self._progress(len(ids), len(ids), "")
        return Exported(len(ids), self._files, self._size, self._left_out.sentence())

    def _experiments(self, ids: list[str]) -> None:
        with self._store.database.read() as connection:
            used: set[str] = set()
            for begin in range(0, len(ids), _PAGE):
                query = sa.select(tables.runs.c.experiment_id).where(tables.runs.c.id.in_(ids[begin : begin + _PAGE])).distinct()
                used.update(connection.execute(query).scalars())
            for table, column in ((tables.experiments, "id"), (tables.experiment_tags, "experiment_id")):
                every = connection.execute(sa.select(table)).mappings()
                rows = [dict(row) for row in every if row[column] in used]
                with _writer(self._folder / f"{table.name}.parquet", layout.schema_of(table)) as writer:
                    writer.write_table(layout.to_arrow(table, rows))

    def _rows(self, table: sa.Table, ids: list[str]) -> list[dict[str, Any]]:
        column = table.c.id if table is tables.runs else table.c.run_id
        query = sa.select(table).where(column.in_(ids))
        order = [table.c.created, table.c.number] if table is tables.runs else list(table.primary_key.columns)
        with self._store.database.read() as connection:
            return [dict(row) for row in connection.execute(query.order_by(*order)).mappings()]

    def _metrics(self, ids: list[str]) -> None:
        held: list[pa.Table] = []
        count = 0
        with _writer(self._folder / layout.METRICS, layout.metrics_schema()) as writer:
            for at, run_id in enumerate(ids):
                self._progress(at, len(ids), f"Metrics of run {run_id[:8]}")
                for key in self._keys(run_id):
                    points = self._store.points(run_id, key)
                    for begin in range(0, len(points), _ROW_GROUP):
                        part = points.cut(begin, begin + _ROW_GROUP)
                        held.append(_metric_table(run_id, key, begin, part))
                        count += len(part)
                        if count >= _ROW_GROUP:
                            _write_held(writer, held)
                            held, count = [], 0
            _write_held(writer, held)

    def _keys(self, run_id: str) -> list[str]:
        latest = tables.metric_latest.c
        with self._store.database.read() as connection:
            return list(connection.execute(sa.select(latest.key).where(latest.run_id == run_id).order_by(latest.key)).scalars())

    def _copy(self, run_id: str) -> None:
        recorded = tables.artifacts.c
        with self._store.database.read() as connection:
            wanted = set(connection.execute(sa.select(recorded.path).where(recorded.run_id == run_id)).scalars())
        target = self._folder / layout.ARTIFACTS / run_id
        for outputs in self._outputs(run_id):
            for file in folder_files(outputs, self._left_out):
                wanted.discard(file.path)
                if not (target / file.path).exists():
                    self._copy_file(outputs / file.path, target / file.path)
        for path in sorted(wanted):
            self._left_out.add("files that are on record and not there any more", path)
        for log in self._logs(run_id):
            self._copy_file(log, self._folder / layout.LOGS / run_id / log.name)

    def _copy_file(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        self._files += 1
        self._size += target.stat().st_size


@contextlib.contextmanager
def _writer(path: Path, schema: "pa.Schema") -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer


def _write_held(writer: Any, held: "list[pa.Table]") -> None:
    import pyarrow as pa

    if held:
        writer.write_table(pa.concat_tables(held).unify_dictionaries().combine_chunks(), row_group_size=_ROW_GROUP * 2)


def _metric_table(run_id: str, key: str, begin: int, points: Points) -> "pa.Table":
    import numpy as np
    import pyarrow as pa

    count = len(points)
    zeros = pa.array(np.zeros(count, np.int32))
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(zeros, pa.array([run_id])),
            pa.DictionaryArray.from_arrays(zeros, pa.array([key])),
            pa.array(np.arange(begin, begin + count, dtype=np.int64)),
            pa.array(points.steps),
            pa.array(np.rint(points.times * 1e6).astype(np.int64)).cast(pa.timestamp("us", "UTC")),
            pa.array(points.values),
        ],
        schema=layout.metrics_schema(),
    )
