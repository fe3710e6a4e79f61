"""The list of screens is whole, and a handful of them can be taken."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from PySide6.QtCore import QCoreApplication, QSettings, QStandardPaths
from PySide6.QtGui import QImage

from tests.screens.contents import pictures_of, write_index
from tests.screens.listing import Props, all_screens
from tests.screens.stage import SIZE, Stage, Unmet
from workbench.base.settings import Settings
from workbench.desktop.context import AppContext
from workbench.desktop.shell.places import PLACES
from workbench.desktop.shell.window import MainWindow
from workbench.desktop.theme import install_theme, theme
from workbench.projects.project import Project

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def test_that_every_place_of_the_rail_has_screens() -> None:
    screens = all_screens()
    assert {place.id for place in PLACES} | {"home", "shell"} == {one.place for one in screens}
    names = [one.name for one in screens]
    assert len(names) == len(set(names))
    assert all(one.title for one in screens)
    assert [one.project for one in screens] == sorted(one.project for one in screens), "Home comes first, without a project"


def test_that_the_index_shows_the_themes_side_by_side(tmp_path: Path) -> None:
    for name in ("models-light", "models-dark", "data-derive-code-light", "data-derive-doubtful-light"):
        (tmp_path / f"{name}.png").write_bytes(b"")
    screens = all_screens()
    page = write_index(tmp_path, screens, {"runs-list": "<nothing>"}).read_text("utf-8")
    assert page.index("models-light.png") < page.index("models-dark.png")
    assert "&lt;nothing&gt;" in page
    derive = next(one for one in screens if one.name == "data-derive")
    assert pictures_of(tmp_path, derive, screens) == ["data-derive-code"]


@pytest.fixture
def stage(qapp: "QApplication", home: Path, tmp_path: Path) -> Iterator[Stage]:
    """The stage on a window without a server."""
    QStandardPaths.setTestModeEnabled(True)
    QCoreApplication.setOrganizationName("WorkbenchTest")
    QCoreApplication.setApplicationName("WorkbenchTest")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "qsettings"))
    try:
        look = theme()
        look.apply(Settings(theme="light"))
    except IndexError:
        look = install_theme(qapp, Settings(theme="light"))
    context = AppContext(look, home=home, start_server=False)
    window = MainWindow(context)
    window.resize(*SIZE)
    window.show()
    out = tmp_path / "out"
    out.mkdir()

    yield Stage(qapp, context, window, out, ("light", "dark"))
    window.hide()
    context.window = None
    look.apply(Settings(theme="light"))
    assert context.close(), "an operation did not stop"
    window.deleteLater()
    context.deleteLater()
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete


def test_that_home_dashboard_and_settings_are_taken_in_both_themes(stage: Stage, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "late-flights", name="Late flights")
    props = Props(project.folder, tmp_path, client=_nobody())
    stage.window.show_place("home")
    stage.shoot("home-empty")
    stage.context.set_project(project)
    wanted = ("dashboard", "shell-settings", "data-list")
    for one in all_screens():
        if one.name in wanted:
            one.act(stage, props)
            stage.close_popups()
    assert stage.taken == ["home-empty", "data-list", "dashboard", "shell-settings"]
    for name in stage.taken:
        light, dark = (QImage(str(stage.out / f"{name}-{mode}.png")) for mode in ("light", "dark"))
        assert (light.width(), light.height()) == SIZE
        assert light.pixelColor(700, 890).lightness() > 200 > 100 > dark.pixelColor(700, 890).lightness()


def test_that_what_does_not_come_true_is_named(stage: Stage) -> None:
    with pytest.raises(Unmet, match="pigs fly"):
        stage.until(lambda: False, "pigs fly", seconds=0.05)
    with pytest.raises(Unmet, match="no button 'Fly'"):
        stage.press("Fly")


def _nobody() -> Any:
    """No client: the screens that are taken here ask none."""
    return None
