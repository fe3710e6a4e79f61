"""The run bar's ways to run: a sweep, another target, another priority, and what would happen."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.runs.plansheet import PlanSheet
from workbench.desktop.runs.runbar import RunBar
from workbench.schema import RunStatus, SparkSpec, TargetRequest

LEFT = Qt.MouseButton.LeftButton
_SEARCH = """script = "train.py"
arguments = []

[environment]
kind = "workbench"

[sweep]
method = "grid"

[sweep.parameters.depth]
values = [2, 4]
"""


@pytest.fixture
def bar(linked: AppContext, training: Any, qtbot: QtBot) -> Iterator[RunBar]:
    (training.folder / "runconfig" / "search.toml").write_text(_SEARCH)
    scope = QWidget()
    made = RunBar(linked, scope, "test.run", scope)
    linked.set_project(training)
    scope.show()
    qtbot.waitUntil(lambda: made.config.findText("search") >= 0 and linked.operations.inflight == 0, timeout=20_000)
    yield made
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    scope.deleteLater()


def choose(bar: RunBar, config: str) -> None:
    bar.config.setCurrentText(config)
    bar.config.activated.emit(bar.config.currentIndex())


def plan_sheets(bar: RunBar) -> list[PlanSheet]:
    return [sheet for sheet in bar.window().findChildren(PlanSheet) if sheet.isVisible()]


def test_that_run_starts_the_sweep_of_a_configuration_that_has_one(bar: RunBar, linked: AppContext, qtbot: QtBot) -> None:
    assert bar.button.text() == "Run"
    choose(bar, "search")
    assert bar.button.text() == "Run sweep"
    with qtbot.waitSignal(bar.submitted, timeout=60_000) as submitted:
        qtbot.mouseClick(bar.button, LEFT)
    client = linked.connection.get()
    ended = client.wait(submitted.args[0].id, 120)
    assert (ended.kind, ended.status) == ("sweep", RunStatus.FINISHED)
    assert sorted(run.params["depth"] for run in client.descendants(ended.id)) == ["2", "4"]
    bar.arguments.setText("--depth 3")
    once = next(action for action in bar.menu().actions() if action.text() == "Run once, without the sweep")
    with qtbot.waitSignal(bar.submitted, timeout=60_000) as submitted:
        once.trigger()
    assert client.wait(submitted.args[0].id, 60).kind == "job"


def test_that_what_would_happen_is_shown_and_nothing_is_queued(
    bar: RunBar, linked: AppContext, training: Any, qtbot: QtBot
) -> None:
    bar.show_plan()
    qtbot.waitUntil(lambda: bool(plan_sheets(bar)), timeout=60_000)
    sheet = plan_sheets(bar)[0]
    facts = dict(sheet.facts.rows)
    assert facts["Target"] == "local"
    assert "train.py" in facts["Command"]
    assert "train.py" in {one.path for one in sheet.files.records}
    client = linked.connection.get()
    assert not client.runs(project=str(training.folder)).runs
    with qtbot.waitSignal(bar.submitted, timeout=60_000) as submitted:
        qtbot.mouseClick(next(made for made in sheet.findChildren(QPushButton) if made.text() == "Run"), LEFT)
    assert client.wait(submitted.args[0].id, 60).status is RunStatus.FINISHED


def test_that_another_target_and_priority_can_be_chosen(bar: RunBar, linked: AppContext, qtbot: QtBot) -> None:
    assert not bar.target.isVisible()
    client = linked.connection.get()
    client.add_target(TargetRequest(name="cluster", spec=SparkSpec(master="local[1]")))
    try:
        bar.reload()
        qtbot.waitUntil(bar.target.isVisible, timeout=20_000)
        assert bar.target.currentText() == "local"
        bar.target.setCurrentText("cluster")
        bar.target.activated.emit(bar.target.currentIndex())
        next(action for action in bar.menu().actions() if action.text() == "Priority high").trigger()
        assert bar.button.text() == "Run · high"
        request = bar._request(bar._way)
        assert request is not None
        assert (request.target, request.priority) == ("cluster", 10)
        bar.show_plan()
        qtbot.waitUntil(lambda: bool(plan_sheets(bar)), timeout=60_000)
        assert dict(plan_sheets(bar)[0].facts.rows)["Target"] == "cluster (spark)"
        plan_sheets(bar)[0].reject()
    finally:
        client.delete_target("cluster")
