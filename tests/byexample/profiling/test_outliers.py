"""Values that stand out, and the sentence that says why."""

import pytest

from workbench.byexample.profiling import Outlier, profile

CODES = [f"AB-{number}" for number in range(1000, 1200)]
ZIPS = [f"{number:05}" for number in range(501, 99_000, 400)]
DATES = [f"{1 + number % 28}/{1 + number % 12}/2017" for number in range(300)]
AMOUNTS = [f"{number / 7:.2f}" for number in range(1, 300)]
CITIES = ["Berlin", "Paris", "London"] * 40


def first(values: list[str]) -> Outlier:
    return profile(values).outliers[0]


@pytest.mark.parametrize(
    ("values", "odd", "reason"),
    [
        (CODES, "ab-1234", "It is written with other capital and small letters; as 'AB-1234' it would fit."),
        (CODES, "AB-1234 ", "It ends with a blank; as 'AB-1234' it would fit."),
        (CODES, " AB-1234", "It begins with a blank; as 'AB-1234' it would fit."),
        (CODES, "AB-12O4", "It has 'O' where a zero belongs; as 'AB-1204' it would fit."),
        (CODES, "AB–1234", "Its dash '–' is not the plain one; as 'AB-1234' it would fit."),
        (CODES, "АB-1234", "Its 'А' is a Cyrillic letter that looks like another one; as 'AB-1234' it would fit."),
        (CODES, "AB-１２３４", "It is written with characters of another width or form; as 'AB-1234' it would fit."),
        (CODES, "AB-12\u200b34", "It has an invisible character (U+200B); as 'AB-1234' it would fit."),
        (CODES, "AB-123", "It is shorter than the others: 6 characters, not 7."),
        (CODES, "AB-12345", "It is longer than the others: 8 characters, not 7."),
        (CODES, "AB#1234", "It has '#', unlike the others, such as 'AB-1000'."),
        (ZIPS, "1O234", "It has 'O' where a zero belongs; as '10234' it would fit."),
        (ZIPS, "n/a", "'n/a' seems to stand for a missing value."),
        (DATES, "31/2/2017", "It is written like the others, but there is no such day or time."),
        (DATES, "2/28/2017", "Its day and month stand the other way round than in the others; as '28/2/2017' it would fit."),
        (AMOUNTS, "12,50", "It has ',' where the others have '.'; as '12.50' it would fit."),
        (AMOUNTS, "twelve", "It has letters, unlike the others, such as '0.14'."),
        (CITIES, "berlin", "It is written with other capital and small letters; as 'Berlin' it would fit."),
        (CITIES, "Lodnon", "It differs in one letter from 'London', which 80 rows have."),
        (CITIES, "Paris\u00a0", "It ends with a blank; as 'Paris' it would fit."),
        (
            ["Ann Lee", "Bob Smith", "Eve Brown", "Ida Tan", "Kim Poe"] * 5,
            "IDA TAN",
            "It is written with other capital and small letters; as 'Ida Tan' it would fit.",
        ),
    ],
)
def test_that_a_slip_is_found_and_explained(values: list[str], odd: str, reason: str) -> None:
    assert first([*values, odd, *values]) == Outlier(len(values), odd, reason)


def test_that_slips_come_before_what_is_only_different() -> None:
    found = profile([*ZIPS, "n/a", "ABCDE", "9021o", "1234"]).outliers
    assert [outlier.value for outlier in found] == ["9021o", "1234", "ABCDE", "n/a"]


def test_that_a_frequent_outlier_is_told_once_with_its_count() -> None:
    found = profile([*ZIPS, "unknown", "unknown", "unknown"]).outliers
    assert [(outlier.value, outlier.count, outlier.index) for outlier in found] == [("unknown", 3, len(ZIPS))]


@pytest.mark.parametrize("values", [CODES, ZIPS, DATES, AMOUNTS, CITIES, ["same"] * 10, ["one", "two words", "three, with marks!"]])
def test_that_a_tidy_column_has_no_outliers(values: list[str]) -> None:
    assert profile(values).outliers == ()


def test_that_rows_are_counted_with_missing_ones() -> None:
    assert profile([None, "", *CODES, "ab-1234"]).outliers[0].index == len(CODES) + 2


def test_that_a_very_long_value_stands_out() -> None:
    assert first([*CODES, "x" * 5000]).reason == "It is much longer than the others: 5000 characters."
