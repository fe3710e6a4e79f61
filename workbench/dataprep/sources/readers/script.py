"""A Python script that reads data: run in a process of its own, with a time and a memory limit."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import EnvironmentError_, UserError
from workbench.dataprep.columns import Schema
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.loading import missing_file
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.readers.arrow import load_batches
from workbench.dataprep.sources.specs import ScriptSpec

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample


class ScriptReader(Reader):
    """What a script gives: `read(paths)` or `df`. Without code in the specification the first path is the script itself.

    Its result is taken to depend on the code and the state of the paths only.
    """

    def __init__(self, name: str, spec: ScriptSpec, paths: tuple[Path, ...]) -> None:
        self.name = name
        self._spec = spec
        self._code, self._paths = code_of(spec, paths)
        self._all = paths
        self._result: pa.Table | None = None

    @property
    def key(self) -> str:
        states = []
        for path in self._all:
            try:
                state = path.stat()
            except OSError as error:
                raise missing_file(path) from error
            states.append(f"{path}|{state.st_size}|{state.st_mtime_ns}")
        return hashlib.sha256(f"{'|'.join(states)}|{self._code}|{self._spec.model_dump_json()}".encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        if self._spec.columns:
            return self._spec.schema_
        from workbench.dataprep.sources.readers.frame import FrameReader

        return FrameReader(self.name, self._read(None)).schema

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(path for path in self._all if path.is_file())

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        if progress is not None:
            progress(0.0, f"Running the script of {self.name}")
        result = self._read(cancel)
        with store.cursor() as cursor:
            return load_batches(
                cursor, table, result.schema, iter(result.to_batches()), self._spec.columns, self.name, sample=sample,
                cancel=cancel, progress=progress,
            )  # fmt: skip

    def _read(self, cancel: Cancel | None) -> pa.Table:
        from workbench.dataprep.workers import Limits, read_by_script

        if self._result is None:
            limits = Limits(seconds=self._spec.seconds, memory=self._spec.memory_mb)
            paths = [str(path) for path in self._paths]
            self._result = read_by_script(self._code, paths, limits=limits, what=f"the source {self.name}", cancel=cancel)
        return self._result


def code_of(spec: ScriptSpec, paths: tuple[Path, ...]) -> tuple[str, tuple[Path, ...]]:
    """The script, and the paths that it is given. Raises NotFound, UserError."""
    if spec.code:
        return spec.code, paths
    if not paths:
        raise UserError("It is not said which script reads the data.", hint="Write one, or choose its file.")
    try:
        return paths[0].read_text("utf-8"), paths[1:]
    except FileNotFoundError as error:
        raise missing_file(paths[0]) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{paths[0].name} is no Python script: it is not UTF-8 text.", place=str(paths[0])) from error
    except OSError as error:
        raise EnvironmentError_(f"{paths[0]} could not be read: {error.strerror or error}.", place=str(paths[0])) from error


def describe_script(spec: ScriptSpec, paths: tuple[Path, ...]) -> ScriptSpec:
    """The specification with the columns that the script gives: it is run for that."""
    from workbench.dataprep.sources.specs import SourceColumn

    found = ScriptReader("script", spec.model_copy(update={"columns": ()}), paths).schema
    return spec.model_copy(
        update={"columns": tuple(SourceColumn(name=each.name, type=each.type, nested=each.nested) for each in found)}
    )
