"""The one channel for what happened in the background: toasts that pass, problems that stay until dismissed."""

import itertools
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from workbench.base.clock import utc_now
from workbench.base.errors import Cancelled, EnvironmentError_, WorkbenchError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NoticeAction:
    """A button of a toast or problem."""

    title: str
    handler: Callable[[], object]


@dataclass(frozen=True)
class Toast:
    """A finished background act, shown for some seconds. `kind`: ok, info, warn or bad."""

    text: str
    kind: str = "ok"
    action: NoticeAction | None = None


@dataclass(frozen=True)
class Problem:
    """What went wrong: a sentence, what to do, where; kept in the Problems list."""

    id: int
    sentence: str
    hint: str = ""
    place: str = ""
    details: str = ""
    kind: str = "user"
    actions: tuple[NoticeAction, ...] = ()
    time: datetime = field(default_factory=utc_now)

    def as_text(self) -> str:
        """What Copy details puts on the clipboard."""
        return "\n".join(
            filter(None, (self.sentence, self.hint, self.place, self.time.isoformat(timespec="seconds"), self.details))
        )


class Notifications(QObject):
    """Collects toasts and problems. GUI thread only."""

    toast_added = Signal(object)
    problem_added = Signal(object)
    problems_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = itertools.count(1)
        self._problems: list[Problem] = []
        self._unread = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Newest first."""
        return tuple(reversed(self._problems))

    @property
    def unread(self) -> int:
        return self._unread

    def toast(self, text: str, *, kind: str = "ok", action: NoticeAction | None = None) -> None:
        """Shows a passing line; for acts that the user did not wait for."""
        self.toast_added.emit(Toast(text, kind, action))

    def problem(
        self,
        sentence: str,
        *,
        hint: str = "",
        place: str = "",
        details: str = "",
        kind: str = "user",
        actions: tuple[NoticeAction, ...] = (),
    ) -> Problem:
        """Adds to the Problems list; the same sentence and place replace the earlier entry."""
        problem = Problem(next(self._ids), sentence, hint, place, details, kind, actions)
        same = [old for old in self._problems if (old.sentence, old.place) == (sentence, place)]
        self._problems = [*[old for old in self._problems if old not in same][-199:], problem]
        self._unread += 1
        self.problem_added.emit(problem)
        self.problems_changed.emit()
        return problem

    def error(self, error: BaseException, doing: str = "", *, actions: tuple[NoticeAction, ...] = ()) -> None:
        """Adds an exception as a sentence; what is neither the user's nor the machine's fault becomes a report."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, WorkbenchError):
            kind = "environment" if isinstance(error, EnvironmentError_) else "user"
            self.problem(
                error.message,
                hint=error.hint,
                place=error.place,
                details=f"While: {doing}" if doing else "",
                kind=kind,
                actions=actions,
            )
            return
        report = "".join(traceback.format_exception(error))
        log.error("Our fault while: %s\n%s", doing or "handling an event", report)
        what = f"{doing} failed" if doing else "Something failed"
        self.problem(
            f"{what} through a fault of Workbench: {type(error).__name__}: {error}",
            hint="Your files are as they were. Copy the details into a report.",
            details=report,
            kind="bug",
            actions=actions,
        )

    def dismiss(self, problem_id: int) -> None:
        self._problems = [problem for problem in self._problems if problem.id != problem_id]
        self._unread = min(self._unread, len(self._problems))
        self.problems_changed.emit()

    def dismiss_all(self) -> None:
        self._problems.clear()
        self._unread = 0
        self.problems_changed.emit()

    def mark_read(self) -> None:
        self._unread = 0
        self.problems_changed.emit()
