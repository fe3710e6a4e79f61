"""The runner: one small detached process per job. `python -m workbench.jobs.runner RUN_DIR [--clean]`

It makes the working copy, hands it to the driver of the job's target, watches the script there, collects its outputs and writes the
end into `status.json`. It needs no server: a server that was killed finds all in the run's folder. A runner that finds a job begun
by another one that was killed takes it up, where the target allows that. With `--clean` it ends such a job and cleans up.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TypeVar

from filelock import FileLock, Timeout

from workbench.base.clock import mark
from workbench.base.errors import Cancelled, EnvironmentError_, WorkbenchError
from workbench.base.files import disk_error, write_atomic
from workbench.base.masking import Masker, secret_values
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import started_at
from workbench.jobs.advice import Given
from workbench.jobs.cleaning import clean_up
from workbench.jobs.drivers.base import Driver, Follow, Poll, Unreachable
from workbench.jobs.drivers.registry import driver_for, takes_up
from workbench.jobs.endings import explain_exit
from workbench.jobs.folder import JobSpec, JobStatus, RunFolder, RunSecrets
from workbench.jobs.joblog import JobLog
from workbench.jobs.outputs import collect_outputs
from workbench.jobs.patience import Patience
from workbench.jobs.processgroup import adopt
from workbench.jobs.pulling import Puller
from workbench.jobs.sampling import UsageSampler
from workbench.projects.snapshots import SnapshotStore

T = TypeVar("T")

_HEARTBEAT_S = 5.0
_FULL_BELOW_BYTES = 64 * 1024
_GRACE_S = 5.0
_SHORTEST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0
_CLEANING_S = 60.0
_PREPARING_S = 30.0  # a target that is not there at all is told to the user soon


@dataclass(frozen=True)
class _Ending:
    state: str
    reason: str = ""
    exit_code: int | None = None
    cause: str = ""


class _LeftRunning(Exception):
    """The runner ends without its job."""


class Runner:
    """Runs the job of one folder to its end. Not to be used twice."""

    def __init__(self, folder: RunFolder, spec: JobSpec, status: JobStatus | None = None) -> None:
        secrets = RunSecrets.take(folder)
        variables = {**spec.variables, **secrets.variables}
        token = secrets.tracking.get("MLFLOW_TRACKING_TOKEN", "")  # all else that tracking needs is no secret
        public = {"", *secrets.tracking.values()} - {token}
        given = {*secret_values(variables, spec.variables), *secret_values({"proxy": spec.proxy}, {})}
        hidden = {*given, secrets.password or "", token} - public
        self._folder = folder
        self._spec = replace(spec, variables=variables, tracking=secrets.tracking)
        self._paths = WorkspacePaths(Path(spec.home))
        self._log = JobLog(folder, limit=spec.log_limit, masker=Masker(hidden) if hidden else None)
        self._driver: Driver = driver_for(folder, self._spec, secrets.password, self._log)
        self._status = status or JobStatus()
        self._status.runner_pid, self._status.runner_began = os.getpid(), started_at(os.getpid()) or time.time()
        self._told_to_end = ""
        self._ran_before = self._status.ran_s  # from here on the time that passes counts, whatever becomes of the clock
        self._began = time.monotonic()
        self._patience = Patience(spec.target, self._log.say, self._must_stop)

    def run(self, *, again: bool = False) -> None:
        """Runs the job, or (`again`) takes it up. Never raises for what goes wrong with the job: that is its status."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
            if number := getattr(signal, name, None):
                signal.signal(number, self._on_signal)
        self._save()
        try:
            ending = self._execute(again=again)
        except _LeftRunning:
            self._log.close()
            return
        except Cancelled:
            ending = self._stopped()
        except WorkbenchError as error:
            ending = _Ending("failed", str(error), cause=error.kind if error.kind == "environment" else "user")
        except OSError as error:
            ending = _Ending("failed", str(disk_error(error, "The run's folder")), cause="environment")
        except Exception as error:  # noqa: BLE001 (whatever happens here, the job must get its end)
            traceback.print_exc()
            ending = _Ending(
                "failed", f"Workbench's runner failed: {type(error).__name__}: {error}. See {self._folder.runner_log}."
            )
        self._finish(ending)

    def clean(self) -> str:
        """Ends what a lost runner left on the target: see `clean_up`."""
        return clean_up(self._folder, self._spec, self._driver, self._status.handle or self._driver.handle(), self._log)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._told_to_end = signal.Signals(number).name

    def _must_stop(self) -> bool:
        self._beat()
        return bool(self._told_to_end) or self._folder.cancel.exists()

    def _stopped(self) -> _Ending:
        if self._told_to_end and not self._folder.cancel.exists():
            reason = f"The runner was told to end ({self._told_to_end}), e.g. since the machine was shut down."
            return _Ending("failed", reason, cause="environment")
        return _Ending("cancelled", self._folder.cancel_reason or "Cancelled by the user.")

    def _execute(self, *, again: bool) -> _Ending:
        if not again:
            if self._must_stop():
                raise Cancelled
            SnapshotStore(self._paths.snapshots).checkout(self._spec.snapshot, self._folder.work)
            (self._folder.work / "outputs").mkdir(exist_ok=True)
            follow = Follow(self._log.say, self._must_stop)
            prepared = self._patiently(lambda: self._driver.prepare(follow), "prepare", most=_PREPARING_S, only=Unreachable)
            self._status.lock, self._status.python = prepared
            self._save()
            if self._must_stop():
                raise Cancelled
            if self._spec.prepare_only:
                self._log.say("The environment is ready.")
                return _Ending("finished", "The environment is ready.")
            self._log.say(f"Started {self._spec.script} with Python {self._status.python}.")
            self._status.handle = self._driver.handle()
            self._save(tolerant=False)  # whoever comes after us finds what we are about to start
        if self._status.started is None:
            self._status.handle = self._patiently(lambda: self._driver.start(self._status.handle), "start")
            self._status.started, self._status.started_mark = time.time(), mark()
            self._began, self._ran_before = time.monotonic(), 0.0
            self._status.state = "running"
            self._save()
        return self._watch()

    def _watch(self) -> _Ending:
        """Waits for the script's end, or ends it: on request, at its time limit, above its memory."""
        sampler = UsageSampler(self._driver, self._status.handle, self._folder.system, limit_mb=self._spec.memory_mb)
        try:
            ending = self._until_end(sampler)
        finally:
            sampler.stop()
        return ending

    def _until_end(self, sampler: UsageSampler) -> _Ending:
        spec, handle = self._spec, self._status.handle
        puller = Puller(self._driver)
        while True:
            if self._must_stop():
                if takes_up(spec.kind) and not self._folder.cancel.exists():
                    raise _LeftRunning
                self._end_script()
                raise Cancelled
            asked = time.monotonic()
            try:
                poll = self._patiently(lambda: self._driver.poll(handle), "look after")
            except EnvironmentError_:
                if not self._must_stop():
                    raise
                continue  # a target that does not answer changes nothing of what was asked for meanwhile
            took = time.monotonic() - asked
            if not poll.running:
                return self._explained(poll)
            reason = ""
            if spec.time_limit_s and self._ran_before + time.monotonic() - self._began > spec.time_limit_s:
                reason = f"The script was stopped at its time limit of {spec.time_limit_s} s."
            elif spec.memory_mb and sampler.memory_mb > spec.memory_mb:
                reason = f"The script was stopped: it used more than its {spec.memory_mb} MB of memory."
            if reason:
                self._end_script()
                return _Ending("failed", reason, cause="script")
            puller.pull(handle)
            time.sleep(min(_LONGEST_WAIT_S, max(_SHORTEST_WAIT_S, 20 * took)))  # a target that answers slowly is asked less often

    def _explained(self, poll: Poll) -> _Ending:
        """How the script ended, once its log is here as a whole."""
        spec, folder = self._spec, self._folder
        self._patiently(lambda: self._driver.pull(self._status.handle, final=True), "fetch the results of", stoppable=False)
        if poll.exit_code == 0:
            return _Ending("finished", exit_code=0)
        if poll.exit_code is None:
            return _Ending("lost", poll.reason or "How the script ended is not known.", cause="environment")
        if poll.reason:
            return _Ending("failed", poll.reason, poll.exit_code, cause="script")
        text = explain_exit(
            poll.exit_code, folder.log, Path(self._status.handle.get("work") or folder.work), self._given(),
            ran_out_of_memory=poll.out_of_memory, memory_mb=spec.memory_mb, preparation=spec.script.endswith(".wbprep"),
        )  # fmt: skip
        here = shutil.disk_usage(folder.path).free < _FULL_BELOW_BYTES
        if here or "No space left on device" in text:
            where = "" if here or spec.kind == "local" else f" of the target {spec.target}"
            text = f"The disk{where} is full: free some space and run again. {text}"
            return _Ending("failed", text, poll.exit_code, "environment")
        return _Ending("failed", text, poll.exit_code, cause="script")

    def _given(self) -> Given:
        spec = self._spec
        variables = (*spec.variables, *spec.tracking)
        return Given(Path(spec.project), self._folder.work, spec.target, spec.kind, spec.environment, variables)

    def _end_script(self) -> None:
        """Asks, waits, kills; then brings what the script left."""
        self._patiently(lambda: self._driver.cancel(self._status.handle, _GRACE_S), "end", most=_CLEANING_S, stoppable=False)
        with contextlib.suppress(EnvironmentError_):
            self._driver.pull(self._status.handle, final=True)

    def _patiently(
        self, action: Callable[[], T], what: str, *, most: float | None = None,
        only: type[EnvironmentError_] = EnvironmentError_, stoppable: bool = True,
    ) -> T:  # fmt: skip
        """Does it again while a target on another machine does not answer; on this one there is nothing to wait for."""
        if not takes_up(self._spec.kind):
            return action()
        return self._patience.ask(action, what, most=most, only=only, stoppable=stoppable)

    def _finish(self, ending: _Ending) -> None:
        """Cleans the target, collects the outputs, removes the working copy, then writes the end: whoever reads it finds all."""
        self._folder.free_reserve()
        reason = ending.reason
        try:
            handle = self._status.handle or self._driver.handle()
            self._patiently(
                lambda: self._driver.clean(handle), "clean up after", most=_CLEANING_S, only=Unreachable, stoppable=False
            )
        except Exception as error:  # noqa: BLE001 (whatever happens here, the job must get its end)
            if not isinstance(error, WorkbenchError):
                traceback.print_exc()
            reason = f"{reason} What it left on {self._spec.target} could not be removed: {error}".strip()
        try:
            collect_outputs(self._folder, follow=self._spec.kind != "docker")
        except OSError as error:
            reason = f"{reason} {disk_error(error, 'The outputs')}".strip()
            ending = replace(ending, state="failed" if ending.state == "finished" else ending.state, cause="environment")
        self._log.flush()
        said = {"finished": "Finished.", "cancelled": "Cancelled.", "lost": f"Lost. {reason}"}
        self._log.say(said.get(ending.state, f"Failed. {reason}"))
        self._log.close()
        status = self._status
        status.state, status.reason, status.exit_code, status.cause = ending.state, reason, ending.exit_code, ending.cause
        status.ended = time.time() if status.started is None else status.started + status.ran_s
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
        if abs(time.time() - self._status.heartbeat) >= _HEARTBEAT_S:
            self._save()

    def _save(self, *, tolerant: bool = True) -> None:
        self._status.heartbeat = time.time()
        try:
            self._status.save(self._folder)
        except EnvironmentError_:
            if not tolerant:
                raise


def main(arguments: list[str]) -> int:
    """Runs the job once: a second runner beside a living one does nothing, nor does one for a job that has ended."""
    folder = RunFolder(Path(arguments[0]).absolute())
    lock = FileLock(folder.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return 0
    try:
        _do(folder, JobSpec.load(folder), JobStatus.load(folder), clean="--clean" in arguments)
    finally:
        lock.release()
    return 0


def _do(folder: RunFolder, spec: JobSpec, status: JobStatus | None, *, clean: bool) -> None:
    again = status is not None
    if not clean and status is not None and (status.is_final or not status.handle or not takes_up(spec.kind)):
        return
    if not clean and folder.cleaned.exists():
        return  # it came too late: the job was given up meanwhile
    if spec.kind == "local":
        adopt()  # whatever the script leaves behind is ours to end
    try:
        runner = Runner(folder, spec, status)
    except WorkbenchError as error:
        if clean:
            write_atomic(folder.cleaned, str(error))
        else:
            cause = "environment" if error.kind == "environment" else "user"
            JobStatus(state="failed", reason=str(error), cause=cause, ended=time.time()).save(folder)
        return
    if clean:
        write_atomic(folder.cleaned, runner.clean())
    else:
        runner.run(again=again)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
