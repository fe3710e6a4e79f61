"""Writing a materialised table to a file: under a temporary name first, so that nothing half written is left."""

import contextlib
import os
from pathlib import Path

from workbench.base.errors import UserError
from workbench.base.files import disk_error, file_digest
from workbench.base.ids import new_id
from workbench.dataprep.columns import literal, quoted
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.engine.store import Store
from workbench.dataprep.engine.tables import Table
from workbench.dataprep.reports import OutputReport
from workbench.dataprep.steps import Write, WriteCsv, WriteParquet


def write_table(
    store: Store, table: Table, target: Path, step: Write, cancel: Cancel | None, progress: Progress | None
) -> OutputReport:
    """Writes all rows of `table`, in order. Raises EnvironmentError_ (disk full, no permission) with the old file untouched."""
    if target.is_dir():
        raise UserError(f"{target} is a folder, not a file.", hint="Give the path of a file to write.", place=str(target))
    names = ", ".join(quoted(column.name) for column in table.columns)
    if isinstance(step, WriteParquet):
        options = f"FORMAT parquet, COMPRESSION {step.compression}"
    elif isinstance(step, WriteCsv):
        options = f"FORMAT csv, HEADER true, DELIMITER {literal(step.delimiter)}, NULLSTR {literal(step.missing)}"
    else:
        raise UserError(f"This version of Workbench cannot write what {step.describe()} says.")
    temporary = target.with_name(f".{target.name}.{new_id()[:8]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()  # a folder that takes no file says so itself, with its path
        rows = store.run(
            f"COPY (SELECT {names} FROM {table.name}) TO {literal(str(temporary))} ({options})",  # noqa: S608
            cancel=cancel, progress=progress, what=f"Writing {target.name}",
        )[0][0]  # fmt: skip
        _sync(temporary)
        size, digest = temporary.stat().st_size, file_digest(temporary)
        temporary.replace(target)
    except OSError as error:
        raise disk_error(error, str(target)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return OutputReport(target, rows, size, digest)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
