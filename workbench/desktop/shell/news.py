"""Tells of runs that end while the window is open."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from workbench.desktop.context import AppContext
from workbench.desktop.notifications import NoticeAction
from workbench.schema import RunChanged, RunStatus

_WORDS = {
    RunStatus.FINISHED: ("finished", "ok"),
    RunStatus.FAILED: ("failed", "bad"),
    RunStatus.CANCELLED: ("was cancelled", "info"),
    RunStatus.LOST: ("was lost: its process is gone", "warn"),
}


class RunNews(QObject):
    """A toast for each run that was seen alive and has ended. What ended before the window came is no news."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._alive: set[str] = set()
        context.events.run_changed.connect(self._on_run_changed)

    def _on_run_changed(self, events: Sequence[RunChanged]) -> None:
        for event in events:
            if not event.status.is_final:
                self._alive.add(event.run_id)
            elif event.run_id in self._alive:
                self._alive.discard(event.run_id)
                words, kind = _WORDS[event.status]
                show = NoticeAction("Open run", partial(self._context.open_activity, "runs", event.run_id))
                self._context.notifications.toast(f"{event.name or 'A run'} {words}", kind=kind, action=show)
