"""Rows are filtered as the marks say, by a condition that a person would have written."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.byexample import Budget, LearningCancelled
from workbench.byexample.filtering import Filter, learn_filter

Row = tuple[str | None, ...]
COLUMNS = ("Ordered", "Status", "Price", "Customer", "Note")
NOTES = ("", "Error: no stock", "fragile", "gift, wrap it in red", "error in address", "Paid, but with an ERROR", "call first")
PEOPLE = ("Ada Ng", "Bo Li", "Cy Roth", "Ada Roth", "Bo Ng", "Dee Li", "Eve Ng")
ROWS: list[Row] = [
    (
        f"{2018 + place * 7 % 3}-{place * 5 % 12 + 1:02}-{place * 11 % 28 + 1:02}",
        ("open", "closed", "on hold")[place * place % 11 % 3],
        f"{(place * 37) % 290 + (place % 4) / 4}",
        PEOPLE[place * 3 % 7],
        NOTES[place * 13 % 11 % 7],
    )
    for place in range(240)
]


def learned_rule(rule: Callable[[Row], bool], kept: int, dropped: int) -> Filter:
    """What is learned from the first rows that the rule keeps and the first that it drops."""
    keeps = [index for index, row in enumerate(ROWS) if rule(row)][:kept]
    drops = [index for index, row in enumerate(ROWS) if not rule(row)][:dropped]
    learned = learn_filter(ROWS, dict.fromkeys(keeps, True) | dict.fromkeys(drops, False))
    assert learned.program, learned.explanation
    return learned.program


RULES: list[tuple[str, int, int, Callable[[Row], bool]]] = [
    ("Status is 'open'", 2, 2, lambda row: row[1] == "open"),
    ("Status is not 'closed'", 6, 3, lambda row: row[1] != "closed"),
    ("Note is empty", 2, 1, lambda row: not row[4]),
    ("Customer starts with 'Ada'", 4, 3, lambda row: (row[3] or "").startswith("Ada")),
    ("Customer ends with 'Ng'", 4, 4, lambda row: (row[3] or "").endswith("Ng")),
    ("Note contains 'error' in any case", 6, 6, lambda row: "error" in (row[4] or "").lower()),
]


@pytest.mark.parametrize(("sentence", "kept", "dropped", "rule"), RULES, ids=[rule[0] for rule in RULES])
def test_that_a_few_marks_give_the_plain_condition(sentence: str, kept: int, dropped: int, rule: Callable[[Row], bool]) -> None:
    found = learned_rule(rule, kept, dropped)
    assert found.explain(COLUMNS) == f"Keep the rows where {sentence}."
    assert [found.run(row) for row in ROWS] == [rule(row) for row in ROWS]


def test_that_a_bound_is_a_round_number_between_the_marks() -> None:
    rows = [(name, price) for name, price in zip("abcdefgh", ("12.5", "480", "95", "103", "7", "260", "99.9", "1000"), strict=True)]
    learned = learn_filter(rows, {0: False, 1: True, 2: False, 3: True, 4: False, 5: True})
    assert learned.program
    assert learned.program.explain(("Name", "Price")) == "Keep the rows where Price is at least 100."
    assert not learned.program.run(("x", "99.99"))
    assert learned.program.run(("x", "100"))
    assert not learned.program.run(("x", "cheap"))
    assert not learned.program.run(("x", None))


def test_that_a_bound_of_dates_is_the_first_of_a_year() -> None:
    rows = [("3 May 2017",), ("30 Nov 2019",), ("1 Feb 2020",), ("12 Jul 2021",), ("9 Dec 2018",), ("4 Apr 2022",), ("1 Jan 2016",)]
    learned = learn_filter(rows, {0: False, 1: False, 2: True, 3: True})
    assert learned.program
    assert learned.program.explain(("Day",)) == "Keep the rows where Day is on or after 2020-01-01."
    assert [learned.program.run(row) for row in rows] == [False, False, True, True, False, True, False]


def test_that_what_is_kept_may_lie_between_two_bounds() -> None:
    rows = [(str(number),) for number in (3, 150, 47, 900, 260, 88, 410, 199, 20, 310)]
    learned = learn_filter(rows, {0: False, 1: True, 3: False, 4: True, 6: False, 8: False})
    assert learned.program
    assert learned.program.explain(("Size",)) == "Keep the rows where Size is at least 100 and Size is less than 300."


def test_that_two_conditions_are_joined() -> None:
    found = learned_rule(lambda row: row[1] == "open" and (row[3] or "").startswith("Ada"), 4, 12)
    assert found.explain(COLUMNS) == "Keep the rows where Status is 'open' and Customer starts with 'Ada'."


def test_that_alternatives_are_joined() -> None:
    rows = [(kind, size) for kind in ("pear", "plum", "fig", "apple", "cherry") for size in ("small", "large", "huge")]
    wanted = [kind == "fig" or size == "huge" for kind, size in rows]
    learned = learn_filter(rows, dict(enumerate(wanted)))
    assert learned.program
    assert learned.program.explain(("Fruit", "Size")) == "Keep the rows where Fruit is 'fig' or Size is 'huge'."


def test_that_one_mark_neither_keeps_all_nor_nothing_else() -> None:
    for index in (0, 7, 31):
        for wanted in (True, False):
            learned = learn_filter(ROWS, {index: wanted})
            assert learned.program
            kept = sum(map(learned.program.run, ROWS))
            assert 1 < kept < len(ROWS) - 1
            assert learned.program.run(ROWS[index]) is wanted


def test_that_the_columns_may_be_compared_with_each_other() -> None:
    rows = [
        (str(paid), str(due))
        for paid, due in ((10, 20), (50, 40), (70, 90), (80, 30), (5, 6), (66, 65), (20, 19), (14, 15), (99, 100), (44, 4))
    ]
    learned = learn_filter(rows, {index: int(paid) > int(due) for index, (paid, due) in enumerate(rows[:8])})
    assert learned.program
    assert learned.program.explain(("Paid", "Due")) == "Keep the rows where Paid is more than Due."
    assert [learned.program.run(row) for row in rows] == [int(paid) > int(due) for paid, due in rows]


def test_that_rows_on_which_good_readings_disagree_are_doubtful() -> None:
    rows = [
        ("open", "red"),
        ("open", "red"),
        ("closed", "blue"),
        ("open", "blue"),
        ("closed", "red"),
        ("closed", "blue"),
        ("open", "red"),
    ]
    learned = learn_filter(rows, {0: True, 2: False})
    assert set(learned.doubtful[:2]) == {3, 4}
    assert learned.alternatives
    assert learned.program
    for other in learned.alternatives:
        assert other.differs == tuple(i for i, row in enumerate(rows) if other.program.run(row) != learned.program.run(row))


def test_that_equal_rows_with_different_marks_are_told() -> None:
    learned = learn_filter([("a",), ("b",), ("a",)], {0: True, 2: False})
    assert learned.program is None
    assert [(conflict.first, conflict.second) for conflict in learned.conflicts] == [(0, 2)]
    assert "Rows 1 and 3 are equal" in learned.explanation


def test_that_marks_must_be_there_and_of_rows_that_are_there() -> None:
    assert learn_filter([("a",)], {}).program is None
    assert learn_filter([], {}).program is None
    with pytest.raises(UserError, match="Row 5 is marked, but there are 1 rows"):
        learn_filter([("a",)], {4: True})


def test_that_a_filter_is_saved_and_runs_as_a_program() -> None:
    for _, kept, dropped, rule in RULES:
        found = learned_rule(rule, kept, dropped)
        assert Filter.from_json(json.loads(json.dumps(found.to_json()))) == found
        program = found.to_program()
        assert [program.run(row) == "keep" for row in ROWS] == [found.run(row) for row in ROWS]


def printed(found: Filter, columns: tuple[str, ...] = COLUMNS) -> Callable[..., object]:
    scope: dict[str, object] = {}
    exec(found.to_python(columns), scope)
    keep = scope["keep"]
    assert callable(keep)
    return keep


def test_that_the_printed_python_keeps_the_same_rows() -> None:
    rules: list[Callable[[Row], bool]] = [rule for *_, rule in RULES]
    rules += [
        lambda row: (row[2] or "0") >= "2",
        lambda row: (row[0] or "") >= "2019",
        lambda row: (row[0] or "")[5:7] in {"03", "08"},
    ]
    for rule in rules:
        for count in (1, 4):
            keeps = [index for index, row in enumerate(ROWS) if rule(row)][:count]
            drops = [index for index, row in enumerate(ROWS) if not rule(row)][:count]
            learned = learn_filter(ROWS, dict.fromkeys(keeps, True) | dict.fromkeys(drops, False))
            for found in [learned.program, *(other.program for other in learned.alternatives)]:
                assert found
                keep = printed(found)
                assert [bool(keep(*row)) for row in ROWS] == [found.run(row) for row in ROWS], found.to_python(COLUMNS)


def test_that_the_printed_python_is_short() -> None:
    found = learned_rule(lambda row: row[1] == "open", 2, 2)
    assert found.to_python(("Ordered", "Status")) == (
        'def keep(ordered, status):\n    """Keep the rows where Status is \'open\'."""\n    return status == \'open\'\n'
    )


def test_that_a_damaged_filter_is_refused_with_a_sentence() -> None:
    whole = learned_rule(lambda row: row[1] == "open", 2, 2).to_json()
    for broken in (
        {},
        whole | {"tests": []},
        whole | {"tests": [{"op": "exec"}]},
        whole | {"keep_if": "none"},
        whole | {"version": 9},
    ):
        with pytest.raises(UserError):
            Filter.from_json(broken)


def test_that_a_large_table_with_long_cells_is_learned_in_time() -> None:
    rows: list[Row] = [(str(index), "x" * 10_000 + str(index % 2), None) for index in range(20_000)]
    began = time.monotonic()
    learned = learn_filter(rows, {0: True, 1: False, 2: True, 3: False}, budget=Budget(seconds=1.0))
    assert time.monotonic() - began < 3
    assert learned.program


def test_that_learning_can_be_cancelled() -> None:
    with pytest.raises(LearningCancelled):
        learn_filter(ROWS, {0: True}, budget=Budget(cancelled=lambda: True))


NASTY = st.one_of(
    st.none(), st.text(max_size=9), st.sampled_from(["", " ", "1,200", "-3", "2020-02-30", "31/12/1999", "ש ל", "a\nb", "İ"])
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NASTY, NASTY), min_size=1, max_size=12), st.data())
def test_that_what_is_learned_agrees_with_every_mark(rows: list[Row], data: st.DataObject) -> None:
    keep = data.draw(st.dictionaries(st.integers(0, len(rows) - 1), st.booleans(), max_size=6))
    learned = learn_filter(rows, keep)
    for program in [learned.program, *(other.program for other in learned.alternatives)]:
        if program:
            assert {index: program.run(rows[index]) for index in keep} == keep
            assert Filter.from_json(program.to_json()) == program
            assert program.explain().startswith("Keep the rows where ")
            keep_row = printed(program, ("class", "1st"))
            assert [bool(keep_row(*row)) for row in rows] == [program.run(row) for row in rows]
