"""How notifications look: toasts at the lower right, the Problems list over the bell."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.notifications.center import Notifications, Problem, Toast
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import HLine, button, icon_button, label
from workbench.desktop.widgets.states import EmptyState, IconLabel

_TOAST_MS = 6000
_LOOK = {
    "ok": ("circle-check", "ok"),
    "info": ("info", "accent"),
    "warn": ("triangle-alert", "warn"),
    "bad": ("circle-alert", "bad"),
}


def add_shadow(widget: QWidget, blur: int = 28) -> None:
    """A soft shadow under a popup."""
    shadow = QGraphicsDropShadowEffect(widget)
    shadow.setBlurRadius(blur)
    shadow.setOffset(0, 8)
    shadow.setColor(QColor(theme().tokens.shadow))
    widget.setGraphicsEffect(shadow)


class _ToastCard(QFrame):
    """One toast; goes by itself, stays while the mouse is over it."""

    gone = Signal(object)

    def __init__(self, toast: Toast, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("popup", True)
        add_shadow(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(IconLabel(*(_LOOK[toast.kind][0], 16, _LOOK[toast.kind][1])))
        text = label(toast.text)
        if len(toast.text) > 52:
            text.setWordWrap(True)
            text.setFixedWidth(340)
        row.addWidget(text, 1)
        if toast.action is not None:
            row.addWidget(button(toast.action.title, toast.action.handler, kind="link"))
        row.addWidget(icon_button("x", "Dismiss", self.leave))
        self.setAccessibleName(toast.text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOAST_MS)
        self._timer.timeout.connect(self.leave)
        self._timer.start()

    def leave(self) -> None:
        self._timer.stop()
        self.gone.emit(self)

    def enterEvent(self, event: object) -> None:
        self._timer.stop()

    def leaveEvent(self, event: object) -> None:
        self._timer.start()


class Toasts(QWidget):
    """Stacks toasts at the lower right of the window. Not a layer of its own: each card is a child of the window."""

    def __init__(self, window: QWidget, notifications: Notifications) -> None:
        super().__init__(window)
        self._window = window
        self.cards: list[_ToastCard] = []
        self.hide()
        notifications.toast_added.connect(self._on_toast)
        notifications.problem_added.connect(self._on_problem)

    def place(self) -> None:
        bottom = self._window.height() - 48
        for card in reversed(self.cards):
            card.adjustSize()
            bottom -= card.height()
            card.move(self._window.width() - card.width() - 20, bottom)
            bottom -= 8

    def _on_toast(self, toast: Toast) -> None:
        card = _ToastCard(toast, self._window)
        card.gone.connect(self._on_gone)
        self.cards.append(card)
        for old in self.cards[:-4]:
            self._on_gone(old)
        card.show()
        card.raise_()
        self.place()

    def _on_problem(self, problem: Problem) -> None:
        kind = "warn" if problem.kind == "environment" else "bad"
        self._on_toast(Toast(problem.sentence, kind))

    def _on_gone(self, card: _ToastCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            card.hide()
            card.deleteLater()
            self.place()


class ProblemsPanel(QFrame):
    """The list of problems, newest first; each with its hint, place, Copy details and its own buttons."""

    def __init__(self, window: QWidget, notifications: Notifications) -> None:
        super().__init__(window)
        self._notifications = notifications
        self.setProperty("popup", True)
        add_shadow(self)
        self.setAccessibleName("Problems")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 8, 8)
        top.addWidget(label("Problems", font="heading_font"))
        top.addStretch(1)
        self._clear = button("Dismiss all", notifications.dismiss_all, kind="ghost")
        top.addWidget(self._clear)
        top.addWidget(icon_button("x", "Close", self.hide))
        outer.addLayout(top)
        outer.addWidget(HLine())
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        outer.addWidget(self._area, 1)
        notifications.problems_changed.connect(self._on_changed)
        self.hide()

    def toggle(self) -> None:
        """Opens or closes it; opening marks all as read."""
        if self.isVisible():
            self.hide()
            return
        self._notifications.mark_read()
        self._fill()
        self.place()
        self.show()
        self.raise_()
        self._area.setFocus()

    def place(self) -> None:
        window = self.parentWidget()
        if window is not None:
            height = min(560, window.height() - 120)
            self.setGeometry(84, window.height() - height - 40, min(460, window.width() - 120), height)

    def sizeHint(self) -> QSize:
        return QSize(460, 480)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _on_changed(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        problems = self._notifications.problems
        self._clear.setVisible(bool(problems))
        if not problems:
            self._area.setWidget(
                EmptyState("check-check", "No problems", "What goes wrong in the background is kept here until you dismiss it.")
            )
            return
        holder = QWidget()
        holder.setProperty("transparent", True)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for problem in problems:
            column.addWidget(_ProblemRow(problem, self._notifications))
            column.addWidget(HLine())
        column.addStretch(1)
        self._area.setWidget(holder)


class _ProblemRow(QWidget):
    """One problem."""

    def __init__(self, problem: Problem, notifications: Notifications) -> None:
        super().__init__()
        self._problem = problem
        outer = QHBoxLayout(self)
        outer.setContentsMargins(16, 12, 8, 12)
        outer.setSpacing(12)
        look = (
            ("bug", "bad")
            if problem.kind == "bug"
            else ("triangle-alert", "warn")
            if problem.kind == "environment"
            else ("circle-alert", "bad")
        )
        outer.addWidget(IconLabel(look[0], 16, look[1]), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        sentence = label(problem.sentence, wrap=True, selectable=True)
        column.addWidget(sentence)
        for text in filter(None, (problem.hint, problem.place)):
            column.addWidget(label(text, "small", wrap=True, selectable=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        for action in problem.actions:
            buttons.addWidget(button(action.title, action.handler, kind="link"))
        buttons.addWidget(button("Copy details", self._copy, kind="link"))
        when = problem.time.astimezone().strftime("%H:%M")
        buttons.addStretch(1)
        buttons.addWidget(label(when, "small"))
        column.addLayout(buttons)
        outer.addLayout(column, 1)
        outer.addWidget(icon_button("x", "Dismiss", lambda: notifications.dismiss(problem.id)), 0, Qt.AlignmentFlag.AlignTop)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._problem.as_text())
