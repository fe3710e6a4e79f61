"""Small things made the same way everywhere: labels, buttons, lines, cards, headers."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.icons import icon as load_icon
from workbench.desktop.theme import theme


def restyle(widget: QWidget) -> None:
    """Makes a changed style property take effect on this widget alone."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def surface() -> QWidget:
    """An empty widget with the ground of bars and side panels; what is laid on it is the caller's."""
    made = QWidget()
    made.setProperty("surface", "base")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def clear_layout(layout: QLayout, keep: int = 0) -> None:
    """Takes everything but the last `keep` items out of the layout; widgets are hidden now and deleted when Qt comes to it.

    Layouts in it are emptied too: their widgets would stay where they were, under what comes next.
    """
    while layout.count() > keep and (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
        elif inner := item.layout():
            clear_layout(inner)


def label(text: str = "", role: str = "", *, font: str = "", wrap: bool = False, selectable: bool = False) -> QLabel:
    """A label; `role` is muted, small, error or caption, `font` the name of a font of the theme (`title_font`)."""
    made: QLabel = ThemedLabel(text, font) if font else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


class ThemedLabel(QLabel):
    """A label in one of the theme's fonts, also after the font size was changed."""

    def __init__(self, text: str, font: str) -> None:
        super().__init__(text)
        self._font_name = font
        self._on_theme_changed()
        theme().theme_changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        font: QFont = getattr(theme(), self._font_name)
        self.setFont(font)


class ElidedLabel(QLabel):
    """One line that is shortened with … and shows the whole text as its tooltip."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._full = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._full = text
        self._fit()

    @property
    def full_text(self) -> str:
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 4, hint.height())

    def _fit(self) -> None:
        first = self._full.replace("\n", " ")
        shown = self.fontMetrics().elidedText(first, self._mode, max(self.width(), 24))
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class ElidedLink(QPushButton):
    """A link as high as a line of text, shortened in its middle where it does not fit; its `tail` is always whole.

    What it asks of its layout depends on its text alone, never on what it shows just now: a layout would not come to rest.
    """

    def __init__(self, text: str, handler: Callable[[], object], *, tooltip: str = "") -> None:
        super().__init__()
        self._full, self._tail, self._tip = "", "", tooltip
        self.setProperty("kind", "link")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked=False: handler())
        self.set_text(text)

    def set_text(self, text: str, tail: str = "") -> None:
        """Shows another text."""
        if (text, tail) != (self._full, self._tail):
            self._full, self._tail = text, tail
            self.setAccessibleName(text + tail)
            self._fit()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full + self._tail) + 6, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(60 + self.fontMetrics().horizontalAdvance(self._tail), hint.width()), hint.height())

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in {QEvent.Type.Polish, QEvent.Type.StyleChange}:  # the style sheet's own minimum lets rows shrink
            self.setMinimumHeight(self.sizeHint().height())
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = self.width() - 4 - metrics.horizontalAdvance(self._tail)
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideMiddle, room)
        self.setText((shown + self._tail).replace("&", "&&"))
        self.setToolTip(self._tip if shown == self._full else "\n".join(filter(None, (self._full, self._tip))))


def button(
    text: str,
    handler: Callable[[], object] | None = None,
    *,
    kind: str = "",
    icon: str = "",
    tooltip: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """A push button; `kind`: primary, ghost, danger, danger-fill, link or plain."""
    made = QPushButton(text, parent)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        made.setIcon(load_icon(icon, "on_accent" if kind in {"primary", "danger-fill"} else "bad" if kind == "danger" else "muted"))
        made.setIconSize(QSize(22 if text else 16, 16))  # the width is the distance to the text
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if tooltip:
        made.setToolTip(tooltip)
    if kind == "link":
        made.setCursor(Qt.CursorShape.PointingHandCursor)
    if handler is not None:
        made.clicked.connect(lambda _checked=False: handler())
    return made


def icon_button(
    icon: str, tooltip: str, handler: Callable[[], object] | None = None, *, parent: QWidget | None = None
) -> QToolButton:
    """A button that is only an icon: its tooltip is its name."""
    made = QToolButton(parent)
    made.setIcon(load_icon(icon))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tooltip)
    made.setAccessibleName(tooltip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if handler is not None:
        made.clicked.connect(lambda _checked=False: handler())
    return made


class NumberField(QSpinBox):
    """A whole number between two bounds; a passing wheel does not change it."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setGroupSeparatorShown(high > 99_999)
        self.lineEdit().setTextMargins(6, 0, 0, 0)  # the style sheet's padding does not reach it

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class HLine(QFrame):
    """A hairline across."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)
        self._on_theme_changed()
        theme().theme_changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        palette = self.palette()
        palette.setColor(palette.ColorRole.Window, theme().tokens.hairline)
        self.setPalette(palette)
        self.setAutoFillBackground(True)


class VLine(HLine):
    """A hairline down."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(0)
        self.setMaximumHeight(16777215)
        self.setFixedWidth(1)


class Card(QFrame):
    """A bordered surface with an optional title; put the content into `body`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 14)
        outer.setSpacing(10)
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        if title:
            self.header.addWidget(label(title, font="heading_font"))
            self.header.addStretch(1)
            outer.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)


class Section(QWidget):
    """A small caption over content; put the content into `body`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        self.header = QHBoxLayout()
        self.caption = label(title, "caption")
        self.header.addWidget(self.caption)
        self.header.addStretch(1)
        outer.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        outer.addLayout(self.body, 1)


class _Title(ElidedLabel):
    """The title of a page: as wide as it needs, shortened where the page has less room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._on_theme_changed()
        self.set_text(text)
        theme().theme_changed.connect(self._on_theme_changed)

    def set_text(self, text: str) -> None:
        super().set_text(text)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(min(120, self.sizeHint().width()), super().minimumSizeHint().height())

    def _on_theme_changed(self) -> None:
        self.setFont(theme().title_font)
        self.updateGeometry()


class PageHeader(QWidget):
    """The first row of a page: title, subtitle, status at the left, actions at the right."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(20, 10, 16, 10)
        row.setSpacing(8)
        self._title = _Title(title)
        self._status: QWidget | None = None
        self._left = QHBoxLayout()
        self._left.setSpacing(10)
        self._left.addWidget(self._title)
        row.addLayout(self._left)
        self._subtitle = ElidedLabel(subtitle, "muted")
        self._subtitle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._subtitle, 1)
        self._actions: QBoxLayout = QHBoxLayout()
        self._actions.setSpacing(6)
        row.addLayout(self._actions)
        outer.addLayout(row)
        outer.addWidget(HLine())
        self.setMinimumHeight(52)

    def set_title(self, title: str) -> None:
        self._title.set_text(title)

    def set_subtitle(self, text: str) -> None:
        self._subtitle.set_text(text)

    def set_status(self, widget: QWidget) -> None:
        """Puts a widget (a StatusPill) beside the title; an earlier one goes."""
        if self._status is not None:
            self._left.removeWidget(self._status)
            self._status.deleteLater()
        self._status = widget
        self._left.addWidget(widget)

    def add_leading(self, widget: QWidget) -> None:
        """Puts a button (back) before the title."""
        self._left.insertWidget(0, widget)

    def add_action(self, widget: QWidget) -> None:
        """Adds a button at the right; the primary one comes last."""
        self._actions.addWidget(widget)
