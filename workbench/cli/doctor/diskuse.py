"""What takes the room in the workspace."""

import contextlib
import os
import time
from pathlib import Path

from workbench.base.paths import WorkspacePaths
from workbench.cli.doctor.finding import Finding

_WITHIN_S = 3.0


def check_disk_use() -> Finding:
    """The bytes of each part, as far as they can be counted within three seconds."""
    paths = WorkspacePaths.default()
    parts = {
        "runs": paths.runs,
        "environments": paths.environments,
        "snapshots": paths.snapshots,
        "models": paths.models,
        "services": paths.services,
        "cache": paths.cache,
    }
    deadline = time.monotonic() + _WITHIN_S
    sizes = {name: _size(path, deadline) for name, path in parts.items()}
    found = [f"{name} {size / 1e9:.1f} GB" for name, size in sizes.items() if size >= 50_000_000]
    at_least = "at least " if time.monotonic() > deadline else ""
    total = sum(sizes.values()) / 1e9
    detail = f"{at_least}{total:.1f} GB{': ' + ', '.join(found) if found else ''}"
    if sizes["environments"] > 20e9:
        return Finding("disk use", "warning", detail, "workbench env clean --unused-days 30")
    return Finding("disk use", "ok", detail)


def _size(folder: Path, deadline: float) -> int:
    total = 0
    waiting = [str(folder)]
    while waiting and time.monotonic() < deadline:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total
