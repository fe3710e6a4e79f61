"""The learned program as text: English and code in several languages, each to copy."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from workbench.desktop.data.derive_learn import LANGUAGES
from workbench.desktop.widgets import CodeView, button

_HEIGHT = 170


class CodeTabs(QWidget):
    """A tab a language; keeps the chosen one when another program comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, str] = {}
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("Language of the code")
        for title in LANGUAGES.values():
            self.tabs.addTab(title)
        self.tabs.setCurrentIndex(list(LANGUAGES).index("python"))
        self.tabs.currentChanged.connect(self._show)
        self.copy_button = button("Copy", self.copy, kind="ghost", icon="copy", tooltip="Copy what this tab shows")
        self.view = CodeView()
        self.view.setFixedHeight(_HEIGHT)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.view)

    @property
    def language(self) -> str:
        """The language of the chosen tab."""
        return list(LANGUAGES)[self.tabs.currentIndex()]

    def show_code(self, texts: dict[str, str]) -> None:
        """Shows a program in all languages; none while it is still being written."""
        self._texts = texts
        self.copy_button.setEnabled(bool(texts))
        self._show()

    def copy(self) -> None:
        """Puts the shown text on the clipboard."""
        QGuiApplication.clipboard().setText(self._texts.get(self.language, ""))

    def _show(self) -> None:
        language = self.language
        lexer = {"english": "text", "sql": "sql"}.get(language, "python")
        self.view.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth if language == "english" else CodeView.LineWrapMode.NoWrap)
        self.view.set_text(self._texts.get(language, ""), lexer)
