"""What programs say of themselves."""

import pytest
from hypothesis import given, settings

from tests.byexample.trees import Cells, programs
from workbench.byexample.printing.english import explain, explain_short
from workbench.byexample.tree.conditions import Compares, Contains, HasToken, IsBlank, IsMissing, Not
from workbench.byexample.tree.dates import Duration, EdgeMoment, FormatMoment, MomentRange, ReadMoment, RoundMoment, ShiftMoment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.numbers import Arithmetic, FormatNumber, Length, Number, NumberRange, Ordinal, Round, Scale
from workbench.byexample.tree.texts import (
    After,
    Before,
    Between,
    Case,
    Items,
    KeepTokens,
    Lookup,
    Match,
    Pad,
    Part,
    Replace,
    Slice,
    Trim,
)

A, B = Column(0), Column(1)
DAY = ReadMoment(A, ("d/M/yyyy",))
ISO = ReadMoment(A, ("yyyy-MM-dd",))

INITIALS = (
    "The part of Name after the last blank, in capitals, then ', ' and the first character of the part of Name before the first "
    "blank, followed by '.'."
)
BY_COMMA = (
    "If Name is missing, it stays so; otherwise, if Name does not contain a comma, 'x'; "
    "otherwise the part of Name before the first comma."
)
SENTENCES: list[tuple[Node, str]] = [
    (A, "Name, unchanged."),
    (Constant(None), "Nothing (a missing value)."),
    (Constant("n/a"), "Always 'n/a'."),
    (Case(A, "upper"), "Name in capitals."),
    (
        Concat((Case(Part(A, " ", -1), "upper"), Constant(", "), Slice(Part(A, " ", 0), 0, 1), Constant("."))),
        INITIALS,
    ),
    (Concat((A, Constant(" "), B)), "Name and city joined by a blank."),
    (Concat((Constant("#"), B)), "'#' followed by city."),
    (Part(A, ",", 1), "The second part of Name between commas."),
    (Match(A, "email", 0), "The first e-mail address of Name."),
    (Before(A, "\t"), "The part of Name before the first tab."),
    (After(A, "@", -1), "The part of Name after the last '@'."),
    (Between(A, "(", ")"), "The part of Name in round brackets."),
    (KeepTokens(A, "digits"), "The digits of Name."),
    (Replace(A, "-", " "), "Name with hyphens replaced by a blank."),
    (Pad(A, 5, "0", "left"), "Name filled up to five characters with '0' on the left."),
    (Slice(A, 1, -1), "Name without its first and its last character."),
    (Lookup(A, (("DE", "Germany"),), "elsewhere"), "The value listed for Name ('Germany' for 'DE'; 'elsewhere' for any other)."),
    (
        Items(A, ",", Trim(A), "sorted", True, "; "),
        "The items of Name between commas, each without blanks at its ends, each only once, sorted, joined by '; '.",
    ),
    (FormatNumber(Round(Number(A), "5", "floor"), 2, 2), "Name rounded down to the nearest 5, shown with two decimals."),
    (FormatNumber(Number(A), 2, 2, group=","), "Name shown with two decimals and commas between thousands."),
    (FormatNumber(Scale(Number(A), "0.01")), "Name divided by 100."),
    (FormatNumber(Arithmetic(Number(A), "*", Number(B))), "Name times city."),
    (FormatNumber(Length(A)), "The number of characters in Name."),
    (NumberRange(Number(A), "10", "0", "1", "-", FormatNumber(A)), "The range of 10 that holds Name, like 20-29."),
    (Ordinal(Number(A)), "Name as an ordinal (1st, 2nd...)."),
    (FormatMoment(DAY, "d MMM yyyy"), "The date in Name (day first) shown like 31 Jan 2031."),
    (FormatMoment(ISO, "EEEE"), "The weekday of the date in Name."),
    (
        Concat((FormatMoment(ISO, "MMM"), Constant(" "), FormatMoment(ISO, "do"))),
        "The date in Name shown like Jan 31st.",
    ),
    (FormatMoment(ShiftMoment(ISO, "months", 1), "yyyy-MM-dd"), "One month after the date in Name shown like 2031-02-28."),
    (FormatMoment(EdgeMoment(ISO, "month", "end"), "d.M."), "The last day of the month of the date in Name, shown like 31.1."),
    (
        FormatNumber(Duration(ISO, ReadMoment(B, ("yyyy-MM-dd",)), "days")),
        "The number of days from the date in Name to the date in city.",
    ),
    (
        MomentRange(ReadMoment(A, ("yyyy-MM-dd HH:mm",)), 7200, 0, 0, "-", "ha"),
        "The 2-hour range that holds the time in Name, like 4PM-6PM.",
    ),
    (
        FormatMoment(RoundMoment(ReadMoment(A, ("HH:mm",)), 1800, "nearest"), "HH:mm"),
        "The time in Name rounded to a multiple of 30 minutes, shown like 17:00.",
    ),
    (Choose((Arm(IsBlank(A), Constant(None)),), Case(B, "lower")), "If Name is empty, nothing; otherwise city in small letters."),
    (
        Choose((Arm(IsMissing(A), A), Arm(Not(A, Contains(A, ",")), Constant("x"))), Part(A, ",", 0)),
        BY_COMMA,
    ),
    (
        Choose((Arm(Compares(Number(A), ">=", "100"), Constant("high")),), Constant("low")),
        "If Name is at least 100, 'high'; otherwise 'low'.",
    ),
    (Choose((Arm(HasToken(A, "upper"), A),), B), "If Name contains a group of capitals, Name; otherwise city."),
    (FirstOf((Match(A, "digits", 0), Constant("0"))), "The first group of digits of Name; where there is none, '0'."),
]


@pytest.mark.parametrize(("root", "sentence"), SENTENCES)
def test_that_a_program_is_explained_in_a_plain_sentence(root: Node, sentence: str) -> None:
    assert explain(root, ("Name", "city")) == sentence


def test_that_inputs_without_names_are_named_by_their_place() -> None:
    assert explain(Case(A, "upper")) == "The input in capitals."
    assert explain(Concat((A, Constant("-"), B))) == "Column 1 and column 2 joined by '-'."
    assert explain(B, ("", "")) == "Column 2, unchanged."


def test_that_a_long_explanation_is_shortened_to_sixty_characters() -> None:
    root = Concat((Case(Part(A, " ", -1), "upper"), Constant(", "), Slice(Part(A, " ", 0), 0, 1), Constant(".")))
    assert explain_short(Case(A, "upper"), ("Name",)) == "Name in capitals"
    assert explain_short(root, ("Name",)) == "The part of Name after the last blank in capitals + ', '…"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=programs(depth=3))
def test_that_every_program_has_one_sentence_and_a_short_form(case: tuple[Node, list[Cells]]) -> None:
    root, _ = case
    sentence, short = explain(root, ("Name", "Start\nDate", '"')), explain_short(root, ("Name", "Start\nDate", '"'))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert 0 < len(short) <= 60
