"""Asks for the name of a notebook."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.desktop.widgets import Sheet, button, label


class NameSheet(Sheet):
    """`named` carries what was typed; close it yourself when the act succeeded, `show_error` keeps it open."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None, title: str, action: str, name: str) -> None:
        super().__init__(parent, title, width=440)
        self.body.addWidget(label("Name", "caption"))
        self.edit = QLineEdit(name)
        self.edit.setAccessibleName("Name")
        self.edit.textChanged.connect(self._on_text)
        self.body.addWidget(self.edit)
        self.body.addWidget(label("A folder may stand before it: notebooks/explore", "small"))
        self.buttons.addWidget(button("Cancel", self.reject))
        self.action = button(action, self._on_action, kind="primary")
        self.action.setDefault(True)
        self.buttons.addWidget(self.action)
        self.edit.setFocus()
        slash = name.rfind("/") + 1
        self.edit.setSelection(slash, len(name) - slash)
        self._on_text(name)

    def _on_text(self, text: str) -> None:
        self.action.setEnabled(bool(text.strip()))
        self.show_error("")

    def _on_action(self) -> None:
        self.named.emit(self.edit.text())
