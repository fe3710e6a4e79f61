"""Dialogs: a question, a form, a wizard with its steps at the left. None of them blocks."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from workbench.base.errors import WorkbenchError
from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import HLine, VLine, button, label


class Sheet(QDialog):
    """The common frame: title, text, `body`, a row of buttons at the lower right."""

    def __init__(self, parent: QWidget | None, title: str, text: str = "", width: int = 460) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(24, 20, 24, 16)
        top.setSpacing(6)
        top.addWidget(label(title, font="title_font"))
        if text:
            top.addWidget(label(text, "muted", wrap=True))
        outer.addLayout(top)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(24, 0, 24, 16)
        self.body.setSpacing(10)
        outer.addLayout(self.body, 1)
        self.message = label("", "error", wrap=True)
        self.message.setContentsMargins(24, 0, 24, 12)
        self.message.hide()
        outer.addWidget(self.message)
        outer.addWidget(HLine())
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(24, 12, 24, 12)
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        outer.addLayout(self.buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as the content needs at this width: Qt goes by the width that the content would like to have."""
        super().showEvent(event)
        if not event.spontaneous() and not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.resize(self.width(), self._needed_height())

    def event(self, event: QEvent) -> bool:
        """Grows when a message needs room: a dialog does not by itself."""
        if event.type() == QEvent.Type.LayoutRequest and (needed := self._needed_height()) > self.height():
            self.resize(self.width(), needed)
        return super().event(event)

    def _needed_height(self) -> int:
        if (layout := self.layout()) is None:
            return 0
        needed = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        return min(needed, self.screen().availableGeometry().height() - 60) if self.screen() else needed

    def show_error(self, error: Exception | str) -> None:
        """Shows a sentence over the buttons; the dialog stays open."""
        text = " ".join(filter(None, (error.message, error.hint))) if isinstance(error, WorkbenchError) else str(error)
        self.message.setText(text)
        self.message.setVisible(bool(text))


def confirm(
    parent: QWidget | None,
    title: str,
    text: str,
    *,
    action: str = "Delete",
    danger: bool = True,
    on_yes: Callable[[], object],
    cancel: str = "Cancel",
) -> Sheet:
    """Asks before something that cannot be undone; the safe button has the focus. Returns at once."""
    sheet = Sheet(parent, title, text)
    keep = button(cancel, sheet.reject)
    yes = button(action, sheet.accept, kind="danger-fill" if danger else "primary")
    sheet.buttons.addWidget(keep)
    sheet.buttons.addWidget(yes)
    sheet.accepted.connect(on_yes)
    (keep if danger else yes).setFocus()
    if not danger:
        yes.setDefault(True)
    sheet.open()
    return sheet


class FormDialog(Sheet):
    """A ModelForm in a sheet. `accepted_with` carries the checked model; close it yourself when the act succeeded."""

    accepted_with = Signal(object)

    def __init__(
        self, parent: QWidget | None, title: str, form: Any, *, action: str = "Create", text: str = "", width: int = 520
    ) -> None:
        super().__init__(parent, title, text, width)
        self.form = form
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(form)
        form.setProperty("transparent", True)
        area.setMinimumHeight(min(form.sizeHint().height() + 8, 480))
        self.body.addWidget(area)
        self.buttons.addWidget(button("Cancel", self.reject))
        self.action = button(action, self.submit, kind="primary")
        self.action.setDefault(True)
        self.buttons.addWidget(self.action)
        form.submitted.connect(self.submit)

    def submit(self) -> None:
        """Checks the form; when it holds, tells with `accepted_with`."""
        self.show_error("")
        value = self.form.value()
        if value is not None:
            self.action.setEnabled(False)
            self.accepted_with.emit(value)
            self.action.setEnabled(True)


class WizardPage(QWidget):
    """One step of a wizard; put the content into `body`."""

    complete_changed = Signal()

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.title = title
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(24, 20, 24, 16)
        self.body.setSpacing(10)
        heading = label(title, font="title_font")
        heading.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.body.addWidget(heading)
        self.subtitle = label(subtitle, "muted", wrap=True)
        self.subtitle.setVisible(bool(subtitle))
        self.body.addWidget(self.subtitle)

    def is_complete(self) -> bool:
        """Whether Next is allowed."""
        return True

    def entered(self) -> None:
        """The page is shown: fill it from the earlier ones."""

    def leaving(self) -> bool:
        """Next was pressed: False stays here (say why on the page)."""
        return True


class _Steps(QWidget):
    """The list of steps at the left: done, current, to come."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.current = 0
        self.setFixedWidth(200)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tokens.window)
        height = theme().metrics.row + 8
        for index, title in enumerate(self.titles):
            top = 22 + index * height
            done, now = index < self.current, index == self.current
            painter.setPen(tokens.accent_fill if now or done else tokens.input_border)
            painter.setBrush(tokens.accent_fill if now or done else tokens.window)
            painter.drawEllipse(20, top, 20, 20)
            painter.setFont(theme().small_font)
            if done:
                painter.drawPixmap(24, top + 4, pixmap("check", 12, "on_accent", self.devicePixelRatioF()))
            else:
                painter.setPen(tokens.on_accent if now else tokens.muted)
                painter.drawText(20, top, 20, 20, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            painter.setFont(theme().strong_font if now else theme().font)
            painter.setPen(tokens.text if now or done else tokens.muted)
            text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, self.width() - 62)
            painter.drawText(50, top - 4, self.width() - 58, 28, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class Wizard(QDialog):
    """Pages in order with Back and Next; the last has `finish`. `finished_ok` once the last page lets go."""

    finished_ok = Signal()

    def __init__(self, parent: QWidget | None, title: str, *, finish: str = "Finish", size: tuple[int, int] = (900, 600)) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*size)
        self._finish = finish
        self.pages: list[WizardPage] = []
        self._steps = _Steps()
        self._stack = QStackedWidget()
        self._stack.setProperty("surface", "base")
        self._back = button("Back", self.back)
        self.next_button = button("Next", self.next, kind="primary")
        self.next_button.setDefault(True)
        self.message = label("", "error", wrap=True)
        row = QHBoxLayout()
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        row.addWidget(self.message, 1)
        row.addWidget(button("Cancel", self.reject, kind="ghost"))
        row.addWidget(self._back)
        row.addWidget(self.next_button)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addWidget(HLine())
        right.addLayout(row)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._steps)
        outer.addWidget(VLine())
        outer.addLayout(right, 1)

    @property
    def index(self) -> int:
        return self._stack.currentIndex()

    def add_page(self, page: WizardPage) -> None:
        self.pages.append(page)
        self._steps.titles.append(page.title)
        self._stack.addWidget(page)
        page.complete_changed.connect(self._refresh)
        if len(self.pages) == 1:
            page.entered()
        self._refresh()

    def show_error(self, error: Exception | str) -> None:
        """Shows a sentence beside the buttons."""
        self.message.setText(error.message if isinstance(error, WorkbenchError) else str(error))

    def next(self) -> None:
        """Goes on, when the page is complete and lets go."""
        self.show_error("")
        page = self.pages[self.index]
        if not page.is_complete() or not page.leaving():
            return
        if self.index == len(self.pages) - 1:
            self.finished_ok.emit()
            return
        self.go_to(self.index + 1)

    def back(self) -> None:
        if self.index > 0:
            self.go_to(self.index - 1)

    def go_to(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._steps.current = index
        self.pages[index].entered()
        self._refresh()

    def _refresh(self) -> None:
        last = self.index == len(self.pages) - 1
        self._back.setEnabled(self.index > 0)
        self.next_button.setText(self._finish if last else "Next")
        self.next_button.setEnabled(bool(self.pages) and self.pages[self.index].is_complete())
        self._steps.update()
