"""The queue on disk: the `jobs` table. A job waits, runs and ends here; a server that was killed finds it as it was."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import NotFound
from workbench.jobs.folder import JobSpec
from workbench.runs.tables import experiments, jobs, runs
from workbench.schema import Job, JobTransition, RunStatus

ENDED_SHOWN = 50
_ACTIVE = (RunStatus.PREPARING.value, RunStatus.RUNNING.value)
_ORDER = (jobs.c.priority.desc(), jobs.c.queued_at, jobs.c.run_id)


def add(write: sa.Connection, spec: JobSpec, target: str) -> None:
    """Queues a job, in the transaction that makes its run."""
    now = utc_now()
    first = {"status": RunStatus.QUEUED.value, "time": now.isoformat(), "reason": ""}
    values = {"run_id": spec.run_id, "status": RunStatus.QUEUED.value, "target": target, "spec": asdict(spec)}
    write.execute(jobs.insert().values(**values, history=[first], queued_at=now))


def move(write: sa.Connection, run_id: str, status: RunStatus, reason: str = "", at: datetime | None = None) -> None:
    """Brings a job into a state and notes when (now, when not said) and why."""
    row = write.execute(sa.select(jobs.c.history, jobs.c.status).where(jobs.c.run_id == run_id)).one_or_none()
    if row is None:
        return
    history = list(row.history)
    if row.status != status.value or not history or history[-1]["reason"] != reason:
        history.append({"status": status.value, "time": (at or utc_now()).isoformat(), "reason": reason})
    changes = {"status": status.value, "reason": reason, "history": history}
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(**changes))


def change(write: sa.Connection, run_id: str, **values: Any) -> None:
    """Sets columns of a job."""
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(**values))


def row(connection: sa.Connection, run_id: str) -> Any:
    """The job's row. Raises NotFound."""
    found = connection.execute(sa.select(jobs).where(jobs.c.run_id == run_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no job {run_id!r}.", hint="See: workbench run list")
    return found


def active(connection: sa.Connection) -> Sequence[Any]:
    """The jobs that a runner has (or is about to have)."""
    return connection.execute(sa.select(jobs).where(jobs.c.status.in_(_ACTIVE)).order_by(*_ORDER)).all()


def waiting(connection: sa.Connection) -> list[str]:
    """The ids of the queued jobs in the order in which they will start."""
    return list(
        connection.execute(sa.select(jobs.c.run_id).where(jobs.c.status == RunStatus.QUEUED.value).order_by(*_ORDER)).scalars()
    )


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many jobs are in each state."""
    rows = connection.execute(sa.select(jobs.c.status, sa.func.count()).group_by(jobs.c.status))
    return {str(status): int(number) for status, number in rows}


def listed(connection: sa.Connection, run_id: str | None = None) -> list[Job]:
    """The jobs as the user sees them: all that wait or run, then the latest ended ones; newest first. Or one of them."""
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
    position = {one: number for number, one in enumerate(waiting(connection), start=1)}
    return [_job(one, position.get(one.run_id)) for one in rows]


def _job(found: Any, position: int | None) -> Job:
    return Job(
        id=found.run_id,
        run_number=found.number,
        run_name=found.name,
        experiment=found.experiment,
        project=found.project,
        script=found.script,
        target=found.target,
        status=RunStatus(found.status),
        reason=found.reason,
        queue_position=position,
        history=tuple(JobTransition.model_validate(one) for one in found.history),
        cancel_requested=found.cancel_requested,
    )
