"""Cases of the room `models`."""

import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    Bin,
    Bounds,
    DateParts,
    Impute,
    ImputeColumn,
    ImputeValue,
    LabelEncode,
    MinMaxScale,
    Moments,
    OneHot,
    Part,
    Quantiles,
    QuantileTransform,
    Quartiles,
    RobustScale,
    StepBase,
    TextSize,
    TrainTestSplit,
    ZScore,
)
from workbench.dataprep.steps.models.dates import OF_DATES, OF_TIMES

NAN = float("nan")
TABLE = pa.table(
    {
        "c": ["red", "Blue", None, "red", "grün", "", "x"],
        "i": pa.array([1, 2, None, 4, -5, 100, 7], pa.int64()),
        "d": pa.array([0.1, 2.5, None, NAN, -1.0, 10.0, float("inf")], pa.float64()),
        "b": [True, False, None, True, True, False, False],
    }
)
TIMES = pa.table(
    {
        "d": pa.array([dt.date(2020, 12, 31), None, dt.date(2021, 1, 3), dt.date(2000, 2, 29), dt.date(1999, 7, 4)], pa.date32()),
        "m": pa.array(
            [
                dt.datetime.fromisoformat("2024-12-30 23:59:59"),
                None,
                dt.datetime.fromisoformat("1970-01-01 00:00:00"),
                dt.datetime.fromisoformat("1969-06-07 01:02:03.000004"),
                None,
            ],
            pa.timestamp("us"),
        ),
        "z": pa.array([dt.datetime(2020, 1, 1, 5, tzinfo=dt.UTC), None, None, None, None], pa.timestamp("us", tz="UTC")),
    }
)
TEXTS = pa.table({"t": ["two words", "", None, " \t", "a\nb\n", "日本 🙂 ß", "e\u0301"]})
STEPS: dict[str, StepBase] = {
    "one-hot": OneHot(column="c", categories=("Blue", "red", "grün")),
    "one-hot of numbers": OneHot(column="i", categories=("1", "4"), prefix="is ", remove=True),
    "one-hot of true and false": OneHot(column="b", categories=("false", "true"), drop_first=True),
    "label": LabelEncode(column="c", labels=("Blue", "red", "x")),
    "label in place": LabelEncode(column="c", into="c", labels=("red", ""), unknown="missing"),
    "label of decimals": LabelEncode(column="d", labels=("0.1", "2.5"), unknown="minus_one"),
    "min-max": MinMaxScale(columns=("i", "d"), bounds=(Bounds(column="i", low=-5, high=100), Bounds(column="d", low=0.1, high=10))),
    "min-max clipped": MinMaxScale(
        columns=("d",), low=-1, high=1, clip=True, suffix="_s", bounds=(Bounds(column="d", low=0, high=3),)
    ),
    "z-score": ZScore(
        columns=("i", "d"), moments=(Moments(column="i", mean=2.1, deviation=3.3), Moments(column="d", mean=1, deviation=0))
    ),
    "robust": RobustScale(columns=("d",), quartiles=(Quartiles(column="d", lower=-1, median=0.1, upper=2.5),)),
    "quantiles": QuantileTransform(columns=("d",), quantiles=(Quantiles(column="d", values=(-1, 0.1, 0.1, 2.5, 10)),)),
    "quantiles as normal": QuantileTransform(
        columns=("i",), output="normal", suffix="_q", quantiles=(Quantiles(column="i", values=(-5, 1, 2, 2, 4, 7, 100)),)
    ),
    "bin": Bin(column="i", edges=(-5, 0, 2, 100)),
    "bin numbered": Bin(column="d", edges=(0, 1, 2.5), outside="missing", numbered=True, into="in"),
    "bin with errors": Bin(column="d", edges=(0, 1, 2.5), outside="error", labels=("few", "many"), method="own"),
    "impute": Impute(
        columns=(ImputeColumn(column="i"), ImputeColumn(column="d", method="constant", value="0.5")),
        values=(ImputeValue(column="i", value="3"),),
        indicator=True,
    ),
    "impute by group": Impute(
        columns=(ImputeColumn(column="d", method="median"),),
        by=("c", "b"),
        values=(
            ImputeValue(column="d", value="1.5"),
            ImputeValue(column="d", group=("red", "true"), value="0.25"),
            ImputeValue(column="d", group=(None, None), value="-1.0"),
        ),
    ),
    "impute a text": Impute(columns=(ImputeColumn(column="c", method="mode"),), values=(ImputeValue(column="c", value="red"),)),
    "train and test": TrainTestSplit(seed=4),
    "train, test, validation": TrainTestSplit(
        parts=(Part(name="train", share=3), Part(name="test", share=1), Part(name="validation", share=1)),
        stratify=("b",),
        into="part",
    ),
    "groups together": TrainTestSplit(by=("c", "b", "i"), seed=9),
}
CASES: list[Case] = [
    *(Case(name, step, TABLE) for name, step in STEPS.items()),
    Case("parts of dates", DateParts(column="d", parts=OF_DATES), TIMES),
    Case("parts of moments", DateParts(column="m", parts=OF_DATES + OF_TIMES, prefix="", remove=True), TIMES),
    Case("parts of moments with a zone", DateParts(column="z", parts=("year", "hour")), TIMES),
    Case("sizes of texts", TextSize(column="t", sizes=("characters", "words", "lines")), TEXTS),
]
