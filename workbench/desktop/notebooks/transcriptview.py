"""Shows a transcript: inputs in colours, output, warnings, errors, tables and images below them."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from workbench.desktop.notebooks.ansi import AnsiStyle, overwrite, pieces
from workbench.desktop.notebooks.highlight import code_spans
from workbench.desktop.notebooks.htmltable import HtmlTable
from workbench.desktop.notebooks.transcript import Entry, Transcript
from workbench.desktop.theme import theme

_SHOWN_TEXT = 200_000
_TABLE_ROWS = 200
_INDENT = 58
_GROWS = {"output", "warning"}


class TranscriptView(QTextBrowser):
    """Appends what is new; draws anew only what changed. Follows the end while it is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Console output")
        self.setOpenExternalLinks(True)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(12)
        self._transcript = Transcript()
        self._drawn = 0
        self._start = 0
        self._length = 0
        self._images = 0
        theme().theme_changed.connect(self._redraw)

    def set_transcript(self, transcript: Transcript) -> None:
        """Shows another transcript."""
        self._transcript = transcript
        self._redraw()

    def show_from(self, first: int) -> None:
        """The entries from `first` on changed or came."""
        entries = self._transcript.entries
        follow = self._at_end()
        if first >= self._drawn:
            self._append(entries[self._drawn :])
        elif first == self._drawn - 1 and first < len(entries) and entries[first].kind in _GROWS:
            self._grow(entries[first])
            self._append(entries[self._drawn :])
        else:
            self._redraw()
        if follow:
            self.scroll_to_end()

    def scroll_to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 8

    def _redraw(self) -> None:
        self.clear()
        self._drawn = 0
        self._append(self._transcript.entries)
        self.scroll_to_end()

    def _append(self, entries: list[Entry]) -> None:
        if not entries:
            return
        cursor = self._end()
        cursor.beginEditBlock()
        for entry in entries:
            self._draw(cursor, entry)
            self._drawn += 1
        cursor.endEditBlock()

    def _grow(self, entry: Entry) -> None:
        """The last drawn entry, a stream, has more text: adds it, or draws it anew when a line was overwritten."""
        cursor = self._end()
        more = entry.text[self._length :]
        cursor.beginEditBlock()
        if len(entry.text) > self._length and len(entry.text) < _SHOWN_TEXT and "\r" not in entry.text and "\x1b" not in entry.text:
            self._styled(cursor, more, self._base(entry))
        else:
            cursor.setPosition(self._start)
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            self._styled(cursor, overwrite(entry.text)[-_SHOWN_TEXT:], self._base(entry))
        self._length = len(entry.text)
        cursor.endEditBlock()

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _draw(self, cursor: QTextCursor, entry: Entry) -> None:
        if entry.kind == "input":
            self._draw_input(cursor, entry)
            return
        self._block(cursor, above=6)
        if entry.kind == "image":
            self._draw_image(cursor, entry)
        elif entry.kind == "table" and entry.table is not None:
            self._draw_table(cursor, entry.table)
        elif entry.kind == "note":
            form = self._form(theme().tokens.muted)
            form.setFont(theme().small_font)
            form.setForeground(theme().tokens.muted)
            cursor.insertText(entry.text, form)
        else:
            self._start = cursor.position()
            self._length = len(entry.text)
            self._styled(cursor, overwrite(entry.text)[-_SHOWN_TEXT:], self._base(entry))

    def _draw_input(self, cursor: QTextCursor, entry: Entry) -> None:
        tokens = theme().tokens
        self._block(cursor, above=0)
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellSpacing(0)
        form.setCellPadding(6)
        form.setTopMargin(10)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setColumnWidthConstraints(
            [QTextLength(QTextLength.Type.FixedLength, _INDENT), QTextLength(QTextLength.Type.VariableLength, 1)]
        )
        table = cursor.insertTable(1, 2, form)
        prompt, code = table.cellAt(0, 0), table.cellAt(0, 1)
        shade = QTextCharFormat()
        shade.setBackground(tokens.alt if tokens.dark else tokens.window)
        code.setFormat(shade.toTableCellFormat())
        at = prompt.firstCursorPosition()
        right = QTextBlockFormat()
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        at.setBlockFormat(right)
        at.insertText(f"In {entry.count}" if entry.count else "In", self._form(tokens.muted))
        at = code.firstCursorPosition()
        plain = self._form(tokens.text)
        done = 0
        for start, length, style in code_spans(entry.text):
            at.insertText(entry.text[done:start], plain)
            span = QTextCharFormat(plain)
            span.merge(style)
            at.insertText(entry.text[start : start + length], span)
            done = start + length
        at.insertText(entry.text[done:], plain)
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _draw_image(self, cursor: QTextCursor, entry: Entry) -> None:
        image = QImage.fromData(entry.image)
        if image.isNull():
            cursor.insertText(entry.text or "[an image that cannot be read]", self._form(theme().tokens.muted))
            return
        self._images += 1
        name = QUrl(f"console-image:{self._images}")
        self.document().addResource(QTextDocument.ResourceType.ImageResource.value, name, image)
        form = QTextImageFormat()
        form.setName(name.toString())
        room = max(200, self.viewport().width() - _INDENT - 60)
        if image.width() > room:
            form.setWidth(room)
            form.setHeight(image.height() * room / image.width())
        cursor.insertImage(form)

    def _draw_table(self, cursor: QTextCursor, table: HtmlTable) -> None:
        tokens = theme().tokens
        rows = table.rows[: table.header + _TABLE_ROWS]
        width = max(map(len, rows))
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellSpacing(0)
        form.setCellPadding(4)
        form.setLeftMargin(_INDENT + 4)
        form.setHeaderRowCount(table.header)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        drawn = cursor.insertTable(len(rows), width, form)
        head, text = self._form(tokens.muted), self._form(tokens.text)
        head.setFontWeight(QFont.Weight.DemiBold)
        right = QTextBlockFormat()
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                cell = drawn.cellAt(number, place)
                if number >= table.header and (number - table.header) % 2:
                    shade = QTextCharFormat()
                    shade.setBackground(tokens.alt)
                    cell.setFormat(shade.toTableCellFormat())
                at = cell.firstCursorPosition()
                at.setBlockFormat(right)
                at.insertText(value, head if number < table.header or place == 0 else text)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        left = len(table.rows) - len(rows)
        notes = [f"… {left:,} more rows"] if left > 0 else []
        if table.note:
            notes.append(table.note)
        if notes:
            self._block(cursor, above=2)
            cursor.insertText(" · ".join(notes), self._form(tokens.muted))

    def _block(self, cursor: QTextCursor, *, above: int) -> None:
        """A fresh block for an output, indented under the inputs; the first one of the document is reused."""
        form = QTextBlockFormat()
        form.setLeftMargin(_INDENT + 6)
        form.setTopMargin(above)
        if cursor.block().text() == "" and cursor.currentTable() is None and cursor.block() == self.document().lastBlock():
            cursor.setBlockFormat(form)
        else:
            cursor.insertBlock(form)

    def _base(self, entry: Entry) -> QTextCharFormat:
        tokens = theme().tokens
        return self._form(tokens.warn if entry.kind == "warning" else tokens.text)

    @staticmethod
    def _form(colour: QColor) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFont(theme().mono_font)
        form.setForeground(colour)
        return form

    def _styled(self, cursor: QTextCursor, text: str, base: QTextCharFormat) -> None:
        # One block per entry: line separators keep the indent and cost less than blocks.
        for piece, style in pieces(text.rstrip("\n") if cursor.atBlockStart() and not text.strip("\n") else text):
            cursor.insertText(piece, _ansi_form(base, style))


def _ansi_form(base: QTextCharFormat, style: AnsiStyle) -> QTextCharFormat:
    form = QTextCharFormat(base)
    if style.colour is not None:
        form.setForeground(_ansi_colour(style.colour))
    if style.bold:
        form.setFontWeight(QFont.Weight.DemiBold)
    form.setFontItalic(style.italic)
    form.setFontUnderline(style.underline)
    return form


def _ansi_colour(number: int) -> QColor:
    tokens = theme().tokens
    series = tokens.series
    return (tokens.muted, tokens.bad, tokens.ok, tokens.warn, tokens.accent, series[3], series[0], tokens.text)[number]
