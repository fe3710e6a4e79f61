"""The one way to do anything longer than 10 ms: in a worker thread, its result on the GUI thread, its errors as sentences."""

import itertools
import logging
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.base.errors import Cancelled
from workbench.desktop.operations.progress import Progress

log = logging.getLogger(__name__)
T = TypeVar("T")
_SHOW_AFTER_S = 0.5


class _Target:
    """A callable that is only called while the Qt object behind it lives; it does not keep a widget alive."""

    def __init__(self, function: Callable[..., Any] | None, owner: QObject | None) -> None:
        self._function = function
        self._method: weakref.WeakMethod[Any] | None = None
        self._owner = weakref.ref(owner) if owner is not None else None
        holder = getattr(function, "__self__", None)
        if function is not None and isinstance(holder, QObject) and hasattr(function, "__func__"):
            self._method = weakref.WeakMethod(function)
            self._function = None

    def __bool__(self) -> bool:
        return self._function is not None or self._method is not None

    def __call__(self, *args: Any) -> None:
        if self._owner is not None:
            owner = self._owner()
            if owner is None or not shiboken6.isValid(owner):
                return
        if self._method is not None:
            method = self._method()
            if method is not None and shiboken6.isValid(method.__self__):
                method(*args)
        elif self._function is not None:
            self._function(*args)


@dataclass(eq=False)
class Operation:
    """A running or ended piece of background work. Read on the GUI thread."""

    id: int
    title: str
    quiet: bool
    cancellable: bool
    group: str
    done: _Target
    failed: _Target
    progress: Progress = field(default_factory=Progress)
    fraction: float | None = None
    text: str = ""
    began: float = field(default_factory=time.monotonic)
    ended: bool = False

    def cancel(self) -> None:
        """Asks it to stop; its result is dropped."""
        self.progress.cancel_event.set()

    @property
    def shown(self) -> bool:
        """Whether the status bar should show it by now."""
        return not self.quiet and not self.ended and time.monotonic() - self.began >= _SHOW_AFTER_S


class Operations(QObject):
    """Runs functions in a pool of threads. Lives on the GUI thread; `run` is called there only."""

    changed = Signal()
    """An operation began to be shown, progressed or ended."""
    failed = Signal(str, object)
    """Title and exception of an operation that had no handler of its own for errors."""
    _ended = Signal(object, object, object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None, *, workers: int = 8) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="operation")
        self._ids = itertools.count(1)
        self._running: dict[int, Operation] = {}
        self._groups: dict[str, Operation] = {}
        self._closed = False
        self._ended.connect(self._on_ended)
        self._told.connect(self._on_told)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._on_timer)

    @property
    def inflight(self) -> int:
        """How many operations have not ended."""
        return len(self._running)

    @property
    def shown(self) -> list[Operation]:
        """Those that have run long enough to be shown, oldest first."""
        return [operation for operation in self._running.values() if operation.shown]

    def run(
        self,
        title: str,
        function: Callable[[Progress], T],
        on_done: Callable[[T], Any] | None = None,
        on_error: Callable[[Exception], Any] | None = None,
        *,
        exclusive: str = "",
        cancellable: bool = True,
        quiet: bool = False,
        owner: QObject | None = None,
    ) -> Operation:
        """Runs `function(progress)` in a worker thread and calls `on_done(result)` on the GUI thread.

        `on_done` and `on_error` are bound methods of QObjects (called only while those live), or any callable together with
        `owner`. Without `on_error` a failure goes to the notifications. Of one `exclusive` group only the latest operation
        delivers: the earlier one is asked to stop. A cancelled operation calls nothing.
        """
        operation = Operation(
            next(self._ids), title, quiet, cancellable, exclusive, _Target(on_done, owner), _Target(on_error, owner)
        )
        operation.progress = Progress(lambda fraction, text: self._tell(operation, fraction, text))
        if self._closed:
            operation.ended = True
            return operation
        if exclusive:
            if earlier := self._groups.get(exclusive):
                earlier.cancel()
            self._groups[exclusive] = operation
        self._running[operation.id] = operation
        if not quiet and not self._timer.isActive():
            self._timer.start()
        self._pool.submit(self._work, operation, function)
        return operation

    def cancel_group(self, exclusive: str) -> None:
        """Asks the running operation of the group to stop, if there is one."""
        if operation := self._groups.get(exclusive):
            operation.cancel()

    def close(self, wait_s: float = 2.0) -> bool:
        """Asks all to stop and waits for the threads; False when some did not stop in time."""
        self._closed = True
        self._timer.stop()
        for operation in self._running.values():
            operation.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + wait_s
        threads: set[threading.Thread] = set(self._pool._threads)  # noqa: SLF001 (the pool has no wait with a limit)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._running.clear()
        self._groups.clear()
        return not any(thread.is_alive() for thread in threads)

    def _work(self, operation: Operation, function: Callable[[Progress], Any]) -> None:
        result: Any = None
        error: Exception | None = None
        try:
            operation.progress.check()
            result = function(operation.progress)
        except Exception as raised:  # noqa: BLE001 (whatever it is, it is shown on the GUI thread)
            error = raised
        if self._closed or not shiboken6.isValid(self):
            return
        self._ended.emit(operation, result, error)

    def _tell(self, operation: Operation, fraction: float | None, text: str) -> None:
        operation.fraction = fraction
        operation.text = text or operation.text
        if not self._closed and operation.shown:
            self._told.emit(operation)

    def _on_told(self, _operation: Operation) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_timer(self) -> None:
        self.changed.emit()
        if any(not operation.quiet for operation in self._running.values()):
            self._timer.start()

    def _on_ended(self, operation: Operation, result: Any, error: Exception | None) -> None:
        was_shown = operation.shown
        operation.ended = True
        self._running.pop(operation.id, None)
        if operation.group and self._groups.get(operation.group) is operation:
            del self._groups[operation.group]
        if was_shown or not self._running:
            self.changed.emit()
        if operation.progress.cancelled or isinstance(error, Cancelled):
            return
        if error is None:
            if operation.done:
                operation.done(result)
        elif operation.failed:
            operation.failed(error)
        else:
            log.info("%s failed", operation.title, exc_info=error)
            self.failed.emit(operation.title, error)
