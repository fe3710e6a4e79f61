"""What every test stands on: a workspace of its own, no keyring, an offscreen display, and no leaked thread."""

import atexit
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import psutil
import pytest

REQUIRED = set(filter(None, os.environ.get("WORKBENCH_REQUIRE", "").split(",")))


def _qt_lacks() -> str:
    """What keeps Qt from loading on this machine; empty where it loads."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt does not load ({error}); `workbench doctor` says what to install"
    return ""


QT_LACKS = _qt_lacks()

if not QT_LACKS:
    # pytest-qt ends the whole session where Qt does not load, so it joins here and not by itself (see pyproject.toml).
    pytest_plugins = ["pytestqt.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Keeps pytest-qt's settings known without it."""
    if QT_LACKS:
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "a setting of pytest-qt")
        parser.addini("qt_log_ignore", "a setting of pytest-qt", type="linelist")


@atexit.register
def _end_quietly() -> None:
    """DuckDB's binding counts what Qt still holds of Python at the interpreter's very end and lists it on stderr as leaks."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


class _Skipped(pytest.File):
    """Stands for tests that cannot be loaded without Qt: skipped with the reason, or failed where a display is required."""

    def collect(self) -> list[pytest.Item]:
        if "display" in REQUIRED:
            pytest.fail(f"a display is required here: {QT_LACKS}", pytrace=False)
        pytest.skip(QT_LACKS)


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if QT_LACKS and path.name in {"desktop", "screens"}:
        return _Skipped.from_parent(parent, path=path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if QT_LACKS and "PySide6" in module_path.read_text("utf-8"):
        return _Skipped.from_parent(parent, path=module_path)
    return None


_LONG = (
    "dataprep/printing/test_printed_code.py", "dataprep/test_parity.py", "jobs/drivers/docker/test_ssh_docker.py",
    "jobs/drivers/docker/test_docker.py", "mlflow/test_protocol.py", "flows/test_tour.py",
    "jobs/drivers/docker/test_docker_kills.py", "jobs/drivers/spark/test_contract.py", "jobs/test_kills.py", "flows/test_app.py",
)  # fmt: skip
"""The files that take longest: they go first, so that no worker is left with one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path, len(_LONG)))


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


def end_workspace(folder: Path) -> None:
    """Ends what still runs on a workspace: its server, then jobs and services. Also after a test that failed half-way."""
    if not (folder / "server.lock").exists():
        return
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):
            words = process.info["cmdline"] or []
            if process.pid != os.getpid() and any(Path(word).is_relative_to(folder) for word in words[1:]):
                process.kill()
                process.wait(10)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace folder of the test's own; every process that the test starts uses it, and none outlives the test."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    for name in ("WORKBENCH_RUN_ID", "WORKBENCH_RUN_DIR", "WORKBENCH_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    end_workspace(folder)


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
