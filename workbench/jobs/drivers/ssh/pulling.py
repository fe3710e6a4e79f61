"""What comes back from a remote machine while a job runs there: log, events, outputs. Each byte once, also after a lost runner."""

from __future__ import annotations

import contextlib
import posixpath
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.files import disk_error
from workbench.jobs.drivers.ssh.remote import RemoteMachine
from workbench.jobs.drivers.supervised.logs import LogPuller

if TYPE_CHECKING:
    from workbench.jobs.folder import RunFolder
    from workbench.jobs.joblog import JobLog

_BYTES_AT_ONCE = 1 << 20
_OUTPUTS_EVERY_S = 10.0
_STILL_FOR_S = 2.0


class Puller:
    """Brings one job's files from its folder there. Used by one thread."""

    def __init__(self, machine: RemoteMachine, folder: RunFolder, log: JobLog) -> None:
        self._machine = machine
        self._folder = folder
        self._log = LogPuller(machine, log)
        self._outputs_at = 0.0
        self._known: dict[str, tuple[int, int]] = {}

    def pull(self, there: str, *, final: bool) -> None:
        """Brings what is new."""
        self._pull_events(posixpath.join(there, "events.jsonl"))
        self._log.pull(posixpath.join(there, "log"))
        if final or time.monotonic() - self._outputs_at > _OUTPUTS_EVERY_S:
            self._pull_outputs(posixpath.join(there, "work", "outputs"), final=final)
            self._outputs_at = time.monotonic()

    def _pull_events(self, path: str) -> None:
        """Appends what is new to the local file: its size is how much has come."""
        local = self._folder.events
        have = local.stat().st_size if local.exists() else 0
        while data := self._machine.read(path, have, _BYTES_AT_ONCE):
            try:
                with local.open("ab") as file:
                    file.write(data)
            except OSError as error:
                raise disk_error(error, str(local)) from error
            have += len(data)

    def _pull_outputs(self, there: str, *, final: bool) -> None:
        """Brings outputs that have changed; while the script runs, only those that are not being written."""
        listed: list[list[Any]] = self._machine.ask("outputs", there)
        new = {
            name: (size, changed)
            for name, size, changed, age in listed
            if self._known.get(name) != (size, changed) and (final or age > _STILL_FOR_S)
        }
        here = self._folder.work / "outputs"
        if new:
            self._machine.download(there, list(new), here, self._folder.path / ".incoming")
            self._known |= new
        if final:
            _remove_others(here, {str(entry[0]) for entry in listed})


def _remove_others(folder: Path, names: set[str]) -> None:
    """What the script has removed there goes here too."""
    for path in list(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in names:
            with contextlib.suppress(OSError):
                path.unlink()
