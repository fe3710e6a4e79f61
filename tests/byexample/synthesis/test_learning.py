"""What holds whatever is learned: programs fit their examples, can be kept, contradictions are named, time is kept."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.byexample import Budget, Learner, LearningCancelled, Program, learn


def test_that_several_columns_make_a_key() -> None:
    examples = [(("2013", "1", "1", "5"), "2013-01-01 05"), (("2013", "11", "2", "15"), "2013-11-02 15")]
    learned = learn(examples, [("2013", "12", "30", "0")])
    assert learned.program
    assert learned.program.run(("2013", "12", "30", "0")) == "2013-12-30 00"


def test_that_one_example_makes_a_key_where_the_inputs_tell_the_rest() -> None:
    rows = [("2013", "1", "1", "5"), ("2013", "12", "30", "0"), ("2013", "2", "3", "15"), ("2013", "7", "13", "22")]
    program = learn([(rows[0], "2013-01-01 05")], rows).program
    assert program
    assert [program.run(row) for row in rows] == ["2013-01-01 05", "2013-12-30 00", "2013-02-03 15", "2013-07-13 22"]


def test_that_digits_without_zeros_in_front_are_times() -> None:
    rows = [("517",), ("5",), ("35",), ("0",), ("1733",)]
    program = learn([(rows[0], "5AM-6AM"), (rows[4], "5PM-6PM")], rows).program
    assert program
    assert [program.run(row) for row in rows] == ["5AM-6AM", "12AM-1AM", "12AM-1AM", "12AM-1AM", "5PM-6PM"]


def test_that_names_in_two_orders_are_not_taken_for_a_sorted_list() -> None:
    rows = [("Lovelace, Ada",), ("Alan Turing",), ("Hopper, Grace",), ("Backus, John",)]
    examples = [(rows[0], "Ada Lovelace"), (rows[1], "Alan Turing"), (rows[2], "Grace Hopper")]
    program = learn(examples, rows).program
    assert program
    assert program.run(rows[3]) == "John Backus"


def test_that_whole_columns_are_joined_even_when_one_is_empty() -> None:
    learned = learn([(("Claudio", "A", "Chew"), "Claudio A Chew")])
    assert learned.program
    assert learned.program.run(("Laquanda", "", "Lohmann")) == "Laquanda  Lohmann"


def test_that_contradictions_are_named() -> None:
    learned = learn([(("a",), "1"), (("b",), "2"), (("a",), "3")])
    assert learned.program is None
    assert [(conflict.first, conflict.second) for conflict in learned.conflicts] == [(0, 2)]
    assert "Examples 1 and 3 contradict each other" in learned.explanation


def test_that_rows_without_an_answer_are_the_most_doubtful() -> None:
    learned = learn([(("517",), "5AM-6AM")], [("517",), ("600",), ("later",), ("1733",)])
    assert learned.doubtful[0] == 2


def test_that_a_missing_input_gives_a_missing_output() -> None:
    learned = learn([(("517",), "5AM-6AM")])
    assert learned.program
    assert learned.program.run((None,)) is None


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 1},
        {"version": 1, "program": {"call": "exec", "of": {"column": 0}, "arguments": []}},
        {"version": 2},
        {"version": 2, "program": {"op": "exec"}},
    ],
)
def test_that_a_damaged_or_older_program_is_refused_with_a_sentence(broken: dict[str, object]) -> None:
    with pytest.raises(UserError):
        Program.from_json(broken)


def test_that_learning_keeps_its_time() -> None:
    began = time.monotonic()
    learn([((f"{i} a-b_c/d;e:f.g " * 12,), "zq" * 20) for i in range(3)], budget=Budget(seconds=0.3))
    assert time.monotonic() - began < 3


def test_that_learning_is_cancelled() -> None:
    learner = Learner([("Ada Lovelace",), ("Alan Turing",)], budget=Budget(cancelled=lambda: True))
    with pytest.raises(LearningCancelled):
        learner.add(("Ada Lovelace",), "A. Lovelace")


def test_that_examples_one_by_one_give_what_all_at_once_give() -> None:
    rows = [("Laquanda Lohmann",), ("John-Paul Smith",), ("Rico Ropp",)]
    learner = Learner(rows)
    learner.add(rows[0], "L.L.")
    assert learner.add(rows[1], "J.S.") == learn([(rows[0], "L.L."), (rows[1], "J.S.")], rows)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=8)), min_size=1, max_size=3, unique_by=lambda pair: pair[0]))
def test_that_a_program_always_fits_its_examples_and_can_be_kept(pairs: list[tuple[str, str]]) -> None:
    learned = learn([((given,), wanted) for given, wanted in pairs], budget=Budget(seconds=0.5))
    if learned.program:
        assert [learned.program.run((given,)) or "" for given, _ in pairs] == [wanted for _, wanted in pairs]
        assert Program.from_json(json.loads(json.dumps(learned.program.to_json()))) == learned.program
