"""Tokens of runs: what a job gets to log over HTTP with. Each opens its own run, and dies soon after the run has ended."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_
from workbench.base.files import write_atomic

_PREFIX = "wbr"
_GRACE = timedelta(minutes=1)  # a client that ends after its run may still send what it holds
_LOOK_AGAIN_S = 5.0

Ended = Callable[[str], datetime | None]
"""When a run ended; None while it goes on. Raises NotFound for a run that is not there."""


class Tokens:
    """Makes and reads tokens `wbr-<run id>-<hmac>`, signed with the workspace's secret (`path`, mode 0600, made when missing).

    The secret stays over restarts of the server, and so do the tokens. Safe in several threads.
    """

    def __init__(self, path: Path) -> None:
        self._secret = _secret(path)

    def for_run(self, run_id: str) -> str:
        """The token of a run; the same each time."""
        return f"{_PREFIX}-{run_id}-{self._sign(run_id)}"

    def run_of(self, token: str) -> str | None:
        """The run that a token was made for; None when it was not made here."""
        prefix, _, rest = token.partition("-")
        run_id, _, signature = rest.rpartition("-")
        if prefix != _PREFIX or not run_id:
            return None
        return run_id if hmac.compare_digest(signature.encode(), self._sign(run_id).encode()) else None

    def _sign(self, run_id: str) -> str:
        return hmac.new(self._secret, f"run:{run_id}".encode(), hashlib.sha256).hexdigest()


class LivingRuns:
    """Tells whether a run's token still counts; asks `ended` at most once in five seconds for each run."""

    def __init__(self, ended: Ended) -> None:
        self._ended = ended
        self._lock = threading.Lock()
        self._known: dict[str, float] = {}

    def known(self, run_id: str) -> bool:
        """Whether the run was found alive a moment ago: answered from memory."""
        return time.monotonic() < self._known.get(run_id, 0.0)

    def look(self, run_id: str) -> bool:
        """Whether the run goes on, or ended less than a minute ago. Raises NotFound."""
        ended = self._ended(run_id)
        alive = ended is None or utc_now() - ended < _GRACE
        with self._lock:
            now = time.monotonic()
            self._known = {known: until for known, until in self._known.items() if until > now}
            if alive:
                self._known[run_id] = now + _LOOK_AGAIN_S
        return alive


def _secret(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        made = secrets.token_bytes(32)
        write_atomic(path, made.hex() + "\n", mode=0o600)
        return made
    except (OSError, ValueError) as error:
        raise EnvironmentError_(
            f"The workspace's secret {path} could not be read: {error}.",
            hint="Delete the file: a new one is made, and jobs that run now can no longer log over HTTP.",
            place=str(path),
        ) from error
