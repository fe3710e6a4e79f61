"""What the steps pane asks for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from workbench.desktop.data import edits
from workbench.desktop.data.document import PrepDocument
from workbench.desktop.data.menus import add
from workbench.desktop.notifications import NoticeAction, Notifications

if TYPE_CHECKING:
    from workbench.dataprep.steps import StepBase


class StepActions(QObject):
    """Changes the steps of the shown dataflow; `page` is the parent of menus and dialogs. GUI thread only."""

    def __init__(
        self,
        page: QWidget,
        document: PrepDocument,
        notifications: Notifications,
        edit: Callable[[str], object],
        end_session: Callable[[], object],
    ) -> None:
        super().__init__(page)
        self._page, self._document, self._notifications = page, document, notifications
        self._edit, self._end_session = edit, end_session

    def _step(self, step_id: str) -> "StepBase":
        flow = edits.flow_of(self._document.package, self._document.place[0])
        return flow.steps[edits.step_index(flow, step_id)]

    def delete(self, step_id: str) -> None:
        """Deletes a step; Undo stands in the message."""
        step = self._step(step_id)
        self._end_session()
        self._document.remove_step(step_id, f"Delete step {step.describe()}")
        undo = NoticeAction("Undo", self._document.stack.undo)
        self._notifications.toast(f"Deleted: {step.describe()}", kind="info", action=undo)

    def toggle(self, step_id: str) -> None:
        """Turns a step off or on."""
        step = self._step(step_id)
        text = f"{'Turn off' if step.enabled else 'Turn on'} {step.describe()}"
        after = edits.replace_step(
            self._document.package, self._document.place[0], step.model_copy(update={"enabled": not step.enabled})
        )
        self._document.edit(text, after, step=self._document.place[1])

    def move(self, step_id: str, index: int) -> None:
        """Moves a step so that it stands at `index`."""
        self._document.move_step(step_id, index, f"Move step {self._step(step_id).describe()}")

    def show_menu(self, step_id: str, place: QPoint) -> None:
        """Shows the menu of a step."""
        flow = edits.flow_of(self._document.package, self._document.place[0])
        index, step = edits.step_index(flow, step_id), self._step(step_id)
        menu = QMenu(self._page)
        add(menu, "Edit", lambda: self._edit(step_id), "pencil", "Enter")
        add(menu, "Note", lambda: self._ask_note(step_id), "file-text")
        add(
            menu,
            "Turn off" if step.enabled else "Turn on",
            lambda: self.toggle(step_id),
            "eye-off" if step.enabled else "eye",
            "Space",
        )
        menu.addSeparator()
        if index > 0:
            add(menu, "Move up", lambda: self.move(step_id, index - 1), "arrow-up", "Alt+Up")
        if index < len(flow.steps) - 1:
            add(menu, "Move down", lambda: self.move(step_id, index + 1), "arrow-down", "Alt+Down")
        menu.addSeparator()
        add(menu, "Delete", lambda: self.delete(step_id), "trash-2", "Del")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _ask_note(self, step_id: str) -> None:
        step = self._step(step_id)
        dialog = QInputDialog(self._page)
        dialog.setWindowTitle("Note on the step")
        dialog.setLabelText(step.describe())
        dialog.setTextValue(step.note)
        dialog.textValueSelected.connect(lambda text: self._set_note(step_id, text.strip()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _set_note(self, step_id: str, text: str) -> None:
        step = self._step(step_id).model_copy(update={"note": text})
        after = edits.replace_step(self._document.package, self._document.place[0], step)
        self._document.edit("Change of a note", after, step=self._document.place[1])
