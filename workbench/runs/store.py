"""The run store: the one place that writes experiments, runs and what they record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.ids import new_id
from workbench.runs import trash
from workbench.runs.arrow import ipc, runs_table, series_table
from workbench.runs.chunks import Points
from workbench.runs.compare import comparison
from workbench.runs.database import Database
from workbench.runs.experiments import (
    View,
    experiment_row,
    in_view,
    list_experiments,
    make_experiment,
    open_number,
    read_experiment,
    rename,
    set_tag,
)
from workbench.runs.family import ancestor_ids, descendant_ids
from workbench.runs.kinship import came_from, went_into
from workbench.runs.meaning import meant_run
from workbench.runs.metrics import Logged, by_key, read_points, read_series, write_points, write_series
from workbench.runs.pairs import add_inputs, refuse_changed, remove_tag, set_pairs
from workbench.runs.records import ALL_COLUMNS, WITH_EXPERIMENT, history, summaries_of, whole_run
from workbench.runs.search import Search, find_ids, find_runs, orders_of
from workbench.runs.tables import artifacts, experiments, jobs, runs
from workbench.schema import (
    Artifact,
    Experiment,
    GitState,
    LogBatch,
    MetricHistory,
    MetricSeries,
    Run,
    RunComparison,
    RunConfig,
    RunLink,
    RunPage,
    RunPatch,
    RunStatus,
    RunSummary,
)

_MOST_ROWS = 1000  # of one page
_MOST_POINTS = 25_000

_Result = TypeVar("_Result")


class RunStore:
    """Records runs; safe in several threads. What a method has returned from is on the disk.

    Methods that write take a `connection` of `database.write()`, so that other tables change in the same transaction; without
    one they share a commit with the writes of other threads.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    # Runs

    def create_run(
        self,
        *,
        experiment: str = "",
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
        git_diff: str = "",
        environment_lock: str = "",
        python: str = "",
        tags: Mapping[str, str] | None = None,
        kind: str = "",
        plan: Mapping[str, Any] | None = None,
        result_of: str | None = None,
        created: datetime | None = None,
        started: datetime | None = None,
        experiment_id: str | None = None,
        run_id: str | None = None,
        connection: sa.Connection | None = None,
    ) -> Run:
        """Makes a run with the next number of its experiment, which is made when its name is new.

        `created` and `started` are for runs that began elsewhere. Raises NotFound for an unknown parent or `experiment_id`,
        Conflict where either is in the trash.
        """
        if experiment_id is None and not experiment.strip():
            raise UserError("A run needs an experiment.", hint="Name one.", place="experiment")
        now = utc_now()
        began = started or (now if status is RunStatus.RUNNING else None)
        known: dict[str, Any] = {
            "id": run_id or new_id(),
            "name": name,
            "project": project,
            "parent_id": parent_id,
            "status": status,
            "reason": reason,
            "script": script,
            "arguments": tuple(arguments),
            "target": target,
            "user": user,
            "created": (created or now).astimezone(UTC),
            "started": began.astimezone(UTC) if began else None,
            "config": config,
            "snapshot": snapshot,
            "left_out": tuple(left_out),
            "git": git or GitState(),
            "environment_lock": environment_lock,
            "python": python,
            "kind": kind,
            "plan": dict(plan or {}),
            "result_of": result_of,
        }
        given_tags = {key: value for key, value in (tags or {}).items() if value != ""}
        values = known | {
            "status": status.value,
            "arguments": list(arguments),
            "left_out": list(left_out),
            "config": config.model_dump(mode="json"),
            "git": known["git"].model_dump(mode="json"),
            "git_diff": git_diff,
            "updated": now,
        }

        def work(write: sa.Connection) -> Run:
            if parent_id is not None:
                _open(write, parent_id)
            own_id, own_name, number = open_number(write, experiment.strip(), experiment_id)
            write.execute(_INSERT, {"experiment_id": own_id, "number": number, **values})
            set_pairs(write, "tags", known["id"], given_tags)
            return Run(experiment_id=own_id, experiment=own_name, number=number, tags=given_tags, has_diff=git_diff != "", **known)

        return self._write(connection, work)

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
        reopen: bool = False,
        connection: sa.Connection | None = None,
    ) -> Run:
        """Moves a run to a state. A run has one end: a final state stays, only `lost` gives way to the end that was found later.

        Without the times, the present moment counts as start (of `running`) and end (of a final state). `reopen`: a run that is
        logged from outside and has no job may go on after its end, and has none until it ends again.
        """

        def work(write: sa.Connection) -> Run:
            row = _row(write, run_id)
            before = RunStatus(row.status)
            values: dict[str, Any] = {"status": status.value, "reason": reason, "updated": utc_now()}
            if before.is_final and not (before is RunStatus.LOST and status.is_final):
                if not reopen or write.execute(sa.select(jobs.c.run_id).where(jobs.c.run_id == run_id)).one_or_none() is not None:
                    return whole_run(write, row)
                values["ended"] = None
            if started or (status is RunStatus.RUNNING and row.started is None):
                values["started"] = started or utc_now()
            if status.is_final:
                # A clock that was set back meanwhile must not let a run end before it began.
                values["ended"] = ended or max(utc_now(), values.get("started") or row.started or row.created)
            given = {"exit_code": exit_code, "environment_lock": environment_lock, "python": python}
            values.update({key: value for key, value in given.items() if value is not None})
            write.execute(_UPDATE, {"run": run_id, **values})
            return whole_run(write, _row(write, run_id))

        return self._write(connection, work)

    def reopen(self, run_id: str) -> Run:
        """Lets a run that is logged from outside go on after its end."""
        return self.set_status(run_id, RunStatus.RUNNING, reopen=True)

    def log_batch(
        self,
        run_id: str,
        batch: LogBatch,
        events_offset: int | None = None,
        *,
        points: Mapping[str, Logged] | None = None,
        unique_params: bool = False,
        connection: sa.Connection | None = None,
    ) -> bool:
        """Writes metrics, params, tags and inputs in one transaction.

        `points`: metrics by key, in place of those of the batch: for many of them.
        `events_offset`: how far the run's events file has been read with this batch; it is kept in the same transaction, and a
        batch that does not go beyond what is kept was written before and is left out. Returns whether the batch was written.
        `unique_params`: a param that has another value already is refused with Conflict, and nothing is written. A run in the
        trash takes nothing (Conflict).
        """

        logged = by_key(batch.metrics) if points is None else points

        def work(write: sa.Connection) -> bool:
            _open(write, run_id)
            if events_offset is not None and not _advance(write, run_id, events_offset):
                return False
            if unique_params:
                refuse_changed(write, run_id, batch.params)
            if logged:
                write_points(write, run_id, logged)
            set_pairs(write, "params", run_id, batch.params)
            set_pairs(write, "tags", run_id, batch.tags)
            add_inputs(write, run_id, batch.inputs)
            return True

        return self._write(connection, work)

    def log_points(self, run_id: str, key: str, points: Points, *, connection: sa.Connection | None = None) -> None:
        """Adds many points of one metric at once, as columns."""

        def work(write: sa.Connection) -> None:
            _open(write, run_id)
            write_series(write, run_id, key, points)

        self._write(connection, work)

    def remove_tag(self, run_id: str, key: str) -> None:
        """Removes a tag. Raises NotFound when the run has none of that name."""

        def work(write: sa.Connection) -> None:
            _open(write, run_id)
            remove_tag(write, run_id, key)

        self.database.grouped(work)

    def events_offset(self, run_id: str) -> int:
        """How far the run's events file has been read."""
        with self.database.read() as connection:
            return connection.execute(sa.select(jobs.c.events_offset).where(jobs.c.run_id == run_id)).scalar_one_or_none() or 0

    def get(self, run_id: str) -> Run:
        """All that is known of a run, also of one in the trash. Raises NotFound."""
        with self.database.read() as connection:
            return whole_run(connection, _row(connection, run_id))

    def git_diff(self, run_id: str) -> str:
        """How the user's repository differed from its commit when the run was submitted; empty when it did not."""
        with self.database.read() as connection:
            _row(connection, run_id)
            return str(connection.execute(sa.select(runs.c.git_diff).where(runs.c.id == run_id)).scalar_one())

    def ended(self, run_id: str) -> datetime | None:
        """When a run ended; None while it has not. Raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(runs.c.ended).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no run {run_id!r}.", hint="See: workbench run list")
        return cast("datetime | None", row.ended)

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
        view: View = "active",
        filter: str = "",  # noqa: A002 (MLflow's name)
    ) -> RunPage:
        """A page of runs: see `Client.runs`."""
        search = Search(
            filter=filter,
            text=text,
            project=project,
            experiments=None if experiment is None else (experiment,),
            status=None if status is None else (status,) if isinstance(status, RunStatus) else tuple(status),
            archived=None if archived else False,
            view=view,
            orders=((order, descending),),
        )
        with self.database.read() as connection:
            return find_runs(connection, search, limit=max(1, min(limit, _MOST_ROWS)), cursor=cursor)

    def search(
        self,
        filter: str = "",  # noqa: A002 (MLflow's name)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str = "",
        view: View = "active",
        text: str = "",
        *,
        count: bool = True,
    ) -> RunPage:
        """A page of runs that a filter finds: `workbench.runs.grammar` says how it is written.

        `experiments`: ids or names; `order_by`: as `metrics.acc DESC`, the newest first without one; `count`: whether `total` is
        needed. Raises UserError that says what is wrong in the filter, and at which column.
        """
        wanted = _search(filter, experiments, order_by, view, text)
        with self.database.read() as connection:
            return find_runs(connection, wanted, limit=max(1, min(limit, _MOST_ROWS)), cursor=cursor, count=count)

    def series(self, run_id: str, key: str, max_points: int = 1000) -> MetricSeries:
        """A metric's values by step, thinned to the extremes of each stretch when there are more than `max_points` (0: never)."""
        with self.database.read() as connection:
            _here(connection, run_id)
            return read_series(connection, run_id, key, max_points)

    def points(self, run_id: str, key: str, start: int = 0, limit: int | None = None) -> Points:
        """A metric's exact points in the order of logging, as columns, from the position `start` on."""
        with self.database.read() as connection:
            _here(connection, run_id)
            return read_points(connection, run_id, key, start, limit)

    def metric_history(self, run_id: str, key: str, limit: int = 1000, cursor: str = "") -> MetricHistory:
        """A metric's exact points in the order of logging, a part at a time; `cursor` is the `next` of the part before."""
        if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise UserError("The cursor does not belong to this metric.", hint="Begin without one.", place="cursor")
        start, most = int(cursor or 0), max(1, min(limit, _MOST_POINTS))
        return history(key, self.points(run_id, key, start, most + 1), start, most)

    def compare(self, ids: Sequence[str]) -> RunComparison:
        """Runs side by side, in the given order."""
        if not ids:
            raise UserError("There is nothing to compare.", hint="Name at least one run.")
        with self.database.read() as connection:
            return comparison([whole_run(connection, _row(connection, run_id)) for run_id in dict.fromkeys(ids)])

    def patch(self, run_id: str, patch: RunPatch) -> Run:
        """Changes what a user may change."""

        def work(write: sa.Connection) -> Run:
            _row(write, run_id)
            values = {name: value for name in ("name", "notes", "archived") if (value := getattr(patch, name)) is not None}
            write.execute(runs.update().where(runs.c.id == run_id).values(updated=utc_now(), **values))
            set_pairs(write, "tags", run_id, patch.tags or {})
            return whole_run(write, _row(write, run_id))

        return self.database.grouped(work)

    def set_artifacts(self, run_id: str, found: Iterable[Artifact], *, connection: sa.Connection | None = None) -> None:
        """Replaces the list of a run's output files."""
        rows = [{"run_id": run_id, **one.model_dump()} for one in found]

        def work(write: sa.Connection) -> None:
            _here(write, run_id)
            write.execute(artifacts.delete().where(artifacts.c.run_id == run_id))
            if rows:
                write.execute(artifacts.insert(), rows)

        self._write(connection, work)

    def descendants(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's children, their children and so on, nearer ones first; those in the trash too."""
        with self.database.read() as connection:
            _here(connection, run_id)
            return summaries_of(connection, descendant_ids(connection, run_id))

    def ancestors(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's parent, its parent and so on, the nearest first."""
        with self.database.read() as connection:
            _here(connection, run_id)
            return summaries_of(connection, ancestor_ids(connection, run_id))

    def came_from(self, run_id: str) -> tuple[RunLink, ...]:
        """What the run came from: its parent, the run whose result it has, the data that it read and the runs that made it."""
        with self.database.read() as connection:
            return came_from(connection, _row(connection, run_id))

    def went_into(self, run_id: str) -> tuple[RunLink, ...]:
        """What came from the run: its children, the runs that have its result, and those that read its outputs."""
        with self.database.read() as connection:
            return went_into(connection, _row(connection, run_id))

    def runs_arrow(
        self,
        filter: str = "",  # noqa: A002 (MLflow's name)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        cursor: str = "",
        view: View = "active",
        text: str = "",
        columns: Sequence[str] | None = None,
    ) -> bytes:
        """Runs as an Arrow IPC stream: see `workbench.runs.arrow.runs_table`; without a limit all that are found."""
        wanted = _search(filter, experiments, order_by, view, text)
        with self.database.read() as connection:
            found = find_ids(connection, wanted, limit=None if limit is None else max(1, limit), cursor=cursor)
            return ipc(runs_table(connection, found.ids, columns=columns, total=found.total, following=found.next))

    def series_arrow(self, ids: Sequence[str], keys: Sequence[str], pixels: int = 1000) -> bytes:
        """The metrics `keys` of several runs as an Arrow IPC stream: see `workbench.runs.arrow.series_table`."""
        with self.database.read() as connection:
            for run_id in ids:
                _here(connection, run_id)
            return ipc(series_table(connection, [(run_id, key) for run_id in ids for key in keys], pixels))

    def resolve(self, text: str, project: str | None = None) -> str:
        """The id of the run that a user means: an id, the first four or more characters of one, `experiment/number`, or a number
        (in `project`, or when only one run has it). Raises NotFound, or UserError that names the candidates."""
        with self.database.read() as connection:
            return meant_run(connection, text, project)

    # The trash

    def trash(self, run_id: str) -> tuple[str, ...]:
        """Puts a run into the trash, with its children to any depth; returns the ids of those that went in.

        Raises Conflict when a job of theirs waits or runs.
        """
        return self.database.grouped(lambda write: trash.trash_run(write, _row(write, run_id)))

    def untrash(self, run_id: str) -> tuple[str, ...]:
        """Brings a run back from the trash, with the children that went with it; returns their ids."""
        return self.database.grouped(lambda write: trash.untrash_run(write, _row(write, run_id)))

    def trashed(self) -> tuple[RunSummary, ...]:
        """The runs in the trash, the latest first."""
        query = sa.select(runs.c.id).where(runs.c.deleted.is_not(None)).order_by(runs.c.deleted.desc(), runs.c.created.desc())
        with self.database.read() as connection:
            return summaries_of(connection, tuple(connection.execute(query).scalars()))

    def empty_trash(self, older_than: datetime | None = None) -> tuple[str, ...]:
        """Deletes for good what went into the trash before `older_than` (None: all of it); returns the ids of the runs.

        Their folders are the caller's to remove.
        """
        return self.database.grouped(lambda write: trash.empty(write, older_than))

    def delete(self, run_id: str) -> None:
        """Deletes an ended run for good, with all it recorded; its children stay. Raises Conflict for one that waits or runs."""

        def work(write: sa.Connection) -> None:
            row = _row(write, run_id)
            if not RunStatus(row.status).is_final:
                raise Conflict(f"Run {row.number} of {row.experiment} is {row.status}.", hint="Cancel it first.")
            trash.remove(write, [run_id])

        self.database.grouped(work)

    # Experiments

    def experiments(self, view: View = "active") -> tuple[Experiment, ...]:
        """Experiments by name, with the number of their runs."""
        with self.database.read() as connection:
            return list_experiments(connection, in_view(experiments.c.deleted, view))

    def experiment(self, id_or_name: str) -> Experiment:
        """One experiment, also one in the trash. Raises NotFound."""
        with self.database.read() as connection:
            return read_experiment(connection, id_or_name)

    def create_experiment(
        self,
        name: str,
        tags: Mapping[str, str] | None = None,
        *,
        experiment_id: str | None = None,
        created: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> Experiment:
        """Makes an experiment. Raises Conflict when there is one of that name, be it in the trash."""

        def work(write: sa.Connection) -> Experiment:
            found = make_experiment(write, name, tags or {}, experiment_id=experiment_id, created=created)
            return read_experiment(write, found)

        return self._write(connection, work)

    def rename_experiment(self, id_or_name: str, name: str) -> Experiment:
        """Gives an experiment another name. Raises Conflict when it is taken."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            rename(write, found, name)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def set_experiment_tag(self, id_or_name: str, key: str, value: str) -> Experiment:
        """Sets a tag of an experiment; an empty value removes it."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            set_tag(write, found, key, value)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def patch_experiment(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        deleted: bool | None = None,
    ) -> Experiment:
        """Renames an experiment, sets tags (an empty value removes one), trashes it or brings it back: all or nothing."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            if deleted is False:
                trash.untrash_experiment(write, found)
            if name is not None:
                rename(write, found, name)
            for key, value in (tags or {}).items():
                set_tag(write, found, key, value)
            if deleted:
                trash.trash_experiment(write, found)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def delete_experiment(self, id_or_name: str) -> None:
        """Puts an experiment and its runs into the trash. Raises Conflict when a job of theirs waits or runs."""
        self.database.grouped(lambda write: trash.trash_experiment(write, id_or_name))

    def restore_experiment(self, id_or_name: str) -> Experiment:
        """Brings an experiment back from the trash, with the runs that went with it."""

        def work(write: sa.Connection) -> Experiment:
            trash.untrash_experiment(write, id_or_name)
            return read_experiment(write, id_or_name)

        return self.database.grouped(work)

    def _write(self, connection: sa.Connection | None, work: Callable[[sa.Connection], _Result]) -> _Result:
        return self.database.grouped(work) if connection is None else work(connection)


def _search(text_filter: str, named: Sequence[str] | None, order_by: Sequence[str], view: View, text: str) -> Search:
    return Search(
        filter=text_filter,
        text=text,
        experiments=None if named is None else tuple(named),
        view=view,
        orders=orders_of(order_by) or (("created", True),),
    )


def _row(connection: sa.Connection, run_id: str) -> Any:
    row = connection.execute(_WHOLE, {"run": run_id}).one_or_none()
    if row is None:
        raise _unknown(run_id)
    return row


def _here(connection: sa.Connection, run_id: str) -> Any:
    """The run's few columns. Raises NotFound."""
    row = connection.execute(_FEW, {"run": run_id}).one_or_none()
    if row is None:
        raise _unknown(run_id)
    return row


def _open(connection: sa.Connection, run_id: str) -> None:
    """Raises NotFound for an unknown run, Conflict for one in the trash."""
    row = _here(connection, run_id)
    if row.deleted is not None:
        raise Conflict(f"Run {row.number} ({run_id[:8]}) is in the trash.", hint="Bring it back first.")


def _unknown(run_id: str) -> NotFound:
    return NotFound(f"There is no run {run_id!r}.", hint="See: workbench run list")


def _advance(write: sa.Connection, run_id: str, events_offset: int) -> bool:
    """Moves the offset of the run's events file on; False when it is there already."""
    known = write.execute(sa.select(jobs.c.events_offset).where(jobs.c.run_id == run_id)).scalar_one_or_none()
    if known is None:
        raise NotFound(f"The run {run_id} has no job whose events could be read.")
    if events_offset <= known:
        return False
    write.execute(jobs.update().where(jobs.c.run_id == run_id).values(events_offset=events_offset))
    return True


# Made once: to make them anew costs more than to run them.
_INSERT = runs.insert()
_UPDATE = runs.update().where(runs.c.id == sa.bindparam("run"))
_WHOLE = sa.select(*ALL_COLUMNS).select_from(WITH_EXPERIMENT).where(runs.c.id == sa.bindparam("run"))
_FEW = sa.select(runs.c.id, runs.c.number, runs.c.deleted).where(runs.c.id == sa.bindparam("run"))
