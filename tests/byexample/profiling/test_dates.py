"""Dates and times: their LDML formats, the order of day and month, names of many languages."""

import pytest

from workbench.byexample.profiling import LikelyType, likely_type


def best(*values: str) -> LikelyType:
    return likely_type(values)[0]


@pytest.mark.parametrize(
    ("values", "kind", "formats"),
    [
        (["2017-01-05", "2017-11-30"], "date", ("yyyy-MM-dd",)),
        (["2017/1/5", "2017/11/30"], "date", ("yyyy/M/d",)),
        (["05.01.2017", "30.11.2017"], "date", ("dd.MM.yyyy",)),
        (["31/12/99", "01/02/03"], "date", ("dd/MM/yy",)),
        (["20170105", "20171130"], "date", ("yyyyMMdd",)),
        (["2017-032", "2017-365"], "date", ("yyyy-DDD",)),
        (["2017-W05", "2018-W52"], "date", ("YYYY-'W'ww",)),
        (["Q1 2017", "Q4 2018"], "date", ("'Q'Q yyyy",)),
        (["12/2017", "01/2018"], "date", ("MM/yyyy",)),
        (["Jan 2017", "Feb 2018"], "date", ("MMM yyyy",)),
        (["5 May 2017", "12 Jun 2018"], "date", ("d MMM yyyy",)),
        (["May 5, 2017", "June 12, 2018"], "date", ("MMMM d, yyyy",)),
        (["1st January 2019", "22nd March 2020"], "date", ("d'th' MMMM yyyy",)),
        (["Mon, 02 Jan 2006 15:04:05 GMT", "Tue, 03 Jan 2006 00:00:00 GMT"], "datetime", ("EEE, dd MMM yyyy HH:mm:ss z",)),
        (["2017-01-05T10:00:00Z", "2017-01-06T23:59:59Z"], "datetime", ("yyyy-MM-dd'T'HH:mm:ssX",)),
        (["2017-01-05 10:00:00.123+01:00"], "datetime", ("yyyy-MM-dd HH:mm:ss.SSSxxx",)),
        (["20170105T101500", "20180105T235959"], "datetime", ("yyyyMMdd'T'HHmmss",)),
        (["5 May 2017 3:04 PM", "12 Jun 2018 11:59 AM"], "datetime", ("d MMM yyyy h:mm a",)),
        (["Sat Nov 21 03:42:37 2026 +0000"], "datetime", ("EEE MMM dd HH:mm:ss yyyy xx",)),
        (["Tue Mar 3 10:00:00 UTC 2020", "Wed Mar 4 10:00:00 UTC 2020"], "datetime", ("EEE MMM d HH:mm:ss z yyyy",)),
        (["2017年1月5日", "2017年11月30日"], "date", ("yyyy'年'M'月'd'日'",)),
        (["Jan '17", "Feb '99"], "date", ("MMM ''yy",)),
        (["9:05", "23:30"], "time", ("H:mm",)),
        (["09:05:10", "23:30:00"], "time", ("HH:mm:ss",)),
        (["9:05 am", "11:30 pm"], "time", ("h:mm a",)),
        (["5pm", "11am"], "time", ("ha",)),
        (["14h30", "9h05"], "time", ("H'h'mm",)),
    ],
)
def test_that_a_format_is_told_in_ldml(values: list[str], kind: str, formats: tuple[str, ...]) -> None:
    found = best(*values)
    assert (found.kind, found.formats, found.share, found.doubt) == (kind, formats, 1.0, "")


@pytest.mark.parametrize(
    ("values", "format_", "language"),
    [
        (["3. März 2019", "12. Mai 2020", "30. Dezember 2011"], "d. MMMM yyyy", "de"),
        (["12 janv. 2019", "3 févr. 2020"], "d MMM. yyyy", "fr"),
        (["1 de enero de 2019", "3 de agosto de 2020"], "d 'de' MMMM 'de' yyyy", "es"),
        (["5 мая 2017", "12 июня 2018"], "d MMMM yyyy", "ru"),
        (["5 października 2017", "12 grudnia 2018"], "d MMMM yyyy", "pl"),
        (["15 Ağustos 2017", "1 Ocak 2018"], "d MMMM yyyy", "tr"),
        (["15 gennaio 2017", "1 maggio 2018"], "d MMMM yyyy", "it"),
    ],
)
def test_that_names_of_other_languages_are_read(values: list[str], format_: str, language: str) -> None:
    found = best(*values)
    assert (found.kind, found.formats, found.language) == ("date", (format_,), language)


def test_that_the_doubt_between_day_and_month_is_stated() -> None:
    found = best("3/4/2017", "5/6/2017")
    assert found.formats == ("M/d/yyyy", "d/M/yyyy")
    assert found.doubt == "The day or the month may come first: '3/4/2017' (row 1) and all others can be read both ways."


def test_that_the_row_that_decides_is_named() -> None:
    found = best("3/4/2017", "5/6/2017", "25/6/2017")
    assert (found.formats, found.doubt) == (("d/M/yyyy",), "")
    assert found.decided == "The day comes first: '25/6/2017' (row 3) has no other reading."
    assert best("3/4/2017", "5/26/2017").formats == ("M/dd/yyyy",) or best("3/4/2017", "5/26/2017").decided.startswith("The month")


def test_that_a_number_beside_a_month_may_be_a_day_or_a_year() -> None:
    found = best("Jan-17", "Feb-18")
    assert (found.formats, found.doubt) == (
        ("MMM-yy", "MMM-dd"),
        "The number beside the month may be a day or a year, as in 'Jan-17'.",
    )
    assert best("Jan 5", "Feb 18").formats[0] == "MMM d"
    assert best("Jan-17", "Feb-99").formats == ("MMM-yy",)


@pytest.mark.parametrize(
    "values", [["20:00-21:00", "09:00-10:00"], ["1/2/2017-3/4/2017"], ["1/5", "2/3"], ["March", "April"], ["12.5", "13.75"]]
)
def test_that_spans_and_single_parts_are_no_dates(values: list[str]) -> None:
    assert best(*values).kind not in {"date", "datetime", "time"}


def test_that_one_row_among_very_many_decides() -> None:
    values = [f"{1 + number % 12}/{1 + number % 11}/{1900 + number % 200}" for number in range(5000)]
    assert best(*values).doubt
    found = best(*values, "31/1/2017")
    assert found.decided == "The day comes first: '31/1/2017' (row 5001) has no other reading."


def test_that_rows_that_contradict_each_other_are_named() -> None:
    found = best("25/1/2017", "26/1/2017", "1/27/2017")
    assert found.doubt == "The day comes first in '25/1/2017' (row 1), but the month in '1/27/2017' (row 3)."
    assert found.misfits == ("1/27/2017",)


def test_that_days_that_do_not_exist_do_not_fit() -> None:
    found = best("2016-02-29", "2017-02-29", "2017-04-31", "2017-04-30", "2000-02-29", "2017-12-31", "2017-12-30")
    assert found.misfits == ("2017-02-29", "2017-04-31")


def test_that_several_formats_of_a_column_are_told_by_their_frequency() -> None:
    found = best("2017-01-05", "2017-01-06", "2017-01-07", "8 Jan 2017", "9 Jan 2017", "1/30/2017")
    assert found.formats == ("yyyy-MM-dd", "d MMM yyyy", "M/dd/yyyy")


def test_that_bare_years_are_numbers_at_first() -> None:
    types = likely_type(["1999", "2004", "2017"])
    assert [found.kind for found in types[:2]] == ["integer", "date"]
    assert types[1].doubt == "Four digits may be a year or any number."
