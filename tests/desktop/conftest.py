"""What the desktop's tests stand on: an application with the theme, a context with and without a server, a window, pictures."""

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import end_workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from workbench.desktop.context import AppContext
    from workbench.desktop.shell.window import MainWindow


def _qt_problem() -> str:
    try:
        import PySide6.QtSvg
        import PySide6.QtWidgets  # noqa: F401 (whether Qt's libraries are there)
    except ImportError as error:
        return f"Qt cannot be loaded: {error}"
    return ""


_PROBLEM = _qt_problem()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs Qt's system libraries where they are missing; fails where the gate requires a display."""
    if _PROBLEM:
        if "display" in os.environ.get("WORKBENCH_REQUIRE", ""):
            pytest.fail(_PROBLEM)
        pytest.skip(_PROBLEM)


@pytest.fixture
def themed(qapp: Any, tmp_path: Path) -> Iterator[Any]:
    """The application with our theme, and window settings of the test's own."""
    from PySide6.QtCore import QCoreApplication, QSettings, QStandardPaths

    from workbench.base.settings import Settings
    from workbench.desktop.theme import install_theme
    from workbench.desktop.theme import theme as current

    QStandardPaths.setTestModeEnabled(True)
    QCoreApplication.setOrganizationName("WorkbenchTest")
    QCoreApplication.setApplicationName("WorkbenchTest")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "qsettings"))
    try:
        made = current()
        made.apply(Settings(theme="light"))
    except IndexError:
        made = install_theme(qapp, Settings(theme="light"))
    yield made
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    qapp.sendPostedEvents(None, 52)  # DeferredDelete
    qapp.processEvents()
    gc.collect()


@pytest.fixture
def context(themed: Any, home: Path) -> "Iterator[AppContext]":
    """A context without a server: nothing starts one."""
    from workbench.desktop.context import AppContext

    made = AppContext(themed, home=home, start_server=False)
    yield made
    made.window = None
    assert made.close(), "an operation did not stop"
    made.deleteLater()


@pytest.fixture
def live(themed: Any, home: Path, qtbot: "QtBot") -> "Iterator[AppContext]":
    """A context with a real server on a workspace of the test's own, connected."""
    from workbench.client.client import Client
    from workbench.desktop.context import AppContext

    made = AppContext(themed, home=home)
    with qtbot.waitSignal(made.events.connected, timeout=30_000):
        made.events.start()
    yield made
    made.window = None
    made.close()
    with contextlib.suppress(Exception), Client.connect(home, start=False) as client:
        client.shutdown()
    made.deleteLater()


@pytest.fixture
def window(context: "AppContext", qtbot: "QtBot") -> "Iterator[MainWindow]":
    """The main window on a context without a server."""
    from workbench.desktop.shell.window import MainWindow

    made = MainWindow(context)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.hide()
    made.deleteLater()


@pytest.fixture
def project(tmp_path: Path) -> Any:
    """A blank project on disk."""
    from workbench.projects.project import Project

    return Project.create(tmp_path / "late-flights", name="Late flights")


@pytest.fixture
def idle(qtbot: "QtBot", request: pytest.FixtureRequest) -> "Callable[[AppContext], None]":
    """Waits until a context has no operation left."""

    def wait(context: "AppContext") -> None:
        qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)

    return wait


@pytest.fixture
def shoot(themed: Any) -> "Callable[[QWidget, str], None]":
    """Takes pictures of a widget, light and dark, into the folder that WORKBENCH_SHOTS names; does nothing without it."""

    def take(widget: "QWidget", name: str) -> None:
        folder = os.environ.get("WORKBENCH_SHOTS")
        if not folder:
            return
        from PySide6.QtWidgets import QApplication

        from workbench.base.settings import Settings

        Path(folder).mkdir(parents=True, exist_ok=True)
        for mode in ("light", "dark"):
            themed.apply(Settings.model_validate({"theme": mode}))
            QApplication.processEvents()
            widget.grab().save(str(Path(folder) / f"{name}-{mode}.png"))
        themed.apply(Settings(theme="light"))

    return take


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace whose server goes on for all tests that take `linked`: its start is dear. Each test has a project of its own."""
    from workbench.client.client import Client

    folder = tmp_path_factory.mktemp("served") / "workspace"
    yield folder
    with contextlib.suppress(Exception), Client.connect(folder, start=False) as client:
        for service in client.services():
            client.delete_service(service.name)
        client.shutdown()
    end_workspace(folder)


@pytest.fixture
def linked(themed: Any, served: Path, monkeypatch: pytest.MonkeyPatch, qtbot: "QtBot") -> "Iterator[AppContext]":
    """A context on the shared server, connected; what it still asks at the end is waited for."""
    from workbench.desktop.context import AppContext

    monkeypatch.setenv("WORKBENCH_HOME", str(served))
    made = AppContext(themed, home=served)
    with qtbot.waitSignal(made.events.connected, timeout=60_000):
        made.events.start()
    yield made
    made.window = None
    qtbot.waitUntil(lambda: made.operations.inflight == 0, timeout=20_000)
    made.close()
    made.deleteLater()


@pytest.fixture
def training(tmp_path: Path) -> Any:
    """A project whose scripts run in Workbench's own interpreter, so that jobs take no environment: train, slow, broken, score."""
    from workbench.projects.project import Project

    made = Project.create(tmp_path / "training", name="Training", description="Learns nothing, quickly.")
    config = 'script = "train.py"\narguments = ["--depth", "3"]\n\n[environment]\nkind = "workbench"\n'
    (made.folder / "runconfig" / f"{made.default_config}.toml").write_text(config)
    (made.folder / "train.py").write_text(
        "import sys\nimport workbench\n"
        "depth = int(sys.argv[2])\n"
        "workbench.log_params({'depth': depth, 'kind': 'tree'})\n"
        "for step in range(5):\n    workbench.log('valid/auc', 0.5 + depth * step / 100, step=step)\n"
        "workbench.log_text('model.json', '{\"depth\": %d}' % depth)\n"
        "print('trained')\n"
    )
    (made.folder / "slow.py").write_text("import time, workbench\nworkbench.log('loss', 1.0)\nprint('begun')\ntime.sleep(600)\n")
    (made.folder / "broken.py").write_text("raise ValueError('seventeen values are missing')\n")
    (made.folder / "score.py").write_text(
        "import json, os, pathlib\nSAMPLE = {'x': 2}\nmodel = None\n"
        "def init():\n    global model\n"
        "    model = json.loads(next(pathlib.Path(os.environ['WORKBENCH_MODEL_DIR']).rglob('*.json')).read_text())\n"
        "def run(data):\n    return {'y': data['x'] * model['depth']}\n"
    )
    return made
