"""Numbers that are learned from one to three examples: read, shown, scaled, rounded, binned, computed with."""

import pytest

from tests.byexample.synthesis.tables import Table, check

SHOWN: dict[str, Table] = {
    "two decimals": (1, [("3.14159", "3.14"), ("2.71828", "2.72"), ("10", "10.00"), ("0.5", "0.50")]),
    "no decimals": (2, [("3.6", "4"), ("2.4", "2"), ("10.5", "11"), ("7", "7")]),
    "thousands marks": (1, [("1234567", "1,234,567"), ("9876", "9,876"), ("12", "12"), ("100000", "100,000")]),
    "without thousands marks": (1, [("1,234,567", "1234567"), ("9,876.5", "9876.5"), ("12", "12")]),
    "decimal comma": (1, [("3.5", "3,5"), ("12.75", "12,75"), ("8", "8"), ("-0.25", "-0,25")]),
    "decimal comma and points, read": (1, [("1.234,56", "1234.56"), ("12,5", "12.5"), ("9.876.543,21", "9876543.21")]),
    "decimal comma and points, shown": (
        2,
        [("1234.56", "1.234,56"), ("12.50", "12,50"), ("9876543.21", "9.876.543,21"), ("8.00", "8,00")],
    ),
    "brackets for negatives": (2, [("-12.50", "(12.50)"), ("7.25", "7.25"), ("-1000.00", "(1000.00)"), ("3.00", "3.00")]),
    "brackets, read": (2, [("(12.50)", "-12.50"), ("7.25", "7.25"), ("(1,000.00)", "-1000.00"), ("3.00", "3.00")]),
    "a plus for positives": (2, [("5", "+5"), ("-3", "-3"), ("12", "+12"), ("-40", "-40")]),
    "zeros at the left": (1, [("7", "007"), ("42", "042"), ("815", "815")]),
    "currency, read": (1, [("$1,250.00", "1250"), ("$3.50", "3.5"), ("$12,000.75", "12000.75")]),
    "currency, shown": (1, [("1250", "$1,250.00"), ("3.5", "$3.50"), ("12000.75", "$12,000.75")]),
    "the number before a unit": (1, [("12.5 kg", "12.5"), ("7 kg", "7"), ("0.25 kg", "0.25")]),
    "another unit": (2, [("1.5 km", "1500 m"), ("0.25 km", "250 m"), ("12 km", "12000 m")]),
    "percent": (2, [("0.25", "25%"), ("0.5", "50%"), ("0.07", "7%")]),
    "plain from scientific": (2, [("1.2e3", "1200"), ("4.5e2", "450"), ("7e1", "70")]),
    "ordinals": (1, [("1", "1st"), ("2", "2nd"), ("3", "3rd"), ("11", "11th"), ("22", "22nd"), ("113", "113th")]),
}

ROUNDED: dict[str, Table] = {
    "to tens": (1, [("112", "110"), ("117", "120"), ("5", "10"), ("548", "550")]),
    "down to hundreds": (2, [("1299", "1200"), ("450", "400"), ("77", "0"), ("1000", "1000")]),
    "up to hundreds": (2, [("1201", "1300"), ("450", "500"), ("77", "100"), ("1000", "1000")]),
    "to quarters": (2, [("1.30", "1.25"), ("3.01", "3.00"), ("2.70", "2.75"), ("0.45", "0.50")]),
    "down to whole numbers": (2, [("3.99", "3"), ("7.5", "7"), ("12.01", "12"), ("8", "8")]),
    "up to whole numbers": (2, [("3.01", "4"), ("7.2", "8"), ("12.5", "13"), ("8", "8")]),
    "to fives": (2, [("12", "10"), ("13", "15"), ("48", "50"), ("101", "100")]),
    "thousands as k": (2, [("12400", "12k"), ("3600", "4k"), ("870500", "871k")]),
}

BINS: dict[str, Table] = {
    "bins of ten": (1, [("27", "20-30"), ("5", "0-10"), ("40", "40-50"), ("99.5", "90-100")]),
    "bins of whole numbers": (1, [("27", "20-29"), ("5", "0-9"), ("40", "40-49"), ("99", "90-99")]),
    "bins with words": (1, [("130", "100 to 200"), ("99", "0 to 100"), ("512", "500 to 600")]),
    "bins of a half": (1, [("3.7", "3.5-4.0"), ("0.2", "0.0-0.5"), ("12.5", "12.5-13.0")]),
    "bins anchored at the example": (1, [("27", "25-35"), ("36", "35-45"), ("24", "15-25"), ("5", "5-15")]),
}

SCALED: dict[str, Table] = {
    "times a thousand": (1, [("1.5", "1500"), ("0.0254", "25.4"), ("-7", "-7000")]),
    "by a hundred": (2, [("250", "2.5"), ("1999", "19.99"), ("7", "0.07")]),
    "millions with a mark": (2, [("2500000", "2.5M"), ("13000000", "13M"), ("700000", "0.7M")]),
}

COMPUTED: dict[str, Table] = {
    "a product": (2, [(("3", "2.50"), "7.50"), (("4", "1.25"), "5.00"), (("10", "0.99"), "9.90")]),
    "a sum": (2, [(("3", "14"), "17"), (("20", "5"), "25"), (("100", "250"), "350")]),
    "a difference": (2, [(("300", "14"), "286"), (("20", "5"), "15"), (("100", "250"), "-150")]),
    "a quotient": (2, [(("30", "4"), "7.5"), (("20", "5"), "4"), (("9", "2"), "4.5")]),
    "a sum with words": (2, [(("3", "14"), "17 pcs"), (("20", "5"), "25 pcs"), (("100", "250"), "350 pcs")]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_that_numbers_are_read_and_shown(name: str) -> None:
    check(SHOWN[name])


@pytest.mark.parametrize("name", ROUNDED)
def test_that_numbers_are_rounded_to_a_step(name: str) -> None:
    check(ROUNDED[name])


@pytest.mark.parametrize("name", BINS)
def test_that_numbers_fall_into_bins(name: str) -> None:
    check(BINS[name])


@pytest.mark.parametrize("name", SCALED)
def test_that_numbers_are_scaled(name: str) -> None:
    check(SCALED[name])


@pytest.mark.parametrize("name", COMPUTED)
def test_that_columns_are_computed_with_each_other(name: str) -> None:
    check(COMPUTED[name])
