"""Python in colours, from Pygments and the theme's tokens."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from workbench.desktop.theme import theme

_INSIDE_TRIPLE_DOUBLE = 1
_INSIDE_TRIPLE_SINGLE = 2
_QUOTES = {_INSIDE_TRIPLE_DOUBLE: '"""', _INSIDE_TRIPLE_SINGLE: "'''"}


@lru_cache(maxsize=1)
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(ensurenl=False, stripnl=False)


def _role(token: Any) -> str:
    """Which of the theme's colours a Pygments token takes."""
    from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

    if token in Comment:
        return "comment"
    if token in String:
        return "string"
    if token in Number:
        return "number"
    if token in Keyword or token in Operator.Word:
        return "keyword"
    if token in Name.Builtin or token in Name.Exception:
        return "builtin"
    if token in Name.Function or token in Name.Class or token in Name.Decorator:
        return "definition"
    return "" if token not in Error else "plain"


def code_colours() -> dict[str, QColor]:
    """The colours of code in the present theme."""
    tokens = theme().tokens
    series = tokens.series
    return {
        "comment": tokens.muted,
        "string": tokens.ok,
        "number": tokens.warn,
        "keyword": tokens.accent,
        "builtin": series[3],
        "definition": series[0],
    }


def code_formats() -> dict[str, QTextCharFormat]:
    """The character formats of code in the present theme."""
    formats: dict[str, QTextCharFormat] = {}
    for role, colour in code_colours().items():
        form = QTextCharFormat()
        form.setForeground(colour)
        if role == "comment":
            form.setFontItalic(True)
        if role == "keyword":
            form.setFontWeight(QFont.Weight.DemiBold)
        formats[role] = form
    return formats


def code_spans(code: str) -> Iterator[tuple[int, int, QTextCharFormat]]:
    """Start, length and format of what is coloured in a whole piece of Python."""
    formats = code_formats()
    for place, token, value in _lexer().get_tokens_unprocessed(code):
        if form := formats.get(_role(token)):
            yield place, len(value), form


class PythonHighlighter(QSyntaxHighlighter):
    """Colours a document as Python, line by line; a string over several lines is carried in the blocks' states."""

    def __init__(self, parent: QTextDocument | QObject) -> None:
        super().__init__(parent)
        self._formats = code_formats()
        theme().theme_changed.connect(self._on_theme_changed)

    def highlightBlock(self, text: str) -> None:
        start = 0
        self.setCurrentBlockState(0)
        inside = self.previousBlockState()
        if inside in _QUOTES:
            end = text.find(_QUOTES[inside])
            if end < 0:
                self.setFormat(0, len(text), self._formats["string"])
                self.setCurrentBlockState(inside)
                return
            start = end + 3
            self.setFormat(0, start, self._formats["string"])
        if opened := self._open_quote(text, start):
            place, state = opened
            self._colour(text[start:place], start)
            self.setFormat(place, len(text) - place, self._formats["string"])
            self.setCurrentBlockState(state)
            return
        self._colour(text[start:], start)

    def _colour(self, text: str, offset: int) -> None:
        if not text:
            return
        for place, token, value in _lexer().get_tokens_unprocessed(text):
            if form := self._formats.get(_role(token)):
                self.setFormat(offset + place, len(value), form)

    @staticmethod
    def _open_quote(text: str, start: int) -> tuple[int, int] | None:
        """Where a triple quote begins that this line does not close."""
        place = start
        while True:
            found = [(text.find(quote, place), state) for state, quote in _QUOTES.items()]
            found = [(at, state) for at, state in found if at >= 0]
            if not found:
                return None
            at, state = min(found)
            if "#" in text[start:at]:
                return None
            end = text.find(_QUOTES[state], at + 3)
            if end < 0:
                return at, state
            place = end + 3

    def _on_theme_changed(self) -> None:
        self._formats = code_formats()
        self.rehighlight()
