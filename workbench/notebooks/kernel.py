"""One kernel and the thread that owns it: only this thread speaks to jupyter_client, which has an event loop a thread."""

import asyncio
import contextlib
import json
import logging
import queue
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

from workbench.base.clock import utc_now
from workbench.base.errors import Cancelled, Conflict, EnvironmentError_, WorkbenchError
from workbench.base.files import disk_error
from workbench.notebooks.state import KernelPython, KernelState, PreparePython

_log = logging.getLogger(__name__)
_LISTEN_S = 0.1
_LOOK_S = 1.0
_READY_S = 60.0
_ANSWER_S = 90.0
_MISSING = "No module named ipykernel"

_Order = Literal["interrupt", "restart"]


class KernelThread:
    """Prepares, starts, records and ends one kernel. Public methods may be called from any thread."""

    def __init__(
        self,
        kernel_id: str,
        project: str,
        config: str,
        folder: Path,
        prepare: PreparePython,
        changed: Callable[[KernelState], None],
    ) -> None:
        self.id = kernel_id
        self._folder = folder / kernel_id
        self._prepare = prepare
        self._changed = changed
        record = str(self._folder / "record.jsonl")
        self._state = KernelState(kernel_id, project, config, "preparing", utc_now(), record, "The environment is being prepared.")
        self._orders: queue.SimpleQueue[tuple[_Order, Future[KernelState]]] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"workbench-kernel-{kernel_id[:8]}")
        self._manager: Any = None
        self._client: Any = None
        self._sockets: Path | None = None

    @property
    def state(self) -> KernelState:
        return self._state

    def start(self) -> None:
        self._thread.start()

    def interrupt(self) -> KernelState:
        """Interrupts what the kernel computes. Raises Conflict when it does not run."""
        if self._state.status not in {"idle", "busy"}:
            raise Conflict(f"The kernel is {self._state.status}, so there is nothing to interrupt.")
        return self._order("interrupt")

    def restart(self) -> KernelState:
        """Gives the kernel an empty memory. Raises Conflict while its environment is prepared."""
        if self._state.status == "preparing":
            raise Conflict("The kernel is still being started.", hint="Wait until it is ready.")
        return self._order("restart")

    def ask_to_end(self) -> None:
        self._ending.set()

    def end(self) -> None:
        """Ends the kernel and its thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _order(self, order: _Order) -> KernelState:
        """Has the owning thread do it, and waits."""
        done: Future[KernelState] = Future()
        self._orders.put((order, done))
        if not self._thread.is_alive():
            self._refuse_orders()
        try:
            return done.result(_ANSWER_S)
        except TimeoutError as error:
            raise EnvironmentError_(f"The kernel did not {order} within {_ANSWER_S:.0f} seconds.") from error

    # What follows runs in the kernel's own thread.

    def _run(self) -> None:
        try:
            self._make_folder()
            # What the process says outside its messages; open for the whole time, for a restart uses it again.
            with (self._folder / "log.txt").open("ab") as output, Path(self._state.record).open("a", encoding="utf-8") as record:
                self._bring_up(output)
                while not self._ending.is_set():
                    self._work(record)
        except Cancelled:
            self._become("dead", "It was stopped before it had started.")
        except WorkbenchError as error:
            self._become("dead", str(error))
        except Exception as error:  # noqa: BLE001 (its last words: else it would seem to be prepared for ever)
            _log.exception("The kernel %s failed", self.id)
            self._become("dead", f"It failed: {error}")
        finally:
            self._take_down()
            self._refuse_orders()

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(self._folder)) from error

    def _bring_up(self, output: BinaryIO) -> None:
        python = self._prepare(self._state.project, self._state.config, self._say, self._ending.is_set)
        if self._ending.is_set():
            raise Cancelled
        self._say("The kernel is starting.")
        self._manager = self._new_manager(python)
        self._manager.start_kernel(cwd=self._state.project, env=dict(python.variables), stdout=output, stderr=output)
        self._state = replace(self._state, connection_file=self._manager.connection_file, python=python.python)
        self._client = self._manager.client()
        self._client.start_channels()
        self._wait_until_ready()

    def _new_manager(self, python: KernelPython) -> Any:
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        spec = KernelSpec(
            argv=[python.python, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Workbench",
            language="python",
            metadata={"supported_encryption": "curve"} if sys.platform == "win32" else {},
        )

        class OneSpec(KernelSpecManager):  # type: ignore[misc]
            """Knows this kernel's interpreter, which is installed nowhere as a kernel."""

            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
                return spec

        places: dict[str, Any] = {"transport_encryption": "auto"}
        if sys.platform != "win32":
            # Sockets in the file system are for this user alone, and need no ports. Their paths must be short (107 bytes).
            self._sockets = Path(tempfile.mkdtemp(prefix="wb-"))
            places = {"transport": "ipc", "ip": str(self._sockets / "k")}
        return KernelManager(
            kernel_name="workbench", kernel_spec_manager=OneSpec(), connection_file=str(self._folder / "connection.json"), **places
        )

    def _wait_until_ready(self) -> None:
        """Waits for the first answer. Raises EnvironmentError_ with the kernel's own last words."""
        deadline = time.monotonic() + _READY_S
        while not self._ending.is_set():
            try:
                self._client.wait_for_ready(timeout=1.0)
            except RuntimeError:
                if self._manager.is_alive() and time.monotonic() < deadline:
                    continue
                raise EnvironmentError_(f"The kernel could not be started. {self._last_words()}".strip()) from None
            self._become("idle", "")
            return
        raise Cancelled

    def _work(self, record: TextIO) -> None:
        """Carries out an order, or listens for a moment; looks whether the kernel is still there."""
        with contextlib.suppress(queue.Empty):
            order, done = self._orders.get_nowait()
            self._carry_out(order, done)
        if self._state.status == "dead":
            self._ending.wait(_LISTEN_S)
            return
        deadline = time.monotonic() + _LOOK_S
        while time.monotonic() < deadline and not self._ending.is_set() and self._orders.empty():
            try:
                message = self._client.get_iopub_msg(timeout=_LISTEN_S)
            except queue.Empty:
                continue
            self._take(message, record)
        if not self._ending.is_set() and not self._manager.is_alive():
            self._become("dead", f"The kernel has ended. {self._last_words()}".strip())

    def _take(self, message: dict[str, Any], record: TextIO) -> None:
        from jupyter_client.jsonutil import json_default

        kept = {name: message[name] for name in ("msg_type", "header", "parent_header", "metadata", "content") if name in message}
        try:
            record.write(json.dumps(kept, default=json_default, ensure_ascii=False) + "\n")
            record.flush()
        except OSError as error:
            _log.error("The record of the kernel %s could not be written: %s", self.id, error)
        if message.get("msg_type") != "status" or message["parent_header"].get("msg_type") != "execute_request":
            return  # a completion or a greeting keeps no user waiting
        if (now := message["content"].get("execution_state")) in {"idle", "busy"}:
            self._become(now, "")

    def _carry_out(self, order: _Order, done: Future[KernelState]) -> None:
        try:
            if order == "interrupt":
                self._manager.interrupt_kernel()
            elif self._manager is None:
                raise Conflict("The kernel never came to life.", hint="Start a new one.")
            else:
                self._become("preparing", "The kernel is restarting.")
                self._manager.restart_kernel(now=True)
                self._wait_until_ready()
            done.set_result(self._state)
        except WorkbenchError as error:
            if order == "restart":
                self._become("dead", str(error))
            done.set_exception(error)
        except Exception as error:
            done.set_exception(EnvironmentError_(f"The kernel did not {order}: {error}."))
            raise

    def _take_down(self) -> None:
        try:
            if self._client is not None:
                self._client.stop_channels()
            if self._manager is not None:
                self._manager.shutdown_kernel(now=True)
                self._manager.cleanup_resources()
        except (OSError, RuntimeError) as error:
            _log.warning("The kernel %s did not end well: %s", self.id, error)
        finally:
            if self._manager is not None:
                self._manager.context.destroy(linger=0)
            if self._sockets is not None:
                shutil.rmtree(self._sockets, ignore_errors=True)
            _close_loop()
            if self._state.status != "dead":
                self._become("dead", "It was stopped.")

    def _refuse_orders(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                _, done = self._orders.get_nowait()
                done.set_exception(Conflict(f"The kernel is over. {self._state.reason}".strip(), hint="Start a new one."))

    def _say(self, line: str) -> None:
        self._become(self._state.status, line)

    def _become(self, status: Literal["preparing", "idle", "busy", "dead"], reason: str) -> None:
        if (self._state.status, self._state.reason) != (status, reason):
            self._state = replace(self._state, status=status, reason=reason)
            self._changed(self._state)

    def _last_words(self) -> str:
        try:
            lines = (self._folder / "log.txt").read_text("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return "Its environment has no ipykernel: add it to the requirements." if _MISSING in last else last


def _close_loop() -> None:
    """Closes the event loop that jupyter_client made for this thread."""
    with contextlib.suppress(RuntimeError):
        from jupyter_core.utils import ensure_event_loop

        loop = ensure_event_loop()
        loop.close()
        asyncio.set_event_loop(None)
