"""What every editor of a step is: fields over a schema that give a step, or say what is missing."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.base.errors import UserError
from workbench.desktop.widgets.basics import label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import StepBase


class StepEditor(QWidget):
    """Edits one step over the columns before it. GUI thread only; it knows neither package nor engine.

    `build` gives the step; its id, note and enabled flag are those of the edited one.
    """

    changed = Signal()
    """The step may be another one now: preview it."""
    submitted = Signal()
    """The user pressed Enter in a field."""

    title: ClassVar[str] = ""
    icon: ClassVar[str] = "pencil"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.schema = schema
        self.old = step
        self.chosen = columns
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)

    def build(self) -> "StepBase":
        """The step as the fields say. Raises UserError, or pydantic's ValidationError, when they say none."""
        raise NotImplementedError

    def take_columns(self, names: tuple[str, ...]) -> None:
        """The user selected columns in the grid while the editor is open."""

    def columns(self) -> tuple[str, ...]:
        """The columns the editor works on, to be marked in the grid."""
        return ()

    def note(self) -> str:
        """A sentence beside the preview's, for what only the editor knows."""
        return ""

    def first_field(self) -> QWidget | None:
        """What gets the focus when the editor opens."""
        return None

    def kept(self) -> dict[str, Any]:
        """The fields that an edited step keeps."""
        if self.old is None:
            return {}
        return {"id": self.old.id, "enabled": self.old.enabled, "note": self.old.note}

    def add_row(self, name: str, *widgets: QWidget, stretch: bool = True) -> QLabel:
        """A labelled row of fields."""
        row = self._grid.rowCount()
        caption = label(name, "muted")
        caption.setBuddy(widgets[0])
        box = QHBoxLayout()
        box.setSpacing(8)
        for widget in widgets:
            box.addWidget(widget)
        if stretch:
            box.addStretch(1)
        top = Qt.AlignmentFlag.AlignTop
        if isinstance(widgets[0], RowList):  # on one line with the first row's fields
            caption.setContentsMargins(0, 6, 0, 0)
        self._grid.addWidget(caption, row, 0, top if isinstance(widgets[0], RowList) else Qt.AlignmentFlag.AlignVCenter)
        self._grid.addLayout(box, row, 1)
        return caption

    def add_wide(self, widget: QWidget) -> None:
        """A row without a label."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 2)

    def tell(self, *_args: object) -> None:
        """For signals of fields: something changed."""
        self.changed.emit()

    def submit(self) -> None:
        """For Enter in a field."""
        self.submitted.emit()


class RowList(QWidget):
    """Rows of equal make, one under the other."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)

    @property
    def rows(self) -> list[QWidget]:
        """The rows from top to bottom."""
        items = [self._layout.itemAt(number) for number in range(self._layout.count())]
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]

    def add(self, row: QWidget) -> None:
        self._layout.addWidget(row)

    def take(self, row: QWidget) -> None:
        """Removes a row for good."""
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()


def reason(error: Exception) -> str:
    """Why the fields give no step, as a sentence."""
    if isinstance(error, ValidationError):
        message = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        return message[:1].upper() + message[1:] + "."
    return error.message if isinstance(error, UserError) else str(error)
