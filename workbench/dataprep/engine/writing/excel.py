"""Excel workbooks, row by row, in constant memory."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion
from workbench.dataprep.columns import ColumnInfo, quoted
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.steps.write import WriteExcel
from workbench.dataprep.steps.write.files import SHEET_COLUMNS, SHEET_ROWS

_LONGEST = 32_767
"""How many characters a cell can hold."""
_FIRST_DAY = dt.date(1900, 3, 1)
"""Excel takes 1900 for a leap year: earlier days are one off."""


def write_excel(job: Job, step: WriteExcel, target: Path) -> int:
    """Writes a workbook; the number of rows. Raises UserError for more than a sheet can hold."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    columns = job.table.columns
    most = SHEET_ROWS - int(step.header)
    if job.table.row_count > most:
        raise _too_many(job.table.row_count, most, step)
    if len(columns) > SHEET_COLUMNS:
        raise UserError(f"A sheet of Excel has {SHEET_COLUMNS:,} columns, these are {len(columns):,}.", place=step.path)
    scratch = target.with_name(f"{target.name}.rows")
    scratch.mkdir()
    try:
        book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "tmpdir": str(scratch), "nan_inf_to_errors": False})
        try:
            rows = _write(job, step, book)
        except BaseException:
            book.fileclosed = True  # nothing more is to be written
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        book.close()
    except XlsxWriterException as error:
        reason = error.args[0] if error.args else error
        raise reason if isinstance(reason, OSError) else UserError(f"The workbook could not be written: {error}.") from error
    finally:
        _remove(scratch)
    return rows


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _too_many(rows: int, most: int, step: WriteExcel) -> UserError:
    message = f"A sheet of Excel has room for {most:,} rows, these are {rows:,}."
    return UserError(message, hint="Write CSV or Parquet, or fewer rows.", place=step.path)


def _write(job: Job, step: WriteExcel, book: Any) -> int:
    columns = job.table.columns
    sheet = book.add_worksheet(step.sheet)
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "timestamp_tz": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "time": book.add_format({"num_format": "hh:mm:ss"}),
    }
    row = 0
    if step.header:
        bold = book.add_format({"bold": True})
        for at, column in enumerate(columns):
            _text(sheet, 0, at, column.name, column.name, step, bold)
        row = 1
    values = {column.name: quoted(column.name) if _kept(column) else job.text(column, "") for column in columns}
    broken = [column for column in columns if job.broken(column)]
    values |= {companion(column.name): quoted(companion(column.name)) for column in broken}
    writers = [_cell(sheet, at, column, step, formats) for at, column in enumerate(columns)]
    for batch in job.batches(job.select(values)):
        if row + batch.num_rows > SHEET_ROWS:
            raise _too_many(row + batch.num_rows, SHEET_ROWS - int(step.header), step)
        cells = [batch.column(at).to_pylist() for at in range(len(columns))]
        wrong = {columns.index(column): batch.column(len(columns) + at).to_pylist() for at, column in enumerate(broken)}
        for number in range(batch.num_rows):
            for at, write in enumerate(writers):
                if at in wrong and wrong[at][number] is not None:
                    _text(sheet, row, at, step.errors, columns[at].name, step)
                elif cells[at][number] is not None:
                    write(row, cells[at][number])
            row += 1
    return row - int(step.header)


def _kept(column: ColumnInfo) -> bool:
    """Whether a column's values go to the sheet as they are; the others as texts."""
    return column.type in {"integer", "decimal", "boolean", "date", "time", "timestamp", "timestamp_tz"}


def _cell(sheet: Any, at: int, column: ColumnInfo, step: WriteExcel, formats: dict[str, Any]) -> Callable[[int, Any], None]:
    """What writes a value of the column into a row."""

    def number(row: int, value: Any) -> None:
        if isinstance(value, float) and not math.isfinite(value):
            if not math.isnan(value):
                _text(sheet, row, at, str(value), column.name, step)
        elif isinstance(value, int) and abs(value) >= 10**15:
            _text(sheet, row, at, str(value), column.name, step)
        else:
            sheet.write_number(row, at, value)

    def moment(row: int, value: Any) -> None:
        day = value.date() if isinstance(value, dt.datetime) else value
        if isinstance(day, dt.date) and day < _FIRST_DAY:
            _text(sheet, row, at, value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat(), column.name, step)
            return
        plain = value.astimezone(dt.UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
        sheet.write_datetime(row, at, plain, formats[column.type])

    def text(row: int, value: Any) -> None:
        _text(sheet, row, at, value, column.name, step)

    def truth(row: int, value: Any) -> None:
        sheet.write_boolean(row, at, value)

    match column.type:
        case "integer" | "decimal":
            return number
        case "boolean":
            return truth
        case "date" | "time" | "timestamp" | "timestamp_tz":
            return moment
        case _:
            return text


def _text(sheet: Any, row: int, at: int, value: str, name: str, step: WriteExcel, look: Any = None) -> None:
    if len(value.encode("utf-16-le")) // 2 > _LONGEST:
        raise UserError(
            f"A text in {name} has {len(value):,} characters; a cell of Excel has room for {_LONGEST:,}.",
            hint="Write CSV or Parquet, or shorten it before.", place=step.path,
        )  # fmt: skip
    sheet.write_string(row, at, value, look)
