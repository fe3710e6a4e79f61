"""What the steps on types do, exactly."""

# ruff: noqa: DTZ001 (tables of values; dates and times without a zone)
import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.conversion import NumberStyle, format_problem, possible
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import Convert, DetectedType, DetectTypes, EpochToTimestamp, StepBase, TimestampToEpoch

Over = Callable[..., dict[str, list[Any]]]


@pytest.fixture
def over(project: Path, engine: Engine) -> Over:
    """`over(columns, step, ...)`: the columns after the steps; error cells as `!original`."""

    def run(columns: dict[str, Any], *steps: StepBase) -> dict[str, list[Any]]:
        pq.write_table(pa.table(columns), project / "data.parquet")
        flow = Dataflow(name="data", source=FileRef(path="data.parquet"), steps=steps)
        with engine.view(Package(flows=(flow,)), "data") as view:
            made: dict[str, list[Any]] = view.arrow(with_errors=True).to_pydict()
        for name in [name for name in made if name.startswith("__error__")]:
            column = name.removeprefix("__error__")
            shown = [None if text is None else "!" + text.partition("\x1f")[2] for text in made.pop(name)]
            made[column] = [value if text is None else text for value, text in zip(made[column], shown, strict=True)]
        return made

    return run


def to(kind: Any, **options: Any) -> Convert:
    return Convert(columns=("a",), to=kind, **options)


@pytest.mark.parametrize(
    ("text", "integer", "decimal"),
    [
        ("1", 1, 1.0),
        (" +7 ", 7, 7.0),
        ("2.0", 2, 2.0),
        ("1.5", "!1.5", 1.5),
        (".5", "!.5", 0.5),
        ("5.", 5, 5.0),
        ("1e5", 100000, 100000.0),
        ("15e-1", "!15e-1", 1.5),
        ("1_000", "!1_000", "!1_000"),
        ("0x1F", "!0x1F", "!0x1F"),
        ("1d", "!1d", "!1d"),
        ("9223372036854775807", 9223372036854775807, 9223372036854775807.0),
        ("9223372036854775808", "!9223372036854775808", 9223372036854775808.0),
        ("9007199254740993.0", 9007199254740993, 9007199254740992.0),
        ("9007199254740993.5", "!9007199254740993.5", 9007199254740994.0),
        ("inf", "!inf", math.inf),
        ("NaN", None, None),
        ("", None, None),
        (None, None, None),
        ("\u00a01", "!\u00a01", "!\u00a01"),
        ("1,5", "!1,5", "!1,5"),
    ],
)
def test_that_a_text_is_the_number_that_it_says_or_an_error(over: Over, text: str | None, integer: Any, decimal: Any) -> None:
    column = pa.array([text], pa.string())
    assert over({"a": column}, to("integer"))["a"] == [integer]
    assert over({"a": column}, to("decimal"))["a"] == [decimal]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", 1234.5), ("12,34", "!12,34"), ("$5", 5.0), ("-$5", -5.0), ("($1,234)", -1234.0), ("12 EUR", 12.0),
        ("€ 1", 1.0), ("12.5 %", 0.125), ("(12%)", -0.12), ("(-5)", "!(-5)"), ("abc", "!abc"), ("", None),
    ],
)  # fmt: skip
def test_that_amounts_are_read_with_their_signs(over: Over, text: str, number: Any) -> None:
    step = to("decimal", thousands=",", currency=True, percent=True, brackets=True)
    assert over({"a": [text]}, step)["a"] == [number]


def test_that_decimal_commas_want_groups_of_three(over: Over) -> None:
    texts = ["1,5", "1.234,5", "1.5", "12.345.678", "1 000,5"]
    assert over({"a": texts}, to("decimal", decimal=","))["a"] == [1.5, 1234.5, "!1.5", 12345678.0, "!1 000,5"]
    assert over({"a": ["1 000,5", "1\u202f000"]}, to("decimal", decimal=",", thousands=" "))["a"] == [1000.5, 1000.0]


def test_that_booleans_are_what_the_lists_say(over: Over) -> None:
    texts = {"a": ["Yes", " no ", "1", "maybe", "", None]}
    assert over(texts, to("boolean"))["a"] == [True, False, True, "!maybe", None, None]
    assert over(texts, to("boolean", otherwise="false"))["a"] == [True, False, True, False, None, None]
    assert over(texts, to("boolean", otherwise="missing"))["a"] == [True, False, True, None, None, None]
    own = to("boolean", true_values=("MAYBE",), false_values=("no",))
    assert over(texts, own)["a"] == ["!Yes", False, "!1", True, None, None]
    assert over({"a": [1, 0, 2, None]}, to("boolean"))["a"] == [True, False, "!2", None]
    assert (
        "both in the list" in to("boolean", true_values=("x",), false_values=("X",)).check((ColumnInfo("a", "string"),))[0].message
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-01-31", dt.datetime(2020, 1, 31)),
        ("2020/1/5 3:04", dt.datetime(2020, 1, 5, 3, 4)),
        ("2020-01-31T10:20:30.1234569", dt.datetime(2020, 1, 31, 10, 20, 30, 123456)),
        ("2020-01-31 10:20Z", dt.datetime(2020, 1, 31, 10, 20)),
        ("2020-01-31 23:00:00-02", dt.datetime(2020, 2, 1, 1)),
        ("2020-01-31 24:00", "!2020-01-31 24:00"),
        ("2020-02-30", "!2020-02-30"),
        ("10000-01-01", "!10000-01-01"),
        ("infinity", "!infinity"),
        ("epoch", "!epoch"),
        ("2020 01 31", "!2020 01 31"),
        ("10:20", "!10:20"),
    ],
)
def test_that_a_text_is_the_moment_that_it_says_or_an_error(over: Over, text: str, moment: Any) -> None:
    assert over({"a": [text]}, to("timestamp"))["a"] == [moment]
    day = (
        moment
        if isinstance(moment, str)
        else dt.date.fromisoformat(text[:10].replace("/", "-").replace("2020-1-5 3", "2020-01-05"))
    )
    assert over({"a": [text]}, to("date"))["a"] == [day]


def test_that_times_are_read_alone_or_after_a_date(over: Over) -> None:
    texts = ["10:20", "1:2:3.5", "2020-01-31 10:20", "10:20:30 PM", "24:00", "x"]
    expected = [dt.time(10, 20), dt.time(1, 2, 3, 500_000), dt.time(10, 20), "!10:20:30 PM", "!24:00", "!x"]
    assert over({"a": texts}, to("time"))["a"] == expected


def test_that_a_fixed_date_stands_before_pure_times(over: Over) -> None:
    step = to("timestamp", fixed_date="2000-02-29")
    assert over({"a": ["10:20", "2020-01-31"]}, step)["a"] == [dt.datetime(2000, 2, 29, 10, 20), dt.datetime(2020, 1, 31)]
    times = pa.array([dt.time(1, 2, 3, 40), None], pa.time64("us"))
    assert over({"a": times}, step)["a"] == [dt.datetime(2000, 2, 29, 1, 2, 3, 40), None]
    assert "Give a date" in to("timestamp").check((ColumnInfo("a", "time"),))[0].message
    assert "is not a date" in to("timestamp", fixed_date="29.2.").check((ColumnInfo("a", "string"),))[0].message


def test_that_formats_are_tried_in_their_order(over: Over) -> None:
    texts = ["1/2/2020", "1/2/20", "3 Mar 2020", "31/4/2020", "2020-01-01", " 5/6/2020 "]
    step = to("date", formats=("%d/%m/%Y", "%d/%m/%y", "%d %b %Y"))
    expected = [dt.date(2020, 2, 1), dt.date(2020, 2, 1), dt.date(2020, 3, 3), "!31/4/2020", "!2020-01-01", dt.date(2020, 6, 5)]
    assert over({"a": texts}, step)["a"] == expected


@pytest.mark.parametrize(
    ("text", "format_", "moment"),
    [
        ("12:05 am", "%I:%M %p", dt.datetime(1900, 1, 1, 0, 5)),
        ("1.2.2020 5 Uhr", "%-d.%-m.%Y %H Uhr", dt.datetime(2020, 2, 1, 5)),
        ("2020-01-31T10:20:30+0230", "%FT%T%z", dt.datetime(2020, 1, 31, 7, 50, 30)),
        ("1/1/69", "%d/%m/%y", dt.datetime(1969, 1, 1)),
        ("1/1/68", "%d/%m/%y", dt.datetime(2068, 1, 1)),
        ("10:20:30.5", "%H:%M:%S.%f", dt.datetime(1900, 1, 1, 10, 20, 30, 500_000)),
        ("60 2020", "%j %Y", dt.datetime(2020, 2, 29)),
        ("Monday, 1 june 2020", "%A, %d %B %Y", dt.datetime(2020, 6, 1)),
    ],
)
def test_that_each_directive_reads_what_it_names(over: Over, text: str, format_: str, moment: dt.datetime) -> None:
    assert over({"a": [text]}, to("timestamp", formats=(format_,)))["a"] == [moment]


@pytest.mark.parametrize(
    ("format_", "sentence"), [("%Q", "unknown directive %Q"), ("day", "no directive"), ("%d %-d", "the same thing twice")]
)
def test_that_a_wrong_format_gives_a_sentence(format_: str, sentence: str) -> None:
    assert sentence in format_problem(format_)
    assert sentence in to("date", formats=(format_,)).check((ColumnInfo("a", "string"),))[0].message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"), (1e20, "1e+20"), (1e-5, "1e-05"), (0.1, "0.1"), (-0.0, "-0.0"), (math.nan, None), (math.inf, "inf"),
        (True, "true"), (dt.date(2020, 1, 1), "2020-01-01"), (dt.datetime(2020, 1, 1), "2020-01-01 00:00:00"),
        (dt.datetime(2020, 1, 1, 10, 20, 30, 500_000), "2020-01-01 10:20:30.5"), (dt.time(1, 2, 3), "01:02:03"), (7, "7"),
        (dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "2020-01-01 00:00:00+00"),
    ],
)  # fmt: skip
def test_that_values_become_the_texts_of_the_reference(over: Over, value: Any, text: str | None) -> None:
    assert over({"a": [value]}, to("string"))["a"] == [text]


def test_that_records_and_lists_become_json(over: Over) -> None:
    assert over({"a": [{"x": 1, "y": None}, None]}, to("string"))["a"] == ['{"x":1,"y":null}', None]
    assert over({"a": [[1, 2], []]}, to("string"))["a"] == ["[1,2]", "[]"]
    assert not possible("struct", "integer")


def test_that_decimals_become_whole_numbers_only_where_they_are(over: Over) -> None:
    numbers = [1.0, 1.5, -0.0, 1e18, 1e19, math.nan, None]
    assert over({"a": numbers}, to("integer"))["a"] == [1, "!1.5", 0, 10**18, "!1e+19", None, None]


def test_that_styles_of_numbers_need_two_marks() -> None:
    assert NumberStyle().plain
    assert "must differ" in to("decimal", decimal=",", thousands=",").check((ColumnInfo("a", "string"),))[0].message


def test_that_epochs_become_moments_and_back(over: Over) -> None:
    columns = {"a": ["0", "1577836800.5", "-1.25", "x", "1e99", "", None]}
    expected = [dt.datetime(1970, 1, 1), dt.datetime(2020, 1, 1, 0, 0, 0, 500_000), dt.datetime(1969, 12, 31, 23, 59, 58, 750_000)]
    assert over(columns, EpochToTimestamp(columns=("a",)))["a"] == [*expected, "!x", "!1e99", None, None]
    milliseconds = {"a": pa.array([1577836800123, -1], pa.int64())}
    step = EpochToTimestamp(columns=("a",), unit="ms")
    assert over(milliseconds, step, TimestampToEpoch(columns=("a",), unit="ms"))["a"] == [1577836800123, -1]
    moments = {"a": pa.array([dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), dt.datetime(2020, 1, 1)], pa.timestamp("us"))}
    assert over(moments, TimestampToEpoch(columns=("a",)))["a"] == [-1, 1577836800]
    days = {"a": [dt.date(1970, 1, 2), None]}
    assert over(days, TimestampToEpoch(columns=("a",), unit="us"))["a"] == [86_400_000_000, None]


def test_that_types_are_detected_stored_and_used(over: Over, project: Path, engine: Engine) -> None:
    columns: dict[str, list[str | None]] = {
        "n": ["1", "2", "-", None],
        "d": ["1,5", "1.000,25", "2", ""],
        "day": ["31.12.2020", "1.2.2020", None, "x"],
        "b": ["yes", "no", "yes", None],
        "s": ["a", "1", None, ""],
        "zip": ["01234", "98101", "10115", None],
        "t": ["1/2/2020", "3/4/2020", None, "5/6/2020"],
    }
    columns["day"][3] = "15.3.2020"
    pq.write_table(pa.table(columns), project / "data.parquet")
    flow = Dataflow(name="data", source=FileRef(path="data.parquet"), steps=(DetectTypes(),))
    step: Any = engine.learn(Package(flows=(flow,)), "data", 0)
    kinds = {one.column: one.type for one in step.types}
    assert kinds == {
        "n": "integer", "d": "decimal", "day": "date", "b": "boolean", "s": "string", "zip": "string", "t": "string",
    }  # fmt: skip
    (problem,) = step.check(tuple(ColumnInfo(name, "string") for name in columns))
    assert problem.severity == "warning"
    assert "cannot be told apart" in problem.message
    made = over(columns, step)
    assert made["n"] == [1, 2, None, None]
    assert made["d"] == [1.5, 1000.25, 2.0, None]
    assert made["day"][:2] == [dt.date(2020, 12, 31), dt.date(2020, 2, 1)]
    assert made["b"] == [True, False, True, None]
    assert made["t"] == columns["t"]
    ordered = over(columns, step.model_copy(update={"order": "day"}))
    assert ordered["t"][:2] == [dt.date(2020, 2, 1), dt.date(2020, 4, 3)]
    new = {name: ["x"] for name in columns}
    assert over(new, step)["n"] == ["!x"]
    assert over(new, step)["s"] == ["x"]


def test_that_detection_says_that_it_has_not_looked() -> None:
    schema = (ColumnInfo("a", "string"),)
    assert "has not looked" in DetectTypes().check(schema)[0].message
    found = DetectTypes(looked=True, types=(DetectedType(column="a", type="integer"),))
    assert found.check(schema) == []
    assert found.describe() == "Detect the types of all text columns: a is whole number"
