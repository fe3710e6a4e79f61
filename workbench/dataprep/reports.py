"""What a run of a dataflow tells: its rows, the files it read and wrote, and what happened on the way."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.dataprep.columns import Schema


@dataclass(frozen=True)
class Note:
    """What happened while data were read or a step ran, in one sentence. `step` is the step's id; empty for a source."""

    message: str
    step: str = ""


@dataclass(frozen=True)
class SourceReport:
    """A file that was read, with the SHA-256 of its bytes."""

    path: str
    digest: str
    rows: int
    size: int


@dataclass(frozen=True)
class OutputReport:
    """What a write step wrote: a file, a folder (`digest` is that of all its files), or something that is none (`path` is None).

    `name`: what it is called then, such as `the table sales of shop.db`; `notes`: what happened on the way.
    """

    path: Path | None
    rows: int
    size: int
    digest: str
    name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What it is called in a sentence."""
        return self.name or str(self.path)


@dataclass(frozen=True)
class FlowReport:
    """The account of one full run of a dataflow."""

    flow: str
    rows: int
    columns: Schema
    seconds: float
    sources: tuple[SourceReport, ...] = ()
    outputs: tuple[OutputReport, ...] = ()
    notes: tuple[Note, ...] = ()
    files_only: bool = False
    """Whether every source is made of files: no database, address or data frame."""

    def as_input(self, name: str, path: str, digest: str) -> dict[str, Any]:
        """The fields of a run's `input` event: the package `path` with its digest, and every file behind it."""
        return {
            "kind": "prep",
            "name": name,
            "path": path,
            "digest": digest,
            "flow": self.flow,
            "rows": self.rows,
            "sources": [
                {"path": source.path, "digest": source.digest, "rows": source.rows, "size": source.size} for source in self.sources
            ],
            "repeatable": self.files_only and all(output.path is not None for output in self.outputs),
            "written": [
                {"path": output.shown, "digest": output.digest if output.path else "", "rows": output.rows, "size": output.size}
                for output in self.outputs
            ],
        }
