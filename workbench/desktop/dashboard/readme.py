"""The README of a project, rendered in the theme's fonts and colours."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from workbench.desktop.theme import theme


class ReadmeView(QTextBrowser):
    """Shows Markdown; links open in the browser, pictures are read from the project's folder only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setAccessibleName("README")
        self.setProperty("bare", True)
        self.setOpenExternalLinks(True)
        self.document().setDocumentMargin(2)
        theme().theme_changed.connect(self._render)

    def set_markdown(self, text: str, folder: Path) -> None:
        """Shows this text; relative names are meant in `folder`."""
        self.setSearchPaths([str(folder)])
        if text != self._text:
            self._text = text
            self._render()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if QUrl(name).scheme() not in {"", "file"}:  # a README must not make the app fetch anything
            return None
        return super().loadResource(kind, name)

    def _render(self) -> None:
        place = self.verticalScrollBar().value()
        self.document().setDefaultFont(theme().font)
        self.setMarkdown(self._text)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format()
                form.setBorder(1)
                form.setBorderBrush(theme().tokens.hairline)
                form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                form.setCellPadding(5)
                form.setCellSpacing(0)
                form.setBorderCollapse(True)
                frame.setFormat(form)
                _dress_cells(frame)
        block = self.document().begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        self.verticalScrollBar().setValue(place)

    def _dress(self, block: QTextBlock) -> None:
        """Spacing and fonts of one block; Markdown comes out of Qt with sizes of its own."""
        cursor = QTextCursor(block)
        if cursor.currentTable() is not None:
            return
        form = block.blockFormat()
        level = form.headingLevel()
        shape = QTextBlockFormat()
        shape.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        if level:
            shape.setTopMargin(2 if block.blockNumber() == 0 else 18 - 2 * level)
            shape.setBottomMargin(6)
            look = cursor.charFormat()
            look.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
            look.setFontPointSize(theme().font_size + max(0, 7 - 2 * level))
            look.setFontWeight(QFont.Weight.DemiBold)
            cursor.setCharFormat(look)
        elif form.hasProperty(QTextFormat.Property.BlockCodeLanguage.value):  # fenced, or only indented
            shape.setBackground(theme().tokens.window)
            shape.setTextIndent(8)
            shape.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)  # no stripes between the lines
            shape.setTopMargin(0)
            shape.setBottomMargin(0)
            code = QTextCharFormat()
            code.setFont(theme().mono_font)
            cursor.mergeCharFormat(code)
        elif block.textList() is not None:
            shape.setTopMargin(2)
            shape.setBottomMargin(2)
        else:
            shape.setBottomMargin(8)
        QTextCursor(block).mergeBlockFormat(shape)


def _dress_cells(table: QTextTable) -> None:
    """Plain cells, the first row heavier: what Markdown leaves of the text before the table goes."""
    for row in range(table.rows()):
        for column in range(table.columns()):
            cursor = table.cellAt(row, column).firstCursorPosition()
            shape = QTextBlockFormat()
            shape.setAlignment(cursor.blockFormat().alignment())
            cursor.setBlockFormat(shape)
            if row == 0:
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                look = QTextCharFormat()
                look.setFontWeight(QFont.Weight.DemiBold)
                cursor.mergeCharFormat(look)
