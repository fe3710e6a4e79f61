"""Every command explains itself, and does so at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.cli.conftest import Cli
from workbench.cli.main import app
from workbench.cli.runs import Status
from workbench.schema import RunStatus

COMMANDS = {
    "tour", "open", "init", "source detect", "source show",
    "prep show", "prep run", "prep code", "prep check", "prep learn", "prep steps", "prep drift", "submit",
    "run list", "run show", "run compare", "run logs", "run cancel", "run restore", "run import", "run export",
    "run diff", "run diagnostics", "run snapshot", "run delete", "run undelete", "run trash", "run lineage",
    "prep runs", "sweep show",
    "run edit", "run archive", "run unarchive",
    "experiment list", "experiment show", "experiment rename", "experiment tag", "experiment delete", "experiment undelete",
    "sweep stop", "sweep resume", "env list", "env clean",
    "model register", "model list", "model show", "model delete",
    "service create", "service list", "service show", "service score", "service logs", "service start", "service stop",
    "service delete",
    "job list", "job show", "job cancel", "job priority",
    "target add", "target list", "target show", "target test", "target prepare", "target delete", "target clean",
    "target pause", "target resume",
    "secret set", "secret list", "secret delete",
    "server start", "server stop", "server status", "server env", "doctor",
}  # fmt: skip
HEAVY = {
    "pandas",
    "numpy",
    "ibis",
    "duckdb",
    "pyarrow",
    "PySide6",
    "httpx",
    "pydantic",
    "sqlalchemy",
    "git",
    "jupyter_client",
    "fastapi",
}


def _commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


ALL = dict(_commands(typer.main.get_command(app)))


def test_that_the_commands_are_those_of_the_manual() -> None:
    assert set(ALL) == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_that_each_command_has_help_with_an_example(cli: Cli, name: str) -> None:
    answer = cli(*name.split(), "--help")
    assert answer.code == 0
    assert f"workbench {name}" in answer.out
    assert "Example" in answer.out


@pytest.mark.parametrize("name", sorted(name for name in COMMANDS if name.endswith(" list")))
def test_that_each_list_gives_a_table_or_json(name: str) -> None:
    option = next(parameter for parameter in ALL[name].params if parameter.name == "output")
    assert {"--output", "-o"} == set(option.opts)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_that_each_option_and_argument_says_what_it_is(name: str) -> None:
    silent = [parameter.name for parameter in ALL[name].params if not getattr(parameter, "help", "")]
    assert not silent


def test_that_help_loads_no_heavy_package() -> None:
    code = (
        "import sys, contextlib\nfrom workbench.cli.main import run\n"
        "with contextlib.suppress(SystemExit): run(['--help'])\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())


def test_that_the_completion_script_is_printed(process: Cli) -> None:
    answer = process(env={"_WORKBENCH_COMPLETE": "complete_bash", "COMP_WORDS": "workbench ser", "COMP_CWORD": "1"})
    assert answer.out.split() == ["service", "server"]


def test_that_the_readme_names_each_command() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    groups: dict[str, list[str]] = {}
    for name in sorted(COMMANDS):
        first, *rest = name.split()
        groups.setdefault(first, []).extend(rest)
    for first, rest in groups.items():
        lines = [
            line for line in readme.splitlines() if f"workbench {first}" in line or (first == "open" and "opens the app" in line)
        ]
        assert lines, first
        for command in rest:
            assert any(command in line for line in lines), f"{first} {command}"


def test_that_the_states_to_filter_by_are_those_of_runs() -> None:
    assert [status.value for status in Status] == [status.value for status in RunStatus]
