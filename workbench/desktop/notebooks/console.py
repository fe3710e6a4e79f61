"""A console on one kernel: what it said above, the input below, its state and acts in a row over them."""

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.base.errors import Conflict, NotFound, WorkbenchError
from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.notebooks.inputbar import InputBar
from workbench.desktop.notebooks.link import Completion, KernelLink
from workbench.desktop.notebooks.transcript import RESTARTED, Transcript, read_record
from workbench.desktop.notebooks.transcriptview import TranscriptView
from workbench.desktop.operations import Progress
from workbench.desktop.widgets import (
    Banner,
    EmptyState,
    HLine,
    StateStack,
    StatusPill,
    button,
    confirm,
    icon_button,
    label,
)
from workbench.desktop.wording import duration_text
from workbench.schema import Kernel, KernelStatus


class ConsolePage(QWidget):
    """Shows a kernel and talks to it. Closing the page leaves the kernel at work; opened again it shows what was recorded."""

    state_changed = Signal()
    """The state in the list (`status`) is another one."""
    closed = Signal(str)
    """The kernel was stopped or is not known any more, and the user is done with the page."""
    new_wanted = Signal(str)
    """Start another console, of this run configuration."""

    def __init__(self, context: AppContext, kernel: Kernel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.kernel = kernel
        self.transcript = Transcript()
        self._link: KernelLink | None = None
        self._linked = False
        self._held: list[tuple[dict[str, object], ...]] | None = None
        self._pending: list[str] = []
        self._asked = 0
        self._answered = 0
        self._request = 0
        self._busy_since = 0.0
        self._gone = False
        self._lived = False
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._on_clock)
        self.take(kernel)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._toolbar())
        layout.addWidget(HLine())
        self.banner = Banner("warn", "", ("New console", self._on_new))
        self.banner.hide()
        layout.addWidget(self.banner)
        content = QWidget()
        content.setProperty("surface", "base")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.view = TranscriptView("Console output")
        self.input = InputBar()
        self.input.run_requested.connect(self.run)
        self.input.code.completion_wanted.connect(self._on_completion_wanted)
        self.input.code.interrupt_wanted.connect(self.interrupt)
        inner.addWidget(self.view, 1)
        inner.addWidget(self.input)
        self.stack = StateStack(content)
        layout.addWidget(self.stack, 1)

    def _toolbar(self) -> QWidget:
        bar = QWidget()
        bar.setProperty("surface", "base")
        bar.setMinimumHeight(51)  # with its line as high as a PageHeader
        row = QHBoxLayout(bar)
        row.setContentsMargins(20, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(label("Console", font="title_font"))
        self.pill = StatusPill("preparing")
        row.addWidget(self.pill)
        self.about = label("", "small")
        row.addWidget(self.about)
        row.addStretch(1)
        self.interrupt_button = button(
            "Interrupt",
            self.interrupt,
            kind="ghost",
            icon="square",
            tooltip="Stop what runs now, keep the variables  (Ctrl+C in the input)",
        )
        self.restart_button = button(
            "Restart", self.restart, kind="ghost", icon="rotate-ccw", tooltip="Begin with an empty memory  (Ctrl+Shift+R)"
        )
        row.addWidget(self.interrupt_button)
        row.addWidget(self.restart_button)
        row.addWidget(icon_button("eraser", "Clear what is shown  (Ctrl+L)", self.clear))
        self.stop_button = icon_button("circle-stop", "Stop this console", self.stop)
        row.addWidget(self.stop_button)
        return bar

    # what is known

    @property
    def status(self) -> str:
        """The kernel's state as it is known here, which is earlier than the server's word."""
        if self._gone:
            return "dead"
        if self._linked and self.kernel.status in {KernelStatus.IDLE, KernelStatus.BUSY}:
            return "busy" if self.transcript.busy else "idle"
        return str(self.kernel.status)

    @property
    def connected(self) -> bool:
        """Whether code can be run now."""
        return self._linked and not self._gone

    @property
    def alive(self) -> bool:
        return not self._gone and self.kernel.status != KernelStatus.DEAD

    def reload(self) -> None:
        """Asks the server for the kernel's state."""
        kernel_id = self.kernel.id
        self._context.call(
            "Asking for the kernel",
            lambda client, _progress: client.kernel(kernel_id),
            self.take,
            self._on_lost,
            exclusive=f"kernel-{kernel_id}",
            quiet=True,
        )

    def take(self, kernel: Kernel) -> None:
        """The kernel's state is this now."""
        self.kernel = kernel
        if kernel.status == KernelStatus.PREPARING and self._link is None:
            self.stack.show_loading(kernel.reason.rstrip(". ") or "The kernel is starting")
        elif kernel.status == KernelStatus.DEAD:
            self._on_dead(kernel.reason)
        elif self._link is None and not self._gone:
            self._connect(kernel)
        if kernel.status != KernelStatus.DEAD:
            self.banner.hide()
        self._refresh()

    def _on_dead(self, reason: str) -> None:
        self._unlink()
        if not self._lived:
            state = EmptyState(
                "square-terminal",
                "The console could not be started",
                reason or "The kernel has ended.",
                ("Try again", self._on_new),
            )
            self.stack.show_empty(state)
            return
        self.banner.set_text(reason or "The kernel has ended.")
        self.banner.show()

    def _on_lost(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self.lose("This kernel ended with the server that ran it; what it said is kept.")

    def lose(self, reason: str) -> None:
        """The server does not know the kernel any more."""
        if not self._gone:
            self._gone = True
            self._on_dead(reason)
            self._refresh()

    # the connection

    def _connect(self, kernel: Kernel) -> None:
        link = KernelLink(kernel.connection_file, self)
        link.messages.connect(self._on_messages)
        link.completed.connect(self._on_completed)
        link.executed.connect(self._on_executed)
        link.broken.connect(self._on_broken)
        link.ready.connect(self._on_ready)
        self._link = link
        self._held = []
        self.stack.show_loading("Connecting to the kernel")
        link.open()

    def _on_ready(self) -> None:
        # The record is read once the connection stands: what comes meanwhile waits, so that nothing is missed or out of order.
        path = self.kernel.record
        self._context.operations.run(
            "Reading what the console said",
            lambda _progress: read_record(path),
            self._on_record,
            quiet=True,
            exclusive=f"record-{path}",
        )

    def _on_record(self, transcript: Transcript) -> None:
        self.transcript = transcript
        held, self._held = self._held or [], None
        for batch in held:
            transcript.feed_all(batch)
        if not transcript.entries:
            transcript.note(f"{self.kernel.python}\nThe working folder is {self.kernel.project}")
        if self.kernel.status == KernelStatus.BUSY and transcript.count:
            transcript.busy = True
        self.input.code.history.items[:] = transcript.inputs()
        self.view.set_transcript(transcript)
        self._linked = self._lived = True
        self.stack.show_content()
        self._refresh()
        for code in self._pending:
            self.run(code)
        self._pending.clear()
        if self.isVisible():
            self.input.code.setFocus()

    def _on_broken(self, sentence: str) -> None:
        self._unlink()
        self._context.notifications.problem(sentence, place=self.kernel.record)
        self.banner.set_text(sentence)
        self.banner.show()
        self.stack.show_content()
        self._refresh()

    def _unlink(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link.deleteLater()
        self._link, self._linked = None, False
        self._asked = self._answered = 0
        self._pending.clear()
        self.transcript.busy = False

    def close_link(self) -> None:
        """Ends the connection; the kernel goes on."""
        self._clock.stop()
        self._unlink()

    def _on_messages(self, batch: tuple[dict[str, object], ...]) -> None:
        if self._held is not None:
            self._held.append(batch)
            return
        before = self.status
        first = self.transcript.feed_all(batch)
        if first is not None:
            self.view.show_from(first)
        if self.status != before or first is not None:
            self._refresh()

    # acts

    def run(self, code: str) -> None:
        """Runs code on the kernel, or as soon as there is one."""
        if self._gone or self.kernel.status == KernelStatus.DEAD:
            return
        if self._link is None or not self._linked:
            self._pending.append(code)
            return
        self._asked += 1
        self._link.execute(code)
        self.view.scroll_to_end()
        self._refresh()

    def interrupt(self) -> None:
        """Stops what runs; the variables stay."""
        if self.status != "busy":
            return
        kernel_id = self.kernel.id
        self._context.call(
            "Interrupting the kernel", lambda client, _progress: client.interrupt_kernel(kernel_id), on_error=self._on_act_failed
        )

    def restart(self) -> None:
        """Asks, then begins with an empty memory."""
        if not self.alive:
            return
        confirm(
            self.window(),
            "Restart the console?",
            "All its variables are lost. What it has said stays here.",
            action="Restart",
            on_yes=self._restart,
        )

    def _restart(self) -> None:
        kernel_id = self.kernel.id
        self._asked = self._answered = 0

        def work(client: Client, progress: Progress) -> Kernel:
            progress.say("The kernel is restarting")
            return client.restart_kernel(kernel_id)

        self._context.call("Restarting the kernel", work, self._on_restarted, self._on_act_failed, cancellable=False)

    def _on_restarted(self, kernel: Kernel) -> None:
        self.transcript.busy = False
        self.transcript.count = 0
        self.view.show_from(self.transcript.note(RESTARTED))
        self.take(kernel)
        self.input.code.setFocus()

    def stop(self) -> None:
        """Ends the kernel; asks first when it has done something."""
        if not self.alive or not (self._asked or self.transcript.count):
            self._stop()
            return
        confirm(
            self.window(),
            "Stop the console?",
            "Its process ends and its variables are lost.",
            action="Stop",
            on_yes=self._stop,
        )

    def _stop(self) -> None:
        kernel_id = self.kernel.id
        self.close_link()
        if self._gone:
            self.closed.emit(kernel_id)
            return
        self._context.call(
            "Stopping the kernel",
            lambda client, _progress: client.stop_kernel(kernel_id),
            self._on_stopped,
            self._on_stop_failed,
            cancellable=False,
        )

    def _on_stopped(self, _nothing: object) -> None:
        self.closed.emit(self.kernel.id)

    def _on_stop_failed(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self.closed.emit(self.kernel.id)
            return
        self._context.notifications.error(error, "Stopping the kernel")
        self.reload()

    def clear(self) -> None:
        """Takes what is shown away; the variables and the record stay."""
        self.transcript.clear()
        self.view.set_transcript(self.transcript)
        self.input.code.setFocus()

    def focus_input(self) -> None:
        """The keys go to the input."""
        self.input.code.setFocus()

    def _on_new(self) -> None:
        self.new_wanted.emit(self.kernel.config)

    def _on_act_failed(self, error: Exception) -> None:
        if isinstance(error, Conflict):  # it ended by itself meanwhile
            self.reload()
        elif isinstance(error, WorkbenchError):
            self._context.notifications.error(error, "The console")
            self.reload()
        else:
            self._context.notifications.error(error, "The console")

    def _on_completion_wanted(self, code: str, position: int) -> None:
        if self._link is not None and self._linked:
            self._request = self._link.complete(code, position)

    def _on_completed(self, completion: Completion) -> None:
        if completion.request == self._request:
            self.input.code.offer(completion)

    def _on_executed(self, _request: str, _status: str) -> None:
        self._answered = min(self._asked, self._answered + 1)
        self._refresh()

    # the row at the top

    def _refresh(self) -> None:
        status = self.status
        if status == "busy" and not self._clock.isActive():
            self._busy_since = time.monotonic()
            self._clock.start()
        elif status != "busy":
            self._clock.stop()
        changed = self.pill.status != status
        self.pill.set_status(status, self.kernel.reason)
        self.interrupt_button.setEnabled(status == "busy")
        self.restart_button.setEnabled(self.alive and self.kernel.status != KernelStatus.PREPARING)
        self.input.set_enabled(self.connected)
        self.input.set_count(self.transcript.count)
        self._tell()
        if changed:
            self.state_changed.emit()

    def _tell(self) -> None:
        parts = [self.kernel.config or "default configuration"]
        if self.status == "busy" and (seconds := time.monotonic() - self._busy_since) >= 1:
            parts.append(f"{seconds:.0f} s" if seconds < 60 else duration_text(seconds))
        waiting = self._asked - self._answered - 1
        if self.status == "busy" and waiting > 0:
            parts.append(f"{waiting} waiting")
        self.about.setText(" · ".join(parts))

    def _on_clock(self) -> None:
        self._tell()
