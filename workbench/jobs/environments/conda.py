"""conda packages, through micromamba, mamba or conda, whichever this machine has; uv adds above them what is from PyPI."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.base.errors import EnvironmentError_
from workbench.jobs.environments.tools import CancelCheck, Say, Tools

PROGRAMS = ("micromamba", "mamba", "conda")
_VARIABLES = {"micromamba": "MAMBA_EXE", "conda": "CONDA_EXE"}


def conda_program(packages: Sequence[str], shown: str, place: str = "") -> str:
    """The path of the program. Raises EnvironmentError_ with the packages that need it."""
    for name in PROGRAMS:
        given = os.environ.get(_VARIABLES.get(name, ""), "")
        if found := (given if given and os.access(given, os.X_OK) else shutil.which(name)):
            return found
    names = packages[0] if len(packages) == 1 else f"{', '.join(packages[:-1])} and {packages[-1]}"
    plural = "s" if len(packages) > 1 else ""
    raise EnvironmentError_(
        f"{shown} asks for the conda package{plural} {names}, and this machine has neither micromamba, mamba nor conda.",
        hint="Install micromamba (https://mamba.readthedocs.io), or move what PyPI has too into the list under pip.",
        place=place,
    )


@contextlib.contextmanager
def solved(
    tools: Tools,
    root: Path,
    packages: Sequence[str],
    channels: Sequence[str],
    python: str,
    shown: str,
    say: Say | None,
    cancel: CancelCheck | None,
    place: str = "",
) -> Iterator[tuple[list[str], Path]]:
    """The exact packages, as addresses with digests, and an interpreter that has them, until the block ends.

    A throw-away environment is made for it under `root`: the only answer that all three programs give in the same words.
    """
    program = conda_program(packages, shown, place)
    if say:
        say(f"Asking {Path(program).stem} for {', '.join(packages)} ...")
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="solving-", dir=root, ignore_cleanup_errors=True) as temporary:
        prefix = Path(temporary, "prefix")
        command = [program, "create", "--yes", "--quiet", "--prefix", str(prefix), "--override-channels"]
        for channel in channels:
            command += ["--channel", channel]
        version = python if not python or python[0] in "<>!~" else f"={python}"
        command += [f"python{version}", "pip", *packages]
        tools.run(command, f"{shown} cannot be resolved", say, cancel, cwd=root, place=place)
        yield _addresses(prefix), conda_python(prefix)


def create(tools: Tools, folder: Path, explicit: str, say: Say | None, cancel: CancelCheck | None) -> None:
    """Makes the environment `folder` from an explicit file."""
    program = conda_program(["that the lock names"], "The lock")
    with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
        file = Path(temporary, "explicit.txt")
        file.write_text(explicit, encoding="utf-8")
        command = [program, "create", "--yes", "--quiet", "--prefix", str(folder), "--file", str(file)]
        tools.run(command, "The environment could not be built", say, cancel, cwd=folder.parent)


def python_packages(tools: Tools, python: Path, cancel: CancelCheck | None = None) -> dict[str, str]:
    """Name and version of what is installed for an interpreter, whoever installed it."""
    listed = tools.uv(
        ["pip", "list", "--format", "json", "--python", str(python)], "The packages could not be listed", None, cancel
    )
    return {str(one["name"]): str(one["version"]) for one in json.loads(listed)}


def conda_python(folder: Path) -> Path:
    """The interpreter of a conda environment."""
    return folder / ("python.exe" if os.name == "nt" else "bin/python")


def _addresses(prefix: Path) -> list[str]:
    found = []
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        digest = f"#{record['md5']}" if record.get("md5") else ""
        found.append(f"{record['url']}{digest}")
    return found
