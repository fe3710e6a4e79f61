"""`workbench secret`: kept outside of any argument, and taken by what refers to it."""

import json
import stat
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.base.masking import resolved
from workbench.base.secrets import SecretStore


def test_that_a_secret_is_read_from_a_pipe_kept_for_the_user_alone_and_forgotten(process: Cli, home: Path) -> None:
    answer = process("secret", "set", "db", input="value of db\n")
    assert answer.code == 0
    assert "value of db" not in answer.out + answer.err
    assert resolved({"DB": "secret:db"}, SecretStore(home).get) == {"DB": "value of db"}
    assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
    assert process("secret", "delete", "db").code == 0
    assert json.loads((home / "secrets.json").read_text("utf-8")) == {}
    again = process("secret", "delete", "db")
    assert (again.code, "keeps no secret db" in again.err) == (1, True)


def test_that_secrets_are_listed_by_name_alone(cli: Cli, process: Cli, home: Path) -> None:
    assert cli("secret", "list", "--output", "json").json == []
    for name in ("db", "bucket key"):
        assert process("secret", "set", name, input=f"value of {name}").code == 0
    SecretStore(home).set("target/box", "a password of a target")
    answer = cli("secret", "list")
    assert (answer.code, "value of" in answer.out, "box" in answer.out) == (0, False, False)
    assert "secret:bucket key" in answer.out
    assert cli("secret", "list", "--output", "json").json == ["bucket key", "db"]
    assert "It keeps: bucket key, db." in cli("secret", "delete", "other").err
    assert cli("secret", "delete", "db").code == 0
    assert cli("secret", "list", "--output", "json").json == ["bucket key"]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a:b", "../a", " a", "x" * 300])
def test_that_a_name_that_no_configuration_can_use_is_refused(process: Cli, home: Path, name: str) -> None:
    answer = process("secret", "set", name, input="a value")
    assert (answer.code, "is no name for a secret" in answer.err) == (1, True)


def test_that_a_value_that_cannot_be_kept_or_hidden_is_said(process: Cli, home: Path) -> None:
    assert "holds a NUL character" in process("secret", "set", "db", input="a\0b").err
    assert "logs cannot black it out" in process("secret", "set", "pin", input="1234").err
    (home / "secrets.json").write_text("{ damaged")
    answer = process("secret", "list")
    assert (answer.code, "cannot be read" in answer.err) == (3, True)


def test_that_secrets_set_at_once_are_all_kept(home: Path) -> None:
    store = SecretStore(home)
    threads = [threading.Thread(target=store.set, args=(f"name {number}", "value")) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.names()) == 12


def test_that_an_empty_secret_is_refused(process: Cli, home: Path) -> None:
    answer = process("secret", "set", "db", input="\n")
    assert (answer.code, "empty" in answer.err) == (1, True)
    assert not (home / "secrets.json").exists()
