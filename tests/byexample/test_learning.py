"""What is learned from examples; the fixtures come from public documentation (Microsoft Azure docs, CC BY 4.0)."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.byexample import Program, learn

DATE = "31-Jan-2031 05:54:18"

CASES = [
    (
        "hours of HHMM numbers",
        [("517", "5AM-6AM"), ("1733", "5PM-6PM")],
        [("542", "5AM-6AM"), ("1200", "12PM-1PM"), ("5", "12AM-1AM"), ("2359", "11PM-12AM")],
    ),
    ("hours from one example", [("517", "5AM-6AM")], [("1733", "5PM-6PM")]),
    ("date and hour", [("2013-01-01 10:00:00", "2013-01-01 10")], [("2013-12-31 05:00:00", "2013-12-31 05")]),
    (
        "initials",
        [("Laquanda Lohmann", "L.L."), ("John-Paul Smith", "J.S.")],
        [("Sarah-Jane Smith", "S.S."), ("Rico Ropp", "R.R.")],
    ),
    ("constants", [("Male", "0"), ("Female", "1"), ("Unknown", "2")], [("Male", "0"), ("Unknown", "2")]),
    ("nearest 10", [("112", "110")], [("117", "120"), ("11112", "11110"), ("11119", "11120"), ("548", "550")]),
    ("floor 10", [("112", "110"), ("117", "110")], [("11112", "11110"), ("11119", "11110"), ("548", "540")]),
    (
        "nearest 0.05",
        [("-75.5812935", "-75.60"), ("-75.343513", "-75.35")],
        [("-75.2646799", "-75.25"), ("-75.6033497", "-75.60"), ("-75.283245", "-75.30")],
    ),
    ("bins of 5", [("20.16", "20-25")], [("14.32", "10-15"), ("5.44", "5-10"), ("3.84", "0-5")]),
    ("times 1000", [("-243", "-243000")], [("-12.5", "-12500"), ("-2345.23292", "-2345232.92"), ("-1202.3433", "-1202343.3")]),
    ("pad", [("5828", "05828")], [("44130", "44130"), ("4759", "04759")]),
    ("weekday", [(DATE, "Fri")], [("17-Jan-1990 13:32:01", "Wed")]),
    ("short month", [(DATE, "Jan")], [("14-Feb-2034 05:36:07", "Feb")]),
    ("hour", [(DATE, "5")], [("14-Apr-2010 00:23:13", "0")]),
    ("long date", [(DATE, "Friday, January 31, 2031")], [("03-Mar-2024 10:17:49", "Sunday, March 3, 2024")]),
    ("digits and time", [(DATE, "01312031 5:54")], [("14-Mar-2002 13:16:16", "03142002 13:16")]),
    ("half day", [(DATE, "31/1/2031 5:54 AM")], [("14-Apr-2010 00:23:13", "14/4/2010 12:23 AM")]),
    ("quarter", [(DATE, "Q1 2031")], [("14-Apr-2010 00:23:13", "Q2 2010")]),
    ("minute bins", [(DATE, "45-60")], [("17-Jan-1990 13:32:01", "30-45")]),
    (
        "two hours anchored",
        [(DATE, "5AM-7AM")],
        [("17-Jan-1990 13:32:01", "1PM-3PM"), ("14-Apr-2010 00:23:13", "11PM-1AM"), ("15-Jul-1977 12:45:39", "11AM-1PM")],
    ),
    ("half hours", [(DATE, "5:30-6:00")], [("17-Jan-1990 13:32:01", "13:30-14:00"), ("14-Apr-2010 00:23:13", "0:00-0:30")]),
]


@pytest.mark.parametrize(("examples", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_that_the_examples_are_generalised(examples: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    learned = learn([((given,), wanted) for given, wanted in examples], [(given,) for given, _ in expected])
    assert learned.program
    assert [learned.program.run((given,)) for given, _ in expected] == [wanted for _, wanted in expected]
    again = Program.from_json(json.loads(json.dumps(learned.program.to_json())))
    assert again == learned.program
    scope: dict[str, object] = {}
    exec(learned.program.to_python(), scope)
    derive = scope["derive"]
    assert callable(derive)
    assert [derive(given) for given, _ in expected] == [wanted for _, wanted in expected]
    assert learned.explanation.endswith(".")


def test_that_several_columns_make_the_key_of_the_weather() -> None:
    examples = [(("2013", "1", "1", "5"), "2013-01-01 05"), (("2013", "11", "2", "15"), "2013-11-02 15")]
    learned = learn(examples, [("2013", "12", "30", "0")])
    assert learned.program
    assert learned.program.run(("2013", "12", "30", "0")) == "2013-12-30 00"


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


def test_that_a_damaged_program_is_refused_with_a_sentence() -> None:
    for broken in (
        {},
        {"version": 1},
        {"version": 1, "program": {"call": "exec", "of": {"column": 0}, "arguments": []}},
        {"version": 2},
    ):
        with pytest.raises(UserError):
            Program.from_json(broken)


def test_that_learning_keeps_its_budget() -> None:
    began = time.monotonic()
    learn([((f"{i} a-b_c/d;e:f.g " * 12,), "zq" * 20) for i in range(3)], budget=0.3)
    assert time.monotonic() - began < 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=8)), min_size=1, max_size=3, unique_by=lambda pair: pair[0]))
def test_that_a_program_always_fits_its_examples(pairs: list[tuple[str, str]]) -> None:
    learned = learn([((given,), wanted) for given, wanted in pairs], budget=0.5)
    if learned.program:
        assert [learned.program.run((given,)) or "" for given, _ in pairs] == [wanted for _, wanted in pairs]


def test_that_each_column_is_used_once_where_equal_values_leave_it_open() -> None:
    learned = learn([(("2013", "1", "1", "5"), "2013-01-01 05")])
    assert learned.program
    assert learned.program.run(("2014", "12", "30", "23")) == "2014-12-30 23"
