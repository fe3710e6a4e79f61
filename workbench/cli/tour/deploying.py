"""Steps 7 and 8 of the tour: the model as a service in a process of its own, and a request to it."""

import json
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.cli.tour.stage import Stage
from workbench.schema import ModelVersion, Service, ServiceRequest

if TYPE_CHECKING:
    from workbench.client import Client

SERVICE = "late-flights"
_TIMEOUT_S = 600.0


def deploy(stage: Stage, client: "Client", model: ModelVersion) -> Service:
    """Deploys the model and waits until the service is healthy. A service of an earlier tour is replaced."""
    name = _free_name(stage, client, model.name)
    client.create_service(ServiceRequest(name=name, model=model.name, version=model.version))
    told: list[str] = []

    def tell(service: Service) -> None:
        if service.reason and service.reason not in told:
            told.append(service.reason)
            stage.tell(service.reason)

    service = client.wait_service(name, _TIMEOUT_S, on_change=tell)
    stage.tell(f"{service.name} is healthy at {service.address}")
    return service


def _free_name(stage: Stage, client: "Client", model: str) -> str:
    """The service's name: the one of an earlier tour is taken over, somebody else's is left alone."""
    known = {service.name: service.model for service in client.services()}
    if known.get(SERVICE) == model:
        stage.tell(f"The service {SERVICE} of an earlier tour is replaced.")
        client.delete_service(SERVICE)
        return SERVICE
    return next(name for name in (SERVICE, *(f"{SERVICE}-{number}" for number in range(2, 1000))) if name not in known)


def ask(stage: Stage, client: "Client", service: Service) -> Any:
    """Sends the sample request of the score script and prints question and answer."""
    reply = client.score(service.name, service.sample)
    if reply.status != 200:
        raise UserError(
            f"The service answered with HTTP {reply.status}: {reply.body}", hint=f"Its log: workbench service logs {service.name}"
        )
    for flight, answer in zip(service.sample["flights"], reply.body["predictions"], strict=True):
        stage.tell(
            f"{flight['date']} {flight['carrier']} {flight['origin']} -> {flight['dest']} at {flight['departure_window']}: "
            f"{answer['late_probability']:.0%} likely to be late"
        )
    for line in json.dumps(reply.body, indent=2).splitlines():
        stage.tell(line)
    stage.tell(f"HTTP {reply.status} after {reply.milliseconds:.0f} ms")
    return reply.body
