"""Key-value lists, banners, breadcrumbs, splitters, pictures, code."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QTextCharFormat, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.icons import icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, ElidedLink, button, clear_layout, icon_button, label
from workbench.desktop.widgets.states import IconLabel
from workbench.schema import LineagePart

Link = Callable[[], object]
_NAMES_WIDTH, _NARROW_NAMES = 220, 148
_AFTER_SIGNS = re.compile(r"(?<=[./_:-])")
_LONG_WORD = 24  # characters


class KeyValueTable(QWidget):
    """Names at the left, values at the right; a value with a handler is a link; values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[str, str]] = []

    @property
    def rows(self) -> list[tuple[str, str]]:
        return self._rows

    @property
    def names_width(self) -> int:
        """What the longest name needs, in pixels."""
        return max((self.fontMetrics().horizontalAdvance(name) + 4 for name, _value in self._rows), default=0)

    def set_rows(self, rows: Sequence[tuple[str, str] | tuple[str, str, Link | None]]) -> None:
        """Shows (name, value) or (name, value, what a click on it does)."""
        clear_layout(self._grid)
        self._rows = [(row[0], row[1]) for row in rows]
        self._grid.setColumnMinimumWidth(0, min(self.names_width, _NAMES_WIDTH))
        alike = self._alike([row[0] for row in rows])
        for number, row in enumerate(rows):
            name: QLabel
            if row[0] in alike:
                name = label(_AFTER_SIGNS.sub("\u200b", row[0]), "muted", wrap=True)  # where lines may end
                name.setAccessibleName(row[0])
            else:
                name = ElidedLabel(row[0], "muted", Qt.TextElideMode.ElideLeft)  # `layers.12.bias`: its end tells it from others
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            link = row[2] if len(row) == 3 else None
            value: QWidget
            if link is not None:
                value = ElidedLink(row[1], link)
                self._grid.addWidget(value, number, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            else:
                value = _value(row[1] or "–")
                self._grid.addWidget(value, number, 1)
        self._grid.setRowStretch(len(rows), 1)

    def _alike(self, names: Sequence[str]) -> set[str]:
        """Those that would read the same when they are shortened."""
        metrics = self.fontMetrics()
        shown = [metrics.elidedText(name, Qt.TextElideMode.ElideLeft, _NARROW_NAMES) for name in names]
        counts = Counter(text for text, name in zip(shown, names, strict=True) if text != name)
        return {name for text, name in zip(shown, names, strict=True) if counts[text] > 1}


def _value(text: str) -> QLabel:
    """A value: several lines where it has spaces to break at, else one that is shortened in its middle."""
    if max(map(len, text.split()), default=0) > _LONG_WORD:
        value: QLabel = ElidedLabel(text, mode=Qt.TextElideMode.ElideMiddle)
    else:
        value = label(text, wrap=True, selectable=True)
    value.setContentsMargins(2, 0, 0, 0)  # links have an edge
    value.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)  # a name may have several lines
    return value


class Banner(QFrame):
    """A line across the page that stays until its cause is gone. `kind`: info, ok, warn or bad."""

    _ICONS = {"info": "info", "ok": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}  # noqa: RUF012 (a constant)

    def __init__(self, kind: str, text: str, action: tuple[str, Link] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 12, 5)
        self.setMinimumHeight(theme().metrics.row + 10)
        row.setSpacing(8)
        self._icon = IconLabel(self._ICONS[kind], 16, "accent" if kind == "info" else kind)
        row.addWidget(self._icon)
        self._text = ElidedLabel(text)
        row.addWidget(self._text, 1)
        self.action: QPushButton | None = None
        if action:
            self.action = button(*action)
            row.addWidget(self.action)
        self.setAccessibleName(text)

    def set_text(self, text: str) -> None:
        self._text.set_text(text)
        self.setAccessibleName(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), getattr(theme().tokens, f"{self._kind}_soft"))
        painter.setPen(theme().tokens.hairline)
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()


_KIND_ICONS = {
    "project": "folder",
    "data": "database",
    "preparation": "wand-sparkles",
    "run": "history",
    "model": "box",
    "service": "rocket",
}


class Breadcrumb(QWidget):
    """data › preparation › run › model › service: each part a link, several of a kind folded into one with a menu."""

    part_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self.parts: tuple[LineagePart, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_parts(self, parts: Sequence[LineagePart]) -> None:
        if self.parts == tuple(parts):
            return  # a button that is just being pressed, or its open menu, must not go
        self.parts = tuple(parts)
        clear_layout(self._layout, keep=1)
        groups: dict[str, list[LineagePart]] = {}
        for part in parts:
            groups.setdefault(part.kind, []).append(part)
        place = 0
        for kind, members in groups.items():
            if place:
                self._layout.insertWidget(place, IconLabel("chevron-right", 14, "disabled"))
                place += 1
            self._layout.insertWidget(place, self._segment(kind, members))
            place += 1

    def _on_part(self, part: LineagePart, _checked: bool = False) -> None:
        self.part_clicked.emit(part)

    def _segment(self, kind: str, members: list[LineagePart]) -> QToolButton:
        segment = QToolButton()
        first = members[0]
        text = first.title.replace("\n", " ") + (f" +{len(members) - 1}" if len(members) > 1 else "")
        segment.setText(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 190).replace("&", "&&"))
        segment.setIcon(icon(_KIND_ICONS[kind]))
        segment.setIconSize(QSize(19, 14))
        segment.setProperty("segment", True)
        segment.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        segment.setToolTip("\n".join(f"{part.kind.capitalize()}: {part.title} {part.detail}".strip() for part in members))
        segment.setAccessibleName(f"{kind} {text}")
        segment.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        segment.setCursor(Qt.CursorShape.PointingHandCursor)
        if len(members) == 1:
            segment.clicked.connect(partial(self._on_part, first))
        else:
            from PySide6.QtWidgets import QMenu

            menu = QMenu(segment)
            for part in members:
                menu.addAction(part.title).triggered.connect(partial(self._on_part, part))
            segment.setMenu(menu)
            segment.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return segment


class Splitter(QSplitter):
    """A splitter whose sizes are remembered under its name."""

    def __init__(self, name: str, orientation: Qt.Orientation = Qt.Orientation.Horizontal, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._name = f"splitter/{name}"
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._on_moved)

    def set_initial(self, sizes: Sequence[int]) -> None:
        """Call once all parts are in: the remembered sizes, else these."""
        stored = QSettings().value(self._name)
        known = [int(size) for size in stored] if isinstance(stored, list) and len(stored) == len(sizes) else []
        self.setSizes(known if known and sum(known) > 0 else list(sizes))

    def _on_moved(self) -> None:
        QSettings().setValue(self._name, self.sizes())


class _Canvas(QWidget):
    """Draws the picture fitted or zoomed about its centre."""

    def __init__(self) -> None:
        super().__init__()
        self.pixmap = QPixmap()
        self.zoom = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(60, 60)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.alt)
        if not self.pixmap.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            fit = min(1.0, (self.width() - 24) / self.pixmap.width(), (self.height() - 24) / self.pixmap.height())
            scale = self.zoom or fit
            width, height = self.pixmap.width() * scale, self.pixmap.height() * scale
            target = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
            painter.drawPixmap(target, self.pixmap, QRectF(self.pixmap.rect()))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom = min(8.0, max(0.1, (self.zoom or 1.0) * (1.15 if event.angleDelta().y() > 0 else 1 / 1.15)))
            self.update()
        else:
            super().wheelEvent(event)


class ImageView(QWidget):
    """A picture: fitted, or at its true size; Ctrl and the wheel zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = _Canvas()
        self._facts = label("", "small")
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self._facts, 1)
        row.addWidget(icon_button("maximize-2", "Fit into the window", lambda: self._set_zoom(0.0)))
        row.addWidget(button("100 %", lambda: self._set_zoom(1.0), kind="ghost"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self._canvas, 1)

    def set_image(self, source: bytes | Path | QImage) -> bool:
        """Shows it; False (and says so) when it is no picture that can be read."""
        image = source if isinstance(source, QImage) else QImage()
        if isinstance(source, bytes):
            image.loadFromData(QByteArray(source))
        elif isinstance(source, Path):
            image.load(str(source))
        self._canvas.pixmap = QPixmap.fromImage(image)
        self._canvas.zoom = 0.0
        self._facts.setText(
            f"{image.width()} × {image.height()}" if not image.isNull() else "This file is no picture that can be shown."
        )
        self._canvas.update()
        return not image.isNull()

    def _set_zoom(self, zoom: float) -> None:
        self._canvas.zoom = zoom
        self._canvas.update()


class CodeView(QPlainTextEdit):
    """Read-only text in the fixed font with colours by Pygments."""

    def __init__(self, language: str = "python", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self.setReadOnly(True)
        self.setProperty("bare", True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setViewportMargins(12, 8, 12, 8)
        theme().theme_changed.connect(self._on_theme_changed)
        self._text = ""
        self._on_theme_changed()

    def set_text(self, text: str, language: str = "") -> None:
        self._language = language or self._language
        self._text = text
        self.setPlainText(text)
        self._colour()

    def _on_theme_changed(self) -> None:
        self.setFont(theme().mono_font)
        if self._text:
            self._colour()

    def _colour(self) -> None:
        if not self._text or len(self._text) > 200_000:
            return
        from pygments.lexers import get_lexer_by_name
        from pygments.token import Comment, Keyword, Name, Number, String, _TokenType
        from pygments.util import ClassNotFound
        from PySide6.QtGui import QTextCursor

        try:
            lexer = get_lexer_by_name(self._language, stripnl=False, ensurenl=False)
        except ClassNotFound:
            return
        t = theme().tokens
        kinds: list[tuple[_TokenType, QColor]] = [
            (Comment, t.muted),
            (String, t.ok),
            (Number, t.warn),
            (Keyword, t.accent),
            (Name.Function, t.accent),
            (Name.Class, t.accent),
            (Name.Decorator, t.warn),
            (Name.Builtin, t.accent),
            (Name.Tag, t.accent),
            (Name.Attribute, t.warn),
        ]
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        plain = QTextCharFormat()
        plain.setForeground(t.text)
        cursor.setCharFormat(plain)
        for start, token, value in lexer.get_tokens_unprocessed(self._text):
            colour = next((found for kind, found in kinds if _within(token, kind)), None)
            if colour is not None:
                part = QTextCharFormat()
                part.setForeground(colour)
                cursor.setPosition(start)
                cursor.setPosition(start + len(value), QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(part)
        cursor.endEditBlock()


def _within(token: Any, kind: Any) -> bool:
    """Whether a token is of that kind (Pygments' `in`, which its types do not declare)."""
    return bool(token in kind)


__all__ = ["Banner", "Breadcrumb", "CodeView", "ImageView", "KeyValueTable", "Splitter"]
