"""Cases of the room `values`."""

# ruff: noqa: DTZ001 (tables of values; dates and times without a zone)
import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    Assert,
    ChangeCase,
    Clip,
    Cluster,
    ClusterText,
    Condition,
    Convert,
    Fill,
    FillMissing,
    MakeMissing,
    MapValues,
    Member,
    Pair,
    RemoveAccents,
    Replace,
    ReplaceErrors,
    ReplaceNA,
    RestoreOriginals,
    Round,
    Trim,
)

_TEXTS = [
    "a.b",
    "A.B",
    "aXb",
    " a b ",
    "a\tb",
    "Straße",
    "ÉCOLE été",
    "x$1\\y",
    "",
    None,
    "don't stop",
    "NA",
    " null ",
    "ǅ ŉ İ",
    "ab ab",
]
_NAN = float("nan")
_NUMBERS = [
    2.675,
    -2.675,
    1.005,
    0.5,
    1.5,
    2.5,
    -0.5,
    -0.2,
    1e300,
    1e-300,
    0.29,
    123456.789,
    _NAN,
    float("inf"),
    None,
    42.3625,
    5e15,
]
_WHOLE = pa.array([0, 5, -5, 15, 25, -15, 14, -14, 2**53 + 1, None], pa.int64())
_MIXED = pa.table(
    {
        "g": ["x", "x", "y", None, "y", "x"],
        "n": pa.array([1, None, 3, None, None, 4], pa.int64()),
        "d": [1.5, _NAN, None, 4.0, 2.5, None],
        "s": ["a", None, "", "b", None, None],
        "t": pa.array([dt.datetime(2020, 1, 1), None, None, dt.datetime(2021, 1, 1), None, None], pa.timestamp("us")),
    }
)
_ERRORS = pa.table({"a": ["1", "1x", None, "?", "4"], "b": ["x", None, "y", "z", "x"]})
_BEFORE = (Convert(columns=("a",), to="integer"),)

CASES: list[Case] = [
    Case("replace whole text", Replace(columns=("s",), find="NA", replacement="none"), pa.table({"s": _TEXTS})),
    Case("replace a part", Replace(columns=("s",), find="a", replacement="$1\\", whole=False), pa.table({"s": _TEXTS})),
    Case(
        "replace in any case",
        Replace(columns=("s",), find="A.b", replacement="-", whole=False, ignore_case=True),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "replace a whole text in any case",
        Replace(columns=("s",), find="A.B", replacement=None, ignore_case=True),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "replace by a regular expression",
        Replace(columns=("s",), find=r"(\w)\s*(b)\b", replacement=r"<\2$\1>", whole=False, regex=True),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "replace whole matches",
        Replace(columns=("s",), find="([a-z])(.)([a-z])", replacement=r"\3\2\1", regex=True, ignore_case=True),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "replace special characters",
        Replace(columns=("s",), find=r"\t", replacement=r"\u00e9\n", whole=False, special=True),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "replace missing values",
        Replace(columns=("s", "n"), find=None, replacement="7"),
        pa.table({"s": ["a", None, ""], "n": pa.array([1, None, 3], pa.int64())}),
    ),
    Case(
        "replace a number by missing",
        Replace(columns=("n", "d"), find="1", replacement=None),
        pa.table({"n": pa.array([1, None, 3], pa.int64()), "d": [1.0, _NAN, 2.0]}),
    ),
    Case(
        "map texts",
        MapValues(columns=("s",), pairs=(Pair(old="NA", new=None), Pair(old="ab ab", new="AB"), Pair(old=None, new="?"))),
        pa.table({"s": _TEXTS}),
    ),
    Case(
        "map numbers to texts in a new column",
        MapValues(
            columns=("n",),
            pairs=(Pair(old="1", new="one"), Pair(old="2.0", new="two")),
            otherwise="value",
            otherwise_value="many",
            new_column="word",
        ),
        pa.table({"n": pa.array([1, 2, 3, None], pa.int64()), "z": [1, 2, 3, 4]}),
    ),
    Case(
        "map decimals",
        MapValues(columns=("d",), pairs=(Pair(old="1", new="10"), Pair(old="0.5", new="5")), otherwise="missing"),
        pa.table({"d": [1.0, 0.5, 0.25, _NAN, None]}),
    ),
    Case(
        "map by a long list",
        MapValues(
            columns=("s",), pairs=tuple(Pair(old=f"v{n}", new=f"w{n}" if n % 7 else None) for n in range(60)), ignore_case=True
        ),
        pa.table({"s": ["v1", "V59", "v0", "v60", None, "", "v7"]}),
    ),
    Case("replace NA", ReplaceNA(), pa.table({"s": _TEXTS, "d": [_NAN, *[1.0] * (len(_TEXTS) - 1)]})),
    Case(
        "replace a list of NA",
        ReplaceNA(columns=("s",), default_list=False, empty=False, custom=("null", "A.B"), ignore_case=True),
        pa.table({"s": _TEXTS}),
    ),
    Case("trim", Trim(columns=("s",)), pa.table({"s": [" a ", "\u00a0a\u3000", "\ta\n", "a  b", "", None, "vfa vf"]})),
    Case(
        "trim and collapse",
        Trim(columns=("s",), side="left", collapse=True),
        pa.table({"s": ["  a \t\u00a0 b  ", "\n\n", None, "a\r\nb"]}),
    ),
    Case(
        "trim characters", Trim(columns=("s",), side="right", characters="-.]"), pa.table({"s": ["-a-.", "a]", "...", None, "a-b"]})
    ),
    *[
        Case(f"write in {style} case", ChangeCase.model_validate({"columns": ["s"], "style": style}), pa.table({"s": _TEXTS}))
        for style in ("upper", "lower", "title", "sentence")
    ],
    Case("remove accents", RemoveAccents(columns=("s",)), pa.table({"s": [*_TEXTS, "Ñandú", "e\u0301", "Łódź øre ﬁ"]})),
    Case("fill with a constant", FillMissing(columns=("n", "d"), value="7"), _MIXED),
    Case(
        "fill with learned values",
        FillMissing(
            columns=("n", "d"),
            method="mean",
            looked=True,
            fills=(Fill(column="n", value="3"), Fill(column="d", value="2.6666666666666665")),
        ),
        _MIXED,
    ),
    Case(
        "fill with values of groups",
        FillMissing(
            columns=("n", "s"),
            method="mode",
            by=("g",),
            looked=True,
            fills=(
                Fill(column="n", value="1"),
                Fill(column="n", value="4", group=("x",)),
                Fill(column="n", value="9", group=(None,)),
                Fill(column="s", value="q", group=("y",)),
            ),
        ),
        _MIXED,
    ),
    Case(
        "fill with values of many groups",
        FillMissing(
            columns=("n",),
            method="median",
            by=("g",),
            looked=True,
            fills=tuple(
                Fill(column="n", value=str(n), group=(text,))
                for n, text in enumerate([*"xyzabcdefghijklmnopqrstuvw", *"XYZABCDEFGHIJKLMNOPQRSTUVW", None])
            ),
        ),
        _MIXED,
    ),
    Case("fill forward", FillMissing(columns=("n", "d", "s", "t"), method="forward"), _MIXED),
    Case("fill backward in groups", FillMissing(columns=("n", "d", "s", "t"), method="backward", by=("g",)), _MIXED),
    Case("fill beside errors", FillMissing(columns=("a",), method="forward"), _ERRORS, before=_BEFORE),
    Case("replace errors", ReplaceErrors(columns=("a",), value="7"), _ERRORS, before=_BEFORE),
    Case("replace some errors", ReplaceErrors(code="no whole number"), _ERRORS, before=_BEFORE),
    Case("restore originals", RestoreOriginals(), _ERRORS, before=_BEFORE),
    Case("clip to the bounds", Clip(columns=("n", "d"), lower="2", upper="3"), _MIXED),
    Case("clip to missing", Clip(columns=("d", "n"), upper="2.5", use_values=False), _MIXED),
    Case("clip dates", Clip(columns=("t",), lower="2020-06-01"), _MIXED),
    *[
        Case(
            f"round {method} to {decimals}",
            Round.model_validate({"columns": ["d", "n"], "decimals": decimals, "method": method}),
            pa.table({"d": _NUMBERS, "n": pa.array([*_WHOLE.to_pylist(), *[None] * (len(_NUMBERS) - len(_WHOLE))], pa.int64())}),
        )
        for method in ("half_away", "half_even", "down", "up", "toward_zero")
        for decimals in (0, 2, -1)
    ],
    Case("assert a range", Assert(columns=("n", "d"), rule="range", lower="1.5", upper="3"), _MIXED),
    Case("assert a pattern", Assert(columns=("s",), rule="pattern", pattern=r"\w+|", ignore_case=True), pa.table({"s": _TEXTS})),
    Case("assert a set", Assert(columns=("n", "d"), rule="set", values=("1", "1.5", "4"), code="unknown"), _MIXED),
    Case("assert unique", Assert(columns=("g", "n", "s"), rule="unique"), _MIXED),
    Case("assert not missing", Assert(columns=("n", "d", "s"), rule="not_null"), _MIXED),
    Case("assert an expression", Assert(columns=("n",), rule="expression", sql="n > 1 AND g = 'y'"), _MIXED),
    Case("assert beside errors", Assert(columns=("a", "b"), rule="not_null"), _ERRORS, before=_BEFORE),
    Case(
        "make missing",
        MakeMissing(columns=("n", "s"), conditions=(Condition(column="g", operator="equals", value="x"),)),
        _MIXED,
    ),
    Case(
        "make errors missing",
        MakeMissing(
            columns=("a",),
            conditions=(Condition(column="a", operator="is_error"), Condition(column="b", operator="equals", value="x")),
            match="any",
        ),
        _ERRORS,
        before=_BEFORE,
    ),
    Case(
        "cluster texts",
        ClusterText(
            column="s",
            new_column="name",
            score_column="score",
            clusters=(
                Cluster(
                    canonical="A b",
                    members=(Member(value=" a b "), Member(value="ab ab", score=0.5), Member(value="a\tb", score=0.9)),
                ),
                Cluster(canonical="", members=(Member(value="NA"),)),
            ),
        ),
        pa.table({"s": _TEXTS, "z": [*range(len(_TEXTS))]}),
    ),
    Case(
        "cluster texts by a long list",
        ClusterText(
            column="s", looked=True, clusters=tuple(Cluster(canonical=f"c{n}", members=(Member(value=f"v{n}"),)) for n in range(60))
        ),
        pa.table({"s": ["v1", "v59", "x", None, "v1", "", "v7"]}),
    ),
    Case("cluster without clusters", ClusterText(column="s", score_column="score", looked=True), pa.table({"s": _TEXTS})),
]
