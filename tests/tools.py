"""Python environments with other people's programs, made once by uv and kept in the user's cache for all tests."""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import filelock

from tests.conftest import Requirement

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "workbench-tests"


def environment(require: Requirement, name: str, *packages: str) -> Path:
    """The Python of an environment with the packages. The test goes on only where it is there or can be made."""
    try:
        return made(name, *packages)
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else error
        require("network", available=False, reason=f"{name} could not be installed: {str(said).strip()[-300:]}")
        raise


@cache
def made(name: str, *packages: str) -> Path:
    """The Python of the environment; made when it is not there. Raises OSError or CalledProcessError."""
    key = hashlib.sha256("\n".join((sys.version, *sorted(packages))).encode()).hexdigest()[:12]
    folder = CACHE / f"{name}-{key}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    CACHE.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(CACHE / f"{name}-{key}.lock"):
        if not (folder / "finished").exists():
            shutil.rmtree(folder, ignore_errors=True)
            for command in (
                ["venv", "--quiet", "--python", sys.executable, str(folder)],
                ["pip", "install", "--quiet", "--python", str(python), *packages],
            ):
                subprocess.run([sys.executable, "-m", "uv", *command], check=True, capture_output=True, text=True, timeout=900)
            (folder / "finished").touch()
    return python


def run(python: Path, code: str, *arguments: str | Path, cwd: Path, **variables: str) -> str:
    """What a program prints in such an environment. Its warnings are its own; a failure shows what it said."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "WORKBENCH_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(python), "-c", code, *map(str, arguments)], cwd=cwd, env=kept | variables, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
