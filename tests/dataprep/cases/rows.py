"""Cases of the room `rows`."""

import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    Condition,
    Filter,
    FilterByExample,
    FilterExpression,
    FirstRowAsHeaders,
    Operator,
    Part,
    RandomSplit,
    RemoveDuplicates,
    RemoveEmptyColumns,
    RemoveEmptyRows,
    RemoveMissing,
    RowRange,
    Sample,
    Skip,
    Sort,
    SortKey,
    StepBase,
    StratifiedSample,
    Stratum,
    Top,
)

NAN = float("nan")
TEXTS = pa.table(
    {
        "n": pa.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], pa.int64()),
        "s": ["b", "a10", None, "A9", "a9", "", "ß", "Zürich", "日本", "b"],
        "t": ["x1", "X 2", "x\n3", None, "$", "x", "", " ", "line\r", "x1"],
    }
)
NUMBERS = pa.table(
    {
        "i": pa.array([3, None, 1, 3, -2, 2**53 + 1, 0, 3, 1, None], pa.int64()),
        "d": pa.array([0.1, NAN, None, 2.5, -0.0, 0.0, 1e20, float("-inf"), 2.5, float("inf")], pa.float64()),
        "b": [True, False, None, True, True, False, None, False, True, False],
        "g": ["a", "b", "a", "a", None, "b", "b", "a", "c", None],
    }
)
SOUND = NUMBERS.set_column(1, "d", pa.array([0.1, None, None, 2.5, -0.0, 0.0, 1e20, -7.0, 2.5, 0.25], pa.float64()))
"""Without what pandas takes for missing, but SQL for greater than all numbers."""
TIMES = pa.table(
    {
        "d": pa.array([dt.date(2020, 1, 1), None, dt.date(1999, 12, 31), dt.date(2020, 1, 1), dt.date(2262, 4, 11)], pa.date32()),
        "m": pa.array(
            [
                dt.datetime.fromisoformat("2020-01-01 00:00:00"),
                dt.datetime.fromisoformat("2000-02-29 12:00:00.000001"),
                None,
                dt.datetime.fromisoformat("2020-01-01 00:00:00"),
                dt.datetime.fromisoformat("1970-01-01 00:00:00"),
            ],
            pa.timestamp("us"),
        ),
        "z": pa.array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC), None, None, None, None], pa.timestamp("us", tz="UTC")),
    }
)
LISTS = pa.table(
    {"l": pa.array([["a", "b"], [], None, ["B", None]], pa.list_(pa.string())), "n": pa.array([1, 2, 3, 4], pa.int64())}
)
EMPTY = pa.table(
    {
        "a": pa.array([None, "", "x", None], pa.string()),
        "b": pa.array([None, None, 1, 2], pa.int64()),
        "c": pa.array([NAN, None, 1.0, NAN], pa.float64()),
        "e": pa.array([None, None, " ", None], pa.string()),
    }
)
RAW = pa.table({"c1": ["a report", "id", "1", "2"], "c2": [None, "Name", "x", None], "c3": ["", None, "3", "4"]})


def one(column: str, operator: Operator, value: str = "", **more: object) -> Filter:
    """A filter of one condition."""
    return Filter(conditions=(Condition.model_validate({"column": column, "operator": operator, "value": value, **more}),))


def _cases(prefix: str, table: pa.Table, steps: dict[str, StepBase]) -> list[Case]:
    return [Case(f"{prefix}: {name}", step, table) for name, step in steps.items()]


ON_TEXTS: dict[str, StepBase] = {
    "equal": one("s", "equals", "b"),
    "equal in any case": one("s", "equals", "zÜRICH", ignore_case=True),
    "not one of": one("s", "not_one_of", values=("b", "a9")),
    "contains in any case": one("s", "contains", "A", ignore_case=True),
    "does not start": one("s", "not_starts_with", "a"),
    "ends": one("t", "ends_with", "1"),
    "matches": one("t", "matches", r"^[xX]\s?\d$"),
    "matches in any case": one("s", "matches", "^zÜ", ignore_case=True),
    "matches a sign": one("t", "not_matches", r"x.|\$|\bline$"),
    "empty": one("t", "is_empty"),
    "less": one("s", "less", "a9"),
    "any": Filter(
        conditions=(Condition(column="s", operator="is_missing"), Condition(column="n", operator="greater", value="8")), match="any"
    ),
    "removed": one("s", "equals", "b").complement(),
}
ON_NUMBERS: dict[str, StepBase] = {
    "equal": one("d", "equals", "0.1"),
    "greater": one("d", "greater", "0"),
    "between": one("d", "between", "-1", value2="2.5"),
    "not between": one("d", "not_between", "-1", value2="2.5"),
    "one of": one("i", "one_of", values=("3", "1.0", "9007199254740993")),
    "less than a part": one("i", "less", "2.5"),
    "true": one("b", "not_equals", "true"),
    "missing": one("d", "is_missing"),
    "no error": one("i", "is_not_error"),
}
ON_TIMES: dict[str, StepBase] = {
    "day": one("d", "equals", "2020-01-01"),
    "moment": one("m", "greater_or_equal", "2000-02-29 12:00:00.000001"),
    "zone": one("z", "less_or_equal", "2020-01-01 01:00:00+01:00"),
    "one of the days": one("d", "one_of", values=("1999-12-31", "2262-04-11")),
}
EXPRESSIONS: dict[str, StepBase] = {
    "expression": FilterExpression(sql="i > 1 AND d < 3"),
    "expression removed": FilterExpression(sql="d > 0.1 OR b", action="remove"),
}
PLACES: dict[str, StepBase] = {
    "top": Top(count=3),
    "skip": Skip(count=8),
    "skip all": Skip(count=1000),
    "range": RowRange(first=3, last=5),
    "range to the end": RowRange(first=4),
    "range removed": RowRange(first=2, last=4, action="remove"),
}
CHANCE: dict[str, StepBase] = {
    "share": Sample(fraction=0.4, seed=7),
    "count": Sample(count=4, seed=3),
    "count removed": Sample(count=4, seed=3, action="remove"),
    "strata": StratifiedSample(by=("g",), fraction=0.5, seed=1),
    "listed strata": StratifiedSample(
        by=("g",), strata=(Stratum(values=("a",), fraction=0.5), Stratum(values=(None,), fraction=1.0)), at_least=1
    ),
    "strata of decimals": StratifiedSample(by=("d", "b"), fraction=0.3, at_least=1, seed=2),
    "first part": RandomSplit(seed=5),
    "middle part": RandomSplit(parts=(Part(name="a", share=1), Part(name="b", share=2), Part(name="c", share=1)), part="b", seed=5),
}
ORDERS: dict[str, StepBase] = {
    "up": Sort(keys=(SortKey(column="d"),)),
    "down": Sort(keys=(SortKey(column="g"), SortKey(column="d", descending=True))),
    "booleans": Sort(keys=(SortKey(column="b", descending=True), SortKey(column="i"))),
    "duplicates of all": RemoveDuplicates(),
    "last duplicates": RemoveDuplicates(columns=("g",), keep="last"),
    "no duplicates": RemoveDuplicates(columns=("i",), keep="none"),
    "greatest": RemoveDuplicates(columns=("g",), keep="greatest", by="d"),
    "least": RemoveDuplicates(columns=("g", "b"), keep="least", by="i"),
    "the duplicates": RemoveDuplicates(columns=("i",), action="remove"),
    "duplicate decimals": RemoveDuplicates(columns=("d",)),
}
TEXT_ORDERS: dict[str, StepBase] = {
    "texts": Sort(keys=(SortKey(column="s"),)),
    "texts down": Sort(keys=(SortKey(column="t", descending=True),)),
    "any case": Sort(keys=(SortKey(column="s", ignore_case=True),)),
    "natural": Sort(keys=(SortKey(column="s", natural=True, ignore_case=True), SortKey(column="t", natural=True))),
    "duplicates in any case": RemoveDuplicates(columns=("t",), ignore_case=True),
}
EMPTINESS: dict[str, StepBase] = {
    "rows": RemoveEmptyRows(),
    "columns": RemoveEmptyColumns(empty=("e",)),
    "any missing": RemoveMissing(columns=("a", "b")),
    "all missing": RemoveMissing(match="all", blank=True),
    "kept": RemoveMissing(columns=("c",), what="both", action="keep"),
}
CASES: list[Case] = [
    *_cases("filter texts", TEXTS, ON_TEXTS),
    *_cases("filter numbers", NUMBERS, ON_NUMBERS),
    *_cases("filter times", TIMES, ON_TIMES),
    Case("filter lists", one("l", "has", "a"), LISTS),
    *_cases("filter", SOUND, EXPRESSIONS),
    Case(
        "filter by example",
        FilterByExample.learn(("s", "t"), [(("b", "x1"), True), (("a10", "X 2"), False), (("b", ""), True), (("a9", "$"), False)]),
        TEXTS,
    ),
    *_cases("places", NUMBERS, PLACES),
    *_cases("sample", NUMBERS, CHANCE),
    *_cases("sort", NUMBERS, ORDERS),
    *_cases("sort", TEXTS, TEXT_ORDERS),
    Case("sort: times", Sort(keys=(SortKey(column="m", descending=True), SortKey(column="d"))), TIMES),
    *_cases("empty", EMPTY, EMPTINESS),
    Case("headers", FirstRowAsHeaders(skip=1, names=("id", "Name", "column_3")), RAW),
]
