"""Splits with examples."""

from workbench.byexample.splitting import learn_split

LOG = [
    "2015-07-29 17:41:44 INFO disk 4 is full",
    "2015-07-29 17:42:01 WARN fan is slow",
    "2015-07-30 08:00:13 INFO all is well again",
]


def test_that_an_example_with_fewer_parts_merges() -> None:
    learned = learn_split(LOG, [(LOG[0], ["2015-07-29 17:41:44", "INFO", "disk 4 is full"])])
    assert learned.splitter is not None
    assert learned.splitter.run(LOG[2]) == ("2015-07-30 08:00:13", "INFO", "all is well again")


def test_that_an_example_with_more_parts_splits_further() -> None:
    learned = learn_split(LOG, [(LOG[0], ["2015", "07", "29", "17:41:44", "INFO", "disk 4 is full"])])
    assert learned.splitter is not None
    assert learned.splitter.run(LOG[2]) == ("2015", "07", "30", "08:00:13", "INFO", "all is well again")


def test_that_an_example_may_have_its_delimiters_between_the_fields() -> None:
    example = (LOG[0], ["2015-07-29", " ", "17:41:44", " ", "INFO", " ", "disk 4 is full"])
    kept, bare = learn_split(LOG, [example], keep_delimiters=True), learn_split(LOG, [example])
    assert kept.splitter is not None
    assert bare.splitter is not None
    assert kept.splitter.run(LOG[1]) == ("2015-07-29", " ", "17:42:01", " ", "WARN", " ", "fan is slow")
    assert bare.splitter.run(LOG[1]) == ("2015-07-29", "17:42:01", "WARN", "fan is slow")


def test_that_an_example_may_leave_out_what_stands_around_a_field() -> None:
    rows = ["total (net) = 15 EUR", "fee (gross) = 7 EUR"]
    learned = learn_split(rows, [(rows[0], ["total", "15"])])
    assert learned.splitter is not None
    assert learned.splitter.run(rows[0]) == ("total", "15")


def test_that_the_part_after_a_later_separator_can_be_asked_for() -> None:
    rows = ["Ada King Lovelace", "Jean Luc Picard", "Mary Ann Evans"]
    learned = learn_split(rows, [(rows[0], ["Ada King", "Lovelace"])])
    assert learned.splitter is not None
    assert learned.splitter.run(rows[1]) == ("Jean Luc", "Picard")


def test_that_an_example_cuts_aligned_text_at_its_positions() -> None:
    rows = ["ab12xyz  7", "c 3 w   19", "def4qq   1"]
    learned = learn_split(rows, [(rows[0], ["ab1", "2xyz ", " 7"])])
    assert learned.splitter is not None
    assert learned.splitter.run(rows[1]) == ("c 3", "w", "19")


def test_that_two_examples_decide_together() -> None:
    rows = ["a-b, c", "d,e", "f-g-h,i"]
    learned = learn_split(rows, [(rows[0], ["a-b", "c"]), (rows[1], ["d", "e"])])
    assert learned.splitter is not None
    assert learned.splitter.run(rows[2]) == ("f-g-h", "i")


def test_that_a_part_which_is_not_in_the_text_is_said() -> None:
    learned = learn_split(["a b", "c d"], [("a b", ["a", "x"])])
    assert learned.splitter is None
    assert [conflict.example for conflict in learned.conflicts] == [0]
    assert learned.explanation == "The part “x” does not stand in “a b” after the parts before it."


def test_that_an_example_against_the_ones_before_it_is_said_and_left_out() -> None:
    learned = learn_split(["a b c", "d e f"], [("a b c", ["a", "b c"]), ("d e f", ["d", "e", "f"])])
    assert learned.splitter is not None
    assert learned.splitter.run("d e f") == ("d", "e f")
    assert [conflict.example for conflict in learned.conflicts] == [1]
    assert "examples before it" in learned.conflicts[0].message


def test_that_examples_alone_are_enough() -> None:
    learned = learn_split([], [("a=1", ["a", "1"])])
    assert learned.splitter is not None
    assert learned.splitter.run("bc=23") == ("bc", "23")
