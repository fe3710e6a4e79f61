"""The environments on disk: which there are, who uses them, and removing those that nobody has used for long.

An environment is in use while a lease of a living process names it, or any process runs from its folder; what was used within the
last hour is left alone too, since a job takes its lease after the building.
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from workbench.base.errors import EnvironmentError_
from workbench.base.files import write_json
from workbench.base.ids import new_id
from workbench.base.processes import is_alive, started_at

MARKER = "workbench-environment.json"
"""Written last: a folder without it is a build that was not finished."""
RESTING_S = 3600.0
_LOCK_AGE_S = 90 * 24 * 3600.0


@dataclass(frozen=True)
class KeptEnvironment:
    """An environment on disk. Times in seconds since the epoch; `size` in bytes, of which uv's cache shares the most."""

    id: str
    folder: Path
    python: str
    packages: int
    size: int
    built: float
    used: float
    in_use: bool


def listed(root: Path) -> list[KeptEnvironment]:
    """All that are complete, the latest used first."""
    running = _running(root)
    found = []
    for marker in root.glob(f"*/{MARKER}"):
        try:
            content = json.loads(marker.read_text("utf-8"))
            used = marker.stat().st_mtime
        except (OSError, ValueError):
            continue  # it is being removed
        folder = marker.parent
        size = content.get("size")
        found.append(
            KeptEnvironment(
                id=folder.name,
                folder=folder,
                python=str(content.get("python", "")),
                packages=int(content.get("packages", 0)),
                size=folder_size(folder) if size is None else int(size),
                built=float(content.get("built", used)),
                used=used,
                in_use=folder.name in running or bool(_leases(root, folder.name)),
            )
        )
    return sorted(found, key=lambda one: -one.used)


def clean(root: Path, *, unused_s: float | None = None, limit: int | None = None) -> list[KeptEnvironment]:
    """Removes environments that were not used for so long, then the longest unused ones until the rest takes `limit` bytes.

    None of them is in use. Unfinished builds and locks that nobody asked for in three months go too. Returns what was removed.
    """
    present = listed(root)
    total = sum(one.size for one in present)
    removed = []
    for one in reversed(present):
        idle = time.time() - one.used
        old = unused_s is not None and idle >= unused_s
        above = limit is not None and total > limit
        if one.in_use or idle < RESTING_S or not (old or above):
            continue
        if _remove(root, one.folder, one.used):
            removed.append(one)
            total -= one.size
    _remove_leftovers(root)
    return removed


@contextlib.contextmanager
def leased(root: Path, python: Path) -> Iterator[None]:
    """Keeps the environment of an interpreter from being removed; another interpreter needs no lease.

    Raises EnvironmentError_ where it has just been removed.
    """
    folder = _folder_of(root, python)
    if folder is None:
        yield
        return
    lease = root / "leases" / folder.name / f"{os.getpid()}-{new_id()}.json"
    write_json(lease, {"pid": os.getpid(), "began": started_at(os.getpid())})
    try:
        if not (folder / MARKER).exists():
            raise EnvironmentError_("The environment was removed just now, to make room.", hint="Try again: it is built anew.")
        yield
    finally:
        lease.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            lease.parent.rmdir()


def folder_size(folder: Path) -> int:
    """The bytes of all files under a folder; one with several names counts once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                    continue
                stat = entry.stat(follow_symlinks=False)
                if (stat.st_dev, stat.st_ino) not in seen or not stat.st_ino:
                    seen.add((stat.st_dev, stat.st_ino))
                    total += stat.st_size
    return total


def _folder_of(root: Path, python: Path) -> Path | None:
    """The environment that an interpreter's path lies in; links are not followed, since each leads out of it."""
    with contextlib.suppress(ValueError):
        first = python.absolute().relative_to(root.absolute()).parts[0]
        return root / first
    return None


def _running(root: Path) -> set[str]:
    """The environments that a process runs from, told by its command line."""
    start = f"{root.absolute()}{os.sep}"
    found = set()
    for process in psutil.process_iter(["cmdline", "exe"]):
        for word in [*(process.info["cmdline"] or ()), process.info["exe"] or ""]:
            if word.startswith(start):
                found.add(Path(word[len(start) :]).parts[0])
    return found


def _leases(root: Path, name: str) -> list[Path]:
    """The leases of living processes; those of dead ones are removed."""
    living = []
    for lease in (root / "leases" / name).glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            content = json.loads(lease.read_text("utf-8"))
            if is_alive(content["pid"], content["began"]):
                living.append(lease)
            else:
                lease.unlink()
    return living


def _remove(root: Path, folder: Path, used: float) -> bool:
    """Removes one, unless it is being built or was used since it was looked at."""
    lock = FileLock(root / f"{folder.name}.lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    try:
        marker = folder / MARKER
        with contextlib.suppress(OSError):
            if marker.stat().st_mtime > used or _leases(root, folder.name):
                return False
        # Without its marker it counts as not built, whatever becomes of the rest.
        marker.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        return True
    except OSError:
        return False
    finally:
        lock.release()


def _remove_leftovers(root: Path) -> None:
    now = time.time()
    for path in root.glob("*"):
        with contextlib.suppress(OSError):
            idle = now - path.stat().st_mtime
            if path.is_dir() and path.name not in {"locks", "leases"} and idle > RESTING_S and not (path / MARKER).exists():
                _remove(root, path, now)
    for path in (root / "locks").glob("*.txt"):
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > _LOCK_AGE_S:
                path.unlink()
