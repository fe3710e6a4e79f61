"""The connection to a running kernel: its sockets live in a thread of their own, signals are the only way back."""

import asyncio
import contextlib
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

_FRAME_MS = 33
_BATCH = 2000
_HELLO_S = 0.15
_GREET_WITHIN_S = 10.0


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
        self._request = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_timer)
        self._arrived.connect(self._on_arrived)
        self._wire = _Wire(connection_file, weakref.ref(self))
        # Whoever destroys the console, the thread ends with it, and before Python does.
        self.destroyed.connect(self._wire.close)
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.close)

    def open(self) -> None:
        """Starts the thread; `ready` or `broken` follows."""
        self._wire.open()

    def execute(self, code: str) -> None:
        """Runs code; what it says comes through `messages`."""
        self._wire.submit(lambda wire: wire.execute(code))

    def complete(self, code: str, position: int) -> int:
        """Asks what could stand at the position; `completed` carries the returned number."""
        self._request += 1
        number = self._request
        self._wire.submit(lambda wire: wire.complete(code, position, number))
        return number

    def close(self) -> None:
        """Ends the connection and its thread."""
        self._timer.stop()
        self._wire.close()

    def _on_arrived(self) -> None:
        if not self._timer.isActive() and not self._wire.closed.is_set():
            self._timer.start()

    def _on_timer(self) -> None:
        batch, more = self._wire.take()
        began = time.monotonic()
        if batch:
            self.messages.emit(batch)
        # A flood is drawn less often, so that three quarters of the time are left for the user.
        self._timer.setInterval(min(500, max(_FRAME_MS, round((time.monotonic() - began) * 3000))))
        if more:
            self._timer.start()


class _Wire:
    """The sockets and their thread. It holds its link weakly: a console that is gone must not be kept by its thread."""

    def __init__(self, connection_file: str, link: "weakref.ref[KernelLink]") -> None:
        self._file = connection_file
        self._link = link
        self._queue: deque[dict[str, Any]] = deque()
        self._told = False
        self._heard = asyncio.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Any = None
        self._completions: dict[str, int] = {}
        self.closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kernel-link", daemon=True)

    # on the GUI thread

    def open(self) -> None:
        self._thread.start()

    def submit(self, work: "Callable[[_Wire], None]") -> None:
        """Has the thread do it; nothing happens before it is ready and after the end."""
        loop = self._loop
        if loop is not None and not self.closed.is_set():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(work, self)

    def take(self) -> tuple[tuple[dict[str, Any], ...], bool]:
        """What has come, and whether there is more."""
        self._told = False
        batch: list[dict[str, Any]] = []
        while self._queue and len(batch) < _BATCH:
            batch.append(self._queue.popleft())
        return tuple(batch), bool(self._queue)

    def close(self, _link: object = None) -> None:
        """Ends the thread; safe to call again."""
        if self.closed.is_set():
            return
        self.closed.set()
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(stop.set)
        if self._thread.is_alive():
            self._thread.join(3)

    # in the thread

    def execute(self, code: str) -> None:
        self._client.execute(code, allow_stdin=False, stop_on_error=True)

    def complete(self, code: str, position: int, number: int) -> None:
        self._completions[self._client.complete(code, position)] = number

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # noqa: BLE001 (whatever it is, the console says it)
            self._emit("broken", f"The connection to the kernel failed: {error}.")

    async def _main(self) -> None:
        from jupyter_client.asynchronous.client import AsyncKernelClient

        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self.closed.is_set():
            return
        client = AsyncKernelClient()
        client.load_connection_file(self._file)
        client.start_channels(stdin=False, hb=False)
        self._client = client
        workers = [self._read_output(client), self._read_replies(client), self._greet(client)]
        tasks = [asyncio.create_task(work) for work in workers]
        try:
            await self._stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            client.stop_channels()
            client.context.destroy(linger=0)

    async def _greet(self, client: Any) -> None:
        """Ready is when the first output was heard: what is run before the subscription stands would be lost.

        It asks on the control channel, which answers while the kernel computes.
        """
        deadline = asyncio.get_running_loop().time() + _GREET_WITHIN_S
        while not self._heard.is_set() and asyncio.get_running_loop().time() < deadline:
            client.control_channel.send(client.session.msg("kernel_info_request"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), _HELLO_S)
        if self._heard.is_set():
            self._emit("ready")
        else:
            self._emit("broken", "The kernel does not answer. Restart it, or stop it and start another one.")

    async def _read_output(self, client: Any) -> None:
        while True:
            message = await client.iopub_channel.get_msg()
            self._heard.set()
            self._queue.append(message)
            if not self._told:
                self._told = True
                self._emit("_arrived")

    async def _read_replies(self, client: Any) -> None:
        while True:
            message = await client.shell_channel.get_msg()
            content = message.get("content") or {}
            parent = str((message.get("parent_header") or {}).get("msg_id") or "")
            match message["header"]["msg_type"]:
                case "execute_reply":
                    self._emit("executed", parent, str(content.get("status", "")))
                case "complete_reply":
                    number = self._completions.pop(parent, 0)
                    matches = tuple(str(match) for match in content.get("matches", ()))
                    start, end = int(content.get("cursor_start", 0)), int(content.get("cursor_end", 0))
                    self._emit("completed", Completion(number, start, end, matches))

    def _emit(self, signal: str, *values: Any) -> None:
        link = self._link()
        if link is not None and not self.closed.is_set() and shiboken6.isValid(link):
            getattr(link, signal).emit(*values)
