"""What happens in a workspace: strict, typed, numbered. The same object goes over server-sent events, into logs and tests."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from workbench.schema.base import Time, Wire
from workbench.schema.kernel import KernelStatus
from workbench.schema.run import RunStatus
from workbench.schema.service import ServiceStatus


class Reset(Wire):
    """The server does not have the events since the asked number (any more): load everything again."""

    kind: Literal["reset"] = "reset"


class RunChanged(Wire):
    """A run was made, changed its state, or was edited."""

    kind: Literal["run_changed"] = "run_changed"
    run_id: str
    status: RunStatus
    project: str = ""
    name: str = ""


class MetricsLogged(Wire):
    kind: Literal["metrics_logged"] = "metrics_logged"
    run_id: str
    keys: tuple[str, ...]


class LogAppended(Wire):
    """The log of a run has grown to `size` bytes."""

    kind: Literal["log_appended"] = "log_appended"
    run_id: str
    size: int


class ModelChanged(Wire):
    kind: Literal["model_changed"] = "model_changed"
    name: str
    version: int


class ServiceChanged(Wire):
    kind: Literal["service_changed"] = "service_changed"
    name: str
    status: ServiceStatus
    deleted: bool = False


class KernelChanged(Wire):
    kind: Literal["kernel_changed"] = "kernel_changed"
    kernel_id: str
    status: KernelStatus


EventBody = Annotated[
    Reset | RunChanged | MetricsLogged | LogAppended | ModelChanged | ServiceChanged | KernelChanged,
    Field(discriminator="kind"),
]


class Event(Wire):
    """`number` rises by one within a server's life."""

    number: int
    time: Time
    body: EventBody


event_adapter: TypeAdapter[Event] = TypeAdapter(Event)
