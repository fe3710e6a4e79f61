"""A user's own git setting, which the tests must leave as it is."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def state_of(folder: Path) -> dict[str, str]:
    """All files under a folder with their digests and times: equal when nothing at all was written."""
    return {
        str(path.relative_to(folder)): f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime_ns}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder as the user would and returns what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        command = ["git", "-c", "user.name=User", "-c", "user.email=user@localhost", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout

    return run
