"""A job's log in a sheet: grows while the job runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.widgets.basics import button
from workbench.desktop.widgets.dialogs import Sheet
from workbench.desktop.widgets.logview import LogView
from workbench.schema import LogAppended, LogChunk

if TYPE_CHECKING:
    from workbench.client.client import Client


class JobLog(Sheet):
    """Reads the log in pieces off the GUI thread and follows it by events."""

    def __init__(self, context: AppContext, run_id: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, f"Log of {title}", width=820)
        self._context = context
        self._run_id = run_id
        self._next = 0
        self._reading = False
        self._again = False
        self.log = LogView()
        self.log.setMinimumHeight(440)
        self.body.addWidget(self.log)
        self.buttons.addWidget(button("Open run", self._open_run))
        self.buttons.addWidget(button("Close", self.reject, kind="primary"))
        context.events.log_appended.connect(self._on_appended)
        self._read()

    def _read(self) -> None:
        if self._reading:
            self._again = True
            return
        self._reading = True
        run_id, offset = self._run_id, self._next

        def work(client: "Client", _progress: Progress) -> LogChunk:
            return client.log(run_id, offset)

        self._context.call("Reading the log", work, self._on_chunk, self._on_failed, quiet=True)

    def _on_chunk(self, chunk: LogChunk) -> None:
        self._reading = False
        self.log.append(chunk.text)
        self._next = chunk.next
        if self._again or chunk.next < chunk.size:
            self._again = False
            self._read()

    def _on_failed(self, error: Exception) -> None:
        self._reading = False
        self.show_error(error)

    def _on_appended(self, events: Sequence[LogAppended]) -> None:
        if any(event.run_id == self._run_id for event in events):
            self._read()

    def _open_run(self) -> None:
        self.accept()
        self._context.open_activity("runs", self._run_id)
