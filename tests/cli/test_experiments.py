"""Experiments by command: found, renamed, tagged, into the trash with their runs and back; and what is changed of runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.client import Client
from workbench.schema import RunEnd, RunOpen


@pytest.fixture
def client(home: Path) -> Iterator[Client]:
    """Two experiments: `flights` with two runs, `a/b 100% [red]` with one."""
    with Client.connect(home) as client:
        for experiment in ("flights", "a/b 100% [red]", "flights"):
            client.end_run(client.open_run(RunOpen(pid=os.getpid(), experiment=experiment)).id, RunEnd())
        yield client


def _listed(cli: Cli, *options: str) -> dict[str, int]:
    return {one["name"]: one["runs"] for one in cli("experiment", "list", "--output", "json", *options).json}


def test_that_an_experiment_is_renamed_tagged_and_deleted_with_its_runs_until_it_is_brought_back(cli: Cli, client: Client) -> None:
    odd = "a/b 100% [red]"
    assert _listed(cli) == {odd: 1, "flights": 2}
    assert cli("experiment", "rename", odd, "late/%2F flights").code == 0
    assert cli("experiment", "tag", "late/%2F flights", "team=blue", "why=it is [late]").err == (
        "late/%2F flights: team=blue, why=it is [late].\n"
    )
    assert cli("experiment", "tag", "late/%2F flights", "--remove", "team").code == 0
    shown = cli("experiment", "show", "late/%2F flights")
    assert "why=it is [late]" in shown.out
    assert "team" not in shown.out
    assert cli("experiment", "show", "flights", "--output", "json").json["newest"][0]["number"] == 2
    assert "[late]" in cli("experiment", "list").out

    assert "in the trash with 2 runs" in cli("experiment", "delete", "flights").err
    assert "already" in cli("experiment", "delete", "flights").err
    assert (_listed(cli), _listed(cli, "--deleted")) == ({"late/%2F flights": 1}, {"flights": 2})
    assert "undelete" in cli("experiment", "show", "flights").out
    assert [run["experiment"] for run in cli("run", "list", "--all", "--output", "json").json] == ["late/%2F flights"]
    assert "flights is back, with 2 runs" in cli("experiment", "undelete", "flights").err
    assert "not in the trash" in cli("experiment", "undelete", "flights").err
    assert _listed(cli) == {"late/%2F flights": 1, "flights": 2}


def test_that_a_wrong_word_about_an_experiment_is_answered_in_a_sentence(cli: Cli, client: Client) -> None:
    for command in (
        ("show", "nope"), ("rename", "nope", "x"), ("tag", "nope", "a=b"), ("delete", "nope"), ("undelete", "nope"),
        ("rename", "flights", "a/b 100% [red]"), ("rename", "flights", " "), ("tag", "flights"), ("tag", "flights", "blue"),
    ):  # fmt: skip
        answer = cli("experiment", *command)
        assert answer.code == 1, command
        assert len(answer.err.splitlines()) <= 3, answer.err
    listed = cli("run", "list", "--experiment", "nope")
    assert (listed.code, "There is no experiment 'nope'" in listed.err) == (1, True)
    assert _listed(cli) == {"a/b 100% [red]": 1, "flights": 2}


def test_that_a_patch_of_an_experiment_that_fails_changes_nothing(client: Client) -> None:
    from workbench.base.errors import Conflict

    with pytest.raises(Conflict):
        client.patch_experiment("flights", name="a/b 100% [red]", tags={"team": "blue"})
    with pytest.raises(Conflict):
        client.patch_experiment("flights", tags={"team": "blue"}, name="a/b 100% [red]", deleted=True)
    found = client.experiment("flights")
    assert (found.tags, found.deleted, found.runs) == ({}, None, 2)
    client.patch_experiment("flights", deleted=True)
    with pytest.raises(Conflict):
        client.patch_experiment("flights", deleted=False, name="a/b 100% [red]")
    assert client.experiment("flights").deleted is not None


def test_that_a_run_is_named_tagged_and_archived(cli: Cli, client: Client) -> None:
    run = client.runs(experiment="flights", order="number").runs[0]
    assert (
        cli("run", "edit", run.id, "--name", "deep [trees]", "--notes", "Too slow.", "--tag", "team=blue", "-t", "a=b=c").code == 0
    )
    assert cli("run", "edit", run.id, "--remove", "team").code == 0
    found = client.run(run.id)
    assert (found.name, found.notes, found.tags) == ("deep [trees]", "Too slow.", {"a": "b=c"})
    assert cli("run", "edit", run.id).code == 1
    assert cli("run", "archive", run.id).code == 0
    assert run.id not in [one["id"] for one in cli("run", "list", "--all", "--output", "json").json]
    assert run.id in [one["id"] for one in cli("run", "list", "--all", "--archived", "--output", "json").json]
    assert cli("run", "unarchive", run.id[:8]).code == 0
    assert run.id in [one["id"] for one in cli("run", "list", "--all", "--output", "json").json]
    answer = cli("run", "show", "7")
    assert (answer.code, "Known are " in answer.err) == (1, True)
    assert "Several runs have the number 1" in cli("run", "show", "1").err
