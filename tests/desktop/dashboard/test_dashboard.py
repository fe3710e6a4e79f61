"""The dashboard on a real server."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.dashboard.activity import DashboardActivity


@pytest.fixture
def dashboard(linked: AppContext, training: Any, qtbot: QtBot) -> Iterator[DashboardActivity]:
    linked.set_project(training)
    activity = DashboardActivity(linked)
    activity.resize(1300, 800)
    activity.show()
    activity.activate()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    yield activity
    activity.hide()
    qtbot.waitUntil(lambda: linked.operations.inflight == 0, timeout=20_000)
    activity.deleteLater()


def test_that_the_project_is_shown_with_its_readme(dashboard: DashboardActivity) -> None:
    assert dashboard.head.name.text() == "Training"
    assert dashboard.head.description.text() == "Learns nothing, quickly."
    assert "created" in dashboard.head.dates.text()
    assert "Training" in dashboard.readme.toPlainText()


def test_that_a_project_without_a_readme_is_invited_to_write_one(
    dashboard: DashboardActivity, training: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("workbench.desktop.opening.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile()))
    for path in training.folder.glob("README*"):
        path.unlink()
    dashboard.reload()
    qtbot.waitUntil(lambda: not dashboard.readme.isVisible(), timeout=10_000)
    dashboard._edit_readme()
    assert (training.folder / "README.md").read_text().startswith("# Training")
    assert opened == [str(training.folder / "README.md")]
    qtbot.waitUntil(dashboard.readme.isVisible, timeout=10_000)


def test_that_a_run_from_the_bar_appears_below_and_its_card_leads_to_the_runs(
    dashboard: DashboardActivity, linked: AppContext, qtbot: QtBot
) -> None:
    asked: list[tuple[str, object]] = []
    linked.activity_requested.connect(lambda place, target: asked.append((place, target)))
    qtbot.keyClick(dashboard.run_bar.arguments, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [run.status.value for run in dashboard.recent.records] == ["finished"], timeout=60_000)
    runs = dashboard.chain.cards[2]
    assert runs.accessibleName() == "Runs: 1"
    qtbot.mouseClick(runs, Qt.MouseButton.LeftButton)
    assert asked == [("runs", None)]
    view = dashboard.recent.view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(dashboard.recent.model.index(0, 0)).center())
    assert asked[-1] == ("runs", dashboard.recent.records[0].id)
