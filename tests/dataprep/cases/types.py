"""Cases of the room `types`."""

# ruff: noqa: DTZ001, E501 (tables of values; dates and times without a zone)
import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import Convert, DetectedType, DetectTypes, EpochToTimestamp, TimestampToEpoch

_NUMBERS = [
    "1", "+1", "-1", " 1 ", "1_000", "0x1F", "1e5", "1e-5", "1.5e1", ".5", "5.", ".", "", None, "1,5", "inf", "-Infinity", "nan", "-nan",
    "1e999", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "9223372036854775807.0", "9.3e18", "00012", "-0",
    "-0.0", "1d", "1f", "1 000", "\t1\n", "\u00a01", "１", "9007199254740993.0", "9007199254740993.5", "10e-1", "true", "abc",
]  # fmt: skip
_MONEY = [
    "1,000",
    "1,00,000",
    "12,34",
    "$5",
    "-$5",
    "($1,234.50)",
    "12 EUR",
    "12.5 %",
    "(12%)",
    "--5",
    "€ 1,000",
    "",
    None,
    "kr 5",
    "x",
]
_MOMENTS = [
    "2020-01-01", "2020-1-5", "2020/01/31", "0001-01-01", "9999-12-31", "2020-02-30", "2020-01-01 10:20", "2020-01-01T10:20:30Z",
    "2020-01-01 10:20:30.1234569", "2020-01-01 10:20:30+02", "2020-01-01 10:20-05:30", "2020-01-01 24:00", "10:20", "1:2:3.5", "24:00",
    "10:20:30 PM", "infinity", "epoch", "20-01-01", "2020-01-01x", " 2020-01-01 ", "", None, "2020 01 01", "0001-01-01 00:00+02",
]  # fmt: skip
_DATES = [
    "31/01/2020", "1/2/20", "29/2/2021", "2020-01-31", "5 Mar 2020", "may 5, 2020", "12:00 am", "10:20 PM", "1/1/99", "x", "", None,
    " 01/02/2020 ", "01/02/2020 10:20:30.5", "2020-01-31T10:20:30+0230",
]  # fmt: skip
_FLOATS = [
    1.0,
    -0.0,
    1e15,
    1e16,
    123456.789,
    1e-4,
    1e-5,
    0.1,
    5e-324,
    1.7976931348623157e308,
    float("nan"),
    float("inf"),
    None,
    2e23,
]

CASES: list[Case] = [
    Case("convert to integer", Convert(columns=("a",), to="integer"), pa.table({"a": _NUMBERS})),
    Case("convert to decimal", Convert(columns=("a",), to="decimal"), pa.table({"a": _NUMBERS})),
    Case(
        "convert amounts",
        Convert(columns=("a",), to="decimal", thousands=",", currency=True, percent=True, brackets=True),
        pa.table({"a": _MONEY}),
    ),
    Case(
        "convert numbers with a decimal comma",
        Convert(columns=("a",), to="integer", decimal=",", thousands="."),
        pa.table({"a": ["1.000", "1,0", "1,5", "12.345.678,00", "1.00", "5", None]}),
    ),
    Case(
        "convert to boolean",
        Convert(columns=("a",), to="boolean"),
        pa.table({"a": ["yes", " Y ", "TRUE", "no", "0", "maybe", "", None]}),
    ),
    Case(
        "convert to boolean with a constant",
        Convert(columns=("a", "b"), to="boolean", true_values=("OUI", "1"), false_values=("non", "0"), otherwise="false"),
        pa.table({"a": ["oui", "NON", "?", "", None], "b": [1, 0, 2, None, -1]}),
    ),
    Case("convert to date", Convert(columns=("a",), to="date"), pa.table({"a": _MOMENTS})),
    Case("convert to time", Convert(columns=("a",), to="time"), pa.table({"a": _MOMENTS})),
    Case("convert to timestamp", Convert(columns=("a",), to="timestamp"), pa.table({"a": _MOMENTS})),
    Case("convert to timestamp with zone", Convert(columns=("a",), to="timestamp_tz"), pa.table({"a": _MOMENTS})),
    Case("convert with a fixed date", Convert(columns=("a",), to="timestamp", fixed_date="2000-02-29"), pa.table({"a": _MOMENTS})),
    Case(
        "convert to date by formats",
        Convert(columns=("a",), to="date", formats=("%d/%m/%Y", "%d/%m/%y", "%d %b %Y", "%B %d, %Y")),
        pa.table({"a": _DATES}),
    ),
    Case(
        "convert to timestamp by formats",
        Convert(columns=("a",), to="timestamp", formats=("%I:%M %p", "%d/%m/%Y %H:%M:%S.%f", "%FT%T%z"), fixed_date="2000-02-29"),
        pa.table({"a": _DATES}),
    ),
    Case("convert to time by formats", Convert(columns=("a",), to="time", formats=("%I:%M %p",)), pa.table({"a": _DATES})),
    Case(
        "convert to string",
        Convert(columns=("d", "i", "b", "t", "day", "clock", "zone"), to="string"),
        pa.table(
            {
                "d": _FLOATS,
                "i": pa.array([*range(len(_FLOATS))], pa.int64()),
                "b": [True, False, None, *[True] * (len(_FLOATS) - 3)],
                "t": pa.array([dt.datetime(2020, 1, 1, 10, 20, 30, 500)] * len(_FLOATS), pa.timestamp("us")),
                "day": [dt.date(2020, 1, 31)] * len(_FLOATS),
                "clock": pa.array([dt.time(1, 2, 3, 40)] * len(_FLOATS), pa.time64("us")),
                "zone": pa.array([dt.datetime(2020, 1, 1, 10, 20, tzinfo=dt.UTC)] * len(_FLOATS), pa.timestamp("us", tz="UTC")),
            }
        ),
    ),
    Case(
        "convert decimals to integer",
        Convert(columns=("d",), to="integer"),
        pa.table({"d": [1.0, 1.5, -0.0, 1e18, 1e19, -9223372036854775808.0, float("nan"), float("inf"), None]}),
    ),
    Case(
        "convert between dates and times",
        Convert(columns=("day", "zone"), to="timestamp"),
        pa.table(
            {
                "day": [dt.date(2020, 1, 31), None],
                "zone": pa.array([dt.datetime(2020, 1, 1, 10, 20, tzinfo=dt.UTC), None], pa.timestamp("us", tz="UTC")),
            }
        ),
    ),
    Case(
        "convert timestamps to time",
        Convert(columns=("t", "zone"), to="time"),
        pa.table(
            {
                "t": pa.array([dt.datetime(2020, 1, 1, 10, 20, 30, 500), None], pa.timestamp("us")),
                "zone": pa.array([dt.datetime(2020, 1, 1, 10, 20, tzinfo=dt.UTC), None], pa.timestamp("us", tz="UTC")),
            }
        ),
    ),
    Case(
        "convert times to timestamp",
        Convert(columns=("clock",), to="timestamp", fixed_date="1999-12-31"),
        pa.table({"clock": pa.array([dt.time(1, 2, 3, 40), None], pa.time64("us"))}),
    ),
    Case("convert booleans to integer", Convert(columns=("b",), to="integer"), pa.table({"b": [True, False, None]})),
    Case(
        "epoch of texts and decimals",
        EpochToTimestamp(columns=("a", "d")),
        pa.table(
            {
                "a": ["0", "1577836800", "1577836800.5", "-1.25", "x", "", None, "1e99", "nan"],
                "d": [0.0, 1577836800.123456, -1.5, 1e20, float("nan"), None, 0.000001, 253402300799.0, -62135596800.0],
            }
        ),
    ),
    Case(
        "epoch of milliseconds",
        EpochToTimestamp(columns=("i",), unit="ms"),
        pa.table({"i": pa.array([0, 1577836800123, -1, None, 2**62], pa.int64())}),
    ),
    Case(
        "to epoch",
        TimestampToEpoch(columns=("t", "day", "zone"), unit="s"),
        pa.table(
            {
                "t": pa.array(
                    [dt.datetime(2020, 1, 1, 10, 20, 30, 500), dt.datetime(1969, 12, 31, 23, 59, 59, 1), None], pa.timestamp("us")
                ),
                "day": [dt.date(2020, 1, 31), dt.date(1969, 12, 31), None],
                "zone": pa.array([dt.datetime(2020, 1, 1, 10, 20, tzinfo=dt.UTC), None, None], pa.timestamp("us", tz="UTC")),
            }
        ),
    ),
    Case(
        "to epoch in microseconds",
        TimestampToEpoch(columns=("t",), unit="us"),
        pa.table({"t": pa.array([dt.datetime(2020, 1, 1, 10, 20, 30, 500), dt.datetime(1, 1, 1), None], pa.timestamp("us"))}),
    ),
    Case(
        "detect types",
        DetectTypes(
            looked=True,
            types=(
                DetectedType(column="n", type="integer", missing=("-", "NA")),
                DetectedType(column="d", type="date", format="%d.%m.%Y"),
                DetectedType(column="c", type="decimal", decimal=","),
                DetectedType(column="t", type="string", rivals=("%d/%m/%Y", "%m/%d/%Y")),
            ),
        ),
        pa.table(
            {
                "n": ["1", " NA ", "-", "x", None],
                "d": ["1.2.2020", "31.4.2020", "", None, "x"],
                "c": ["1,5", "1.000,5", "2", "", None],
                "t": ["1/2/2020", None, "", "x", "3/4/2020"],
            }
        ),
    ),
    Case(
        "detect types with an order",
        DetectTypes(looked=True, order="month", types=(DetectedType(column="t", type="string", rivals=("%d/%m/%Y", "%m/%d/%Y")),)),
        pa.table({"t": ["1/2/2020", None, "", "x", "13/4/2020"]}),
    ),
]
