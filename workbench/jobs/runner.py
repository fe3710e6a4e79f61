"""The runner: one small detached process per job. `python -m workbench.jobs.runner RUN_DIR`

It makes the working copy and the environment, starts the script, watches it, collects its outputs and writes the end into
`status.json`. It needs no server: a server that was killed finds all in the run's folder.
"""

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil
from filelock import FileLock, Timeout

from workbench.base.errors import Cancelled, EnvironmentError_, UserError, WorkbenchError
from workbench.base.files import disk_error
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import started_at
from workbench.jobs.endings import end_processes, explain_exit, oom_kills
from workbench.jobs.environments import EnvironmentBuilder, environment_variables
from workbench.jobs.folder import JobSpec, JobStatus, RunFolder
from workbench.jobs.outputs import collect_outputs
from workbench.jobs.sdkcopy import sdk_folder
from workbench.projects.snapshots import SnapshotStore

_HEARTBEAT_S = 5.0
_MEMORY_CHECK_S = 1.0
_FULL_BELOW_BYTES = 64 * 1024
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class _PackageSettings:
    ca_bundle: str
    package_index: str


@dataclass(frozen=True)
class _Ending:
    state: str
    reason: str = ""
    exit_code: int | None = None


class Runner:
    """Runs the job of one folder to its end. Not to be used twice."""

    def __init__(self, folder: RunFolder, spec: JobSpec) -> None:
        self._folder = folder
        self._spec = spec
        self._paths = WorkspacePaths(Path(spec.home))
        self._status = JobStatus(runner_pid=os.getpid(), runner_began=started_at(os.getpid()) or time.time())
        self._told_to_end = ""

    def run(self) -> None:
        """Never raises for what goes wrong with the job: that is its status."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
            if number := getattr(signal, name, None):
                signal.signal(number, self._on_signal)
        self._save()
        try:
            ending = self._execute()
        except Cancelled:
            ending = self._stopped()
        except WorkbenchError as error:
            ending = _Ending("failed", str(error))
        except OSError as error:
            ending = _Ending("failed", str(disk_error(error, "The run's folder")))
        except Exception as error:  # noqa: BLE001 (whatever happens here, the job must get its end)
            traceback.print_exc()
            ending = _Ending(
                "failed", f"Workbench's runner failed: {type(error).__name__}: {error}. See {self._folder.runner_log}."
            )
        self._finish(ending)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._told_to_end = signal.Signals(number).name

    def _must_stop(self) -> bool:
        self._beat()
        return bool(self._told_to_end) or self._folder.cancel.exists()

    def _stopped(self) -> _Ending:
        if self._told_to_end and not self._folder.cancel.exists():
            return _Ending("failed", f"The runner was told to end ({self._told_to_end}), e.g. since the machine was shut down.")
        return _Ending("cancelled", "Cancelled by the user.")

    def _execute(self) -> _Ending:
        if self._must_stop():
            raise Cancelled
        SnapshotStore(self._paths.snapshots).checkout(self._spec.snapshot, self._folder.work)
        (self._folder.work / "outputs").mkdir(exist_ok=True)
        python = self._environment()
        if self._must_stop():
            raise Cancelled
        command, variables = self._command(python), self._variables(python)
        self._say(f"Started {self._spec.script} with Python {self._status.python}.")
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP
        with self._folder.log.open("ab") as log:
            # The script writes the log itself: byte for byte, nothing lost when this process is killed.
            process = subprocess.Popen(
                command,
                cwd=self._folder.work,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",
                creationflags=flags,
            )
        self._status.process_pid = process.pid
        self._status.process_began = started_at(process.pid) or time.time()
        self._status.started = time.time()
        self._status.state = "running"
        self._save()
        return self._watch(process)

    def _environment(self) -> Path:
        """The interpreter for the script; notes its version and packages."""
        spec = self._spec
        builder = EnvironmentBuilder(self._paths, _PackageSettings(spec.ca_bundle, spec.package_index))
        if spec.environment == "requirements":
            requirements = self._folder.work / spec.requirements
            if not requirements.is_file():
                message = f"The requirements file {spec.requirements} is not in the run's copy of the project: it is ignored."
                raise UserError(message, hint="Take it out of .gitignore or .wbignore.")
            lock = builder.resolve(requirements, python=spec.python, say=self._say, cancel=self._must_stop)
            python = builder.ensure(lock, spec.python, self._say, self._must_stop)
        else:
            python = Path(sys.executable) if spec.environment == "workbench" else _named(spec.python)
            lock = builder.installed(python)
        self._status.lock = lock
        self._status.python = _version(python)
        self._save()
        return python

    def _command(self, python: Path) -> list[str]:
        spec = self._spec
        if spec.script.endswith(".wbprep"):
            return [sys.executable, "-P", "-m", "workbench.dataprep", "run", spec.script, *spec.arguments]
        return [str(python), spec.script, *spec.arguments]

    def _variables(self, python: Path) -> dict[str, str]:
        variables = environment_variables(python)
        variables |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"}
        # Jobs run side by side: each library that took all cores for itself would slow down all of them.
        variables |= dict.fromkeys(_THREADS, str(max(1, math.ceil(self._spec.cpus))))
        variables |= self._spec.variables
        if self._spec.environment != "workbench":
            own = [self._spec.variables["PYTHONPATH"]] if self._spec.variables.get("PYTHONPATH") else []
            variables["PYTHONPATH"] = os.pathsep.join([str(sdk_folder(self._paths.root)), *own])
        return variables | {
            "WORKBENCH_RUN_ID": self._spec.run_id,
            "WORKBENCH_RUN_DIR": str(self._folder.path),
            "WORKBENCH_OUTPUTS": str(self._folder.work / "outputs"),
            "WORKBENCH_PROJECT": self._spec.project,
            "WORKBENCH_PYTHON": sys.executable,
            "WORKBENCH_HOME": self._spec.home,
        }

    def _watch(self, process: "subprocess.Popen[bytes]") -> _Ending:
        """Waits for the script's end, or ends it: on request, at its time limit, above its memory."""
        killed_before = oom_kills()
        began = time.monotonic()
        next_memory_check = began
        reason = ""
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
            if process.returncode is not None:
                break
            now = time.monotonic()
            if self._must_stop():
                self._end_script(running=True)
                raise Cancelled
            if self._spec.time_limit_s and now - began > self._spec.time_limit_s:
                reason = f"The script was stopped at its time limit of {self._spec.time_limit_s} s."
            elif self._spec.memory_mb and now >= next_memory_check:
                next_memory_check = now + _MEMORY_CHECK_S
                if _memory_mb(process.pid) > self._spec.memory_mb:
                    reason = f"The script was stopped: it used more than its {self._spec.memory_mb} MB of memory."
            if reason:
                self._end_script(running=True)
                return _Ending("failed", reason)
        code = process.returncode
        self._end_script()  # what it left running
        if code == 0:
            return _Ending("finished", exit_code=0)
        folder, spec = self._folder, self._spec
        text = explain_exit(
            code, folder.log, folder.work, Path(spec.project),
            ran_out_of_memory=oom_kills() > killed_before, preparation=spec.script.endswith(".wbprep"),
        )  # fmt: skip
        if shutil.disk_usage(folder.path).free < _FULL_BELOW_BYTES or "No space left on device" in text:
            text = f"The disk is full: free some space and run again. {text}"
        return _Ending("failed", text, code)

    def _end_script(self, *, running: bool = False) -> None:
        """A running script is a child of ours, so its pid is its own whatever the clock says."""
        end_processes(self._status.process_pid, None if running else self._status.process_began)

    def _finish(self, ending: _Ending) -> None:
        """Collects the outputs, removes the working copy, then writes the end: whoever reads it finds all in place."""
        self._folder.free_reserve()
        reason = ending.reason
        try:
            collect_outputs(self._folder)
        except OSError as error:
            reason = f"{reason} {disk_error(error, 'The outputs')}".strip()
            ending = _Ending("failed" if ending.state == "finished" else ending.state, reason, ending.exit_code)
        said = {"finished": "Finished.", "cancelled": "Cancelled."}.get(ending.state, f"Failed. {reason}")
        self._say(said)
        self._status.state, self._status.reason, self._status.exit_code = ending.state, reason, ending.exit_code
        self._status.ended = time.time()
        deadline = time.monotonic() + 60
        while True:
            try:
                self._save(tolerant=False)
                return
            except EnvironmentError_:
                # A full disk may get room again; after a minute the server finds this process gone and says so.
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _beat(self) -> None:
        if time.time() - self._status.heartbeat >= _HEARTBEAT_S:
            self._save()

    def _save(self, *, tolerant: bool = True) -> None:
        self._status.heartbeat = time.time()
        try:
            self._status.save(self._folder)
        except EnvironmentError_:
            if not tolerant:
                raise

    def _say(self, line: str) -> None:
        """A line of the runner's own in the job's log."""
        with contextlib.suppress(OSError), self._folder.log.open("ab+") as log:
            # A script may end in the middle of a line.
            torn = log.tell() > 0 and log.seek(-1, os.SEEK_END) >= 0 and log.read(1) != b"\n"
            log.write(b"\n" * torn + f"[workbench] {line}\n".encode())


def _named(python: str) -> Path:
    found = shutil.which(python or "python3")
    if not found:
        raise UserError(f"There is no Python interpreter {python!r} on this machine.", hint="Correct environment.python.")
    return Path(found)


def _version(python: Path) -> str:
    try:
        code = "import platform; print(platform.python_version())"
        done = subprocess.run([str(python), "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentError_(f"The Python interpreter {python} does not start: {error}.", place=str(python)) from error
    return done.stdout.strip()


def _memory_mb(pid: int) -> float:
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += one.memory_info().rss
    return total / 1e6


def main(arguments: list[str]) -> int:
    """Runs the job once: a second runner for the same folder, or one for a job that was begun before, does nothing."""
    folder = RunFolder(Path(arguments[0]).absolute())
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return 0
    try:
        if JobStatus.load(folder) is None:
            Runner(folder, JobSpec.load(folder)).run()
    finally:
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
