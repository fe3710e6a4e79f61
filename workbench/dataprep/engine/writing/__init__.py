"""Performing write steps: complete under another name first, then in place, so that nothing half written is ever seen."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.base.errors import UserError
from workbench.base.files import disk_error, file_digest, tree_digest
from workbench.base.ids import new_id
from workbench.dataprep.engine.writing.columnar import SUCCESS, write_arrow, write_parquet, write_parquet_folder
from workbench.dataprep.engine.writing.database import write_sql
from workbench.dataprep.engine.writing.excel import write_excel
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.engine.writing.script import write_by_script
from workbench.dataprep.engine.writing.texts import write_csv, write_json_lines
from workbench.dataprep.reports import OutputReport
from workbench.dataprep.steps.script import ScriptWrite
from workbench.dataprep.steps.write import WriteArrow, WriteCsv, WriteExcel, WriteFile, WriteJsonLines, WriteParquet, WriteSql

__all__ = ["Job", "perform", "perform_folder"]


def perform(job: Job) -> OutputReport:
    """Does what a write step says with all rows of the job's table, in order.

    Raises UserError, EnvironmentError_ (disk full, no permission) or Cancelled, with what stood there before untouched.
    """
    step = job.step
    if isinstance(step, ScriptWrite):
        return write_by_script(job, step)
    if isinstance(step, WriteSql):
        return write_sql(job, step)
    if isinstance(step, WriteFile):
        return _write_file(job, step)
    raise UserError(f"This version of Workbench cannot write what {step.describe()} says.")


def perform_folder(job: Job, step: WriteFile, write: Callable[[Path], int]) -> OutputReport:
    """The same for a folder of files that `write` puts at a path, and of whose rows it gives the number."""
    return _write_file(job, step, write)


def _write_file(job: Job, step: WriteFile, write: Callable[[Path], int] | None = None) -> OutputReport:
    target = job.target(step.path)
    folder = write is not None or (isinstance(step, WriteParquet) and bool(step.partition_by))
    _keep(job, target)
    if folder:
        _replaceable(target)
    elif target.is_dir():
        raise UserError(f"{target} is a folder, not a file.", hint="Give the path of a file to write.", place=str(target))
    temporary = target.with_name(f".{target.name}.{new_id()[:8]}.part")
    try:
        with _disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _probe(temporary, folder=folder)  # a folder that takes nothing says so itself, with its path
            rows = write(temporary) if write else _content(job, step, temporary)
            size, digest = _settle(temporary)
            _swap(temporary, target)
    finally:
        _gone(temporary)
    notes = () if isinstance(step, WriteCsv | WriteExcel) else job.errors_are_missing()
    return OutputReport(target, rows, size, digest, notes=notes)


def _content(job: Job, step: WriteFile, target: Path) -> int:
    match step:
        case WriteParquet():
            return write_parquet_folder(job, step, target) if step.partition_by else write_parquet(job, step, target)
        case WriteCsv():
            return write_csv(job, step, target)
        case WriteJsonLines():
            return write_json_lines(job, step, target)
        case WriteExcel():
            return write_excel(job, step, target)
        case WriteArrow():
            return write_arrow(job, step, target)
        case _:
            raise UserError(f"This version of Workbench cannot write what {step.describe()} says.")


def _keep(job: Job, target: Path) -> None:
    """Raises UserError where the raw data would be replaced that the flow has read."""
    for path in job.kept:
        inside = target.is_dir() and path.exists() and path.resolve().is_relative_to(target.resolve())
        if inside or (target.exists() and path.exists() and target.samefile(path)):
            raise UserError(
                f"{job.label or job.step.describe()} would overwrite {path.name}, which the dataflow reads.",
                hint="Write to another file.",
            )


def _replaceable(folder: Path) -> None:
    """Raises UserError for a folder that holds anything but what an earlier run wrote."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    ours = folder.is_dir() and (folder / SUCCESS).is_file()
    known = {".parquet", ".crc"}
    if not ours or any(not (path.is_dir() or path.name == SUCCESS or path.suffix in known) for path in folder.rglob("*")):
        raise UserError(
            f"{folder} holds something else than the Parquet files of an earlier run.", hint="Name a new folder.", place=str(folder)
        )


@contextlib.contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno is None and "[Errno 28]" in str(error):  # Arrow's own
            error = OSError(28, "No space left on device")
        raise disk_error(error, str(target)) from error


def _probe(temporary: Path, *, folder: bool) -> None:
    if folder:
        temporary.mkdir()
    else:
        temporary.touch()


def _settle(written: Path) -> tuple[int, str]:
    """Makes sure that the bytes are on the disk; their number and digest."""
    if written.is_file():
        _sync(written)
        return written.stat().st_size, file_digest(written)
    files = [path for path in written.rglob("*") if path.is_file()]
    for path in files:
        _sync(path)
    return sum(path.stat().st_size for path in files), tree_digest(written)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _swap(temporary: Path, target: Path) -> None:
    """Puts what was written in its place."""
    if not target.is_dir():
        temporary.replace(target)
        return
    old = temporary.with_name(f"{temporary.name}.old")
    target.replace(old)
    try:
        temporary.replace(target)
    except OSError:
        old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _gone(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
