"""Reading prepared data: by Workbench in this very process where it is installed, else by its own interpreter, so that a job's
environment needs no more than pandas and pyarrow."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.sdk.run import current_run

if TYPE_CHECKING:
    from pandas import DataFrame


_NEEDED = "ibis-framework[duckdb], psutil, pydantic"


def prep(
    package: str | os.PathLike[str], flow: str | None = None, *, sample: bool | int = False,
    inputs: Mapping[str, Any] | None = None, spark: Any = None,
) -> DataFrame:  # fmt: skip
    """Runs a data preparation and returns its rows as a pandas DataFrame.

    `package`: path of a `.wbprep` file; `flow`: name of one of its dataflows (the last one without a name); `sample`: the first
    rows of each source, so many when it is a number. `inputs`: what stands in for its sources, by their paths or names: a path, a
    pandas or Polars DataFrame, an Arrow table or rows as dictionaries; that makes the package of the training usable in a scoring
    script. `spark`: a Spark session, on which the preparation runs; the result is then a Spark DataFrame.

    In a job the run records what was read: package, dataflow, files with digest and row counts. Raises RuntimeError with the reason
    when the preparation fails, and needs pandas and pyarrow.

    On another machine, in a container and on Spark it runs in this very Python, which then needs ibis-framework[duckdb], psutil
    and pydantic.
    """
    what = f"The data preparation {os.fspath(package)}"
    options: dict[str, Any] = {"flow": flow, "sample": sample, "inputs": dict(inputs or {}), "spark": spark}
    try:
        frame: DataFrame = _here("read_package", what, package, **options)
        return frame
    except ImportError as error:
        if spark is not None or not _has_other_python():
            raise _lacks(what, error) from error
    arguments = ["read", os.fspath(package), *(["--flow", flow] if flow else [])]
    return _there(what, arguments, sample, dict(inputs or {}))


def source(path: str | os.PathLike[str], *, sample: bool | int = False) -> DataFrame:
    """The rows of a data file, or of a data source (`.wbsource`) as it says how they are read, as a pandas DataFrame.

    `sample`: the first rows, so many when it is a number. In a job the run records what was read. Raises RuntimeError with the
    reason when it fails, and needs pandas and pyarrow.
    """
    what = f"The data source {os.fspath(path)}"
    try:
        frame: DataFrame = _here("read_source", what, path, sample=sample)
        return frame
    except ImportError as error:
        if not _has_other_python():
            raise _lacks(what, error) from error
    return _there(what, ["source", os.fspath(path)], sample, {})


def _here(function: str, what: str, *values: Any, **options: Any) -> Any:
    """Reads in this process. Raises ImportError where Workbench (or what it needs) is not installed, else RuntimeError."""
    reading = importlib.import_module("workbench.dataprep.reading")
    errors = importlib.import_module("workbench.base.errors")
    run = current_run()
    try:
        frame, fields = getattr(reading, function)(*values, told=run is not None, **options)
    except errors.WorkbenchError as error:
        place = f" ({error.place})" if error.place else ""
        raise RuntimeError(f"{what} failed: {error}{place}") from error
    if run and fields:
        record_input(fields)
    return frame


def _has_other_python() -> bool:
    """Whether Workbench's own interpreter is on this machine: jobs on this one are told where."""
    return bool(os.environ.get("WORKBENCH_PYTHON"))


def _lacks(what: str, error: ImportError) -> RuntimeError:
    name = error.name or str(error)
    return RuntimeError(
        f"{what} cannot be read here, since this Python has no {name}. Add to the project's requirements: {_NEEDED}. "
        "Or write the data to a file by a run on the target local first."
    )


def _there(what: str, arguments: list[str], sample: bool | int, inputs: dict[str, Any]) -> DataFrame:
    """Reads in a process of Workbench's own interpreter; the rows come back through a file."""
    import pandas as pd

    python = os.environ["WORKBENCH_PYTHON"]
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        data, report = Path(folder, "data.parquet"), Path(folder, "report.json")
        command = [python, "-m", "workbench.dataprep", *arguments, "--out", str(data), "--report", str(report)]
        if sample is not False:
            command += ["--sample"] if sample is True else [f"--sample={sample}"]
        for number, (name, value) in enumerate(inputs.items()):
            command += ["--input", f"{name}={_as_file(value, Path(folder, f'input{number}.parquet'), name)}"]
        # PYTHONPATH leads a job to this SDK alone; Workbench's own interpreter finds the whole program by itself.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            message = f"{what} failed: {done.stderr.strip() or f'exit code {done.returncode}'}"
            raise RuntimeError(message)
        if current_run():
            record_input(json.loads(report.read_text("utf-8")))
        return pd.read_parquet(data)


def _as_file(value: Any, file: Path, name: str) -> str:
    """A stand-in for a source as a path: frames are handed over as Parquet files."""
    if isinstance(value, (str, os.PathLike)):
        return str(Path(value).absolute()) if "://" not in str(value) else str(value)
    import pandas as pd

    if isinstance(value, (list, tuple)) and all(isinstance(row, dict) for row in value):
        value = pd.DataFrame(list(value))
    if hasattr(value, "to_parquet"):
        value.to_parquet(file, index=False)
    elif hasattr(value, "write_parquet"):
        value.write_parquet(file)
    elif type(value).__module__.startswith("pyarrow"):
        importlib.import_module("pyarrow.parquet").write_table(value, file)
    else:
        raise TypeError(f"The input {name} must be a path, a data frame or rows as dictionaries, not {type(value).__name__}.")
    return str(file)


def record_input(fields: dict[str, Any]) -> None:
    """Tells the run what was read. What kind of input it is stands beside the kind of the event."""
    if run := current_run():
        run.record("input", **{"data_kind" if name == "kind" else name: value for name, value in fields.items()})
