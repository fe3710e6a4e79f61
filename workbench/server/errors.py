"""The one place where failures become answers: a status and an `ErrorBody` with a sentence."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from workbench.base.errors import Cancelled, Conflict, EnvironmentError_, Forbidden, NotFound, WorkbenchError
from workbench.base.files import disk_error
from workbench.schema import ErrorBody

_log = logging.getLogger(__name__)


def add_error_handlers(app: FastAPI) -> None:
    """Makes every failure an `ErrorBody`; what is none of ours is logged with its stack."""

    async def on_failure(_request: Request, error: Exception) -> Response:
        return answer_for(error)

    for kind in (WorkbenchError, RequestValidationError, HTTPException, OSError, ValueError, RecursionError, Exception):
        app.add_exception_handler(kind, on_failure)


def answer_for(error: Exception) -> Response:
    """The answer that an exception stands for."""
    status, body = _body(error)
    # What the request said may stand in the sentence: also what is no text at all.
    plain = {name: value.encode("utf-8", "replace").decode("utf-8") for name, value in body.model_dump().items()}
    return Response(json.dumps(plain, ensure_ascii=False), status_code=status, media_type="application/json")


def _body(error: Exception) -> tuple[int, ErrorBody]:
    if isinstance(error, WorkbenchError):
        return _status(error), ErrorBody.model_validate(
            {"kind": error.kind, "message": error.message, "hint": error.hint, "place": error.place}
        )
    if isinstance(error, RequestValidationError):
        return 400, ErrorBody(kind="user", message=sentence(error.errors()), place=_place(error.errors()))
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return 404, ErrorBody(kind="not_found", message="The server has no such address.")
        return error.status_code, ErrorBody(kind="user", message=f"{str(error.detail).rstrip('.')}.")
    if isinstance(error, RecursionError):  # by nothing but its input
        return 400, ErrorBody(kind="user", message="The request is nested too deeply.")
    if _is_no_text(error):
        return 400, ErrorBody(kind="user", message="The request has a text with characters that cannot be kept.")
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        _log.error("The machine failed", exc_info=error)
        failed = disk_error(error, str(error.filename or "A file of the workspace"))
        return 503, ErrorBody(kind="environment", message=failed.message, hint=failed.hint, place=failed.place)
    _log.error("A fault of the server", exc_info=error)
    return 500, ErrorBody(
        kind="bug", message=f"The server failed: {type(error).__name__}: {error}", hint="Its log, logs/server.log, has the details."
    )


def _is_no_text(error: Exception) -> bool:
    """Half a pair of surrogates, or a NUL character in a path: JSON can say them, nothing can keep them."""
    return (isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed") or (
        type(error) is ValueError and "null" in str(error) and "embedded" in str(error)
    )


def _status(error: WorkbenchError) -> int:
    statuses = ((NotFound, 404), (Conflict, 409), (Forbidden, 403), (EnvironmentError_, 503), (Cancelled, 409))
    return next((status for kind, status in statuses if isinstance(error, kind)), 400)


def sentence(errors: Sequence[Any]) -> str:
    """What is wrong with a request, in one sentence."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return "The request's body is not valid JSON."
    message = str(first["msg"]).rstrip(".")
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    place = _place(errors)
    return f"The request is wrong in {place}: {message}{more}." if place else f"The request is wrong: {message}{more}."


def _place(errors: Sequence[Any]) -> str:
    return ".".join(str(part) for part in errors[0]["loc"][1:])
