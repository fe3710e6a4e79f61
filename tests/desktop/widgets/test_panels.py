"""Lists of names and values."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from workbench.desktop.widgets import KeyValueTable


def test_that_long_names_that_end_alike_are_shown_whole(themed: object, qtbot: QtBot) -> None:
    table = KeyValueTable()
    qtbot.addWidget(table)
    names = [f"model.encoder.layers.{number}.dropout_probability" for number in range(3)]
    table.set_rows([(name, "0.1") for name in (*names, "a_name_of_its_own_that_is_just_as_long_as_those", "rate")])
    table.resize(300, 300)
    table.show()
    shown = {part.text().replace("\u200b", ""): part for part in table.findChildren(QLabel)}
    assert set(names) <= shown.keys()
    assert shown[names[0]].wordWrap()
    assert shown[names[0]].textFormat() == Qt.TextFormat.PlainText
    assert shown[names[0]].height() >= 2 * shown["rate"].fontMetrics().height()
    assert any(text.startswith("…") and text.endswith("as_long_as_those") for text in shown)
    assert table.rows[0] == (names[0], "0.1")
