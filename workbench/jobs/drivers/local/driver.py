"""The driver of jobs on this machine: the script is a child of the runner, in a session of its own."""

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from workbench.base.errors import EnvironmentError_
from workbench.base.processes import is_alive, started_at
from workbench.jobs.drivers.base import Follow, Handle, Poll, Usage
from workbench.jobs.endings import end_processes, oom_kills
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.joblog import JobLog, Stream
from workbench.jobs.localpython import make_python, script_command, script_variables
from workbench.jobs.processgroup import ProcessUsage, adopted, marked

_LAST_WORDS_S = 5.0  # a process that left the script's session and was not found may hold its output open
_AT_ONCE = 64 * 1024


class LocalDriver:
    """Runs one job as a process. What the script writes comes by pipes: when the runner is killed, the job cannot go on."""

    def __init__(self, folder: RunFolder, spec: JobSpec, log: JobLog) -> None:
        self._folder = folder
        self._spec = spec
        self._log = log
        self._python: Path | None = None
        self._held = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._readers: tuple[threading.Thread, ...] = ()
        self._usage: ProcessUsage | None = None
        self._killed_before = 0

    def handle(self) -> Handle:
        return {"run_id": self._spec.run_id, "pid": 0, "began": 0.0}

    def prepare(self, follow: Follow) -> tuple[str, str]:
        python = make_python(self._folder, self._spec, follow, self._held)
        self._python = python.path
        return python.lock, python.version

    def start(self, handle: Handle) -> Handle:
        if self._process is not None or handle["pid"]:
            return self._with_pid(handle)
        if self._python is None:
            raise RuntimeError("prepare() comes before start()")
        self._killed_before = oom_kills()
        try:
            self._process = subprocess.Popen(
                script_command(self._spec, self._python),
                cwd=self._folder.work,
                env=script_variables(self._folder, self._spec, self._python),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=os.name == "posix",
                creationflags=_flags(),
            )
        except OSError as error:
            raise EnvironmentError_(f"The script could not be started: {error.strerror or error}.") from error
        self._usage = ProcessUsage(self._process.pid, self._spec.gpus)
        self._readers = self._read_output(self._process)
        return self._with_pid(handle)

    def poll(self, handle: Handle) -> Poll:
        if self._process is None:
            reason = "The runner was killed while the script ran, so how the script would have ended is not known; it was stopped."
            return Poll(running=is_alive(handle["pid"], handle["began"] or None), reason=reason)
        code = self._process.poll()
        if code is None:
            return Poll(running=True)
        return Poll(running=False, exit_code=code, out_of_memory=code in {-9, 137} and oom_kills() > self._killed_before)

    def pull(self, handle: Handle, *, final: bool = False) -> None:
        """The log comes by itself; at the end what the script left running is ended, and the rest of the log waited for."""
        if not final:
            return
        self._end(handle, grace_s=5.0)
        deadline = time.monotonic() + _LAST_WORDS_S
        for reader in self._readers:
            reader.join(max(0.0, deadline - time.monotonic()))
        self._log.flush()

    def usage(self, handle: Handle) -> Usage | None:  # noqa: ARG002 (the process is known)
        return self._usage.sample() if self._usage else None

    def cancel(self, handle: Handle, grace_s: float) -> None:
        self._end(handle, grace_s)

    def clean(self, handle: Handle) -> None:
        """Nothing of a job stays here but its folder; processes that live still are ended."""
        self._end(handle, grace_s=1.0)
        self._held.close()

    def _with_pid(self, handle: Handle) -> Handle:
        if self._process is None:
            return handle
        return {**handle, "pid": self._process.pid, "began": started_at(self._process.pid) or time.time()}

    def _end(self, handle: Handle, grace_s: float) -> None:
        """Ends the script, its children, what is left of its session, and what left that. Raises EnvironmentError_ if one lives."""
        # A child of ours that runs has its pid for itself, whatever the clock says.
        ours = self._process is not None and self._process.poll() is None
        pid = self._process.pid if self._process else handle["pid"]
        if pid:
            end_processes(pid, None if ours else handle["began"] or None, grace=grace_s)
        for other in {*marked(self._spec.run_id), *adopted(pid)}:
            end_processes(other, started_at(other), grace=min(grace_s, 1.0))
        if self._process is not None:
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                message = f"The script's process {self._process.pid} does not end, although it was killed."
                raise EnvironmentError_(message, hint="It hangs in the system, e.g. in a network drive.") from None

    def _read_output(self, process: "subprocess.Popen[bytes]") -> tuple[threading.Thread, ...]:
        pipes: list[tuple[Stream, IO[bytes]]] = []
        if process.stdout and process.stderr:
            pipes = [("stdout", process.stdout), ("stderr", process.stderr)]
        if sys.platform == "win32":  # pipes cannot be waited for together there
            readers = tuple(threading.Thread(target=self._read, args=([pipe],), daemon=True) for pipe in pipes)
        else:
            readers = (threading.Thread(target=self._read, args=(pipes,), daemon=True),)
        for reader in readers:
            reader.start()
        return readers

    def _read(self, pipes: list[tuple[Stream, IO[bytes]]]) -> None:
        """Until all ends: an earlier pipe first where both have something."""
        if len(pipes) == 1:
            stream, pipe = pipes[0]
            while data := os.read(pipe.fileno(), _AT_ONCE):
                self._log.write(stream, data)
            pipe.close()
            return
        with selectors.DefaultSelector() as waiting:
            for stream, pipe in pipes:
                waiting.register(pipe, selectors.EVENT_READ, stream)
            while waiting.get_map():
                for key, _events in waiting.select():
                    if data := os.read(key.fd, _AT_ONCE):
                        self._log.write(key.data, data)
                    else:
                        waiting.unregister(key.fileobj)
        for _stream, pipe in pipes:
            pipe.close()


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def make_driver(folder: RunFolder, spec: JobSpec, secret: str | None, log: JobLog) -> LocalDriver:  # noqa: ARG001 (no password here)
    """The driver of a job on this machine."""
    return LocalDriver(folder, spec, log)
