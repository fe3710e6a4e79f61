"""Models and services on a real server: register, deploy, try, stop, delete."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.models.activity import ModelsActivity
from workbench.desktop.models.registerdialog import RegisterDialog
from workbench.desktop.services.activity import ServicesActivity
from workbench.desktop.services.deploywizard import DeployWizard
from workbench.desktop.widgets import Sheet
from workbench.schema import JobRequest, Run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def run(linked: AppContext, training: Any) -> Run:
    """A finished run with a model file."""
    client = linked.connection.get()
    request = JobRequest(project=str(training.folder), script="train.py", arguments=("--depth", "4"))
    return client.wait(client.submit(request).id, 60)


@pytest.fixture
def models(linked: AppContext, training: Any, qtbot: QtBot) -> Iterator[ModelsActivity]:
    linked.set_project(training)
    activity = ModelsActivity(linked)
    activity.resize(1300, 800)
    activity.show()
    yield activity
    activity.hide()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    activity.deleteLater()


def register(linked: AppContext, run: Run, name: str, qtbot: QtBot) -> None:
    dialog = RegisterDialog(linked, run)
    dialog.show()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    assert dialog.path.currentData() == "model.json"
    line = dialog.name.lineEdit()
    assert line is not None
    line.setText(name)
    dialog.description.setPlainText("the first")
    qtbot.keyClicks(dialog.tags, "stage=candidate")
    with qtbot.waitSignal(dialog.registered, timeout=30_000):
        qtbot.mouseClick(dialog.action, LEFT)


def button_of(sheet: Sheet, text: str) -> QPushButton:
    return next(one for one in sheet.findChildren(QPushButton) if one.text() == text)


def test_that_an_output_is_registered_and_shown_with_its_lineage(
    models: ModelsActivity, linked: AppContext, run: Run, qtbot: QtBot
) -> None:
    register(linked, run, "depths", qtbot)
    models.open("depths:1")
    qtbot.waitUntil(lambda: models.details.version is not None and models.details.version.name == "depths", timeout=20_000)
    version = models.details.version
    assert version is not None
    assert (version.description, version.tags, version.run_id) == ("the first", {"stage": "candidate"}, run.id)
    assert [one.path for one in models.details.files.records] == ["model.json"]
    assert {part.kind for part in models.lineage()} >= {"run", "model"}
    assert "depths" in models.side.ids()


def test_that_wrong_names_and_tags_are_told_before_anything_is_sent(linked: AppContext, run: Run, qtbot: QtBot) -> None:
    dialog = RegisterDialog(linked, run)
    dialog.show()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    dialog.name.setEditText("-depths")
    qtbot.mouseClick(dialog.action, LEFT)
    assert "begins with a letter" in dialog.version.text()
    dialog.name.setEditText("depths")
    dialog.tags.setText("stage")
    qtbot.mouseClick(dialog.action, LEFT)
    assert "“stage” is no tag" in dialog.message.text()
    assert "depths" not in [model.name for model in linked.connection.get().models() if model.project == run.project]
    dialog.reject()


def test_that_a_deployed_model_answers_and_keeps_itself_from_deletion(
    models: ModelsActivity, linked: AppContext, run: Run, qtbot: QtBot
) -> None:
    register(linked, run, "served", qtbot)
    problems: list[Any] = []
    linked.notifications.problem_added.connect(problems.append)
    services = ServicesActivity(linked)
    services.resize(1300, 800)
    services.show()
    wizard = DeployWizard(linked, None, linked.connection.get().model("served"))
    wizard.show()
    qtbot.waitUntil(wizard.model_page.is_complete, timeout=20_000)
    qtbot.mouseClick(wizard.next_button, LEFT)
    page = wizard.service_page
    assert (page.name.text(), page.script.currentText()) == ("served", "score.py")
    page.name.setText("Served")
    assert "a capital letter" in page.problem.text()
    assert not wizard.next_button.isEnabled()
    page.name.setText("served")
    with qtbot.waitSignal(wizard.created, timeout=30_000):
        qtbot.mouseClick(wizard.next_button, LEFT)
    services.open("served")
    details = services.details
    qtbot.waitUntil(lambda: details.pill.status == "healthy", timeout=120_000)
    assert details.key.line.echoMode() == QLineEdit.EchoMode.Password
    assert details.key.text() not in details.curl.line.text()
    details.tabs.setCurrentIndex(0)
    assert details.try_it.editor.toPlainText() == '{\n  "x": 2\n}'
    details.try_it.editor.setPlainText('{"x": 5')
    details.try_it.send()
    assert "line 1" in details.try_it.problem.text()
    details.try_it.editor.setPlainText('{"x": 5}')
    qtbot.mouseClick(details.try_it.send_button, LEFT)
    qtbot.waitUntil(lambda: '"y": 20' in details.try_it.answer.toPlainText(), timeout=20_000)
    assert details.try_it.facts.text().startswith("200 in")
    delete_model(models, qtbot)
    qtbot.waitUntil(lambda: bool(problems), timeout=20_000)
    assert "served" in problems[0].sentence
    qtbot.mouseClick(details.stop, LEFT)
    qtbot.waitUntil(lambda: details.pill.status == "stopped", timeout=30_000)
    services.hide()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    services.deleteLater()


def delete_model(models: ModelsActivity, qtbot: QtBot) -> None:
    models.open("served:1")
    qtbot.waitUntil(lambda: models.details.version is not None and models.details.version.name == "served", timeout=20_000)
    menu = models.details.menu()
    next(action for action in menu.actions() if action.text().startswith("Delete version")).trigger()
    sheet = models.window().findChild(Sheet)
    assert isinstance(sheet, Sheet)
    qtbot.mouseClick(button_of(sheet, "Delete"), LEFT)
    menu.deleteLater()
