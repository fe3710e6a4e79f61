"""Our own export, read back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs import tables
from workbench.runs.chunks import Points
from workbench.runs.transfer import layout
from workbench.runs.transfer.found import FoundExperiment, FoundFile, FoundRun, LeftOut, holds
from workbench.runs.transfer.mlflow import folder_files
from workbench.runs.transfer.values import digest_of
from workbench.schema import DataInput, GitState, RunConfig, RunStatus

if TYPE_CHECKING:
    import pyarrow as pa

_RUNNING = "It was still running when it was exported."


class ExportReader:
    """Gives runs as they were: with their ids, times and all columns."""

    def __init__(self, folder: Path, experiment: str = "") -> None:
        self._folder = folder
        self._only_name = experiment
        self.left_out = LeftOut()
        self._experiments = {row["id"]: row for row in self._rows(tables.experiments)}
        self._runs = sorted(map(self._checked, self._rows(tables.runs)), key=lambda row: (row["created"], row["number"]))
        self._pairs = {table: self._by_run(table) for table in (tables.params, tables.tags, tables.inputs)}
        self._ranges = self._metric_ranges()
        self.said = f"{folder} is an export of Workbench's with {holds(len(self._experiments), len(self._runs))}."

    def count(self) -> int:
        return len(self._runs)

    def experiments(self) -> Iterable[FoundExperiment]:
        tags: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self._rows(tables.experiment_tags):
            tags[row["experiment_id"]][row["key"]] = row["value"]
        return [
            FoundExperiment(
                name=self._only_name or row["name"], created=row["created"], tags=tags[key], deleted=row["deleted"], id=key
            )
            for key, row in self._experiments.items()
        ]

    def runs(self) -> Iterator[FoundRun]:
        for row in self._runs:
            run_id = row["id"]
            status = RunStatus(row["status"])
            running = not status.is_final
            column = {key: value for key, value in row.items() if key not in {"id", "experiment_id"}}
            if running:
                column.update(status=RunStatus.LOST.value, reason=_RUNNING)
            yield FoundRun(
                id=run_id,
                experiment=self._only_name or self._experiments[row["experiment_id"]]["name"],
                digest=digest_of(["workbench", run_id]),
                created=row["created"],
                status=RunStatus.LOST if running else status,
                parent_id=row["parent_id"],
                git=GitState.model_validate(row["git"]),
                params={one["key"]: one["value"] for one in self._pairs[tables.params][run_id]},
                tags={one["key"]: one["value"] for one in self._pairs[tables.tags][run_id]},
                inputs=tuple(DataInput.model_validate(one["content"]) for one in self._pairs[tables.inputs][run_id]),
                columns=column,
                series=partial(self._series, run_id, self._ranges.get(run_id)),
                files=partial(self._files, run_id, layout.ARTIFACTS),
                logs=partial(self._files, run_id, layout.LOGS),
            )

    def _checked(self, row: dict[str, Any]) -> dict[str, Any]:
        """A run as we write it: its id becomes the name of a folder."""
        try:
            if not re.fullmatch("[0-9a-f]{32}", row["id"]):
                raise ValueError("its id is none")
            RunStatus(row["status"])
            GitState.model_validate(row["git"])
            RunConfig.model_validate(row["config"])
            if row["experiment_id"] not in self._experiments or not isinstance(row["number"], int) or row["created"] is None:
                raise ValueError("experiment, number or time is missing")
        except (KeyError, TypeError, ValueError) as error:
            reason = str(error).splitlines()[0]
            message = f"{self._folder} is no export as Workbench writes it: the run {row.get('id')!r} cannot be read ({reason})."
            raise UserError(message, place=str(self._folder)) from error
        return row

    def _files(self, run_id: str, kind: str) -> Iterable[FoundFile]:
        folder = self._folder / kind / run_id
        return folder_files(folder, self.left_out) if folder.is_dir() else ()

    def _metric_ranges(self) -> dict[str, tuple[int, int]]:
        """Which row groups have a run's points: the first and the last."""
        found: dict[str, tuple[int, int]] = {}
        with self._metrics() as file:
            for at in range(file.num_row_groups):
                for run_id in set(file.read_row_group(at, columns=["run_id"]).column(0).unique().to_pylist()):
                    found[run_id] = (found.get(run_id, (at, at))[0], at)
        return found

    def _series(self, run_id: str, groups: tuple[int, int] | None) -> Iterator[tuple[str, Points]]:
        import pyarrow.compute as pc

        if groups is None:
            return
        with self._metrics() as file:
            for at in range(groups[0], groups[1] + 1):
                part = file.read_row_group(at)
                mine = part.filter(pc.equal(part["run_id"].cast("string"), run_id))
                keys = mine["key"].cast("string")
                for key in keys.unique().to_pylist():
                    yield key, _points(mine.filter(pc.equal(keys, key)))

    def _metrics(self) -> AbstractContextManager[Any]:
        return self._opened(self._folder / layout.METRICS)

    @contextmanager
    def _opened(self, path: Path) -> Iterator[Any]:
        """A Parquet file. Raises UserError where it is missing or damaged, also later."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(path) as file:
                yield file
        except FileNotFoundError as error:
            raise UserError(f"The export lacks the file {path.name}.", place=str(path)) from error
        except (OSError, pa.ArrowException, KeyError, ValueError) as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise UserError(f"{path} cannot be read: {reason}.", place=str(path)) from error

    def _rows(self, table: sa.Table) -> list[dict[str, Any]]:
        with self._opened(self._folder / f"{table.name}.parquet") as file:
            return layout.from_arrow(table, file.read())

    def _by_run(self, table: sa.Table) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows(table):
            found[row["run_id"]].append(row)
        return found


def _points(table: "pa.Table") -> Points:
    import numpy as np

    moments = table["time"].cast("int64").to_numpy()
    return Points(table["step"].to_numpy().astype(np.int64), moments / 1e6, table["value"].to_numpy().astype(np.float64))
