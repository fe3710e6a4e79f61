"""The process that runs a script and sees to its end."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from pathlib import Path
from typing import Any

from workbench.jobs.drivers.supervised.agent.files import write
from workbench.jobs.drivers.supervised.agent.log import Log
from workbench.jobs.drivers.supervised.agent.meter import Meter, oom_kills
from workbench.jobs.drivers.supervised.agent.processes import MARK, began, boot_id, descendants, end_all

_BEAT_S = 2.0
_RESERVE_BYTES = 64 * 1024


class Supervisor:
    """Runs the script of one folder to its end. A process of its own; holds the folder's lock."""

    def __init__(self, folder: Path, job: dict[str, Any]) -> None:
        self._folder = folder
        self._job = job
        self._log = Log(folder / "log")
        self._meter = Meter(job["variables"].get("CUDA_VISIBLE_DEVICES", ""))
        self._code: int | None = None
        me = os.getpid()
        self.status: dict[str, Any] = {
            "state": "running",
            "note": job.get("note"),
            "pid": me,
            "began": began(me),
            "boot_id": boot_id(),
            "beat": 0,
        }

    def run(self, ready: int) -> None:
        """Writes a byte to `ready` when the script runs (or could not be started)."""
        (self._folder / "reserve").write_bytes(os.urandom(_RESERVE_BYTES))
        killed_before = oom_kills()
        try:
            process = self._start()
        except OSError as error:
            self.status.update(state="ended", exit_code=127, reason=f"The script could not be started: {error}.")
            write(self._folder / "status.json", self.status)
            os.write(ready, b"1")
            return
        self.status["process"] = process.pid
        write(self._folder / "status.json", self.status)
        os.write(ready, b"1")
        os.close(ready)
        self._watch(process)
        code = self._code if self._code is not None else -9
        self.status.update(state="ended", exit_code=code, out_of_memory=code in (-9, 137) and oom_kills() > killed_before)
        self._finish()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._job["command"],
            cwd=self._job["cwd"],
            env={**self._job["variables"], MARK: str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Until the script has ended, nothing is left of its processes, and its last words are in the log."""
        selector = selectors.DefaultSelector()
        for name, pipe in (("o", process.stdout), ("e", process.stderr)):
            if pipe:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
        next_beat, last_words = 0.0, 0.0
        while True:
            for key, _ in selector.select(0.1) if selector.get_map() else ():
                self._take(selector, key)
            if not selector.get_map() and self._code is None:
                time.sleep(0.02)
            now = time.monotonic()
            if self._code is None and self._reap(process):
                end_all(self._folder, os.getpid(), self._grace())
                last_words = time.monotonic() + 5
            if self._code is not None and (not selector.get_map() or now > last_words):
                break
            if now >= next_beat and self._code is None:
                next_beat = now + _BEAT_S
                self._beat()
        self._reap(process)
        selector.close()

    def _grace(self) -> float:
        """What the script left running ends at once, but where the user cancels: it may still tidy up."""
        with contextlib.suppress(OSError, ValueError):
            return float((self._folder / "cancel").read_text("ascii"))
        return 1.0

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        try:
            data = os.read(key.fd, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._log.add(key.data, data)
        else:
            selector.unregister(key.fileobj)

    def _reap(self, process: subprocess.Popen[bytes]) -> bool:
        """Collects what has ended: the script, and grandchildren that came to us; whether the script has."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return self._code is not None
            if pid == 0:
                return self._code is not None
            if pid == process.pid:
                self._code = process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def _beat(self) -> None:
        self.status["beat"] += 1
        self.status["usage"] = self._meter.read(descendants(os.getpid()))
        with contextlib.suppress(OSError):
            write(self._folder / "status.json", self.status)

    def _finish(self) -> None:
        self._log.close()
        self.status["counts"] = self._log.counts
        with contextlib.suppress(OSError):
            (self._folder / "reserve").unlink()
        while True:
            try:
                write(self._folder / "status.json", self.status)
                return
            except FileNotFoundError:
                return  # the folder was removed meanwhile
            except OSError:
                time.sleep(1)  # a full disk may get room again
