"""Draws the entries of a transcript into a text document."""

import re

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)

from workbench.desktop.notebooks.ansi import AnsiStyle, pieces, plain
from workbench.desktop.notebooks.highlight import code_spans
from workbench.desktop.notebooks.htmltable import HtmlTable
from workbench.desktop.notebooks.transcript import Entry
from workbench.desktop.theme import theme

GUTTER = 76
"""Width of the column with the execution's number."""
MARGIN = 14
"""Around the document."""
_TABLE_ROWS = 200
_TABLE_COLUMNS = 60
_PADDING = 8


class EntryPainter:
    """Writes entries at the end of a document, in the theme's present colours and fonts. GUI thread only."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._images = 0

    def draw(self, cursor: QTextCursor, entry: Entry, room: int) -> None:
        """Draws an entry that is no stream; `room` is the width for pictures."""
        if entry.kind == "input":
            self._draw_input(cursor, entry)
        elif entry.kind == "image":
            self._draw_image(cursor, entry, room)
        elif entry.kind == "table" and entry.table is not None:
            self._draw_table(cursor, entry.table)
        elif entry.kind == "markdown":
            self._draw_markdown(cursor, entry.text)
        elif entry.kind == "error":
            self._draw_error(cursor, entry)
        elif entry.kind == "note":
            form = QTextCharFormat()
            form.setFont(theme().small_font)
            form.setForeground(theme().tokens.muted)
            self.block(cursor, above=8)
            self.lines(cursor, entry.text, form)
        else:
            self.block(cursor, above=4)
            self.lines(cursor, entry.text, self.base(entry))

    def block(self, cursor: QTextCursor, *, above: int = 0, left: int = GUTTER + _PADDING) -> None:
        """A fresh block under the inputs; an empty last one of the document is reused."""
        form = QTextBlockFormat()
        form.setLeftMargin(left)
        form.setTopMargin(above)
        if not cursor.block().text() and cursor.currentTable() is None and cursor.block() == self._document.lastBlock():
            cursor.setBlockFormat(form)
        else:
            cursor.insertBlock(form)
        cursor.setBlockCharFormat(_form(theme().tokens.text))

    def lines(self, cursor: QTextCursor, text: str, base: QTextCharFormat) -> None:
        """Text of several lines, a block each, so that lines can be taken away at the front."""
        first, *rest = text.split("\n", 1)
        self._styled(cursor, first, base)
        if rest:
            form = QTextBlockFormat(cursor.blockFormat())
            form.setTopMargin(0)
            cursor.insertBlock(form)
            self._styled(cursor, rest[0], base)

    @staticmethod
    def base(entry: Entry) -> QTextCharFormat:
        """The format of an entry's text where it has no colour of its own."""
        tokens = theme().tokens
        return _form(tokens.warn if entry.kind == "warning" else tokens.text)

    @staticmethod
    def _styled(cursor: QTextCursor, text: str, base: QTextCharFormat) -> None:
        if "\x1b" not in text:
            cursor.insertText(text, base)
            return
        for piece, style in pieces(text):
            cursor.insertText(piece, _ansi_form(base, style))

    def _draw_input(self, cursor: QTextCursor, entry: Entry) -> None:
        tokens = theme().tokens
        form = _frame_format(padding=_PADDING - 2)
        form.setTopMargin(12)
        form.setBottomMargin(4)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        fixed, rest = QTextLength(QTextLength.Type.FixedLength, GUTTER), QTextLength(QTextLength.Type.VariableLength, 1)
        form.setColumnWidthConstraints([fixed, rest])
        table = cursor.insertTable(1, 2, form)
        prompt, code = table.cellAt(0, 0), table.cellAt(0, 1)
        shade = QTextCharFormat()
        shade.setBackground(tokens.alt if tokens.dark else tokens.window)
        code.setFormat(shade.toTableCellFormat())
        at = prompt.firstCursorPosition()
        right = QTextBlockFormat()
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        right.setNonBreakableLines(True)
        at.setBlockFormat(right)
        at.insertText(f"In\u00a0[{entry.count or chr(0xA0)}]", _form(tokens.accent))
        _insert_code(code.firstCursorPosition(), entry.text)
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _draw_error(self, cursor: QTextCursor, entry: Entry) -> None:
        """On a ground of its own, without the line of dashes that a terminal needs."""
        form = _frame_format(padding=_PADDING)
        form.setLeftMargin(GUTTER)
        form.setTopMargin(2)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        cell = cursor.insertTable(1, 1, form).cellAt(0, 0)
        shade = QTextCharFormat()
        shade.setBackground(theme().tokens.bad_soft)
        cell.setFormat(shade.toTableCellFormat())
        lines = entry.text.split("\n")
        if len(lines) > 1 and set(plain(lines[0])) == {"-"}:
            del lines[0]
            lines[0] = re.sub(" {3,}Traceback", "  Traceback", lines[0])
        at = cell.firstCursorPosition()
        at.setBlockFormat(QTextBlockFormat())
        self.lines(at, "\n".join(lines), self.base(entry))
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _draw_markdown(self, cursor: QTextCursor, text: str) -> None:
        """Rendered by Qt in a document of its own, which resolves nothing from the network."""
        made = QTextDocument()
        made.setDefaultFont(theme().font)
        made.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML)
        _restyle_markdown(made)
        form = _frame_format(padding=2)
        form.setLeftMargin(GUTTER + _PADDING - 2)
        form.setTopMargin(10)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table = cursor.insertTable(1, 1, form)
        from PySide6.QtGui import QTextDocumentFragment

        table.cellAt(0, 0).firstCursorPosition().insertFragment(QTextDocumentFragment(made))
        cursor.movePosition(QTextCursor.MoveOperation.End)

    def _draw_image(self, cursor: QTextCursor, entry: Entry, room: int) -> None:
        self.block(cursor, above=6)
        image = QImage.fromData(entry.image)
        if image.isNull():
            cursor.insertText(entry.text or "[an image that cannot be read]", _form(theme().tokens.muted))
            return
        self._images += 1
        name = QUrl(f"console-image:{self._images}")
        self._document.addResource(QTextDocument.ResourceType.ImageResource.value, name, image)
        form = QTextImageFormat()
        form.setName(name.toString())
        if image.width() > room:
            form.setWidth(room)
            form.setHeight(image.height() * room / image.width())
        cursor.insertImage(form)

    def _draw_table(self, cursor: QTextCursor, table: HtmlTable) -> None:
        tokens = theme().tokens
        rows = [row[:_TABLE_COLUMNS] for row in table.rows[: table.header + _TABLE_ROWS]]
        width = max(map(len, rows))
        numeric = [_is_numeric([row[place] for row in rows[table.header :] if place < len(row)]) for place in range(width)]
        form = _frame_format(padding=4)
        form.setLeftMargin(GUTTER + _PADDING - 4)
        form.setTopMargin(4)
        form.setBottomMargin(2)
        form.setHeaderRowCount(table.header)
        drawn = cursor.insertTable(len(rows), width, form)
        head, text, index = _form(tokens.muted), _form(tokens.text), _form(tokens.muted)
        head.setFontWeight(QFont.Weight.DemiBold)
        for number, row in enumerate(rows):
            heading = number < table.header
            for place, value in enumerate(row):
                cell = drawn.cellAt(number, place)
                shade = QTextCharFormat()
                if heading:
                    shade.setBackground(tokens.neutral_soft)
                elif (number - table.header) % 2:
                    shade.setBackground(tokens.alt if not tokens.dark else tokens.raised)
                cell.setFormat(shade.toTableCellFormat())
                at = cell.firstCursorPosition()
                at.setBlockFormat(_aligned(right=numeric[place]))
                at.insertText(value, head if heading else index if place == 0 else text)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        notes = [f"… {len(table.rows) - len(rows):,} more rows"] if len(table.rows) > len(rows) else []
        if table.note:
            notes.append(table.note)
        if notes:
            self.block(cursor, above=0)
            form_ = _form(tokens.muted)
            form_.setFont(theme().small_font)
            cursor.insertText(" · ".join(notes), form_)


def _insert_code(cursor: QTextCursor, code: str) -> None:
    base, done = _form(theme().tokens.text), 0
    for start, length, style in code_spans(code):
        cursor.insertText(code[done:start], base)
        span = QTextCharFormat(base)
        span.merge(style)
        cursor.insertText(code[start : start + length], span)
        done = start + length
    cursor.insertText(code[done:], base)


def _restyle_markdown(document: QTextDocument) -> None:
    """Code in the theme's fixed font, links in its accent, the rest in its text colour; headings of a calm size."""
    tokens, block = theme().tokens, document.begin()
    sizes = {1: 5.0, 2: 3.0, 3: 1.5}
    while block.isValid():
        level = block.blockFormat().headingLevel()
        fenced = _is_fenced(block)
        cursor = QTextCursor(block)
        spacing = QTextBlockFormat()
        spacing.setTopMargin(8 if level else 0 if fenced else 3)
        spacing.setBottomMargin(0 if fenced else 6 if level else 5)
        if fenced:
            before, after = block.previous(), block.next()
            spacing.setTopMargin(0 if _is_fenced(before) else 6)
            spacing.setBottomMargin(0 if _is_fenced(after) else 8)
            spacing.setLeftMargin(12)
        cursor.mergeBlockFormat(spacing)
        parts = block.begin()
        spans: list[tuple[int, int, QTextCharFormat]] = []
        while not parts.atEnd():
            fragment = parts.fragment()
            old = fragment.charFormat()
            form = QTextCharFormat()
            form.setForeground(tokens.accent if old.isAnchor() else tokens.text)
            if old.fontFixedPitch() or fenced:
                form.setFont(theme().mono_font)
            elif level:
                form.setFontPointSize(theme().font_size + sizes.get(level, 0.5))
                form.setFontWeight(QFont.Weight.DemiBold)
            spans.append((fragment.position(), fragment.length(), form))
            parts += 1
        for position, length, form in spans:
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(form)
        block = block.next()


def _is_fenced(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)


def _frame_format(*, padding: int) -> QTextTableFormat:
    form = QTextTableFormat()
    form.setBorder(0)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    form.setCellSpacing(0)
    form.setCellPadding(padding)
    return form


def _aligned(*, right: bool) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setAlignment(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
    form.setRightMargin(10)
    form.setNonBreakableLines(True)
    return form


def _is_numeric(values: list[str]) -> bool:
    seen = False
    for value in values:
        if value.casefold() in {"", "nan", "nat", "none", "...", "…", "<na>"}:
            continue
        try:
            float(value.replace(",", ""))
        except ValueError:
            return False
        seen = True
    return seen


def _form(colour: QColor) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setFont(theme().mono_font)
    form.setForeground(colour)
    return form


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
