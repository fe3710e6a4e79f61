"""Text files open in the user's own editor."""

import sys
from pathlib import Path

import pytest

from tests.waiting import until
from workbench.desktop.context import AppContext
from workbench.desktop.opening import open_text


def editor_of(context: AppContext, command: str) -> None:
    context.change_settings(context.settings.model_copy(update={"editor": command}))


def test_that_the_editor_of_the_settings_gets_the_file(context: AppContext, tmp_path: Path) -> None:
    script, seen = tmp_path / "train late.py", tmp_path / "seen.txt"
    script.write_text("print('hello')\n")
    program = tmp_path / "editor.py"
    program.write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text(sys.argv[2])\n")
    editor_of(context, f'"{sys.executable}" "{program}" "{seen}"')
    open_text(context, script)
    given = until(lambda: seen.exists() and seen.read_text(), "the editor has written what it was given")
    assert given == str(script)


def test_that_without_an_editor_the_system_chooses(context: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("workbench.desktop.opening.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile()))
    open_text(context, tmp_path / "train.py")
    assert opened == [str(tmp_path / "train.py")]


@pytest.mark.parametrize("command", ["/no/such/editor", 'code "unfinished'])
def test_that_an_editor_that_does_not_start_is_told(context: AppContext, tmp_path: Path, command: str) -> None:
    editor_of(context, command)
    open_text(context, tmp_path / "train.py")
    assert f"The editor {command} does not start" in context.notifications.problems[0].sentence
