"""Columns are combined by a separator or by examples."""

import pytest

from workbench.base.errors import UserError
from workbench.byexample.combining import join_columns, learn_combine

ADDRESSES = [("16011 N.E. 36th Way", "REDMOND", "WA", "98052"), ("1 Main St", None, "", "98101"), (None, None, None, None)]


@pytest.mark.parametrize(
    ("missing", "second", "third"),
    [("empty", "1 Main St, , , 98101", ", , , "), ("skip", "1 Main St, 98101", ""), ("nothing", None, None)],
)
def test_that_values_are_joined_and_missing_ones_treated_as_asked(missing: str, second: str | None, third: str | None) -> None:
    learned = learn_combine(ADDRESSES, separator=", ", missing=missing)
    assert learned.program
    assert [learned.program.run(row) for row in ADDRESSES] == ["16011 N.E. 36th Way, REDMOND, WA, 98052", second, third]


def test_that_a_blank_stands_between_the_values_unless_another_separator_is_given() -> None:
    learned = learn_combine([("Ada", "Lovelace"), ("Alan", "Turing")])
    assert learned.program
    assert learned.program.run(("Ada", "Lovelace")) == "Ada Lovelace"
    assert learned.doubtful == ()
    assert join_columns((1, 0), "").run(("a", "b")) == "ba"
    assert join_columns((1,), ", ").run(("a", "b")) == "b"


def test_that_rows_with_missing_values_are_doubtful_and_have_an_alternative() -> None:
    learned = learn_combine(ADDRESSES, separator="-")
    assert learned.doubtful == (1, 2)
    assert [other.differs for other in learned.alternatives] == [(1, 2)]
    assert learned.alternatives[0].program.run(ADDRESSES[1]) == "1 Main St-98101"


def test_that_examples_say_how_to_combine() -> None:
    rows = [("13", "Oct", "2016", "15", "01", "23"), ("16", "Oct", "2016", "16", "22", "33")]
    learned = learn_combine(rows, [(rows[0], "13-Oct-2016 15:01:23 PDT")])
    assert learned.program
    assert learned.program.run(rows[1]) == "16-Oct-2016 16:22:33 PDT"


def test_that_what_cannot_be_combined_is_told() -> None:
    with pytest.raises(UserError, match="by a separator or by examples"):
        learn_combine(ADDRESSES, [(ADDRESSES[0], "x")], separator=",")
    with pytest.raises(UserError, match="cannot be treated as 'drop'"):
        learn_combine(ADDRESSES, missing="drop")
    with pytest.raises(UserError, match="no columns"):
        join_columns((), ",")
    assert learn_combine([]).program is None
