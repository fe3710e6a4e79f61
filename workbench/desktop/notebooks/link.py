"""The connection to a running kernel: its sockets live in a thread of their own, signals are the only way back."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

_FRAME_MS = 33


@dataclass(frozen=True)
class Completion:
    """What the kernel offers for `request`: it replaces the text from `start` to `end`."""

    request: int
    start: int
    end: int
    matches: tuple[str, ...]


class KernelLink(QObject):
    """Executes and completes code on a kernel. Methods are called on the GUI thread; they return at once.

    Output messages come in batches, at most thirty times a second. `close()` ends the thread; the kernel goes on.
    """

    messages = Signal(object)
    """A tuple of the kernel's messages, in order."""
    completed = Signal(object)
    executed = Signal(str, str)
    """Request id and `ok`, `error` or `aborted`."""
    broken = Signal(str)
    """A sentence: the connection could not be made."""
    ready = Signal()
    _arrived = Signal()

    def __init__(self, connection_file: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = connection_file
        self._queue: deque[dict[str, Any]] = deque()
        self._waiting = False
        self._request = 0
        self._client: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._closed = threading.Event()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_timer)
        self._arrived.connect(self._on_arrived)
        self._completions: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="kernel-link", daemon=True)

    def open(self) -> None:
        """Starts the thread; `ready` or `broken` follows."""
        self._thread.start()

    def execute(self, code: str) -> None:
        """Runs code; what it says comes through `messages`."""
        self._submit(self._execute(code))

    def complete(self, code: str, position: int) -> int:
        """Asks what could stand at the position; `completed` carries the returned number."""
        self._request += 1
        self._submit(self._complete(code, position, self._request))
        return self._request

    def close(self) -> None:
        """Ends the connection and its thread."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._timer.stop()
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(stop.set)
        if self._thread.is_alive():
            self._thread.join(3)

    def _submit(self, work: Coroutine[Any, Any, None]) -> None:
        loop = self._loop
        if loop is None or self._closed.is_set():
            work.close()
            return
        asyncio.run_coroutine_threadsafe(work, loop)

    # in the thread

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # noqa: BLE001 (whatever it is, the console says it)
            self._emit(self.broken, f"The connection to the kernel failed: {error}.")

    async def _main(self) -> None:
        from jupyter_client.asynchronous.client import AsyncKernelClient

        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        if self._closed.is_set():
            return
        client = AsyncKernelClient()
        client.load_connection_file(self._file)
        client.start_channels(stdin=False, hb=False, control=False)
        self._client = client
        readers = [asyncio.create_task(self._read_output(client)), asyncio.create_task(self._read_replies(client))]
        self._emit(self.ready)
        try:
            await self._stop.wait()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
            client.stop_channels()

    async def _read_output(self, client: Any) -> None:
        while True:
            message = await client.iopub_channel.get_msg()
            self._queue.append(message)
            if not self._waiting:
                self._waiting = True
                self._emit(self._arrived)

    async def _read_replies(self, client: Any) -> None:
        while True:
            message = await client.shell_channel.get_msg()
            content = message.get("content") or {}
            parent = str((message.get("parent_header") or {}).get("msg_id") or "")
            match message["header"]["msg_type"]:
                case "execute_reply":
                    self._emit(self.executed, parent, str(content.get("status", "")))
                case "complete_reply":
                    number = self._completions.pop(parent, 0)
                    matches = tuple(str(match) for match in content.get("matches", ()))
                    start, end = int(content.get("cursor_start", 0)), int(content.get("cursor_end", 0))
                    self._emit(self.completed, Completion(number, start, end, matches))

    async def _execute(self, code: str) -> None:
        self._client.execute(code, allow_stdin=False, stop_on_error=True)

    async def _complete(self, code: str, position: int, number: int) -> None:
        self._completions[self._client.complete(code, position)] = number

    def _emit(self, signal: Any, *values: Any) -> None:
        if not self._closed.is_set() and shiboken6.isValid(self):
            signal.emit(*values)

    # on the GUI thread

    def _on_arrived(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_timer(self) -> None:
        self._waiting = False
        batch: list[dict[str, Any]] = []
        while self._queue and len(batch) < 2000:
            batch.append(self._queue.popleft())
        if self._queue:
            self._waiting = True
            self._timer.start()
        if batch:
            self.messages.emit(tuple(batch))
