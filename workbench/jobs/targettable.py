"""Targets on disk: the `targets` table. `local` is always there, also before anybody has changed it."""

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import NotFound
from workbench.runs.tables import jobs, targets
from workbench.schema import LocalSpec, RunStatus, TargetRequest

LOCAL = "local"
_KINDS = ("local", "docker", "ssh", "ssh-docker", "spark")
_UNFINISHED = (RunStatus.QUEUED.value, RunStatus.PREPARING.value, RunStatus.RUNNING.value)


class _Always:
    """The row of `local` where nobody changed it."""

    name = LOCAL
    kind = "local"
    spec: dict[str, Any] = {"spec": LocalSpec().model_dump(mode="json"), "slots": {}}  # noqa: RUF012 (never changed)
    paused = False
    created: datetime | None = None
    tested: dict[str, Any] = {}  # noqa: RUF012


def rows(connection: sa.Connection) -> Sequence[Any]:
    """All targets."""
    found = connection.execute(sa.select(targets)).all()
    return found if any(row.name == LOCAL for row in found) else [_Always(), *found]


def find(connection: sa.Connection, name: str) -> Any:
    """The row of a target. Raises NotFound with close names."""
    known = {row.name: row for row in rows(connection)}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        add = f"Add it with: workbench target add {name} --kind {name}" if name in _KINDS else ""
        hint = add or (f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(sorted(known))}.")
        raise NotFound(f"There is no target {name!r}.", hint=hint, place="target")
    return known[name]


def stored(request: TargetRequest) -> dict[str, Any]:
    """What a target is, as columns."""
    spec = {"spec": request.spec.model_dump(mode="json"), "slots": request.slots.model_dump(mode="json")}
    return {"kind": request.spec.kind, "spec": spec}


def add(write: sa.Connection, request: TargetRequest) -> None:
    """Puts a target on record."""
    write.execute(targets.insert().values(name=request.name, created=utc_now(), **stored(request)))


def update(write: sa.Connection, found: Any, **values: Any) -> None:
    """Changes columns of a target's row; that of `local` is made with its first change."""
    if found.created is None:
        values = {"name": LOCAL, "kind": found.kind, "spec": found.spec, "created": utc_now(), **values}
        write.execute(targets.insert().values(**values))
    else:
        write.execute(targets.update().where(targets.c.name == found.name).values(**values))


def delete(write: sa.Connection, name: str) -> None:
    """Forgets a target."""
    write.execute(targets.delete().where(targets.c.name == name))


def counts(connection: sa.Connection) -> dict[tuple[str, bool], int]:
    """How many jobs of each target run (True) and wait (False)."""
    query = sa.select(jobs.c.target, jobs.c.status, sa.func.count()).where(jobs.c.status.in_(_UNFINISHED))
    found: dict[tuple[str, bool], int] = {}
    for name, status, number in connection.execute(query.group_by(jobs.c.target, jobs.c.status)):
        key = (name, status != RunStatus.QUEUED.value)
        found[key] = found.get(key, 0) + number
    return found
