"""0 done, 1 the user's error, 2 wrong usage, 3 the environment; one sentence on stderr, never a stack."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.base.errors import UserError
from workbench.cli.output import confirm


def test_that_the_version_is_printed(process: Cli) -> None:
    answer = process("--version")
    assert (answer.code, answer.out.split()[0], answer.err) == (0, "workbench", "")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["run", "list", "--limit", "0"], ["run", "list", "--output", "xml"], ["run", "show"]]
)
def test_that_wrong_usage_gives_2(cli: Cli, arguments: list[str]) -> None:
    answer = cli(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage" in answer.err


def test_that_submitting_outside_a_project_says_where_to_go(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = cli("submit", "train.py")
    assert answer.code == 1
    assert "is not in a project" in answer.err
    assert "workbench init" in answer.err


def test_that_an_unknown_template_gives_the_known_ones(cli: Cli, tmp_path: Path) -> None:
    answer = cli("init", tmp_path / "new", "--template", "nope")
    assert answer.code == 1
    assert "blank" in answer.err
    assert "flights" in answer.err
    assert not (tmp_path / "new").exists()


def test_that_a_folder_with_files_is_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "train.py").write_text("mine")
    answer = cli("init", tmp_path / "full")
    assert answer.code == 1
    assert "not empty" in answer.err
    assert cli("init", tmp_path / "full", "--existing").code == 0
    assert (tmp_path / "full" / "train.py").read_text() == "mine"


def test_that_a_workspace_that_cannot_be_written_gives_3(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "file"))
    answer = cli("run", "list")
    assert answer.code == 3
    assert str(tmp_path / "file") in answer.err


def test_that_opening_the_app_without_a_display_gives_3(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    answer = cli()
    assert answer.code == 3
    assert "no display" in answer.err


def test_that_a_folder_as_the_first_word_opens_the_app(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert "no display" in cli(tmp_path).err
    assert "no display" in cli("--profile-startup").err


def test_that_a_bug_gives_a_report_and_no_stack(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no good")

    monkeypatch.setattr("workbench.cli.context.project_folder", broken)
    monkeypatch.setattr("workbench.cli.runs.project_folder", broken)
    answer = cli("run", "list")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    report = next((home / "logs").glob("bug-*.txt"))
    assert str(report) in answer.err
    assert "ZeroDivisionError: no good" in report.read_text()


def test_that_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(UserError, match="--yes"):
        confirm("Delete it?", yes=False)
    confirm("Delete it?", yes=True)


def test_that_a_folder_that_is_no_project_is_said_instead_of_an_empty_list(cli: Cli, server: None, tmp_path: Path) -> None:
    answer = cli("run", "list", "--project", tmp_path / "nowhere")
    assert answer.code == 1
    assert f"There is no project at {tmp_path / 'nowhere'}" in answer.err


def test_that_the_next_command_can_be_copied_when_the_folder_has_spaces(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "mein projekt ä"
    answer = cli("init", folder)
    assert answer.code == 0
    assert f"cd '{folder}' && workbench submit" in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no broken pipes of this kind")
def test_that_a_reader_that_goes_early_is_no_failure(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "workbench.cli.main", "init", "--list-templates"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_that_output_that_finds_no_space_is_a_fault_of_the_machine(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "workbench.cli.main", "init", "--list-templates"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "The disk is full: not all could be written.\nFree some space and try again.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="its shells close no streams")
def test_that_a_closed_output_is_no_failure(home: Path) -> None:
    command = ["sh", "-c", '"$0" -m workbench.cli.main init --list-templates >&- 2>&-', sys.executable]
    assert subprocess.run(command, timeout=60).returncode == 0


def test_that_an_interrupt_while_the_program_is_loaded_leaves_no_stack() -> None:
    code = """
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "workbench.cli.main": raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from workbench.cli.entry import run
run()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
