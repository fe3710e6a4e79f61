"""`workbench secret`: kept outside of any argument, and taken by what refers to it."""

import json
import stat
from pathlib import Path

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


def test_that_an_empty_secret_is_refused(process: Cli, home: Path) -> None:
    answer = process("secret", "set", "db", input="\n")
    assert (answer.code, "empty" in answer.err) == (1, True)
    assert not (home / "secrets.json").exists()
