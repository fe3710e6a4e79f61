"""Cases of the room `creating`."""

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    Combine,
    CombineByExample,
    Derive,
    ExpandJson,
    ExpandList,
    ExpandStruct,
    Explode,
    Expression,
    ExtractByExample,
    ExtractNumbers,
    ExtractParts,
    ExtractPattern,
    Mark,
    ParseJson,
    Split,
    SplitByExample,
    SplitExample,
    SplitPattern,
    SplitWidths,
)


def texts(*values: str | None, name: str = "t") -> pa.Table:
    """A table of one text column."""
    return pa.table({name: pa.array(values, pa.string())})


NAMES = texts("Ada Lovelace", "Alan Turing", "", None, "Plato", " blank ", "日本 語", "O'Neil, Tip")
LOG = ["2015-01-12 0:54 GET", "2015-01-13 1:12 PUT", "2015-01-14 11:12 POST"]
LINES = texts(*LOG, None, "", "none of these", "2015-01-15  0:54")
JSON = texts(
    '{"a": 1, "b": "x", "c": {"d": [1, 2.50]}}', '{"b": "ü\\n", "a": null}', "{}", "", None, "null", "[1]", "{", '{"z": 1}',
    ' { "a" : 1.50 , "c":[] } ', '{"a": NaN}', '{"a": 1, "a": 2}',
)  # fmt: skip
NESTED = pa.table(
    {
        "k": pa.array([1, 2, 3, None], pa.int64()),
        "s": pa.array([{"x": 1, "y": "a"}, None, {"x": None, "y": ""}, {"x": 2, "y": "ß"}]),
        "l": pa.array([["a", "b"], [], None, [None, "c", "d"]], pa.list_(pa.string())),
        "e": pa.array([1.5, None, 2.5, 3.5], pa.float64()),
    }
)
MIXED = pa.table(
    {
        "a": pa.array(["x", None, "", "z"], pa.string()),
        "n": pa.array([1, None, -3, None], pa.int64()),
        "d": pa.array([0, None, 18_262, None], pa.date32()),
    }
)

VALUES = pa.table(
    {
        "i": pa.array([1, None, -7, 0, 2**62, -(2**63)], pa.int64()),
        "j": pa.array([2, 3, None, 0, 2**62, -1], pa.int64()),
        "x": pa.array([1.5, None, -0.0, float("nan"), float("inf"), 2.5], pa.float64()),
        "y": pa.array([0.0, 1.0, 2.0, None, -1e300, -0.0], pa.float64()),
        "s": pa.array(["12", "Straße ǆ", "", None, " 7 ", "1.5"], pa.string()),
        "u": pa.array(["1", "a%b_c", None, "x", "É", "日本語"], pa.string()),
        "b": pa.array([True, False, None, True, None, False], pa.bool_()),
        "d": pa.array([0, 18_321, None, -25_567, 19_999, 1], pa.date32()),
        "t": pa.array([0, 1_582_934_400_000_001, None, -1, 10**15, 86_399_999_999], pa.timestamp("us")),
        "r": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": ""}, {"a": 2, "b": None}, None, {"a": 0, "b": "y"}]),
        "l": pa.array([["a", "b"], [], None, [None], ["c"], ["d", "e", "f"]], pa.list_(pa.string())),
    }
)
EXPRESSIONS = (
    "i + j * 2 - 1", "i // j", "x / y", "round(x)", "b and i > 0 or d is null", "case when b then i when i > 0 then j else -1 end",
    "concat(upper(s), ' ', u)", "coalesce(i, j, 0)", "u like 'a%c'", "year(d) * 100 + month(t)", "cast(x as bigint)",
)  # fmt: skip
IN_BATCHES = (
    "cast(s as integer)", "strftime(d, '%d.%m.%Y')", "list_transform(l, lambda e: e || '!')", "r.a + i * 1.5",
)  # fmt: skip
"""What Spark computes through DuckDB; printed for Spark it runs over a pandas frame, which cannot tell NaN from missing."""


CASES: list[Case] = [
    *(Case(f"expression {sql}", Expression(column="new", sql=sql), VALUES) for sql in EXPRESSIONS),
    *(Case(f"expression {sql}", Expression(column="new", sql=sql), VALUES.drop_columns(["x"])) for sql in IN_BATCHES),
    Case("expression over a column itself", Expression(column="S", sql="trim(s) || '.'"), VALUES),
    Case("derive", Derive.learn("initials", ("t",), [(("Ada Lovelace",), "A.L.")], [("Alan Turing",)]), NAMES),
    Case(
        "derive a number",
        Derive.learn("number", ("t",), [(("a 12",), "12")], [("b 7",)]).model_copy(update={"type": "integer"}),
        texts("a 12", "b 7", "c", None, "", "d 99999999999999999999"),
    ),
    Case("combine", Combine(columns=("a", "n", "d"), column="all"), MIXED),
    Case("combine, missing as empty", Combine(columns=("a", "n"), column="all", separator=", ", missing="empty"), MIXED),
    Case(
        "combine, missing where one is",
        Combine(columns=("a", "n"), column="all", separator="", missing="nothing", keep_sources=False),
        MIXED,
    ),
    Case("combine by example", CombineByExample.learn("both", ("a", "n"), [(("x", "1"), "x (1)")], [("z", "2")]), MIXED),
    Case("split", Split(column="t", delimiter=" ", parts=3), NAMES),
    Case("split, source dropped", Split(column="t", delimiter=", ", parts=2, keep_source=False, names=("t", "rest")), NAMES),
    Case("split by pattern", SplitPattern(column="t", pattern=r"[\s,]+", parts=3), NAMES),
    Case("split by widths", SplitWidths(column="t", cuts=(2, 5)), NAMES),
    Case("split by widths, blanks kept", SplitWidths(column="t", cuts=(3,), trim=False), LINES),
    Case("split predicted", SplitByExample.learn("t", LOG), LINES),
    Case("split by a delimiter, filled left", SplitByExample.learn("t", ["a-b-c", "b"], delimiters=("-",), fill="left"), LINES),
    Case("split by two delimiters", SplitByExample.learn("t", LOG, delimiters=(" ", ":"), keep_delimiters=True), LINES),
    Case(
        "split by example",
        SplitByExample.learn(
            "t", ["10.0.0.1 - al [y]"], examples=(SplitExample(source="10.0.0.1 - al [y]", parts=("10.0.0.1", "al", "y")),)
        ),
        texts("10.0.0.1 - al [y]", "10.0.0.2 - bob [zz]", None, "", "x"),
    ),
    Case("extract by pattern", ExtractPattern(column="t", pattern=r"(?P<year>\d{4})-(\d\d)(-x)?"), LINES),
    Case("extract a match", ExtractPattern(column="t", pattern=r"(?i)\bp\w+$"), LINES),
    Case(
        "extract the first number", ExtractNumbers(column="t"), texts("a 1,234.5 b 2", "x-5", "10-20", "-3e-2", "", None, "1.5.2")
    ),
    Case(
        "extract all numbers", ExtractNumbers(column="t", every=True, decimal=","), texts("1.234,5 und -2", "x", None, "10-20", "٣")
    ),
    Case(
        "extract of web addresses",
        ExtractParts(column="t", kind="url"),
        texts("http://u@a.b:80/c/d?x=1&y#f", "www.example.org", "word", "", None, "https://[::1]/x", "//h.de/ ü"),
    ),
    Case(
        "extract of e-mail addresses",
        ExtractParts(column="t", kind="email"),
        texts("Ada <ada.l@x.org>", "a@b", "@", None, "ö@ü.de, x@y"),
    ),
    Case(
        "extract of paths",
        ExtractParts(column="t", kind="path"),
        texts("/a/b.tar.gz", "C:\\x\\y.TXT", ".rc", "a/", "", None, "n\nl/x.y"),
    ),
    Case("extract of addresses", ExtractParts(column="t", kind="ipv4"), texts("1.2.3.4", "256.1.1.1", "x 10.0.0.255:80", None)),
    Case("extract of coordinates", ExtractParts(column="t", kind="coordinates"), texts("48.1, -11.5", "(1 2)", "x", None)),
    Case(
        "extract of zip codes",
        ExtractParts(column="t", kind="zip_us", parts=("plus4",)),
        texts("NY 10001-1234", "10001", "1", None),
    ),
    Case(
        "extract of phone numbers", ExtractParts(column="t", kind="phone_us"), texts("(212) 555-0100", "+1 212.555.0100", "1", None)
    ),
    Case(
        "extract by example",
        ExtractByExample.learn("unit", "t", [Mark(text="12 kg", start=3, stop=5)], ["7 m", "3 lb"]),
        texts("12 kg", "7 m", "x", "", None),
    ),
    Case("expand JSON", ExpandJson(column="t", keys=("a", "b", "c")), JSON),
    Case("expand JSON, source dropped", ExpandJson(column="t", keys=("b", "none"), keep_source=False), JSON),
    Case("parse JSON", ParseJson(column="t", shape={"a": "decimal", "b": "string", "c": {"d": ["decimal"]}}), JSON),
    Case(
        "parse JSON lists", ParseJson(column="t", to="list", shape=["integer"]), texts("[1, 2]", "[]", "[1.5]", "3", None, "[null]")
    ),
    Case("expand records", ExpandStruct(column="s"), NESTED),
    Case("expand a field", ExpandStruct(column="s", fields=("y",), keep_source=True), NESTED),
    Case("expand lists", ExpandList(column="l", count=2), NESTED),
    Case("rows of lists", Explode(column="l", position="place"), NESTED),
    Case("rows of lists, none of empty ones", Explode(column="l", keep_empty=False), NESTED),
]
