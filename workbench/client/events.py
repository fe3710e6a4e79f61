"""The stream of events: one iterator that outlives restarts of the server."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpx
from httpx_sse import EventSource

from workbench.base.errors import WorkbenchError
from workbench.client.transport import ServerBug, Transport
from workbench.schema import Event, event_adapter

_SILENCE = httpx.Timeout(30, connect=5)  # the server says something at least every 10 seconds
_PAUSES = (0.1, 0.2, 0.5, 1.0)


class EventStream(Iterator[Event]):
    """Events after a number, without end: comes back after a broken connection or a restarted server.

    When events were missed (another server, or too long away), a `Reset` comes first. Read it in one thread; `close()`, from any
    thread, ends it at once.
    """

    def __init__(self, transport: Transport, after: int, boot: str = "") -> None:
        self._transport = transport
        self._after = after
        self._boot = boot
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._events = self._run()

    def __iter__(self) -> "EventStream":
        return self

    def __next__(self) -> Event:
        return next(self._events)

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        """Ends the iteration, also while it waits for the next event."""
        self._closed.set()
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)  # wakes the reading thread: a plain close would not

    def _run(self) -> Iterator[Event]:
        failures = 0
        while not self._closed.is_set():
            used = self._transport.handshake
            try:
                for event in self._connection():
                    failures = 0
                    yield event
            except (httpx.HTTPError, WorkbenchError, ServerBug):
                if self._closed.is_set():
                    return
                self._transport.find_again(used)
            finally:
                with self._lock:
                    self._socket = None
            self._closed.wait(_PAUSES[min(failures, len(_PAUSES) - 1)])
            failures += 1

    def _connection(self) -> Iterator[Event]:
        params = {"after": self._after, "boot": self._boot or None}
        with self._transport.stream("/events", params=params, timeout=_SILENCE) as response:
            stream = response.extensions["network_stream"]
            with self._lock:
                self._socket = stream.get_extra_info("socket")
            if self._closed.is_set():
                return
            self._boot = response.headers.get("X-Workbench-Boot", "")
            for message in EventSource(response).iter_sse():
                if self._closed.is_set():
                    return
                if not message.data:
                    continue
                event = event_adapter.validate_json(message.data)
                self._after = event.number
                yield event
