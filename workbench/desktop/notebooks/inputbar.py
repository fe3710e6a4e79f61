"""The row in which Python is typed: the next number at the left, the editor, Run at the right."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.desktop.notebooks.codeinput import CodeInput
from workbench.desktop.notebooks.drawing import GUTTER, MARGIN
from workbench.desktop.theme import theme
from workbench.desktop.widgets import button


class InputBar(QWidget):
    """Wraps the editor; the frame shows where the keys go."""

    run_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = CodeInput()
        self.code.run_requested.connect(self.run_requested)
        self.code.focus_changed.connect(self._on_focus)
        self._focused = False
        self.prompt = QLabel("In [ ]:")
        self.prompt.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.prompt.setFixedWidth(GUTTER)
        self.prompt.setContentsMargins(0, 4, 5, 0)
        self.run_button = button("Run", self.code.run, kind="primary", icon="play", tooltip="Run this code  (Shift+Enter)")
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.addStretch(1)
        side.addWidget(self.run_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 14, 22, 18)
        row.setSpacing(2)
        row.addWidget(self.prompt, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.code, 1)
        row.addLayout(side)
        self._on_theme_changed()
        theme().theme_changed.connect(self._on_theme_changed)

    def set_count(self, count: int) -> None:
        """The number of the last execution."""
        self.prompt.setText(f"In [{count + 1}]:")

    def set_enabled(self, enabled: bool) -> None:
        """Whether code can be run now; it can be written always."""
        self.run_button.setEnabled(enabled)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.base)
        width = 2.0 if self._focused else 1.0
        painter.setPen(QPen(tokens.accent if self._focused else tokens.input_border, width))
        painter.setBrush(tokens.base)
        box = QRectF(self.rect()).adjusted(12, 4, -12, -10).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, theme().metrics.card_radius, theme().metrics.card_radius)
        painter.end()

    def _on_focus(self, focused: bool) -> None:
        self._focused = focused
        self.update()

    def _on_theme_changed(self) -> None:
        self.prompt.setFont(theme().mono_font)
        palette = self.prompt.palette()
        palette.setColor(palette.ColorRole.WindowText, theme().tokens.muted)
        self.prompt.setPalette(palette)
        self.update()
