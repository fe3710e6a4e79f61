"""Targets: the places where jobs run. `local` is always there; passwords are in the keyring."""

import contextlib
import difflib
import os
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from pydantic import TypeAdapter

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound, UserError, WorkbenchError
from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.base.settings import Settings
from workbench.jobs.drivers.registry import chain_to, clean_target
from workbench.jobs.processgroup import gpu_count
from workbench.jobs.queue import Pool
from workbench.jobs.targetchecks import check_spec
from workbench.runs import Database
from workbench.runs.tables import jobs, targets
from workbench.schema import (
    DockerSpec,
    Link,
    LocalSpec,
    RunStatus,
    Slots,
    SshDockerSpec,
    SshSpec,
    Target,
    TargetRequest,
    TargetSpec,
)

LOCAL = "local"
KINDS = ("local", "docker", "ssh", "ssh-docker", "spark")
_SPEC: TypeAdapter[TargetSpec] = TypeAdapter(TargetSpec)
_UNFINISHED = (RunStatus.QUEUED.value, RunStatus.PREPARING.value, RunStatus.RUNNING.value)


class TargetStore:
    """The targets of a workspace. Its methods may be called from any thread."""

    def __init__(self, database: Database, paths: WorkspacePaths, settings: Settings) -> None:
        self._database = database
        self._paths = paths
        self._settings = settings
        self._secrets = SecretStore(paths.root)

    def configure(self, settings: Settings) -> None:
        """Takes changed settings."""
        self._settings = settings

    def list(self) -> tuple[Target, ...]:
        """All targets with how busy they are; `local` first, then by name."""
        with self._database.read() as connection:
            rows = _rows(connection)
            counts = _counts(connection)
        return tuple(self._target(row, counts) for row in sorted(rows, key=lambda one: (one.name != LOCAL, one.name)))

    def get(self, name: str) -> Target:
        """One target. Raises NotFound with close names."""
        with self._database.read() as connection:
            return self._target(find(connection, name), _counts(connection))

    def spec(self, name: str) -> dict[str, Any]:
        """A target's spec as JSON, as jobs take it along. Raises NotFound with close names."""
        with self._database.read() as connection:
            spec: dict[str, Any] = find(connection, name).spec["spec"]
        return spec

    def add(self, request: TargetRequest) -> Target:
        """Adds a target; the one of that name gives Conflict. Its password goes to the keyring."""
        check_spec(request.spec)
        with self._database.read() as connection:
            self._must_be_new(connection, request)
        request = self._with_keys(request)
        with self._database.write() as write:
            self._must_be_new(write, request)
            write.execute(targets.insert().values(name=request.name, created=utc_now(), **_stored(request)))
        self._keep_password(request)
        return self.get(request.name)

    def _must_be_new(self, connection: sa.Connection, request: TargetRequest) -> None:
        if request.name in {row.name for row in _rows(connection)}:
            hint = f"Change it with: workbench target add --change {request.name}"
            raise Conflict(f"There is a target {request.name} already.", hint=hint, place=request.name)

    def _with_keys(self, request: TargetRequest) -> TargetRequest:
        """With the machine's own key noted, and a key pair made, where it is reached over SSH."""
        if not isinstance(request.spec, SshSpec):
            if request.generate_key:
                raise UserError("Only a target that is reached over SSH needs a key pair.", place="generate_key")
            return request
        from workbench.jobs.drivers.ssh.hostkeys import generate_key, host_key_of

        changes: dict[str, str] = {}
        if request.generate_key:
            changes["key_file"] = str(generate_key(self._paths.root, request.name)[0])
        if not request.spec.host_key:
            try:
                changes["host_key"] = host_key_of(request.spec.address, request.spec.port)
            except ValueError as error:  # no name that a machine can have
                raise UserError(f"{request.spec.address!r} is not the address of a machine.", place="address") from error
        return request.model_copy(update={"spec": request.spec.model_copy(update=changes)}) if changes else request

    def change(self, request: TargetRequest) -> Target:
        """Changes what a target is; running jobs go on as they began. Raises NotFound."""
        check_spec(request.spec)
        with self._database.read() as connection:
            find(connection, request.name)
        request = self._with_keys(request)
        with self._database.write() as write:
            found = find(write, request.name)
            if request.name == LOCAL and request.spec.kind != "local":
                raise UserError("The target local is this machine; only its slots can be changed.", hint="Add one of another name.")
            values = _stored(request)
            if found.created is None:  # the one that is always there, not noted so far
                write.execute(targets.insert().values(name=request.name, created=utc_now(), **values))
            else:
                values["tested"] = found.tested if found.spec["spec"] == values["spec"]["spec"] else {}
                write.execute(targets.update().where(targets.c.name == request.name).values(updated=utc_now(), **values))
        self._keep_password(request)
        return self.get(request.name)

    def delete(self, name: str) -> None:
        """Forgets a target and its password. Raises Conflict while jobs wait or run there."""
        if name == LOCAL:
            raise UserError("The target local is this machine; it cannot be deleted.")
        with self._database.write() as write:
            find(write, name)
            used = write.execute(
                sa.select(sa.func.count()).select_from(jobs).where(jobs.c.target == name, jobs.c.status.in_(_UNFINISHED))
            ).scalar_one()
            if used:
                message = f"{used} job{' waits or runs' if used == 1 else 's wait or run'} on {name}."
                raise Conflict(message, hint="Cancel them first.", place=name)
            write.execute(targets.delete().where(targets.c.name == name))
        self._secrets.delete(_secret_name(name))

    def pause(self, name: str, *, paused: bool = True) -> Target:
        """Pauses the target's queue: nothing starts there until it is resumed; what runs goes on."""
        with self._database.write() as write:
            found = find(write, name)
            if found.created is None:
                write.execute(targets.insert().values(name=name, kind="local", created=utc_now(), spec=found.spec, paused=paused))
            else:
                write.execute(targets.update().where(targets.c.name == name).values(paused=paused, updated=utc_now()))
        return self.get(name)

    def clean(self, name: str, unused_days: float) -> tuple[str, ...]:
        """Removes what jobs left on the target for the next ones: environments, images. Those unused for so long; their names.

        Raises Conflict while jobs run there, UserError for a target that keeps nothing elsewhere.
        """
        target = self.get(name)
        if target.running:
            running = f"{target.running} job{' runs' if target.running == 1 else 's run'}"
            raise Conflict(f"{running} on {name}.", hint="Wait until they have ended, or cancel them.", place=name)
        return tuple(clean_target(target.spec, self.secret(name), self._paths.root, unused_days))

    def test(self, name: str) -> Target:
        """Walks the chain to the target, link by link, and keeps what was found."""
        target = self.get(name)
        links: list[Link] = []
        try:
            links.extend(chain_to(target.spec, self.secret(name), self._paths.root))
        except WorkbenchError as error:
            links.append(Link(name="chain", state="failed", message=error.message, hint=error.hint))
        found = self._found_on(target.spec, name) if links and all(one.state == "ok" for one in links) else target.capacity
        tested = {
            "time": utc_now().isoformat(),
            "links": [one.model_dump(mode="json") for one in links],
            "capacity": found.model_dump(mode="json"),
        }
        with self._database.write() as write:
            row = find(write, name)
            if row.created is None:
                values = {"name": name, "kind": "local", "created": utc_now(), "spec": row.spec, "tested": tested}
                write.execute(targets.insert().values(**values))
            else:
                write.execute(targets.update().where(targets.c.name == name).values(tested=tested))
        return self.get(name)

    def secret(self, name: str) -> str | None:
        """The target's password, if it has one."""
        return None if name == LOCAL else self._secrets.get(_secret_name(name))

    def pools(self, connection: sa.Connection) -> tuple[dict[str, Pool], set[str]]:
        """What each target has for jobs, nothing taken yet; and the targets whose queue is paused.

        Targets that are this very machine share one pool, unless they have slots of their own.
        """
        pools: dict[str, Pool] = {}
        rows = {row.name: row for row in _rows(connection)}
        here = self._pool(LOCAL, _slots(rows[LOCAL]), machine())
        here.most = self._settings.parallel_jobs
        for name, row in rows.items():
            slots = _slots(row)
            if name == LOCAL or (_is_here(row.spec["spec"]) and slots == Slots()):
                pools[name] = here
            else:
                pools[name] = self._pool(name, slots, _capacity(row))
        return pools, {name for name, row in rows.items() if row.paused}

    def _pool(self, name: str, slots: Slots, found: Slots) -> Pool:
        capacity = Slots(cpus=slots.cpus or found.cpus, memory_mb=slots.memory_mb or found.memory_mb, gpus=slots.gpus or found.gpus)
        # Where nothing is known of a machine, the number of jobs is all that can be kept to.
        return Pool(name, capacity, most=0 if capacity.cpus else self._settings.parallel_jobs)

    def _target(self, row: Any, counts: dict[tuple[str, bool], int]) -> Target:
        tested = row.tested or {}
        spec = _SPEC.validate_python(row.spec["spec"])
        public_key, fingerprint = _keys(spec)
        return Target(
            name=row.name,
            spec=spec,
            public_key=public_key,
            fingerprint=fingerprint,
            slots=_slots(row),
            capacity=_capacity(row),
            paused=row.paused,
            running=counts.get((row.name, True), 0),
            queued=counts.get((row.name, False), 0),
            tested=datetime.fromisoformat(tested["time"]) if tested else None,
            links=tuple(Link.model_validate(one) for one in tested.get("links", ())),
        )

    def _found_on(self, spec: TargetSpec, name: str) -> Slots:
        """What the target's machine has; empty where nobody knows, as of a cluster."""
        if _is_here(spec.model_dump(mode="json")):
            return machine()
        try:
            if isinstance(spec, DockerSpec | SshDockerSpec):
                from workbench.jobs.drivers.docker import capacity as of_engine

                return of_engine(spec, self.secret(name))
            if isinstance(spec, SshSpec):
                from workbench.jobs.drivers.ssh import capacity

                return capacity(spec, self.secret(name))
        except WorkbenchError:
            pass
        return Slots()

    def _keep_password(self, request: TargetRequest) -> None:
        if request.password:
            self._secrets.set(_secret_name(request.name), request.password)
        elif request.password == "":
            self._secrets.delete(_secret_name(request.name))


@lru_cache(maxsize=1)
def machine() -> Slots:
    """What this machine has: cores that this process may use, memory, NVIDIA GPUs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Slots(cpus=float(cores), memory_mb=psutil.virtual_memory().total // 1_000_000, gpus=gpu_count())


def find(connection: sa.Connection, name: str) -> Any:
    """The row of a target. Raises NotFound with close names."""
    rows = {row.name: row for row in _rows(connection)}
    if name not in rows:
        near = difflib.get_close_matches(name, rows, n=3)
        add = f"Add it with: workbench target add {name} --kind {name}" if name in KINDS else ""
        hint = add or (f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(sorted(rows))}.")
        raise NotFound(f"There is no target {name!r}.", hint=hint, place="target")
    return rows[name]


class _Always:
    """The row of `local` where nobody changed it."""

    name = LOCAL
    kind = "local"
    spec: dict[str, Any] = {"spec": LocalSpec().model_dump(mode="json"), "slots": {}}  # noqa: RUF012 (never changed)
    paused = False
    created: datetime | None = None
    tested: dict[str, Any] = {}  # noqa: RUF012


def _rows(connection: sa.Connection) -> Sequence[Any]:
    rows = connection.execute(sa.select(targets)).all()
    return rows if any(row.name == LOCAL for row in rows) else [_Always(), *rows]


def _counts(connection: sa.Connection) -> dict[tuple[str, bool], int]:
    """How many jobs of each target run (True) and wait (False)."""
    query = sa.select(jobs.c.target, jobs.c.status, sa.func.count()).where(jobs.c.status.in_(_UNFINISHED))
    found: dict[tuple[str, bool], int] = {}
    for name, status, number in connection.execute(query.group_by(jobs.c.target, jobs.c.status)):
        key = (name, status != RunStatus.QUEUED.value)
        found[key] = found.get(key, 0) + number
    return found


def _slots(row: Any) -> Slots:
    return Slots.model_validate(row.spec.get("slots") or {})


def _capacity(row: Any) -> Slots:
    """What the target has, as far as it is known: of this machine always, of another one since its last test."""
    if _is_here(row.spec["spec"]):
        return machine()
    return Slots.model_validate((row.tested or {}).get("capacity") or {})


def _stored(request: TargetRequest) -> dict[str, Any]:
    spec = {"spec": request.spec.model_dump(mode="json"), "slots": request.slots.model_dump(mode="json")}
    return {"kind": request.spec.kind, "spec": spec}


def _is_here(spec: dict[str, Any]) -> bool:
    """Whether jobs of such a target use this very machine."""
    if spec["kind"] == "docker":
        return not spec.get("host")
    return spec["kind"] == "local" or (spec["kind"] == "spark" and str(spec["master"]).startswith("local"))


def _keys(spec: TargetSpec) -> tuple[str, str]:
    """The public key that is to be known there, and the fingerprint of the machine's own."""
    if not isinstance(spec, SshSpec):
        return "", ""
    from workbench.jobs.drivers.ssh.hostkeys import fingerprint

    public = ""
    if spec.key_file:
        with contextlib.suppress(OSError):
            public = Path(f"{spec.key_file}.pub").expanduser().read_text("utf-8").strip()
    try:
        return public, fingerprint(spec.host_key) if spec.host_key else ""
    except UserError:
        return public, ""


def _secret_name(name: str) -> str:
    return f"target/{name}"
