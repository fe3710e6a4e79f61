"""Labels of several lines, in a column that scrolls."""

from typing import Any

from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.desktop.widgets.basics import label

_SENTENCE = "The script was stopped: it used more than its 200 MB of memory. "


def _column(count: int) -> tuple[QScrollArea, list[QLabel]]:
    area, holder, labels = QScrollArea(), QWidget(), []
    area.setWidgetResizable(True)
    column = QVBoxLayout(holder)
    for number in range(count):
        card = QFrame()
        inner = QVBoxLayout(card)
        made = label(_SENTENCE * (1 + number % 3), "small", wrap=True)
        inner.addWidget(made)
        column.addWidget(card)
        labels.append(made)
    column.addStretch(1)
    area.setWidget(holder)
    return area, labels


def test_that_a_column_settles_at_each_height_with_and_without_its_scroll_bar(themed: Any, qtbot: QtBot) -> None:
    area, labels = _column(12)
    qtbot.addWidget(area)
    area.resize(300, 700)
    area.show()
    scrolls = set()
    for width in (240, 261, 300, 333):
        for height in range(300, 1100, 3):
            area.resize(width, height)
            QApplication.processEvents()
            scrolls.add(area.verticalScrollBar().isVisible())
            for one in labels:
                assert one.height() == one.heightForWidth(one.width())
    assert scrolls == {True, False}


def test_that_a_label_takes_as_much_as_its_text_needs_whatever_room_there_is(themed: Any, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    made = label(_SENTENCE, wrap=True)
    column.addWidget(made)
    column.addStretch(1)
    holder.resize(500, 600)
    holder.show()
    one_line = made.height()
    assert one_line == made.heightForWidth(made.width())
    made.setText(_SENTENCE * 5)
    QApplication.processEvents()
    assert made.height() == made.heightForWidth(made.width()) > 2 * one_line
    made.setText("Done.")
    QApplication.processEvents()
    assert made.height() == one_line
