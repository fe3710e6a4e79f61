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
    [(b"", "is empty"), (bytes(range(256)) * 40, "binary file"), (b"PK\x03\x04" + b"x" * 400, "ZIP archive")],
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
