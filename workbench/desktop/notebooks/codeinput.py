"""The input of the console: Python in colours, history, completion; Shift+Enter runs."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from workbench.desktop.notebooks.completions import CompletionList
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
        self.completions = CompletionList(self)
        self.completions.chosen.connect(self._on_chosen)
        self._span = (0, 0)
        self._wanted_at = (-1, "")
        self._by_key = False
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(300)
        self._typed.timeout.connect(self._ask)
        self.document().blockCountChanged.connect(self._on_lines_changed)
        theme().theme_changed.connect(self._on_theme_changed)
        self._on_lines_changed()

    def offer(self, completion: Completion) -> None:
        """Shows what the kernel offers, if the text is still what it was asked for."""
        if (self.textCursor().position(), self.toPlainText()) != self._wanted_at or not self.hasFocus():
            return
        self._span = (completion.start, completion.end)
        typed = self.toPlainText()[completion.start : completion.end]
        matches = completion.matches if completion.matches != (typed,) else ()
        if len(matches) == 1 and self._by_key and matches[0].startswith(typed):
            self._on_chosen(matches[0])
        elif matches:
            line = self.cursorRect()
            line.translate(self.viewport().pos())
            line.translate(-round(QFontMetricsF(self.font()).horizontalAdvance(typed)), 0)
            self.completions.offer(matches, line)
        else:
            self.completions.hide()

    def event(self, event: QEvent) -> bool:
        # While the list is shown, Escape closes it and nothing else.
        if event.type() == QEvent.Type.ShortcutOverride and self.completions.isVisible() and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not event.modifiers() and self.completions.handle(key):
            return
        if self._is_interrupt(event):
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
            self._type(event)

    def _type(self, event: QKeyEvent) -> None:
        """An ordinary key: a dot asks for completions, what follows narrows them."""
        shown = self.completions.isVisible()
        super().keyPressEvent(event)
        text = event.text()
        if text == "." or (shown and (text.isalnum() or text == "_" or event.key() == Qt.Key.Key_Backspace)):
            self._by_key = False
            self._typed.start()
        elif text:
            self._typed.stop()
            self.completions.hide()

    def run(self) -> None:
        """Hands the code over and empties the field."""
        code = self.toPlainText().rstrip()
        if not code:
            return
        self._typed.stop()
        self.completions.hide()
        self.history.add(code)
        self.clear()
        self.run_requested.emit(code)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._typed.stop()
        self.completions.hide()
        self.focus_changed.emit(False)

    def _is_interrupt(self, event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return control and event.key() == Qt.Key.Key_C and not self.textCursor().hasSelection()

    def _new_line(self) -> None:
        line = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        indent = line[: len(line) - len(line.lstrip())]
        self.insertPlainText("\n" + indent + ("    " if line.rstrip().endswith(":") else ""))
        self.ensureCursorVisible()

    def _tab(self) -> None:
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        if before.strip():
            self._typed.stop()
            self._by_key = True
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

    def _on_lines_changed(self) -> None:
        lines = min(max(self.blockCount(), 2), _MAX_LINES)
        self.setFixedHeight(round(QFontMetricsF(self.font()).lineSpacing() * lines) + 10)

    def _on_theme_changed(self) -> None:
        self.setFont(theme().mono_font)
        self._on_lines_changed()
