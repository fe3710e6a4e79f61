"""Adding a data source with the wizard."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.dataprep.sources import DataSource
from workbench.desktop.data.source_page import SourcePage
from workbench.desktop.data.wizard.wizard import AddSourceWizard

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # the offscreen platform, for popups


def _open(bench: Any, path: Path) -> AddSourceWizard:
    bench.activity.add_source()
    wizard: AddSourceWizard = bench.activity.wizard
    QTest.keyClicks(wizard.file_page.path, str(path))
    QTest.keyClick(wizard.file_page.path, Qt.Key.Key_Return)
    bench.until(lambda: wizard.file_page.sentence not in {"", "Looking at the file …"})
    return wizard


def test_that_a_csv_becomes_a_saved_source_with_the_types_that_were_chosen(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("day;amount;note\n2024-01-02;1,5;a\n2024-01-03;2,25;b\n2024-02-04;10,0;c\n")
    wizard = _open(bench, path)
    assert "semicolon" in wizard.file_page.sentence
    bench.qtbot.mouseClick(wizard.next_button, Qt.MouseButton.LeftButton)
    assert wizard.details_page.decimal.currentData() == ","
    bench.until(lambda: wizard.details_page.grid.model.rows == 3)
    bench.qtbot.mouseClick(wizard.next_button, Qt.MouseButton.LeftButton)
    assert wizard.types_page.groups["Date"].text() == "Date (1)"
    combo = wizard.types_page.combos["amount"]
    combo.setCurrentIndex(combo.findData("string"))
    combo.activated.emit(combo.currentIndex())
    bench.qtbot.mouseClick(wizard.next_button, Qt.MouseButton.LeftButton)
    bench.until(lambda: isinstance(bench.activity.page, SourcePage) and bench.activity.page.data.view is not None)
    source = DataSource.load(bench.folder / "sales.wbsource")
    assert {column.name: column.type for column in source.spec.columns} == {"day": "date", "amount": "string", "note": "string"}
    assert bench.names() == ["day", "amount", "note"]


def test_that_the_first_page_can_finish_with_what_was_detected(bench: Any) -> None:
    wizard = _open(bench, bench.folder / "flights.csv")
    bench.qtbot.mouseClick(wizard.finish_button, Qt.MouseButton.LeftButton)
    bench.until(lambda: isinstance(bench.activity.page, SourcePage))
    assert (bench.folder / "flights-1.wbsource").is_file()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (bytes(range(256)) * 40, "binary file"), (b"PK\x03\x04" + b"x" * 400, "damaged archive")],
)
def test_that_a_file_without_a_table_gives_a_sentence_in_place(bench: Any, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    wizard = _open(bench, path)
    assert words in wizard.file_page.sentence
    assert not wizard.next_button.isEnabled()
    assert not wizard.finish_button.isEnabled()
    wizard.reject()
    assert not bench.problems


def test_that_another_delimiter_is_previewed_and_typed_anew(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "pipes.txt"
    path.write_text("a|b\n1|x\n2|y\n3|z\n")
    wizard = _open(bench, path)
    wizard.next()
    bench.until(lambda: len(wizard.details_page.grid.model.columns) == 2)
    wizard.details_page.delimiter.setCurrentIndex(0)
    bench.until(lambda: len(wizard.details_page.grid.model.columns) == 1)
    bench.idle()
    assert wizard.draft is not None
    assert [column.name for column in wizard.draft.spec.columns] == ["a|b"]
    wizard.reject()


def test_that_day_and_month_are_asked_when_the_data_cannot_tell(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("d,x\n01/02/2020,1\n03/04/2020,2\n05/06/2020,3\n")
    wizard = _open(bench, path)
    wizard.next()
    wizard.next()
    question = wizard.types_page.questions["d"]
    question.setCurrentIndex(1)
    question.activated.emit(1)
    assert wizard.draft is not None
    column = wizard.draft.spec.columns[0]
    assert (column.type, column.format) == ("date", wizard.draft.detected.questions[0].choices[0])
    wizard.reject()


def test_that_the_sample_data_are_added_once_and_opened(bench: Any) -> None:
    (bench.folder / "flights.csv").unlink()
    (bench.folder / "flights.wbsource").unlink()
    bench.activity.reload()
    bench.idle()
    assert bench.activity.samples_lacking()
    bench.context.commands.run("data.add_samples")
    bench.until(lambda: isinstance(bench.activity.page, SourcePage) and bench.activity.page.data.view is not None)
    bench.idle()
    assert bench.activity.page.path.stem == "flights"
    assert DataSource.load(bench.folder / "weather.wbsource").path == "weather.csv"
    assert not bench.activity.samples_lacking()
    assert not bench.context.commands.enabled("data.add_samples")
    assert not bench.problems


def test_that_fixed_width_is_found_edited_and_changed_to_plain_text(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "fixed.txt"
    path.write_text("id  name        qty\n1   Bolt M8      10\n2   Nut           5\n3   Gear wheel    7\n")
    wizard = _open(bench, path)
    assert "fixed width" in wizard.file_page.sentence
    wizard.next()
    page = wizard.details_page
    bench.until(lambda: len(page.grid.model.columns) == 3)
    assert page.starts.isVisible()
    assert not page.delimiter.isVisible()
    page.starts.setText("0, 2, 4, 1")
    bench.until(page.says.isVisible)
    assert "begin at 0 and rise" in page.says.text()
    page.starts.setText("0, 4")
    bench.until(lambda: len(page.grid.model.columns) == 2)
    page.kind.setCurrentIndex(page.kind.findData("lines"))
    page.kind.activated.emit(page.kind.currentIndex())
    bench.until(lambda: len(page.grid.model.columns) == 1)
    assert wizard.draft is not None
    assert [column.name for column in wizard.draft.spec.columns] == ["line"]
    page.kind.setCurrentIndex(page.kind.findData("delimited"))
    page.kind.activated.emit(page.kind.currentIndex())
    bench.until(page.delimiter.isVisible)
    bench.idle()
    wizard.reject()
    assert not bench.problems


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", '[{"a": 1, "b": [1, 2], "c": {"d": 1}}]'), ("a.jsonl", '{"a": 1}\n{"a": 2}\n')]
)
def test_that_a_source_that_is_no_text_skips_the_details(bench: Any, tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    wizard = _open(bench, path)
    assert "JSON" in wizard.file_page.sentence
    wizard.next()
    assert wizard.index == 2
    assert "a" in wizard.types_page.combos
    wizard.reject()
    assert not bench.problems


def test_that_the_code_of_each_kind_of_text_reads_it(tmp_path: Path) -> None:
    import subprocess
    import sys

    from workbench.desktop.data.codefile import write_code

    for name, text in {
        "a.csv": "n;x\n1.234,5;a\n2,5;b\n",
        "b.txt": "id  name        qty\n1   Bolt M8      10\n2   Nut           5\n3   Gear wheel    7\n",
    }.items():
        (tmp_path / name).write_text(text)
        DataSource.create(tmp_path / name, tmp_path).save(tmp_path / f"{name}.wbsource")
        code = write_code(tmp_path / f"{name}.wbsource")
        run = subprocess.run([sys.executable, str(code)], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        assert ("1234.5" if name == "a.csv" else "Gear wheel") in run.stdout
