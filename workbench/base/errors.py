"""The three kinds of failure, split by who is to blame.

`UserError`: the input is wrong; `EnvironmentError_`: the machine (disk, network, git, Docker) does not do its part; anything
else is our bug. The command line, the server and the desktop each show them in one place.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns."""

    OK = 0
    USER = 1
    USAGE = 2
    ENVIRONMENT = 3


class WorkbenchError(Exception):
    """A failure with a sentence for the user: what happened, where, and what to do.

    `message` is a whole sentence; `hint` says what to do; `place` names the file, line, step or field.
    """

    exit_code = ExitCode.USER
    kind = "user"

    def __init__(self, message: str, *, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UserError(WorkbenchError):
    """Wrong input: the user can mend it."""


class NotFound(UserError):
    """The thing that was asked for does not exist."""


class Conflict(UserError):
    """The thing exists already, or its state does not allow what was asked."""


class Forbidden(UserError):
    """The caller is known, and may not do this."""


class EnvironmentError_(WorkbenchError):  # noqa: N801 (the builtin has the plain name)
    """The machine does not do its part: disk, network, a missing program."""

    exit_code = ExitCode.ENVIRONMENT
    kind = "environment"


class Cancelled(WorkbenchError):
    """The user asked to stop; nothing was changed."""

    kind = "cancelled"

    def __init__(self, message: str = "Cancelled.", *, hint: str = "", place: str = "") -> None:
        super().__init__(message, hint=hint, place=place)


KINDS: dict[str, type[WorkbenchError]] = {
    "user": UserError,
    "not_found": NotFound,
    "conflict": Conflict,
    "environment": EnvironmentError_,
    "cancelled": Cancelled,
}
NotFound.kind = "not_found"
Conflict.kind = "conflict"
