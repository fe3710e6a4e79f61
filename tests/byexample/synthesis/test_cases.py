"""Programs of several cases, tables of values, lists inside a cell, and cells that are empty."""

import pytest

from tests.byexample.synthesis.tables import Table, check

CONDITIONS: dict[str, Table] = {
    "a default for an empty cell": (2, [("Oslo", "Oslo"), ("", "n/a"), ("Lima", "Lima"), ("", "n/a")]),
    "a default for a missing cell": (2, [("Oslo", "Oslo"), (None, "n/a"), ("Lima", "Lima"), (None, "n/a")]),
    "the second column where the first is empty": (
        2,
        [(("Ada", "ada@x.org"), "Ada"), (("", "bo@y.org"), "bo@y.org"), (("Cy", "cy@z.org"), "Cy"), (("", "di@w.org"), "di@w.org")],
    ),
    "by a mark in the text": (
        3,
        [
            ("Lovelace, Ada", "Ada Lovelace"),
            ("Alan Turing", "Alan Turing"),
            ("Hopper, Grace", "Grace Hopper"),
            ("Kurt Gödel", "Kurt Gödel"),
            ("Noether, Emmy", "Emmy Noether"),
        ],
    ),
    "by the start of the text": (
        3,
        [
            ("+4930123", "international"),
            ("030123", "national"),
            ("+4171555", "international"),
            ("0171555", "national"),
            ("+12125550", "international"),
        ],
    ),
    "numbers and words": (
        3,
        [("17", "number"), ("Oslo", "word"), ("4.5", "number"), ("Lima", "word"), ("-3", "number"), ("Bern", "word")],
    ),
    "with or without a middle name": (
        3,
        [
            ("Grace Brewster Hopper", "Hopper, Grace B."),
            ("Alan Turing", "Turing, Alan"),
            ("Ada King Lovelace", "Lovelace, Ada K."),
            ("Kurt Gödel", "Gödel, Kurt"),
            ("Emmy Amalie Noether", "Noether, Emmy A."),
        ],
    ),
    "by another column": (
        3,
        [
            (("Ada", "f"), "Ms. Ada"),
            (("Alan", "m"), "Mr. Alan"),
            (("Grace", "f"), "Ms. Grace"),
            (("Kurt", "m"), "Mr. Kurt"),
            (("Emmy", "f"), "Ms. Emmy"),
            (("Barbara", "f"), "Ms. Barbara"),
            (("John", "m"), "Mr. John"),
            (("Donald", "m"), "Mr. Donald"),
            (("Rosa", "f"), "Ms. Rosa"),
        ],
    ),
    "dates and times, each in its layout": (
        3,
        [
            ("2021-03-25", "Mar 25"),
            ("08:05", "8 AM"),
            ("1999-12-01", "Dec 1"),
            ("23:59", "11 PM"),
            ("2003-07-14", "Jul 14"),
        ],
    ),
}

MAPS: dict[str, Table] = {
    "words for codes": (3, [("M", "male"), ("F", "female"), ("X", "other"), ("F", "female"), ("M", "male"), ("X", "other")]),
    "codes for words": (
        3,
        [("small", "1"), ("medium", "2"), ("large", "3"), ("medium", "2"), ("large", "3"), ("small", "1")],
    ),
    "codes of names with nothing in common": (
        4,
        [("north", "A"), ("south", "Q"), ("east", "C"), ("west", "Z"), ("south", "Q"), ("north", "A"), ("west", "Z")],
    ),
}

LISTS: dict[str, Table] = {
    "another separator": (1, [("a;b;c", "a, b, c"), ("x;y", "x, y"), ("one;two;three;four", "one, two, three, four")]),
    "in order": (2, [("pear,fig,apple", "apple,fig,pear"), ("b,a", "a,b"), ("rye,oat,egg,dill", "dill,egg,oat,rye")]),
    "numbers in order": (2, [("10,9,100", "9,10,100"), ("7,3", "3,7"), ("20,1,3", "1,3,20")]),
    "backwards": (2, [("a b c", "c b a"), ("x y", "y x"), ("one two three four", "four three two one")]),
    "each item once": (2, [("a,b,a", "a,b"), ("x,x,y,x", "x,y"), ("k,l,m,k", "k,l,m")]),
    "the first word of each item": (
        2,
        [
            ("Ada Lovelace; Alan Turing", "Ada; Alan"),
            ("Kurt Gödel; Emmy Noether; John Neumann", "Kurt; Emmy; John"),
            ("Grace Hopper", "Grace"),
        ],
    ),
    "each item in capitals": (2, [("no,pe", "NO|PE"), ("eg,de,fr", "EG|DE|FR"), ("it", "IT")]),
    "the numbers among the items": (2, [("a,1,b,2", "1,2"), ("x,30,y", "30"), ("7,k,8,9", "7,8,9")]),
}

EMPTY: dict[str, Table] = {
    "empty stays empty": (1, [("Ada Lovelace", "Lovelace"), ("Alan Turing", "Turing"), ("", ""), (None, None)]),
    "empty as an example": (2, [("Ada Lovelace", "Lovelace"), ("", ""), ("Alan Turing", "Turing"), ("", "")]),
    "missing as an example": (2, [("Ada Lovelace", "Lovelace"), (None, None), ("Alan Turing", "Turing"), (None, None)]),
    "nothing for what is no date": (
        3,
        [("2021-03-25", "Mar"), ("unknown", ""), ("1999-12-01", "Dec"), ("unknown", ""), ("2003-07-14", "Jul")],
    ),
    "one of two columns empty": (1, [(("a", "b"), "a b"), (("c", ""), "c "), (("", "d"), " d")]),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_that_rows_of_different_kinds_have_their_own_case(name: str) -> None:
    check(CONDITIONS[name])


@pytest.mark.parametrize("name", MAPS)
def test_that_values_stand_for_others(name: str) -> None:
    check(MAPS[name])


@pytest.mark.parametrize("name", LISTS)
def test_that_lists_inside_a_cell_are_worked_on(name: str) -> None:
    check(LISTS[name])


@pytest.mark.parametrize("name", EMPTY)
def test_that_empty_cells_are_ordinary(name: str) -> None:
    check(EMPTY[name])
