"""What type a column has, how its values are written, and what stays open."""

import pytest

from workbench.byexample.profiling import LikelyType, likely_type


def best(*values: str | None) -> LikelyType:
    return likely_type(values)[0]


@pytest.mark.parametrize(
    ("values", "kind", "formats"),
    [
        (["1", "25", "-3"], "integer", ("0",)),
        (["1.5", "2.25", "10"], "decimal", ("0.##",)),
        (["1.50", "2.25", "-10.00"], "decimal", ("0.00",)),
        (["1,234.56", "12.50", "1,000,000.00"], "decimal", ("#,##0.00",)),
        (["1.234,56", "12,50", "1.000.000,00"], "decimal", ("#.##0,00",)),
        (["1 234,5", "12 345,0"], "decimal", ("# ##0,0",)),
        (["1\u202f234,5", "12,0"], "decimal", ("#\u202f##0,0",)),
        (["1'234.50", "12.75"], "decimal", ("#'##0.00",)),
        (["12,34,567", "1,00,000", "5,000"], "integer", ("#,##,##0",)),
        (["1.5e10", "2.25E-3", "7e0"], "decimal", ("0.##E0",)),
        (["12%", "3.5%", "100%"], "percent", ("0.#%",)),
        (["$5.00", "$1,250.00", "-$3.20"], "currency", ("$#,##0.00",)),
        (["$5.00", "($1,250.00)"], "currency", ("$#,##0.00;($#,##0.00)",)),
        (["5,00 €", "1.250,00 €"], "currency", ("#.##0,00 €",)),
        (["USD 5", "EUR 7", "USD 12"], "currency", ("'USD' 0", "'EUR' 0")),
        (["12 kg", "7.5 kg", "3 kg"], "measure", ("0.# 'kg'",)),
        (["12km", "7km", "120km"], "measure", ("0'km'",)),
        (["yes", "no", "YES"], "boolean", ("yes/no",)),
        (["True", "False", "True"], "boolean", ("true/false",)),
        (["ja", "nein", "ja"], "boolean", ("ja/nein",)),
        (["да", "нет"], "boolean", ("да/нет",)),
        (["a.b@example.com", "x_y@mail.example.co.uk"], "email", ("name@host",)),
        (["https://example.com/a?b=1", "http://example.org", "www.example.net/x"], "url", ("scheme://host/path",)),
        (["10.0.0.1", "192.168.255.254"], "ip", ("IPv4",)),
        (["::1", "fe80::1ff:fe23:4567:890a"], "ip", ("IPv6",)),
        (["(555) 123-4567", "(555) 765-4321"], "phone", ("(000) 000-0000",)),
        (["+49 30 1234567", "+1 555 1234567"], "phone", ("+00 00 0000000", "+0 000 0000000")),
        (["SW1A 1AA", "M1 1AE", "EC2V 7HN"], "zip", ("UK",)),
        (["01067", "80331", "20095"], "zip", ("5 digits",)),
        (["98052", "98052-6399", "10001-0001"], "zip", ("US ZIP+4", "5 digits")),
        (["6f9619ff-8b86-d011-b42d-00cf4fc964ff"] * 3, "guid", ("00000000-0000-0000-0000-000000000000",)),
        (["{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"], "guid", ("{00000000-0000-0000-0000-000000000000}",)),
        (['{"a": 1}', "[1, 2]", "{}"], "json", ("JSON",)),
        (["/usr/bin/env", "/etc/hosts"], "path", ("POSIX",)),
        (["C:\\Users\\ann\\a.txt", "\\\\server\\share\\b.doc"], "path", ("Windows",)),
        (["52.5200, 13.4050", "48.1351, 11.5820"], "coordinates", ("latitude, longitude",)),
        (["AB-1234", "XY-9876", "QQ-0001", "AC-7777", "ZZ-1212"], "code", ("[A-Z]{2}-[0-9]{4}",)),
        (["123-45-6789", "987-65-4321", "111-22-3333"], "code", ("[0-9]{3}-[0-9]{2}-[0-9]{4}",)),
        (["Red", "Green", "Red", "Blue", "Green", "Red"] * 5, "category", ("Red", "Green", "Blue")),
        (["John Smith", "a longer sentence, with marks", "42 is not all"], "text", ()),
    ],
)
def test_that_a_column_has_its_type_and_format(values: list[str], kind: str, formats: tuple[str, ...]) -> None:
    found = best(*values)
    assert (found.kind, found.formats, found.share) == (kind, formats, 1.0)


def test_that_the_marks_of_numbers_are_told() -> None:
    found = best("1.234,56 €", "99,00 €")
    assert (found.decimal, found.group, found.unit) == (",", ".", "€")


def test_that_a_mark_before_three_digits_is_doubtful() -> None:
    first, second, *_ = likely_type(["1,234", "5,678"])
    assert (first.kind, second.kind) == ("integer", "decimal")
    assert first.doubt == "The mark in '1,234' may part thousands or decimals: it is 1234 or 1.234."
    assert best("1,234", "5,678", "0.5").doubt == ""


def test_that_values_with_leading_zeros_are_no_numbers_at_first() -> None:
    types = likely_type(["007", "012", "345", "099"])
    assert [found.kind for found in types] == ["code", "integer", "text"]
    assert types[1].doubt == "As numbers, the values would lose their leading zeros."


def test_that_zeros_and_ones_may_be_numbers() -> None:
    types = likely_type(["0", "1", "1", "0"])
    assert [found.kind for found in types[:2]] == ["boolean", "integer"]
    assert types[0].doubt == "0 and 1 may be no and yes, or numbers."


def test_that_missing_and_blank_values_have_no_type() -> None:
    assert likely_type([None, "", "  "]) == ()
    assert best(None, "1", "", "2").share == 1.0


def test_that_markers_for_missing_values_do_not_change_the_type() -> None:
    found = best("1", "2", "n/a", "NULL", "-")
    assert (found.kind, found.share, found.count, found.misfits) == ("integer", 0.4, 2, ("n/a", "NULL", "-"))


def test_that_values_that_do_not_fit_are_named() -> None:
    found = best("1", "2", "3", "4", "5", "6", "7", "8", "nine")
    assert (found.kind, found.count, found.misfits) == ("integer", 8, ("nine",))
    assert found.share == pytest.approx(8 / 9)


@pytest.mark.parametrize(
    "value", ["x" * 10_000, "1" * 10_000, "[" * 10_000 + "]", "1/" * 5000, "(" * 10_000, "a@" * 5000, "1 " * 5000]
)
def test_that_a_very_long_value_is_no_trouble(value: str) -> None:
    assert likely_type([value, value + "1"])[-1].kind == "text"


@pytest.mark.parametrize("values", [["1.2.3", "1.2.10", "2.0.1"], ["0-306-40615-2", "978-3-16-148410-0"], ["100-200", "20-30"]])
def test_that_versions_and_book_numbers_are_neither_dates_nor_telephone_numbers(values: list[str]) -> None:
    assert best(*values).kind in {"code", "text"}
