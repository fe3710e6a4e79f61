"""The input of the console: Python in colours, history, completion; Shift+Enter runs."""

from PySide6.QtCore import QRect, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QWidget

from workbench.desktop.notebooks.highlight import PythonHighlighter
from workbench.desktop.notebooks.history import InputHistory
from workbench.desktop.notebooks.link import Completion
from workbench.desktop.theme import theme

_RUN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MAX_LINES = 12


class CodeInput(QPlainTextEdit):
    """Emits `run_requested` with the code; `completion_wanted` with the text and the place of the cursor."""

    run_requested = Signal(str)
    completion_wanted = Signal(str, int)
    interrupt_wanted = Signal()
    """Ctrl+C with nothing selected, as in a terminal."""
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = InputHistory()
        self.setAccessibleName("Python input")
        self.setPlaceholderText("Type Python · Shift+Enter runs · Tab completes · ↑ recalls")
        self.setProperty("bare", True)
        self.setFont(theme().mono_font)
        self.setTabStopDistance(QFontMetricsF(self.font()).horizontalAdvance(" ") * 4)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = PythonHighlighter(self.document())
        self._offers = QStringListModel(self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated.connect(self._on_chosen)
        self._popup = QListView()
        self._completer.setPopup(self._popup)
        self._span = (0, 0)
        self._wanted_at = (-1, "")
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(300)
        self._typed.timeout.connect(self._ask)
        self.document().blockCountChanged.connect(self._on_lines_changed)
        theme().theme_changed.connect(self._on_theme_changed)
        self._on_lines_changed()

    def offer(self, completion: Completion) -> None:
        """Shows what the kernel offers, if the text is still what it was asked for."""
        if (self.textCursor().position(), self.toPlainText()) != self._wanted_at or not completion.matches:
            return
        self._span = (completion.start, completion.end)
        typed = self.toPlainText()[completion.start : completion.end]
        if completion.matches == (typed,):
            return
        if len(completion.matches) == 1 and not self._typed.isActive():
            self._on_chosen(completion.matches[0])
            return
        self._offers.setStringList(list(completion.matches[:200]))
        popup = self._popup
        popup.setFont(self.font())
        self._completer.complete(self._popup_rect())
        popup.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self._popup
        key = event.key()
        if popup.isVisible() and key in {*_RUN_KEYS, Qt.Key.Key_Tab, Qt.Key.Key_Escape}:
            if key != Qt.Key.Key_Escape:
                self._on_chosen(str(popup.currentIndex().data() or ""))
            popup.hide()
            return
        if (
            key == Qt.Key.Key_C
            and event.modifiers() == Qt.KeyboardModifier.ControlModifier
            and not self.textCursor().hasSelection()
        ):
            self.interrupt_wanted.emit()
        elif key in _RUN_KEYS and event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
            self.run()
        elif key in _RUN_KEYS:
            self._new_line()
        elif key == Qt.Key.Key_Tab and not event.modifiers():
            self._tab()
        elif key == Qt.Key.Key_Up and self._on_edge_line(first=True):
            self._recall(self.history.older(self.toPlainText()))
        elif key == Qt.Key.Key_Down and self._on_edge_line(first=False):
            self._recall(self.history.newer())
        else:
            super().keyPressEvent(event)
            if popup.isVisible():
                self._typed.start() if event.text().isidentifier() else popup.hide()
            elif event.text() == ".":
                self._typed.start()

    def run(self) -> None:
        """Hands the code over and empties the field."""
        code = self.toPlainText().rstrip()
        if not code:
            return
        self.history.add(code)
        self.clear()
        self.run_requested.emit(code)

    def _new_line(self) -> None:
        line = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        indent = line[: len(line) - len(line.lstrip())]
        self.insertPlainText("\n" + indent + ("    " if line.rstrip().endswith(":") else ""))
        self.ensureCursorVisible()

    def _tab(self) -> None:
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        if before.strip():
            self._ask()
        else:
            self.insertPlainText("    ")

    def _ask(self) -> None:
        self._wanted_at = (self.textCursor().position(), self.toPlainText())
        self.completion_wanted.emit(self.toPlainText(), self.textCursor().position())

    def _on_chosen(self, text: str) -> None:
        if not text:
            return
        cursor = self.textCursor()
        cursor.setPosition(self._span[0])
        cursor.setPosition(self._span[1], QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def _on_edge_line(self, *, first: bool) -> bool:
        block = self.textCursor().block()
        return block.blockNumber() == (0 if first else self.blockCount() - 1) and not self.textCursor().hasSelection()

    def _recall(self, code: str | None) -> None:
        if code is not None:
            self.setPlainText(code)
            self.moveCursor(QTextCursor.MoveOperation.End)

    def _popup_rect(self) -> QRect:
        rect = self.cursorRect()
        rect.setWidth(min(420, self._popup.sizeHintForColumn(0) + 40))
        return rect

    def _on_lines_changed(self) -> None:
        lines = min(max(self.blockCount(), 2), _MAX_LINES)
        self.setFixedHeight(round(QFontMetricsF(self.font()).lineSpacing() * lines) + 10)

    def _on_theme_changed(self) -> None:
        self.setFont(theme().mono_font)
        self._on_lines_changed()
