"""Reading prepared data: the package is run by Workbench itself, so the job's environment needs no more than pandas and pyarrow."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.sdk.run import current_run

if TYPE_CHECKING:
    from pandas import DataFrame


def prep(package: str | os.PathLike[str], flow: str | None = None, *, sample: bool = False) -> "DataFrame":
    """Runs a data preparation and returns its rows as a pandas DataFrame.

    `package`: path of a `.wbprep` file; `flow`: name of one of its dataflows (the last one without a name); `sample`: the first
    rows of each source. In a job the run records what was read: package, dataflow, files with digest and row counts. Raises
    RuntimeError with the reason when the preparation fails, and needs pandas and pyarrow.
    """
    import pandas as pd

    python = os.environ.get("WORKBENCH_PYTHON") or sys.executable
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        data, report = Path(folder, "data.parquet"), Path(folder, "report.json")
        command = [python, "-m", "workbench.dataprep", "read", os.fspath(package), "--out", str(data), "--report", str(report)]
        command += ["--flow", flow] if flow else []
        command += ["--sample"] if sample else []
        # PYTHONPATH leads a job to this SDK alone; Workbench's own interpreter finds the whole program by itself.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            message = f"The data preparation {os.fspath(package)} failed: {done.stderr.strip() or f'exit code {done.returncode}'}"
            raise RuntimeError(message)
        if run := current_run():
            run.record("input", **json.loads(report.read_text("utf-8")))
        return pd.read_parquet(data)
