"""The rail at the left: places with an icon and a label, below them the bell and the settings."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from workbench.desktop.icons import pixmap
from workbench.desktop.shell.places import PLACES
from workbench.desktop.theme import theme


class RailButton(QAbstractButton):
    """Icon over label; the chosen one has a bar at the left edge; a badge counts."""

    def __init__(self, icon: str, title: str, tooltip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.badge = 0
        self.setText(title)
        self.setToolTip(tooltip or title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_look(self, icon: str, title: str) -> None:
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self.update()

    def set_badge(self, count: int) -> None:
        self.badge = count
        self.setAccessibleDescription(f"{count} unread" if count else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(76, 34 + QFontMetrics(theme().small_font).height() + 6)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(5, 1, -5, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or (self.underMouse() and self.isEnabled()):
            painter.setBrush(tokens.selection if self.isChecked() else tokens.hover)
            painter.drawRoundedRect(box, 8, 8)
        if self.isChecked():
            painter.setBrush(tokens.accent)
            painter.drawRoundedRect(QRectF(0, box.center().y() - 12, 3, 24), 1.5, 1.5)
        if self.hasFocus():
            painter.setPen(tokens.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        role = "disabled" if not self.isEnabled() else "accent" if self.isChecked() else "muted"
        left = (self.width() - 20) // 2
        painter.drawPixmap(left, 8, pixmap(self._icon, 20, role, self.devicePixelRatioF()))
        painter.setFont(theme().small_font)
        painter.setPen(tokens.disabled if not self.isEnabled() else tokens.text if self.isChecked() else tokens.muted)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - 6)
        painter.drawText(self.rect().adjusted(0, 30, 0, -2), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
        if self.badge:
            count = str(self.badge) if self.badge < 100 else "99+"
            width = max(16, painter.fontMetrics().horizontalAdvance(count) + 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.bad_fill)
            spot = QRectF(left + 12, 3, width, 16)
            painter.drawRoundedRect(spot, 8, 8)
            painter.setPen(tokens.on_accent)
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, count)
        painter.end()


class Rail(QWidget):
    """Emits which place was asked for; the window decides."""

    place_chosen = Signal(str)
    bell_clicked = Signal()
    settings_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme().theme_changed.connect(self._fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 1, 8)
        layout.setSpacing(2)
        self.buttons: dict[str, RailButton] = {}
        for number, place in enumerate(PLACES, 1):
            made = RailButton(place.icon, place.title, f"{place.title}  (Ctrl+{number})")
            made.clicked.connect(lambda _checked=False, name=place.id: self.place_chosen.emit(name))
            self.buttons[place.id] = made
            layout.addWidget(made)
        layout.addStretch(1)
        self.bell = RailButton("bell", "Problems", "Problems  (Ctrl+Shift+M)")
        self.bell.clicked.connect(self._on_bell)
        layout.addWidget(self.bell)
        self.settings = RailButton("settings", "Settings", "Settings  (Ctrl+,)")
        self.settings.clicked.connect(self.settings_clicked)
        layout.addWidget(self.settings)
        self._fit()

    def _fit(self) -> None:
        """As wide as the longest name needs."""
        metrics = QFontMetrics(theme().small_font)
        names = (self.buttons[name].text() for name in self.buttons)
        self.setFixedWidth(max(77, max(map(metrics.horizontalAdvance, (*names, self.bell.text(), self.settings.text()))) + 15))

    def show_current(self, place: str) -> None:
        """Marks the place that is shown (`settings` too)."""
        for name, made in self.buttons.items():
            made.setChecked(name == place)
        self.settings.setChecked(place == "settings")
        self.bell.setChecked(False)

    def set_has_project(self, has: bool) -> None:
        """Without a project the first place is Home, and those that need one are off."""
        self.buttons["dashboard"].set_look("layout-dashboard" if has else "house", "Dashboard" if has else "Home")
        for place in PLACES:
            enabled = has or not place.needs_project or place.id == "dashboard"
            self.buttons[place.id].setEnabled(enabled)
            if not enabled:
                self.buttons[place.id].setToolTip(f"{place.title}: open a project first")
            else:
                number = PLACES.index(place) + 1
                self.buttons[place.id].setToolTip(f"{self.buttons[place.id].text()}  (Ctrl+{number})")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.window)
        painter.setPen(theme().tokens.hairline)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        painter.end()

    def _on_bell(self) -> None:
        self.bell.setChecked(False)
        self.bell_clicked.emit()
