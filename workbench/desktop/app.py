"""Starts the desktop: `workbench [PROJECT]`. Nothing heavy is imported on the way to the first paint."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType
    from PySide6.QtWidgets import QApplication

    from workbench.desktop.context import AppContext
    from workbench.desktop.operations import Progress
    from workbench.desktop.shell.window import MainWindow

log = logging.getLogger(__name__)
_PREPARED = (
    "workbench.desktop.settings.page",
    "pyqtgraph",  # half a second on the GUI thread otherwise, when the first chart is shown
    "pyarrow",  # the curves come as Arrow
    "workbench.dataprep.package",
    "workbench.dataprep.steps",
    "workbench.dataprep.engine",
    "workbench.desktop.services.deploywizard",
    "workbench.desktop.models.registerdialog",
    "workbench.desktop.home.newproject",
)
_TURN_S = 0.001
_LEVELS = {"QtDebugMsg": logging.DEBUG, "QtInfoMsg": logging.INFO, "QtWarningMsg": logging.WARNING}


class Phases:
    """How long each phase of the start took."""

    def __init__(self, *, say: bool) -> None:
        self._say = say
        self._began = self._last = time.perf_counter()
        self.times: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """The phase `name` ends now."""
        now = time.perf_counter()
        self.times[name] = now - self._last
        if self._say:
            line = f"{name:<18} {(now - self._last) * 1000:7.0f} ms   (at {(now - self._began) * 1000:6.0f} ms)\n"
            sys.stdout.write(line)
            sys.stdout.flush()
        self._last = now


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Runs the desktop until its window closes, and ends the process with its exit code."""
    options = _parse(sys.argv[1:] if argv is None else argv)
    phases = Phases(say=options.profile_startup)

    from workbench.desktop.operations import Watchdog
    from workbench.desktop.shell.window import MainWindow

    phases.mark("imports")
    app = make_application()
    phases.mark("QApplication")
    context = make_context(app)
    phases.mark("theme")
    window = MainWindow(context)
    phases.mark("window")
    catcher = _Catcher(context)
    sys.excepthook = catcher
    window.show()
    if options.project:
        context.open_project(Path(options.project).absolute())
    start = _Start(window, context, phases, leave=options.profile_startup)
    start.watch()
    watchdog = Watchdog()
    watchdog.start()
    code = app.exec()
    watchdog.stop()
    sys.excepthook = sys.__excepthook__
    context.close()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # All is closed and saved. The interpreter's own end would wait for workers that do not listen, and list on stderr what Qt still
    # holds of DuckDB's objects.
    os._exit(code)


def make_application() -> "QApplication":
    """The QApplication with names, message handler and Ctrl+C.

    A worker's turn is a fifth of what Python gives it: the window waits for one to end many times in one repaint.
    """
    from PySide6.QtCore import QCoreApplication, Qt, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("workbench.desktop")
    QCoreApplication.setOrganizationName("Workbench")
    QCoreApplication.setApplicationName("Workbench")
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, sys.platform == "darwin")
    sys.setswitchinterval(_TURN_S)
    app = QApplication(["workbench"])
    app.setApplicationDisplayName("Workbench")
    app.setDesktopFileName("workbench")
    qInstallMessageHandler(_on_qt_message)
    _quit_on_interrupt(app)
    return app


def make_context(app: "QApplication") -> "AppContext":
    """Theme and context of this user's workspace."""
    from workbench.base.logs import log_to_file
    from workbench.desktop.context import AppContext
    from workbench.desktop.icons import icon
    from workbench.desktop.theme import install_theme

    theme = install_theme(app)
    context = AppContext(theme)
    log_to_file(context.paths.logs, "desktop")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each question whether the server is there
    app.setWindowIcon(icon("layers", "accent"))
    return context


class _Start:
    """Follows the window to its first paint and the server to its first answer."""

    def __init__(self, window: "MainWindow", context: "AppContext", phases: Phases, *, leave: bool) -> None:
        self._window = window
        self._context = context
        self._phases = phases
        self._leave = leave

    def watch(self) -> None:
        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, self._window, self._painted)

    def _painted(self) -> None:
        self._window.repaint()
        self._phases.mark("first paint")
        self._context.events.connected.connect(self._connected)
        self._context.events.disconnected.connect(self._lost)
        self._context.events.start()

    def _connected(self, _health: object) -> None:
        self._end("server connected")

    def _lost(self, _sentence: str) -> None:
        self._end("server missing")

    def _end(self, name: str) -> None:
        self._context.events.connected.disconnect(self._connected)
        self._context.events.disconnected.disconnect(self._lost)
        self._phases.mark(name)
        if self._leave:
            self._window.close()
        else:
            self._context.operations.run("Preparing the places", preload, quiet=True, on_error=_ignore)


def preload(progress: "Progress") -> None:
    """Imports in the background what the places need, so that the first click on one finds it ready.

    What is imported stays: Python's collections need not look through it, which would hold the window up for a fifth of a second.
    """
    import gc
    import importlib

    from workbench.desktop.shell.places import PLACES

    for name in (*(f"{place.package}.activity" for place in PLACES), *_PREPARED):
        progress.check()
        importlib.import_module(name)
    gc.freeze()


def _ignore(error: Exception) -> None:
    log.info("A place could not be prepared: %s", error)


class _Catcher:
    """The excepthook: an exception in a slot becomes a problem with a report; the program goes on."""

    def __init__(self, context: "AppContext") -> None:
        self._context = context
        self._busy = False

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if self._busy:
            return
        self._busy = True
        try:
            self._context.notifications.error(error.with_traceback(trace))
        finally:
            self._busy = False


def _on_qt_message(kind: "QtMsgType", context: "QMessageLogContext", message: str) -> None:
    level = _LEVELS.get(kind.name, logging.ERROR)
    logging.getLogger("qt").log(level, "%s%s", f"{context.category}: " if context.category else "", message)


def _quit_on_interrupt(app: "QApplication") -> None:
    """Ctrl+C in the terminal closes the window; Python sees it when Qt lets it run for a moment."""
    import signal

    from PySide6.QtCore import QTimer

    signal.signal(signal.SIGINT, lambda *_: app.closeAllWindows())
    timer = QTimer(app)
    timer.setInterval(400)
    timer.timeout.connect(int)
    timer.start()


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="workbench open", description="Opens the Workbench window.")
    parser.add_argument("project", nargs="?", default="", help="folder of the project to open")
    parser.add_argument("--profile-startup", action="store_true", help="print how long each phase of the start takes, then close")
    return parser.parse_args(list(argv))


if __name__ == "__main__":
    main()
