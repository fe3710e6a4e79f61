"""Finds out what a path holds."""

from collections.abc import Sequence
from pathlib import Path

from workbench.base.errors import NotFound, UserError
from workbench.runs.transfer.csvfile import CsvReader
from workbench.runs.transfer.found import Reader
from workbench.runs.transfer.layout import is_export
from workbench.runs.transfer.mlflowdb import MlflowDatabaseReader, is_mlflow_database
from workbench.runs.transfer.mlruns import MlrunsReader, is_mlruns
from workbench.runs.transfer.reading import ExportReader
from workbench.runs.transfer.tensorboard import TensorBoardReader, event_files


def reader_of(path: Path, experiment: str = "", metrics: Sequence[str] = (), params: Sequence[str] = ()) -> Reader:
    """The reader of what is at `path`. `experiment` puts all runs into that one; `metrics` and `params` name columns of a CSV file.

    Raises NotFound when nothing is there, UserError when it is none of the known kinds.
    """
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}.", place=str(path))
    if path.is_dir():
        if is_export(path):
            return ExportReader(path, experiment)
        if is_mlruns(path):
            return MlrunsReader(path, experiment)
        if event_files(path):
            return TensorBoardReader(path, experiment)
        inside = [path / "mlruns"] if is_mlruns(path / "mlruns") else sorted(path.glob("*.db"))
        for one in inside:
            if one.is_dir() or is_mlflow_database(one):
                return reader_of(one, experiment)
    elif is_mlflow_database(path):
        return MlflowDatabaseReader(path, experiment)
    elif event_files(path):
        return TensorBoardReader(path, experiment)
    elif path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        return CsvReader(path, experiment, metrics, params)
    raise UserError(
        f"{path} holds no runs that can be read.",
        hint="Known are: MLflow's folder mlruns, its database, TensorBoard's event files, CSV files, and Workbench's own exports.",
        place=str(path),
    )
