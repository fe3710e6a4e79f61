"""What a page shows instead of its content: empty, loading, an error."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from workbench.base.errors import WorkbenchError
from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import button, label

Act = tuple[str, Callable[[], object]]


class IconLabel(QLabel):
    """An icon as a picture that follows the theme."""

    def __init__(self, name: str, size: int = 16, role: str = "muted") -> None:
        super().__init__()
        self._spec = (name, size, role)
        self._redraw()
        theme().theme_changed.connect(self._redraw)

    def set_icon(self, name: str, role: str = "muted") -> None:
        self._spec = (name, self._spec[1], role)
        self._redraw()

    def _redraw(self) -> None:
        name, size, role = self._spec
        self.setPixmap(pixmap(name, size, role, self.devicePixelRatioF()))


class EmptyState(QWidget):
    """Teaches one act: what this is, why, a primary button, perhaps a second one, and the shortcut."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        primary: Act | None = None,
        secondary: Act | None = None,
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(2)
        self._icon = _Medallion(icon)
        outer.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addSpacing(12)
        self._title = label(title, font="heading_font")
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title.setWordWrap(True)
        self._title.setMaximumWidth(620)  # a long sentence reads as a block, not as one line across the page
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._title, 8)
        across.addStretch(1)
        outer.addLayout(across)
        self._text = label(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._text.setMaximumWidth(440)
        self._text.setMinimumWidth(160)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._text, 8)
        line.addStretch(1)
        outer.addSpacing(4)
        outer.addLayout(line)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        if primary:
            self._buttons.addWidget(button(*primary, kind="primary"))
        if secondary:
            self._buttons.addWidget(button(*secondary))
        self._buttons.addStretch(1)
        outer.addSpacing(14)
        outer.addLayout(self._buttons)
        if shortcut:
            key = label(f"or press {shortcut}", "small")
            key.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            outer.addSpacing(8)
            outer.addWidget(key)
        outer.addStretch(3)

    def set_text(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)


class _Medallion(QWidget):
    """The icon on a soft round ground."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(56, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().tokens.neutral_soft)
        painter.drawRoundedRect(QRectF(0, 0, 56, 56), 16, 16)
        painter.drawPixmap(16, 16, pixmap(self._name, 24, "muted", self.devicePixelRatioF()))
        painter.end()


class LoadingState(QWidget):
    """Grey bars where the content will be; painted only after 150 ms, so that quick answers do not flash."""

    def __init__(self, text: str = "Loading", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._visible = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self._on_time)
        self.setAccessibleName(text)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        self._visible = False
        self._timer.start()
        super().showEvent(event)

    def _on_time(self) -> None:
        self._visible = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._visible:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().tokens.muted)
        painter.drawText(
            self.rect().adjusted(24, 20, -24, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"{self._text} …"
        )
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(theme().tokens.neutral_soft)
        row = theme().metrics.row
        for index in range(min(8, max(1, (self.height() - 80) // row))):
            ground.setAlphaF(1.0 - index * 0.11)
            painter.setBrush(ground)
            top = 56 + index * row
            for left, share in ((0.0, 0.22), (0.25, 0.4), (0.68, 0.14), (0.85, 0.12)):
                width = (self.width() - 48) * share * (1.0 - 0.13 * ((index * 7 + int(left * 10)) % 4))
                painter.drawRoundedRect(QRectF(24 + (self.width() - 48) * left, top, width, 10), 5, 5)
        painter.end()


class ErrorState(QWidget):
    """A sentence, what to do, Try again, Copy details."""

    def __init__(self, error: Exception, retry: Callable[[], object] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sentence = error.message if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"
        hint = error.hint if isinstance(error, WorkbenchError) else ""
        place = error.place if isinstance(error, WorkbenchError) else ""
        self._details = "\n".join(filter(None, (sentence, hint, place)))
        outer = QVBoxLayout(self)
        inner = EmptyState(
            "triangle-alert",
            sentence,
            "\n".join(filter(None, (hint, place))),
            ("Try again", retry) if retry else None,
            ("Copy details", self._copy),
        )
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(inner)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)


class StateStack(QStackedWidget):
    """A page's content, or what stands in for it."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._loading = LoadingState()
        self._other: QWidget | None = None
        self.addWidget(content)
        self.addWidget(self._loading)

    def show_content(self) -> None:
        self._show(self._content)

    def show_loading(self, text: str = "Loading") -> None:
        self._loading.set_text(text)
        self._show(self._loading)

    def show_empty(self, state: EmptyState) -> None:
        """Shows the given state; the one shown before goes."""
        self.addWidget(state)
        self._show(state)

    def show_error(self, error: Exception, retry: Callable[[], object] | None = None) -> None:
        state = ErrorState(error, retry)
        self.addWidget(state)
        self._show(state)

    def _show(self, widget: QWidget) -> None:
        self.setCurrentWidget(widget)
        if self._other is not None and self._other is not widget:
            self.removeWidget(self._other)
            self._other.deleteLater()
            self._other = None
        if widget is not self._content and widget is not self._loading:
            self._other = widget
