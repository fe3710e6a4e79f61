"""A project with a small real CSV, the Data activity on it, and helpers that drive it by mouse and key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSettings, QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from workbench.base.settings import Settings
from workbench.desktop.context import AppContext
from workbench.desktop.data.activity import DataActivity
from workbench.desktop.data.prep_page import PrepPage
from workbench.desktop.theme import install_theme
from workbench.projects.project import Project

FLIGHTS = """carrier,dep_time,dep_delay,origin,hour
UA,517,2,EWR,5
UA,533,4,LGA,5
AA,542,2,JFK,5
B6,644,-1,JFK,6
DL,754,-6,LGA,7
UA,NA,NA,EWR,8
AA,858,120,JFK,8
DL,1015,35,LGA,10
B6,2140,61,JFK,21
UA,1930,-3,EWR,19
"""
AIRPORTS = "origin,city\nEWR,Newark\nLGA,New York\n"


class Bench:
    """The activity under test and ways to use it as a user does."""

    def __init__(self, qtbot: Any, context: AppContext, activity: DataActivity, folder: Path) -> None:
        self.qtbot, self.context, self.activity, self.folder = qtbot, context, activity, folder
        self.problems: list[str] = []
        context.notifications.problem_added.connect(lambda problem: self.problems.append(problem.sentence))

    def idle(self) -> None:
        """Until no operation runs and nothing starts another."""
        quiet = [0]

        def calm() -> bool:
            quiet[0] = quiet[0] + 1 if self.context.operations.inflight == 0 else 0
            return quiet[0] >= 6

        self.qtbot.waitUntil(calm, timeout=60_000)

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=30_000)

    def prepare(self, source: str = "flights") -> PrepPage:
        """A new preparation of a source, open and filled."""
        self.activity.new_preparation(self.folder / f"{source}.wbsource")
        self.until(lambda: self.activity.prep is not None and self.activity.prep.data.view is not None)
        self.idle()
        assert self.activity.prep is not None
        return self.activity.prep

    def column(self, name: str) -> list[str | None]:
        """All texts of a column of the view in front."""
        view = self.activity.page.data.view  # type: ignore[union-attr]
        names = [column.name for column in view.columns]  # type: ignore[union-attr]
        return list(view.window(0, 1000).columns[names.index(name)])  # type: ignore[union-attr]

    def names(self) -> list[str]:
        return [column.name for column in self.activity.page.data.view.columns]  # type: ignore[union-attr]

    def type_into_cell(self, page: PrepPage, row: int, column: str, text: str) -> None:
        """Double clicks the cell in the grid, types and presses Enter."""
        grid = page.grid
        index = grid.model.index(row, grid.model.section_of(column))
        grid.view.scrollTo(index)
        spot = grid.view.visualRect(index).center()
        viewport = grid.view.viewport()
        self.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
        self.qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
        self.until(lambda: viewport.findChild(QLineEdit) is not None)
        editor = viewport.findChild(QLineEdit)
        assert editor is not None
        editor.clear()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def click_step(self, page: PrepPage, row: int) -> None:
        """Clicks a row of the steps pane; 0 is the source."""
        view = page.steps.list
        spot = view.visualItemRect(view.item(row)).topLeft() + QPoint(60, 12)
        self.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


@pytest.fixture
def bench(qtbot: Any, qapp: QApplication, home: Path, tmp_path: Path) -> Iterator[Bench]:
    """A shown Data activity on a project with two sources."""
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    from workbench.dataprep.sources import DataSource

    root = tmp_path / "project"
    folder = root / "data"
    folder.mkdir(parents=True)
    (root / "workbench.toml").write_text('name = "Flights"\nid = "0123"\n')
    for name, text in (("flights", FLIGHTS), ("airports", AIRPORTS)):
        (folder / f"{name}.csv").write_text(text)
        DataSource.create(folder / f"{name}.csv", folder).save(folder / f"{name}.wbsource")
    context = AppContext(install_theme(qapp, Settings(theme="light")), home=home, start_server=False)
    context.set_project(Project.open(root))
    activity = DataActivity(context)
    activity.resize(1300, 820)
    with qtbot.waitExposed(activity):
        activity.show()
    made = Bench(qtbot, context, activity, folder)
    made.idle()
    yield made
    made.idle()
    activity.close_all()
    assert context.close()
    activity.close()
    activity.deleteLater()
    qapp.processEvents()
