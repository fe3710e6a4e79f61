"""One job given to a driver by hand, without manager and runner."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import until
from workbench.jobs.drivers.base import Driver, Follow, Handle, Poll
from workbench.jobs.drivers.registry import driver_for
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.joblog import JobLog


@dataclass
class SmallJob:
    """A job with its folder and driver. `again` is what another runner would have."""

    folder: RunFolder
    spec: JobSpec
    secret: str | None = None
    said: list[str] = field(default_factory=list)
    must_stop: Callable[[], bool] = lambda: False
    driver: Driver = field(init=False)
    log: JobLog = field(init=False)

    def __post_init__(self) -> None:
        self._take()

    def _take(self) -> None:
        self.log = JobLog(self.folder)
        self.driver = driver_for(self.folder, self.spec, self.secret, self.log)

    def again(self) -> None:
        """Another driver for the same job, as a runner that takes it up has; the old one is gone without a word."""
        self.close()
        self._take()

    def prepare(self) -> tuple[str, str]:
        return self.driver.prepare(Follow(self.said.append, self.must_stop))

    def start(self) -> Handle:
        """Prepares and starts."""
        self.prepare()
        return self.driver.start(self.driver.handle())

    def until(self, handle: Handle, condition: Callable[[], Any], what: str = "") -> None:
        """Pulls until it holds."""

        def pulled() -> bool:
            self.driver.pull(handle)
            return bool(condition())

        until(pulled, what or "the log says so", 240)

    def end(self, handle: Handle) -> Poll:
        """Waits for the script's end and brings all that it left."""

        def ended() -> Poll | None:
            poll = self.driver.poll(handle)
            self.driver.pull(handle)
            return None if poll.running else poll

        poll = until(ended, "the script ends", 240)
        assert poll
        self.driver.pull(handle, final=True)
        self.log.flush()
        return poll

    def run(self) -> Poll:
        return self.end(self.start())

    @property
    def text(self) -> str:
        return self.folder.log.read_text("utf-8") if self.folder.log.exists() else ""

    def close(self) -> None:
        self.log.close()
        if close := getattr(self.driver, "close", None):
            close()


def make_job(home: Path, code: str, target: dict[str, Any], **values: Any) -> SmallJob:
    """A job of one script. `home` is the workspace's folder."""
    run_id = str(values.pop("run_id", "0123456789abcdef"))
    folder = RunFolder(home / "runs" / run_id)
    (folder.work / "outputs").mkdir(parents=True)
    (folder.work / "script.py").write_text(textwrap.dedent(code), encoding="utf-8")
    for name, text in values.pop("files", {}).items():
        path = folder.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    secret = values.pop("secret", None)
    standard = {"environment": "interpreter", "python": "python3"}
    spec = JobSpec(run_id, str(home.parent / "project"), "", str(home), "script.py", target_spec=target, **{**standard, **values})
    return SmallJob(folder, spec, secret)
