"""The list of what could be written at the cursor. It never takes the focus: the editor's keys steer it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.desktop.theme import theme

_ROWS = 9
_MOST = 200


class CompletionList(QFrame):
    """Floats in the window of `editor`, over the line it belongs to when there is no room below."""

    chosen = Signal(str)

    def __init__(self, editor: QWidget) -> None:
        super().__init__(editor)
        self._editor = editor
        self.setProperty("popup", True)
        self.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName("Completions")
        self._list.itemClicked.connect(self._on_clicked)
        layout.addWidget(self._list)

    @property
    def texts(self) -> list[str]:
        """What is offered."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    @property
    def current(self) -> str:
        item = self._list.currentItem()
        return item.text() if item is not None else ""

    def offer(self, texts: Sequence[str], line: QRect) -> None:
        """Shows the texts at `line`, a rectangle in the editor's coordinates; the first is current."""
        metrics = QFontMetricsF(theme().mono_font)
        row = theme().metrics.row - 4
        self._list.clear()
        for text in texts[:_MOST]:
            item = QListWidgetItem(text)
            item.setFont(theme().mono_font)
            item.setSizeHint(QSize(0, row))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        width = max(metrics.horizontalAdvance(text) for text in texts[:_MOST])
        size = (min(520, max(160, round(width) + 48)), row * min(len(texts), _ROWS) + 12)
        window = self._editor.window()
        self.setParent(window)
        below = self._editor.mapTo(window, line.bottomLeft() + QPoint(-8, 4))
        above = self._editor.mapTo(window, line.topLeft() + QPoint(-8, -4 - size[1]))
        place = below if below.y() + size[1] <= window.height() or above.y() < 0 else above
        self.setGeometry(max(4, min(place.x(), window.width() - size[0] - 4)), place.y(), *size)
        self.show()
        self.raise_()

    def handle(self, key: int) -> bool:
        """Takes a key that steers the list; False when it is none."""
        if not self.isVisible():
            return False
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if key in moves:
            count, step = self._list.count(), moves[Qt.Key(key)]
            row = self._list.currentRow() + step
            self._list.setCurrentRow(row % count if abs(step) == 1 else max(0, min(count - 1, row)))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}:
            text = self.current
            self.hide()
            self.chosen.emit(text)
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.text())
