"""The run store: the one place that writes experiments, runs and what they record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.ids import new_id
from workbench.runs.compare import comparison, input_key
from workbench.runs.database import Database
from workbench.runs.metrics import read_series, write_points
from workbench.runs.records import ALL_COLUMNS, WITH_EXPERIMENT, whole_run
from workbench.runs.search import find_runs
from workbench.runs.tables import artifacts, experiments, inputs, jobs, params, runs, tags
from workbench.schema import (
    Artifact,
    DataInput,
    Experiment,
    GitState,
    LogBatch,
    MetricSeries,
    Run,
    RunComparison,
    RunConfig,
    RunPage,
    RunPatch,
    RunStatus,
)

_MOST_ROWS = 1000  # of one page
_HEX = frozenset("0123456789abcdef")


class RunStore:
    """Records runs; safe in several threads. What a method has returned from is on the disk.

    Methods that write take a `connection` of `database.write()`, so that other tables change in the same transaction.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def create_run(
        self,
        *,
        experiment: str,
        config: RunConfig,
        project: str = "",
        name: str = "",
        parent_id: str | None = None,
        status: RunStatus = RunStatus.QUEUED,
        reason: str = "",
        script: str = "",
        arguments: Sequence[str] = (),
        target: str = "local",
        user: str = "",
        snapshot: str = "",
        left_out: Sequence[str] = (),
        git: GitState | None = None,
        environment_lock: str = "",
        python: str = "",
        tags: Mapping[str, str] | None = None,
        run_id: str | None = None,
        connection: sa.Connection | None = None,
    ) -> Run:
        """Makes a run with the next number of its experiment, which is made when it is new."""
        if not experiment.strip():
            raise UserError("A run needs an experiment.", hint="Name one.", place="experiment")
        run_id = run_id or new_id()
        with self._writing(connection) as write:
            if parent_id is not None:
                _row(write, parent_id)
            experiment_id, number = _next_number(write, experiment.strip())
            now = utc_now()
            write.execute(
                runs.insert().values(
                    id=run_id,
                    experiment_id=experiment_id,
                    number=number,
                    name=name,
                    project=project,
                    parent_id=parent_id,
                    status=status.value,
                    reason=reason,
                    script=script,
                    arguments=list(arguments),
                    target=target,
                    user=user,
                    created=now,
                    started=now if status is RunStatus.RUNNING else None,
                    config=config.model_dump(mode="json"),
                    snapshot=snapshot,
                    left_out=list(left_out),
                    git=(git or GitState()).model_dump(mode="json"),
                    environment_lock=environment_lock,
                    python=python,
                )
            )
            _set_pairs(write, "tags", run_id, tags or {})
            return whole_run(write, _row(write, run_id))

    def set_status(
        self,
        run_id: str,
        status: RunStatus,
        reason: str = "",
        *,
        started: datetime | None = None,
        ended: datetime | None = None,
        exit_code: int | None = None,
        environment_lock: str | None = None,
        python: str | None = None,
        connection: sa.Connection | None = None,
    ) -> Run:
        """Moves a run to a state. A run has one end: a final state stays, only `lost` gives way to the end that was found later.

        Without the times, the present moment counts as start (of `running`) and end (of a final state).
        """
        with self._writing(connection) as write:
            row = _row(write, run_id)
            before = RunStatus(row.status)
            if before.is_final and not (before is RunStatus.LOST and status.is_final):
                return whole_run(write, row)
            values: dict[str, Any] = {"status": status.value, "reason": reason}
            if started or (status is RunStatus.RUNNING and row.started is None):
                values["started"] = started or utc_now()
            if status.is_final:
                values["ended"] = ended or utc_now()
            given = {"exit_code": exit_code, "environment_lock": environment_lock, "python": python}
            values.update({key: value for key, value in given.items() if value is not None})
            write.execute(runs.update().where(runs.c.id == run_id).values(**values))
            return whole_run(write, _row(write, run_id))

    def log_batch(
        self, run_id: str, batch: LogBatch, events_offset: int | None = None, *, connection: sa.Connection | None = None
    ) -> bool:
        """Writes metrics, params, tags and inputs in one transaction.

        `events_offset`: how far the run's events file has been read with this batch; it is kept in the same transaction, and a
        batch that does not go beyond what is kept was written before and is left out. Returns whether the batch was written.
        """
        with self._writing(connection) as write:
            _row(write, run_id)
            if events_offset is not None and not _advance(write, run_id, events_offset):
                return False
            if batch.metrics:
                write_points(write, run_id, batch.metrics)
            _set_pairs(write, "params", run_id, batch.params)
            _set_pairs(write, "tags", run_id, batch.tags)
            _add_inputs(write, run_id, batch.inputs)
            return True

    def events_offset(self, run_id: str) -> int:
        """How far the run's events file has been read."""
        with self.database.read() as connection:
            return connection.execute(sa.select(jobs.c.events_offset).where(jobs.c.run_id == run_id)).scalar_one_or_none() or 0

    def get(self, run_id: str) -> Run:
        """All that is known of a run. Raises NotFound."""
        with self.database.read() as connection:
            return whole_run(connection, _row(connection, run_id))

    def list(
        self,
        project: str | None = None,
        experiment: str | None = None,
        status: RunStatus | Sequence[RunStatus] | None = None,
        text: str = "",
        archived: bool = False,
        order: str = "created",
        descending: bool = True,
        limit: int = 100,
        cursor: str = "",
    ) -> RunPage:
        """A page of runs: see `Client.runs`."""
        with self.database.read() as connection:
            return find_runs(
                connection,
                project=project,
                experiment=experiment,
                status=(status,) if isinstance(status, RunStatus) else status,
                text=text,
                archived=archived,
                order=order,
                descending=descending,
                limit=max(1, min(limit, _MOST_ROWS)),
                cursor=cursor,
            )

    def series(self, run_id: str, key: str, max_points: int = 1000) -> MetricSeries:
        """A metric's values by step, thinned to the extremes of each stretch when there are more than `max_points` (0: never)."""
        with self.database.read() as connection:
            _row(connection, run_id)
            return read_series(connection, run_id, key, max_points)

    def compare(self, ids: Sequence[str]) -> RunComparison:
        """Runs side by side, in the given order."""
        if not ids:
            raise UserError("There is nothing to compare.", hint="Name at least one run.")
        with self.database.read() as connection:
            return comparison([whole_run(connection, _row(connection, run_id)) for run_id in dict.fromkeys(ids)])

    def patch(self, run_id: str, patch: RunPatch) -> Run:
        """Changes what a user may change."""
        with self.database.write() as write:
            _row(write, run_id)
            values = {name: value for name in ("name", "notes", "archived") if (value := getattr(patch, name)) is not None}
            if values:
                write.execute(runs.update().where(runs.c.id == run_id).values(**values))
            _set_pairs(write, "tags", run_id, patch.tags or {})
            return whole_run(write, _row(write, run_id))

    def set_artifacts(self, run_id: str, found: Iterable[Artifact], *, connection: sa.Connection | None = None) -> None:
        """Replaces the list of a run's output files."""
        with self._writing(connection) as write:
            _row(write, run_id)
            write.execute(artifacts.delete().where(artifacts.c.run_id == run_id))
            if rows := [{"run_id": run_id, **one.model_dump()} for one in found]:
                write.execute(artifacts.insert(), rows)

    def delete(self, run_id: str) -> None:
        """Deletes an ended run with all it recorded; its children stay. Raises Conflict for one that waits or runs."""
        with self.database.write() as write:
            row = _row(write, run_id)
            if not RunStatus(row.status).is_final:
                raise Conflict(f"Run {row.number} of {row.experiment} is {row.status}.", hint="Cancel it first.")
            write.execute(runs.update().where(runs.c.parent_id == run_id).values(parent_id=None))
            write.execute(runs.delete().where(runs.c.id == run_id))

    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments by name, with the number of their runs."""
        count = sa.func.count(runs.c.id).label("run_count")
        query = (
            sa.select(experiments.c.id, experiments.c.name, experiments.c.created, count)
            .outerjoin(runs, runs.c.experiment_id == experiments.c.id)
            .group_by(experiments.c.id)
            .order_by(sa.func.lower(experiments.c.name))
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Experiment(id=row.id, name=row.name, created=row.created, runs=row.run_count) for row in rows)

    def resolve(self, text: str, project: str | None = None) -> str:
        """The id of the run that a user means: an id, the first four or more characters of one, `experiment/number`, or a number
        (in `project`, or when only one run has it). Raises NotFound, or UserError that names the candidates."""
        wanted = text.strip()
        with self.database.read() as connection:
            for way in (_by_number, _by_prefix):
                found = way(connection, wanted, project)
                if len(found) == 1:
                    return str(found[0].id)
                if found:
                    names = ", ".join(f"{row.id[:8]} ({row.experiment}/{row.number})" for row in found[:5])
                    raise UserError(f"Several runs are meant by {text}: {names}.", hint="Give more characters of the id.")
        raise NotFound(f"There is no run {text!r}.", hint="See: workbench run list")

    @contextmanager
    def _writing(self, connection: sa.Connection | None) -> Iterator[sa.Connection]:
        if connection is not None:
            yield connection
            return
        with self.database.write() as own:
            yield own


def _row(connection: sa.Connection, run_id: str) -> Any:
    row = connection.execute(sa.select(*ALL_COLUMNS).select_from(WITH_EXPERIMENT).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id!r}.", hint="See: workbench run list")
    return row


def _next_number(write: sa.Connection, name: str) -> tuple[str, int]:
    row = write.execute(sa.select(experiments.c.id, experiments.c.last_number).where(experiments.c.name == name)).one_or_none()
    if row is None:
        experiment_id = new_id()
        write.execute(experiments.insert().values(id=experiment_id, name=name, created=utc_now(), last_number=1))
        return experiment_id, 1
    write.execute(experiments.update().where(experiments.c.id == row.id).values(last_number=row.last_number + 1))
    return row.id, row.last_number + 1


def _set_pairs(write: sa.Connection, kind: Literal["params", "tags"], run_id: str, values: Mapping[str, str]) -> None:
    """Sets params or tags; an empty tag is removed."""
    table = params if kind == "params" else tags
    for key, value in values.items():
        if kind == "tags" and value == "":
            write.execute(tags.delete().where(tags.c.run_id == run_id, tags.c.key == key))
            continue
        statement = insert(table).values(run_id=run_id, key=key, value=value)
        write.execute(statement.on_conflict_do_update(index_elements=["run_id", "key"], set_={"value": value}))


def _add_inputs(write: sa.Connection, run_id: str, given: Sequence[DataInput]) -> None:
    """Adds inputs; what a script reads twice is kept once."""
    if not given:
        return
    columns = (inputs.c.kind, inputs.c.path, inputs.c.flow, inputs.c.digest)
    known = {tuple(row) for row in write.execute(sa.select(*columns).where(inputs.c.run_id == run_id))}
    for one in given:
        key = input_key(one)
        if key not in known:
            known.add(key)
            kind, path, flow, digest = key
            write.execute(
                inputs.insert().values(
                    run_id=run_id, kind=kind, path=path, flow=flow, digest=digest, content=one.model_dump(mode="json")
                )
            )


def _advance(write: sa.Connection, run_id: str, events_offset: int) -> bool:
    """Moves the offset of the run's events file on; False when it is there already."""
    known = write.execute(sa.select(jobs.c.events_offset).where(jobs.c.run_id == run_id)).scalar_one_or_none()
    if known is None:
        raise NotFound(f"The run {run_id} has no job whose events could be read.")
    if events_offset <= known:
        return False
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(events_offset=events_offset))
    return True


def _by_number(connection: sa.Connection, text: str, project: str | None) -> Sequence[Any]:
    experiment, slash, digits = text.rpartition("/")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return ()
    query = sa.select(runs.c.id, runs.c.number, experiments.c.name.label("experiment")).select_from(WITH_EXPERIMENT)
    query = query.where(runs.c.number == int(digits)).limit(6)
    if slash:
        return connection.execute(query.where(experiments.c.name == experiment)).all()
    if project is not None:
        return connection.execute(query.where(runs.c.project == project)).all()
    return connection.execute(query).all()


def _by_prefix(connection: sa.Connection, text: str, project: str | None) -> Sequence[Any]:  # noqa: ARG001 (an id is its own)
    wanted = text.lower()
    if len(wanted) < 4 or not set(wanted) <= _HEX:
        return ()
    query = sa.select(runs.c.id, runs.c.number, experiments.c.name.label("experiment")).select_from(WITH_EXPERIMENT)
    return connection.execute(query.where(runs.c.id.startswith(wanted)).limit(6)).all()
