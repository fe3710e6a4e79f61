"""Registered models, deployed services, and where they come from."""

import time
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from workbench.base.errors import EnvironmentError_
from workbench.client.calls import POLL, SLOW, Calls, part
from workbench.schema import (
    Lineage,
    LogChunk,
    ModelRequest,
    ModelSummary,
    ModelVersion,
    ScoreReply,
    Service,
    ServiceRequest,
    ServiceStatus,
)

_MODELS = TypeAdapter(tuple[ModelSummary, ...])
_VERSIONS = TypeAdapter(tuple[ModelVersion, ...])
_SERVICES = TypeAdapter(tuple[Service, ...])
_SCORING = 150.0


class ModelCalls(Calls):
    """What is done with models and services."""

    def register_model(self, request: ModelRequest) -> ModelVersion:
        """Registers an output of a run as the next version of a model."""
        return ModelVersion.model_validate_json(self._transport.call("POST", "/models", body=request, timeout=SLOW))

    def models(self) -> tuple[ModelSummary, ...]:
        """All models, by name."""
        return _MODELS.validate_json(self._get("/models"))

    def model(self, name: str, version: int | None = None) -> ModelVersion:
        """A version of a model; the latest without a number."""
        return ModelVersion.model_validate_json(self._get(f"/models/{part(name)}/{'latest' if version is None else version}"))

    def model_versions(self, name: str) -> tuple[ModelVersion, ...]:
        """All versions of a model, the latest first."""
        return _VERSIONS.validate_json(self._get(f"/models/{part(name)}"))

    def delete_model(self, name: str, version: int | None = None) -> None:
        """Deletes a version, or the model with all of them; Conflict while a service uses it."""
        self._transport.call("DELETE", f"/models/{part(name)}" + ("" if version is None else f"/{version}"), timeout=SLOW)

    def create_service(self, request: ServiceRequest) -> Service:
        """Deploys a model version; returns at once, `wait_service` waits until it is healthy."""
        return Service.model_validate_json(self._transport.call("POST", "/services", body=request, timeout=SLOW))

    def services(self) -> tuple[Service, ...]:
        """All services, by name."""
        return _SERVICES.validate_json(self._get("/services"))

    def service(self, name: str) -> Service:
        """One service."""
        return Service.model_validate_json(self._get(f"/services/{part(name)}"))

    def wait_service(self, name: str, timeout: float | None = 300, on_change: Callable[[Service], None] | None = None) -> Service:
        """Waits until the service is healthy and returns it. Raises EnvironmentError_ when it fails, or after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        seen: tuple[ServiceStatus, str] | None = None
        while True:
            service = self.service(name)
            if on_change and seen != (service.status, service.reason):
                seen = (service.status, service.reason)
                on_change(service)
            if service.status is ServiceStatus.HEALTHY:
                return service
            if service.status in {ServiceStatus.FAILED, ServiceStatus.STOPPED}:
                raise EnvironmentError_(
                    f"The service {name} is {service.status.value}. {service.reason}".strip(),
                    hint=f"See: workbench service logs {name}",
                )
            if deadline is not None and time.monotonic() > deadline:
                raise EnvironmentError_(
                    f"The service {name} is still {service.status.value} after {timeout:.0f} seconds. {service.reason}".strip(),
                    hint=f"See: workbench service logs {name}",
                )
            time.sleep(POLL)

    def start_service(self, name: str) -> Service:
        """Starts a stopped service."""
        return Service.model_validate_json(self._post(f"/services/{part(name)}/start"))

    def stop_service(self, name: str) -> Service:
        """Stops a service; it stays on record."""
        return Service.model_validate_json(self._post(f"/services/{part(name)}/stop"))

    def delete_service(self, name: str) -> None:
        """Stops a service and removes it."""
        self._transport.call("DELETE", f"/services/{part(name)}", timeout=SLOW)

    def score(self, name: str, body: Any) -> ScoreReply:
        """Sends a request to a service; the reply holds its status, also when that is an error."""
        reply = self._transport.call("POST", f"/services/{part(name)}/score", json=body, timeout=_SCORING)
        return ScoreReply.model_validate_json(reply)

    def service_log(self, name: str, offset: int = 0, limit: int = 1_000_000) -> LogChunk:
        """A part of the service's log, from a byte on (a negative offset: the last bytes)."""
        return LogChunk.model_validate_json(self._get(f"/services/{part(name)}/log", {"offset": offset, "limit": limit}))

    def lineage(self, kind: str, id: str) -> Lineage:  # noqa: A002 (the wire's name)
        """The breadcrumb around a `data`, `preparation`, `run`, `model` or `service`."""
        return Lineage.model_validate_json(self._get(f"/lineage/{part(kind)}", {"id": id}))
