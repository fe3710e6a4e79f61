"""Which environments are on disk, who uses them, and what cleaning leaves alone."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.base.errors import EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings, save_settings
from workbench.jobs.environments import EnvironmentBuilder


def _rest(python: Path, hours: float) -> None:
    """As if it had not been used for so long."""
    marker = python.parent.parent / "workbench-environment.json"
    then = time.time() - hours * 3600
    os.utime(marker, (then, then))


def _ids(found: object) -> list[str]:
    return [one.id for one in found]  # type: ignore[attr-defined]


@pytest.fixture
def pythons(builder: EnvironmentBuilder) -> list[Path]:
    """Three environments: not used for 1, 2 and 3 days."""
    made = [builder.ensure(lock) for lock in ("six==1.16.0\n", "six==1.15.0\n", "iniconfig==2.0.0\n")]
    for days, python in enumerate(made, 1):
        _rest(python, days * 24 + 1)
    return made


def test_that_the_environments_are_told_with_their_size_and_use(builder: EnvironmentBuilder, pythons: list[Path]) -> None:
    assert [one.folder / "bin/python" for one in builder.kept()] == pythons
    for one in builder.kept():
        assert one.packages == 1
        assert one.python.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
        assert not one.in_use
        apparent = sum(path.lstat().st_size for path in one.folder.rglob("*") if not path.is_dir() or path.is_symlink())
        assert apparent - 1000 <= one.size <= apparent


def test_that_cleaning_by_age_takes_the_old_ones_and_what_is_asked_for_again_is_built(
    builder: EnvironmentBuilder, pythons: list[Path]
) -> None:
    removed = builder.clean(unused_days=2)
    assert _ids(removed) == [pythons[2].parent.parent.name, pythons[1].parent.parent.name]
    assert [python.exists() for python in pythons] == [True, False, False]
    assert builder.ensure("six==1.15.0\n") == pythons[1]
    assert subprocess.run([pythons[1], "-c", "import six"]).returncode == 0


def test_that_cleaning_by_size_takes_the_longest_unused_first(builder: EnvironmentBuilder, pythons: list[Path]) -> None:
    sizes = [one.size for one in builder.kept()]
    removed = builder.clean(limit_gb=(sizes[0] + sizes[1] + 10) / 1e9)
    assert _ids(removed) == [pythons[2].parent.parent.name]
    assert len(builder.clean(limit_gb=0)) == 2
    assert builder.kept() == []


def test_that_what_is_in_use_or_was_just_used_is_left_alone(builder: EnvironmentBuilder, pythons: list[Path]) -> None:
    leased, running, fresh = pythons
    _rest(fresh, 0.1)
    process = subprocess.Popen([running, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with builder.using(leased), builder.using(Path(sys.executable)):
            assert [one.in_use for one in sorted(builder.kept(), key=lambda one: pythons.index(one.folder / "bin/python"))] == [
                True,
                True,
                False,
            ]
            assert builder.clean(unused_days=0, limit_gb=0) == []
    finally:
        process.communicate(b"\n")
    assert _ids(builder.clean(unused_days=1)) == [running.parent.parent.name, leased.parent.parent.name]
    assert fresh.exists()


def test_that_the_lease_of_a_killed_process_counts_no_more(builder: EnvironmentBuilder, pythons: list[Path], home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from workbench.base.paths import WorkspacePaths\n"
        "from workbench.base.settings import Settings; from workbench.jobs.environments import EnvironmentBuilder\n"
        f"with EnvironmentBuilder(WorkspacePaths(Path({str(home)!r})), Settings()).using(Path({str(pythons[0])!r})):\n"
        "    print('leased', flush=True); input()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"leased\n"
    assert builder.kept()[0].in_use
    holder.kill()
    holder.communicate()
    assert not builder.kept()[0].in_use
    assert len(builder.clean(unused_days=0)) == 3
    assert not list((home / "envs/leases").rglob("*.json"))


def test_that_a_lease_on_what_was_removed_is_the_machines_fault(builder: EnvironmentBuilder, pythons: list[Path]) -> None:
    builder.clean(unused_days=0)
    with pytest.raises(EnvironmentError_, match="removed just now"), builder.using(pythons[0]):
        pass


def test_that_a_build_beyond_the_limit_of_the_settings_makes_room(home: Path, pythons: list[Path]) -> None:
    settings = Settings(environments_gb=1)
    save_settings(WorkspacePaths(home).settings, settings)
    for python in pythons[1:]:
        marker = python.parent.parent / "workbench-environment.json"
        marker.write_text(json.dumps({**json.loads(marker.read_text()), "size": 600_000_000}))
    for days, python in enumerate(pythons, 1):
        _rest(python, days * 24)
    lines: list[str] = []
    made = EnvironmentBuilder(WorkspacePaths(home), settings).ensure("iniconfig==2.1.0\n", say=lines.append)
    assert [python.exists() for python in (*pythons, made)] == [True, True, False, True]
    assert lines[-1].startswith("Removed 1 environments")


def test_that_unfinished_builds_and_locks_of_long_ago_go_too(builder: EnvironmentBuilder, pythons: list[Path], home: Path) -> None:
    half, recent = home / "envs" / ("0" * 24), home / "envs" / ("1" * 24)
    old_lock = home / "envs/locks/old.txt"
    for folder in (half, recent, old_lock.parent):
        folder.mkdir(exist_ok=True)
    (half / "something").write_text("x")
    old_lock.write_text("six==1.0\n")
    then = time.time() - 100 * 24 * 3600
    for path in (half, old_lock):
        os.utime(path, (then, then))
    assert builder.clean() == []
    assert (half.exists(), recent.exists(), old_lock.exists()) == (False, True, False)
    assert all(python.exists() for python in pythons)
