"""Steps on rows: which rows stay, and in which order."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Condition,
    Convert,
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
    Trim,
    WriteCsv,
    operators_for,
)
from workbench.dataprep.steps.rows.chance import bounds, share_text
from workbench.dataprep.steps.rows.fork import can_fork, fork, split
from workbench.dataprep.steps.rows.patterns import as_python, pattern_problem

NAN = float("nan")


@pytest.fixture
def after(project: Path, engine: Engine) -> Callable[..., dict[str, list[object]]]:
    """`after({"n": [1, 2]}, step, ...)`: the columns that come out."""

    def run(columns: dict[str, object] | pa.Table, *steps: StepBase) -> dict[str, list[object]]:
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        pq.write_table(table, project / "data.parquet")
        package = _package(*steps)
        for index, step in enumerate(steps):
            if not step.learned:
                flow = package.flows[0]
                learned = engine.learn(package, "f", index)
                package = package.with_flow(flow.with_steps((*flow.steps[:index], learned, *flow.steps[index + 1 :])))
        found: dict[str, list[object]] = engine.to_arrow(package, "f").to_pydict()
        return found

    return run


After = Callable[..., dict[str, list[object]]]


def _package(*steps: StepBase) -> Package:
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path="data.parquet"), steps=steps),))


def _one(column: str, operator: Operator, value: str = "", **more: object) -> Filter:
    return Filter(conditions=(Condition.model_validate({"column": column, "operator": operator, "value": value, **more}),))


WORDS = {"n": [0, 1, 2, 3, 4, 5], "s": ["Ab", "ab c", None, " ", "x$", "a\nb"]}


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (_one("s", "equals", "aB", ignore_case=True), [0]),
        (_one("s", "not_one_of", values=("Ab", "x$")), [1, 2, 3, 5]),
        (_one("s", "not_starts_with", "A", ignore_case=True), [2, 3, 4]),
        (_one("s", "ends_with", "$"), [4]),
        (_one("s", "is_empty"), [2, 3]),
        (_one("s", "is_not_empty"), [0, 1, 4, 5]),
        (_one("s", "matches", "^a.b$"), []),
        (_one("s", "matches", "b$"), [0, 5]),
        (_one("s", "matches", r"\$", ignore_case=True), [4]),
        (_one("s", "not_matches", r"\bb", ignore_case=True), [0, 1, 2, 3, 4]),
        (_one("n", "not_between", "1", value2="4.5"), [0, 5]),
        (_one("n", "greater", "2.5"), [3, 4, 5]),
        (_one("n", "less", "2.0"), [0, 1]),
        (_one("n", "equals", "2.5"), []),
        (_one("n", "one_of", values=("1.0", "7")), [1]),
    ],
)
def test_that_a_filter_keeps_these_rows_and_its_complement_the_others(after: After, step: Filter, kept: list[int]) -> None:
    assert after(WORDS, step)["n"] == kept
    assert after(WORDS, step.complement())["n"] == [n for n in range(6) if n not in kept]


def test_that_not_a_number_is_missing_for_a_condition(after: After) -> None:
    numbers = {"d": [NAN, 1.5, None, float("inf")]}
    assert after(numbers, _one("d", "greater", "1"))["d"] == [1.5, float("inf")]
    assert len(after(numbers, _one("d", "is_missing"))["d"]) == 2
    assert len(after(numbers, _one("d", "not_equals", "1.5"))["d"]) == 3


def test_that_whole_numbers_are_compared_exactly(after: After) -> None:
    assert after({"n": [2**53, 2**53 + 1]}, _one("n", "equals", str(2**53 + 1)))["n"] == [2**53 + 1]


def test_that_a_list_is_asked_for_an_item(after: After) -> None:
    lists = {"l": [["a", "b"], [], None, ["B"]]}
    assert after(lists, _one("l", "has", "a"))["l"] == [["a", "b"]]
    assert after(lists, _one("l", "not_has", "a"))["l"] == [[], None, ["B"]]
    assert after({"l": [[1, 2], [3]]}, _one("l", "has", "3"))["l"] == [[3]]


def test_that_errors_fulfil_no_condition_but_their_own(after: After) -> None:
    numbers = {"s": ["1", "x", None, "30"]}
    number = Convert(columns=("s",), to="integer")
    assert after(numbers, number, _one("s", "is_error"))["s"] == [None]
    assert after(numbers, number, _one("s", "is_missing"))["s"] == [None]
    assert after(numbers, number, _one("s", "greater", "0"))["s"] == [1, 30]
    assert after(numbers, number, _one("s", "not_equals", "1"))["s"] == [None, None, 30]
    assert after(numbers, number, RemoveMissing(what="errors"))["s"] == [1, None, 30]
    assert after(numbers, number, RemoveMissing(what="both"))["s"] == [1, 30]
    assert after(numbers, number, FilterExpression(sql="s IS NULL"))["s"] == [None]
    assert after(numbers, number, FilterExpression(sql="s IS NULL", action="remove"))["s"] == [1, None, 30]


@pytest.mark.parametrize(
    ("condition", "type_", "sentence"),
    [
        (Condition(column="c", operator="contains", value="x"), "integer", "holds no text"),
        (Condition(column="c", operator="less", value="x"), "boolean", "true and false only"),
        (Condition(column="c", operator="has", value="x"), "string", "holds no list"),
        (Condition(column="c", operator="less", value="inf"), "integer", "not a value"),
        (Condition(column="c", operator="less", value="nan"), "decimal", "not a value"),
        (Condition(column="c", operator="one_of"), "string", "at least one value"),
        (Condition(column="c", operator="matches", value="(a"), "string", "no regular expression|not a regular expression"),
        (Condition(column="c", operator="matches", value="a(?=b)"), "string", "that a database can run"),
    ],
)
def test_that_an_unfit_condition_says_why(condition: Condition, type_: str, sentence: str) -> None:
    column = ColumnInfo.__new__(ColumnInfo)
    object.__setattr__(column, "type", type_)
    problem = condition.problem(column.type)
    assert problem is not None
    assert problem.message.startswith(("c ", "'", "Give"))
    assert any(part in problem.message for part in sentence.split("|"))


def test_that_every_operator_suits_some_type_and_has_words() -> None:
    of_types = {op for type_ in ("integer", "string", "boolean", "list", "date") for op in operators_for(type_)}
    assert set(get_args(Operator)) == of_types
    assert all(Condition(column="c", operator=op, value="1").describe().startswith("c ") for op in of_types)


@pytest.mark.parametrize("pattern", [r"^[^\d\s]+$", r"[[&&]\w\b", r"a|b$", r"(?P<x>a)\Z", r"[]a]", r"(?m)^b$", r"[^]x]$", r"\$$"])
def test_that_a_pattern_means_the_same_in_python(pattern: str, after: After) -> None:
    import re

    texts = ["", "a", "b", "ab\n", "b\na", "é1", "x$", "[", "]", "&w", "a b", "٣"]
    wanted = [text for text in texts if re.search(as_python(pattern), text)]
    if reason := pattern_problem(pattern):
        assert "Z" in pattern, reason
    else:
        assert after({"s": texts}, _one("s", "matches", pattern))["s"] == wanted


def test_that_an_expression_filters_by_what_is_true(after: After) -> None:
    table = {"n": [1, None, 3], "s": ["a", "b", "c"]}
    assert after(table, FilterExpression(sql="n > 1 OR s = 'a'"))["s"] == ["a", "c"]
    assert after(table, FilterExpression(sql="n > 1", action="remove"))["s"] == ["a", "b"]
    with pytest.raises(UserError, match="must be true or false, but it gives a whole number"):
        after(table, FilterExpression(sql="n + 1"))


def test_that_rows_on_which_an_expression_fails_are_told(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"s": ["1", "x", "3"]}), project / "data.parquet")
    step = FilterExpression(sql="CAST(s AS INTEGER) > 1")
    with engine.view(_package(step), "f") as view:
        assert view.arrow()["s"].to_pylist() == ["3"]
        assert [note.message for note in view.notes] == ["1 value of the condition could not be computed and counted as false."]
    assert engine.to_arrow(_package(step.complement()), "f")["s"].to_pylist() == ["1", "x"]


def test_that_a_filter_is_learned_from_marked_rows(after: After) -> None:
    step = FilterByExample.learn(("s",), [(("red",), True), (("green",), False), (("red",), True)], [("blue",), ("red",)])
    assert "s is 'red'" in step.describe()
    assert after({"s": ["red", "green", None, "blue", "red"]}, step)["s"] == ["red", "red"]
    assert after({"s": ["red", "green", None, "blue", "red"]}, step.complement())["s"] == ["green", None, "blue"]
    with pytest.raises(UserError, match="marked"):
        FilterByExample.learn(("s",), [(("red",), True), (("red",), False)])


def test_that_places_are_exact_after_rows_went(after: After) -> None:
    numbers = {"n": list(range(20))}
    odd = FilterExpression(sql="n % 2 = 1")
    assert after(numbers, odd, Skip(count=8))["n"] == [17, 19]
    assert after(numbers, odd, RowRange(first=2, last=3))["n"] == [3, 5]
    assert after(numbers, odd, RowRange(first=2, last=9, action="remove"))["n"] == [1, 19]
    assert after(numbers, odd, Skip(count=2), Top(count=2))["n"] == [5, 7]
    assert after(numbers, Skip(count=100))["n"] == []


def test_that_a_sample_is_the_same_for_the_same_seed_and_in_order(after: After) -> None:
    numbers = {"n": list(range(10_000))}
    drawn = after(numbers, Sample(fraction=0.1, seed=3))["n"]
    assert drawn == after(numbers, Sample(fraction=0.1, seed=3))["n"] == sorted(drawn)  # type: ignore[type-var]
    assert drawn != after(numbers, Sample(fraction=0.1, seed=4))["n"]
    assert 900 < len(drawn) < 1100
    counted = after(numbers, Sample(count=100, seed=3))["n"]
    assert len(counted) == 100
    assert counted == sorted(counted)  # type: ignore[type-var]
    assert after(numbers, Sample(fraction=0.0))["n"] == []
    assert len(after(numbers, Sample(fraction=1.0))["n"]) == 10_000
    assert len(after(numbers, Sample(count=20_000))["n"]) == 10_000


def test_that_a_sample_after_a_filter_does_not_hang_on_what_is_kept(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"n": list(range(1000))}), project / "data.parquet")
    package = _package(FilterExpression(sql="n % 3 = 0"), Sample(fraction=0.2, seed=1))
    at_once = engine.to_arrow(package, "f")["n"].to_pylist()
    with Engine(project, project / "other") as fresh:
        fresh.to_arrow(package, "f", 0)  # the filter's result is a table now, with rows numbered anew
        assert fresh.to_arrow(package, "f")["n"].to_pylist() == at_once


def test_that_strata_give_their_shares(after: After) -> None:
    table = {"g": ["a"] * 100 + ["b"] * 10 + [None] * 4, "n": list(range(114))}
    drawn = after(table, StratifiedSample(by=("g",), fraction=0.25))["g"]
    assert [drawn.count(g) for g in ("a", "b", None)] == [25, 3, 1]
    few = after(table, StratifiedSample(by=("g",), fraction=0.01, at_least=2))["g"]
    assert [few.count(g) for g in ("a", "b", None)] == [2, 2, 2]
    listed = (Stratum(values=("b",), fraction=0.5), Stratum(values=(None,), fraction=1))
    chosen = after(table, StratifiedSample(by=("g",), strata=listed, seed=5))
    assert [chosen["g"].count(g) for g in ("a", "b", None)] == [0, 5, 4]
    assert chosen["n"] == sorted(chosen["n"])  # type: ignore[type-var]


def test_that_random_parts_are_disjoint_and_complete(after: After) -> None:
    numbers = {"n": list(range(3000))}
    parts = (Part(name="a", share=1), Part(name="b", share=0.5), Part(name="c", share=0.5))
    found = [after(numbers, RandomSplit(parts=parts, part=part.name, seed=11))["n"] for part in parts]
    assert sorted([n for part in found for n in part]) == numbers["n"]  # type: ignore[type-var]
    assert all(abs(len(part) / 3000 - share) < 0.03 for part, share in zip(found, (0.5, 0.25, 0.25), strict=True))


@given(st.lists(st.floats(0.001, 100), min_size=2, max_size=6), st.integers(0, 16**8 - 1))
def test_that_every_digest_is_in_one_part(shares: list[float], digest: int) -> None:
    text = f"{digest:08x}"
    assert [low <= text < high for low, high in bounds(shares)].count(True) == 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_that_greater_shares_hold_the_lesser_ones(one: float, other: float) -> None:
    assert (share_text(one) <= share_text(other)) or one > other


def test_that_sorting_puts_missing_values_last_and_knows_natural_order(after: After) -> None:
    texts = {"s": ["a10", None, "A9", "a2", "ä", "a2b", "a02"]}
    assert after(texts, Sort(keys=(SortKey(column="s"),)))["s"] == ["A9", "a02", "a10", "a2", "a2b", "ä", None]
    assert after(texts, Sort(keys=(SortKey(column="s", natural=True, ignore_case=True),)))["s"] == [
        "a2", "a02", "a2b", "A9", "a10", "ä", None,
    ]  # fmt: skip
    down = after({"d": [1.0, NAN, None, 3.0, float("inf")]}, Sort(keys=(SortKey(column="d", descending=True),)))["d"]
    assert down[:3] == [float("inf"), 3.0, 1.0]


def test_that_lists_have_no_order(after: After) -> None:
    with pytest.raises(UserError, match="no single values"):
        after({"l": [[1], [2]]}, Sort(keys=(SortKey(column="l"),)))


ROWS = {"k": ["a", "b", "a", "B", None, None], "v": [1, 5, 3, 2, None, 7]}


@pytest.mark.parametrize(
    ("step", "vs"),
    [
        (RemoveDuplicates(columns=("k",)), [1, 5, 2, None]),
        (RemoveDuplicates(columns=("k",), keep="last"), [5, 3, 2, 7]),
        (RemoveDuplicates(columns=("k",), keep="none"), [5, 2]),
        (RemoveDuplicates(columns=("k",), keep="greatest", by="v"), [5, 3, 2, 7]),
        (RemoveDuplicates(columns=("k",), keep="least", by="v"), [1, 5, 2, 7]),
        (RemoveDuplicates(columns=("k",), ignore_case=True), [1, 5, None]),
        (RemoveDuplicates(columns=("k",), action="remove"), [3, 7]),
    ],
)
def test_that_of_equal_rows_the_wanted_one_stays(after: After, step: RemoveDuplicates, vs: list[object]) -> None:
    assert after(ROWS, step)["v"] == vs


def test_that_an_error_is_no_duplicate_of_a_missing_value(after: After) -> None:
    table = {"s": ["x", None, "x", "y", "1"]}
    assert after(table, Convert(columns=("s",), to="integer"), RemoveDuplicates())["s"] == [None, None, None, 1]


def test_that_headers_come_from_a_row(after: After, engine: Engine, project: Path) -> None:
    raw = {"a": ["report", "id", "1"], "b": [None, "Name", "x"], "c": ["", " ", "3"], "d": [None, "name", "4"]}
    found = after(raw, FirstRowAsHeaders(skip=1))
    assert found == {"id": ["1"], "Name": ["x"], "column_3": ["3"], "name_2": ["4"]}
    with pytest.raises(UserError, match="no row 8"):
        engine.learn(_package(FirstRowAsHeaders(skip=7)), "f", 0)
    problems = FirstRowAsHeaders(names=("a", "b")).check((ColumnInfo("x", "string"),))
    assert problems[0].message == "It has 2 names for 1 columns: learn it again."
    assert not FirstRowAsHeaders().learned


def test_that_a_header_over_an_error_is_its_original_text(after: After) -> None:
    raw = {"a": ["2019", "7"], "b": ["size", "8"]}
    assert after(raw, Convert(columns=("a", "b"), to="integer"), FirstRowAsHeaders()) == {"2019": [7], "size": [8]}


def test_that_empty_rows_and_columns_go(after: After) -> None:
    table = pa.table(
        {"a": ["", "x", " ", None], "b": pa.array([None, 1, None, None], pa.int64()), "c": pa.array([NAN, NAN, None, None])}
    )
    assert after(table, RemoveEmptyRows())["a"] == ["x"]
    assert list(after(table, RemoveEmptyColumns())) == ["a", "b"]
    assert after(table, RemoveMissing(columns=("a", "b")))["a"] == ["x"]
    assert after(table, RemoveMissing(columns=("a", "b"), match="all"))["a"] == ["", "x", " "]
    assert after(table, RemoveMissing(columns=("a", "b"), match="all", blank=True, action="keep"))["a"] == ["", " ", None]


def test_that_values_of_a_column_that_was_empty_are_told(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"a": [1, 2], "e": [None, "now"]}), project / "data.parquet")
    with engine.view(_package(RemoveEmptyColumns(empty=("e", "gone"))), "f") as view:
        assert [column.name for column in view.columns] == ["a"]
        assert any("1 value in e was removed" in note.message for note in view.notes)


def test_that_a_fork_holds_the_rows_that_are_left_out(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"s": [" a", "b ", "c"]}), project / "data.parquet")
    write = WriteCsv(path="out.csv")
    package = _package(Trim(columns=("s",)), write, _one("s", "equals", "b"), Top(count=5))
    for shared in (False, True):
        forked = fork(package, "flow", 2, shared=shared)
        assert [flow.name for flow in forked.flows] == ["flow", "flow (left out)"]
        assert engine.to_arrow(forked, "flow (left out)").to_pydict() == {"s": ["a", "c"]}
        assert not forked.flow("flow (left out)").writes
    silent = _package(Trim(columns=("s",)), _one("s", "equals", "b"), Top(count=5))
    shared_too = fork(silent, "flow", 1, shared=True)
    assert [flow.name for flow in shared_too.flows] == ["flow (before step 2)", "flow", "flow (left out)"]
    assert shared_too.flow("f").name == "flow"
    assert engine.to_arrow(shared_too, "flow (left out)").to_pydict() == {"s": ["a", "c"]}
    assert engine.to_arrow(shared_too, "flow").to_pydict() == {"s": ["b"]}
    assert fork(forked, "flow", 2).flows[1].name == "flow (left out) 2"
    with pytest.raises(UserError, match="does not choose rows"):
        fork(package, "flow", 0)
    assert not can_fork(Trim(columns=("s",)))


def test_that_a_flow_is_split_into_flows(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"n": list(range(200))}), project / "data.parquet")
    package = split(_package(), "flow", [Part(name="train", share=0.75), Part(name="test", share=0.25)], seed=2)
    train, test = (engine.to_arrow(package, f"flow ({name})")["n"].to_pylist() for name in ("train", "test"))
    assert sorted(train + test) == list(range(200))
    assert 130 < len(train) < 170
    with pytest.raises(UserError, match="at least two parts"):
        split(package, "flow", [Part(name="a", share=1)])


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Sample(), "either a share of the rows or a number"),
        (Sample(fraction=2), "between 0 and 1"),
        (Sample(count=0), "at least 1"),
        (Skip(count=0), "at least 1"),
        (RowRange(first=0), "first row is row 1"),
        (RowRange(first=5, last=2), "stands before"),
        (StratifiedSample(by=()), "at least one column"),
        (StratifiedSample(by=("n",), strata=(Stratum(values=("x",), fraction=1),)), "not a value that n can have"),
        (StratifiedSample(by=("n",), strata=(Stratum(values=("1", "2"), fraction=1),)), "a value for each"),
        (RandomSplit(part="third"), "no part third"),
        (RandomSplit(parts=(Part(name="a", share=1), Part(name="a", share=1)), part="a"), "Two parts"),
        (RemoveDuplicates(keep="greatest"), "Choose the column"),
        (RemoveEmptyColumns(), "has not looked at the data"),
        (RemoveEmptyColumns(empty=("n",)), "No column would be left"),
        (FilterByExample(columns=("n",)), "has not looked at the data"),
        (FilterExpression(sql=" "), "empty"),
    ],
)
def test_that_a_step_that_cannot_run_says_why(step: StepBase, sentence: str) -> None:
    problems = step.check((ColumnInfo("n", "integer"),))
    assert problems
    assert any(sentence in problem.message for problem in problems)
    assert step.describe()
