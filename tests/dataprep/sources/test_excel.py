"""Workbooks."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import NotFound, UserError
from workbench.dataprep.sources import DataSource, detect
from workbench.dataprep.sources.readers.excel import describe_excel, sheets
from workbench.dataprep.sources.specs import ExcelSpec


def workbook(path: Path, *rows: list[Any], sheet: str = "Data", **others: list[list[Any]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(row)
    for name, cells in others.items():
        page = book.create_sheet(name)
        for row in cells:
            page.append(row)
    for page in book.worksheets:
        for line in page.iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and cell.value.startswith("#"):
                    cell.data_type = "e"
    book.save(path)
    return path


def test_that_cells_keep_their_types(project: Path, read: Reading) -> None:
    workbook(
        project / "a.xlsx",
        ["i", "x", "s", "d", "ts", "t", "b", "long"],
        [1, 1.5, "é", dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4), dt.time(1, 2), True, dt.timedelta(hours=30)],  # noqa: DTZ001
        [None, 2, "", None, None, None, None, None],
    )
    found = read("a.xlsx")
    assert found.types == {
        "i": "integer", "x": "decimal", "s": "string", "d": "date", "ts": "timestamp", "t": "time", "b": "boolean",
        "long": "string",
    }  # fmt: skip
    assert found.rows == [
        (1, 1.5, "é", dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4), dt.time(1, 2), True, "30:00:00"),  # noqa: DTZ001
        (None, 2.0, None, None, None, None, None, None),
    ]


def test_that_errors_of_the_workbook_are_error_cells(project: Path, read: Reading) -> None:
    workbook(project / "a.xlsx", ["n", "s"], [1, "a"], ["#N/A", "#DIV/0!"], [3, "c"])
    found = read("a.xlsx")
    assert found.rows == [(1, "a"), (None, None), (3, "c")]
    assert found.errors == {(1, "n"): ("#N/A", "#N/A"), (1, "s"): ("#DIV/0!", "#DIV/0!")}


def test_that_a_few_texts_among_numbers_are_error_cells_and_a_mixture_is_text(project: Path, read: Reading) -> None:
    rows = [[number, number] for number in range(19)]
    workbook(project / "a.xlsx", ["n", "m"], *rows, ["none", "x"], ["", "y"], *[[None, f"z{number}"] for number in range(20)])
    found = read("a.xlsx")
    assert found.types == {"n": "integer", "m": "string"}
    assert found.errors == {(19, "n"): ("no whole number", "none")}
    assert [row[1] for row in found.rows[:3]] == ["0", "1", "2"]


def test_that_titles_above_the_table_are_left_out(project: Path, read: Reading) -> None:
    workbook(project / "a.xlsx", ["Sales of the year"], [], ["when", "what", "n"], [dt.date(2020, 1, 2), "x", 1], [None, "y", 2])
    found = read("a.xlsx")
    assert found.types == {"when": "date", "what": "string", "n": "integer"}
    assert len(found.rows) == 2


def test_that_a_sheet_is_chosen_by_name_or_number_and_a_range_within_it(project: Path, read: Reading) -> None:
    path = workbook(project / "a.xlsx", ["a"], [1], Second=[[None, "x", "y"], [None, 1, 2], [None, 3, 4], [None, 5, 6]])
    assert sheets(path) == ["Data", "Second"]
    for sheet in ("Second", 2):
        spec = describe_excel(path, ExcelSpec(sheet=sheet, range="B1:C3"))
        assert read(DataSource.create(path, project, spec)).rows == [(1, 2), (3, 4)]
    spec = describe_excel(path, ExcelSpec(sheet=2, range="C2", header=False))
    assert read(DataSource.create(path, project, spec)).rows == [(2,), (4,), (6,)]
    assert spec.columns[0].name == "Column1"


def test_that_a_missing_sheet_is_told_with_those_there_are(project: Path, read: Reading) -> None:
    path = workbook(project / "a.xlsx", ["a", "b"], [1, 2])
    with pytest.raises(NotFound, match=r"a\.xlsx has no sheet Nope\. It has Data\."):
        read(DataSource.create(path, project, ExcelSpec(sheet="Nope")))
    with pytest.raises(NotFound, match="there is no sheet 3"):
        read(DataSource.create(path, project, ExcelSpec(sheet=3)))


def test_that_old_excel_and_open_document_files_are_read(project: Path, read: Reading) -> None:
    import xlwt
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = xlwt.Workbook()
    sheet = book.add_sheet("Blatt")
    rows: list[list[Any]] = [["id", "name"], [1, "ä"], [2.5, "b"]]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    book.save(str(project / "a.xls"))
    document = OpenDocumentSpreadsheet()
    table = Table(name="Blatt")
    rows[2][1] = "#N/A"
    for cells in rows:
        line = TableRow()
        for cell in cells:
            kind: dict[str, Any] = {"valuetype": "string"} if isinstance(cell, str) else {"valuetype": "float", "value": cell}
            made = TableCell(**kind)
            made.addElement(P(text=str(cell)))
            line.addElement(made)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(project / "a.ods"))
    assert read("a.xls").rows == [(1.0, "ä"), (2.5, "b")]
    assert read("a.ods").rows == [(1.0, "ä"), (2.5, None)]


def test_that_names_are_made_harmless(project: Path, read: Reading) -> None:
    workbook(project / "a.xlsx", ["a", None, "A", "__row__"], [1, 2, 3, 4])
    assert list(read("a.xlsx").types) == ["a", "Column2", "A_2", "row__"]


def test_that_a_column_read_as_another_type_has_error_cells(project: Path, read: Reading) -> None:
    path = workbook(project / "a.xlsx", ["s", "n"], ["12", 1.5], ["x", 2])
    spec = detect(path).with_column("s", "integer").with_column("n", "integer")
    found = read(DataSource.create(path, project, spec))
    assert found.rows == [(12, None), (None, 2)]
    assert found.errors == {(0, "n"): ("no whole number", "1.5"), (1, "s"): ("no whole number", "x")}


def test_that_what_is_no_workbook_is_told_in_one_sentence(project: Path) -> None:
    path = project / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(UserError, match=r"a\.xls cannot be read as a workbook"):
        detect(path)
    with pytest.raises(UserError, match="holds no sheet with a table"):
        detect(workbook(project / "b.xlsx"))


def test_that_a_stray_cell_far_away_does_not_fill_the_memory(project: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["XFD1048576"] = 1, 2
    book.save(project / "a.xlsx")
    with pytest.raises(UserError, match="is too large: 1,048,576 rows and 16,384 columns"):
        describe_excel(project / "a.xlsx", ExcelSpec())
