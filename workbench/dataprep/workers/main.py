"""The worker process: takes the user's code and tables from standard input, and answers on standard output, until that ends."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

from workbench.dataprep.workers.code import FILE, PICK, Script
from workbench.dataprep.workers.messages import receive, send
from workbench.dataprep.workers.rows import CellError, learned_kind, new_column, outcomes, verdicts

if TYPE_CHECKING:
    import pyarrow as pa

_SLACK = 1 << 29
"""Bytes of address space beyond the limit: libraries reserve more than they use, and what they use is watched from outside."""
_PRINTED = 4000
"""How many characters of the user's output go back with an answer."""


def main() -> None:
    """Serves until the other side closes the pipe."""
    requests, answers = _private_pipes()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    worker = _Worker()
    while True:
        try:
            head, table = receive(requests)
        except EOFError:
            return
        answer, result = worker.answer(head, table)
        send(answers, answer, result)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to Workbench, out of the user's reach: standard input is empty, standard output leads nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(requests.fileno(), os.O_BINARY)
        msvcrt.setmode(answers.fileno(), os.O_BINARY)
    return requests, answers


def _end_with_parent(parent: int) -> None:
    """Ends the process when Workbench was killed: an endless loop would otherwise outlive it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


class _Printed:
    """Takes the place of standard output and error: keeps the first characters."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(_PRINTED - len(self.text), 0)]
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        """It is no terminal."""
        return False


class _Worker:
    """The loaded script."""

    def __init__(self) -> None:
        self._script = Script("column", "None")
        self._function: Callable[..., Any] | None = None
        self._calls = 0

    def answer(self, head: dict[str, Any], table: pa.Table | None) -> tuple[dict[str, Any], pa.Table | None]:
        """Does what a message asks. Every failure of the user's code is an answer with `problem`."""
        printed = _Printed()
        try:
            with _captured(printed):
                answer, result = self._load(head) if head["do"] == "load" else self._run(head, table)
        except MemoryError:
            return {"problem": "memory", "printed": printed.text}, None
        except SystemExit as error:
            return {"problem": f"It called sys.exit({error.code!r}).", "printed": printed.text}, None
        except BaseException as error:  # noqa: BLE001 (the user's code may raise anything)
            return {"problem": _sentence(error), "printed": printed.text}, None
        return {**answer, "printed": printed.text}, result

    def _load(self, head: dict[str, Any]) -> tuple[dict[str, Any], None]:
        self._script = Script(**head["script"])
        space = _namespace(self._script)
        if head.get("warm"):  # the libraries are there: what follows is the user's
            return {}, None
        _limit_memory(int(head["memory"]))
        code = compile(self._script.tree(), FILE, "exec")
        exec(code, space)  # noqa: S102 (that is what a script is)
        self._function = space[self._script.function]
        return {}, None

    def _run(self, head: dict[str, Any], table: pa.Table | None) -> tuple[dict[str, Any], pa.Table | None]:
        function = self._function
        if function is None:
            raise RuntimeError("no script is loaded")
        if self._script.kind == "read":
            return self._framed(function(list(head["paths"])), head)
        if table is None:
            raise RuntimeError("there are no rows")
        if self._script.by_row:
            results = outcomes(function, table)
            if self._script.kind == "filter":
                kept, failed, first = verdicts(results)
                return {"failed": failed, "first": first}, kept
            if head.get("learn"):
                return {"type": learned_kind(results)}, None
            return {}, new_column(results, head["type"])
        from workbench.dataprep.workers.frames import to_frame

        frame = to_frame(table, self._script.frames)
        if self._script.kind == "write":
            function(frame)
            return {}, None
        result = function(frame) if self._script.kind == "frame" else function(frame, int(head["index"]))
        return self._framed(result, head)

    def _framed(self, result: Any, head: dict[str, Any]) -> tuple[dict[str, Any], pa.Table]:
        import base64

        import pyarrow as pa

        from workbench.dataprep.workers.frames import fitted, from_frame

        table = from_frame(result)
        if "schema" not in head:
            return {}, table
        wanted = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(head["schema"])))
        made, new = fitted(table, wanted)
        return {"new": new}, made


@contextlib.contextmanager
def _captured(printed: _Printed) -> Iterator[None]:
    out, err = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = printed
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def _namespace(script: Script) -> dict[str, Any]:
    """What the code finds imported. The large libraries are imported only when their name stands in it."""
    import datetime as dt
    import importlib
    import math
    import numbers
    import random
    import re

    random.seed(0)
    space: dict[str, Any] = {
        "__name__": "script",
        "math": math,
        "numbers": numbers,
        "datetime": dt,
        "re": re,
        "CellError": CellError,
    }
    libraries = {"np": "numpy", "pd": "pandas", "pl": "polars", "sp": "scipy"}
    for short, library in libraries.items():
        if short == "pl" and script.frames != "polars":
            continue
        if script.mentions(short) or (short == "pd" and not script.by_row and script.frames == "pandas"):
            with contextlib.suppress(ImportError):
                space[short] = importlib.import_module(library)
                if short == "np":
                    space[short].random.seed(0)
    if not script.by_row:
        from workbench.dataprep.workers import frames

        space[PICK] = frames.pick
    importlib.import_module("pyarrow")  # before memory is limited

    return space


def _limit_memory(limit: int) -> None:
    """Lets the process have `limit` bytes more address space than now, where the system can: a greedy script fails at once."""
    try:
        import resource

        import psutil
    except ImportError:
        return
    if sys.platform != "linux":
        return
    now = psutil.Process().memory_info().vms
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (now + limit + _SLACK, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _sentence(error: BaseException) -> str:
    """A failure of the user's code: what, and in which line of it."""
    from workbench.dataprep.workers.frames import ScriptProblem

    if isinstance(error, ScriptProblem):
        return str(error)
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return f"It is not valid Python in line {error.lineno}: {error.msg}."
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    where = f" in line {lines[-1]}" if lines else ""
    try:
        text = str(error).partition("\n")[0].strip().rstrip(".")
    except Exception:  # noqa: BLE001 (an exception of the user's own class)
        text = ""
    return f"It raised {type(error).__name__}{where}{f': {text}' if text else ''}."


if __name__ == "__main__":
    main()
