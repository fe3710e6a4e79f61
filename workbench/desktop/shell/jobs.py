"""The Jobs panel: what runs, waits and has ended lately, in every project of the workspace; foldable."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.base.clock import utc_now
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.desktop.shell.joblog import JobLog
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, ElidedLink, button, icon_button, label
from workbench.desktop.widgets.states import EmptyState
from workbench.desktop.widgets.status import StatusPill
from workbench.desktop.wording import duration_text, moment_text
from workbench.schema import Job, RunStatus

if TYPE_CHECKING:
    from workbench.client.client import Client

_SHOWN = 40
_LONG = 200  # characters of what a card tells


class _JobCard(QFrame):
    """One job: script and number (a link to the run), state, how long, and what can be done."""

    def __init__(self, context: AppContext, job: Job) -> None:
        super().__init__()
        self._context = context
        self.job = job
        self.setProperty("card", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 8, 8)
        outer.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(6)
        self._title = ElidedLink("", self.open_run, tooltip="Show the run")
        top.addWidget(self._title)
        top.addStretch(1)
        self._log = icon_button("square-terminal", "Show the log", self._show_log)
        self._cancel = icon_button("circle-stop", "Cancel the job", self.cancel)
        top.addWidget(self._log)
        top.addWidget(self._cancel)
        outer.addLayout(top)
        middle = QHBoxLayout()
        middle.setSpacing(8)
        self._pill = StatusPill()
        middle.addWidget(self._pill)
        self._when = ElidedLabel("", "small")
        middle.addWidget(self._when, 1)
        outer.addLayout(middle)
        self._reason = label("", "small", wrap=True)
        self._told = ""
        outer.addWidget(self._reason)
        self.show_job(job)

    def show_job(self, job: Job) -> None:
        """Takes over the job's present state."""
        self.job = job
        self._pill.set_status(job.status.value, job.reason)
        live = not job.status.is_final
        self._cancel.setVisible(live)
        self._cancel.setEnabled(not job.cancel_requested)
        self._title.set_text(Path(job.script).name or job.run_name, f"  #{job.run_number}")
        self.tick()

    def tick(self) -> None:
        """Counts on."""
        times = {change.status: change.time for change in self.job.history}
        began = times.get(RunStatus.RUNNING) or times.get(RunStatus.PREPARING) or times.get(RunStatus.QUEUED)
        ended = self.job.history[-1].time if began is not None and self.job.status.is_final else None
        self._when.set_text("" if began is None else _span(began, ended or utc_now()))
        self._tell(" · ".join(filter(None, (moment_text(ended), job_sentence(self.job)))))

    def _tell(self, told: str) -> None:
        if told != self._told:
            self._told = told
            self._reason.setText(told if len(told) <= _LONG else f"{told[: _LONG - 1]}…")
            self._reason.setToolTip(told if len(told) > _LONG else "")

    def open_run(self) -> None:
        self._context.open_activity("runs", self.job.id)

    def cancel(self) -> None:
        job_id = self.job.id
        self._cancel.setEnabled(False)
        self._context.call("Cancelling the job", lambda client, _progress: client.cancel(job_id))

    def _show_log(self) -> None:
        title = f"{Path(self.job.script).name or self.job.run_name}  #{self.job.run_number}"
        JobLog(self._context, self.job.id, title, self.window()).open()


def job_sentence(job: Job) -> str:
    """Where the job belongs and runs, which attempt this is, and what it waits for or how it ended."""
    live = not job.status.is_final
    facts = [
        job.experiment,
        f"on {job.target}" if job.target not in {"", "local"} else "",
        f"attempt {job.attempt} of {job.attempts}" if job.attempts > 1 and (live or job.attempt > 1) else "",
    ]
    reason = "Stopping …" if live and job.cancel_requested else job.reason
    if job.queue_position and not job.cancel_requested:
        reason = f"Number {job.queue_position} in the queue. {reason}".strip()
    return " · ".join(filter(None, (*facts, reason)))


class JobsPanel(QWidget):
    """Loads the jobs on connection and on every change; cards are kept by id."""

    closed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._cards: dict[str, _JobCard] = {}
        self._dismissed: set[str] = set()
        self._jobs: tuple[Job, ...] = ()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(14, 10, 8, 8)
        top.addWidget(label("Jobs", font="heading_font"))
        top.addStretch(1)
        self._dismiss = button("Dismiss finished", self.dismiss_finished, kind="ghost")
        top.addWidget(self._dismiss)
        top.addWidget(icon_button("panel-right", "Hide the jobs  (Ctrl+J)", self.closed.emit))
        outer.addLayout(top)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._holder = QWidget()
        self._holder.setProperty("transparent", True)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(10, 4, 10, 10)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._area.setWidget(self._holder)
        outer.addWidget(self._area, 1)
        self._empty = EmptyState(
            "list", "No jobs", "Scripts and data preparations that you run show up here. They go on when Workbench is closed."
        )
        outer.addWidget(self._empty, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_tick)
        self.setMinimumWidth(260)
        events = context.events
        for signal in (events.connected, events.run_changed):
            signal.connect(self.reload)
        events.reset.connect(self.reload)
        self._show()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What was loaded last."""
        return self._jobs

    def reload(self, *_events: object) -> None:
        """Asks the server for the jobs."""
        self._context.call("Reading the jobs", _read, self._on_jobs, self._on_failed, exclusive="jobs-panel", quiet=True)

    def dismiss_finished(self) -> None:
        """Hides what has ended; the runs stay."""
        self._dismissed |= {job.id for job in self._jobs if job.status.is_final}
        self._show()

    def showEvent(self, event: object) -> None:
        self._timer.start()
        self._on_tick()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.window)
        painter.end()

    def _on_jobs(self, jobs: Sequence[Job]) -> None:
        self._jobs = tuple(jobs)
        self._show()

    def _on_failed(self, _error: Exception) -> None:
        """The banner says that the server is gone; the cards stay as they were."""

    def _show(self) -> None:
        def order(job: Job) -> tuple[int, float]:
            rank = 2 if job.status.is_final else 1 if job.status is RunStatus.QUEUED else 0
            return rank, -(job.history[0].time.timestamp() if job.history else 0.0)

        shown = sorted((job for job in self._jobs if job.id not in self._dismissed), key=order)[:_SHOWN]
        wanted = {job.id for job in shown}
        for job_id in [known for known in self._cards if known not in wanted]:
            card = self._cards.pop(job_id)
            self._column.removeWidget(card)
            card.deleteLater()
        for place, job in enumerate(shown):
            if (card := self._cards.get(job.id)) is None:  # type: ignore[assignment]
                card = self._cards[job.id] = _JobCard(self._context, job)
            else:
                card.show_job(job)
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
        self._area.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        self._dismiss.setVisible(any(job.status.is_final for job in shown))

    def _on_tick(self) -> None:
        for card in self._cards.values():
            card.tick()


def _read(client: "Client", _progress: Progress) -> Sequence[Job]:
    return tuple(client.jobs())


def _span(began: datetime, ended: datetime) -> str:
    return duration_text(max(0.0, (ended - began).total_seconds()))
