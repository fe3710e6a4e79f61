"""Dates and times: one layout made into another, parts, ranges, rounding."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.benchmarks.byexample.taskset.draw import DAYS, MONTHS, Draw, clock, ordinal, show
from tests.benchmarks.byexample.taskset.registry import Made, task, written

# (family, rows, layouts that are mixed in the column, wanted layout, first year, last year)
STAMP = "{dd}-{mon}-{yyyy} {HH}:{nn}:{ss}"
ISO = "{yyyy}-{mm}-{dd}T{HH}:{nn}:{ss}Z"
MIXED = ("{dd}.{mm}.{yyyy}", "{mon} {d} {yyyy}", "{dd}-{mon}-{yyyy}", "{yyyy}/{mm}/{dd}", "{d} {month} {yyyy}")
COMPACT = ("{dd}-{mon}-{yyyy}", "{mon} {d} {yyyy}", "{mm}{dd}{yyyy}", "{d} {mon} {yyyy}", "{m}{dd}{yyyy}")
LAYOUTS: Sequence[tuple[str, int, tuple[str, ...], str, int, int]] = [
    ("date.format", 30, (STAMP,), "{m}/{d}/{yyyy}", 1980, 2035),
    ("date.format", 30, (STAMP,), "{mm}{dd}{yyyy} {H}:{nn}", 1980, 2035),
    ("date.format", 20, (STAMP,), "{d}/{m}/{yyyy} {h}:{nn} {AM}", 1980, 2035),
    ("date.format", 20, (ISO,), "{dd}", 1940, 2040),
    ("date.format", 20, (ISO,), "{mon} {d}, {yyyy}", 1940, 2040),
    ("date.format", 20, (ISO,), "{h}:{nn} {am}", 1940, 2040),
    ("date.format", 15, ("{yyyy}{mm}{dd}",), "{dd}/{mm}/{yyyy}", 1990, 2023),
    ("date.format", 15, ("{yyyy}{mm}{dd}",), "{yyyy}-{m}-{d}", 1990, 2023),
    ("date.format", 12, ("{m}/{d}/{yyyy} {h}:{nn}:{ss} {AM}",), "{yyyy}-{mm}-{dd} {HH}:{nn}:{ss}", 1995, 2024),
    ("date.format", 12, ("{d}.{m}.{yyyy}",), "{yyyy}-{mm}-{dd}", 1700, 2300),
    ("date.format", 12, ("{m}/{d}/{yyyy}",), "{d}.{m}.{yyyy}", 1700, 2300),
    ("date.format", 10, ("{month} {dth}, {yyyy}",), "{yyyy}-{mm}-{dd}", 1800, 2100),
    ("date.format", 10, ("{yyyy}-{mm}-{dd}",), "{month} {dth}", 1800, 2100),
    ("date.format", 10, ("{weekday}, {month} {d}, {yyyy}",), "{dd}{MON}{yy}", 1990, 2029),
    ("date.format", 10, ("{dd}{MON}{yyyy}",), "{d} {month} {yyyy}", 1990, 2029),
    ("date.format", 12, ("{yyyy}{mm}{dd}{HH}{nn}{ss}",), "{yyyy}-{mm}-{dd} {HH}:{nn}", 2001, 2024),
    ("date.format", 12, ("{yyyy}-{doy3}",), "{mon} {d}, {yyyy}", 1995, 2024),
    ("date.format", 10, ("{mon} {dd} {HH}:{nn}:{ss} {yyyy}",), "{dd}.{mm}.{yyyy}", 1990, 2024),
    ("date.format", 16, ("{dd}/{mm}/{yy}",), "{yyyy}-{mm}-{dd}", 1971, 2019),
    ("date.format", 20, ("{d} {month} {yyyy}",), "{mon} {d}", 1800, 2250),
    ("date.mixed", 24, MIXED, "{d} {mon} {yyyy}", 1700, 2300),
    ("date.mixed", 24, MIXED, "{yyyy}", 1700, 2300),
    ("date.mixed", 24, MIXED, "{month}", 1700, 2300),
    ("date.mixed", 24, MIXED, "{weekday}", 1900, 2100),
    ("date.mixed", 24, COMPACT, "{m}/{d}/{yyyy}", 1700, 2300),
    ("date.mixed", 24, COMPACT, "{weekday}, {month} {d}, {yyyy}", 1700, 2300),
    ("date.mixed", 24, COMPACT, "W{ww}", 1800, 2250),
    ("date.mixed", 20, ("{dd}-{mon}-{yyyy} {H}:{nn}", "{mon} {d} {yyyy}", "{m}{dd}{yyyy}"), "Q{q} {yyyy}", 1800, 2250),
    ("date.mixed", 12, ("{yyyy}-{mm}-{dd}", "{d} {month} {yyyy}", "{d}.{m}.{yyyy}"), "{yyyy}-{mm}-{dd}", 1950, 2020),
    ("date.mixed", 20, ("{yyyy}--{m}--{d}", "{d}/{m}/{yyyy}"), "{d}", 1700, 2300),
    ("date.mixed", 20, ("{yyyy}--{m}--{d}", "{d}/{m}/{yyyy}"), "{month}", 1700, 2300),
    ("date.calendar", 20, (STAMP,), "{wd}", 1970, 2040),
    ("date.calendar", 15, ("{yyyy}-{mm}-{dd}",), "{isoyear}-W{ww}", 1990, 2030),
    ("date.calendar", 15, ("{d} {month} {yyyy}", "{mon} {d} {yyyy}"), "{wd} W{week}", 1940, 2030),
    ("date.calendar", 15, ("{m}/{d}/{yyyy}",), "{doy}", 1990, 2030),
    ("date.calendar", 15, ("{d} {mon} {yyyy}",), "Q{q}", 1900, 2100),
    ("date.calendar", 12, ("{yyyy}-{mm}-{dd} {HH}:{nn}",), "{weekday} {h}{AM}", 1990, 2030),
    ("time.format", 20, ("{HH}:{nn}:{ss}",), "{h}{AM}", 2000, 2001),
    ("time.format", 20, ("{HH}:{nn}:{ss}",), "{H}", 2000, 2001),
    ("time.format", 12, ("{h}:{nn}:{ss} {AM}",), "{H}:{nn}", 2000, 2001),
    ("time.format", 12, ("{h}:{nn}{am}",), "{HH}:{nn}", 2000, 2001),
    ("time.format", 12, ("{HH}{nn}",), "{h}:{nn} {AM}", 2000, 2001),
    ("time.format", 12, ("{H}{nn}",), "{H}:{nn}", 2000, 2001),
    ("time.format", 10, ("{H}:{n}:{s}",), "{HH}:{nn}:{ss}", 2000, 2001),
    ("time.format", 10, ("{H}:{n}:{s}",), "{HH}h{nn}", 2000, 2001),
]  # fmt: skip


def _unmistakable(moment: datetime, layout: str) -> bool:
    """Compact digits such as 1112001 can be read in two ways: only those with one meaning are in the tasks."""
    if layout == "{m}{dd}{yyyy}":
        return moment.month > 1 or moment.day > 9
    return not (layout == "{H}{nn}" and moment.hour == 0)


def _relayout(name: str, rows: int, layouts: tuple[str, ...], wanted: str, first: int, last: int) -> list[Made]:
    draw = Draw(f"{name}/{layouts}/{wanted}")
    made: list[Made] = []
    while len(made) < rows:
        moment, layout = draw.moment(first, last), draw.choice(layouts)
        if _unmistakable(moment, layout):
            made.append((show(moment, layout), show(moment, wanted)))
    return made


for family, rows, layouts, wanted, first, last in LAYOUTS:
    written(family, _relayout(family, rows, layouts, wanted, first, last))


@task("date.inside", 10)
def of_a_call(r: Draw) -> Made:
    when = r.moment(2014, 2017)
    station = r.choice([f" Station {r.digits(3)};", ""])
    text = f"{r.word().upper()} RD & {r.word().upper()} LN;{station} {show(when, '{yyyy}-{mm}-{dd} @ {HH}:{nn}:{ss}')};"
    return text, show(when, "{d} {mon} {yyyy} {h}{AM}")


@task("date.inside", 10)
def of_a_log_line(r: Draw) -> Made:
    when = r.moment(2014, 2023)
    return f"[{show(when, '{dd}/{mon}/{yyyy}:{HH}:{nn}:{ss} +0000')}] {r.ip()} {r.word()}", show(when, "{yyyy}-{mm}-{dd}")


@task("date.inside", 8)
def second_of_two(r: Draw) -> Made:
    start, end = r.moment(1995, 2024), r.moment(1995, 2024)
    return f"{show(start, '{m}/{d}/{yyyy}')} to {show(end, '{m}/{d}/{yyyy}')}", show(end, "{month} {d}, {yyyy}")


@task("date.inside", 14)
def in_a_file_name(r: Draw) -> Made:
    when = r.moment(2010, 2024)
    name = f"{r.choice(['backup', 'export', 'scan'])}_{show(when, '{yyyy}{mm}{dd}')}_{r.digits(4)}.zip"
    return name, show(when, "{d} {mon} {yyyy}")


@task("date.inside", 12)
def birth_in_a_sentence(r: Draw) -> Made:
    when = r.moment(1880, 1999)
    return f"{r.first()} {r.last()} was born on {show(when, '{month} {d}, {yyyy}')} in {r.city()}.", show(when, "{yyyy}-{mm}-{dd}")


@task("date.partial", 12)
def month_and_year(r: Draw) -> Made:
    when = r.moment(1950, 2040)
    return show(when, "{month} {yyyy}"), show(when, "{mm}/{yyyy}")


@task("date.partial", 12)
def year_month(r: Draw) -> Made:
    when = r.moment(1950, 2040)
    return show(when, "{yyyy}-{mm}"), show(when, "{mon} '{yy}")


@task("date.partial", 12)
def month_of_a_short_date(r: Draw) -> Made:
    when = r.moment(2000, 2024)
    return show(when, "{d}-{mon}"), show(when, "{month} {dth}")


@task("date.partial", 12)
def week_of_a_year(r: Draw) -> Made:
    when = r.moment(2000, 2024)
    return show(when, "{isoyear}-W{ww}-{u}"), show(when, "{d} {mon} {yyyy}")


@task("date.partial", 10)
def quarter_of_a_month(r: Draw) -> Made:
    when = r.moment(2000, 2024)
    return show(when, "{mon} {yyyy}"), show(when, "{yyyy} Q{q}")


@task("date.partial", 10)
def nth_weekday(r: Draw) -> Made:
    when = r.moment(1900, 2100)
    nth = ["1st", "2nd", "3rd", "4th", "5th"][(when.day - 1) // 7]
    return f"{nth} {DAYS[when.weekday()]} of {MONTHS[when.month - 1]} {when.year}", show(when, "{yyyy}-{mm}-{dd}")


@task("date.columns", 12)
def from_year_month_day(r: Draw) -> Made:
    when = r.moment(1990, 2024)
    return (str(when.year), str(when.month), str(when.day)), show(when, "{yyyy}-{mm}-{dd}")


@task("date.columns", 12)
def one_of_three_columns(r: Draw) -> Made:
    when = r.moment(1800, 2200)
    row = (f"{r.first()} {r.last()}", r.choice(["German", "Greek", "Thai"]), show(when, "{d} {month} {yyyy}"))
    return row, show(when, "{mon} {d}")


@task("date.columns", 12)
def date_and_time(r: Draw) -> Made:
    when = r.moment(1990, 2024)
    return (show(when, "{m}/{d}/{yyyy}"), show(when, "{H}:{nn}")), show(when, "{mon} {dd}, {yyyy} {h}:{nn} {AM}")


@task("date.columns", 10)
def stamp_among_others(r: Draw) -> Made:
    when = r.moment(2001, 2009)
    code = f"{r.digits(2)}{r.upper(4)}.{r.upper(2)}"
    row = (code, show(when, "{m}/{d}/{yyyy} {h}:{nn}:{ss} {AM}"), r.number(1, 20, 3), r.digits(3), r.city())
    return row, show(when, "{yyyy}-{mm}-{dd} {HH}:{nn}:{ss}")


# Ranges ---------------------------------------------------------------------------------------------------------------------


def _floor(moment: datetime, minutes: int, offset: int = 0) -> datetime:
    passed = moment.hour * 60 + moment.minute
    return moment.replace(hour=0, minute=0, second=0) + timedelta(minutes=(passed - offset) // minutes * minutes + offset)


def _range(moment: datetime, minutes: int, low: str, high: str, offset: int = 0, short: timedelta = timedelta(0)) -> str:
    start = _floor(moment, minutes, offset)
    return low.format(**clock(start)) + "-" + high.format(**clock(start + timedelta(minutes=minutes) - short))


MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
# (rows, layout, minutes, layout of the ends, offset in minutes, how much short the end is)
RANGES: Sequence[tuple[int, str, int, str, int, timedelta]] = [
    (16, "{H}:{nn}:{ss}", 120, "{h}{AM}", 0, timedelta(0)),
    (8, "{HH}:{nn}:{ss}", 120, "{h}:{nn}{AM}", 0, timedelta(0)),
    (8, "{HH}:{nn}:{ss}", 120, "{h}:{nn}{AM}", 0, MINUTE),
    (8, "{HH}:{nn}:{ss}", 120, "{h}:{nn}:{ss}{AM}", 0, SECOND),
    (8, "{HH}:{nn}:{ss}", 60, "{h}{AM}", 0, timedelta(0)),
    (8, "{HH}:{nn}:{ss}", 30, "{H}:{nn}", 0, timedelta(0)),
    (12, "{H}:{nn}", 30, "{H}:{nn}", 0, MINUTE),
    (12, "{H}:{nn}", 15, "{HH}:{nn}", 0, timedelta(0)),
    (8, "{h}:{nn}{AM}", 30, "{h}:{nn}{AM}", 0, MINUTE),
    (8, "{h}{AM}", 120, "{h}:{nn}{AM}", 0, MINUTE),
    (8, "{h}:{nn} {AM}", 180, "{h}{AM}", 0, timedelta(0)),
    (8, "{h}:{nn} {am}", 360, "{h}{am}", 0, timedelta(0)),
    (20, STAMP, 120, "{h}{AM}", 60, timedelta(0)),
    (20, STAMP, 30, "{H}:{nn}", 0, timedelta(0)),
    (20, STAMP, 60, "{h}{AM}", 0, timedelta(0)),
    (10, "{H}{nn}", 60, "{h}{AM}", 0, timedelta(0)),
    (10, "{H}{nn}", 120, "{h}{AM}", 0, timedelta(0)),
    (10, "{H}{nn}", 30, "{h}:{nn}{AM}", 0, timedelta(0)),
    (8, "{HH}:{nn}:{ss}", 240, "{HH}:{nn}", 0, MINUTE),
    (8, "{HH}:{nn}:{ss}", 90, "{h}:{nn}{AM}", 0, timedelta(0)),
]  # fmt: skip
for rows, layout, minutes, ends, offset, short in RANGES:
    draw = Draw(f"time.range/{rows}/{layout}/{minutes}/{ends}/{offset}/{short}")
    moments = [draw.moment() for _ in range(rows * 2)]
    kept = [moment for moment in moments if _unmistakable(moment, layout)][:rows]
    written("time.range", [(show(moment, layout), _range(moment, minutes, ends, ends, offset, short)) for moment in kept])


@task("time.range", 20)
def twenty_seconds(r: Draw) -> Made:
    when = r.moment()
    low = when.second // 20 * 20
    return show(when, STAMP), f"{low}-{low + 20}"


@task("time.range", 20)
def ten_minutes(r: Draw) -> Made:
    when = r.moment()
    low = when.minute // 10 * 10
    return show(when, STAMP), f"{low}-{low + 10}"


@task("time.range", 10)
def minutes_of_a_lap(r: Draw) -> Made:
    minute = r.choice(range(0, 60, 1))
    low = minute // 15 * 15
    return f"{minute:02}:00", f"{low}:00-{low + 14}:00"


def _with_date(date_layout: str, minutes: int, ends: str) -> list[Made]:
    draw = Draw(f"date.range/{date_layout}/{minutes}")
    made: list[Made] = []
    for _ in range(15):
        when = draw.moment(1800, 2250)
        made.append((show(when, "{yyyy}-{mm}-{dd} {HH}:{nn}"), show(when, date_layout) + " " + _range(when, minutes, ends, ends)))
    return made


written("date.range", _with_date("{mon} {dd}, {yyyy}", 120, "{h}{AM}"))
written("date.range", _with_date("{wd}", 60, "{h}{AM}"))
written("date.range", _with_date("{m}/{d}/{yyyy}", 30, "{H}:{nn}"))


@task("date.range", 15)
def of_two_columns(r: Draw) -> Made:
    when = r.moment(2010, 2020)
    hours = _range(when, 120, "{h}{AM}", "{h}{AM}")
    return (show(when, "{m}/{d}/{yyyy}"), show(when, "{H}:{nn}")), show(when, "{mon} {dd}, {yyyy} ") + hours


@task("date.range", 12)
def decade(r: Draw) -> Made:
    when = r.moment(1900, 2020)
    low = when.year // 10 * 10
    return show(when, "{d} {month} {yyyy}"), f"{low}-{low + 9}"


# Rounding -------------------------------------------------------------------------------------------------------------------


def _nearest(moment: datetime, minutes: int) -> datetime:
    return _floor(moment + timedelta(minutes=minutes / 2), minutes)


def _up(moment: datetime, minutes: int) -> datetime:
    floor = _floor(moment, minutes)
    return floor if floor == moment else floor + timedelta(minutes=minutes)


# (layout, how, minutes, wanted layout, layout of what stays)
ROUNDINGS = [
    ("{HH}:{nn}:{ss}", _floor, 30, "{h}:{nn}{AM}", ""),
    ("{HH}:{nn}:{ss}", _nearest, 30, "{h}:{nn}{AM}", ""),
    ("{H}:{nn}:{ss}", _floor, 120, "{h}{AM}", ""),
    ("{HH}:{nn}", _nearest, 15, "{HH}:{nn}", ""),
    ("{HH}:{nn}", _up, 60, "{HH}:{nn}", ""),
    ("{m}/{d}/{yyyy} {H}:{nn}", _floor, 30, "{h}:{nn} {AM}", "{wd} "),
    ("{m}/{d}/{yyyy} {H}:{nn}", _up, 30, "{h}:{nn} {AM}", "{wd} "),
    ("{yyyy}-{mm}-{dd} {HH}:{nn}", _floor, 15, "{HH}:{nn}", "{yyyy}-{mm}-{dd} "),
]  # fmt: skip
for layout, how, minutes, wanted, stays in ROUNDINGS:
    draw = Draw(f"time.round/{layout}/{how.__name__}/{minutes}/{wanted}")
    made: list[Made] = []
    for _ in range(12):
        when = draw.moment(1990, 2040)
        when = when if "{ss}" in layout else when.replace(second=0)
        made.append((show(when, layout), show(when, stays) + show(how(when, minutes), wanted)))
    written("time.round", made)


# Written by hand: which number is the day is decided by other rows; other calendars' words; broken dates --------------------

written("date.order", [
    ("3/4/2011", "2011-04-03"), ("7/12/2011", "2011-12-07"), ("25/1/2012", "2012-01-25"), ("9/9/2012", "2012-09-09"),
    ("30/6/2013", "2013-06-30"), ("1/2/2014", "2014-02-01"),
])  # fmt: skip
written("date.order", [
    ("3/4/2011", "4 March 2011"), ("7/12/2011", "12 July 2011"), ("1/25/2012", "25 January 2012"), ("9/9/2012", "9 September 2012"),
    ("6/30/2013", "30 June 2013"), ("1/2/2014", "2 January 2014"),
])  # fmt: skip
written("date.order", [
    ("05.06.07", "5 Jun 2007"), ("31.12.08", "31 Dec 2008"), ("01.02.11", "1 Feb 2011"), ("17.08.99", "17 Aug 1999"),
])  # fmt: skip
written("date.order", [
    ("4/11/1987", "1987 4 11"), ("29/3/2007", "2007 29 3"), ("31/1/1846", "1846 31 1"), ("8/7/2237", "2237 8 7"),
    ("22/10/1953", "1953 22 10"),
])  # fmt: skip
written("date.languages", [
    ("3 mars 2014", "2014-03-03"), ("17 août 2009", "2009-08-17"), ("1 décembre 2018", "2018-12-01"),
    ("25 février 2011", "2011-02-25"), ("14 juillet 1999", "1999-07-14"), ("30 mai 2020", "2020-05-30"),
])  # fmt: skip
written("date.languages", [
    ("12. März 1998", "12.03.1998"), ("3. Oktober 1990", "03.10.1990"), ("24. Dezember 2004", "24.12.2004"),
    ("1. Mai 2011", "01.05.2011"), ("30. Juni 2015", "30.06.2015"), ("5. Januar 2001", "05.01.2001"),
])  # fmt: skip
written("date.languages", [
    ("5 de enero de 2003", "05/01/2003"), ("21 de julio de 2017", "21/07/2017"), ("9 de marzo de 1985", "09/03/1985"),
    ("30 de noviembre de 2010", "30/11/2010"), ("1 de agosto de 1999", "01/08/1999"),
])  # fmt: skip
written("date.broken", [
    ("12 May 1841", "1841"), ("Unknown", None), ("3-Jun-1902", "1902"), ("1877", "1877"), ("Aug 9, 1933", "1933"), ("living", None),
    ("1902", "1902"), ("28 Feb 1866", "1866"), ("Unknown", None), ("Oct 30, 1910", "1910"),
])  # fmt: skip
written("date.broken", [
    ("2019-03-04", "Mar 4"), ("", None), ("2020-11-30", "Nov 30"), (None, None), ("2018-01-09", "Jan 9"),
    ("n/a", None), ("2017-07-21", "Jul 21"),
])  # fmt: skip
written("date.broken", [
    ("24:00", "12AM"), ("9:15", "9AM"), ("0:40", "12AM"), ("12:05", "12PM"), ("23:59", "11PM"), ("17:30", "5PM"),
])  # fmt: skip
written("date.ordinal", [(f"Day {day} of {month}", f"{month} {ordinal(day)}") for day, month in
    [(1, "March"), (22, "June"), (3, "May"), (11, "April"), (30, "July"), (2, "June"), (13, "May"), (23, "August")]])  # fmt: skip
