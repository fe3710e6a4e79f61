"""Brings what a running job has made from its target: the less often, the longer it takes."""

import contextlib
import time

from workbench.base.errors import EnvironmentError_
from workbench.jobs.drivers.base import Driver, Handle

_EVERY_S = 0.5
_LONGEST_S = 10.0


class Puller:
    """Pulls log, events and outputs of one job, at most a tenth of the time."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._last = 0.0
        self._every = _EVERY_S

    def pull(self, handle: Handle) -> None:
        """Pulls where it is time for that. A target that does not answer is left to who polls."""
        now = time.monotonic()
        if now - self._last < self._every:
            return
        with contextlib.suppress(EnvironmentError_):
            self._driver.pull(handle)
        self._last = time.monotonic()
        self._every = min(_LONGEST_S, max(_EVERY_S, 10 * (self._last - now)))
