"""The queue on disk: the `jobs` table. A job waits, runs and ends here; a server that was killed finds it as it was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import NotFound
from workbench.base.masking import masked
from workbench.jobs.folder import JobSpec
from workbench.runs.tables import experiments, jobs, metric_latest, runs
from workbench.schema import Job, JobTransition, RunConfig, RunStatus

ENDED_SHOWN = 50
_ACTIVE = (RunStatus.PREPARING.value, RunStatus.RUNNING.value)
_ORDER = (jobs.c.priority.desc(), jobs.c.queued_at, jobs.c.run_id)
_FIRST_WAIT_S = 10
_LONGEST_WAIT_S = 600


def add(
    write: sa.Connection,
    spec: JobSpec,
    config: RunConfig,
    *,
    priority: int | None = None,
    depends_on: Sequence[str] = (),
) -> None:
    """Queues a job, in the transaction that makes its run."""
    now = utc_now()
    latest = write.execute(sa.select(sa.func.max(jobs.c.queued_at)).where(jobs.c.status == RunStatus.QUEUED.value)).scalar_one()
    first = {"status": RunStatus.QUEUED.value, "time": now.isoformat(), "reason": ""}
    values = {"run_id": spec.run_id, "status": RunStatus.QUEUED.value, "target": config.target, "spec": spec.stored()}
    resources = config.resources
    write.execute(
        jobs.insert().values(
            **values,
            history=[first],
            # The clock may have been set back: a job never comes before those that wait already.
            queued_at=now if latest is None else max(now, latest + timedelta(microseconds=1)),
            priority=config.priority if priority is None else priority,
            resources={"cpus": resources.cpus, "memory_mb": resources.memory_mb, "gpus": resources.gpus},
            depends_on=list(depends_on),
            attempts=1 + config.retries,
        )
    )


def try_again(write: sa.Connection, run_id: str, reason: str) -> str:
    """Queues a job once more after a fault of its environment; the reason to show, or empty when it was the last attempt.

    What the attempt measured is dropped: the next one measures it anew. The waits grow: 10 s, 40 s, 160 s ...
    """
    found = row(write, run_id)
    if found.attempt >= found.attempts or found.cancel_requested:
        return ""
    wait = wait_before(found.attempt + 1)
    text = f"Attempt {found.attempt} of {found.attempts} failed: {reason} It is tried again after {wait} s."
    move(write, run_id, RunStatus.QUEUED, text)
    write.execute(metric_latest.delete().where(metric_latest.c.run_id == run_id))
    change(
        write,
        run_id,
        attempt=found.attempt + 1,
        not_before=utc_now() + timedelta(seconds=wait),
        runner_pid=None,
        runner_began=None,
        events_offset=0,
        system_offset=0,
        handle={},
        gpus=[],
    )
    return text


def wait_before(attempt: int) -> int:
    """Seconds that are waited before an attempt (from the second on)."""
    return min(_LONGEST_WAIT_S, _FIRST_WAIT_S << 2 * (attempt - 2))


def move(write: sa.Connection, run_id: str, status: RunStatus, reason: str = "", at: datetime | None = None) -> None:
    """Brings a job into a state and notes when (now, when not said; never before the state it leaves) and why."""
    row = write.execute(sa.select(jobs.c.history, jobs.c.status).where(jobs.c.run_id == run_id)).one_or_none()
    if row is None:
        return
    history = list(row.history)
    if row.status != status.value or not history or history[-1]["reason"] != reason:
        times = [datetime.fromisoformat(one["time"]) for one in history[-1:]]
        history.append({"status": status.value, "time": max(at or utc_now(), *times).isoformat(), "reason": reason})
    changes = {"status": status.value, "reason": reason, "history": history}
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(**changes))


def forget_secrets(write: sa.Connection, run_id: str) -> None:
    """Blacks out the secret values among an ended job's variables."""
    spec = write.execute(sa.select(jobs.c.spec).where(jobs.c.run_id == run_id)).scalar_one_or_none()
    if spec and (variables := spec.get("variables")) and masked(variables) != variables:
        change(write, run_id, spec={**spec, "variables": masked(variables)})


def change(write: sa.Connection, run_id: str, **values: Any) -> None:
    """Sets columns of a job."""
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(**values))


def change_waiting(write: sa.Connection, run_ids: Sequence[str], **values: Any) -> None:
    """Sets columns of those jobs among these that wait still."""
    waiting = jobs.c.status == RunStatus.QUEUED.value
    write.execute(jobs.update().where(jobs.c.run_id.in_(run_ids), waiting).values(**values))


def first_priority(connection: sa.Connection, apart_from: set[str]) -> int:
    """The priority of what comes before all others that wait; 0 where nothing else does."""
    return max((one.priority + 1 for one in queued(connection) if one.run_id not in apart_from), default=0)


def row(connection: sa.Connection, run_id: str) -> Any:
    """The job's row. Raises NotFound."""
    found = connection.execute(sa.select(jobs).where(jobs.c.run_id == run_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no job {run_id!r}.", hint="See: workbench run list")
    return found


def active(connection: sa.Connection) -> Sequence[Any]:
    """The jobs that a runner has (or is about to have)."""
    return connection.execute(sa.select(jobs).where(jobs.c.status.in_(_ACTIVE)).order_by(*_ORDER)).all()


def queued(connection: sa.Connection) -> Sequence[Any]:
    """What the scheduler needs to know of the waiting jobs, in the order of priority and time."""
    columns = (
        jobs.c.run_id, jobs.c.target, jobs.c.priority, jobs.c.queued_at, jobs.c.resources, jobs.c.depends_on, jobs.c.not_before,
        jobs.c.attempt, jobs.c.reason, runs.c.project,
    )  # fmt: skip
    query = sa.select(*columns).select_from(jobs.join(runs, jobs.c.run_id == runs.c.id))
    return connection.execute(query.where(jobs.c.status == RunStatus.QUEUED.value).order_by(*_ORDER)).all()


def taken(connection: sa.Connection) -> Sequence[Any]:
    """The shares that jobs hold which are prepared or run. A run that a process of its own opened holds none."""
    columns = (jobs.c.run_id, jobs.c.target, jobs.c.resources, jobs.c.gpus, runs.c.project)
    query = sa.select(*columns).select_from(jobs.join(runs, jobs.c.run_id == runs.c.id))
    return connection.execute(query.where(jobs.c.status.in_(_ACTIVE), jobs.c.resources != {})).all()


def states(connection: sa.Connection, run_ids: Sequence[str]) -> dict[str, tuple[RunStatus, str]]:
    """Where runs stand, and how a user calls them (`3 of flights`); those that do not exist are left out."""
    columns = (runs.c.id, runs.c.status, runs.c.number, experiments.c.name)
    query = sa.select(*columns).select_from(runs.join(experiments, runs.c.experiment_id == experiments.c.id))
    rows = connection.execute(query.where(runs.c.id.in_(run_ids))).all()
    return {one.id: (RunStatus(one.status), f"{one.number} of {one.name}") for one in rows}


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many jobs are in each state."""
    rows = connection.execute(sa.select(jobs.c.status, sa.func.count()).group_by(jobs.c.status))
    return {str(status): int(number) for status, number in rows}


def listed(connection: sa.Connection, run_id: str | None = None, *, waits: dict[str, tuple[int, str]] | None = None) -> list[Job]:
    """The jobs as the user sees them: all that wait or run, then the latest ended ones; newest first. Or one of them.

    `waits`: place in the queue and what it waits for, of the waiting ones.
    """
    query = sa.select(
        jobs, runs.c.number, runs.c.name, runs.c.project, runs.c.script, experiments.c.name.label("experiment")
    ).select_from(jobs.join(runs, jobs.c.run_id == runs.c.id).join(experiments, runs.c.experiment_id == experiments.c.id))
    newest = (jobs.c.queued_at.desc(), jobs.c.run_id)
    if run_id is not None:
        rows = list(connection.execute(query.where(jobs.c.run_id == run_id)))
    else:
        unfinished = (RunStatus.QUEUED.value, *_ACTIVE)
        rows = list(connection.execute(query.where(jobs.c.status.in_(unfinished)).order_by(*newest)))
        rows += connection.execute(query.where(jobs.c.status.not_in(unfinished)).order_by(*newest).limit(ENDED_SHOWN))
    return [_job(one, *(waits or {}).get(one.run_id, (None, ""))) for one in rows]


def _job(found: Any, position: int | None, waits_for: str) -> Job:
    waiting = found.status == RunStatus.QUEUED.value
    return Job(
        id=found.run_id,
        run_number=found.number,
        run_name=found.name,
        experiment=found.experiment,
        project=found.project,
        script=found.script,
        target=found.target,
        status=RunStatus(found.status),
        reason=f"{found.reason} {waits_for}".strip() if waiting else found.reason,
        queue_position=position if waiting else None,
        history=tuple(JobTransition.model_validate(one) for one in found.history),
        cancel_requested=found.cancel_requested,
        priority=found.priority,
        depends_on=tuple(found.depends_on),
        attempt=found.attempt,
        attempts=found.attempts,
    )
