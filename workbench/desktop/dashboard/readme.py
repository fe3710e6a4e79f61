"""The README of a project, rendered in the theme's fonts and colours."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
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
        block = self.document().begin()
        while block.isValid():
            self._dress(block)
            block = block.next()
        self.verticalScrollBar().setValue(place)

    def _dress(self, block: QTextBlock) -> None:
        """Spacing and fonts of one block; Markdown comes out of Qt with sizes of its own."""
        cursor = QTextCursor(block)
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        form = block.blockFormat()
        level = form.headingLevel()
        shape, look = QTextBlockFormat(), QTextCharFormat()
        if level:
            shape.setTopMargin(4 if block.blockNumber() == 0 else 18 - 2 * level)
            shape.setBottomMargin(6)
            look.setFontPointSize(theme().font_size + max(0, 6 - 2 * level))
            look.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            look.setFontWeight(QFont.Weight.DemiBold)
        elif form.hasProperty(QTextFormat.Property.BlockCodeFence) or form.hasProperty(QTextFormat.Property.BlockCodeLanguage):
            shape.setBackground(theme().tokens.window)
            shape.setLeftMargin(8)
            look.setFontFamilies(theme().mono_font.families() or [theme().mono_font.family()])
        elif block.textList() is None and cursor.currentTable() is None:
            shape.setBottomMargin(8)
        shape.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(shape)
        cursor.mergeCharFormat(look)
