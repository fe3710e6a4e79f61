"""Commands: declared once, keys never twice, found by typing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.base.paths import resources_dir
from workbench.desktop.commands import Command, CommandRegistry, PaletteItem, Provider
from workbench.desktop.commands.fuzzy import score
from workbench.desktop.context import AppContext
from workbench.desktop.shell.window import MainWindow


def test_that_a_key_can_be_taken_once_only(themed: object) -> None:
    registry = CommandRegistry()
    registry.register(Command("a.one", "One", lambda: None, keys=("Ctrl+D",)))
    with pytest.raises(ValueError, match=r"taken by a\.one"):
        registry.register(Command("a.two", "Two", lambda: None, keys=("Ctrl+D",)))
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(Command("a.one", "One", lambda: None))


def test_that_every_command_of_the_shell_has_title_doc_and_a_known_icon(window: MainWindow, context: AppContext) -> None:
    for command in context.commands.all():
        assert command.title, command.id
        assert command.doc, command.id
        assert not command.icon or (resources_dir() / "icons" / f"{command.icon}.svg").is_file(), command.id
        assert context.commands.action(command.id).text() == command.title


def test_that_a_command_whose_condition_fails_does_not_run(themed: object) -> None:
    registry, ran, allowed = CommandRegistry(), [], [False]
    registry.register(Command("a.one", "One", lambda: ran.append(1), when=lambda: allowed[0]))
    registry.run("a.one")
    assert not ran
    assert not registry.action("a.one").isEnabled()
    allowed[0] = True
    registry.refresh()
    assert registry.action("a.one").isEnabled()
    registry.action("a.one").trigger()
    assert ran == [1]


def test_that_an_exception_in_a_command_becomes_a_problem(context: AppContext) -> None:
    context.commands.register(Command("a.bad", "Bad", lambda: 1 / 0))
    context.commands.run("a.bad")
    assert "Bad failed" in context.notifications.problems[0].sentence


@pytest.mark.parametrize(
    ("query", "better", "worse"), [("nb", "New branch", "Notebook panel"), ("run", "Run script", "Prune models")]
)
def test_that_word_starts_count_more_in_fuzzy_search(query: str, better: str, worse: str) -> None:
    first, second = score(query, better), score(query, worse)
    assert first is not None
    assert second is None or first > second


def test_that_letters_out_of_order_do_not_match() -> None:
    assert score("xyz", "New project") is None
    assert score("pn", "New p") is None


def test_that_the_palette_opens_by_key_finds_by_typing_and_runs_by_enter(
    window: MainWindow, context: AppContext, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.palette_popup
    assert palette.isVisible()
    qtbot.keyClicks(palette.edit, "sett")
    assert palette.titles[0] == "Settings"
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.current_place == "settings"


def test_that_escape_closes_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    window.open_palette()
    qtbot.keyClick(window.palette_popup.edit, Qt.Key.Key_Escape)
    assert not window.palette_popup.isVisible()


def test_that_a_prefix_asks_its_provider_alone_also_a_slow_one(window: MainWindow, context: AppContext, qtbot: QtBot) -> None:
    found: list[str] = []

    def find(text: str) -> list[PaletteItem]:
        return [PaletteItem("run 7 of late flights", lambda: found.append("7"), "finished", "history")]

    context.commands.add_provider(Provider("runs", "Runs", find, prefix="#", slow=True))
    window.open_palette()
    qtbot.keyClicks(window.palette_popup.edit, "#late")
    qtbot.waitUntil(lambda: window.palette_popup.titles == ["run 7 of late flights"])
    qtbot.keyClick(window.palette_popup.edit, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert found == ["7"]
