"""Finding the server of a workspace, and starting it: many clients at once start one."""

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import filelock
import httpx
from pydantic import ValidationError

from workbench.base.errors import EnvironmentError_
from workbench.base.files import disk_error
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, reap, spawn_detached
from workbench.schema import Handshake
from workbench.sdk.server import outside_runs

START_WITHIN = 60.0
"""Seconds that a new server has until it answers: a loaded machine imports slowly."""

_POLL = 0.03
_FULL_BELOW_BYTES = 1_000_000


def read_handshake(paths: WorkspacePaths) -> Handshake | None:
    """The handshake of a server whose process is alive; None when there is none, or only a stale file."""
    try:
        found = Handshake.model_validate(json.loads(paths.server_json.read_text("utf-8")))
    except (OSError, ValueError, ValidationError):
        return None
    return found if is_alive(found.pid, found.began, named=str(paths.root)) else None


def answers(handshake: Handshake, *, within: float = 10.0) -> bool:
    """Whether that server answers to its token."""
    headers = {"Authorization": f"Bearer {handshake.token}"}
    try:
        # A proxy of the company has no business on the loopback: trust_env is off.
        with httpx.Client(trust_env=False, timeout=within) as http:
            return http.get(f"{handshake.url}/api/v1/health", headers=headers).status_code == 200
    except httpx.HTTPError:
        return False


def find_or_start(paths: WorkspacePaths, *, start: bool, say: Callable[[str], None] | None) -> tuple[Handshake, int | None]:
    """The handshake of the running server, and the pid of the one that was started for it (None when it ran already).

    Raises EnvironmentError_: none runs and `start` is off; it does not answer; it could not be started, with its own words.
    """
    if (found := read_handshake(paths)) and answers(found):
        return found, None
    if not start and not found:
        raise EnvironmentError_(
            f"No server runs for the workspace {paths.root}.", hint="Start it with: workbench server start", place=str(paths.root)
        )
    if found and not _ends_or_answers(paths, found):
        raise EnvironmentError_(
            f"The server of the workspace {paths.root} (process {found.pid}) does not answer at {found.url}.",
            hint=f"See {paths.logs / 'server.log'}, and stop it with: workbench server stop",
        )
    if not start:
        return find_or_start(paths, start=False, say=say) if read_handshake(paths) else _gone(paths)
    return _start(paths, say)


def _gone(paths: WorkspacePaths) -> tuple[Handshake, int | None]:
    raise EnvironmentError_(
        f"The server of the workspace {paths.root} has just stopped.", hint="Start it with: workbench server start"
    )


def _ends_or_answers(paths: WorkspacePaths, found: Handshake) -> bool:
    """Waits a little for a server that is just stopping, or too busy to answer at once."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if read_handshake(paths) != found or answers(found, within=2):
            return True
        time.sleep(_POLL)
    return False


def _start(paths: WorkspacePaths, say: Callable[[str], None] | None) -> tuple[Handshake, int | None]:
    try:
        paths.make()
        lock = filelock.FileLock(paths.root / "server.start.lock", timeout=START_WITHIN)
        with lock:
            # Another client may have started it while this one waited for the lock.
            if (found := read_handshake(paths)) and answers(found):
                return found, None
            if say:
                say("Starting the workspace server ...")
            return _spawn(paths)
    except filelock.Timeout as error:
        raise EnvironmentError_(
            f"Another program is starting the server of {paths.root} and does not get on.", hint=f"See {paths.logs / 'server.log'}."
        ) from error
    except OSError as error:
        raise disk_error(error, f"The workspace folder {paths.root}") from error


def _spawn(paths: WorkspacePaths) -> tuple[Handshake, int]:
    output = paths.logs / "server.out"
    begin = output.stat().st_size if output.exists() else 0
    environment = outside_runs(os.environ)
    command = [sys.executable, "-m", "workbench.server", "--home", str(paths.root)]
    pid = spawn_detached(command, log=output, cwd=paths.root, env=environment | _import_path())
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if (found := read_handshake(paths)) and answers(found):
            return found, pid
        if not is_alive(pid):
            reap(pid)
            # It may have found another one at work, which answers.
            if (found := read_handshake(paths)) and answers(found):
                return found, pid
            raise _not_started(paths, output, begin)
        time.sleep(_POLL)
    raise EnvironmentError_(
        f"The workspace server did not answer within {START_WITHIN:.0f} seconds.", hint=f"See {paths.logs / 'server.log'}."
    )


def _not_started(paths: WorkspacePaths, output: Path, begin: int) -> EnvironmentError_:
    """What the server said at last; on a full disk it could not even say that."""
    if said := _last_words(output, begin):
        return EnvironmentError_(f"The workspace server could not be started. {said}", hint=f"See {output}.", place=str(output))
    if shutil.disk_usage(paths.root).free < _FULL_BELOW_BYTES:
        return EnvironmentError_(
            f"The workspace server could not be started: the disk of {paths.root} is full.",
            hint="Free some space and try again.",
            place=str(paths.root),
        )
    return EnvironmentError_("The workspace server could not be started.", hint=f"See {paths.logs / 'server.log'}.")


def _import_path() -> dict[str, str]:
    """Lets the server find this very program, when it runs from a checkout that is not installed."""
    checkout = Path(__file__).resolve().parent.parent.parent
    if (checkout / "pyproject.toml").is_file() and "site-packages" not in checkout.parts:
        rest = os.environ.get("PYTHONPATH", "")
        return {"PYTHONPATH": str(checkout) + (os.pathsep + rest if rest else "")}
    return {}


def _last_words(output: Path, begin: int) -> str:
    """The last line that the server wrote."""
    with contextlib.suppress(OSError):
        with output.open("rb") as file:
            file.seek(begin)
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""
    return ""
