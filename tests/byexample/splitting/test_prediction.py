"""Splits without an example."""

import pytest

from workbench.byexample.splitting import LearnedSplit, learn_split

WEB_LOG = (
    '192.128.138.20 - - [16/Oct/2016 16:22:33 -0200] "GET /images/picture.gif HTTP/1.1" 234 343 www.yahoo.com '
    '"http://www.example.com/" "Mozilla/4.0 (compatible; MSIE 4)" "-"'
)


def fields(learned: LearnedSplit, text: str | None) -> tuple[str | None, ...]:
    assert learned.splitter is not None
    return learned.splitter.run(text)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["192.168.0.102"], [("192", "168", "0", "102")]),
        (["192.168.0.102", "10.0.0.1"], [("192", "168", "0", "102"), ("10", "0", "0", "1")]),
        (
            ["Monday - Friday: 7:00 am - 6:00 pm,Saturday: 9:00 am - 5:00 pm,Sunday: Closed"],
            [("Monday", "Friday", "7:00 am", "6:00 pm", "Saturday", "9:00 am", "5:00 pm", "Sunday", "Closed")],
        ),
        (["$14", "£9", "€ 18", "$34"], [("$", "14"), ("£", "9"), ("€ ", "18"), ("$", "34")]),
        (["2.27KG", "1L", "1.7KGA", "125G"], [("2.27", "KG"), ("1", "L"), ("1.7", "KGA"), ("125", "G")]),
        (["1/1/2015 0:54"], [("1/1/2015", "0:54")]),
    ],
)
def test_that_fields_are_found_without_an_example(rows: list[str], expected: list[tuple[str, ...]]) -> None:
    learned = learn_split(rows)
    assert [fields(learned, row) for row in rows] == expected


def test_that_one_line_of_a_web_log_gives_its_fifteen_fields() -> None:
    found = fields(learn_split([WEB_LOG]), WEB_LOG)
    assert found[:8] == ("192.128.138.20", "16/Oct/2016", "16:22:33", "-0200", "GET", "images/picture.gif", "HTTP", "1.1")
    assert found[8:12] == ("234", "343", "www.yahoo.com", "http://www.example.com/")
    assert found[12:] == ("Mozilla", "4.0", "compatible; MSIE 4")


def test_that_a_separator_inside_of_a_time_or_an_address_does_not_count() -> None:
    rows = ["start: 10:15, see http://a.org/x,y", "end: 11:40, see http://b.org/z,q", "rest: 12:05, see http://c.org/k,r"]
    assert fields(learn_split(rows), rows[0])[:2] == ("start", "10:15")
    assert fields(learn_split(rows), rows[0])[-1] == "http://a.org/x,y"


def test_that_quoted_and_bracketed_text_stays_whole() -> None:
    rows = ['1,"Ames, Iowa",x', '2,"Rome, Italy",y', '3,"Oslo",z']
    assert [fields(learn_split(rows), row)[0] for row in rows] == ["1", "2", "3"]
    assert [fields(learn_split(rows), row)[-1] for row in rows] == ["x", "y", "z"]
    assert len(fields(learn_split(rows), rows[0])) == 3


def test_that_rows_which_do_not_conform_give_nulls_in_all_fields() -> None:
    rows = ["price", *(f"{i} EUR; {i * 3} pieces" for i in range(10, 40)), "none", None, ""]
    learned = learn_split(rows)
    width = len(fields(learned, rows[1]))
    assert fields(learned, "12 EUR; 7 pieces")[0] == "12"
    for row in ("price", "none", None, "", "1 EUR; 2 pieces; 3"):
        assert fields(learned, row) == (None,) * width
    assert learned.doubtful == (0, 31)
    assert "2 rows do not conform" in learned.explanation


def test_that_a_list_of_any_length_is_filled_on_the_side_that_is_asked_for() -> None:
    rows = ["a,b,c", "d,e", "f", "g,h,i"]
    assert fields(learn_split(rows), "d,e") == ("d", "e", None)
    assert fields(learn_split(rows, fill="left"), "d,e") == (None, "d", "e")
    assert fields(learn_split(rows, fill="left", keep_delimiters=True), "d,e") == (None, None, "d", ",", "e")


def test_that_given_delimiters_overrule_the_detection() -> None:
    rows = ["2015-01-12 0:54", "2015-01-13 1:12"]
    learned, kept = (learn_split(rows, delimiters=["-", ":"], keep_delimiters=keep) for keep in (False, True))
    assert fields(learned, rows[0]) == ("2015", "01", "12 0", "54")
    assert fields(kept, rows[0]) == ("2015", "-", "01", "-", "12 0", ":", "54")


def test_that_the_longest_of_the_given_delimiters_counts() -> None:
    assert fields(learn_split(["a->b-c"], delimiters=["-", "->"]), "a->b-c") == ("a", "b", "c")


@pytest.mark.parametrize("rows", [[], [None, None], ["", "  "], ["abc", "def"]])
def test_that_rows_without_anything_to_separate_give_no_splitter(rows: list[str | None]) -> None:
    learned = learn_split(rows)
    assert learned.splitter is None
    assert learned.explanation == "Nothing separates the rows."
