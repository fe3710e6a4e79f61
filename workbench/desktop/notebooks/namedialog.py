"""Asks for the name of a notebook."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.desktop.notebooks.files import notebook_problem
from workbench.desktop.widgets import Sheet, button


class NameDialog(Sheet):
    """`on_name` gets a checked name; it closes the dialog with `accept`, or says what is wrong with `show_error`."""

    def __init__(self, parent: QWidget | None, title: str, action: str, name: str, on_name: Callable[[str], object]) -> None:
        super().__init__(parent, title, "A path in the project; .ipynb is added.", 420)
        self._on_name = on_name
        self.name = QLineEdit(name)
        self.name.setAccessibleName("Name")
        self.name.selectAll()
        self.name.textChanged.connect(lambda: self.show_error(""))
        self.body.addWidget(self.name)
        self.buttons.addWidget(button("Cancel", self.reject))
        self.action = button(action, self.submit, kind="primary")
        self.action.setDefault(True)
        self.buttons.addWidget(self.action)
        self.name.setFocus()

    def submit(self) -> None:
        problem = notebook_problem(self.name.text())
        self.show_error(problem)
        if not problem:
            self._on_name(self.name.text().strip())
