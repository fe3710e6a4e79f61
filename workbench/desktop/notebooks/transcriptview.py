"""Shows a transcript: inputs in colours, output, warnings, errors, tables and images below them."""

from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from workbench.desktop.notebooks.drawing import GUTTER, MARGIN, EntryPainter
from workbench.desktop.notebooks.transcript import MAX_LINES, Entry, Transcript
from workbench.desktop.theme import theme

_GROWS = {"output", "warning"}


@dataclass
class _Drawn:
    """How much of the last stream is drawn, in characters and lines since its beginning, and where it stands."""

    position: int
    end: int
    line: int
    revision: int


class TranscriptView(QTextBrowser):
    """Appends what is new; draws anew only what changed. Follows the end while it is shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("bare", True)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(MARGIN)
        self.document().setUndoRedoEnabled(False)
        self.anchorClicked.connect(self._on_link)
        self._painter = EntryPainter(self.document())
        self._transcript = Transcript()
        self._count = 0
        self._last: _Drawn | None = None
        self._stays = False
        theme().theme_changed.connect(self._redraw)

    def set_transcript(self, transcript: Transcript, *, at_end: bool = True) -> None:
        """Shows another transcript."""
        self._transcript = transcript
        self._redraw()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum() if at_end else 0)

    def show_from(self, first: int) -> None:
        """The entries from `first` on changed or came."""
        entries = self._transcript.entries
        follow = self.at_end()
        if first >= self._count:
            self._append(entries[self._count :])
        elif first == self._count - 1 and self._last is not None and entries[first].kind in _GROWS:
            self._grow(entries[first], self._last)
            self._append(entries[self._count :])
        else:
            self._redraw()
        if follow:
            self.scroll_to_end()

    def scroll_to_end(self) -> None:
        """Shows the newest."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def at_end(self) -> bool:
        """Whether the newest is shown."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 8

    def resizeEvent(self, event: QResizeEvent) -> None:
        follow = self.at_end()
        super().resizeEvent(event)
        if follow and not self._stays:
            self.scroll_to_end()

    def keep_at_top(self) -> None:
        """For a document that is read from its beginning: it does not follow the end."""
        self._stays = True

    def _redraw(self) -> None:
        bar = self.verticalScrollBar()
        place, follow = bar.value(), self.at_end() and not self._stays
        self.clear()
        self._count = 0
        self._last = None
        self._append(self._transcript.entries)
        # The widget's own cursor went along with the text, and the view would follow it.
        self.moveCursor(QTextCursor.MoveOperation.Start if self._stays else QTextCursor.MoveOperation.End)
        bar.setValue(bar.maximum() if follow else place)

    def _append(self, entries: list[Entry]) -> None:
        if not entries:
            return
        cursor = self._end()
        room = max(200, self.viewport().width() - GUTTER - 60)
        cursor.beginEditBlock()
        for entry in entries:
            self._last = None
            if entry.kind in _GROWS:
                self._painter.block(cursor)
                self._draw_stream(cursor, entry)
            else:
                self._painter.draw(cursor, entry, room)
            self._count += 1
        cursor.endEditBlock()

    def _draw_stream(self, cursor: QTextCursor, entry: Entry) -> None:
        if entry.first_line:
            about = f"… {entry.first_line:,} earlier lines: the last {MAX_LINES:,} are shown, the kernel's record has all"
            self._painter.draw(cursor, Entry("note", about), 0)
            self._painter.block(cursor)
        position = cursor.position()
        shown = _shown(entry)
        self._painter.lines(cursor, shown, self._painter.base(entry))
        self._last = _Drawn(position, entry.start + len(shown), entry.first_line, entry.revision)

    def _grow(self, entry: Entry, last: _Drawn) -> None:
        """The last drawn entry, a stream, has more text: adds it, or draws it anew when more than its end changed."""
        shown = _shown(entry)
        place = last.end - entry.start
        plain = "\x1b" not in entry.text and entry.revision == last.revision and entry.first_line == last.line
        cursor = self._end()
        cursor.beginEditBlock()
        if plain and 0 <= place <= len(shown):
            self._painter.lines(cursor, shown[place:], self._painter.base(entry))
            last.end = entry.start + len(shown)
        else:
            block = self.document().findBlock(last.position)
            if last.line and block.previous().isValid():
                block = block.previous()  # the sentence about earlier lines
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            self._painter.block(cursor)
            self._draw_stream(cursor, entry)
        cursor.endEditBlock()

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _on_link(self, url: QUrl) -> None:
        if url.scheme() in {"http", "https", "mailto"}:
            QDesktopServices.openUrl(url)


def _shown(entry: Entry) -> str:
    """The text without what waits to be overwritten or ended."""
    return entry.text.removesuffix("\r").removesuffix("\n")
