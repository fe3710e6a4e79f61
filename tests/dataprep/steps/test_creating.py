"""What the steps that make columns do; the cases beside run them on both engines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Combine,
    CombineByExample,
    Convert,
    Derive,
    Example,
    ExpandJson,
    ExpandList,
    ExpandStruct,
    Explode,
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
    StepBase,
)

Values = dict[str, list[Any]]
Apply = Callable[..., Values]
SCHEMA = (ColumnInfo("t", "string"), ColumnInfo("n", "integer"), ColumnInfo("l", "list", "BIGINT[]"))


@pytest.fixture
def apply(project: Path, engine: Engine) -> Apply:
    """`apply({"t": [...]}, step, ...)`: the columns that come out, companions of errors included; unlearned steps are learned."""

    def run(columns: Values | pa.Table, *steps: StepBase) -> Values:
        pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), project / "data.parquet")
        known: tuple[StepBase, ...] = ()
        for step in steps:
            flow = Dataflow(id="f", name="f", source=FileRef(path="data.parquet"), steps=(*known, step))
            known = (*known, step if step.learned else engine.learn(Package(flows=(flow,)), "f", len(known)))
        flow = Dataflow(id="f", name="f", source=FileRef(path="data.parquet"), steps=known)
        with engine.view(Package(flows=(flow,)), "f") as view:
            found: Values = view.arrow(with_errors=True).to_pydict()
            return found

    return run


def message(step: StepBase) -> str:
    found = step.check(SCHEMA)
    return found[0].message if found else ""


# combining


def test_that_missing_values_are_skipped_kept_or_decide(apply: Apply) -> None:
    given: Values = {"a": ["x", None, "", None], "b": ["1", "2", "3", None]}
    for missing, wanted in (
        ("skip", ["x-1", "2", "3", None]),
        ("empty", ["x-1", "-2", "-3", None]),
        ("nothing", ["x-1", None, "-3", None]),
    ):
        step = Combine.model_validate({"columns": ("a", "b"), "column": "c", "separator": "-", "missing": missing})
        assert apply(given, step)["c"] == wanted


def test_that_a_combined_column_stands_right_of_its_sources(apply: Apply) -> None:
    given: Values = {"a": ["x"], "b": [1.5], "z": [True]}
    assert list(apply(given, Combine(columns=("b", "a"), column="c"))) == ["a", "b", "c", "z"]
    assert apply(given, Combine(columns=("b", "a"), column="c", keep_sources=False)) == {"c": ["1.5 x"], "z": [True]}


def test_that_columns_are_combined_by_example(apply: Apply) -> None:
    step = CombineByExample.learn("name", ("first", "last"), [(("Ada", "Lovelace"), "Lovelace, A.")], [("Alan", "Turing")])
    assert "last" in step.explanation
    assert apply({"first": ["Ada", "Alan"], "last": ["Lovelace", "Turing"]}, step)["name"] == ["Lovelace, A.", "Turing, A."]
    with pytest.raises(UserError):
        CombineByExample.learn("name", ("a", "b"), [(("x", "y"), "1"), (("x", "y"), "2")])


def test_that_a_derived_column_is_learned_again_from_its_examples(apply: Apply) -> None:
    step = Derive(column="year", inputs=("t",), examples=(Example(inputs=("1 May 2015",), output="2015"),), type="integer")
    assert not step.learned
    assert apply({"t": ["1 May 2015", "2 June 2016", "x"]}, step)["year"] == [2015, 2016, None]


# splitting


def test_that_a_split_needs_no_example(apply: Apply) -> None:
    step = SplitByExample(column="t")
    assert not step.learned
    assert message(step).startswith("It has not looked at the data yet")
    found = apply({"t": ["2015-01-12 0:54 GET", "2015-01-13 1:12 PUT", None, "x"], "z": [1, 2, 3, 4]}, step)
    assert list(found) == ["t", "t_1", "t_2", "t_3", "z"]
    assert found["t_2"] == ["0:54", "1:12", None, None]


def test_that_an_example_decides_where_to_split(apply: Apply) -> None:
    step = SplitByExample.learn(
        "t", ["a-b c", "d-e f"], examples=(SplitExample(source="a-b c", parts=("a-b", "c")),), keep_source=False, names=("code",)
    )
    assert step.explanation == "Split at a blank."
    assert apply({"t": ["a-b c", "d-e f"]}, step) == {"code": ["a-b", "d-e"], "t_2": ["c", "f"]}
    with pytest.raises(UserError, match="does not stand in"):
        SplitByExample.learn("t", ["a b"], examples=(SplitExample(source="a b", parts=("x", "b")),))
    with pytest.raises(UserError, match="Nothing separates"):
        SplitByExample.learn("t", ["abc"])


def test_that_missing_parts_stand_on_the_side_that_is_said(apply: Apply) -> None:
    rows: Values = {"t": ["a;b;c", "d", "e;f"]}
    right, left = (SplitByExample(column="t", delimiters=(";",), fill=side) for side in ("right", "left"))
    assert apply(rows, right)["t_1"] == ["a", "d", "e"]
    assert apply(rows, left)["t_1"] == ["a", None, None]
    assert apply(rows, left)["t_3"] == ["c", "d", "f"]


def test_that_a_splitter_without_native_form_says_so() -> None:
    step = SplitByExample.learn("t", ["a1", "b2", "c33"])
    (problem,) = step.limits(SCHEMA, "duckdb")
    assert problem.severity == "info"
    assert SplitByExample.learn("t", ["a,b", "c,d", "e,f"]).limits(SCHEMA, "pyspark") == []


def test_that_a_split_can_take_the_name_of_its_source(apply: Apply) -> None:
    step = Split(column="t", delimiter=",", parts=2, keep_source=False, names=("rest", "t"))
    assert apply({"t": ["a,b"], "z": [1]}, step) == {"rest": ["a"], "t": ["b"], "z": [1]}


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Split(column="t", delimiter=""), "The delimiter is empty."),
        (Split(column="t", delimiter=",", parts=1), "The number of parts must be between 2 and 100."),
        (Split(column="l", delimiter=","), "l holds list values: expand it first."),
        (Split(column="x", delimiter=","), "There is no column x here."),
        (SplitPattern(column="t", pattern="("), "'(' is not a regular expression"),
        (SplitPattern(column="t", pattern="a*"), "'a*' matches an empty text"),
        (SplitWidths(column="t"), "Give at least one position"),
        (SplitWidths(column="t", cuts=(3, 2)), "The positions must rise"),
        (ExtractPattern(column="t", pattern=""), "The pattern is empty."),
        (ExtractPattern(column="t", pattern="a{2"), ""),
        (ExtractPattern(column="t", pattern="()" * 10), "A pattern may have up to nine groups."),
        (ExtractParts(column="t", kind="url", parts=("tld",)), "A web address has no part tld"),
        (Combine(columns=("t",), column="c"), "Choose at least two columns"),
        (Combine(columns=("t", "n"), column="T"), "There is a column T already."),
        (Combine(columns=("t", "n"), column=" "), "Give the new column a name."),
        (ExpandJson(column="n", keys=("a",)), "n holds no text"),
        (ExpandStruct(column="t"), "t does not hold records."),
        (ExpandList(column="t", count=1), "t does not hold lists."),
        (ExpandList(column="l", count=9999), "A list can be expanded to 1,000 columns at most."),
        (Explode(column="t"), "t does not hold lists."),
        (ParseJson(column="t", shape={"a": "colour"}), "Its shape is damaged"),
        (ExtractByExample(column="e", inputs=("t",)), "Mark a part of at least one text."),
    ],
)
def test_that_what_is_wrong_is_said_before_it_runs(step: StepBase, sentence: str) -> None:
    assert message(step).startswith(sentence)
    assert bool(message(step)) == bool(sentence)


# extracting


def test_that_named_groups_name_their_columns(apply: Apply) -> None:
    found = apply({"t": ["x 2015-07 y", "none", None]}, ExtractPattern(column="t", pattern=r"(?P<year>\d{4})-(\d\d)"))
    assert found == {"t": ["x 2015-07 y", "none", None], "year": ["2015", None, None], "t_2": ["07", None, None]}


def test_that_numbers_are_found_in_texts(apply: Apply) -> None:
    given: Values = {"t": ["EUR 1.234,50", "12-15", "-3", "A-4", "6e-3", "none"]}
    assert apply(given, ExtractNumbers(column="t", decimal=","))["t_number"] == [1234.5, 12.0, -3.0, 4.0, 0.006, None]
    assert apply(given, ExtractNumbers(column="t", every=True, name="all"))["all"][1] == [12.0, 15.0]


def test_that_a_marked_part_is_found_elsewhere(apply: Apply) -> None:
    step = ExtractByExample.learn("id", "t", [Mark(text="order #17 of May", start=7, stop=9)], ["order #4 of June", "nothing"])
    assert apply({"t": ["order #17 of May", "order #238 of July", "nothing"]}, step)["id"] == ["17", "238", None]
    assert step.explanation
    with pytest.raises(UserError):
        ExtractByExample.learn("id", "t", [Mark(text="ab", start=1, stop=9)])


def test_that_parts_of_known_forms_are_typed(apply: Apply) -> None:
    found = apply({"t": ["48.5,-11", "x"]}, ExtractParts(column="t", kind="coordinates"))
    assert found["t_latitude"] == [48.5, None]
    assert apply({"t": ["10.0.0.7"]}, ExtractParts(column="t", kind="ipv4", parts=("4",)))["t_4"] == [7]


# expanding


def test_that_json_is_expanded_one_level(apply: Apply) -> None:
    rows = ['{"a": 1.50, "b": {"c": [1, 2]}}', '{"b": "x", "d": null}', "oops", None]
    found = apply({"t": rows, "z": [1, 2, 3, 4]}, ExpandJson(column="t"))
    assert [name for name in found if not name.startswith("__")] == ["t", "t.a", "t.b", "t.d", "z"]
    assert found["t.a"] == ["1.50", None, None, None]
    assert found["t.b"] == ['{"c": [1, 2]}', "x", None, None]
    assert found["__error__t.b"] == [None, None, "no JSON object\x1foops", None]


def test_that_expanding_again_goes_deeper(apply: Apply) -> None:
    found = apply({"t": ['{"b": {"c": "x"}}']}, ExpandJson(column="t", keep_source=False), ExpandJson(column="t.b"))
    assert found["t.b.c"] == ["x"]


def test_that_keys_that_were_not_learned_are_counted(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"t": ['{"a": 1}', '{"a": 2, "new": 3}']}), project / "data.parquet")
    flow = Dataflow(id="f", name="f", source=FileRef(path="data.parquet"), steps=(ExpandJson(column="t", keys=("a",)),))
    with engine.view(Package(flows=(flow,)), "f") as view:
        assert [note.message for note in view.notes] == [
            "1 value in t is JSON with keys that the step does not know, which are left out."
        ]


def test_that_there_must_be_json_to_expand(apply: Apply) -> None:
    with pytest.raises(UserError, match="no JSON object with keys in t"):
        apply({"t": ["[]", "x", None]}, ExpandJson(column="t"))
    with pytest.raises(UserError, match="no JSON in t"):
        apply({"t": ["x", None]}, ParseJson(column="t"))


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000, "1" * 100_000, '"\\ud800"'])
def test_that_odd_json_is_an_error_cell_or_a_value(apply: Apply, deep: str) -> None:
    found = apply({"t": ['{"a": 1}', deep]}, ExpandJson(column="t", keys=("a",)))
    assert found["t.a"] == ["1", None]
    apply({"t": ["1", deep]}, ParseJson(column="t", shape="string"))


def test_that_json_becomes_records_and_lists(apply: Apply) -> None:
    rows = ['{"a": 1, "l": [{"x": true}]}', '{"a": 2.5, "s": "t"}', "null"]
    found = apply({"t": rows}, ParseJson(column="t", to="p"))
    assert found["p"] == [{"a": 1.0, "l": [{"x": True}], "s": None}, {"a": 2.5, "l": None, "s": "t"}, None]
    mixed = apply({"t": ["[1]", '{"a": 2}', "3"]}, ParseJson(column="t"))
    assert mixed["t"] == ["[1]", '{"a":2}', "3"]


def test_that_parsed_json_can_be_expanded(apply: Apply) -> None:
    rows = ['{"a": 1, "l": ["x", "y"]}', '{"a": 2, "l": []}', "{"]
    found = apply({"t": rows}, ParseJson(column="t"), ExpandStruct(column="t"), Explode(column="t.l", position="n"))
    assert found["t.a"] == [1, 1, 2, None]
    assert found["t.l"] == ["x", "y", None, None]
    assert found["n"] == [1, 2, None, None]
    assert found["__error__t.a"] == [None, None, None, "no JSON\x1f{"]


def test_that_a_list_becomes_columns_and_longer_ones_are_counted(project: Path, engine: Engine, apply: Apply) -> None:
    table = pa.table({"l": pa.array([[1, 2, 3], [4], None, []], pa.list_(pa.int64()))})
    assert apply(table, ExpandList(column="l")) == {
        "l_1": [1, 4, None, None],
        "l_2": [2, None, None, None],
        "l_3": [3, None, None, None],
    }
    flow = Dataflow(id="f", name="f", source=FileRef(path="data.parquet"), steps=(ExpandList(column="l", count=2),))
    with engine.view(Package(flows=(flow,)), "f") as view:
        assert [note.message for note in view.notes] == ["1 value in l is longer than 2 items, and the rest of them is left out."]


def test_that_errors_go_through_every_way_of_making_columns(apply: Apply) -> None:
    given: Values = {"s": ["1", "x"], "u": ["a", "b"]}
    step = Convert(columns=("s",), to="integer")
    for made in (
        Combine(columns=("s", "u"), column="c"),
        Split(column="s", delimiter=","),
        SplitWidths(column="s", cuts=(1,)),
        ExtractNumbers(column="s"),
        ExtractPattern(column="s", pattern="1"),
        ExtractParts(column="s", kind="path"),
        SplitByExample.learn("s", ["a1", "b2"]),
    ):
        found = apply(given, step, made)
        new = [name for name in found if not name.startswith("__") and name not in {"s", "u"}]
        assert new, made
        for name in new:
            assert found[f"__error__{name}"][1] == "no whole number\x1fx", made


def test_that_long_lists_stay_in_order(apply: Apply) -> None:
    lists = [list(range(number % 7)) for number in range(1000)]
    nothing: list[int | None] = [None]
    found = apply(pa.table({"k": list(range(1000)), "l": pa.array(lists, pa.list_(pa.int64()))}), Explode(column="l"))
    assert list(zip(found["k"], found["l"], strict=True)) == [
        (k, item) for k, some in enumerate(lists) for item in (some or nothing)
    ]
