"""Workbooks (xlsx, xlsm, xlsb, xls, ods), read by calamine. Cells keep their types; cells such as #N/A are error cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, NotFound, UserError
from workbench.dataprep.cells import MARK
from workbench.dataprep.columns import ColumnInfo, ColumnType, listed
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.guessing import guess_column
from workbench.dataprep.sources.loading import Given, create, lacking, missing_file, typed
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.pythonvalues import arrays, arrow_type, text_of, type_of_values
from workbench.dataprep.sources.reader import FileReader, Loaded
from workbench.dataprep.sources.specs import ExcelSpec, Question, SourceColumn

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample

ERRORS = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"})
_CELL = re.compile(rb"<c\b[^>]*>")
_BATCH = 50_000
_MOST_CELLS = 50_000_000
_MOSTLY = 0.9


@dataclass(frozen=True)
class _Fault:
    """A cell that is an error in the workbook itself."""

    code: str


@dataclass(frozen=True)
class _Grid:
    """The cells of a sheet's range, with None for empty ones, and the number of its first row in the sheet, counted from 1."""

    rows: list[list[Any]]
    first: int


class ExcelReader(FileReader[ExcelSpec]):
    """One sheet of a workbook."""

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        import pyarrow as pa

        spec, name = self._spec, self._path.name
        if progress is not None:
            progress(0.0, f"Reading {name}")
        grid = _grid(self._path, spec)
        names, body = _split(grid, spec)
        columns, notes = (spec.columns, ()) if not spec.header else lacking(spec.columns, names, name)
        columns = tuple(columns[: len(names)]) if not spec.header else columns
        if added := [each for each in names if each not in {c.name for c in spec.columns}] if spec.header else []:
            notes = (*notes, f"{name} has the new column {listed(added)}.")
            columns = (*columns, *(_column(each, [row[names.index(each)] for row in body])[0] for each in added))
        at = [names.index(column.name) if spec.header else number for number, column in enumerate(columns)]
        types = [_given_type(column, [row[place] for row in body]) for column, place in zip(columns, at, strict=True)]
        given = [
            Given(column.name, ColumnInfo(column.name, type_), f"v{number}", f"t{number}", f"e{number}")
            for number, (column, type_) in enumerate(zip(columns, types, strict=True))
        ]
        schema = pa.schema(
            [
                field
                for number, type_ in enumerate(types)
                for field in ((f"v{number}", arrow_type(type_)), (f"t{number}", pa.string()), (f"e{number}", pa.string()))
            ]
        )
        with store.cursor() as cursor:
            cursor.register("cells_of_sheet", pa.Table.from_batches(list(_batches(body, at, types, schema, cancel)), schema))
            select = typed(given, columns, "cells_of_sheet")
            loaded = create(cursor, table, select, columns, name, sample=sample, cancel=cancel, progress=progress)
            cursor.unregister("cells_of_sheet")
        return Loaded(loaded.rows, loaded.truncated, (*notes, *loaded.notes))


def _given_type(column: SourceColumn, values: list[Any]) -> ColumnType:
    """As what a column's cells are handed on: the declared type, or the cells' own where the declared one must be converted to."""
    own = type_of_values((value for value in values if not isinstance(value, _Fault)), whole=True)
    same = {own, column.type} <= {"integer", "decimal"} or {own, column.type} <= {"date", "timestamp"}
    return column.type if same else own


def _batches(
    body: list[list[Any]], at: Sequence[int], types: Sequence[ColumnType], schema: pa.Schema, cancel: Cancel | None
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for start in range(0, len(body), _BATCH):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        rows = body[start : start + _BATCH]
        parts: list[pa.Array] = []
        for place, type_ in zip(at, types, strict=True):
            cells = [row[place] for row in rows]
            faults = [cell.code + MARK + cell.code if isinstance(cell, _Fault) else None for cell in cells]
            parts += [*arrays([None if isinstance(cell, _Fault) else cell for cell in cells], type_), pa.array(faults, pa.string())]
        yield pa.RecordBatch.from_arrays(parts, schema=schema)


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets in order."""
    return list(_workbook(path).sheet_names)


def detect_excel(path: Path) -> ExcelSpec:
    """How a workbook is read: its first sheet that holds a table. Raises UserError for one that is damaged or empty."""
    workbook = _workbook(path)
    found: ExcelSpec | None = None
    for name in workbook.sheet_names:
        try:
            grid = _grid(path, ExcelSpec(sheet=name))
        except UserError:
            continue
        if grid.rows:
            found = _described(grid, ExcelSpec(sheet=name))
            break
    if found is None:
        raise UserError(f"{path.name} holds no sheet with a table.", hint="Choose another file.", place=str(path))
    if len(workbook.sheet_names) > 1:
        others = [name for name in workbook.sheet_names if name != found.sheet]
        note = f"The sheet {found.sheet} is read; the workbook also has {listed(others)}."
        found = found.model_copy(update={"notes": (note, *found.notes)})
    return found


def describe_excel(path: Path, spec: ExcelSpec) -> ExcelSpec:
    """The columns as the user's choice of sheet, range and header gives them. Raises UserError, NotFound."""
    grid = _grid(path, spec)
    if not grid.rows:
        raise UserError(f"The sheet {spec.sheet} of {path.name} is empty there.", hint="Choose another sheet or range.")
    names, body = _split(grid, spec)
    return _with_columns(spec, names, body)


def _described(grid: _Grid, spec: ExcelSpec) -> ExcelSpec:
    rows = grid.rows
    width = max(sum(cell is not None for cell in row) for row in rows[:200])
    skip = next((n for n, row in enumerate(rows[:50]) if sum(cell is not None for cell in row) * 2 > width), 0)
    spec = spec.model_copy(update={"skip_rows": skip, "header": _has_header(rows[skip:])})
    names, body = _split(grid, spec)
    return _with_columns(spec, names, body)


def _has_header(rows: list[list[Any]]) -> bool:
    first, rest = rows[0], rows[1:2000]
    named = [cell for cell in first if cell is not None]
    if not named or not all(isinstance(cell, str) for cell in named):
        # years and the like above numbers: names only where what stands below is of another kind
        return False
    if not rest:
        return len(named) > 1
    if any(
        type_of_values(row[n] for row in rest) != "string" for n in range(len(first)) if any(row[n] is not None for row in rest)
    ):
        return True
    return not any(cell in [row[n] for row in rest] for n, cell in enumerate(first) if cell is not None)


def _with_columns(spec: ExcelSpec, names: list[str], body: list[list[Any]]) -> ExcelSpec:
    found = [_column(name, [row[number] for row in body]) for number, name in enumerate(names)]
    questions = tuple(question for _, question in found if question is not None)
    asked = tuple(f"{q.column} stays text until it is said whether the day or the month comes first." for q in questions)
    return spec.model_copy(
        update={"columns": tuple(column for column, _ in found), "questions": questions, "notes": (*spec.notes, *asked)}
    )


def _column(name: str, values: list[Any]) -> tuple[SourceColumn, Question | None]:
    """A column by its cells: what nearly all of them are; texts that are dates or numbers are told by their form."""
    cells = [value for value in values if value is not None and not isinstance(value, _Fault)]
    type_ = type_of_values(cells, whole=True)
    texts = [cell for cell in cells if isinstance(cell, str)]
    if type_ == "string" and cells and 0 < len(texts) <= len(cells) * (1 - _MOSTLY):
        type_ = type_of_values((cell for cell in cells if not isinstance(cell, str)), whole=True)
    if type_ == "string" and cells and len(texts) == len(cells):
        guess = guess_column(texts)
        if guess.type in {"date", "timestamp", "timestamp_tz", "time"} and not guess.markers:
            return SourceColumn(name=name, type=guess.type, format=guess.format), None
        return SourceColumn(name=name, type="string"), guess.question(name)
    return SourceColumn(name=name, type=type_), None


def _split(grid: _Grid, spec: ExcelSpec) -> tuple[list[str], list[list[Any]]]:
    """The column names, and the rows below them."""
    rows = grid.rows[spec.skip_rows :]
    if not rows:
        return [], []
    if not spec.header:
        return [f"Column{number}" for number in range(1, len(rows[0]) + 1)], rows
    heads = [None if cell is None or isinstance(cell, _Fault) else " ".join(text_of(cell).split()) for cell in rows[0]]
    return harmless(heads), rows[1:]


def _workbook(path: Path) -> Any:
    import python_calamine

    if not path.is_file():
        raise missing_file(path)
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise UserError(f"{path.name} is protected by a password.", hint="Save it without one first.", place=str(path)) from error
    except Exception as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UserError:
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    return UserError(f"{path.name} cannot be read as a workbook: {reason}.", hint="Get the file again.", place=str(path))


def _grid(path: Path, spec: ExcelSpec) -> _Grid:
    """The cells of the sheet's range. Raises NotFound with the sheets there are, UserError."""
    workbook = _workbook(path)
    names = list(workbook.sheet_names)
    if isinstance(spec.sheet, int):
        if not 1 <= spec.sheet <= len(names):
            raise NotFound(f"{path.name} has {len(names)} sheets: there is no sheet {spec.sheet}.", hint=f"It has {listed(names)}.")
        name = names[spec.sheet - 1]
    else:
        name = spec.sheet
        if name not in names:
            raise NotFound(f"{path.name} has no sheet {name}.", hint=f"It has {listed(names)}.", place=str(path))
    xml = _sheet_xml(path, name)
    _check_size(path, name, xml)
    try:
        sheet = workbook.get_sheet_by_name(name)
        cells: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    except BaseException as error:  # calamine's panics are no Exceptions
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise _damaged(path, Exception(str(error))) from error
    faults = _faults_in(xml)
    rows = [[_value(cell) for cell in row] for row in cells]
    for (row, column), code in faults.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = _Fault(code)
    return _cut(rows, spec.range)


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return None if cell == "" else _Fault(cell) if cell in ERRORS else cell
    return cell


def _cut(rows: list[list[Any]], range_: str) -> _Grid:
    """The part that a range such as B2:F100 names; without one, what lies between the first and the last used cells."""
    if range_:
        first, _, last = range_.upper().partition(":")
        top, left = _place(first)
        bottom, right = _place(last) if last else (len(rows) - 1, max((len(row) for row in rows), default=0) - 1)
        top, bottom = sorted((top, bottom)) if last else (top, bottom)
        left, right = sorted((left, right)) if last else (left, right)
        part = [row[left : right + 1] for row in rows[top : bottom + 1]]
        width = max((len(row) for row in part), default=0)
        part = [row + [None] * (width - len(row)) for row in part] if width else []
        while part and all(cell is None for cell in part[-1]):
            part.pop()
        return _Grid(part, top + 1)
    used = [number for number, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not used:
        return _Grid([], 1)
    body = rows[used[0] : used[-1] + 1]
    columns = [n for n in range(max(map(len, body))) if any(n < len(row) and row[n] is not None for row in body)]
    left, right = columns[0], columns[-1]
    return _Grid([[row[n] if n < len(row) else None for n in range(left, right + 1)] for row in body], used[0] + 1)


def _place(cell: str) -> tuple[int, int]:
    """Row and column of a cell such as B2, from 0."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :] or 1) - 1, column - 1


def _sheet_xml(path: Path, sheet: str) -> bytes:
    """The text of a sheet of an xlsx workbook; empty for the other formats, and where it cannot be found."""
    import zipfile
    from xml.etree import ElementTree as ET

    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return b""
            book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 (expat as Python ships it bounds entities)
            relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
            targets = {each.get("Id"): each.get("Target", "") for each in relations}
            for element in book.iter():
                if element.tag.endswith("}sheet") and element.get("name") == sheet:
                    key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
                    target = targets.get(key, "")
                    entry = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                    return archive.read(entry)
    except (OSError, zipfile.BadZipFile, ET.ParseError, KeyError, NotImplementedError, RuntimeError, ValueError, EOFError):
        return b""
    except Exception as error:  # zlib has an error of its own
        if type(error).__name__ != "error":
            raise
    return b""


def _check_size(path: Path, sheet: str, xml: bytes) -> None:
    """Raises UserError for a sheet whose used cells lie so far apart that the cells between them would fill the memory."""
    rows = max((int(found) for found in re.findall(rb'<row [^>]{0,40}?\br="([0-9]{1,7})"', xml)), default=0)
    columns = max((_place(found.decode())[1] + 1 for found in set(re.findall(rb'<c r="([A-Z]{1,3})', xml))), default=0)
    if rows * columns > _MOST_CELLS:
        raise UserError(
            f"The sheet {sheet} of {path.name} is too large: {rows:,} rows and {columns:,} columns.",
            hint="Delete stray cells far from the table, or save the sheet as CSV.",
            place=str(path),
        )


def _faults_in(xml: bytes) -> dict[tuple[int, int], str]:
    """The error cells, by row and column from 0: calamine gives them as empty. Those of other formats than xlsx are missing."""
    if b't="e"' not in xml:
        return {}
    found: dict[tuple[int, int], str] = {}
    for match in _CELL.finditer(xml):
        tag = match.group()
        if b't="e"' not in tag or not (at := re.search(rb'\br="([A-Z]{1,3}[0-9]{1,7})"', tag)):
            continue
        value = re.match(rb"(?:(?!</c>).)*?<v>([^<]{1,40})</v>", xml[match.end() : match.end() + 20_000], re.DOTALL)
        found[_place(at.group(1).decode())] = value.group(1).decode("utf-8", "replace") if value else "#ERROR"
    return found
