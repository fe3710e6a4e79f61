"""A notebook in JupyterLab: found where it runs already, opened in the browser, its address to copy."""

import json
import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from workbench.base.processes import started_at
from workbench.desktop.notebooks.activity import NotebooksActivity
from workbench.notebooks.files import create_notebook
from workbench.projects.project import Project


class Answering(BaseHTTPRequestHandler):
    """Answers as a running JupyterLab does when it is asked whether it is there."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


class Browser(QObject):
    """Stands where the system's browser is."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def visit(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, name="answering")
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser(qapp: object) -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("http", made, "visit")  # type: ignore[arg-type]  # it takes text, whatever its stub says
    yield made
    QDesktopServices.unsetUrlHandler("http")


def test_that_a_notebook_opens_in_the_browser_and_its_address_can_be_copied(
    qtbot: QtBot, activity: NotebooksActivity, project: Project, port: int, browser: Browser
) -> None:
    create_notebook(project.folder, "explore")
    paths = activity.context.paths
    paths.kernels.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9]+", "-", str(project.folder)).strip("-")[-80:]
    state = {"port": port, "token": "secret", "pid": os.getpid(), "began": started_at(os.getpid())}
    (paths.kernels / f"lab-{name}.json").write_text(json.dumps(state), "utf-8")
    activity.open("explore.ipynb")
    qtbot.waitUntil(lambda: activity.current_file is not None and not activity.context.operations.inflight)
    qtbot.mouseClick(activity.preview.lab_button, Qt.MouseButton.LeftButton)
    address = f"http://127.0.0.1:{port}/lab/tree/explore.ipynb?token=secret"
    qtbot.waitUntil(lambda: browser.opened == [address])
    assert activity.preview.started.isVisible()
    assert activity.preview.lab_button.isEnabled()
    assert activity.preview.started.action is not None
    qtbot.mouseClick(activity.preview.started.action, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == address
