"""A user's own git setting, which the tests must leave as it is."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def git() -> Callable[..., str]:
    """Runs git in a folder as the user would and returns what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        command = ["git", "-c", "user.name=User", "-c", "user.email=user@localhost", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout

    return run
