"""Runs that come in from elsewhere, and runs that go out as files: work of the server with progress."""

from typing import Literal

from workbench.schema.base import Time, Wire


class ImportRequest(Wire):
    """Bring in the runs of `path`: MLflow's folder or database, TensorBoard's event files, a CSV file, an export of Workbench's."""

    path: str
    """Absolute, on the server's machine."""
    experiment: str = ""
    """Takes all runs; empty: as the source says."""
    metrics: tuple[str, ...] = ()
    """Columns of a CSV file that are metrics, where it is not seen by itself."""
    params: tuple[str, ...] = ()


class ExportRequest(Wire):
    """Write runs to `folder` as Parquet and files."""

    folder: str
    """Absolute, on the server's machine; new, or empty."""
    filter: str = ""
    """As in a search; empty: all runs."""
    experiments: tuple[str, ...] | None = None
    """Names or ids; None: all."""


class Transfer(Wire):
    """An import or export: where it stands, and in the end what it did."""

    id: str
    kind: Literal["import", "export"]
    place: str
    """The path that is read or written."""
    status: Literal["waiting", "running", "finished", "failed", "cancelled"] = "waiting"
    began: Time
    done: int = 0
    """Runs so far."""
    total: int = 0
    doing: str = ""
    said: str = ""
    """In a sentence: what the source is and how it was read, or what was written."""
    left_out: str = ""
    """In a sentence: what could not be taken over; empty for nothing."""
    added: tuple[str, ...] = ()
    """Ids of the runs that came in."""
    present: int = 0
    """Runs of the source that were here before."""
    changed: int = 0
    """Those of them whose source says something else now; they were left as they are."""
    error: str = ""
    hint: str = ""

    @property
    def is_over(self) -> bool:
        return self.status in {"finished", "failed", "cancelled"}
