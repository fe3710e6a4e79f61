"""Cleans up after a runner that was killed: ends the job on its target, brings back what can be, removes the rest."""

import contextlib
import time
from collections.abc import Callable

from workbench.base.errors import EnvironmentError_, WorkbenchError
from workbench.jobs.drivers.base import Driver, Handle
from workbench.jobs.drivers.registry import takes_up
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.joblog import JobLog
from workbench.jobs.outputs import collect_outputs

_LATE_S = 3.0  # after which what a killed process had asked another one for is there


def clean_up(folder: RunFolder, spec: JobSpec, driver: Driver, handle: Handle, log: JobLog) -> str:
    """Does all of it, also when a part fails; a sentence about the first part that did."""
    problem = ""
    steps: tuple[Callable[[], None], ...] = (
        lambda: driver.cancel(handle, 0.0),
        lambda: driver.pull(handle, final=True),
        lambda: driver.clean(handle),
    )
    if takes_up(spec.kind):
        # What the lost runner asked another process for just before its end (a container) may come to be only now.
        steps += (lambda: time.sleep(_LATE_S), lambda: driver.clean(handle))
    for step in steps:
        try:
            step()
        except WorkbenchError as error:
            problem = problem or f"What it left on {spec.target} could not be cleaned up: {error}"
    log.close()
    folder.free_reserve()
    with contextlib.suppress(OSError, EnvironmentError_):
        collect_outputs(folder, follow=spec.kind != "docker")
    return problem
