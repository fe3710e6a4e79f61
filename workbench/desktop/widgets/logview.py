"""A log: a ring of lines in a table view, following its end, searched in place; terminal colours are taken out."""

import re
from collections import deque
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import icon_button
from workbench.desktop.widgets.search import SearchBox

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_LINES = 200_000
_MAX_WIDTH = 4_000
_TROUBLE = re.compile(r"\b(error|exception|traceback|failed|fatal)\b", re.IGNORECASE)
_RAISED = re.compile(r"^[\w.]*(Error|Exception)(:|$)")  # the last line of a traceback; not `mean_absolute_error: 0.3`
_CALM = re.compile(r"\b(DEBUG|INFO)\b")  # `INFO uvicorn.error: started` is no trouble


class _Lines(QAbstractTableModel):
    """The ring of lines; the last may be unfinished."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: deque[str] = deque()
        self.dropped = 0
        self._open = False
        self._carry = ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == _DISPLAY and index.isValid() and index.row() < len(self.lines):
            return self.lines[index.row()]
        return None

    def append(self, text: str) -> None:
        """Adds text as it came; an unfinished escape sequence waits for its rest."""
        text = self._carry + text
        self._carry = ""
        if (at := text.rfind("\x1b")) >= 0 and len(text) - at < 64 and not _ANSI.match(text, at):
            text, self._carry = text[:at], text[at:]
        text = _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))
        if not text:
            return
        parts = [_overwritten(part)[:_MAX_WIDTH].expandtabs(4) for part in text.split("\n")]
        if self._open and self.lines:
            rest = "\r" + parts[0] if text.startswith("\r") else parts[0]
            self.lines[-1] = _overwritten(self.lines[-1] + rest)[:_MAX_WIDTH] if not text.startswith("\r") else parts[0]
            last = self.index(len(self.lines) - 1, 0)
            self.dataChanged.emit(last, last)
            parts = parts[1:]
        self._open = not text.endswith("\n")
        if not self._open and parts and parts[-1] == "":
            parts.pop()
        if parts:
            self.beginInsertRows(QModelIndex(), len(self.lines), len(self.lines) + len(parts) - 1)
            self.lines.extend(parts)
            self.endInsertRows()
        if (over := len(self.lines) - _MAX_LINES) > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            for _ in range(over):
                self.lines.popleft()
            self.dropped += over
            self.endRemoveRows()

    def clear(self) -> None:
        self.beginResetModel()
        self.lines.clear()
        self.dropped = 0
        self._open = False
        self._carry = ""
        self.endResetModel()


def _overwritten(line: str) -> str:
    """What a terminal would show of a line with carriage returns (a progress bar): its last state."""
    return line.rstrip("\r").rsplit("\r", 1)[-1]


def _is_trouble(line: str) -> bool:
    found = _TROUBLE.search(line) is not None or _RAISED.match(line) is not None
    return found and _CALM.search(line[:60]) is None


class _Painter(QStyledItemDelegate):
    """Paints number and line in the fixed font, our own lines muted, trouble in red, matches marked."""

    def __init__(self, log: "LogView") -> None:
        super().__init__(log)
        self._log = log

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = theme().tokens
        rect: QRect = option.rect
        line = self._log.model.lines[index.row()] if index.row() < len(self._log.model.lines) else ""
        painter.save()
        painter.setFont(self._log.line_font)
        metrics = painter.fontMetrics()
        if self._log.view.selectionModel().isRowSelected(index.row()):
            painter.fillRect(rect, tokens.selection)
        gutter = self._log.gutter
        painter.setPen(tokens.disabled)
        number = str(index.row() + 1 + self._log.model.dropped)
        painter.drawText(
            QRect(rect.x(), rect.y(), gutter - 12, rect.height()),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            number,
        )
        if needle := self._log.needle:
            at = line.casefold().find(needle)
            while at >= 0:
                mark = QColor(tokens.warn)
                mark.setAlphaF(0.35)
                left = rect.x() + gutter + metrics.horizontalAdvance(line[:at])
                painter.fillRect(
                    QRect(left, rect.y() + 1, metrics.horizontalAdvance(line[at : at + len(needle)]), rect.height() - 2), mark
                )
                at = line.casefold().find(needle, at + len(needle))
        painter.setPen(tokens.muted if line.startswith("[workbench]") else tokens.bad if _is_trouble(line) else tokens.text)
        painter.drawText(rect.adjusted(gutter, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()


class _LogTable(QTableView):
    """The view: copies whole lines; scrolling up stops following, End resumes it."""

    def __init__(self, log: "LogView") -> None:
        super().__init__(log)
        self._log = log

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._log.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._log.copy()
        elif event.matches(QKeySequence.StandardKey.Find):
            self._log.search.setFocus()
        elif event.key() == Qt.Key.Key_End:
            self._log.follow = True
        else:
            super().keyPressEvent(event)


class LogView(QWidget):
    """Shows a text that grows. `append` takes chunks as they come; `follow` keeps the end in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.needle = ""
        self.gutter = 48
        self._follow = True
        self._moving = False
        self._widest = 0
        self.model = _Lines(self)
        self.view = _LogTable(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Painter(self))
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.horizontalHeader().hide()
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.search = SearchBox("Find in the log")
        self.search.setMaximumWidth(280)
        self.search.search_changed.connect(self._on_search)
        self.search.returnPressed.connect(self.find_next)
        self._found = QLabel()
        self._found.setProperty("role", "small")
        self._follow_box = QCheckBox("Follow")
        self._follow_box.setChecked(True)
        self._follow_box.toggled.connect(self._on_follow_toggled)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.addWidget(self.search, 1)
        bar.addWidget(icon_button("chevron-up", "Previous match", self.find_previous))
        bar.addWidget(icon_button("chevron-down", "Next match", self.find_next))
        bar.addWidget(self._found)
        bar.addStretch(1)
        bar.addWidget(self._follow_box)
        bar.addWidget(icon_button("copy", "Copy the selected lines, or the whole log", self.copy))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        theme().theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def follow(self) -> bool:
        """Whether the end stays in view."""
        return self._follow

    @follow.setter
    def follow(self, on: bool) -> None:
        self._follow = on
        self._follow_box.setChecked(on)
        if on:
            self._to_end()

    @property
    def text(self) -> str:
        return "\n".join(self.model.lines)

    def append(self, text: str) -> None:
        """Adds a chunk; chunks need not end at line ends."""
        if not text:
            return
        before = len(self.model.lines)
        self._moving = True
        self.model.append(text)
        self._moving = False
        metrics = self.view.fontMetrics()
        new = list(self.model.lines)[-min(500, max(1, len(self.model.lines) - before + 1)) :]
        longest = max((len(line) for line in new), default=0)
        if longest > self._widest:
            self._widest = longest
            self.fit()
        self.gutter = metrics.horizontalAdvance("0") * max(3, len(str(len(self.model.lines) + self.model.dropped))) + 26
        if self._follow:
            self._to_end()

    def set_text(self, text: str) -> None:
        """Shows this text instead."""
        self.clear()
        self.append(text)

    def clear(self) -> None:
        self.model.clear()
        self._widest = 0
        self.fit()

    def copy(self) -> None:
        """Copies the selected lines, or all."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        lines = [self.model.lines[row] for row in rows] if rows else list(self.model.lines)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def find_next(self) -> None:
        self._find(1)

    def find_previous(self) -> None:
        self._find(-1)

    def _find(self, step: int) -> None:
        count = len(self.model.lines)
        if not self.needle or not count:
            return
        start = self.view.currentIndex().row()
        lines = list(self.model.lines)
        for distance in range(1, count + 1):
            row = (start + step * distance) % count
            if self.needle in lines[row].casefold():
                self.follow = False
                place, how = self.model.index(row, 0), QItemSelectionModel.SelectionFlag
                self.view.selectionModel().setCurrentIndex(place, how.ClearAndSelect | how.Rows)  # Shift is held for backwards
                self.view.scrollTo(place, QAbstractItemView.ScrollHint.PositionAtCenter)
                return

    def _on_search(self, text: str) -> None:
        self.needle = text.casefold()
        if self.needle:
            hits = sum(self.needle in line.casefold() for line in self.model.lines)
            self._found.setText(f"{hits:,} line{'' if hits == 1 else 's'}")
            self._find(1)
        else:
            self._found.setText("")
        self.view.viewport().update()

    def _on_follow_toggled(self, on: bool) -> None:
        self._follow = on
        if on:
            self._to_end()

    def _on_scrolled(self, value: int) -> None:
        if self._moving or not self.isVisible():
            return
        at_end = value >= self.view.verticalScrollBar().maximum()
        if at_end != self._follow and self.model.lines:
            self._follow = at_end
            self._follow_box.setChecked(at_end)

    def _to_end(self) -> None:
        self._moving = True
        self.view.scrollToBottom()
        self._moving = False

    def fit(self) -> None:
        """Makes the one column as wide as the view and the longest line."""
        width = self.view.fontMetrics().horizontalAdvance("0") * (self._widest + 2) + self.gutter
        self._moving = True
        self.view.setColumnWidth(0, max(width, self.view.viewport().width()))
        self._moving = False

    def _on_theme_changed(self) -> None:
        self.line_font = theme().mono_font
        self.view.setFont(self.line_font)
        self.view.verticalHeader().setMinimumSectionSize(12)
        self.view.verticalHeader().setDefaultSectionSize(self.view.fontMetrics().height() + 3)
        self.view.viewport().update()
