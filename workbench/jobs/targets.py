"""Targets: the places where jobs run. `local` is always there; passwords are in the keyring."""

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, UserError, WorkbenchError
from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.base.settings import Settings
from workbench.jobs import capacity
from workbench.jobs import targettable as table
from workbench.jobs.drivers.registry import chain_to, clean_target
from workbench.jobs.queue import Pool
from workbench.jobs.targetchecks import check_spec
from workbench.jobs.targettable import LOCAL
from workbench.runs import Database
from workbench.schema import Link, SshSpec, Target, TargetRequest, TargetSpec

_SPEC: TypeAdapter[TargetSpec] = TypeAdapter(TargetSpec)


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
            rows = table.rows(connection)
            counts = table.counts(connection)
        return tuple(self._target(row, counts) for row in sorted(rows, key=lambda one: (one.name != LOCAL, one.name)))

    def get(self, name: str) -> Target:
        """One target. Raises NotFound with close names."""
        with self._database.read() as connection:
            return self._target(table.find(connection, name), table.counts(connection))

    def spec(self, name: str) -> dict[str, Any]:
        """A target's spec as JSON, as jobs take it along. Raises NotFound with close names."""
        with self._database.read() as connection:
            spec: dict[str, Any] = table.find(connection, name).spec["spec"]
        return spec

    def add(self, request: TargetRequest) -> Target:
        """Adds a target; the one of that name gives Conflict. Its password goes to the keyring."""
        check_spec(request.spec)
        with self._database.read() as connection:
            self._must_be_new(connection, request)
        request = self._with_keys(request)
        with self._database.write() as write:
            self._must_be_new(write, request)
            table.add(write, request)
        self._keep_password(request)
        return self.get(request.name)

    def _must_be_new(self, connection: sa.Connection, request: TargetRequest) -> None:
        if request.name in {row.name for row in table.rows(connection)}:
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
            table.find(connection, request.name)
        request = self._with_keys(request)
        with self._database.write() as write:
            found = table.find(write, request.name)
            if request.name == LOCAL and request.spec.kind != "local":
                raise UserError("The target local is this machine; only its slots can be changed.", hint="Add one of another name.")
            stored = table.stored(request)
            tested = found.tested if found.spec["spec"] == stored["spec"]["spec"] else {}
            table.update(write, found, **stored, tested=tested, updated=utc_now())
        self._keep_password(request)
        return self.get(request.name)

    def delete(self, name: str) -> None:
        """Forgets a target and its password. Raises Conflict while jobs wait or run there."""
        if name == LOCAL:
            raise UserError("The target local is this machine; it cannot be deleted.")
        with self._database.write() as write:
            table.find(write, name)
            counts = table.counts(write)
            used = counts.get((name, True), 0) + counts.get((name, False), 0)
            if used:
                message = f"{used} job{' waits or runs' if used == 1 else 's wait or run'} on {name}."
                raise Conflict(message, hint="Cancel them first.", place=name)
            table.delete(write, name)
        self._secrets.delete(_secret_name(name))

    def pause(self, name: str, *, paused: bool = True) -> Target:
        """Pauses the target's queue: nothing starts there until it is resumed; what runs goes on."""
        with self._database.write() as write:
            table.update(write, table.find(write, name), paused=paused, updated=utc_now())
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
        reached = bool(links) and all(one.state == "ok" for one in links)
        found = capacity.found_on(target.spec, self.secret(name)) if reached else target.capacity
        tested = {
            "time": utc_now().isoformat(),
            "links": [one.model_dump(mode="json") for one in links],
            "capacity": found.model_dump(mode="json"),
        }
        with self._database.write() as write:
            table.update(write, table.find(write, name), tested=tested)
        return self.get(name)

    def secret(self, name: str) -> str | None:
        """The target's password, if it has one."""
        return None if name == LOCAL else self._secrets.get(_secret_name(name))

    def pools(self, connection: sa.Connection) -> tuple[dict[str, Pool], set[str]]:
        """What each target has for jobs, nothing taken yet; and the targets whose queue is paused."""
        rows = table.rows(connection)
        return capacity.pools(rows, self._settings.parallel_jobs), {row.name for row in rows if row.paused}

    def _target(self, row: Any, counts: dict[tuple[str, bool], int]) -> Target:
        tested = row.tested or {}
        spec = _SPEC.validate_python(row.spec["spec"])
        public_key, fingerprint = _keys(spec)
        return Target(
            name=row.name,
            spec=spec,
            public_key=public_key,
            fingerprint=fingerprint,
            slots=capacity.slots_of(row),
            capacity=capacity.known_of(row),
            paused=row.paused,
            running=counts.get((row.name, True), 0),
            queued=counts.get((row.name, False), 0),
            tested=datetime.fromisoformat(tested["time"]) if tested else None,
            links=tuple(Link.model_validate(one) for one in tested.get("links", ())),
        )

    def _keep_password(self, request: TargetRequest) -> None:
        if request.password:
            self._secrets.set(_secret_name(request.name), request.password)
        elif request.password == "":
            self._secrets.delete(_secret_name(request.name))


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
