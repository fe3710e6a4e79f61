"""Dates and times are read, moved and shown."""

import pytest

from workbench.byexample.tree.dates import (
    Duration,
    EdgeMoment,
    FormatMoment,
    MomentNumber,
    MomentRange,
    ReadMoment,
    RoundMoment,
    ShiftMoment,
)
from workbench.byexample.tree.moments import Moment, elements, quote, read_moment, show_moment
from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.numbers import FormatNumber

A = Column(0)
DAY = ReadMoment(A, ("d/M/yyyy",))
ISO = ReadMoment(A, ("yyyy-MM-dd",))
TIME = ReadMoment(A, ("H:mm",))
SAMPLE = Moment(2031, 1, 7, 17, 4, 8, "25")


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("d/M/yyyy", " 07/1/2031 ", Moment(2031, 1, 7)),
        ("dd/MM/yyyy", "7/1/2031", None),
        ("d/M/yyyy", "31/4/2031", None),
        ("d/M/yyyy", "29/2/2023", None),
        ("d/M/yyyy", "29/2/2024", Moment(2024, 2, 29)),
        ("d/M/yyyy", "7/0/2031", None),
        ("d/M/yyyy", "7/1/0000", None),
        ("M/d/yy", "1/2/49", Moment(2049, 1, 2)),
        ("M/d/yy", "1/2/50", Moment(1950, 1, 2)),
        ("d MMM yyyy", "7  JANUARY 2031", Moment(2031, 1, 7)),
        ("d MMM yyyy", "7 jan. 2031", Moment(2031, 1, 7)),
        ("d MMM yyyy", "7 Jux 2031", None),
        ("EEEE, MMMM d, yyyy h:mm a", "Friday, January 7, 2031 5:04 p.m.", Moment(2031, 1, 7, 17, 4)),
        ("h:mm a", "12:05 am", Moment(hour=0, minute=5)),
        ("h:mm a", "12:05 PM", Moment(hour=12, minute=5)),
        ("h:mm a", "13:05 PM", None),
        ("H:mm", "24:00", Moment(hour=0, minute=0)),
        ("H:mm", "25:00", None),
        ("H:mm", "5:60", None),
        ("H:mm:ss.S", "5:06:07.250", Moment(hour=5, minute=6, second=7, fraction="250")),
        ("yyyy-MM-dd HH:mmX", "2031-01-07 05:06+01:00", Moment(2031, 1, 7, 5, 6)),
        ("MMM yyyy", "Jan 2031", Moment(2031, 1)),
        ("yyyy D", "2024 366", Moment(2024, 12, 31)),
        ("yyyy D", "2023 366", None),
        ("YYYY-'W'ww", "2031-W01", Moment(2030, 12, 30)),
        ("YYYY-'W'ww", "2031-W53", None),
        ("yyyy 'Q'Q", "2031 q3", Moment(2031, 7)),
        ("do 'of' MMMM", "22nd of May", Moment(month=5, day=22)),
    ],
)
def test_that_a_text_is_read_in_a_pattern(pattern: str, text: str, wanted: Moment | None) -> None:
    assert read_moment(text, pattern) == wanted


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("yyyy-MM-dd HH:mm:ss", "2031-01-07 17:04:08"), ("d.M.yy", "7.1.31"), ("h:mm a", "5:04 PM"), ("hhaaa", "05pm"),
        ("EEE d MMM", "Tue 7 Jan"),
        ("EEEE", "Tuesday"), ("MMMM do", "January 7th"), ("'W'ww/YYYY", "W02/2031"), ("D", "7"), ("DDD", "007"), ("'Q'Q", "Q1"),
        ("F", "1"),
        ("s.S", "8.25"), ("''yy", "'31"), ("'d'd", "d7"), ("X", None),
    ],
)  # fmt: skip
def test_that_a_moment_is_shown_in_a_pattern(pattern: str, wanted: str | None) -> None:
    assert show_moment(SAMPLE, pattern) == wanted


@pytest.mark.parametrize(("language", "wanted"), [("de", "7. März"), ("fr", "7. mars"), ("tr", "7. Mart"), ("ru", "7. марта")])
def test_that_months_have_names_in_other_languages(language: str, wanted: str) -> None:
    march = Moment(2031, 3, 7)
    assert show_moment(march, "d. MMMM", language) == wanted
    assert read_moment(wanted.upper(), "d. MMMM", language) == Moment(month=3, day=7)


def test_that_a_pattern_with_an_unknown_letter_is_refused() -> None:
    for pattern in ("b", "d 'open"):
        with pytest.raises(ValueError, match="pattern"):
            elements(pattern)


def test_that_a_quoted_text_stands_for_itself() -> None:
    for text in ("d of M", "it's", "''", "Q1: yyyy"):
        assert show_moment(SAMPLE, quote(text)) == text


@pytest.mark.parametrize(
    ("root", "text", "wanted"),
    [
        (FormatMoment(DAY, "yyyy-MM-dd"), "7/1/2031", "2031-01-07"),
        (FormatMoment(DAY, "HH"), "7/1/2031", None),
        (FormatMoment(ReadMoment(A, ("yyyy-MM-dd", "d/M/yyyy")), "d"), "7/1/2031", "7"),
        (FormatMoment(RoundMoment(TIME, 1800, "floor"), "HH:mm"), "17:44", "17:30"),
        (FormatMoment(RoundMoment(TIME, 1800, "ceiling"), "HH:mm"), "23:44", "00:00"),
        (FormatMoment(RoundMoment(TIME, 1800, "nearest"), "HH:mm"), "17:45", "18:00"),
        (FormatMoment(RoundMoment(TIME, 3600, "floor", 900), "HH:mm"), "17:10", "16:15"),
        (FormatMoment(RoundMoment(DAY, 1800, "floor"), "yyyy"), "7/1/2031", None),
        (MomentRange(TIME, 7200, 0, 0, "-", "ha"), "5:30", "4AM-6AM"),
        (MomentRange(TIME, 7200, 0, 60, " - ", "HH:mm"), "23:30", "22:00 - 23:59"),
        (MomentRange(TIME, 7200, 0, 0, "-", "ha"), "23:30", "10PM-12AM"),
        (FormatNumber(MomentNumber(ISO, "D")), "2031-02-01", "32"),
        (FormatNumber(MomentNumber(ISO, "MMM")), "2031-02-01", None),
        (FormatMoment(ShiftMoment(ISO, "days", -1), "yyyy-MM-dd"), "2031-01-01", "2030-12-31"),
        (FormatMoment(ShiftMoment(ISO, "months", 1), "yyyy-MM-dd"), "2031-01-31", "2031-02-28"),
        (FormatMoment(ShiftMoment(ISO, "years", 1), "yyyy-MM-dd"), "2024-02-29", "2025-02-28"),
        (FormatMoment(ShiftMoment(ISO, "days", 1), "yyyy-MM-dd"), "9999-12-31", None),
        (FormatMoment(EdgeMoment(ISO, "week", "start"), "yyyy-MM-dd"), "2031-01-07", "2031-01-06"),
        (FormatMoment(EdgeMoment(ISO, "month", "end"), "yyyy-MM-dd"), "2024-02-07", "2024-02-29"),
        (FormatMoment(EdgeMoment(ISO, "quarter", "end"), "yyyy-MM-dd"), "2031-05-07", "2031-06-30"),
        (FormatMoment(EdgeMoment(ISO, "year", "start"), "yyyy-MM-dd"), "2031-05-07", "2031-01-01"),
        (FormatMoment(EdgeMoment(ReadMoment(A, ("MMM yyyy",)), "month", "end"), "d MMM"), "Feb 2031", "28 Feb"),
    ],
)
def test_that_an_operator_gives_what_it_says(root: Node, text: str, wanted: str | None) -> None:
    assert root.run((text,)) == wanted
    assert root.run((None,)) is None


@pytest.mark.parametrize(("unit", "wanted"), [("days", "-1"), ("hours", "-35"), ("minutes", "-2100"), ("seconds", "-126000")])
def test_that_a_duration_counts_whole_units_towards_zero(unit: str, wanted: str) -> None:
    read = [ReadMoment(Column(index), ("yyyy-MM-dd HH:mm",)) for index in (0, 1)]
    assert FormatNumber(Duration(read[0], read[1], unit)).run(("2031-01-07 12:00", "2031-01-06 01:00")) == wanted


def test_that_a_duration_without_dates_is_that_of_the_times() -> None:
    read = [ReadMoment(Column(index), ("yyyy-MM-dd HH:mm", "HH:mm")) for index in (0, 1)]
    assert FormatNumber(Duration(read[0], read[1], "minutes")).run(("2031-01-07 12:00", "12:30")) == "30"
