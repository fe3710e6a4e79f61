"""Data, preparation, run, model, service as a row of cards: how far the project has come, and where each part opens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme
from workbench.desktop.widgets import ElidedLabel, IconLabel, ThemedLabel, clear_layout


@dataclass(frozen=True)
class Stage:
    """One card: how many there are, what the latest is called, what a click does."""

    title: str
    icon: str
    count: int
    detail: str
    handler: Callable[[], object]


class StageCard(QFrame):
    """A card that is a button."""

    clicked = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{stage.title}: {stage.count}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(IconLabel(stage.icon, 16, "muted"))
        top.addWidget(ElidedLabel(stage.title, "muted"), 1)
        layout.addLayout(top)
        layout.addWidget(ThemedLabel(f"{stage.count:,}", "title_font"))
        layout.addWidget(ElidedLabel(stage.detail, "small"))
        self.clicked.connect(stage.handler)
        self._over = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._over = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._over or self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme().tokens.accent)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
            painter.end()


class _Arrow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(16, 16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, pixmap("chevron-right", 16, "muted", self.devicePixelRatioF()))
        painter.end()


class Chain(QWidget):
    """The row of stages with arrows between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._shown: tuple[tuple[str, int, str], ...] = ()
        self.cards: list[StageCard] = []

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Shows these stages."""
        shown = tuple((stage.title, stage.count, stage.detail) for stage in stages)
        if shown == self._shown:
            return
        self._shown = shown
        clear_layout(self._row)
        self.cards = []
        for number, stage in enumerate(stages):
            if number:
                self._row.addWidget(_Arrow())
            card = StageCard(stage)
            self.cards.append(card)
            self._row.addWidget(card, 1)
