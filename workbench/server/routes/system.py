"""Health, events, settings, shutdown."""

import contextlib
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from workbench.base.settings import Settings
from workbench.schema import Health
from workbench.server.routes.deps import Here

router = APIRouter(tags=["server"])
_PING_S = 10


@router.get("/health")
def health(here: Here) -> Health:
    """How the server is."""
    return here.health()


@router.get("/events", response_class=EventSourceResponse)
async def events(here: Here, request: Request, after: int = 0, boot: str = "") -> EventSourceResponse:
    """Server-sent events with a greater number than `after`, without end (-1: only those to come)."""
    with contextlib.suppress(ValueError):  # what a browser sends when it comes back
        after = max(after, int(request.headers.get("last-event-id", "")))

    async def messages() -> AsyncIterator[ServerSentEvent]:
        async for event in here.events.listen(after, boot):
            yield ServerSentEvent(event.model_dump_json(), id=str(event.number), event=event.body.kind)

    return EventSourceResponse(messages(), ping=_PING_S, headers={"X-Workbench-Boot": here.events.boot})


@router.get("/settings")
def read_settings(here: Here) -> Settings:
    """The workspace's settings."""
    return here.settings


@router.put("/settings")
def write_settings(here: Here, settings: Settings) -> Settings:
    """Saves the settings; they take effect at once."""
    return here.change_settings(settings)


@router.post("/shutdown", status_code=202)
def shutdown(here: Here) -> None:
    """Stops the server after this answer; jobs and services go on."""
    here.ask_to_stop()
