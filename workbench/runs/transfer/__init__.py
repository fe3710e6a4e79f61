"""Runs from elsewhere into the store, and runs of the store into a folder and back.

`reader_of` finds out what a path holds (MLflow's folder or database, TensorBoard's event files, a CSV file, our own export),
`import_runs` writes what it finds, `export_runs` writes any selection as a folder of Parquet and files.
"""

from workbench.runs.transfer.detect import reader_of
from workbench.runs.transfer.exporting import Exported, export_runs, selected
from workbench.runs.transfer.found import Progress
from workbench.runs.transfer.importing import Imported, import_runs

__all__ = ["Exported", "Imported", "Progress", "export_runs", "import_runs", "reader_of", "selected"]
