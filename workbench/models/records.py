"""What the database keeps of services."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound
from workbench.runs.database import Database
from workbench.runs.tables import model_versions, services
from workbench.schema import EventBody, ServiceChanged, ServiceRequest, ServiceStatus

_ACTIVE = (ServiceStatus.HEALTHY.value, ServiceStatus.UNHEALTHY.value)


@dataclass(frozen=True)
class ServiceRecord:
    """A service as it is kept; `spec` holds the request and what its building found out (script, lock, Python, sample)."""

    name: str
    model: str
    version: int
    run_id: str
    project: str
    status: ServiceStatus
    reason: str
    spec: dict[str, Any]
    port: int
    pid: int | None
    began: float | None
    created: datetime
    started: datetime | None

    @property
    def request(self) -> ServiceRequest:
        return ServiceRequest.model_validate(self.spec["request"])

    @property
    def sample(self) -> Any:
        return self.spec.get("sample")


class ServiceRecords:
    """Reads and writes the rows; every change is told by an event after it is on the disk."""

    def __init__(self, database: Database, emit: Callable[[EventBody], None]) -> None:
        self._database = database
        self._emit = emit

    def add(self, record: ServiceRecord) -> None:
        """Raises Conflict when the name is taken, NotFound when the model's version was deleted meanwhile."""
        known = sa.select(model_versions.c.version).where(
            model_versions.c.name == record.model, model_versions.c.version == record.version
        )
        try:
            with self._database.write() as connection:
                if connection.execute(known).first() is None:
                    raise NotFound(f"There is no version {record.version} of a model {record.model}.")
                connection.execute(sa.insert(services).values(**vars(record)))
        except sa.exc.IntegrityError:
            raise name_taken(record.name) from None
        self._emit(ServiceChanged(name=record.name, status=record.status))

    def get(self, name: str) -> ServiceRecord:
        """Raises NotFound, naming what there is."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(services).where(services.c.name == name)).first()
        if row is None:
            known = ", ".join(record.name for record in self.all())
            raise NotFound(f"There is no service {name}.", hint=f"There are: {known}." if known else "Deploy a model first.")
        return _record(row)

    def find(self, name: str) -> ServiceRecord | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(services).where(services.c.name == name)).first()
        return None if row is None else _record(row)

    def all(self) -> list[ServiceRecord]:
        """By name."""
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(sa.select(services).order_by(services.c.name))]

    def update(self, name: str, *, only_pid: int | None = None, **values: Any) -> bool:
        """Changes a service; with `only_pid` only while that process is the one that serves. False when nothing was changed."""
        change = sa.update(services).where(services.c.name == name).values(**values)
        if only_pid is not None:
            change = change.where(services.c.pid == only_pid, services.c.status.in_(_ACTIVE))
        with self._database.write() as connection:
            if not connection.execute(change).rowcount:
                return False
            status = connection.execute(sa.select(services.c.status).where(services.c.name == name)).scalar_one()
        self._emit(ServiceChanged(name=name, status=ServiceStatus(status)))
        return True

    def extend(self, name: str, **found: Any) -> ServiceRecord:
        """Adds to what is known of a service's building."""
        with self._database.write() as connection:
            spec = connection.execute(sa.select(services.c.spec).where(services.c.name == name)).scalar_one()
            connection.execute(sa.update(services).where(services.c.name == name).values(spec={**spec, **found}))
        return self.get(name)

    def healthy(self, name: str, reason: str) -> None:
        self.update(name, status=ServiceStatus.HEALTHY, reason=reason, started=utc_now())

    def remove(self, name: str, status: ServiceStatus) -> None:
        with self._database.write() as connection:
            connection.execute(sa.delete(services).where(services.c.name == name))
        self._emit(ServiceChanged(name=name, status=status, deleted=True))


def name_taken(name: str) -> Conflict:
    """The sentence for a second service of one name."""
    return Conflict(f"There is a service {name} already.", hint="Choose another name, or delete that service first.")


def _record(row: Any) -> ServiceRecord:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    return ServiceRecord(**{**values, "status": ServiceStatus(values["status"])})
