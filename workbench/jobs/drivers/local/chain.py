"""The chain to this machine: its disk, uv, Python and git."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.base.errors import WorkbenchError
from workbench.jobs.environments import uv_program
from workbench.projects.git import git_program
from workbench.schema import Link, LocalSpec

_LOW_BYTES = 1_000_000_000


def walk_chain(spec: LocalSpec, secret: str | None, home: Path) -> Iterator[Link]:  # noqa: ARG001 (every kind has these)
    """Looks at what a job here needs."""
    yield _link("disk", lambda: _disk(home))
    yield _link("uv", lambda: f"uv is {uv_program()}.")
    yield _link("git", lambda: f"git is {git_program()}.")
    yield _link("Python", lambda: f"Python {sys.version.split()[0]} at {sys.executable}.")


def _disk(home: Path) -> str:
    free = shutil.disk_usage(home).free
    low = " That is little for environments and outputs." if free < _LOW_BYTES else ""
    return f"{free / 1e9:,.1f} GB are free at {home}.{low}"


def _link(name: str, look: Callable[[], str]) -> Link:
    began = time.monotonic()
    try:
        message, state, hint = look(), "ok", ""
    except WorkbenchError as error:
        message, state, hint = error.message, "failed", error.hint
    except OSError as error:
        message, state, hint = f"{error.strerror or error}.", "failed", ""
    return Link.model_validate(
        {"name": name, "state": state, "message": message, "hint": hint, "seconds": round(time.monotonic() - began, 3)}
    )
