"""Looks at the queue: which jobs start now, what the others wait for, whether a new one could ever start."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, UserError
from workbench.jobs import table
from workbench.jobs.queue import WITHOUT_RESULT, Decision, Pool, Waiting, decide
from workbench.jobs.targets import TargetStore
from workbench.jobs.targettable import find
from workbench.runs import RunStore
from workbench.schema import JobRequest, RunConfig, Slots

_LOOK_EVERY_S = 1.0  # where nobody said that something has changed
_PATIENCE_S = 300.0  # after which a job that does not fit has its target kept free


class Dispatcher:
    """What the queue and the targets say together. Safe in several threads; remembers turns and waits of this life only."""

    def __init__(self, store: RunStore, targets: TargetStore) -> None:
        self._store = store
        self._targets = targets
        self.deciding = threading.Lock()
        """Held by who changes what becomes of a waiting job: it is either cancelled in the queue or started, never both."""
        self._changed = threading.Event()
        self._looked = 0.0
        self._blocked: dict[str, float] = {}
        """Since when each job has waited for its share of a target only."""
        self._turns: dict[str, float] = {}
        """When each project started a job last."""
        self._next_attempts: dict[str, tuple[datetime, float]] = {}
        """Until when each job waits for its next attempt: as the queue has it, and by the time that passes."""

    def changed(self) -> None:
        """A job, a target or the settings have changed: the queue is to be looked at."""
        self._changed.set()

    def due(self) -> bool:
        """Whether the queue is to be looked at now."""
        now = time.monotonic()
        if not self._changed.is_set() and now - self._looked < _LOOK_EVERY_S:
            return False
        self._changed.clear()
        self._looked = now
        return True

    def look(self, connection: sa.Connection) -> Sequence[Decision]:
        """As `decisions`, and notes who waits for a share, so that a big job is not overtaken for ever."""
        decisions = self.decisions(connection)
        now = time.monotonic()
        self._blocked = {one.job.run_id: self._blocked.get(one.job.run_id, now) for one in decisions if one.blocked}
        for run_id in self._next_attempts.keys() - {one.job.run_id for one in decisions}:
            self._next_attempts.pop(run_id, None)
        return decisions

    def started(self, project: str) -> None:
        """It was the project's turn."""
        self._turns[project] = time.monotonic()

    def decisions(self, connection: sa.Connection) -> Sequence[Decision]:
        """What becomes of each waiting job now, in the order of the queue."""
        rows = table.queued(connection)
        if not rows:
            return []
        pools, paused, active = self._taken(connection)
        waiting = [_waiting(one, self._wait_s(one)) for one in rows]
        others = sorted({other for one in waiting for other in one.depends_on})
        since = time.monotonic() - _PATIENCE_S
        return decide(
            waiting,
            pools,
            states=table.states(connection, others) if others else {},
            active=active,
            last_started=self._turns,
            paused=paused,
            starving=lambda run_id: self._blocked.get(run_id, since + 1) < since,
        )

    def waits(self, connection: sa.Connection) -> dict[str, tuple[int, str]]:
        """The place of each waiting job in the queue, and what it waits for."""
        decisions = self.decisions(connection)
        return {one.job.run_id: (number, one.waits_for or one.fails) for number, one in enumerate(decisions, start=1)}

    def would_start(self, config: RunConfig, request: JobRequest, depends_on: Sequence[str]) -> str:
        """When a job would start that was submitted now, in a sentence."""
        priority = config.priority if request.priority is None else request.priority
        with self._store.database.read() as connection:
            pools, paused, _active = self._taken(connection)
            states = table.states(connection, depends_on)
            before = [one for one in table.queued(connection) if one.target == config.target and one.priority >= priority]
        waits = [name for status, name in states.values() if not status.is_final]
        if config.target in paused:
            return f"When the queue of {config.target} is resumed: it is paused."
        if waits:
            return f"After run {' and run '.join(waits)}."
        if before:
            return f"After {len(before)} waiting job{'' if len(before) == 1 else 's'} on {config.target}."
        return pools[config.target].lacks(_share(config)) or f"At once, on {config.target}."

    def dependencies(self, request: JobRequest, project: str) -> tuple[str, ...]:
        """The ids of the runs that the job waits for. Raises NotFound, or Conflict where one has not finished well."""
        found = tuple(dict.fromkeys(self._store.resolve(text, project=project) for text in request.depends_on))
        with self._store.database.read() as connection:
            states = table.states(connection, found)
        for status, name in states.values():
            if status in WITHOUT_RESULT:
                raise Conflict(f"The job cannot wait for run {name}: it {WITHOUT_RESULT[status]}.", place="depends_on")
        return found

    def check(self, config: RunConfig) -> None:
        """Refuses a job that could never start: an unknown target (NotFound), or more than that has (UserError)."""
        with self._store.database.read() as connection:
            find(connection, config.target)
            pools, _paused = self._targets.pools(connection)
        if never := pools[config.target].never(_share(config)):
            hint = f"Lower resources in runconfig/{config.name}.toml, or give the target {config.target} more slots."
            raise UserError(never, hint=hint, place="resources")

    def _wait_s(self, row: Any) -> float:
        """How long the job's next attempt is still waited for: the clock, which may be set meanwhile, is asked only once."""
        if row.not_before is None:
            return 0.0
        known = self._next_attempts.get(row.run_id)
        if known is None or known[0] != row.not_before:
            left = min((row.not_before - utc_now()).total_seconds(), table.wait_before(row.attempt))
            known = self._next_attempts[row.run_id] = (row.not_before, time.monotonic() + left)
        return max(0.0, known[1] - time.monotonic())

    def _taken(self, connection: sa.Connection) -> tuple[dict[str, Pool], set[str], Counter[str]]:
        """The targets with what jobs hold there, those that are paused, and how many jobs of each project run."""
        pools, paused = self._targets.pools(connection)
        active: Counter[str] = Counter()
        for one in table.taken(connection):
            active[one.project] += 1
            if one.target in pools:
                pools[one.target].take(Slots.model_validate(one.resources), one.gpus)
        return pools, paused, active


def _waiting(row: Any, wait_s: float) -> Waiting:
    return Waiting(
        run_id=row.run_id,
        project=row.project,
        target=row.target,
        priority=row.priority,
        queued_at=row.queued_at,
        share=Slots.model_validate(row.resources or {}),
        depends_on=tuple(row.depends_on),
        wait_s=wait_s,
    )


def _share(config: RunConfig) -> Slots:
    resources = config.resources
    return Slots(cpus=resources.cpus, memory_mb=resources.memory_mb, gpus=resources.gpus)
