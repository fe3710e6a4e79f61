"""A driver for tests: its script is a Python function in a thread of the test's own process, and its target fails as asked.

Threads cannot be killed and get no signals, so this driver keeps of the contract what concerns the runner: streams, events,
outputs, the exit code, cancel (the script looks at `cancelled`), and faults of the environment.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workbench.base.errors import EnvironmentError_
from workbench.jobs.drivers.base import Follow, Handle, Poll, Usage
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.joblog import JobLog

Script = Callable[["InProcessDriver"], int]


@dataclass
class InProcessDriver:
    """`faults`: how many of the next calls of each method fail as if the target did not answer."""

    folder: RunFolder
    spec: JobSpec
    log: JobLog
    script: Script
    faults: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    poll_as: Poll | None = None
    """What `poll` says, whatever the script does."""
    _thread: threading.Thread | None = None
    _code: int | None = None

    def handle(self) -> Handle:
        return {"run_id": self.spec.run_id}

    def prepare(self, follow: Follow) -> tuple[str, str]:
        self._called("prepare")
        follow.say("Prepared.")
        return "six==1.17.0\n", "3.11.0"

    def start(self, handle: Handle) -> Handle:
        self._called("start")
        if self._thread is None:
            self._thread = threading.Thread(target=self._run)
            self._thread.start()
        return {**handle, "thread": self._thread.name}

    def poll(self, handle: Handle) -> Poll:
        self._called("poll")
        if self.poll_as is not None:
            return self.poll_as
        return Poll(running=self._code is None, exit_code=self._code)

    def pull(self, handle: Handle, *, final: bool = False) -> None:
        self._called("pull-final" if final else "pull")

    def usage(self, handle: Handle) -> Usage | None:
        return Usage(cpus=1.0, memory_mb=100.0)

    def cancel(self, handle: Handle, grace_s: float) -> None:
        self._called("cancel")
        self.cancelled.set()
        if self._thread:
            self._thread.join(10)

    def clean(self, handle: Handle) -> None:
        self._called("clean")
        if self._thread:
            self._thread.join(10)

    def event(self, **values: Any) -> None:
        """What the SDK does for a script."""
        with self.folder.events.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def _run(self) -> None:
        self._code = self.script(self)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.faults.get(name, 0) > 0:
            self.faults[name] -= 1
            raise EnvironmentError_("The target does not answer.")
