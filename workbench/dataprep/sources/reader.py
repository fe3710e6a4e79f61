"""What every source is to an engine: columns, a state that tells whether it changed, and rows that come into a table."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from workbench.dataprep.columns import Schema
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import SourceSpec

if TYPE_CHECKING:
    from workbench.dataprep.engine.store import Store


Spec = TypeVar("Spec", bound=SourceSpec)


@dataclass(frozen=True)
class Loaded:
    """What came of reading a source: the rows read, whether a sample left some out, and what is to be told."""

    rows: int
    truncated: bool = False
    notes: tuple[str, ...] = ()


class Reader(ABC):
    """One source, found and ready to be read."""

    name: str
    chosen: Sample | None = None
    """The active sample of the source's definition; None: all rows."""
    offered: tuple[Sample, ...] = ()
    """All samples of its definition."""

    @property
    @abstractmethod
    def key(self) -> str:
        """A digest that changes when the data, or the way they are read, change; without reading all of them."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """The columns, as the specification has them for the source as it is now."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be told about the source before it is read."""
        return ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The local files behind it, for digests, and so that no write step replaces one."""
        return ()

    @property
    def active_sample(self) -> Sample | None:
        """The sample that its definition says is in use; None: all rows."""
        return self.chosen

    def scan(self) -> str | None:
        """A SELECT that gives all rows in order with their types, as quick as DuckDB can, and raises where a value does not fit.

        It is used where a flow is run in one query; when it fails, `load` is used. None: the source can only be loaded.
        """
        return None

    @abstractmethod
    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        """Creates the table with the columns of `schema` in order, and text companions (`workbench.dataprep.cells`) after them for
        columns that can hold errors: values that do not fit their type are errors, not missing.

        Raises UserError, NotFound, EnvironmentError_, Cancelled.
        """


class FileReader(Reader, Generic[Spec]):
    """A source that is one file, read as its specification says."""

    def __init__(self, name: str, path: Path, spec: Spec) -> None:
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
