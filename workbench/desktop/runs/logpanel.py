"""The log of a run, read on while it grows."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.widgets import EmptyState, LogView, StateStack
from workbench.schema import LogAppended, LogChunk

_CHUNK = 1_000_000
_FIRST = 4_000_000


class LogPanel(QWidget):
    """Fetches what is new when it is told of it, and while it is shown only."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._run_id = ""
        self._next = 0
        self._stale = False
        self._loading = False
        self._generation = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.view = LogView()
        self.stack = StateStack(self.view)
        layout.addWidget(self.stack)
        self.stack.show_content()
        context.events.log_appended.connect(self._on_appended)

    def set_run(self, run_id: str, *, logs: bool = True) -> None:
        """Shows the log of another run. `logs`: off for one that was logged from outside, whose program keeps its own log."""
        if not logs:
            why = "Another program logged this run, and kept what it printed for itself."
            self.stack.show_empty(EmptyState("square-terminal", "No log", why))
            self._run_id = ""
            return
        if run_id != self._run_id:
            self._generation += 1
            self._run_id, self._next, self._loading = run_id, 0, False
            self.view.clear()
            self.view.follow = True
            self.stack.show_content()
        self.refresh()

    def refresh(self) -> None:
        """There may be more."""
        self._stale = True
        if self.isVisible():
            self._load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            QTimer.singleShot(0, self, self._load)

    def _on_appended(self, events: tuple[LogAppended, ...]) -> None:
        if any(event.run_id == self._run_id for event in events):
            self.refresh()

    def _load(self) -> None:
        if self._loading or not self._run_id or not self._stale:
            return
        self._loading, self._stale = True, False
        run_id, start, generation = self._run_id, self._next, self._generation

        def load(client: Client, _progress: Progress) -> tuple[int, LogChunk]:
            chunk = client.log(run_id, start, _CHUNK)
            if start == 0 and chunk.size > _FIRST:  # a very long log: its end is what one wants to see
                chunk = client.log(run_id, -_FIRST, _FIRST)
            return generation, chunk

        self._context.call("Reading the log", load, self._on_loaded, self._on_failed, quiet=True)

    def _on_loaded(self, result: tuple[int, LogChunk]) -> None:
        generation, chunk = result
        if generation != self._generation:
            return
        self._loading = False
        if chunk.text:
            self.view.append(chunk.text)
        if chunk.complete and not chunk.size:
            self.stack.show_empty(EmptyState("square-terminal", "The log is empty", "The run has ended and printed nothing."))
        else:
            self.stack.show_content()
        self._next = chunk.next
        if chunk.next < chunk.size and chunk.text:
            self._stale = True
        if self._stale and self.isVisible():
            self._load()

    def _on_failed(self, error: Exception) -> None:
        self._loading = False
        if not self.view.text:
            self.view.set_text(str(error))
