"""Numbers are read, computed and shown exactly."""

from decimal import Decimal

import pytest

from workbench.byexample.tree.nodes import Column, Node
from workbench.byexample.tree.numbers import (
    Arithmetic,
    CountOf,
    FormatNumber,
    Length,
    Number,
    NumberRange,
    Ordinal,
    Round,
    Scale,
    parse_number,
)

A, B = Column(0), Column(1)
N = Number(A)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12", "12"), ("-3.50", "-3.50"), ("+4", "4"), (" 1,234.5 ", "1234.5"), ("12,34,567", "1234567"), ("$5.25", "5.25"),
        ("-$5", "-5"),
        ("5 €", "5"), ("12.5%", "12.5"), ("(1,200)", "-1200"), (".5", "0.5"), ("7.", "7"), ("7e3", "7000"), ("1E-9", "1E-9"),
        ("007", "7"),
        ("1'000", "1000"), ("1\u00a0000", "1000"),
    ],
)  # fmt: skip
def test_that_numbers_are_read(text: str, wanted: str) -> None:
    assert parse_number(text) == Decimal(wanted)


@pytest.mark.parametrize(
    "text", ["", " ", "a", "1 2", "1,23", "1.2.3", "(5", "--5", "-+5", "1e999", "9" * 19, "0x10", "١٢", "1.234,5", "."]
)
def test_that_what_is_no_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_that_a_decimal_comma_swaps_the_marks() -> None:
    assert parse_number("1.234,50", ",") == Decimal("1234.50")
    assert parse_number("1.234", ",") == 1234
    assert parse_number("1,5", ",") == Decimal("1.5")


@pytest.mark.parametrize(
    ("root", "text", "wanted"),
    [
        (FormatNumber(N), "1,234.500", "1234.5"),
        (FormatNumber(N, keep_zeros=True), "1,234.500", "1234.500"),
        (FormatNumber(N, 2, 2), "2.675", "2.68"),
        (FormatNumber(N, 2, 2), "-2.675", "-2.68"),
        (FormatNumber(N, 2, 2), "3", "3.00"),
        (FormatNumber(N, 0, 2), "3.10", "3.1"),
        (FormatNumber(N, 0, 0, mode="floor"), "-0.5", "-1"),
        (FormatNumber(N, 0, 0), "-0.4", "0"),
        (FormatNumber(N, width=5), "-42", "-00042"),
        (FormatNumber(N, 2, 2, width=0), "0.5", ".50"),
        (FormatNumber(N, group=","), "1234567.8", "1,234,567.8"),
        (FormatNumber(N, group=",", style="indian"), "1234567", "12,34,567"),
        (FormatNumber(N, 2, 2, group=".", decimal=","), "1234.5", "1.234,50"),
        (FormatNumber(N, sign="+"), "5", "+5"),
        (FormatNumber(N, sign="+"), "0", "0"),
        (FormatNumber(N, sign="()"), "-5", "(5)"),
        (FormatNumber(N), "1e17", "100000000000000000"),
        (FormatNumber(Scale(N, "0.01")), "1250", "12.5"),
        (FormatNumber(Scale(N, "0.01"), keep_zeros=True), "1250", "12.50"),
        (FormatNumber(Scale(N, "1.8", "32")), "100", "212"),
        (FormatNumber(Scale(N, "0.1")), "0.3", "0.03"),
        (FormatNumber(Scale(N, "1000000")), "999999999999999999", None),
        (FormatNumber(Round(N, "5", "nearest")), "12.5", "15"),
        (FormatNumber(Round(N, "5", "floor")), "-12", "-15"),
        (FormatNumber(Round(N, "5", "down")), "-12", "-10"),
        (FormatNumber(Round(N, "5", "ceiling")), "11", "15"),
        (FormatNumber(Round(N, "5", "up")), "-11", "-15"),
        (FormatNumber(Round(N, "1", "even")), "2.5", "2"),
        (FormatNumber(Round(N, "5", "floor", "3")), "12", "8"),
        (FormatNumber(Round(N, "0.05", "nearest"), 2, 2), "1.12", "1.10"),
        (NumberRange(N, "5", "0", "0", "-", FormatNumber(A)), "23", "20-25"),
        (NumberRange(N, "5", "0", "1", " to ", FormatNumber(A)), "-1", "-5 to -1"),
        (NumberRange(N, "10", "3", "1", "-", FormatNumber(A)), "12", "3-12"),
        (Ordinal(N), "21", "21st"),
        (Ordinal(N), "112", "112th"),
        (Ordinal(N), "2.5", None),
        (FormatNumber(Length(A)), "naïve", "5"),
        (FormatNumber(CountOf(A, "letters")), "one two 3", "2"),
    ],
)
def test_that_numbers_are_shown(root: Node, text: str, wanted: str | None) -> None:
    assert root.run((text,)) == wanted


@pytest.mark.parametrize(("sign", "wanted"), [("+", "10.5"), ("-", "9.5"), ("*", "5"), ("/", "20")])
def test_that_two_numbers_are_computed_with(sign: str, wanted: str) -> None:
    assert FormatNumber(Arithmetic(N, sign, Number(B))).run(("10", "0.5")) == wanted


def test_that_a_quotient_has_twelve_decimals_and_none_by_zero() -> None:
    ratio = FormatNumber(Arithmetic(N, "/", Number(B)))
    assert ratio.run(("2", "3")) == "0.666666666667"
    assert ratio.run(("2", "0")) is None
    assert ratio.run((None, "3")) is None


def test_that_all_digits_of_a_long_number_stay() -> None:
    text = "-123456789012345678.123456789012345678"
    assert FormatNumber(N).run((text,)) == text
