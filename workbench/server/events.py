"""The bus of events: any thread publishes, connections read from any number on while the events are kept."""

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import AsyncIterator

from workbench.base.clock import utc_now
from workbench.base.ids import new_id
from workbench.schema import Event, EventBody, Reset

KEPT = 10_000
"""How many events a client may be behind until it has to load everything again."""


class EventBus:
    """Numbers events from 1 and keeps the latest. `publish` may be called in any thread, `listen` in event loops."""

    def __init__(self, kept: int = KEPT) -> None:
        self.boot = new_id()
        """Names this server's life: numbers begin anew with each."""
        self._events: deque[Event] = deque(maxlen=kept)
        self._numbers = itertools.count(1)
        self._last = 0
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the latest event."""
        return self._last

    def publish(self, body: EventBody) -> None:
        """Appends an event and wakes the listeners."""
        with self._lock:
            if self._closed:
                return
            self._last = next(self._numbers)
            self._events.append(Event(number=self._last, time=utc_now(), body=body))
            self._wake()

    def close(self) -> None:
        """Ends all listeners after the events that were published."""
        with self._lock:
            self._closed = True
            self._wake()

    async def listen(self, after: int = 0, boot: str = "") -> AsyncIterator[Event]:
        """Events with a greater number than `after` (-1: only those to come), until the bus is closed.

        A `Reset` comes first when some of them are not kept any more, or when `boot` names another server's life.
        """
        woken = asyncio.Event()
        with self._lock:
            self._listeners[woken] = asyncio.get_running_loop()
        try:
            if after < 0 and not boot:
                after = self._last
            elif boot and boot != self.boot:
                after = self._last
                yield self._reset()
            while True:
                found, ended = self._since(after)
                for event in found:
                    yield event
                    after = event.number
                if ended:
                    return
                if not found:
                    await woken.wait()
                woken.clear()
        finally:
            with self._lock:
                del self._listeners[woken]

    def _since(self, after: int) -> tuple[list[Event], bool]:
        """The events after a number (or a Reset, when there is a gap), and whether no more will come."""
        with self._lock:
            first = self._events[0].number if self._events else self._last + 1
            if after > self._last or after + 1 < first:
                return [self._reset()], self._closed
            return list(itertools.islice(self._events, after + 1 - first, None)), self._closed

    def _reset(self) -> Event:
        """Says to load everything again; the numbers go on from here."""
        return Event(number=self._last, time=utc_now(), body=Reset())

    def _wake(self) -> None:
        for woken, loop in self._listeners.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(woken.set)
