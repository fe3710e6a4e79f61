"""A line to copy: an address, a command, or a key that is hidden until asked for."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets import icon_button


class CopyField(QWidget):
    """Read-only text with a Copy button; `secret` shows dots and an eye."""

    def __init__(self, context: AppContext, name: str, *, secret: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name = name
        self._text = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.line.setAccessibleName(name)
        self.line.setFont(theme().mono_font)
        row.addWidget(self.line, 1)
        self.eye: QToolButton | None = None
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
            self.eye = icon_button("eye", f"Show the {name.lower()}", self._toggle)
            row.addWidget(self.eye)
        self.copy_button = icon_button("copy", f"Copy the {name.lower()}", self.copy)
        row.addWidget(self.copy_button)
        theme().theme_changed.connect(self._on_theme_changed)

    def set_text(self, text: str, *, hidden: str = "") -> None:
        """Shows the text; `hidden` is a part of it that is copied, but not shown."""
        self._text = text
        shown = text.replace(hidden, "••••••") if hidden else text
        if shown != self.line.text():
            self.line.setText(shown)
            self.line.setCursorPosition(0)
        self.setEnabled(bool(text))

    def text(self) -> str:
        """The whole text."""
        return self._text

    def copy(self) -> None:
        """Puts the text on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)
        self._context.notifications.toast(f"Copied the {self._name.lower()}", kind="info")

    def _toggle(self) -> None:
        hidden = self.line.echoMode() == QLineEdit.EchoMode.Password
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        if self.eye is not None:
            self.eye.setIcon(icon("eye-off" if hidden else "eye"))
            self.eye.setToolTip(f"{'Hide' if hidden else 'Show'} the {self._name.lower()}")

    def _on_theme_changed(self) -> None:
        self.line.setFont(theme().mono_font)
