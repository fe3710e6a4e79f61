"""A splitter is run, said, printed and saved; all forms agree, on nasty texts too."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.byexample.splitting.test_alignment import SHIPS
from tests.byexample.splitting.test_prediction import WEB_LOG
from workbench.base.errors import UserError
from workbench.byexample.splitting import Splitter, learn_split

COLUMNS: dict[str, list[str]] = {
    "web log": [WEB_LOG],
    "ships": SHIPS,
    "address": ["10.1.2.3", "192.168.0.1"],
    "amounts": ["$14", "€ 18", "£9"],
    "names": ["Ms. Ada King", "Mr. Alan Turing", "Mrs. Grace Hopper"],
    "list": ["a;b", "c", "d;e;f"],
    "quotes": ['x "\'" 1', 'y "\'" 2', 'z "\'" 3'],
    "backslashes": ["a\\b\\c", "d\\e\\f"],
    "camel": ["redFox", "blueWhale", "ant"],
    "marks": ["[1] {a} (b)", "[2] {c} (d)"],
    "tabs": ["a\tb\nc", "d\te\nf"],
    "meetings": ["Mon: 10:15: room 3", "Tue: 9:05 pm: room 4", "Wed: 23:59: hall"],
    "paths": ['GET /a/b.gif "x"', 'PUT /c.html "y z"', 'GET /d/e/f.png ""'],
    "keys": ["a=1 b=x y", "a=22 b=z", "a=3 b=q r s"],
    "trailing": ["EUR 1.5 ", "USD 22.0", "EUR 3.75"],
    "percent": ["10%", "7%", "100%"],
    "calls": ["Oak St; Post 3; 2015-12-10 @ 17:10", "Elm St; 2015-12-11 @ 04:11", "Ash & Fir; b; c; 2015-12-11 @ 01:29"],
}
NASTY = st.text(alphabet=st.sampled_from("aZé1٣. ,;:-/\\|\"'()[]{}<>\t\n\r\u2028\u00a0§€$%_ש\0"), max_size=60)


def splitters() -> list[tuple[str, Splitter]]:
    found = []
    for name, rows in COLUMNS.items():
        for keep in (False, True):
            learned = learn_split(rows, keep_delimiters=keep)
            assert learned.splitter is not None, name
            found += [(name, splitter) for splitter in (learned.splitter, *learned.alternatives)]
    return found


def printed(splitter: Splitter) -> Callable[[str | None], tuple[str | None, ...]]:
    names: dict[str, Callable[[str | None], tuple[str | None, ...]]] = {}
    exec(splitter.to_python(), names)
    return names["split_text"]


SPLITTERS = [(name, splitter, printed(splitter)) for name, splitter in splitters()]


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(NASTY, st.text(max_size=40), st.sampled_from([row for rows in COLUMNS.values() for row in rows])), end=NASTY)
def test_that_the_printed_python_agrees_with_the_splitter(text: str, end: str) -> None:
    for _, splitter, function in SPLITTERS:
        for value in (text, text + end, end + text, None):
            assert function(value) == splitter.run(value)
            assert len(splitter.run(value)) == splitter.width


@settings(max_examples=150, deadline=None)
@given(text=NASTY)
def test_that_kept_parts_joined_give_the_line(text: str) -> None:
    for _, splitter, _ in SPLITTERS:
        parts = splitter.run(text)
        if splitter.keep_delimiters and any(parts):
            assert "".join(part or "" for part in parts) == text


@pytest.mark.parametrize("name", COLUMNS)
def test_that_kept_parts_of_the_learned_rows_give_the_rows(name: str) -> None:
    splitter = learn_split(COLUMNS[name], keep_delimiters=True).splitter
    assert splitter is not None
    for row in COLUMNS[name]:
        assert "".join(part or "" for part in splitter.run(row)) == row


def test_that_a_saved_splitter_is_the_same_again() -> None:
    for _, splitter, _ in SPLITTERS:
        assert Splitter.from_json(json.loads(json.dumps(splitter.to_json()))) == splitter


def test_that_the_saved_form_can_be_read() -> None:
    splitter = learn_split(["a, b", "c, d"]).splitter
    assert splitter is not None
    assert splitter.to_json() == {
        "splitter": 1,
        "keep_delimiters": False,
        "way": "sequence",
        "pieces": [
            {"piece": "field", "without": [{"piece": "separator", "text": ","}]},
            {"piece": "separator", "text": ", "},
            {"piece": "field", "without": [{"piece": "separator", "text": ","}]},
        ],
    }


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"splitter": 2, "way": "columns", "cuts": [1]},
        {"splitter": 1, "way": "magic"},
        {"splitter": 1, "way": "columns", "cuts": [3, 2]},
        {"splitter": 1, "way": "list", "delimiters": [""], "fields": 2, "fill": "right"},
        {"splitter": 1, "way": "list", "delimiters": [","], "fields": 1_000_000_000, "fill": "right"},
        {"splitter": 1, "way": "sequence", "pieces": [{"piece": "field"}, {"piece": "field"}]},
        {"splitter": 1, "way": "sequence", "pieces": [{"piece": "field", "jumps": -1}]},
        {"splitter": 1, "way": "sequence", "pieces": [{"piece": "field", "around": ["poem"]}]},
        {"splitter": 1, "way": "sequence", "pieces": ["field"]},
        {"splitter": 1, "way": "sequence", "pieces": [{"piece": "separator", "boundary": "left, right"}]},
        {"splitter": 1, "way": "sequence"},
    ],
)
def test_that_what_is_no_splitter_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(UserError):
        Splitter.from_json(told)


def test_that_a_wrong_fill_or_an_empty_delimiter_is_refused() -> None:
    with pytest.raises(UserError, match="on the left or on the right"):
        learn_split(["a"], fill="up")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="delimiter is empty"):
        learn_split(["a"], delimiters=[""])


def test_that_every_explanation_is_one_sentence() -> None:
    for _, splitter, _ in SPLITTERS:
        words = splitter.explain()
        assert words[0].isupper()
        assert words.endswith(".")
        assert "\n" not in words


def test_that_the_printed_python_is_short_and_stands_alone() -> None:
    splitter = learn_split(["a, b", "c, d"]).splitter
    assert splitter is not None
    assert (
        splitter.to_python()
        == '''\
import re

LINE = re.compile(
    r"([^,]*+)"   # part 1
    r", "         # delimiter
    r"([^,]*+)",  # part 2
    re.DOTALL,
)


def split_text(text: str | None) -> tuple[str | None, ...]:
    """Split at ", "."""
    if text is None or not text.strip():
        return (None,) * 2
    match = LINE.fullmatch(text)
    return match.groups() if match else (None,) * 2
'''
    )


def test_that_long_cells_and_many_rows_take_little_time() -> None:
    started = time.monotonic()
    for cell in (
        "a" * 10_000,
        " " * 9_999 + "x",
        "a.b@" * 2_500,
        "1.2.3-" * 1_700,
        '"(' * 5_000,
        "2015-01-01 " * 900,
        ", " * 5_000,
    ):
        learned = learn_split([cell, f"{cell} 1", f"2 {cell}"], keep_delimiters=True)
        for _, splitter, _ in SPLITTERS:
            splitter.run(cell)
        assert learned.explanation
    learned = learn_split([f"{i}, 2015-01-12 {i % 24}:15 item {i}" for i in range(100_000)])
    assert learned.splitter is not None
    assert learned.splitter.run("7, 2015-01-12 7:15 item 7")[:3] == ("7", "2015-01-12", "7:15")
    assert time.monotonic() - started < 30
