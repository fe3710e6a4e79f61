"""Steps sweeps on: queues trials, takes up what became of them, ends those that are not worth going on, ends the sweep.

A trial is queued in the transaction that notes it, and what comes next follows from the notes alone: a server that was killed at
any point goes on without a trial lost or run twice.
"""

import contextlib
import logging
import threading
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import mark, since, utc_now
from workbench.base.errors import Conflict, NotFound, UserError, WorkbenchError
from workbench.jobs.queue import circle
from workbench.jobs.sweeps import state as table
from workbench.jobs.sweeps.judging import Judge
from workbench.jobs.sweeps.space import arguments, shown
from workbench.jobs.sweeps.state import ChildState, SweepState, Trial
from workbench.jobs.sweeps.suggesting import next_point
from workbench.jobs.sweeps.telling import end_of, lines_of_ended, lines_of_new, shown_trial
from workbench.jobs.sweeps.trials import Trials
from workbench.jobs.table import change_waiting, first_priority, queued
from workbench.runs import RunStore
from workbench.schema import Job, JobPatch, JobTransition, LogBatch, MetricPoint, Run, RunStatus, Sweep, SweepSpec

_log = logging.getLogger(__name__)
_HOPELESS = 3  # trials that fail one after the other from the start: the rest would too


class SweepManager:
    """The sweeps of a workspace. `step` is called by the scheduler's thread, the rest from any."""

    def __init__(self, store: RunStore, trials: Trials) -> None:
        self._store = store
        self._trials = trials
        self._lock = threading.Lock()
        self._judge = Judge(store)
        self._asked: set[str] = set()
        """The running trials that were asked to end."""

    # From any thread

    def is_sweep(self, run_id: str) -> bool:
        """Whether the run is the parent of a sweep."""
        with self._store.database.read() as connection:
            return table.is_sweep(connection, run_id)

    def get(self, run_id: str) -> Sweep:
        """A sweep with all its trials. Raises NotFound."""
        with self._store.database.read() as connection:
            spec, state = table.load(connection, run_id)
            found = table.children(connection, [one.run_id for one in state.trials], spec.metric, spec.goal)
        best = state.best(spec.goal)
        return Sweep(
            run=self._store.get(run_id),
            spec=spec,
            trials=tuple(shown_trial(trial, found.get(trial.run_id)) for trial in state.trials),
            best=best.number if best else None,
            ending=state.ending,
        )

    def stop(self, run_id: str, *, cancel: bool = True) -> None:
        """Starts no more trials; the running ones are cancelled, or with `cancel` off end by themselves. Raises Conflict."""
        with self._lock, self._store.database.write() as write:
            _, state = table.load(write, run_id)
            run = self._store.get(run_id)
            if run.status.is_final:
                raise Conflict(f"The sweep is over: it is {run.status.value}.", place=run_id)
            state.ending = state.ending or "Cancelled by the user"
            state.cancelled = True
            state.kill = state.kill or cancel
            table.save(write, run_id, state)
        self._trials.tell(run)

    def change(self, run_id: str, patch: JobPatch) -> None:
        """Queues the trials differently: those that wait, and those to come.

        Raises Conflict for a sweep that is over, UserError for one that would wait for itself.
        """
        with self._lock, self._store.database.write() as write:
            _, state = table.load(write, run_id)
            run = self._store.get(run_id)
            if run.status.is_final:
                raise Conflict(f"The sweep is over: it is {run.status.value}.", place=run_id)
            own = {trial.run_id for trial in state.trials}
            values: dict[str, Any] = {}
            if patch.priority is not None:
                values["priority"] = patch.priority
            if patch.first:
                values["priority"] = max(patch.priority or 0, first_priority(write, own))
            if patch.depends_on is not None:
                values["depends_on"] = [self._store.resolve(text) for text in patch.depends_on]
                known = {one.run_id: one.depends_on for one in queued(write)} | table.waits(write)
                if own.intersection(values["depends_on"]) or circle(run_id, values["depends_on"], known):
                    raise UserError("The sweep would wait for itself.", place="depends_on")
            if values:
                state.priority = values.get("priority", state.priority)
                state.depends_on = values.get("depends_on", state.depends_on)
                change_waiting(write, [trial.run_id for trial in state.running], **values)
                table.save(write, run_id, state)
        self._trials.tell(run)

    def as_job(self, run_id: str) -> Job:
        """A sweep has no job of its own; who asks for one sees where the sweep stands. Raises NotFound."""
        with self._store.database.read() as connection:
            _, state = table.load(connection, run_id)
        run = self._store.get(run_id)
        states = [(RunStatus.RUNNING, run.started or run.created, ""), (run.status, run.ended, run.reason)]
        return Job(
            id=run.id,
            run_number=run.number,
            run_name=run.name,
            experiment=run.experiment,
            project=run.project,
            script=run.script,
            target=run.target,
            status=run.status,
            reason=run.reason,
            history=tuple(JobTransition(status=status, time=at, reason=why) for status, at, why in states if at),
            depends_on=tuple(state.depends_on),
            priority=run.config.priority if state.priority is None else state.priority,
        )

    def resume(self, run_id: str) -> Run:
        """Goes on with a sweep that was cancelled, lost, or ended for its time; trials that were cancelled or lost run again.

        Its time limit begins anew. Raises Conflict for one that runs, UserError for one with nothing left to do, or no hope.
        """
        with self._lock, self._store.database.write() as write:
            spec, state = table.load(write, run_id)
            run = self._store.get(run_id)
            if not run.status.is_final:
                raise Conflict("The sweep runs already.", place=run_id)
            again = [trial for trial in state.trials if trial.state in {"cancelled", "lost", "again"}]
            if not again and (len(state.trials) >= spec.trials or next_point(spec, state.trials) is None):
                hint = "Start a new one with more trials, or other values."
                raise UserError(f"All {len(state.trials)} trials of the sweep were run.", hint=hint, place=run_id)
            for trial in again:
                trial.state = "again"
            state.ending, state.cancelled, state.kill, state.begun = "", False, False, mark()
            if why := self._why_to_end(run_id, spec, state):
                raise UserError(f"{why}.", hint="Correct the script, and start a new sweep.", place=run_id)
            table.save(write, run_id, state)
            run = self._store.set_status(run_id, RunStatus.RUNNING, started=utc_now(), reopen=True, connection=write)
        self._trials.say(run_id, f"Resumed; {len(again)} cancelled or lost trials run again.")
        self._trials.tell(run)
        return run

    # The scheduler's thread

    def step(self) -> bool:
        """One round; returns whether a sweep is under way."""
        with self._store.database.read() as connection:
            ids = table.active(connection)
        for run_id in ids:
            try:
                with self._lock:
                    self._advance(run_id)
            except UserError as error:
                self._give_up(run_id, error)
            except WorkbenchError as error:
                _log.warning("The sweep %s is looked at again: %s", run_id, error)
            except Exception:  # noqa: BLE001 (the other sweeps and the jobs go on)
                _log.exception("The sweep %s could not be stepped on in this round", run_id)
        return bool(ids)

    def _advance(self, run_id: str) -> None:
        """Notes what ended, ends what shall end, starts what fits in, and ends the sweep when nothing is left."""
        with self._store.database.read() as connection:
            spec, state = table.load(connection, run_id)
            found = table.children(connection, [one.run_id for one in state.running], spec.metric, spec.goal)
        ended = [trial for trial in state.running if _take_up(trial, found.get(trial.run_id))]
        for trial in ended:
            self._asked.discard(trial.run_id)
        changed = bool(ended)
        if not state.ending and (why := self._why_to_end(run_id, spec, state)):
            state.ending, changed = why, True
        changed |= self._judge.stops_any(spec, state, found)
        # What it is to run next is known before the transaction: a Bayesian search thinks for a while.
        new = [] if state.ending else _due(spec, state)
        over = not state.running and not new
        told: list[Run] = []
        if changed or new or over:
            with self._store.database.write() as write:
                if new:
                    told += self._start(write, run_id, state, new)
                if ended:
                    self._log_progress(write, run_id, spec, state)
                if over:
                    status, sentence = end_of(spec, state)
                    told.append(self._store.set_status(run_id, status, sentence, connection=write))
                table.save(write, run_id, state)
        for line in (*lines_of_ended(ended, spec.metric), *lines_of_new(new), *([told[-1].reason] if over else [])):
            self._trials.say(run_id, line)
        for run in told:
            self._trials.tell(run)
        if over:
            self._judge.forget(trial.run_id for trial in state.trials)
        for trial in state.running:
            reason = trial.stop or (f"{state.ending}." if state.kill else "")
            if reason and trial.run_id not in self._asked:
                self._asked.add(trial.run_id)
                self._trials.cancel(trial.run_id, reason)

    def _give_up(self, run_id: str, error: UserError) -> None:
        """Starts no more trials: the project is gone, or its files are."""
        with contextlib.suppress(NotFound), self._lock, self._store.database.write() as write:  # or the sweep was deleted
            _, state = table.load(write, run_id)
            state.ending = f"No more trials could be started, since: {error.message.rstrip('.')}"
            table.save(write, run_id, state)

    def _why_to_end(self, run_id: str, spec: SweepSpec, state: SweepState) -> str:
        """Why no more trials are to be started; empty while they are. A sweep without time left cancels those that run."""
        tried = [trial for trial in state.trials if trial.state not in {"running", "again", "cancelled"}]
        hopeless = max(_HOPELESS, spec.parallel)
        if len(tried) >= hopeless and all(trial.state in {"failed", "lost"} for trial in tried):
            return f"All of the first {len(tried)} trials failed, so no more are tried"
        if spec.metric and len(tried) >= hopeless and all(trial.value is None for trial in tried):
            return f"None of the first {len(tried)} trials logged a number as {spec.metric}, so no more are tried"
        if spec.time_limit_s:
            spent = since(state.begun)
            if spent is None and (started := self._store.get(run_id).started):  # the machine was restarted meanwhile
                spent = (utc_now() - started).total_seconds()
            if spent is not None and spent > spec.time_limit_s:
                state.kill = True
                return f"The sweep's time limit of {spec.time_limit_s} s was reached"
        return ""

    def _start(self, write: sa.Connection, run_id: str, state: SweepState, new: list[Trial]) -> list[Run]:
        parent = self._store.get(run_id)
        made = []
        for trial in new:
            given = (*parent.config.arguments, *arguments(trial.point))
            run = self._trials.queue(write, parent, given, shown(trial.point)[:200], state.depends_on, state.priority)
            params = dict(zip(trial.point, arguments(trial.point)[1::2], strict=True))
            self._store.log_batch(run.id, LogBatch(params=params), connection=write)
            trial.run_id, trial.run_number, trial.state = run.id, run.number, "running"
            trial.value, trial.stop, trial.reason = None, "", ""
            if trial.number > len(state.trials):
                state.trials.append(trial)
            made.append(run)
        return made

    def _log_progress(self, write: sa.Connection, run_id: str, spec: SweepSpec, state: SweepState) -> None:
        """The parent's metrics: the best value so far and its trial, by the number of trials that have ended."""
        if (best := state.best(spec.goal)) is None or best.value is None:
            return
        step = sum(1 for trial in state.trials if trial.state not in {"running", "again"})
        values = {f"best/{spec.metric}": best.value, "best/trial": float(best.number)}
        now = utc_now()
        points = tuple(MetricPoint(key=key, value=value, step=step, time=now) for key, value in values.items())
        self._store.log_batch(run_id, LogBatch(metrics=points), connection=write)


def _take_up(trial: Trial, child: ChildState | None) -> bool:
    """Brings a trial to where its run is; whether it has ended."""
    if child is None:
        trial.state, trial.reason = "cancelled", "Its run was deleted."
        return True
    if not child.status.is_final:
        return False
    trial.value = child.best
    trial.reason = "" if child.status is RunStatus.FINISHED else child.reason
    if child.status is RunStatus.FINISHED:
        trial.state = "finished"
    elif child.status is RunStatus.CANCELLED:
        trial.state = "stopped" if trial.stop else "cancelled"
        trial.reason = trial.stop or trial.reason
    else:
        trial.state = "failed" if child.status is RunStatus.FAILED else "lost"
    return True


def _due(spec: SweepSpec, state: SweepState) -> list[Trial]:
    """The trials to start now: those to be run again first, then new ones, as many as may run at once."""
    room = spec.parallel - len(state.running)
    due = [trial for trial in state.trials if trial.state == "again"][: max(0, room)]
    trials = [*state.trials]
    while len(due) < room and len(trials) < spec.trials and (point := next_point(spec, trials)) is not None:
        trials.append(Trial(len(trials) + 1, point))
        due.append(trials[-1])
    return due
