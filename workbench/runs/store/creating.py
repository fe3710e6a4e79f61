"""Runs are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.runs.experiments import open_number
from workbench.runs.pairs import set_pairs
from workbench.runs.rows import refuse_trashed
from workbench.runs.store.base import StorePart
from workbench.runs.tables import runs
from workbench.schema import GitState, Run, RunConfig, RunStatus


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is to be made, worked out before other writers have to wait for it."""

    experiment: str
    """Its name; not asked for where there is an `experiment_id`."""
    experiment_id: str | None
    known: Mapping[str, Any]
    """The fields of the wire form, but those that the experiment gives."""
    values: Mapping[str, Any]
    """The columns of the row, but those that the experiment gives."""
    tags: Mapping[str, str]

    def insert(self, write: sa.Connection) -> Run:
        """Writes it with the next number of its experiment."""
        if (parent_id := self.known["parent_id"]) is not None:
            refuse_trashed(write, parent_id)
        experiment_id, experiment, number = open_number(write, self.experiment, self.experiment_id)
        place = {"experiment_id": experiment_id, "number": number}
        write.execute(_INSERT, {**place, **self.values})
        set_pairs(write, "tags", self.known["id"], self.tags)
        return Run(**place, experiment=experiment, tags=self.tags, has_diff=self.values["git_diff"] != "", **self.known)


class Creating(StorePart):
    """Makes runs."""

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
        git = git or GitState()
        # What is the same on the wire and in the row.
        same: dict[str, Any] = {
            "id": run_id or new_id(),
            "name": name,
            "project": project,
            "parent_id": parent_id,
            "reason": reason,
            "script": script,
            "target": target,
            "user": user,
            "created": (created or now).astimezone(UTC),
            "started": began.astimezone(UTC) if began else None,
            "snapshot": snapshot,
            "environment_lock": environment_lock,
            "python": python,
            "kind": kind,
            "plan": dict(plan or {}),
            "result_of": result_of,
        }
        told = {"status": status, "arguments": tuple(arguments), "left_out": tuple(left_out), "config": config, "git": git}
        kept = {
            "status": status.value,
            "arguments": list(arguments),
            "left_out": list(left_out),
            "config": config.model_dump(mode="json"),
            "git": git.model_dump(mode="json"),
            "git_diff": git_diff,
            "updated": now,
        }
        given_tags = {key: value for key, value in (tags or {}).items() if value != ""}
        return self._write(connection, NewRun(experiment.strip(), experiment_id, same | told, same | kept, given_tags).insert)


_INSERT = runs.insert()  # made once: to make it anew costs more than to run it
