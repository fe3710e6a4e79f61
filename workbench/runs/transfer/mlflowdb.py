"""MLflow's database: an SQLite file as any recent MLflow makes it (`mlflow.db`), read as it is, never written to."""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from workbench.base.errors import UserError
from workbench.runs.chunks import Points
from workbench.runs.datasets import dataset_input
from workbench.runs.transfer.found import FoundExperiment, FoundRun, LeftOut, holds
from workbench.runs.transfer.mlflow import artifact_folder, file_marks, folder_files, run_of
from workbench.runs.transfer.values import digest_of, moment, points_of, step_of
from workbench.schema import DataInput

_NEEDED = {"experiments", "runs", "metrics", "params", "tags"}
_INFINITE = 1.7976931348623157e308  # what MLflow writes for infinity
_PART = 50_000


def is_mlflow_database(path: Path) -> bool:
    """Whether the file is an SQLite database with MLflow's tables."""
    try:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                return False
        with closing(_open(path)) as connection:
            return _tables(connection) >= _NEEDED
    except (OSError, sqlite3.Error):
        return False


class MlflowDatabaseReader:
    """Reads experiments and runs, also deleted ones, with all they logged; artifacts where their addresses are on this machine."""

    def __init__(self, path: Path, experiment: str = "") -> None:
        self._path = path
        self._only_name = experiment
        self.left_out = LeftOut()
        with self._opened() as connection:
            self._names = _tables(connection)
            if not self._names >= _NEEDED:
                raise UserError(f"{path} has no tables of MLflow.", place=str(path))
            self._experiments = {str(row["experiment_id"]): row for row in _rows(connection, "SELECT * FROM experiments")}
            self._count = int(_rows(connection, "SELECT count(*) AS n FROM runs")[0]["n"])
            for table, kind in (
                ("registered_models", "registered models"),
                ("logged_models", "logged models"),
                ("trace_info", "traces"),
            ):
                if table in self._names and (count := _rows(connection, f'SELECT count(*) AS n FROM "{table}"')[0]["n"]):  # noqa: S608
                    self.left_out.add(kind, count=int(count))
        self.said = f"{path} is a database of MLflow's with {holds(len(self._experiments), self._count)}."

    def count(self) -> int:
        return self._count

    def experiments(self) -> Iterable[FoundExperiment]:
        tags: dict[str, dict[str, str]] = defaultdict(dict)
        if "experiment_tags" in self._names:
            with self._opened() as connection:
                for row in _rows(connection, "SELECT experiment_id, key, value FROM experiment_tags"):
                    tags[str(row["experiment_id"])][row["key"]] = row["value"] or ""
        return [
            FoundExperiment(
                name=self._name(key),
                created=moment(row.get("creation_time")),
                tags=tags[key],
                deleted=(moment(row.get("last_update_time")) or moment(1.0)) if row.get("lifecycle_stage") == "deleted" else None,
            )
            for key, row in self._experiments.items()
        ]

    def runs(self) -> Iterator[FoundRun]:
        with self._opened() as connection:
            connection.execute("BEGIN")  # one state of the database throughout
            for row in _rows(connection, "SELECT * FROM runs ORDER BY start_time, run_uuid"):
                yield self._run(connection, row)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._readable(), closing(_open(self._path)) as connection:
            yield connection

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raises UserError where the file is damaged."""
        try:
            yield
        except sqlite3.Error as error:
            raise UserError(f"{self._path} cannot be read as a database: {error}.", place=str(self._path)) from error

    def _run(self, connection: sqlite3.Connection, row: dict[str, Any]) -> FoundRun:
        run_id = str(row["run_uuid"])
        experiment = str(row["experiment_id"])
        params = {one["key"]: one["value"] for one in _rows(connection, "SELECT key, value FROM params WHERE run_uuid = ?", run_id)}
        tags = {
            one["key"]: one["value"] or "" for one in _rows(connection, "SELECT key, value FROM tags WHERE run_uuid = ?", run_id)
        }
        marks = _rows(connection, "SELECT count(*) AS n, max(timestamp) AS last FROM metrics WHERE run_uuid = ?", run_id)[0]
        uri = str(row.get("artifact_uri") or "")
        folder = artifact_folder(uri, run_id, self._path.resolve().parent)
        if folder is None and uri and "://" in uri and not uri.startswith("file"):
            self.left_out.add("folders of artifacts that are not on this machine", uri)
        deleted_with_experiment = self._experiments.get(experiment, {}).get("lifecycle_stage") == "deleted"
        known = {
            **row,
            "run_id": run_id,
            "run_name": row.get("name"),
            "deleted_time": row.get("deleted_time") or (1.0 if deleted_with_experiment else None),
        }
        return run_of(
            known,
            experiment=self._name(experiment),
            digest=digest_of(
                ["mlflow", run_id, repr(sorted(params.items())), repr(sorted(tags.items())), repr(marks), *file_marks(folder)]
            ),
            params=params,
            tags=tags,
            inputs=tuple(self._inputs(connection, run_id)),
            series=partial(self._series, connection, run_id),
            files=partial(folder_files, folder, self.left_out) if folder else tuple,
        )

    def _series(self, connection: sqlite3.Connection, run_id: str) -> Iterator[tuple[str, Points]]:
        # MLflow keeps no order of logging; it sorts by time and step itself.
        query = "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? ORDER BY key, timestamp, step"
        key = ""
        steps: list[int] = []
        times: list[float] = []
        values: list[float] = []
        for name, value, time, step, is_nan in self._each(connection, query, run_id):
            if steps and (name != key or len(steps) >= _PART):
                yield key, points_of(steps, times, values)
                steps, times, values = [], [], []
            key = name
            try:
                point = step_of(step or 0), float(time) / 1000, math.nan if is_nan else float(value)
            except (TypeError, ValueError):
                self.left_out.add("values of metrics that are no numbers", str(name))
                continue
            steps.append(point[0])
            times.append(point[1])
            values.append(math.copysign(math.inf, point[2]) if abs(point[2]) >= _INFINITE else point[2])
        if steps:
            yield key, points_of(steps, times, values)

    def _each(self, connection: sqlite3.Connection, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._readable():
            yield from connection.execute(query, values)

    def _inputs(self, connection: sqlite3.Connection, run_id: str) -> Iterator[DataInput]:
        if not {"inputs", "datasets", "input_tags"} <= self._names:
            return
        query = (
            "SELECT i.input_uuid, d.name, d.digest, d.dataset_source_type AS source_type, d.dataset_source AS source, "
            "d.dataset_schema AS schema, d.dataset_profile AS profile "
            "FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
            "WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ? ORDER BY d.name, d.digest"
        )
        for row in _rows(connection, query, run_id):
            tags = _rows(connection, "SELECT name, value FROM input_tags WHERE input_uuid = ?", row["input_uuid"])
            yield dataset_input(row, {one["name"]: one["value"] for one in tags})

    def _name(self, experiment_id: str) -> str:
        known = self._experiments.get(experiment_id)
        return self._only_name or (str(known["name"]) if known else f"MLflow {experiment_id}")


def _open(path: Path) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=15, isolation_level=None, check_same_thread=False)
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    return connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _rows(connection: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    found = connection.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
