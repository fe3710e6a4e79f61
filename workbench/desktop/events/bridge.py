"""Brings the server's events into Qt: read in a thread, delivered in typed batches at most every 33 ms."""

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from workbench.base.errors import WorkbenchError
from workbench.desktop.events.connection import Connection
from workbench.desktop.operations import Operations, Progress
from workbench.schema import (
    Event,
    Health,
    KernelChanged,
    LogAppended,
    MetricsLogged,
    ModelChanged,
    Reset,
    RunChanged,
    ServiceChanged,
)

if TYPE_CHECKING:
    from workbench.client.events import EventStream

log = logging.getLogger(__name__)
_HEALTH_MS = 2500


class EventBridge(QObject):
    """Signals of what happens in the workspace. Each carries a tuple of events, the latest of each thing only.

    Lives on the GUI thread; `start` connects in the background.
    """

    run_changed = Signal(object)
    metrics_logged = Signal(object)
    log_appended = Signal(object)
    model_changed = Signal(object)
    service_changed = Signal(object)
    kernel_changed = Signal(object)
    reset = Signal()
    """Load everything again: the server was restarted or events were missed."""
    connected = Signal(object)
    """A `schema.Health`: first contact, and each contact after a loss."""
    disconnected = Signal(str)
    """A sentence: the server does not answer."""
    health_changed = Signal(object)
    _woken = Signal()

    def __init__(self, connection: Connection, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._operations = operations
        self._queue: deque[Event] = deque()
        self._waking = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._stream: EventStream | None = None
        self._asking = False
        self._is_connected = False
        self._told_loss = False
        self.health: Health | None = None
        self._woken.connect(self._on_woken)
        self._drain_timer = QTimer(self)
        self._drain_timer.setSingleShot(True)
        self._drain_timer.setInterval(33)
        self._drain_timer.timeout.connect(self.drain)
        self._health_timer = QTimer(self)
        self._health_timer.setInterval(_HEALTH_MS)
        self._health_timer.timeout.connect(self.check_health)

    @property
    def is_connected(self) -> bool:
        return self._is_connected

    def start(self) -> None:
        """Connects, and starts the server if need be, without waiting."""
        self._health_timer.start()
        self.check_health()

    def restart(self) -> None:
        """Connects anew after a loss; starts the server if it is gone."""
        self._told_loss = False
        self._asking = True
        self._operations.run("Starting the job manager", self._reconnect, self._on_health, self._on_lost, exclusive="server-health")

    def stop(self) -> None:
        """Ends the thread and the timers."""
        self._stop.set()
        self._health_timer.stop()
        self._drain_timer.stop()
        if self._stream is not None:
            self._stream.close()
        self._connection.close()
        if self._thread is not None:
            self._thread.join(3.0)
            self._thread = None

    def check_health(self) -> None:
        """Asks the server how it is, unless that is being asked; the answer comes by signals."""
        if self._asking:
            return
        self._asking = True
        self._operations.run(
            "Asking the job manager", self._ask, self._on_health, self._on_lost, exclusive="server-health", quiet=True
        )

    def drain(self) -> None:
        """Delivers what has come so far."""
        self._waking.clear()
        batch: list[Event] = []
        while self._queue:
            batch.append(self._queue.popleft())
        latest: dict[tuple[str, str], object] = {}
        for event in batch:
            body = event.body
            if isinstance(body, Reset):
                latest.clear()
                self.reset.emit()
            elif isinstance(body, MetricsLogged):
                key = ("metrics", body.run_id)
                earlier = latest.get(key)
                keys = dict.fromkeys((*(earlier.keys if isinstance(earlier, MetricsLogged) else ()), *body.keys))
                latest[key] = MetricsLogged(run_id=body.run_id, keys=tuple(keys))
            elif isinstance(body, RunChanged):
                latest["run", body.run_id] = body
            elif isinstance(body, LogAppended):
                latest["log", body.run_id] = body
            elif isinstance(body, ModelChanged):
                latest["model", f"{body.name}:{body.version}"] = body
            elif isinstance(body, ServiceChanged):
                latest["service", body.name] = body
            else:
                latest["kernel", body.kernel_id] = body
        kinds = (
            (RunChanged, self.run_changed),
            (MetricsLogged, self.metrics_logged),
            (LogAppended, self.log_appended),
            (ModelChanged, self.model_changed),
            (ServiceChanged, self.service_changed),
            (KernelChanged, self.kernel_changed),
        )
        for kind, signal in kinds:
            if bodies := tuple(body for body in latest.values() if isinstance(body, kind)):
                signal.emit(bodies)
        if any(isinstance(body, RunChanged) for body in latest.values()):
            self.check_health()

    def _ask(self, _progress: Progress) -> Health:
        return self._connection.get().health()

    def _reconnect(self, _progress: Progress) -> Health:
        self._connection.drop()
        return self._connection.get().health()

    def _on_health(self, health: Health) -> None:
        self._asking = False
        restarted = self.health is not None and self.health.pid != health.pid
        changed = self.health != health
        self.health = health
        if not self._is_connected:
            self._is_connected = True
            self._told_loss = False
            self.connected.emit(health)
        if restarted:
            self.reset.emit()
        if changed:
            self.health_changed.emit(health)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read, name="events", daemon=True)
            self._thread.start()

    def _on_lost(self, error: Exception) -> None:
        self._asking = False
        self._is_connected = False
        if not self._told_loss:
            self._told_loss = True
            log.info("The server does not answer: %s", error)
            self.disconnected.emit(str(error))

    def _read(self) -> None:
        """The thread's work: events into the queue until the connection ends."""
        try:
            stream = self._stream = self._connection.get().events()
            for event in stream:
                self._queue.append(event)
                if self._stop.is_set():
                    return
                if not self._waking.is_set() and shiboken6.isValid(self):
                    self._waking.set()
                    self._woken.emit()
        except (WorkbenchError, OSError, RuntimeError) as error:
            if not self._stop.is_set():
                log.info("The event stream ended: %s", error)

    def _on_woken(self) -> None:
        if not self._drain_timer.isActive():
            self._drain_timer.start()
