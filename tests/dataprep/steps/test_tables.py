"""Steps that bring tables together or reshape them: exact results, and pandas' where it is the reference."""

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.columns import Problem
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    AppendColumns,
    AppendRows,
    Convert,
    FuzzyJoin,
    Join,
    JoinKey,
    Measure,
    Other,
    Pivot,
    PivotColumn,
    SortKey,
    StepBase,
    Summarize,
    Transpose,
    Unpivot,
    Window,
    WindowMeasure,
)

NAN = float("nan")
Columns = dict[str, list[Any]]


class Bench:
    """Runs steps on tables that are given as columns."""

    def __init__(self, project: Path, engine: Engine) -> None:
        self.project = project
        self.engine = engine
        self.notes: list[str] = []

    def write(self, name: str, columns: Columns | pa.Table) -> None:
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        pq.write_table(table, self.project / name)

    def package(self, *steps: StepBase) -> Package:
        return Package(flows=(Dataflow(id="f", name="f", source=FileRef(path="this.parquet"), steps=steps),))

    def run(self, columns: Columns | pa.Table, *steps: StepBase) -> Columns:
        """The columns that come out, companions of errors among them."""
        self.write("this.parquet", columns)
        with self.engine.view(self.package(*steps), "f") as view:
            self.notes = [note.message for note in view.notes]
            found: Columns = view.arrow(with_errors=True).to_pydict()
            assert self.engine.schema_at(self.package(*steps), "f") == view.columns
        return {name: [None if isinstance(v, float) and math.isnan(v) else v for v in values] for name, values in found.items()}

    def problems(self, columns: Columns | pa.Table, *steps: StepBase) -> tuple[Problem, ...]:
        self.write("this.parquet", columns)
        return self.engine.problems(self.package(*steps), "f")[-1]

    def learned(self, columns: Columns | pa.Table, step: StepBase) -> StepBase:
        self.write("this.parquet", columns)
        return self.engine.learn(self.package(step), "f", 0)


@pytest.fixture
def bench(project: Path, engine: Engine) -> Bench:
    return Bench(project, engine)


def join(how: str, left: str, right: str, **more: object) -> Join:
    return Join.model_validate({"source": "other.parquet", "how": how, "keys": [{"left": left, "right": right}], **more})


def measures(column: str, *kinds: str) -> tuple[Measure, ...]:
    return tuple(Measure.model_validate({"column": column, "aggregate": kind, "name": kind}) for kind in kinds)


WHOLE = Convert(columns=("n",), to="integer")
"""Makes errors of the texts in `n` that are no numbers."""


# -- join


@pytest.mark.parametrize(("how", "expected"), [
    ("inner", [("b", 1, 10), ("a", 2, 20), ("a", 2, 21)]),
    ("left", [("b", 1, 10), ("a", 2, 20), ("a", 2, 21), ("c", 3, None), (None, 4, None)]),
    ("right", [("b", 1, 10), ("a", 2, 20), ("a", 2, 21), ("d", None, 40), (None, None, 50)]),
    ("full", [("b", 1, 10), ("a", 2, 20), ("a", 2, 21), ("c", 3, None), (None, 4, None), ("d", None, 40), (None, None, 50)]),
    ("full_anti", [("c", 3, None), (None, 4, None), ("d", None, 40), (None, None, 50)]),
])  # fmt: skip
def test_that_joined_rows_stand_in_this_tables_order_then_the_others(bench: Bench, how: str, expected: list[Any]) -> None:
    bench.write("other.parquet", {"k": ["d", "a", "a", "b", None], "v": [40, 20, 21, 10, 50]})
    found = bench.run({"k": ["b", "a", "c", None], "n": [1, 2, 3, 4]}, join(how, "k", "k"))
    assert list(zip(found["k"], found["n"], found["v"], strict=True)) == expected


def test_that_rows_without_a_match_stay_as_they_are(bench: Bench) -> None:
    bench.write("other.parquet", {"k": ["d", "a", None], "v": [40, 20, 50]})
    this = {"k": ["b", "a", None], "n": [1, 2, 3]}
    assert bench.run(this, join("left_anti", "k", "k")) == {"k": ["b", None], "n": [1, 3]}
    assert bench.run(this, join("right_anti", "k", "k")) == {"k": ["d", None], "v": [40, 50]}
    assert bench.run(this, join("right_anti", "k", "k", match_missing=True)) == {"k": ["d"], "v": [40]}


def test_that_a_table_can_be_joined_with_itself(bench: Bench) -> None:
    this = {"k": [1, 2], "parent": [None, 1]}
    bench.write("this.parquet", this)
    step = Join(source="this.parquet", keys=(JoinKey(left="parent", right="k"),), how="left")
    assert bench.run(this, step) == {"k": [1, 2], "parent": [None, 1], "r_parent": [None, None]}
    assert bench.run(this, step.model_copy(update={"how": "right_anti"})) == {"k": [2], "parent": [1]}


def test_that_errors_match_nothing_and_stay_errors(bench: Bench) -> None:
    bench.write("other.parquet", {"n": [1, None], "v": ["one", "none"]})
    this = {"n": ["1", "x", None]}
    assert bench.run(this, WHOLE, join("left", "n", "n")) == {
        "n": [1, None, None], "v": ["one", None, None], "__error__n": [None, "no whole number\x1fx", None],
    }  # fmt: skip
    found = bench.run(this, WHOLE, join("left", "n", "n", match_missing=True))
    assert found["v"] == ["one", None, "none"]


def test_that_errors_of_the_other_table_come_with_it(bench: Bench) -> None:
    bench.write("this.parquet", {"k": ["a", "c"]})
    bench.write("third.parquet", {"k": ["a", "b"], "n": ["x", "2"]})
    flows = (
        Dataflow(id="o", name="o", source=FileRef(path="third.parquet"), steps=(WHOLE, Convert(columns=("k",), to="string"))),
        Dataflow(id="f", name="f", source=FileRef(path="this.parquet"), steps=(
            Join(flow="o", keys=(JoinKey(left="k", right="k"),), how="full"),
        )),
    )  # fmt: skip
    with bench.engine.view(Package(flows=flows), "f") as view:
        assert view.arrow(with_errors=True).to_pydict() == {
            "k": ["a", "c", "b"], "n": [None, None, 2], "__error__n": ["no whole number\x1fx", None, None],
        }  # fmt: skip


def test_that_an_error_in_the_others_key_stays_one_where_its_row_stands_alone(bench: Bench) -> None:
    bench.write("this.parquet", {"k": [1]})
    bench.write("third.parquet", {"n": ["x", "1"]})
    flows = (
        Dataflow(id="o", name="o", source=FileRef(path="third.parquet"), steps=(WHOLE,)),
        Dataflow(id="f", name="f", source=FileRef(path="this.parquet"), steps=(
            Join(flow="o", keys=(JoinKey(left="k", right="n"),), how="right"),
        )),
    )  # fmt: skip
    with bench.engine.view(Package(flows=flows), "f") as view:
        assert view.arrow(with_errors=True).to_pydict() == {"k": [1, None], "__error__k": [None, "no whole number\x1fx"]}


def test_that_whole_numbers_and_decimals_meet_exactly(bench: Bench) -> None:
    bench.write("other.parquet", {"x": [1.0, 2.5, 9007199254740992.0, NAN, -0.0], "v": [1, 2, 3, 4, 5]})
    found = bench.run({"n": [1, 2, 9007199254740993, 9007199254740992, 0]}, join("left", "n", "x"))
    assert found["v"] == [1, None, None, 3, 5]


def test_that_decimals_that_are_not_numbers_count_as_missing(bench: Bench) -> None:
    bench.write("other.parquet", {"x": [NAN, None, -0.0], "v": [1, 2, 3]})
    assert bench.run({"x": [NAN, 0.0]}, join("left", "x", "x"))["v"] == [None, 3]
    assert bench.run({"x": [NAN, 0.0]}, join("left", "x", "x", match_missing=True))["v"] == [1, 2, 3]


def test_that_numbers_and_texts_meet_as_texts_and_days_and_times_as_times(bench: Bench) -> None:
    bench.write("other.parquet", {"t": ["1", "01", "1.0"], "d": [dt.date(2024, 1, 1), None, dt.date(1, 1, 1)], "v": [1, 2, 3]})
    this = {"n": [1], "m": pa.array(["2024-01-01"]).cast(pa.timestamp("us"))}
    assert bench.run(this, join("inner", "n", "t"))["v"] == [1]
    assert bench.run(this, join("inner", "m", "d"))["v"] == [1]
    full = bench.run(this, join("full", "n", "t"))
    assert full["n"] == ["1", "01", "1.0"]


def test_that_texts_may_meet_loosely(bench: Bench) -> None:
    bench.write("other.parquet", {"t": [" new  york ", "OSLO"], "v": [1, 2]})
    this = {"t": ["New York", "oslo", "Oslo "]}
    assert bench.run(this, join("left", "t", "t"))["v"] == [None, None, None]
    assert bench.run(this, join("left", "t", "t", ignore_case=True))["v"] == [None, 2, None]
    assert bench.run(this, join("left", "t", "t", ignore_case=True, ignore_blanks=True))["v"] == [1, 2, 2]


def test_that_only_the_chosen_columns_are_taken(bench: Bench) -> None:
    bench.write("other.parquet", {"k": ["a"], "n": [5], "v": [6]})
    this = {"k": ["a"], "n": [1], "m": [2]}
    assert bench.run(this, join("inner", "k", "k", left_columns=("m",), right_columns=("n", "k"))) == {
        "m": [2],
        "n": [5],
        "k": ["a"],
    }
    assert bench.run(this, join("left_anti", "n", "n", left_columns=("m",))) == {"m": [2]}
    found = bench.problems(this, join("inner", "k", "k", right_columns=("nn",)))
    assert [problem.message for problem in found] == ["There is no column nn in other.parquet. Did you mean n?"]


def test_that_many_keys_are_all_equal(bench: Bench) -> None:
    bench.write("other.parquet", {"a": [1, 1, 2], "b": ["x", "y", "x"], "v": [1, 2, 3]})
    keys = (JoinKey(left="a", right="a"), JoinKey(left="b", right="b"))
    assert bench.run({"a": [2, 1], "b": ["x", "y"]}, Join(source="other.parquet", keys=keys))["v"] == [3, 2]


def test_that_lists_and_texts_cannot_be_compared(bench: Bench) -> None:
    bench.write("other.parquet", {"k": [[1, 2]]})
    found = bench.problems({"k": ["a"]}, join("inner", "k", "k"))
    assert [problem.message for problem in found] == ["k and k cannot be compared: one holds records or lists."]


# -- fuzzy join


def test_that_each_row_gets_its_best_partner(bench: Bench) -> None:
    bench.write("other.parquet", {"city": ["Zurich", "Zürich", "Gèneve", "Bern", "Bern"], "n": [1, 2, 3, 4, 5]})
    this = {"city": ["zuerich", "Genève", "BERN", "Basel", None]}
    found = bench.run(this, FuzzyJoin(source="other.parquet", left="city", right="city"))
    assert found["r_city"] == ["Zurich", "Gèneve", "Bern", None, None]
    assert found["n"] == [1, 3, 4, None, None]
    assert found["score"] == [pytest.approx(12 / 13), 1.0, 1.0, None, None]
    inner = FuzzyJoin(source="other.parquet", left="city", right="city", how="inner", threshold=1, score_column="")
    assert bench.run(this, inner) == {"city": ["Genève", "BERN"], "r_city": ["Gèneve", "Bern"], "n": [3, 4]}


def test_that_words_may_stand_in_any_order(bench: Bench) -> None:
    bench.write("other.parquet", {"name": ["Turing, Alan"]})
    step = FuzzyJoin(source="other.parquet", left="who", right="name")
    assert bench.run({"who": ["Alan Turing"]}, step)["name"] == [None]
    assert bench.run({"who": ["Alan Turing"]}, step.model_copy(update={"likeness": "words"}))["name"] == ["Turing, Alan"]


def test_that_few_texts_and_many_give_the_same_partners(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.dataprep.steps.tables import similarity

    names = [f"{first} {last}" for first in ("Anna", "Bernd", "Chloé", "Dmitri") for last in ("Huber", "Meier", "Novák", "Olsen")]
    wrong = [name[:3] + "x" + name[4:] for name in names] + ["", "qqq"]
    few = sorted(similarity.best_pairs(wrong, names, 0.8, "characters"))
    assert [(one, two) for one, two, _ in few] == [(n, n) for n in range(len(names))]
    monkeypatch.setattr(similarity, "_ALL_PAIRS", 0)
    assert sorted(similarity.best_pairs(wrong, names, 0.8, "characters")) == few


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.9])
def test_that_no_partner_is_missed(threshold: float) -> None:
    import random

    from rapidfuzz import fuzz

    from workbench.dataprep.steps.tables.similarity import best_pairs

    chance = random.Random(7)
    texts = ["".join(chance.choices("abc", k=chance.randint(1, 12))) for _ in range(120)]
    left, right = list(dict.fromkeys(texts[:60])), list(dict.fromkeys(texts[60:]))
    expected = {}
    for place, text in enumerate(left):
        scores = [fuzz.ratio(text, other) / 100 for other in right]
        if max(scores) >= threshold:
            expected[place] = (scores.index(max(scores)), max(scores))
    assert {one: (two, score) for one, two, score in best_pairs(left, right, threshold, "characters")} == expected


# -- append


def test_that_rows_are_appended_by_name(bench: Bench) -> None:
    bench.write("other.parquet", {"N": [1.5], "extra": ["x"]})
    bench.write("third.parquet", {"k": ["z"], "n": [3]})
    step = AppendRows(tables=(Other(source="other.parquet", name="the other"), Other(source="third.parquet")), source_column="from")
    assert bench.run({"k": ["a", "b"], "n": [1, 2]}, step) == {
        "from": ["this table", "this table", "the other", "third.parquet"],
        "k": ["a", "b", None, "z"],
        "n": [1.0, 2.0, 1.5, 3.0],
        "extra": [None, None, "x", None],
    }
    found = bench.problems({"k": ["a", "b"], "n": [1, 2]}, step)
    assert [(problem.severity, problem.message) for problem in found] == [
        ("info", "k is not in the other: missing there."),
        ("warning", "n is whole number and decimal number: all become decimal number."),
        ("info", "extra is not in this table and third.parquet: missing there."),
    ]


def test_that_rows_are_appended_by_position_with_their_errors(bench: Bench) -> None:
    bench.write("other.parquet", {"a": ["7"], "b": [True], "n": [1]})
    step = AppendRows(tables=(Other(source="other.parquet"),), by="position")
    assert bench.run({"n": ["1", "x"], "k": ["a", "b"]}, WHOLE, step) == {
        "n": ["1", None, "7"],
        "k": ["a", "b", "true"],
        "n_2": [None, None, 1],
        "__error__n": [None, "no whole number\x1fx", None],
    }


def test_that_lists_and_texts_cannot_stand_under_one_another(bench: Bench) -> None:
    bench.write("other.parquet", {"n": [[1]]})
    found = bench.problems({"n": ["a"]}, AppendRows(tables=(Other(source="other.parquet"),)))
    assert [problem.severity for problem in found] == ["error"]


def test_that_columns_are_appended_row_by_row(bench: Bench) -> None:
    bench.write("other.parquet", {"x": [1, 2, 3]})
    step = AppendColumns(tables=(Other(source="other.parquet"),))
    assert bench.run({"n": ["1", "x"]}, WHOLE, step) == {
        "n": [1, None, None], "x": [1, 2, 3], "__error__n": [None, "no whole number\x1fx", None],
    }  # fmt: skip
    assert bench.run({"k": list("abcd")}, step)["x"] == [1, 2, 3, None]
    found = bench.problems({"X": [1]}, step)
    assert [problem.message for problem in found] == ["There are two columns x, here and in other.parquet: rename one of them."]


# -- summarize

NUMBERS = [3.5, 1.0, NAN, 8.25, 1.0, -4.0, 7.75, 2.0]


@pytest.mark.parametrize(("kind", "reference"), [
    ("sum", "sum"), ("mean", "mean"), ("min", "min"), ("max", "max"), ("median", "median"), ("std", "std"), ("variance", "var"),
    ("skew", "skew"), ("kurtosis", "kurt"), ("distinct", "nunique"), ("count", "count"), ("first", "first"), ("last", "last"),
])  # fmt: skip
def test_that_aggregates_are_those_of_pandas(bench: Bench, kind: str, reference: str) -> None:
    groups = ["a", "b", "a", "a", "a", "b", "a", "b"]
    frame = pd.DataFrame({"g": groups, "x": NUMBERS})
    expected = frame.groupby("g", sort=False)["x"]
    answers = [getattr(part, reference)() if hasattr(part, reference) else None for _, part in expected]
    if kind in {"first", "last"}:
        answers = list(getattr(expected, reference)())
    found = bench.run({"g": groups, "x": NUMBERS}, Summarize(by=("g",), measures=measures("x", kind)))
    assert found["g"] == ["a", "b"]
    assert found[kind] == [None if isinstance(a, float) and math.isnan(a) else pytest.approx(a, rel=1e-12) for a in answers]


def test_that_far_values_have_the_same_shape(bench: Bench) -> None:
    near = [0.0, 1.0, 2.0, 10.0, 3.0]
    for moved in (0.0, 1.5e9):
        found = bench.run({"x": [value + moved for value in near]}, Summarize(measures=measures("x", "skew", "kurtosis")))
        assert found["skew"] == [pytest.approx(pd.Series(near).skew(), rel=1e-6)]
        assert found["kurtosis"] == [pytest.approx(pd.Series(near).kurt(), rel=1e-6)]
    assert bench.run({"x": [0.1] * 7}, Summarize(measures=measures("x", "skew", "kurtosis"))) == {"skew": [0.0], "kurtosis": [0.0]}


@pytest.mark.parametrize("quantile", [0, 0.1, 0.5, 0.77, 1])
def test_that_quantiles_lie_between_neighbours_as_in_pandas(bench: Bench, quantile: float) -> None:
    step = Summarize(measures=(Measure(column="x", aggregate="quantile", quantile=quantile, name="q"),))
    assert bench.run({"x": NUMBERS}, step)["q"] == [pytest.approx(pd.Series(NUMBERS).quantile(quantile))]


def test_that_lists_texts_and_modes_follow_the_rows(bench: Bench) -> None:
    this = {"g": [1, 2, 1, 1, None, 2], "t": ["b", None, "a", "b", "z", None]}
    assert bench.run(this, Summarize(by=("g",), measures=measures("t", "list", "text", "mode", "distinct", "missing_share"))) == {
        "g": [1, 2, None],
        "list": [["b", "a", "b"], None, ["z"]],
        "text": ["b, a, b", None, "z"],
        "mode": ["b", None, "z"],
        "distinct": [2, 0, 1],
        "missing_share": [0.0, 1.0, 0.0],
    }
    even = {"t": ["z", "a", "a", "z"]}
    assert bench.run(even, Summarize(measures=measures("t", "mode")))["mode"] == ["z"]


def test_that_numbers_in_texts_look_as_they_are_shown(bench: Bench) -> None:
    step = Summarize(measures=(Measure(column="x", aggregate="text", separator="|", name="t"),))
    assert bench.run({"x": [1.0, 1e20, NAN, 0.1]}, step) == {"t": ["1.0|1e+20|0.1"]}


def test_that_errors_are_counted_and_left_out(bench: Bench) -> None:
    step = Summarize(measures=measures("n", "count", "rows", "errors", "missing_share", "sum", "list"))
    assert bench.run({"n": ["1", "x", None, "4"]}, WHOLE, step) == {
        "count": [2], "rows": [4], "errors": [1], "missing_share": [0.25], "sum": [5], "list": [[1, 4]],
    }  # fmt: skip


def test_that_equal_errors_and_missing_keys_form_groups(bench: Bench) -> None:
    found = bench.run({"n": ["x", None, "1", "x", "y", None]}, WHOLE, Summarize(by=("n",), measures=(Measure(aggregate="count"),)))
    assert found == {
        "n": [None, None, 1, None],
        "count": [2, 2, 1, 1],
        "__error__n": ["no whole number\x1fx", None, None, "no whole number\x1fy"],
    }


def test_that_decimals_that_are_not_numbers_group_with_missing_ones(bench: Bench) -> None:
    this = pa.table({"x": pa.array([NAN, None, -0.0, 0.0], pa.float64())})
    found = bench.run(this, Summarize(by=("x",), measures=(Measure(aggregate="count"),)))
    assert found == {"x": [None, 0.0], "count": [2, 2]}
    assert math.copysign(1, found["x"][1]) == 1


def test_that_a_sum_of_whole_numbers_that_is_too_large_is_an_error(bench: Bench) -> None:
    largest = 2**63 - 1
    this = {"g": [1, 1, 2, 2], "n": [largest, 1, largest, -1]}
    found = bench.run(
        this, Summarize(by=("g",), measures=(Measure(column="n", aggregate="sum"), Measure(column="n", aggregate="mean")))
    )
    assert found["n_sum"] == [None, largest - 1]
    assert found["__error__n_sum"] == [f"sum is too large\x1f{largest + 1}", None]
    assert found["n_mean"] == [pytest.approx(2**62), pytest.approx(2**62)]


def test_that_a_deviation_needs_two_values_and_one_that_is_not_finite_is_missing(bench: Bench) -> None:
    kinds = ("std", "variance")
    assert bench.run({"x": [1.0]}, Summarize(measures=measures("x", *kinds))) == {"std": [None], "variance": [None]}
    assert bench.run({"x": [1e308, -1e308]}, Summarize(measures=measures("x", *kinds))) == {"std": [None], "variance": [None]}


def test_that_true_and_false_are_summed_and_averaged(bench: Bench) -> None:
    assert bench.run({"b": [True, None, False, True]}, Summarize(measures=measures("b", "sum", "mean", "max"))) == {
        "sum": [2], "mean": [pytest.approx(2 / 3)], "max": [True],
    }  # fmt: skip


def test_that_summaries_are_joined_back_to_every_row(bench: Bench) -> None:
    this = {"g": ["b", "a", None, "b", None], "n": [1, 2, 3, 4, 5]}
    step = Summarize(by=("g",), measures=(Measure(column="n", aggregate="sum"), Measure(column="n", aggregate="mode", name="n")),
                     join_back=True, prefix="g_")  # fmt: skip
    assert bench.run(this, step) == {**this, "g_n_sum": [5, 2, 8, 5, 8], "g_n": [1, 2, 3, 1, 3]}
    plain = Summarize(measures=(Measure(column="n", aggregate="max", name="n"),), join_back=True)
    assert bench.run(this, plain) == {**this, "n_2": [5] * 5}


def test_that_a_summary_of_no_rows_is_one_row(bench: Bench) -> None:
    nothing = pa.table({"n": pa.array([], pa.int64())})
    found = bench.run(nothing, Summarize(measures=measures("n", "rows", "sum", "mode", "list", "skew")))
    assert found == {"rows": [0], "sum": [None], "mode": [None], "list": [None], "skew": [None]}
    assert bench.run(nothing, Summarize(by=("n",), measures=measures("n", "rows"))) == {"n": [], "rows": []}


def test_that_what_has_no_aggregate_says_so(bench: Bench) -> None:
    found = bench.problems({"t": ["a"]}, Summarize(measures=(Measure(column="t", aggregate="mean"), Measure(aggregate="sum"))))
    assert [problem.message for problem in found] == ["t holds no numbers, so it has no mean.", "Choose a column for the sum."]


# -- pivot, unpivot, transpose


def test_that_values_become_columns_that_are_learned_in_their_order(bench: Bench) -> None:
    this = {"day": [1, 1, 2, 2, 3], "shop": ["b", "a", "b", None, " "], "n": [10, 20, 30, 40, 50]}
    step = Pivot(by=("day",), names_from="shop", values_from="n", aggregate="sum")
    (problem,) = bench.problems(this, step)
    assert "learn it" in problem.message
    learned = bench.learned(this, step)
    assert isinstance(learned, Pivot)
    assert [(c.value, c.name) for c in learned.columns] == [("b", "b"), ("a", "a"), (None, "missing"), (" ", "blank")]
    assert bench.run(this, learned) == {
        "day": [1, 2, 3], "b": [10, 30, None], "a": [20, None, None], "missing": [None, 40, None], "blank": [None, None, 50],
    }  # fmt: skip
    assert bench.notes == []
    fewer = learned.model_copy(update={"columns": (PivotColumn(value="a", name="only"),)})
    assert bench.run(this, fewer) == {"day": [1, 2, 3], "only": [20, None, None]}
    assert bench.notes == ["4 values of shop without a column were left out."]


def test_that_a_pivot_by_numbers_knows_them_by_their_texts_and_keeps_names_when_it_learns_again(bench: Bench) -> None:
    this = {"x": [1.0, 2.5, -0.0, 1.0], "t": ["a", "b", "c", "d"]}
    step = Pivot(names_from="x", values_from="t", aggregate="last", columns=(PivotColumn(value="2.5", name="two and a half"),))
    learned = bench.learned(this, step)
    assert isinstance(learned, Pivot)
    assert [c.name for c in learned.columns] == ["1.0", "two and a half", "0.0"]
    assert bench.run(this, learned) == {"1.0": ["d"], "two and a half": ["b"], "0.0": ["c"]}


def test_that_too_many_columns_are_refused_with_a_sentence(bench: Bench) -> None:
    this = {"n": list(range(1001))}
    with pytest.raises(UserError, match="n has more than 1,000 different values"):
        bench.learned(this, Pivot(names_from="n", aggregate="rows"))
    with pytest.raises(UserError, match="The table has more than 1,000 rows"):
        bench.learned(this, Transpose())


def test_that_columns_become_rows_and_errors_stay(bench: Bench) -> None:
    this = {"id": ["p", "q"], "n": ["1", "x"], "m": [2.5, None]}
    assert bench.run(this, WHOLE, Unpivot(columns=("n", "m"), names_to="what")) == {
        "id": ["p", "p", "q", "q"],
        "what": ["n", "m", "n", "m"],
        "value": [1.0, 2.5, None, None],
        "__error__value": [None, None, "no whole number\x1fx", None],
    }
    dropped = bench.run(this, WHOLE, Unpivot(columns=("m", "n"), drop_missing=True))
    assert dropped["name"] == ["m", "n", "n"]
    found = bench.problems(this, Unpivot(columns=("n", "m"), names_to="ID"))
    assert found[0].message == "Two columns would be called ID."


def test_that_a_table_is_turned_and_turned_back(bench: Bench) -> None:
    this = {"name": ["a", None, "a"], "x": [1, 2, 3], "y": [4, None, 6]}
    learned = bench.learned(this, Transpose(names_from="name"))
    assert isinstance(learned, Transpose)
    assert learned.columns == ("a", "row_2", "a_2")
    assert bench.run(this, learned) == {"column": ["x", "y"], "a": [1, 4], "row_2": [2, None], "a_2": [3, 6]}
    back = Transpose(names_from="column", names_to="name", columns=("x", "y"))
    assert bench.run(this, learned, back) == {"name": ["a", "row_2", "a_2"], "x": [1, 2, 3], "y": [4, None, 6]}
    short = learned.model_copy(update={"columns": ("a",)})
    assert bench.run(this, short) == {"column": ["x", "y"], "a": [1, 4]}
    assert bench.notes == ["2 values in rows beyond the first 1 were left out."]


def test_that_errors_are_turned_with_their_cells(bench: Bench) -> None:
    found = bench.run({"n": ["1", "x"], "m": [3, 4]}, WHOLE, Transpose(columns=("p", "q")))
    assert found == {"column": ["n", "m"], "p": [1, 3], "q": [None, 4], "__error__q": ["no whole number\x1fx", None]}


# -- window


def window(function: str, column: str = "x", **more: object) -> WindowMeasure:
    return WindowMeasure.model_validate({"function": function, "column": column, "name": "w", **more})


@pytest.mark.parametrize(("measure", "reference"), [
    (window("running_sum"), lambda x: x.cumsum().ffill()),
    (window("running_max"), lambda x: x.cummax().ffill()),
    (window("running_mean"), lambda x: x.expanding().mean()),
    (window("rolling_sum"), lambda x: x.rolling(3).sum()),
    (window("rolling_mean", minimum=1), lambda x: x.rolling(3, min_periods=1).mean()),
    (window("rolling_min", rows=2), lambda x: x.rolling(2).min()),
    (window("rolling_max", rows=4, minimum=2), lambda x: x.rolling(4, min_periods=2).max()),
    (window("rolling_std", minimum=2), lambda x: x.rolling(3, min_periods=2).std()),
    (window("lag"), lambda x: x.shift()),
    (window("lead", offset=2), lambda x: x.shift(-2)),
    (window("difference"), lambda x: x.diff()),
    (window("percent_change", offset=2), lambda x: x.pct_change(2)),
    (window("share"), lambda x: x / x.sum()),
])  # fmt: skip
def test_that_windows_are_those_of_pandas(bench: Bench, measure: WindowMeasure, reference: Callable[[Any], Any]) -> None:
    groups = ["a", "b", "a", "a", "a", "b", "a", "b"]
    expected = pd.DataFrame({"g": groups, "x": NUMBERS}).groupby("g")["x"].transform(reference)
    found = bench.run({"g": groups, "x": NUMBERS}, Window(measures=(measure,), by=("g",)))
    assert found["x"] == [None if math.isnan(x) else x for x in NUMBERS]
    assert found["w"] == [None if math.isnan(x) else pytest.approx(x) for x in expected]


@pytest.mark.parametrize(("function", "expected"), [
    ("rank", [2, 5, 1, 2, 4]), ("dense_rank", [2, 4, 1, 2, 3]), ("row_number", [2, 5, 1, 3, 4]),
    ("percent_rank", [0.25, 1, 0, 0.25, 0.75]), ("ntile", [1, 2, 1, 1, 2]),
])  # fmt: skip
def test_that_ranks_count_from_one_with_missing_values_last(bench: Bench, function: str, expected: list[float]) -> None:
    measure = WindowMeasure.model_validate({"function": function, "buckets": 2})
    found = bench.run({"x": [2, None, 1, 2, 3]}, Window(measures=(measure,), order=(SortKey(column="x"),)))
    assert found["x"] == [2, None, 1, 2, 3]
    assert found[function] == expected


def test_that_an_order_holds_only_for_the_window(bench: Bench) -> None:
    step = Window(measures=(window("running_sum"),), order=(SortKey(column="t", descending=True),))
    assert bench.run({"t": ["a", "c", "b"], "x": [1, 2, 3]}, step)["w"] == [6, 2, 5]


def test_that_what_is_taken_of_an_error_is_an_error(bench: Bench) -> None:
    this = {"n": ["1", "x", "4"]}
    broken = "no whole number\x1fx"
    assert bench.run(this, WHOLE, Window(measures=(window("lag", "n"),)))["__error__w"] == [None, None, broken]
    found = bench.run(this, WHOLE, Window(measures=(window("difference", "n"),)))
    assert (found["w"], found["__error__w"]) == ([None] * 3, [None, broken, broken])
    assert bench.run(this, WHOLE, Window(measures=(window("running_sum", "n"),)))["w"] == [1, 1, 5]


def test_that_sums_and_differences_that_are_too_large_are_errors(bench: Bench) -> None:
    largest = 2**63 - 1
    found = bench.run({"x": [largest, 1, -1]}, Window(measures=(window("running_sum"), window("difference", name="d"))))
    assert found["w"] == [largest, None, largest]
    assert found["__error__w"] == [None, f"sum is too large\x1f{largest + 1}", None]
    assert found["d"] == [None, 1 - largest, -2]
    found = bench.run({"x": [largest, -2]}, Window(measures=(window("difference"),)))
    assert found["__error__w"] == [None, f"difference is too large\x1f{-2 - largest}"]


def test_that_days_differ_by_days(bench: Bench) -> None:
    this = {"x": [dt.date(2024, 2, 28), dt.date(2024, 3, 1), None]}
    assert bench.run(this, Window(measures=(window("difference"),)))["w"] == [None, 2, None]


def test_that_a_window_that_cannot_be_says_why(bench: Bench) -> None:
    wrong = (window("rolling_sum", "t"), window("lag", offset=0), window("rolling_max", rows=2, minimum=3), window("share", ""))
    found = bench.problems({"t": ["a"], "x": [1]}, Window(measures=wrong))
    assert [problem.message for problem in found] == [
        "t holds no numbers, so it has no rolling sum.",
        "The number of rows before or after must be at least 1.",
        "As many values as that cannot be among the rows.",
        "Choose a column for share.",
    ]
