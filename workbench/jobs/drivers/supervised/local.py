"""The supervisor on this very machine: a job that goes on when its runner is killed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.drivers.base import Poll, Usage
from workbench.jobs.drivers.supervised import agent


class LocalAgent:
    """Our agent for one job here; `folder` is where it keeps log and status. Linux and macOS."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, job: dict[str, Any]) -> dict[str, Any]:
        """Starts the job, once; what its supervisor says of itself."""
        return self._ask("start", data=json.dumps(job).encode())

    def check(self) -> dict[str, Any]:
        """The status; `state` is absent before the start, and gone when the supervisor was killed."""
        text = self.read(str(self._folder / "status.json"), 0, 1 << 16)
        status: dict[str, Any] = json.loads(text) if text else {"state": "absent"}
        from workbench.jobs.drivers.supervised.agent.files import is_locked  # Windows has no such locks

        if status["state"] == "running" and not is_locked(self._folder):
            return self._ask("check")
        return status

    def poll(self) -> Poll:
        """Where the script stands."""
        status = self.check()
        if status["state"] == "running":
            return Poll(running=True)
        if status["state"] == "ended":
            out_of_memory = bool(status.get("out_of_memory"))
            return Poll(running=False, exit_code=status["exit_code"], out_of_memory=out_of_memory, reason=status.get("reason", ""))
        if status.get("restarted"):
            return Poll(running=False, reason="This machine was restarted while the script ran.")
        reason = "The script's supervisor was killed, so how the script would have ended is not known; it was stopped."
        return Poll(running=False, reason=reason)

    def usage(self) -> Usage | None:
        """As the supervisor measured it last."""
        with contextlib.suppress(OSError, ValueError):
            status = json.loads((self._folder / "status.json").read_text("utf-8"))
            if status["state"] == "running" and (used := status.get("usage")):
                gpus = tuple((float(busy), float(memory)) for busy, memory in used["gpus"])
                return Usage(used["cpus"], used["memory_mb"], used["disk_read_mb"], used["disk_written_mb"], gpus)
        return None

    def cancel(self, grace_s: float) -> None:
        """Ends the job with all its processes. Raises EnvironmentError_ when one of them does not end."""
        self._refuse_living(self._ask("cancel", str(grace_s)))

    def clean(self) -> None:
        """Ends what lives still and removes the folder."""
        if self._folder.exists():
            self._refuse_living(self._ask("clean"))

    def read(self, path: str, offset: int, most: int) -> bytes:
        try:
            with Path(path).open("rb") as file:
                file.seek(offset)
                return file.read(most)
        except FileNotFoundError:
            return b""

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(folder))  # noqa: PTH208 (names are what is asked for)
        except FileNotFoundError:
            return []

    def remove(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    def _ask(self, command: str, *arguments: str, data: bytes = b"") -> dict[str, Any]:
        called = [sys.executable, "-I", "-X", "utf8", "-m", agent.__name__, command, str(self._folder), *arguments]
        done = subprocess.run(called, input=data, capture_output=True, check=False)
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = lines[-1] if lines else f"exit code {done.returncode}"
            raise EnvironmentError_(f"The job's supervisor failed: {reason}.", place=str(self._folder))
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def _refuse_living(self, answer: dict[str, Any]) -> None:
        if answer["left"]:
            names = ", ".join(str(pid) for pid in answer["left"])
            raise EnvironmentError_(f"Processes of the job do not end, although they were killed: {names}.")


def need_posix(what: str) -> None:
    """Raises UserError on Windows, where jobs cannot be supervised like this."""
    if sys.platform == "win32":
        raise UserError(f"{what} can be used on Linux and macOS only.", hint="Use the target local or docker.")
