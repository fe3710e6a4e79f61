"""Secrets are kept out of text, and taken from their store only when a process needs them."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from workbench.base.errors import NotFound
from workbench.base.masking import MASK, Masker, is_secret, masked, resolved, secret_values, stored_name
from workbench.base.secrets import SecretStore


def test_that_a_value_is_blacked_out_wherever_it_stands() -> None:
    line = Masker(["hunter2-long"]).line("login as me:hunter2-long, then hunter2-long again")
    assert line == f"login as me:{MASK}, then {MASK} again"


def test_that_a_short_value_is_left_since_it_would_black_out_words() -> None:
    assert Masker(["true", "12345", ""]).line("true 12345") == "true 12345"


def test_that_of_two_values_the_longer_one_is_found_first() -> None:
    assert Masker(["secret-1", "secret-1-extended"]).line("secret-1-extended") == MASK


def test_that_a_value_is_found_in_json_in_an_address_and_line_by_line() -> None:
    value = 'first "line" of it\nsecond line/of it\n'
    masker = Masker([value])
    for text in (json.dumps({"x": value}), f"https://host/?x={quote(value, safe='')}", "-> second line/of it <-"):
        assert MASK in masker.line(text)
        assert "second line" not in masker.line(text)
        assert "second%20line" not in masker.line(text)


def test_that_no_value_is_a_pattern() -> None:
    assert Masker(["a.c(d)*e"]).line("abc(d)*e a.c(d)*e") == f"abc(d)*e {MASK}"


@pytest.mark.parametrize(
    "name",
    [
        "API_TOKEN",
        "my_secret",
        "DbPassword",
        "aws_access_key_id",
        "GOOGLE_CREDENTIALS",
        "DB_PASS",
        "MYSQL_PWD",
        "PGPASSWORD",
        "SSH_PASSPHRASE",
        "BASIC_AUTH",
    ],
)
def test_that_names_tell_secrets(name: str) -> None:
    assert is_secret(name)
    assert not is_secret("LEARNING_RATE", "0.1")
    assert is_secret("LEARNING_RATE", "secret:rate")
    assert not any(is_secret(plain, "x") for plain in ("PWD", "PASSES", "AUTHOR", "AUTH_MODE"))


@pytest.mark.parametrize(
    ("value", "shown", "password"),
    [
        ("postgres://me:pa55-w0rd@host:5432/db", f"postgres://me:{MASK}@host:5432/db", "pa55-w0rd"),
        ("redis://:pa55-w0rd@host", f"redis://:{MASK}@host", "pa55-w0rd"),
        ("Server=db;Uid=me;Password=pa55-w0rd;", f"Server=db;Uid=me;Password={MASK};", "pa55-w0rd"),
        ("host=db user=me password=pa55-w0rd", f"host=db user=me password={MASK}", "pa55-w0rd"),
        ("AccountName=a;AccountKey=Zm9vYmFyMTIz==;E=x", f"AccountName=a;AccountKey={MASK};E=x", "Zm9vYmFyMTIz=="),
        ("https://host/x?sas_token=abcdefgh&n=1", f"https://host/x?sas_token={MASK}&n=1", "abcdefgh"),
    ],
)
def test_that_a_password_inside_an_address_is_a_secret(value: str, shown: str, password: str) -> None:
    given = {"DATABASE": value}
    assert is_secret("DATABASE", value)
    assert masked(given) == {"DATABASE": shown}
    assert masked(masked(given)) == masked(given)
    assert set(secret_values(given, masked(given))) == {value, password}
    for plain in ("https://host:8080/a@b", "mailto:me@host", "/data/monkey=1", "a:b@c"):
        assert masked({"DATABASE": plain}) == {"DATABASE": plain}


def test_that_a_record_shows_the_reference_and_no_value() -> None:
    given = {"API_TOKEN": "abc", "DB": "secret:db", "RATE": "0.1", "EMPTY_KEY": ""}
    assert masked(given) == {"API_TOKEN": MASK, "DB": "secret:db", "RATE": "0.1", "EMPTY_KEY": ""}


def test_that_a_reference_is_taken_from_the_store_and_masked_afterwards(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.set(stored_name("db"), "value-of-db")
    given = {"DB": "secret:db", "RATE": "0.1", "API_KEY": "plain-key"}
    variables = resolved(given, store.get)
    assert variables == {"DB": "value-of-db", "RATE": "0.1", "API_KEY": "plain-key"}
    assert set(secret_values(variables, given)) == {"value-of-db", "plain-key"}
    with pytest.raises(NotFound, match="secret nothing"):
        resolved({"DB": "secret:nothing"}, store.get)
