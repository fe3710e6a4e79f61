"""One row of the steps pane: icon, sentence, note, error, and the switch and menu of the step."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.desktop.data.step_look import step_icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import icon_button, label
from workbench.desktop.widgets.states import IconLabel

if TYPE_CHECKING:
    from workbench.dataprep.steps import StepBase


class StepCard(QWidget):
    """Paints the bar of the current step; buttons appear under the pointer and for the current one."""

    toggle_asked = Signal(str)
    menu_asked = Signal(str, object)

    def __init__(self, step: "StepBase | None", title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step_id = step.id if step is not None else ""
        self._current = self._ahead = False
        self._enabled_step = step is None or step.enabled
        self._icon = IconLabel(step_icon(step.op) if step is not None else "database", 16)
        self._text = label(step.describe() if step is not None else title, wrap=True)
        self._text.setSizePolicy(self._text.sizePolicy().horizontalPolicy().Ignored, self._text.sizePolicy().verticalPolicy())
        if not self._enabled_step:
            font = self._text.font()
            font.setStrikeOut(True)
            self._text.setFont(font)
            self._text.setProperty("role", "muted")
        self.note = label(step.note if step is not None else "", "small", wrap=True)
        self.note.setVisible(bool(self.note.text()))
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self._buttons = self._make_buttons(step)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 0, 0, 0)
        for part in (self._text, self.note, self.problem):
            words.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 6, 7)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(self._text.text())
        self._show_buttons(False)

    @property
    def sentence(self) -> QLabel:
        return self._text

    def _make_buttons(self, step: "StepBase | None") -> QWidget:
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        holder.setFixedHeight(22)
        holder.setFixedWidth(52 if step is not None else 0)
        if step is None:
            return holder
        self.switch = icon_button(
            "eye" if step.enabled else "eye-off", "Turn this step off" if step.enabled else "Turn this step on"
        )
        self.more = icon_button("ellipsis", "Edit, move or delete this step")
        self.switch.clicked.connect(self._on_switch)
        self.more.clicked.connect(self._on_more)
        for made in (self.switch, self.more):
            made.setStyleSheet("QToolButton { min-height: 18px; max-height: 20px; padding: 0 4px; }")
            row.addWidget(made)
        return holder

    def height_at(self, width: int) -> int:
        """How high the card is at a width."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else 0

    def set_state(self, *, current: bool, ahead: bool) -> None:
        """`current`: the data is as of this step; `ahead`: the step is behind that moment and not applied."""
        self._current, self._ahead = current, ahead
        self._icon.set_icon(self._icon._spec[0], self._icon_role())  # noqa: SLF001
        for part in (self._text, self.note):
            part.setEnabled(not ahead)
        self._show_buttons(current)
        self.update()

    def _icon_role(self) -> str:
        if self.problem.text():
            return "bad"
        return "accent" if self._current else "disabled" if self._ahead else "muted"

    def set_problem(self, sentence: str) -> None:
        """What keeps the step from running; empty when nothing does."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self._icon.set_icon(self._icon._spec[0], self._icon_role())  # noqa: SLF001
        self.setAccessibleDescription(sentence)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_buttons(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_buttons(self._current)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.step_id:
            self.menu_asked.emit(self.step_id, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._current:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().tokens.accent_fill)
        painter.drawRoundedRect(QRectF(3, 5, 3, self.height() - 10), 1.5, 1.5)
        painter.end()

    def _show_buttons(self, shown: bool) -> None:
        for made in (getattr(self, "switch", None), getattr(self, "more", None)):
            if made is not None:
                always = made is getattr(self, "switch", None) and not self._enabled_step
                made.setVisible(shown or always)

    def _on_switch(self) -> None:
        self.toggle_asked.emit(self.step_id)

    def _on_more(self) -> None:
        self.menu_asked.emit(self.step_id, self.more.mapToGlobal(self.more.rect().bottomLeft()))
