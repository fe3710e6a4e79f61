"""Failures as MLflow's clients expect them: a status, and JSON with `error_code` and `message`."""

import json
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from workbench.base.errors import Conflict, EnvironmentError_, Forbidden, NotFound, UserError, WorkbenchError
from workbench.base.files import disk_error

_log = logging.getLogger(__name__)

STATUS = {
    "BAD_REQUEST": 400,
    "INVALID_PARAMETER_VALUE": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    "INTERNAL_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}
"""MLflow's codes and their HTTP status; a client tries again after 500 and 503."""


class ProtocolError(Exception):
    """A failure with one of MLflow's codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def wrong(message: str) -> ProtocolError:
    """The request is wrong."""
    return ProtocolError("INVALID_PARAMETER_VALUE", message)


def missing(message: str) -> ProtocolError:
    """What was asked for is not there."""
    return ProtocolError("RESOURCE_DOES_NOT_EXIST", message)


def exists(message: str) -> ProtocolError:
    """What should be made is there already."""
    return ProtocolError("RESOURCE_ALREADY_EXISTS", message)


def answer(content: dict[str, Any], status: int = 200) -> Response:
    """An answer as MLflow's server gives it."""
    return Response(json.dumps(content, ensure_ascii=False), status_code=status, media_type="application/json")


def failure(error: Exception) -> Response:
    """The answer that an exception stands for; what is none of ours is logged with its stack."""
    code, message, status = _described(error)
    return answer({"error_code": code, "message": message}, status or STATUS[code])


def _described(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, ProtocolError):
        return error.code, error.message, 0
    if isinstance(error, WorkbenchError):
        kinds = (
            (NotFound, "RESOURCE_DOES_NOT_EXIST"),
            (Conflict, "RESOURCE_CONFLICT"),
            (Forbidden, "PERMISSION_DENIED"),
            (UserError, "INVALID_PARAMETER_VALUE"),
            (EnvironmentError_, "TEMPORARILY_UNAVAILABLE"),
        )
        return next((code for kind, code in kinds if isinstance(error, kind)), "INTERNAL_ERROR"), str(error), 0
    if isinstance(error, RecursionError):  # by nothing but its input
        return "INVALID_PARAMETER_VALUE", "The request is nested too deeply.", 0
    if isinstance(error, HTTPException):
        return "BAD_REQUEST", str(error.detail), error.status_code
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        _log.error("The machine failed", exc_info=error)
        return "TEMPORARILY_UNAVAILABLE", str(disk_error(error, str(error.filename or "A file of the workspace"))), 0
    _log.error("A fault of the server", exc_info=error)
    return "INTERNAL_ERROR", f"The server failed: {type(error).__name__}: {error}", 0
