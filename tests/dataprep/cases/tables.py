"""Cases of the room `tables`."""

import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    AppendColumns,
    AppendRows,
    FuzzyJoin,
    Join,
    JoinKey,
    Measure,
    Other,
    Pivot,
    PivotColumn,
    SortKey,
    Summarize,
    Transpose,
    Unpivot,
    Window,
    WindowMeasure,
)

NAN = float("nan")
SALES = pa.table({
    "shop": pa.array(["a", "b", "a", None, "b", "a", "c", None], pa.string()),
    "day": pa.array([dt.date(2024, 1, 1 + n) if n != 4 else None for n in range(8)], pa.date32()),
    "pieces": pa.array([3, None, 5, 2, 2, 3, 9223372036854775807, 7], pa.int64()),
    "price": pa.array([1.5, 0.0, -0.0, NAN, 2.25, None, 1e300, 4.0], pa.float64()),
    "paid": pa.array([True, False, None, True, True, False, True, None], pa.bool_()),
})  # fmt: skip
SHOPS = pa.table({
    "code": pa.array(["b", "a", "d", None, "a", "A "], pa.string()),
    "price": pa.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], pa.float64()),
    "city": pa.array(["Basel", "Århus", "Delft", "?", "Aachen", None], pa.string()),
})  # fmt: skip
NUMBERS = pa.table({
    "n": pa.array([1, 2, 3, 9007199254740993, None, 0], pa.int64()),
    "x": pa.array([2.0, 2.5, 3.0, 9007199254740992.0, NAN, -0.0], pa.float64()),
    "t": pa.array(["1", "2.5", "3.0", "x", None, "0"], pa.string()),
    "d": pa.array([dt.date(2024, 2, 29), None, dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1970, 1, 1), dt.date(2024, 3, 1)]),
    "m": pa.array(["2024-02-29", "2024-02-29 01:00:00", None, None, "1970-01-01", None]).cast(pa.timestamp("us")),
})  # fmt: skip
WIDE = pa.table({
    "id": pa.array([1, 2, 3], pa.int64()),
    "q1": pa.array([1, None, 3], pa.int64()),
    "q2": pa.array([1.5, NAN, None], pa.float64()),
    "q3": pa.array([10.0, 20.0, 30.0], pa.float64()),
    "note": pa.array(["x", "", "ü"], pa.string()),
})  # fmt: skip

_WHOLE = ("count", "sum", "mean", "min", "max", "median", "std", "variance", "distinct", "rows", "mode", "first", "last", "list")
_DECIMAL = ("sum", "mean", "min", "max", "std", "variance", "skew", "kurtosis", "distinct", "mode", "missing_share", "errors")
_TEXT = ("count", "min", "max", "first", "last", "mode", "text", "list", "distinct")
_WINDOW = ("lag", "lead", "difference", "percent_change", "share", "running_sum", "running_mean", "running_min", "running_max")
_ROLLING = ("rolling_sum", "rolling_mean", "rolling_min", "rolling_max", "rolling_std", "rolling_count", "running_count")


def _join(how: str, *keys: tuple[str, str], **more: object) -> Join:
    pairs = [JoinKey(left=left, right=right) for left, right in keys]
    return Join.model_validate({"source": "other.parquet", "how": how, "keys": pairs, **more})


def _joins() -> list[Case]:
    cases = [
        Case(f"join {how}", _join(how, ("shop", "code")), SALES, {"other.parquet": SHOPS})
        for how in ("inner", "left", "right", "full", "left_anti", "right_anti", "full_anti", "cross")
    ]
    loose = {"match_missing": True, "ignore_case": True, "ignore_blanks": True}
    cases += [
        Case(f"join {how} with missing and loose texts", _join(how, ("shop", "code"), **loose), SALES, {"other.parquet": SHOPS})
        for how in ("inner", "full", "left_anti")
    ]
    cases += [
        Case("join some columns", _join("left", ("shop", "code"), left_columns=("price", "day"), right_columns=("price", "code")),
             SALES, {"other.parquet": SHOPS}),
        Case("join columns of names that are gone", _join("full", ("shop", "code"), left_columns=("day", "shop")), SALES,
             {"other.parquet": SHOPS}),
        Case("join numbers", _join("full", ("n", "x")), NUMBERS, {"other.parquet": NUMBERS}),
        Case("join decimals", _join("inner", ("x", "x"), match_missing=True), NUMBERS, {"other.parquet": NUMBERS}),
        Case("join numbers and texts", _join("full", ("n", "t")), NUMBERS, {"other.parquet": NUMBERS}),
        Case("join days and times", _join("full", ("d", "m")), NUMBERS, {"other.parquet": NUMBERS}),
        Case("join two keys", _join("left", ("n", "n"), ("d", "d")), NUMBERS, {"other.parquet": NUMBERS}),
    ]  # fmt: skip
    people = pa.table(
        {"who": pa.array(["Ada Lovelace", "alan  turing", "Grace Hopper", None, "Ada Lovelace", "Zuse"], pa.string())}
    )
    names = pa.table({
        "name": pa.array(["Turing, Alan", "Lovelace Ada", "Ada Lovelase", "G. Hopper", None, "Ada Lovelase"], pa.string()),
        "born": pa.array([1912, 1815, 1816, 1906, 0, 1817], pa.int64()),
    })  # fmt: skip
    fuzzy = FuzzyJoin(source="other.parquet", left="who", right="name")
    words = fuzzy.model_copy(update={"likeness": "words", "how": "inner", "threshold": 0.7})
    cases += [
        Case("fuzzy join", fuzzy, people, {"other.parquet": names}),
        Case("fuzzy join by words", words, people, {"other.parquet": names}),
        Case("fuzzy join of all kinds", FuzzyJoin(source="other.parquet", left="shop", right="code"),
             SALES.drop_columns(["price"]), {"other.parquet": SHOPS}),
    ]  # fmt: skip
    return cases


def _summaries() -> list[Case]:
    measures = (
        *(Measure.model_validate({"column": "pieces", "aggregate": kind}) for kind in _WHOLE),
        *(Measure.model_validate({"column": "price", "aggregate": kind}) for kind in _DECIMAL),
        Measure(column="price", aggregate="quantile", quantile=0.25),
        Measure(column="paid", aggregate="sum"),
        Measure(column="paid", aggregate="mean"),
        Measure(column="paid", aggregate="max"),
        Measure(column="day", aggregate="min"),
        Measure(column="day", aggregate="text", separator=" / "),
        Measure(aggregate="count"),
    )
    texts = tuple(Measure.model_validate({"column": "city", "aggregate": kind}) for kind in _TEXT)
    few = (Measure(column="price", aggregate="mean"), Measure(column="pieces", aggregate="mode"), Measure(aggregate="count"))
    return [
        Case("summarize", Summarize(by=("shop",), measures=measures), SALES),
        Case("summarize all", Summarize(measures=measures), SALES),
        Case("summarize texts", Summarize(by=("price",), measures=texts), SHOPS),
        Case("summarize by decimals", Summarize(by=("price", "paid"), measures=few), SALES),
        Case("summarize and join back", Summarize(by=("shop",), measures=few, join_back=True, prefix="all_"), SALES),
        Case("summarize all and join back", Summarize(measures=few, join_back=True), SALES),
    ]


def _windows() -> list[Case]:
    ranks = tuple(
        WindowMeasure.model_validate({"function": kind}) for kind in ("rank", "dense_rank", "row_number", "percent_rank", "ntile")
    )
    around = tuple(WindowMeasure.model_validate({"function": kind, "column": "pieces"}) for kind in _WINDOW + _ROLLING)
    decimal = tuple(
        WindowMeasure.model_validate({"function": kind, "column": "price", "minimum": 1}) for kind in _WINDOW + _ROLLING
    )
    days = (
        WindowMeasure(function="difference", column="day"),
        WindowMeasure(function="lag", column="shop", offset=2),
        WindowMeasure(function="running_max", column="shop"),
    )
    return [
        Case("window ranks", Window(measures=ranks, order=(SortKey(column="price", descending=True),)), SALES),
        Case("window ranks in groups", Window(measures=ranks, by=("shop",), order=(SortKey(column="pieces"),)), SALES),
        Case("window of whole numbers", Window(measures=around, by=("paid",)), SALES),
        Case("window of decimals", Window(measures=decimal), SALES),
        Case("window of days and texts", Window(measures=days, order=(SortKey(column="day"),)), SALES),
    ]


def _reshaped() -> list[Case]:
    shops = (PivotColumn(value="b", name="B"), PivotColumn(value="a", name="A"), PivotColumn(value=None, name="missing"))
    prices = (PivotColumn(value="1.5", name="one"), PivotColumn(value="0.0", name="zero"))
    other = (Other(source="other.parquet", name="the shops"), Other(source="third.parquet", name="more"))
    third = pa.table({"CITY": pa.array(["Gent"], pa.string()), "price": pa.array([7], pa.int64())})
    beside = pa.table({"z": pa.array([True, None], pa.bool_())})
    return [
        Case("pivot", Pivot(by=("day",), names_from="shop", values_from="price", aggregate="sum", columns=shops), SALES),
        Case("pivot whole numbers", Pivot(names_from="shop", values_from="pieces", aggregate="sum", columns=shops), SALES),
        Case("pivot by decimals", Pivot(by=("paid",), names_from="price", values_from="shop", columns=prices), SALES),
        Case("pivot rows", Pivot(by=("paid",), names_from="shop", aggregate="rows", columns=shops), SALES),
        Case("pivot lists", Pivot(names_from="shop", values_from="day", aggregate="list", columns=shops), SALES),
        Case("unpivot", Unpivot(columns=("q1", "q2", "q3"), names_to="quarter", values_to="sales"), WIDE),
        Case("unpivot texts", Unpivot(columns=("note", "q1", "q2"), drop_missing=True), WIDE),
        Case("transpose", Transpose(names_from="note", columns=("x", "row_2", "ü")), WIDE),
        Case("transpose texts", Transpose(columns=("row_1", "row_2")), SALES),
        Case("append rows", AppendRows(tables=other, source_column="from"), SHOPS,
             {"other.parquet": SHOPS, "third.parquet": third}),
        Case("append rows by position", AppendRows(tables=other, by="position"), SALES,
             {"other.parquet": SHOPS, "third.parquet": third}),
        Case("append columns", AppendColumns(tables=other), WIDE, {"other.parquet": SHOPS, "third.parquet": beside}),
    ]  # fmt: skip


CASES: list[Case] = [*_joins(), *_summaries(), *_windows(), *_reshaped()]
