"""Parquet: one file, or a folder of them whose folders' names may be columns too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo, Schema, listed, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.scratch import scratch
from workbench.dataprep.sources.differences import differences
from workbench.dataprep.sources.loading import Given, create, given_of, lacking, missing_file, natural, spec_columns, typed
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.specs import ParquetSpec, SourceColumn

if TYPE_CHECKING:
    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample

_FILE = "__name_of_file__"
_COMPARED = 500
"""Of so many files the columns are compared."""


class ParquetReader(Reader):
    """A Parquet file, or several that are read as one table.

    `shown`: the files with what the path column says of each; `root`: the folder that they are in, for the names of its folders.
    """

    def __init__(
        self, name: str, path: Path, spec: ParquetSpec, *, shown: Mapping[Path, str] = MappingProxyType({}), path_column: str = "",
        root: Path | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self._path = path
        self._spec = spec
        self._shown = dict(shown) or {path: path.name}
        self._path_column = path_column
        self._called = (root or path).name
        self._found: list[tuple[str, str, str]] | None = None

    @property
    def key(self) -> str:
        states = []
        for path, shown in self._shown.items():
            try:
                state = path.stat()
            except OSError as error:
                raise missing_file(path) from error
            states.append(f"{path}={shown}|{state.st_size}|{state.st_mtime_ns}")
        text = f"{'|'.join(states)}|{self._path_column}|{self._spec.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        return tuple(ColumnInfo(column.name, column.type, column.nested) for column, _ in self._columns())

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self._shown)

    @property
    def plain(self) -> bool:
        """Whether another engine may read the file itself: it is one, and its columns are all there as they are called in it."""
        if len(self._shown) > 1 or self._path_column or self._spec.partitioned:
            return False
        declared = [(column.name, column.type, column.nested) for column in self._spec.columns]
        there = [(name, natural(name, kind)) for original, name, kind in self._there() if original == name]
        return declared == [(name, info.type, info.nested) for name, info in there]

    def scan(self) -> str | None:
        chosen: list[str] = []
        for column, given in self._columns():
            declared = ColumnInfo(column.name, column.type, column.nested)
            if given.text or (given.type.type, given.type.ibis_type) != (declared.type, declared.ibis_type):
                return None
            chosen.append(f"CAST({given.value} AS {declared.duckdb_type}) AS {quoted(column.name)}")
        return f"SELECT {', '.join(chosen)} FROM {self._relation()}"  # noqa: S608

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        for path in self._shown:
            if not path.is_file():
                raise missing_file(path)
        pairs = self._columns()
        names = [column.name for column, _ in pairs]
        _, notes = lacking(self._spec.columns, names, self._called)
        known = {column.name for column in self._spec.columns} | {self._path_column}
        if (added := [name for name in names if name not in known]) and self._spec.columns:
            notes = (*notes, f"{self._called} has the new column {listed(added)}.")
        columns = [column for column, _ in pairs]
        select = typed([given for _, given in pairs], columns, self._relation())
        with store.cursor() as cursor:
            loaded = create(cursor, table, select, columns, self._called, sample=sample, cancel=cancel, progress=progress)
        return Loaded(loaded.rows, loaded.truncated, (*notes, *self._differences(), *loaded.notes))

    def _relation(self) -> str:
        return relation_of(list(self._shown), partitioned=self._spec.partitioned, named=bool(self._path_column))

    def _there(self) -> list[tuple[str, str, str]]:
        """The columns in the files: their name there, their name here, their DuckDB type."""
        if self._found is None:
            for path in self._shown:
                if not path.is_file():
                    raise missing_file(path)
            self._found = described(list(self._shown), partitioned=self._spec.partitioned)
        return self._found

    def _columns(self) -> list[tuple[SourceColumn, Given]]:
        """The declared columns that are there, in their order, then new ones; the path column first."""
        there = {name: (original, kind) for original, name, kind in self._there()}
        declared = [column for column in self._spec.columns if column.name in there and column.name != self._path_column]
        known = {column.name for column in self._spec.columns} | {self._path_column}
        new = spec_columns(natural(name, kind) for name, (_, kind) in there.items() if name not in known)
        pairs = [
            (column, given_of(column.name, quoted(there[column.name][0]), there[column.name][1])) for column in (*declared, *new)
        ]
        if not self._path_column:
            return pairs
        shown = ", ".join(f"{literal(str(path))}: {literal(text)}" for path, text in self._shown.items())
        path = Given(self._path_column, ColumnInfo(self._path_column, "string"), f"MAP {{{shown}}}[{_FILE}]")
        return [(SourceColumn(name=self._path_column, type="string"), path), *pairs]

    def _differences(self) -> list[str]:
        if len(self._shown) < 2:
            return []
        import pyarrow as pa
        import pyarrow.parquet as pq

        found: list[tuple[str, Schema]] = []
        for path, shown in list(self._shown.items())[:_COMPARED]:
            try:
                schema = pq.read_schema(path)
            except (pa.ArrowException, OSError):
                continue
            found.append((shown, tuple(_arrow_column(field) for field in schema)))
        return differences(found)


def _arrow_column(field: object) -> ColumnInfo:
    import ibis

    from workbench.dataprep.columns import column_of

    name = str(field.name)  # type: ignore[attr-defined]
    try:
        return column_of(name, ibis.dtype(field.type))  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 (types that Ibis does not know)
        return ColumnInfo(name, "string")


def relation_of(paths: Sequence[Path], *, partitioned: bool, named: bool = False) -> str:
    """The files as a relation in SQL; `named`: with the hidden column of the file's path."""
    files = ", ".join(literal(str(path)) for path in paths)
    options = [f"hive_partitioning={str(partitioned).lower()}"]
    options += ["union_by_name=true"] if len(paths) > 1 else []
    options += [f"filename={literal(_FILE)}"] if named else []
    return f"read_parquet([{files}], {', '.join(options)})"


def described(paths: Sequence[Path], *, partitioned: bool) -> list[tuple[str, str, str]]:
    """Name in the files, harmless name and DuckDB type of each column. Raises UserError for a damaged file."""
    import duckdb

    from workbench.dataprep.engine.store import first_line

    try:
        with scratch(files=True) as connection:
            rows = connection.execute(f"DESCRIBE SELECT * FROM {relation_of(paths, partitioned=partitioned)}").fetchall()  # noqa: S608
    except (duckdb.Error, UnicodeDecodeError) as error:
        if len(paths) > 1:
            raise UserError(f"The Parquet files cannot be read as one table: {first_line(str(error))}.") from error
        path = paths[0]
        raise UserError(
            f"{path.name} is a damaged Parquet file: it cannot be read to its end.", hint="Get the file again.", place=str(path)
        ) from error
    names = [str(row[0]) for row in rows]
    return list(zip(names, harmless(names), (str(row[1]) for row in rows), strict=True))


def detect_parquet(paths: tuple[Path, ...], root: Path | None = None) -> ParquetSpec:
    """How Parquet files are read; those in folders such as `year=2020` below `root` get these as columns. Raises UserError."""
    partitioned = root is not None and any("=" in part for path in paths for part in path.relative_to(root).parts[:-1])
    found = described(paths, partitioned=partitioned)
    if not found:
        raise UserError(f"{(root or paths[0]).name} holds no columns.", hint="Choose another file.", place=str(root or paths[0]))
    columns = spec_columns(natural(name, kind) for _, name, kind in found)
    return ParquetSpec(columns=columns, partitioned=partitioned)
