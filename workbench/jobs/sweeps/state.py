"""Where a sweep stands: its trials. Kept as JSON in the `sweeps` table, written in the transactions that queue the trials."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from workbench.base.clock import mark, utc_now
from workbench.base.errors import NotFound
from workbench.jobs.sweeps.space import Point
from workbench.runs.tables import metric_latest, runs, sweeps
from workbench.schema import RunStatus, SweepSpec

TrialState = Literal["running", "finished", "stopped", "failed", "lost", "cancelled", "again"]
"""`running`: it has a run that waits or runs. `stopped`: early. `again`: to be run once more after a resume."""


@dataclass
class Trial:
    """One point, and what became of it."""

    number: int
    """From 1."""
    point: Point
    run_id: str = ""
    run_number: int = 0
    state: TrialState = "running"
    value: float | None = None
    """The best value of the metric, where it logged a finite one."""
    stop: str = ""
    """Why it was asked to end early."""
    reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether its value is a result."""
        return self.state in {"finished", "stopped"} and self.value is not None


@dataclass
class SweepState:
    """All trials, and whether the sweep is to end."""

    trials: list[Trial] = field(default_factory=list)
    ending: str = ""
    """Why no more trials are started, in a sentence."""
    cancelled: bool = False
    """The user ended it."""
    kill: bool = False
    """Running trials are cancelled too."""
    depends_on: list[str] = field(default_factory=list)
    """Runs that must have finished before a trial starts."""
    priority: int | None = None
    """Of its trials in the queue, where it was changed since the start."""
    begun: str = ""
    """When it was begun or resumed, such that the clock may be set meanwhile: see `mark`."""

    @property
    def running(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.state == "running"]

    def best(self, goal: str) -> Trial | None:
        """The best trial; the earliest of equal ones."""
        sign = 1 if goal == "minimize" else -1
        return min((one for one in self.trials if one.counts), key=lambda one: sign * (one.value or 0.0), default=None)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "SweepState":
        return cls(**{**values, "trials": [Trial(**one) for one in values.get("trials", [])]})


def begin(write: sa.Connection, run_id: str, spec: SweepSpec, depends_on: Sequence[str] = ()) -> None:
    """Puts a sweep on record, in the transaction that makes its run."""
    values = {
        "spec": spec.model_dump(mode="json"),
        "state": SweepState(depends_on=list(depends_on), begun=mark()).to_json(),
        "updated": utc_now(),
    }
    write.execute(sweeps.insert().values(run_id=run_id, **values))


def load(connection: sa.Connection, run_id: str) -> tuple[SweepSpec, SweepState]:
    """Raises NotFound."""
    row = connection.execute(sa.select(sweeps.c.spec, sweeps.c.state).where(sweeps.c.run_id == run_id)).one_or_none()
    if row is None:
        raise NotFound("The run is not a sweep.", hint="Sweeps are the runs of the kind sweep. See: workbench run list")
    return SweepSpec.model_validate(row.spec), SweepState.from_json(row.state)


def save(write: sa.Connection, run_id: str, state: SweepState) -> None:
    """Writes where the sweep stands."""
    write.execute(sweeps.update().where(sweeps.c.run_id == run_id).values(state=state.to_json(), updated=utc_now()))


def is_sweep(connection: sa.Connection, run_id: str) -> bool:
    """Whether the run is the parent of a sweep."""
    return connection.execute(sa.select(sweeps.c.run_id).where(sweeps.c.run_id == run_id)).first() is not None


def active(connection: sa.Connection) -> list[str]:
    """The sweeps that have not ended."""
    query = sa.select(sweeps.c.run_id).join(runs, runs.c.id == sweeps.c.run_id).where(runs.c.status == RunStatus.RUNNING.value)
    return list(connection.execute(query.order_by(runs.c.created)).scalars())


def waits(connection: sa.Connection) -> dict[str, list[str]]:
    """For which runs each sweep under way waits: its trials, and what they are to come after."""
    states = {run_id: load(connection, run_id)[1] for run_id in active(connection)}
    return {run_id: [*state.depends_on, *(trial.run_id for trial in state.running)] for run_id, state in states.items()}


@dataclass(frozen=True)
class ChildState:
    """What the store has of a trial's run."""

    status: RunStatus
    reason: str
    best: float | None
    count: int
    """Values of the metric so far."""


def children(connection: sa.Connection, run_ids: list[str], metric: str, goal: str) -> dict[str, ChildState]:
    """How the trials' runs are, in one query. A run that was deleted is missing."""
    latest = metric_latest.alias()
    query = (
        sa.select(runs.c.id, runs.c.status, runs.c.reason, latest.c.min, latest.c.max, latest.c["count"].label("points"))
        .outerjoin(latest, sa.and_(latest.c.run_id == runs.c.id, latest.c.key == metric))
        .where(runs.c.id.in_(run_ids))
    )
    found = {}
    for row in connection.execute(query):
        best = row.min if goal == "minimize" else row.max
        usable = best is not None and math.isfinite(best)
        found[row.id] = ChildState(RunStatus(row.status), row.reason, best if usable else None, row.points or 0)
    return found
