"""What every test stands on: a workspace of its own, no keyring, an offscreen display, and no leaked thread."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import pytest

REQUIRED = set(filter(None, os.environ.get("WORKBENCH_REQUIRE", "").split(",")))


class Requirement(Protocol):
    """Skips the test without `what` and says why; fails where `WORKBENCH_REQUIRE` names it (as the gate does)."""

    def __call__(self, what: str, *, available: bool, reason: str) -> None: ...


@pytest.fixture
def require() -> Requirement:
    """`require("docker", available=..., reason="...")`: the test goes on only with it."""

    def check(what: str, *, available: bool, reason: str) -> None:
        if available:
            return
        if what in REQUIRED:
            pytest.fail(f"{what} is required here: {reason}")
        pytest.skip(reason)

    return check


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder of the test's own; every process that the test starts uses it."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    for name in ("WORKBENCH_RUN_ID", "WORKBENCH_RUN_DIR", "WORKBENCH_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def _no_thread_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every thread that a test starts has ended shortly after it, but for pools that the process shares."""
    before = set(threading.enumerate())
    yield
    if "keeps_threads" in request.keywords:
        return

    def left() -> list[threading.Thread]:
        shared = ("ThreadPoolExecutor", "AnyIO", "asyncio_", "tqdm", "pydevd", "IPythonHistory", "fsspec")
        return [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.name.startswith(shared)]

    deadline = time.monotonic() + 5
    while left() and time.monotonic() < deadline:
        left()[0].join(0.1)
    assert not left(), f"threads left behind: {left()}"
