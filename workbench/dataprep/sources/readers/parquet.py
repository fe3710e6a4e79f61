"""Parquet files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from workbench.base.errors import NotFound
from workbench.dataprep.columns import Schema, listed, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import ParquetSpec


class ParquetReader(Reader):
    """A Parquet file."""

    def __init__(self, name: str, path: Path, spec: ParquetSpec) -> None:
        self.name = name
        self._path = path
        self._spec = spec

    @property
    def key(self) -> str:
        state = self._path.stat()
        text = f"{self._path}|{state.st_size}|{state.st_mtime_ns}|{self._spec.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        return self._spec.schema_

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return (self._path,)

    @property
    def plain(self) -> bool:
        """Whether another engine may read the file itself: its columns are all there."""
        return True

    def scan(self) -> str | None:
        return self._select([column.name for column in self._spec.columns])

    def _select(self, names: list[str]) -> str:
        kinds = {column.name: column.duckdb_type for column in self.schema}
        casts = ", ".join(f"CAST({quoted(name)} AS {kinds[name]}) AS {quoted(name)}" for name in names)
        return f"SELECT {casts} FROM read_parquet({literal(str(self._path))})"  # noqa: S608

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        path = self._path
        if not path.is_file():
            raise NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))
        reader = f"read_parquet({literal(str(path))})"
        rows = store.one(f"SELECT count(*) FROM {reader}")[0]  # noqa: S608
        present = {row[0] for row in store.rows(f"DESCRIBE SELECT * FROM {reader}")}  # noqa: S608
        found = [column.name for column in self._spec.columns if column.name in present]
        lacking = [column.name for column in self._spec.columns if column.name not in present]
        limit = f" LIMIT {sample.count}" if sample is not None and sample.kind == "top" else ""
        store.run(
            f"CREATE TABLE {table} AS {self._select(found)}{limit}",
            cancel=cancel, progress=progress, what=f"Reading {path.name}",
        )  # fmt: skip
        notes = (f"{path.name} no longer has the column {listed(lacking)}.",) if lacking else ()
        truncated = bool(limit) and sample is not None and rows > sample.count
        return Loaded(sample.count if truncated and sample is not None else rows, truncated, notes)
