"""The worker process as Workbench sees it: started when it is needed, kept warm between calls, watched, and ended for good."""

from __future__ import annotations

import base64
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psutil

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.processes import kill_tree
from workbench.dataprep.control import Cancel
from workbench.dataprep.workers.code import Script
from workbench.dataprep.workers.messages import receive, send

if TYPE_CHECKING:
    import pyarrow as pa

_START_S = 120.0
"""How long the libraries may take to be imported on a busy machine."""
_LOOK_S = 0.05
_LINES = 10
"""How many lines of the user's output are kept."""


@dataclass(frozen=True)
class Limits:
    """What one call of a script may take: `seconds` for a batch of rows (or the whole table), `memory` in megabytes."""

    seconds: float = 60.0
    memory: int = 2048


@dataclass(frozen=True)
class Answer:
    """What came of a call: rows, and what else there is to know of them."""

    table: pa.Table | None
    facts: dict[str, Any]


class PythonWorker:
    """A process that runs one script of the user, call after call. Not thread-safe. A pickled copy starts a process of its own.

    A script is the user's own code and may do what the user may: it is kept away from Workbench's memory and time, not from files.
    `what` names it in sentences, such as `the step 'Add price'`.
    """

    def __init__(self, script: Script, limits: Limits, what: str, cancel: Cancel | None = None) -> None:
        self.script = script
        self.limits = limits
        self.what = what
        self.cancel = cancel
        self.folder: str | None = None
        """Where relative paths in the script start; None: where Workbench was started."""
        self.printed: list[str] = []
        """The first lines that the script printed."""
        self._process: subprocess.Popen[bytes] | None = None
        self._last_words: deque[bytes] = deque(maxlen=20)
        self._finalizer: Any = None

    def __getstate__(self) -> dict[str, Any]:
        kept = {"script": self.script, "limits": self.limits, "what": self.what, "folder": self.folder}
        return {**kept, "cancel": None, "printed": [], "_process": None, "_last_words": deque(maxlen=20), "_finalizer": None}

    def call(self, table: pa.Table | None = None, *, schema: pa.Schema | None = None, **options: Any) -> Answer:
        """One call of the script's function. `schema`: what a data frame must come back as; anything it has, without.

        Raises UserError (the code failed, took too long or too much memory, or ended the process), Cancelled.
        """
        if self._process is None:
            self._start()
        if schema is not None:
            options["schema"] = base64.b64encode(schema.serialize().to_pybytes()).decode()
        head, result = self._exchange({"do": "run", **options}, table, self.limits.seconds)
        return Answer(result, head)

    def close(self) -> None:
        """Ends the process. Closing twice is harmless."""
        if self._finalizer is not None:
            self._finalizer()
        self._process = None

    def __enter__(self) -> PythonWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        root = str(Path(__file__).parents[3])
        code = f"import sys; sys.path.append({root!r}); from workbench.dataprep.workers.main import main; main()"
        python = os.environ.get("WORKBENCH_PYTHON") or sys.executable
        environment = {**os.environ, "PYTHONHASHSEED": "0", "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONIOENCODING": "utf-8"}
        try:
            process = subprocess.Popen(
                [python, "-P", "-c", code],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                cwd=self.folder, env=environment, start_new_session=os.name == "posix",
            )  # fmt: skip
        except OSError as error:
            raise EnvironmentError_(f"The process for {self.what} could not be started: {error.strerror or error}.") from error
        self._process = process
        self._finalizer = weakref.finalize(self, _end, process)
        self._last_words.clear()
        threading.Thread(target=_listen, args=(process.stderr, self._last_words), daemon=True).start()
        load = {"do": "load", "script": asdict(self.script), "memory": self.limits.memory << 20}
        self._exchange({**load, "warm": True}, None, _START_S)
        self._exchange(load, None, self.limits.seconds)

    def _exchange(self, head: dict[str, Any], table: pa.Table | None, seconds: float) -> tuple[dict[str, Any], pa.Table | None]:
        """Sends a message and waits for its answer with an eye on time, memory and the user."""
        process = self._process
        if process is None:
            raise RuntimeError("the worker is closed")
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_talk, args=(process, head, table, answers), daemon=True).start()
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = answers.get(timeout=_LOOK_S)
                break
            except queue.Empty:
                self._look(process, deadline, seconds)
        if isinstance(found, BaseException):
            raise self._ended(process) from found
        answer, result = found
        self._remember(str(answer.pop("printed", "")))
        if problem := answer.get("problem"):
            self.close()
            raise self._too_much_memory() if problem == "memory" else UserError(f"The script of {self.what} failed: {problem}")
        return answer, result

    def _look(self, process: subprocess.Popen[bytes], deadline: float, seconds: float) -> None:
        if self.cancel is not None and self.cancel.is_set():
            self.close()
            raise Cancelled
        if time.monotonic() > deadline:
            self.close()
            raise UserError(
                f"The script of {self.what} did not end within its limit of {seconds:g} s.",
                hint="Look for an endless loop, or raise the step's time limit.",
            )
        if _memory(process.pid) > self.limits.memory << 20:
            self.close()
            raise self._too_much_memory()

    def _too_much_memory(self) -> UserError:
        return UserError(
            f"The script of {self.what} needed more memory than its limit of {self.limits.memory:,} MB.",
            hint="Work on fewer rows or columns, or raise the step's memory limit.",
        )

    def _ended(self, process: subprocess.Popen[bytes]) -> UserError:
        """Why the process is gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        code = process.returncode
        self.close()
        if code is not None and code < 0:
            try:
                how = f"it was ended by the signal {signal.Signals(-code).name}"
            except ValueError:
                how = f"it was ended by the signal {-code}"
        else:
            how = f"it ended with the exit code {code}"
        last = b"".join(self._last_words).decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        return UserError(
            f"The process of the script of {self.what} is gone: {how}{f' ({last})' if last else ''}.",
            hint="Something in the script ends or crashes Python.",
        )

    def _remember(self, text: str) -> None:
        for line in text.splitlines():
            if line.strip() and len(self.printed) <= _LINES:
                self.printed.append(line.rstrip()[:300] if len(self.printed) < _LINES else "... and more lines")


def read_by_script(
    code: str, paths: Sequence[str] = (), *, limits: Limits | None = None, what: str = "the source", frames: str = "pandas",
    cancel: Cancel | None = None,
) -> pa.Table:  # fmt: skip
    """The table that a script reads, as a source: it has `paths` (texts) and sets `df`, or defines `read(paths)` that returns it.

    Which of the two forms it has is seen from the code. The result (a pandas, Polars or Arrow table) comes with the types that
    tables have here: 64-bit numbers, microseconds, UTC, text; struct and list stay. Runs in a process of its own that is gone
    afterwards. Raises UserError in one sentence when the code is wrong, fails, gives no table or breaks a limit; Cancelled.
    """
    from workbench.dataprep.workers.code import form_of

    script = Script("read", code, form_of("read", code), "polars" if frames == "polars" else "pandas")
    if reason := script.problem():
        raise UserError(reason, place=what)
    with PythonWorker(script, limits or Limits(), what, cancel) as worker:
        found = worker.call(paths=[str(path) for path in paths]).table
    if found is None:
        raise RuntimeError("a script of a source gives a table")
    return found


def _talk(process: subprocess.Popen[bytes], head: dict[str, Any], table: pa.Table | None, answers: Any) -> None:
    try:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        send(process.stdin, head, table)
        answers.put(receive(process.stdout))
    except (OSError, EOFError, ValueError) as error:  # it is gone, or was closed
        answers.put(error)


def _listen(stream: IO[bytes] | None, kept: deque[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while stream is not None and (line := stream.readline(2000)):
            kept.append(line)


def _memory(pid: int) -> int:
    """Bytes that the process and its children hold."""
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += each.memory_info().rss
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process with all that it started, and takes leave of it, so that no zombie stays."""
    if process.poll() is None:
        kill_tree(process.pid, grace=0.2)
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        process.wait(5)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()
