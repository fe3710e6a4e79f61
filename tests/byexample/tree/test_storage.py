"""Programs are saved as JSON, and come back as they were; anything else is refused in a sentence."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.byexample.trees import Cells, programs
from workbench.base.errors import UserError
from workbench.byexample.tree.conditions import IsBlank
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, Node
from workbench.byexample.tree.numbers import FormatNumber, Number
from workbench.byexample.tree.program import Program
from workbench.byexample.tree.storage import KINDS, VERSION
from workbench.byexample.tree.texts import Items, Part

SAVED: dict[str, Any] = {
    "version": VERSION,
    "program": {"op": "part", "of": {"op": "column", "index": 0}, "delimiter": " ", "index": -1},
}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(case=programs(depth=3))
def test_that_a_program_comes_back_as_it_was(case: tuple[Node, list[Cells]]) -> None:
    program = Program(case[0])
    assert Program.from_json(json.loads(json.dumps(program.to_json()))) == program


def test_that_the_file_is_readable() -> None:
    assert Program(Part(Column(0), " ", -1)).to_json() == SAVED
    choice = Choose((Arm(IsBlank(Column(0)), Constant(None)),), FormatNumber(Number(Column(0)), 2, 2))
    assert Program(choice).to_json()["program"] == {
        "op": "choose",
        "arms": [
            {
                "op": "arm",
                "condition": {"op": "is_blank", "of": {"op": "column", "index": 0}},
                "then": {"op": "constant", "text": None},
            }
        ],
        "otherwise": {"op": "format_number", "of": {"op": "number", "of": {"op": "column", "index": 0}}, "least": 2, "most": 2},
    }


def test_that_an_older_version_says_what_to_do() -> None:
    for version in (1, 3, None, "2"):
        with pytest.raises(UserError, match="version") as caught:
            Program.from_json({**SAVED, "version": version})
        assert caught.value.hint


@pytest.mark.parametrize(
    "program",
    [
        None,
        "part",
        [],
        {},
        {"op": "no_such"},
        {"op": "node"},
        {"op": "part"},
        {"op": "is_blank", "of": {"op": "column", "index": 0}},
        {"op": "column", "index": "0"},
        {"op": "column", "index": True},
        {"op": "column", "index": 0, "more": 1},
        {"op": "part", "of": "column", "delimiter": " ", "index": 0},
        {"op": "part", "of": {"op": "column", "index": 0}, "delimiter": None, "index": 0},
        {"op": "match", "of": {"op": "column", "index": 0}, "kind": "nonsense", "index": 0},
        {"op": "format_moment", "of": {"op": "column", "index": 0}, "pattern": "bbb"},
        {"op": "read_moment", "of": {"op": "column", "index": 0}, "patterns": ["d 'open"]},
        {"op": "concat", "parts": {"op": "column", "index": 0}},
    ],
)
def test_that_a_damaged_program_gives_a_sentence(program: Any) -> None:
    with pytest.raises(UserError, match="damaged") as caught:
        Program.from_json({"version": VERSION, "program": program})
    assert caught.value.hint


def test_that_a_program_nested_without_end_gives_a_sentence() -> None:
    root: dict[str, Any] = {"op": "column", "index": 0}
    for _ in range(5000):
        root = {"op": "squeeze", "of": root}
    with pytest.raises(UserError, match="damaged"):
        Program.from_json({"version": VERSION, "program": root})


BROKEN = st.sampled_from(
    [None, 5, -1, 1.5, True, "", "x", [], ["x"], {}, {"op": "column", "index": 0}, {"op": "column", "index": "x"}, {"op": "arm"}]
)
LARGE = Program(
    Choose(
        (Arm(IsBlank(Column(0)), Items(Column(1), ",", Part(Column(0), "=", 0), "sorted", True, ";")),),
        Concat((FormatNumber(Number(Column(0)), 2, 2, group=","), FormatMoment(ReadMoment(Column(1), ("d/M/yyyy",)), "d MMM"))),
    )
).to_json()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All containers of a JSON value with their keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(place=st.integers(0, len(list(_places(LARGE))) - 1), broken=BROKEN)
def test_that_any_damage_gives_a_sentence_or_a_sound_program(place: int, broken: Any) -> None:
    damaged = copy.deepcopy(LARGE)
    container, key = list(_places(damaged))[place]
    container[key] = broken
    try:
        program = Program.from_json(damaged)
    except UserError:
        return
    assert Program.from_json(program.to_json()) == program


def test_that_every_operator_has_a_name_in_the_file() -> None:
    assert {
        "column",
        "constant",
        "concat",
        "first_of",
        "arm",
        "choose",
        "part",
        "match",
        "format_moment",
        "compares",
        "not",
    } <= set(KINDS)


def test_that_a_program_knows_the_columns_that_it_reads() -> None:
    assert Program(Concat((Column(4), Constant("-"), Column(1), Column(4)))).columns == (1, 4)
    assert Program(Constant("x")).columns == ()
