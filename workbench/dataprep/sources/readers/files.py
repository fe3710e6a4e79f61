"""Sources of files that are not one plain local file: several, appended by name; packed ones; ones from elsewhere."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import Cancelled, UserError, WorkbenchError
from workbench.base.ids import new_id
from workbench.dataprep.columns import ColumnInfo, Schema, is_hidden, literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.differences import differences
from workbench.dataprep.sources.places import Part, packing_of
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.readers.records import names_of
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.sampling import keep_sample
from workbench.dataprep.sources.specs import DelimitedSpec, SourceSpec, TableTextSpec, TextSpec

if TYPE_CHECKING:
    from workbench.dataprep.engine.store import Store

_LOOKED_AT = 1000
_HEAD = 1 << 20
_DUCKDB_UNPACKS = {"gz": "gzip", "zst": "zstd"}
"""Of so many files the columns are found out before they are read."""


class FilesReader(Reader):
    """One or more files of one kind; with `path_column` their paths stand in a first column of that name."""

    def __init__(self, name: str, parts: Sequence[Part], spec: SourceSpec, path_column: str = "") -> None:
        self.name = name
        self._parts = tuple(parts)
        self._spec = spec
        self._path_column = path_column
        self._schemas: list[Schema] | None = None
        self._elsewhere: dict[int, str] | None = None

    @property
    def key(self) -> str:
        if self._elsewhere is None:  # asked once: a source lives as long as one request does
            self._elsewhere = {number: part.state() for number, part in enumerate(self._parts) if part.url}
        states = "|".join(f"{part.shown}={self._elsewhere.get(number) or part.state()}" for number, part in enumerate(self._parts))
        return hashlib.sha256(f"{states}|{self._path_column}|{self._spec.model_dump_json()}".encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        found: dict[str, ColumnInfo] = {column.name: column for column in self._spec.schema_} if self._unseen() else {}
        known = {column.name.lower() for column in self._spec.schema_}
        for schema in self._looked_at():
            for column in schema:
                if column.name.lower() not in {name.lower() for name in found}:
                    found[column.name] = column
        order = [column.name for column in self._spec.schema_ if column.name in found]
        order += [name for name in found if name.lower() not in known]
        columns = tuple(found[name] for name in order)
        if not self._path_column:
            return columns
        path = ColumnInfo(self._path_column, "string")
        return (path, *(column for column in columns if column.name.lower() != self._path_column.lower()))

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(part.path for part in self._parts if part.path is not None))

    def scan(self) -> str | None:
        if len(self._parts) > _LOOKED_AT:
            return None
        selects: list[str] = []
        for number, part in enumerate(self._parts):
            if part.direct is not None:
                select = _open(part.file, self._spec_of(number, part.file), part.name).scan()
            else:
                select = self._scan_packed(number, part)
            if select is None:
                return None
            selects.append(self._with_path(part, f"({select})"))
        order = ", ".join(quoted(column.name) for column in self.schema)
        return f"SELECT {order} FROM ({' UNION ALL BY NAME '.join(selects)})"  # noqa: S608

    def _scan_packed(self, number: int, part: Part) -> str | None:
        """The quick way through a file that DuckDB unpacks itself: found out at its head."""
        if part.url or part.entry or (kind := _DUCKDB_UNPACKS.get(packing_of(part.file))) is None:
            return None
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            head = part.local(Path(folder), most=_HEAD)
            select = _open(head, self._spec_of(number, head), part.name).scan()
        if select is None or (place := f"{literal(str(head))}, ") not in select:
            return None
        return select.replace(place, f"{literal(str(part.file))}, compression='{kind}', ", 1)

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        top = sample.count if sample is not None and sample.kind == "top" else None
        rows, truncated = 0, False
        notes: list[str] = []
        schemas: list[tuple[str, Schema]] = []
        with tempfile.TemporaryDirectory(prefix="workbench-", dir=store.file.parent) as folder:
            for number, part in enumerate(self._parts):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                if top is not None and rows >= top:
                    truncated = True
                    break
                place = Path(folder) / str(number)
                place.mkdir()
                plain = part.local(place, cancel, progress)
                less = Sample(kind="top", count=top - rows) if top is not None else None
                one = f"part_{new_id()}"
                try:
                    spec = self._spec_of(number, plain)
                    loaded = _open(plain, spec, part.name).load(
                        store, one, sample=less, cancel=cancel, progress=_share(progress, number, len(self._parts))
                    )
                    notes += (
                        [f"{part.shown} has other column names: those of the first file are taken."] if spec.notes is _OTHER else []
                    )
                    schemas.append((part.shown, self._append(store, table, one, part, first=number == 0)))
                except WorkbenchError as error:
                    store.rows(f"DROP TABLE IF EXISTS {one}")
                    store.rows(f"DROP TABLE IF EXISTS {table}")
                    raise _placed(error, part, Path(folder)) from error
                notes += [note.replace(str(plain), part.shown) for note in loaded.notes]
                rows += loaded.rows
                truncated = truncated or loaded.truncated
                if plain.is_relative_to(folder):
                    plain.unlink()
        self._arrange(store, table)
        notes += differences(schemas)
        if sample is not None and sample.kind not in {"top", "full"}:
            with store.cursor() as cursor:
                kept = keep_sample(cursor, table, sample, cancel=cancel, progress=progress, what=f"Sampling {self.name}")
            rows, truncated = kept.rows, kept.truncated
        return Loaded(rows, truncated, tuple(dict.fromkeys(notes)))

    def _append(self, store: Store, table: str, one: str, part: Part, *, first: bool) -> Schema:
        """Moves the rows of one file's table to the end of the whole one, which gets what columns it lacks; its columns."""
        from workbench.dataprep.engine.queries import columns_of

        schema = columns_of(store, one)
        if first and not self._path_column:
            store.rows(f"ALTER TABLE {one} RENAME TO {table}")
            return schema
        select = self._with_path(part, one)
        if first:
            store.rows(f"CREATE TABLE {table} AS {select}")
        else:
            there = {str(row[0]).lower(): str(row[1]) for row in store.rows(f"DESCRIBE {table}")}
            for row in store.rows(f"DESCRIBE {select}"):
                name, kind = str(row[0]), str(row[1])
                if name.lower() not in there:
                    store.rows(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {kind}")
                elif there[name.lower()] != kind:
                    store.rows(f"ALTER TABLE {table} ALTER COLUMN {quoted(name)} TYPE VARCHAR")
            store.rows(f"INSERT INTO {table} BY NAME {select}")
        store.rows(f"DROP TABLE {one}")
        return schema

    def _with_path(self, part: Part, relation: str) -> str:
        if not self._path_column:
            return f"SELECT * FROM {relation}"  # noqa: S608
        name = quoted(self._path_column)
        # a column of the file that is called like it gives way
        others = f"COLUMNS(lambda c: lower(c) <> {literal(self._path_column.lower())})"
        return f"SELECT {literal(part.shown)} AS {name}, {others} FROM {relation}"  # noqa: S608

    def _arrange(self, store: Store, table: str) -> None:
        """Columns in the order of the specification, new ones after them, companions last."""
        found = [str(row[0]) for row in store.rows(f"DESCRIBE {table}")]
        declared = [self._path_column, *(column.name for column in self._spec.columns)]
        place = {name.lower(): number for number, name in reversed(list(enumerate(declared)))}
        wanted = sorted(found, key=lambda name: (is_hidden(name), place.get(name.lower(), len(place) + 1)))
        if wanted == found:
            return
        new = f"part_{new_id()}"
        chosen = ", ".join(quoted(name) for name in wanted)
        store.rows(f"CREATE TABLE {new} AS SELECT {chosen} FROM {table} ORDER BY rowid")  # noqa: S608
        store.rows(f"DROP TABLE {table}")
        store.rows(f"ALTER TABLE {new} RENAME TO {table}")

    def _spec_of(self, number: int, path: Path) -> SourceSpec:
        return _by_place(spec_of(self._spec, number), path) if number else self._spec

    def _unseen(self) -> bool:
        """Whether the columns of some file cannot be told before it is read."""
        return len(self._parts) > _LOOKED_AT or any(part.direct is None for part in self._parts)

    def _looked_at(self) -> list[Schema]:
        if self._schemas is None:
            self._schemas = [
                _open(path, self._spec_of(number, path), part.name).schema
                for number, part in enumerate(self._parts[:_LOOKED_AT])
                if (path := part.direct) is not None
            ]
        return self._schemas


def spec_of(spec: SourceSpec, number: int) -> SourceSpec:
    """How the file of that number (0 is the first) is read: where only the first has a header, the others' lines are rows."""
    if number == 0:
        return spec
    changes: dict[str, object] = {}
    if isinstance(spec, TextSpec) and spec.skip_mode == "first":
        changes["skip_rows"] = 0
    if isinstance(spec, TableTextSpec) and spec.header and spec.header_mode == "first":
        changes["header"] = False
    return spec.model_copy(update=changes) if changes else spec


_OTHER = ("The names are those of the first file.",)


def _by_place(spec: SourceSpec, path: Path) -> SourceSpec:
    """Where all files are to have the same header, one with as many other names is read by the places of its columns."""
    if not (isinstance(spec, DelimitedSpec) and spec.header and spec.header_mode == "same" and not spec.comment):
        return spec
    names = names_of(path, spec)
    expected = [column.name for column in spec.columns]
    if len(names) != len(expected) or set(names) == set(expected):
        return spec
    return spec.model_copy(update={"header": False, "skip_rows": spec.skip_rows + spec.header_rows, "notes": _OTHER})


def _open(path: Path, spec: SourceSpec, name: str) -> Reader:
    from workbench.dataprep.sources.opening import open_plain

    return open_plain(path, spec, name)


def _share(progress: Progress | None, number: int, count: int) -> Progress | None:
    if progress is None or count == 1:
        return progress
    return lambda share, what: progress((number + share) / count, what)


def _placed(error: WorkbenchError, part: Part, folder: Path) -> WorkbenchError:
    """The same failure with the file's own name in place of the temporary one."""
    if str(folder) not in error.place and str(folder) not in error.message:
        return error
    place = part.url or str(part.path or "")
    where = str(folder)
    words = [part.shown if word.startswith(where) else word for word in error.message.split(" ")]
    kind = type(error) if isinstance(error, WorkbenchError) else UserError
    return kind(" ".join(words), hint=error.hint, place=place)
