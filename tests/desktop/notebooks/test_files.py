"""Notebooks in the list: made, renamed, deleted and taken back, previewed."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.base.errors import Conflict, NotFound, UserError
from workbench.desktop.notebooks.activity import NotebooksActivity
from workbench.desktop.notebooks.commands import NotebookCommand
from workbench.desktop.notebooks.namesheet import NameSheet
from workbench.desktop.notebooks.reading import read_notebook
from workbench.notebooks.files import create_notebook, free_name, rename_notebook
from workbench.projects.project import Project
from workbench.projects.trash import move_to_trash


def sheet() -> NameSheet:
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, NameSheet) and widget.isVisible())


def make(qtbot: QtBot, activity: NotebooksActivity, name: str) -> None:
    """Makes a notebook as a user does."""
    qtbot.mouseClick(activity.new_button, Qt.MouseButton.LeftButton)
    asked = sheet()
    asked.edit.selectAll()
    qtbot.keyClicks(asked.edit, name)
    qtbot.keyClick(asked.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: f"file:{name}.ipynb" in activity.panel.side.ids())
    qtbot.waitUntil(lambda: activity.context.operations.inflight == 0)
    activity.activateWindow()
    qtbot.waitUntil(activity.isActiveWindow)


def test_that_a_new_notebook_stands_in_the_list_and_is_shown(qtbot: QtBot, activity: NotebooksActivity, project: Project) -> None:
    make(qtbot, activity, "explore")
    assert activity.current_file is not None
    assert activity.current_file.path == "explore.ipynb"
    assert json.loads((project.folder / "explore.ipynb").read_text("utf-8"))["nbformat"] == 4


def test_that_a_taken_name_is_said_in_the_sheet_and_nothing_is_overwritten(
    qtbot: QtBot, activity: NotebooksActivity, project: Project
) -> None:
    make(qtbot, activity, "explore")
    before = (project.folder / "explore.ipynb").read_bytes()
    activity.new_notebook()
    asked = sheet()
    assert asked.edit.text() == "Untitled"
    asked.edit.setText("explore")
    qtbot.mouseClick(asked.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "exists already" in asked.message.text())
    assert (project.folder / "explore.ipynb").read_bytes() == before
    asked.reject()


def test_that_f2_renames_a_notebook(qtbot: QtBot, activity: NotebooksActivity, project: Project) -> None:
    make(qtbot, activity, "explore")
    activity.panel.side.setFocus()
    qtbot.keyClick(activity.panel.side, Qt.Key.Key_F2)
    asked = sheet()
    assert asked.edit.text() == "explore"
    asked.edit.setText("notebooks/delays")
    qtbot.keyClick(asked.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: activity.panel.side.ids() == ["file:notebooks/delays.ipynb"])
    qtbot.waitUntil(lambda: activity.current_file is not None and activity.current_file.name == "delays")
    assert (project.folder / "notebooks" / "delays.ipynb").is_file()
    assert not (project.folder / "explore.ipynb").exists()


def test_that_a_deleted_notebook_can_be_taken_back(qtbot: QtBot, activity: NotebooksActivity, project: Project) -> None:
    make(qtbot, activity, "explore")
    toasts: list[object] = []
    activity.context.notifications.toast_added.connect(toasts.append)
    activity.panel.side.setFocus()
    qtbot.keyClick(activity.panel.side, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not activity.panel.side.ids())
    assert not (project.folder / "explore.ipynb").exists()
    assert activity.pages.currentWidget() is activity.empty
    toasts[0].action.handler()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: activity.panel.side.ids() == ["file:explore.ipynb"])
    assert (project.folder / "explore.ipynb").is_file()
    activity.context.notifications.toast_added.disconnect(toasts.append)


def test_that_the_search_narrows_the_list_and_f5_finds_what_came(
    qtbot: QtBot, activity: NotebooksActivity, project: Project
) -> None:
    for name in ("delays", "weather"):
        create_notebook(project.folder, name)
    qtbot.keyClick(activity, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: activity.panel.side.ids() == ["file:delays.ipynb", "file:weather.ipynb"])
    qtbot.keyClicks(activity.panel.search, "weat")
    qtbot.waitUntil(lambda: activity.panel.side.ids() == ["file:weather.ipynb"])


def test_that_the_preview_shows_text_code_and_outputs(qtbot: QtBot, activity: NotebooksActivity, project: Project) -> None:
    from nbformat import write
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    table = "<table><thead><tr><th></th><th>late</th></tr></thead><tbody><tr><th>UA</th><td>0.21</td></tr></tbody></table>"
    cells = [
        new_markdown_cell("# Late flights\n\nWhich are **late**?"),
        new_code_cell("print(1)", execution_count=7, outputs=[new_output("stream", name="stdout", text="printed\n")]),
        new_code_cell(
            "frame", execution_count=8, outputs=[new_output("execute_result", data={"text/html": table, "text/plain": "x"})]
        ),
    ]
    write(new_notebook(cells=cells), project.folder / "seen.ipynb")
    activity.open("seen.ipynb")
    qtbot.waitUntil(lambda: "Late flights" in activity.preview.view.toPlainText())
    text = activity.preview.view.toPlainText().replace("\u00a0", " ")
    assert all(part in text for part in ("Which are late?", "In [7]", "print(1)", "printed", "0.21"))
    assert activity.preview.view.verticalScrollBar().value() == 0


def test_that_a_broken_notebook_gives_a_sentence(qtbot: QtBot, activity: NotebooksActivity, project: Project) -> None:
    (project.folder / "broken.ipynb").write_text('{"cells": [', "utf-8")
    activity.open("broken.ipynb")
    qtbot.waitUntil(
        lambda: activity.preview.stack.currentWidget() is not activity.preview.view and not activity.context.operations.inflight
    )
    with pytest.raises(UserError, match=r"broken\.ipynb is not a notebook that can be read"):
        read_notebook(project.folder / "broken.ipynb")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[]", b"{}", b'{"nbformat": 4, "cells": 3}', b'{"nbformat": 99, "cells": []}']
)
def test_that_what_is_no_notebook_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.ipynb"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"odd\.ipynb"):
        read_notebook(path)


@pytest.mark.parametrize("name", ["", "  ", "../outside", "/", "a?b", "..", ".ipynb"])
def test_that_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError):
        create_notebook(tmp_path, name)
    assert not list(tmp_path.rglob("*.ipynb"))


def test_that_nothing_is_overwritten_by_rename_and_restore(tmp_path: Path) -> None:
    one, two = create_notebook(tmp_path, "one"), create_notebook(tmp_path, "two")
    with pytest.raises(Conflict):
        rename_notebook(tmp_path, one, "two")
    trashed = move_to_trash(tmp_path, tmp_path / two)
    create_notebook(tmp_path, "two")
    with pytest.raises(Conflict):
        trashed.restore()
    assert trashed.kept.is_file()
    with pytest.raises(NotFound):
        move_to_trash(tmp_path, tmp_path / "three.ipynb")
    assert free_name(tmp_path, [one, "Untitled.ipynb"]) == "Untitled 2"


def test_that_every_command_has_a_title_and_an_icon(activity: NotebooksActivity) -> None:
    for name in NotebookCommand:
        command = activity.context.commands.get(name)
        assert command.title
        assert command.icon
        assert activity.context.commands.action(name).toolTip()
