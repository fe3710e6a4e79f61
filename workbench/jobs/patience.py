"""Patience with a target on another machine that does not answer for a while: what is asked of it is asked again."""

import time
from collections.abc import Callable
from typing import TypeVar

from workbench.base.errors import EnvironmentError_

T = TypeVar("T")

_UNREACHABLE_S = 900.0  # a target that does not answer for so long has lost the job
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


class Patience:
    """`say` takes a line for the job's log; `must_stop` says whether to give up, and is asked at each try."""

    def __init__(self, target: str, say: Callable[[str], None], must_stop: Callable[[], bool]) -> None:
        self._target = target
        self._say = say
        self._must_stop = must_stop

    def ask(
        self,
        action: Callable[[], T],
        what: str,
        *,
        most: float | None = None,
        only: type[EnvironmentError_] = EnvironmentError_,
        stoppable: bool = True,
    ) -> T:
        """Does it again while the target does not answer. Raises EnvironmentError_ when it has not for `most` seconds.

        `what` is done to the script, as a verb; `only`: the failures that are worth another try, others are raised as they are.
        """
        most = _UNREACHABLE_S if most is None else most
        failed_at: float | None = None
        wait = _FIRST_WAIT_S
        while True:
            try:
                result = action()
            except only as error:
                now = time.monotonic()
                if failed_at is None:
                    failed_at = now
                    self._say(f"{self._target} does not answer; trying again for {_span(most)}. {error}")
                stop = self._must_stop()
                if now - failed_at > most or (stoppable and stop):
                    message = f"Workbench could not {what} the script on {self._target} any more: {error.message}"
                    raise EnvironmentError_(message, hint=error.hint) from error
                time.sleep(wait)
                wait = min(_LONGEST_WAIT_S, wait * 2)
            else:
                if failed_at is not None:
                    self._say(f"{self._target} answers again.")
                return result


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds > 60 else f"{seconds:.0f} s"
