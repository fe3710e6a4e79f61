"""What is derived in the published examples (data: Microsoft Azure documentation, CC BY 4.0)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from workbench.byexample import learn

Row = tuple[str | None, ...]

# name: (how many rows, from the first, are examples; (input, output) rows; the examples stand first)
ONE_COLUMN: dict[str, tuple[int, list[tuple[str, str]]]] = {
    "S1 file name from a path": (
        2,
        [
            (r"C:\Python35\Tools\pynche\TypeinViewer.py", "TypeinViewer.py"),
            (r"C:\Python35\Tools\Scripts\analyze_dxp.py", "analyze_dxp.py"),
            (r"C:\Python35\Tools\pynche\webcolors.txt", "webcolors.txt"),
            (r"C:\Python35\Tools\pynche\X\rgb.txt", "rgb.txt"),
            (r"C:\Python35\Tools\Scripts\2to3.py", "2to3.py"),
            (r"C:\Python35\Tools\Scripts\byext.py", "byext.py"),
        ],
    ),
    "S2 township in title case": (
        3,
        [
            ("REINDEER CT & DEAD END;  NEW HANOVER; Station 332; 2015-12-10 @ 17:10:52;", "New Hanover"),
            ("HAWS AVE; NORRISTOWN; 2015-12-10 @ 14:39:21-Station:STA27;", "Norristown"),
            ("AIRY ST & SWEDE ST;  NORRISTOWN; Station 308A; 2015-12-10 @ 16:47:36;", "Norristown"),
            ("BRIAR PATH & WHITEMARSH LN;  HATFIELD TOWNSHIP; Station 345; 2015-12-10 @ 17:29:21;", "Hatfield Township"),
            ("MAIN ST & OLD SUMNEYTOWN PIKE;  LOWER SALFORD; Station 344; 2015-12-10 @ 16:51:42;", "Lower Salford"),
            ("BLUEROUTE  & RAMP I476 NB TO CHEMICAL RD; PLYMOUTH; 2015-12-10 @ 17:35:41;", "Plymouth"),
        ],
    ),
    "S3 date inside a text, year-day-month by force of the example": (
        1,
        [
            ("MONTGOMERY AVE & WOODSIDE RD;  LOWER MERION; Station 313; 2015-12-11 @ 04:11:35;", "12 Nov 2015 4AM"),
            ("DREYCOTT LN & W LANCASTER AVE;  LOWER MERION; Station 313; 2015-12-11 @ 01:29:52;", "12 Nov 2015 1AM"),
            ("PENN VALLEY RD & MANOR RD;  LOWER MERION; Station 313; 2015-12-10 @ 20:53:30;", "12 Oct 2015 8PM"),
            ("AVIGNON DR & DEAD END; LOWER MERION; 2015-12-10 @ 20:01:29-Station:STA24;", "12 Oct 2015 8PM"),
        ],
    ),
    "S5 initials": (
        2,
        [
            ("Laquanda Lohmann", "L.L."),
            ("John-Paul Smith", "J.S."),
            ("Sarah-Jane Smith", "S.S."),
            ("Anne-Marie Jones", "A.J."),
            ("Rico Ropp", "R.R."),
        ],
    ),
    "S6 constants": (3, [("Male", "0"), ("Female", "1"), ("Unknown", "2"), ("Male", "0"), ("Unknown", "2"), ("Female", "1")]),
    "N1 nearest 10": (1, [("112", "110"), ("117", "120"), ("11112", "11110"), ("11119", "11120"), ("548", "550")]),
    "N2 down to 10": (2, [("112", "110"), ("117", "110"), ("11112", "11110"), ("11119", "11110"), ("548", "540")]),
    "N3 nearest 0.05 with two decimals": (
        2,
        [
            ("-75.5812935", "-75.60"),
            ("-75.343513", "-75.35"),
            ("-75.2646799", "-75.25"),
            ("-75.3519752", "-75.35"),
            ("-75.6033497", "-75.60"),
            ("-75.283245", "-75.30"),
        ],
    ),
    "N4 bins of 5": (
        1,
        [("20.16", "20-25"), ("14.32", "10-15"), ("5.44", "5-10"), ("3.84", "0-5"), ("3.73", "0-5"), ("7.36", "5-10")],
    ),
    "N5 times 1000 without dust": (
        1,
        [("-243", "-243000"), ("-12.5", "-12500"), ("-2345.23292", "-2345232.92"), ("-1202.3433", "-1202343.3")],
    ),
    "N6 five digits": (1, [("5828", "05828"), ("44130", "44130"), ("4759", "04759"), ("7204", "07204")]),
    "bike share: two hours of a time": (
        1,
        [("0:54", "12AM-2AM"), ("1:54", "12AM-2AM"), ("2:54", "2AM-4AM"), ("12:05", "12PM-2PM"), ("23:59", "10PM-12AM")],
    ),
    "bike share: date and two hours of a stamp": (
        1,
        [
            ("2017-01-01 00:00:02", "Jan 01, 2017 12AM-2AM"),
            ("2017-01-01 00:14:46", "Jan 01, 2017 12AM-2AM"),
            ("2017-01-13 15:40:10", "Jan 13, 2017 2PM-4PM"),
            ("2017-12-31 23:59:59", "Dec 31, 2017 10PM-12AM"),
        ],
    ),
    "bike share: weekday": (
        1,
        [("Jan 01, 2017 12AM-2AM", "Sun"), ("Jan 02, 2017 2PM-4PM", "Mon"), ("Feb 22, 2017 10PM-12AM", "Wed")],
    ),
    "bike share: the hours again": (
        1,
        [("Jan 01, 2017 12AM-2AM", "12AM-2AM"), ("Jan 02, 2017 2PM-4PM", "2PM-4PM"), ("Feb 22, 2017 10PM-12AM", "10PM-12AM")],
    ),
    "SDK: date and two hours": (
        1,
        [
            ("4/4/2016 22:10:05", "Apr 4, 2016 10PM-12AM"),
            ("4/15/2016 10:14:46", "Apr 15, 2016 10AM-12PM"),
            ("4/5/2016 0:05:00", "Apr 5, 2016 12AM-2AM"),
        ],
    ),
}


def ride(who: str, station: str, place: str, when: str) -> str:
    return f"A {who} picked a bike from station {station}, lat/long ({place}), on {when}. The trip duration was 61 minutes"


SEVERAL_COLUMNS: dict[str, tuple[int, list[tuple[Row, str]]]] = {
    "S4 concatenation": (
        1,
        [
            (("Claudio", "A", "Chew"), "Claudio A Chew"),
            (("Laquanda", "", "Lohmann"), "Laquanda  Lohmann"),
            (("Ruby-Grace", "M", "Simmons"), "Ruby-Grace M Simmons"),
        ],
    ),
    "composite": (
        1,
        [
            (
                ("61", "2016-01-08 16:09:32", "107", "42.3625", "-71.08822", "Subscriber"),
                ride("Subscriber", "107", "42.363,-71.088", "Jan 08, 2016 at around 4PM"),
            ),
            (
                ("61", "2016-01-17 09:28:10", "74", "42.373268", "-71.118579", "Customer"),
                ride("Customer", "74", "42.373,-71.119", "Jan 17, 2016 at around 9AM"),
            ),
        ],
    ),
    "bike share: date and hours of two columns": (
        2,
        [
            (("1/1/2015", "12AM-2AM"), "Jan 01, 2015 12AM-2AM"),
            (("1/13/2015", "2AM-4AM"), "Jan 13, 2015 2AM-4AM"),
            (("1/2/2015", "4AM-6AM"), "Jan 02, 2015 4AM-6AM"),
            (("2/28/2015", "10PM-12AM"), "Feb 28, 2015 10PM-12AM"),
        ],
    ),
    "combine by example": (
        1,
        [
            (("13", "Oct", "2016", "15", "01", "23"), "13-Oct-2016 15:01:23 PDT"),
            (("16", "Oct", "2016", "16", "22", "33"), "16-Oct-2016 16:22:33 PDT"),
        ],
    ),
    "combine with a separator": (
        1,
        [
            (("16011 N.E. 36th Way", "REDMOND", "WA", "98052"), "16011 N.E. 36th Way, REDMOND, WA, 98052"),
            (("1 Main St", "SEATTLE", "WA", "98101"), "1 Main St, SEATTLE, WA, 98101"),
        ],
    ),
}

STAMPS = """
31-Jan-2031 05:54:18 | 17-Jan-1990 13:32:01 | 14-Feb-2034 05:36:07 | 14-Mar-2002 13:16:16 | 21-Jan-1985 05:44:43
16-Aug-1985 01:11:56 | 20-Dec-2033 18:36:29 | 16-Jul-1984 10:21:59 | 13-Jan-2038 10:59:36 | 14-Aug-1982 15:13:54
22-Nov-2030 08:18:08 | 21-Oct-1997 08:42:58 | 28-Nov-2006 14:19:15 | 29-Apr-2031 04:59:45 | 29-Jan-2032 02:38:36
11-May-2028 15:31:52 | 15-Jul-1977 12:45:39 | 27-Jan-2029 05:55:41 | 03-Mar-2024 10:17:49 | 14-Apr-2010 00:23:13
""".strip().replace("\n", "|")
MOMENTS = {stamp.strip(): datetime.strptime(stamp.strip(), "%d-%b-%Y %H:%M:%S") for stamp in STAMPS.split("|")}  # noqa: DTZ007


def half_day(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}{moment:%p}"


def two_odd_hours(moment: datetime) -> str:
    start = moment - timedelta(hours=1 - moment.hour % 2)
    return f"{half_day(start)}-{half_day(start + timedelta(hours=2))}"


def half_hour(moment: datetime) -> str:
    start = moment.replace(minute=moment.minute // 30 * 30)
    end = start + timedelta(minutes=30)
    return f"{start.hour}:{start:%M}-{end.hour}:{end:%M}"


# name: (the rows that are examples, the rule)
STAMP_CASES: dict[str, tuple[Sequence[int], Callable[[datetime], str]]] = {
    "D1 weekday": ((0,), lambda m: f"{m:%a}"),
    "D1 day": ((0,), lambda m: f"{m.day}"),
    "D1 month": ((0,), lambda m: f"{m:%b}"),
    "D1 year": ((0,), lambda m: f"{m.year}"),
    "D1 hour": ((0,), lambda m: f"{m.hour}"),
    "D1 minute": ((0,), lambda m: f"{m:%M}"),
    "D1 second": ((0, 4), lambda m: f"{m:%S}"),
    "D2 month/day/year": ((0,), lambda m: f"{m.month}/{m.day}/{m.year}"),
    "D2 long": ((0,), lambda m: f"{m:%A, %B} {m.day}, {m.year}"),
    "D2 digits and time": ((0,), lambda m: f"{m:%m%d%Y} {m.hour}:{m:%M}"),
    "D2 day/month/year and half day": ((0,), lambda m: f"{m.day}/{m.month}/{m.year} {m.hour % 12 or 12}:{m:%M %p}"),
    "D2 quarter": ((0,), lambda m: f"Q{(m.month + 2) // 3} {m.year}"),
    "D3 twenty seconds": ((0, 4), lambda m: f"{m.second // 20 * 20}-{m.second // 20 * 20 + 20}"),
    "D3 fifteen minutes": ((0,), lambda m: f"{m.minute // 15 * 15}-{m.minute // 15 * 15 + 15}"),
    "D3 two hours, anchored at the example": ((0,), two_odd_hours),
    "D3 half hours": ((0,), half_hour),
}


def derived(examples: Sequence[tuple[Row, str]], inputs: Sequence[Row]) -> list[str | None]:
    learned = learn(examples=list(examples), inputs=list(inputs))
    assert learned.program, learned.explanation
    return [learned.program.run(row) for row in inputs]


@pytest.mark.parametrize("name", ONE_COLUMN)
def test_that_a_column_is_derived(name: str) -> None:
    count, cells = ONE_COLUMN[name]
    rows: list[tuple[Row, str]] = [((given,), wanted) for given, wanted in cells]
    assert derived(rows[:count], [given for given, _ in rows]) == [wanted for _, wanted in rows]


@pytest.mark.parametrize("name", SEVERAL_COLUMNS)
def test_that_several_columns_give_one(name: str) -> None:
    count, rows = SEVERAL_COLUMNS[name]
    assert derived(rows[:count], [given for given, _ in rows]) == [wanted for _, wanted in rows]


@pytest.mark.parametrize("name", STAMP_CASES)
def test_that_all_twenty_stamps_follow(name: str) -> None:
    places, rule = STAMP_CASES[name]
    rows: list[Row] = [(stamp,) for stamp in MOMENTS]
    wanted = [rule(moment) for moment in MOMENTS.values()]
    assert derived([(rows[place], wanted[place]) for place in places], rows) == wanted


def test_that_one_day_of_a_date_order_needs_one_example() -> None:
    rows = [("1/1/2015 1:00", "12AM-2AM"), ("1/1/2015 2:54", "2AM-4AM"), ("1/1/2015 23:59", "10PM-12AM")]
    assert derived([(("1/1/2015 1:00",), "Jan 1, 2015 12AM-2AM")], [(given,) for given, _ in rows]) == [
        f"Jan 1, 2015 {wanted}" for _, wanted in rows
    ]


WEATHER = [
    ("1/1/2015 1:00", "Jan 1, 2015 12AM-2AM"),
    ("1/1/2015 2:54", "Jan 1, 2015 2AM-4AM"),
    ("1/1/2015 23:59", "Jan 1, 2015 10PM-12AM"),
    ("1/2/2015 0:54", "Jan 2, 2015 12AM-2AM"),
    ("1/12/2015 13:54", "Jan 12, 2015 12PM-2PM"),
    ("1/29/2015 20:54", "Jan 29, 2015 8PM-10PM"),
    ("2/1/2015 5:59", "Feb 1, 2015 4AM-6AM"),
    ("11/11/2015 0:54", "Nov 11, 2015 12AM-2AM"),
]
BARRED = [(given, wanted.replace(" 2015 ", " 2015 | ")) for given, wanted in WEATHER]


def weather_rows() -> list[Row]:
    return [(given,) for given, _ in WEATHER]


def test_that_the_order_of_day_and_month_is_settled_by_the_second_example() -> None:
    examples = [((given,), wanted) for given, wanted in (WEATHER[0], WEATHER[3])]
    assert derived(examples, weather_rows()) == [wanted for _, wanted in WEATHER]


def test_that_a_third_example_keeps_the_order_of_day_and_month() -> None:
    examples = [((given,), wanted) for given, wanted in (WEATHER[0], WEATHER[3], WEATHER[5])]
    assert derived(examples, weather_rows()) == [wanted for _, wanted in WEATHER]


def test_that_an_example_in_another_style_is_told_as_a_conflict() -> None:
    examples = [((given,), wanted) for given, wanted in (WEATHER[0], WEATHER[3], WEATHER[5], BARRED[7])]
    learned = learn(examples=examples, inputs=weather_rows())
    assert any(3 in (conflict.first, conflict.second) for conflict in learned.conflicts), learned.explanation


def test_that_examples_in_the_other_style_alone_are_learned() -> None:
    examples = [((given,), wanted) for given, wanted in (BARRED[0], BARRED[3], BARRED[5], BARRED[7])]
    assert derived(examples, weather_rows()) == [wanted for _, wanted in BARRED]


def test_that_two_styles_of_one_stamp_are_told_as_a_conflict() -> None:
    rows = [("4/4/2016 22:10:05", "Apr 4, 2016 10PM-12AM"), ("4/15/2016 10:14:46", "Apr 15, 2016 | 10AM-12PM")]
    learned = learn(examples=[((given,), wanted) for given, wanted in rows], inputs=[(given,) for given, _ in rows])
    assert [(conflict.first, conflict.second) for conflict in learned.conflicts] == [(0, 1)], learned.explanation
