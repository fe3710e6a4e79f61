"""A run of one's own: a notebook, or any process, opens it, logs to it, and ends it."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import importlib
import json
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from workbench.sdk import events
from workbench.sdk.run import OPENED, Run, is_inside, pairs, run_around, use_opened
from workbench.sdk.tracking import Pointed

if TYPE_CHECKING:
    from workbench.sdk.server import Server

Status = Literal["finished", "failed", "cancelled"]
_MLFLOW_STATUS = {"finished": "FINISHED", "failed": "FAILED", "cancelled": "KILLED"}

_current: ContextVar[StartedRun | None] = ContextVar("workbench_run", default=None)
_open: list[StartedRun] = []
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class StartedRun(Run):
    """A run that this process has opened. As a context manager it ends with the block: failed where an exception leaves it.

    Without `with`, `end()` ends it, at the latest the end of the process. A process that is killed loses nothing that was logged;
    the run is then marked as lost.
    """

    number: int = 0
    """Counts from 1 within the experiment."""
    experiment: str = ""
    _server: Server | None = None
    _state: dict[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it takes what is logged: until its end, in the process that opened it and those forked from it."""
        return "ended" not in self._state

    def end(self, status: Status = "finished", reason: str = "") -> None:
        """Ends the run; a second call does nothing. Waits up to ten seconds until all that was logged is in the store."""
        if status not in _MLFLOW_STATUS:
            message = f"A run ends as {', '.join(_MLFLOW_STATUS)}, not as {status!r}."
            raise ValueError(message)
        with _lock:
            if not self.is_open or self._state["pid"] != os.getpid():
                return
            self._state["ended"] = True
            if self in _open:
                _open.remove(self)
        reason = reason.encode("utf-8", "backslashreplace").decode()  # of bytes that are no text
        if pointed := self._state.pop("pointed", None):
            pointed.undo(_MLFLOW_STATUS[status], self._answers)
        events.close(self.folder)
        _write_end(self, status, reason)
        # Also without a server the end is on record: the next one reads it.
        with contextlib.suppress(RuntimeError):
            if self._server is not None:
                self._server.call("POST", f"/runs/{self.id}/end", {"status": status, "reason": reason[:10_000]})
        os.close(self._state["lock"])

    def _answers(self) -> bool:
        try:
            return self._server is not None and bool(self._server.call("GET", "/health", timeout=5))
        except RuntimeError:
            return False

    def __enter__(self) -> StartedRun:
        self._state["token"] = _current.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        token: Token[StartedRun | None] | None = self._state.pop("token", None)
        if token is not None:
            # A notebook may leave the block in another context than it came in by.
            with contextlib.suppress(ValueError):
                _current.reset(token)
        self.end(*_end_by(error))


def start_run(
    name: str = "", *, experiment: str = "", params: Mapping[str, Any] | None = None, tags: Mapping[str, Any] | None = None,
    project: str | os.PathLike[str] | None = None, nested: bool = True, mlflow: bool = True,
) -> StartedRun:  # fmt: skip
    """Opens a run and makes it the current one: `with workbench.start_run(name="try") as run: workbench.log("loss", 0.3)`.

    `experiment`: its project's name without one. `params`, `tags`: recorded at once. `project`: the folder of which a snapshot is
    taken; without it the one around the current folder. `nested`: a run that is opened within another (also within a job) becomes
    its child. `mlflow`: as long as the run is open, MLflow's functions and autologging log into it too, wherever they did before;
    False leaves MLflow alone. Threads, and processes that are started meanwhile, log into the run as well.

    The server of the workspace is started when none runs. Raises RuntimeError when that fails, or refuses.
    """
    from workbench.sdk.server import connect  # urllib takes a while to load

    server = connect()
    above = (_near() or run_around()) if nested else None
    folder = Path(project).expanduser().absolute() if project is not None else _project_around()
    answer = server.call(
        "POST",
        "/runs",
        {
            "pid": os.getpid(),
            "kind": "notebook" if _in_notebook() else "external",
            "name": name,
            "experiment": experiment,
            "project": str(folder or ""),
            "parent_id": above.id if above else None,
            "script": _script(),
            "arguments": [] if _in_notebook() else sys.argv[1:],
            "params": {str(key): str(value) for key, value in pairs("param", params or {}).items()},
            "tags": {str(key): str(value) for key, value in pairs("tag", tags or {}).items()},
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "environment_lock": _packages(),
        },
        timeout=600,
    )
    place = Path(answer["folder"])
    if not place.is_dir():
        message = f"The workspace's folder {place} is not on this machine: a run can be opened beside its server only."
        raise RuntimeError(message)
    state: dict[str, Any] = {"pid": os.getpid(), "thread": threading.get_ident(), "lock": _locked(place / "runner.lock")}
    run = StartedRun(
        answer["id"], place, Path(answer["outputs"]), answer["number"], answer["experiment"], _server=server, _state=state
    )
    own = {OPENED: json.dumps([run.id, str(run.folder), str(run.outputs)])}
    state["pointed"] = Pointed({**own, **(answer.get("tracking", {}) if mlflow else {})})
    with _lock:
        _open.append(run)
    return run


def current() -> Run | None:
    """The innermost run that is open here; in a thread of its own, the one of the main thread; else the one around."""
    with _lock:
        last = _open[-1] if _open else None
    return _near() or last or run_around()


def _near() -> StartedRun | None:
    """The innermost run that this thread, else the main thread, has open: those of other threads are none of this one's."""
    own = _current.get()
    if own is not None and own.is_open:
        return own
    with _lock:
        for thread in (threading.get_ident(), threading.main_thread().ident):
            for run in reversed(_open):
                if run._state["thread"] == thread:  # noqa: SLF001 (of this module)
                    return run
    return None


use_opened(current)


@atexit.register
def _end_all() -> None:
    """Ends what was left open. A script that failed has left its exception."""
    error = None if _in_notebook() else getattr(sys, "last_value", None)
    for run in reversed(_open[:]):
        run.end(*_end_by(error))


def _end_by(error: BaseException | None) -> tuple[Status, str]:
    """How a run ends that an exception leaves, and why."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return "finished", ""
    if isinstance(error, KeyboardInterrupt):
        return "cancelled", "Interrupted by the user."
    return "failed", _told(error)


def _write_end(run: StartedRun, status: Status, reason: str) -> None:
    """The list of outputs, then the end: whoever reads it finds all in place."""
    if not run.folder.is_dir():
        return  # the run was deleted meanwhile
    _write(run.folder / "artifacts.json", _listed(run.outputs))
    path = run.folder / "status.json"
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    if known.get("state", "running") != "running":
        return  # it was ended from outside
    _write(path, {**known, "state": status, "reason": reason, "ended": time.time()})


def _write(path: Path, value: Any) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _listed(outputs: Path) -> list[dict[str, Any]]:
    """Path, size and digest of every output; the server need not read them again."""
    found = []
    for path in sorted(outputs.rglob("*")):
        if path.is_file() and is_inside(path.resolve(), outputs.resolve()):
            with path.open("rb") as file:
                digest = hashlib.sha256()
                while block := file.read(1 << 20):
                    digest.update(block)
            size = path.stat().st_size
            found.append({"path": path.relative_to(outputs).as_posix(), "size": size, "digest": f"sha256:{digest.hexdigest()}"})
    return sorted(found, key=lambda one: str(one["path"]))


def _locked(path: Path) -> int:
    """Holds the lock of the run's folder as long as this process lives: by it the server knows that it does."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _told(error: BaseException) -> str:
    """`KeyError: 'x' in train.py line 12.`"""
    text = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1][:1000].rstrip(".")
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return f"{text}."
    path = Path(frames[-1].filename)
    return f"{text} in {'a cell' if path.parent.name.startswith('ipykernel_') else path.name} line {frames[-1].lineno}."


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules and "IPython" in sys.modules


def _script() -> str:
    """The notebook's or script's name, as far as it can be told."""
    if _in_notebook():
        main: Any = sys.modules.get("__main__")
        known = os.environ.get("JPY_SESSION_NAME") or getattr(main, "__vsc_ipynb_file__", "")
        return Path(str(known)).name
    return Path(sys.argv[0]).name if sys.argv and sys.argv[0] not in {"", "-c", "-m"} else ""


def _project_around() -> Path | None:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "workbench.toml").is_file()), None)


def _packages() -> str:
    """The installed packages, one `name==version` a line."""
    metadata = importlib.import_module("importlib.metadata")
    found = {f"{one.metadata['Name']}=={one.version}" for one in metadata.distributions() if one.metadata["Name"]}
    return "".join(f"{line}\n" for line in sorted(found, key=str.lower))
