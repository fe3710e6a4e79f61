"""What a snapshot of a project costs beside plain git: `python -m tests.benchmarks.snapshots [--files 10000] [--rounds 20]`

The peer is `git add -A && git commit` in a repository of its own, with git's settings as they come. Both take turns, so that what
else the machine does hits both; the times are medians, in seconds.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workbench.projects import SnapshotStore

_GIT = ("git", "-c", "user.name=Peer", "-c", "user.email=peer@localhost", "-c", "gc.auto=0")


def _write_project(folder: Path, files: int) -> None:
    for number in range(files):
        path = folder / f"package{number % 100}" / f"module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"value_{number} = {number}\n" * 40)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run([*_GIT, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _commit(folder: Path) -> None:
    _git(folder, "add", "-A")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _processor() -> float:
    """Seconds of the processor, ours and those of ended children: what else the machine does is not in them."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="workbench-snapshots-"))
    try:
        ours, theirs = root / "ours", root / "theirs"
        for folder in (ours, theirs):
            _write_project(folder, asked.files)
        _git(theirs, "init", "--quiet")
        store = SnapshotStore(root / "snapshots.git")
        first = _timed(lambda: store.commit(ours, "ours")), _timed(lambda: _commit(theirs))
        times: dict[tuple[str, Path], list[float]] = {}
        takes: tuple[tuple[Path, Callable[[], object]], ...] = (
            (ours, lambda: store.commit(ours, "ours")),
            (theirs, lambda: _commit(theirs)),
        )
        for number in range(asked.rounds):
            for folder, take in takes:
                times.setdefault(("nothing changed", folder), []).append(_timed(take))
                (folder / "package5/module5.py").write_text(f"value = {number}\n")
                before = _processor()
                times.setdefault(("one file changed", folder), []).append(_timed(take))
                times.setdefault(("processor", folder), []).append(_processor() - before)
        rows = [("first snapshot", *first)]
        for what in ("nothing changed", "one file changed"):
            rows.append((what, statistics.median(times[what, ours]), statistics.median(times[what, theirs])))
            rows.append((f"  the quickest of {asked.rounds}", min(times[what, ours]), min(times[what, theirs])))
        rows.append(
            ("  of the processor, mean", statistics.mean(times["processor", ours]), statistics.mean(times["processor", theirs]))
        )
        theirs_size = sum(path.stat().st_size for path in (theirs / ".git/objects").rglob("*") if path.is_file())
        rows.append(("objects, MB", store.size() / 1e6, theirs_size / 1e6))
        lines = [f"{asked.files} files, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {asked.rounds} rounds"]
        lines.append(f"{'':24}{'Workbench':>12}{'git':>12}{'ratio':>8}")
        lines += [f"{what:24}{mine:12.3f}{peer:12.3f}{mine / peer:8.2f}" for what, mine, peer in rows]
        sys.stdout.write("\n".join(lines) + "\n")
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
