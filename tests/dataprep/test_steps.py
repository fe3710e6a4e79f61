"""What each step does to the rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    STEPS,
    Condition,
    Convert,
    Derive,
    Expression,
    FillMissing,
    Filter,
    Join,
    JoinKey,
    Keep,
    Measure,
    Operator,
    Remove,
    RemoveDuplicates,
    Rename,
    Replace,
    Sort,
    SortKey,
    Split,
    Summarize,
    Top,
    Trim,
)

Run = Callable[..., list[tuple[str | None, ...]]]
DATA = "k,n,s\na,3,x y\nb,,z w\na,1,\nc,3,q r\n"


def keep(operator: Operator, value: str = "", column: str = "n", **more: object) -> Filter:
    return Filter(conditions=(Condition.model_validate({"column": column, "operator": operator, "value": value, **more}),))


def test_that_columns_are_renamed_removed_and_kept_in_order(run_steps: Run) -> None:
    assert run_steps(DATA, Rename(column="n", to="m"), Keep(columns=("s", "m")), Remove(columns=("s",)))[0] == ("3",)


@pytest.mark.parametrize(
    ("step", "ns"),
    [
        (keep("equals", "3"), ["3", "3"]),
        (keep("not_equals", "3"), [None, "1"]),
        (keep("greater", "1"), ["3", "3"]),
        (keep("between", "1", value2="2"), ["1"]),
        (keep("is_missing"), [None]),
        (keep("one_of", values=("1", "3")), ["3", "1", "3"]),
        (keep("contains", "w", "s"), [None]),
        (keep("not_contains", "w", "s"), ["3", "1", "3"]),
        (keep("matches", "^[xq]", "s"), ["3", "3"]),
        (keep("equals", "3").model_copy(update={"action": "remove"}), [None, "1"]),
    ],
)
def test_that_a_filter_keeps_missing_values_apart(run_steps: Run, step: Filter, ns: list[str | None]) -> None:
    assert [row[1] for row in run_steps(DATA, step)] == ns


def test_that_conditions_join_by_any(run_steps: Run) -> None:
    both = (Condition(column="k", operator="equals", value="b"), Condition(column="n", operator="less", value="2"))
    assert [row[0] for row in run_steps(DATA, Filter(conditions=both, match="any"))] == ["b", "a"]


def test_that_sorting_is_stable_with_missing_values_last(run_steps: Run) -> None:
    rows = run_steps(DATA, Sort(keys=(SortKey(column="n", descending=True),)))
    assert [row[:2] for row in rows] == [("a", "3"), ("c", "3"), ("a", "1"), ("b", None)]


def test_that_of_duplicates_the_first_row_stays_in_its_place(run_steps: Run) -> None:
    rows = run_steps(DATA, RemoveDuplicates(columns=("k",)))
    assert [row[:2] for row in rows] == [("a", "3"), ("b", None), ("c", "3")]


def test_that_top_takes_the_first_rows_after_a_sort(run_steps: Run) -> None:
    rows = run_steps(DATA, Sort(keys=(SortKey(column="k", descending=True),)), Top(count=2))
    assert [row[0] for row in rows] == ["c", "b"]


def test_that_groups_come_in_the_order_of_their_first_rows(run_steps: Run) -> None:
    measures = (Measure(aggregate="count"), Measure(column="n", aggregate="sum"), Measure(column="n", aggregate="mean", name="m"))
    assert run_steps("k,n\nb,1\na,2\nb,4\n", Summarize(by=("k",), measures=measures)) == [
        ("b", "2", "5", "2.5"),
        ("a", "1", "2", "2.0"),
    ]


def test_that_values_are_replaced_filled_trimmed_and_split(run_steps: Run) -> None:
    rows = run_steps(
        DATA,
        Replace(columns=("n",), find="3", replacement="30"),
        FillMissing(columns=("n",), value="0"),
        Replace(columns=("s",), find=" ", replacement="  - ", whole=False),
        Split(column="s", delimiter="-", parts=2),
        Trim(columns=("s_1", "s_2")),
    )
    assert rows[:2] == [("a", "30", "x  - y", "x", "y"), ("b", "0", "z  - w", "z", "w")]
    assert rows[2] == ("a", "1", None, None, None)


def test_that_conversion_makes_what_does_not_fit_missing(run_steps: Run) -> None:
    rows = run_steps("a,b\n1.5,x\n1.0,y\n7,z\n", Convert(columns=("a",), to="integer"))
    assert [row[0] for row in rows] == [None, "1", "7"]


def test_that_dates_are_converted_by_formats(run_steps: Run) -> None:
    rows = run_steps("day,b\n1/2/20,p\nhello,q\n", Convert(columns=("day",), to="date", formats=("%d/%m/%y",)))
    assert [row[0] for row in rows] == ["2020-02-01", None]


def test_that_an_expression_makes_a_column(run_steps: Run) -> None:
    rows = run_steps(DATA, Expression(column="m", sql="n * 2 + 1"), Expression(column="k", sql="upper(k)"))
    assert [(row[0], row[-1]) for row in rows] == [("A", "7"), ("B", None), ("A", "3"), ("C", "7")]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("nn + 1", "There is no column nn here. Did you mean n"),
        ("no_such(n)", "no function no_such"),
        ("n +", "not valid SQL"),
        ("sum(n)", "many rows"),
        ("(select 1)", "queries do not belong"),
        ("1; drop table x", "without ';'"),
    ],
)
def test_that_a_wrong_expression_gives_a_sentence(run_steps: Run, sql: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        run_steps(DATA, Expression(column="m", sql=sql))


def test_that_a_derived_column_stands_right_of_its_input(run_steps: Run) -> None:
    examples = [(("517",), "5AM-6AM"), (("1733",), "5PM-6PM")]
    step = Derive.learn("hours", ("t",), examples, [("517",), ("1733",), ("5",), ("1200",)])
    rows = run_steps("t,x\n517,1\n1733,2\nNA,3\n35x,4\n1200,5\n5,6\n", step)
    assert [row[1] for row in rows] == ["5AM-6AM", "5PM-6PM", None, None, "12PM-1PM", "12AM-1AM"]
    assert rows[0] == ("517", "5AM-6AM", "1")


def test_that_a_column_is_learned_over_rows_whose_output_is_not_known() -> None:
    rows = [("Ada Lovelace",), ("Grace Brewster Hopper",), ("Alan Turing",)]
    step = Derive.learn("last", ("name",), [(rows[0], "Lovelace")], rows)
    assert [step.load_program().run(row) for row in rows] == ["Lovelace", "Hopper", "Turing"]


def test_that_a_program_without_a_native_form_runs_and_says_so(run_steps: Run) -> None:
    step = Derive.learn("q", ("a", "b"), [(("84", "4"), "21"), (("65", "13"), "5"), (("90", "8"), "11.25")])
    assert run_steps("a,b\n7,2\n9,0\n,3\n", step) == [("7", "2", "3.5"), ("9", "0", None), (None, "3", None)]
    schema = (ColumnInfo("a", "integer"), ColumnInfo("b", "integer"))
    found = step.limits(schema, "duckdb")
    assert (step.check(schema), [problem.severity for problem in found]) == ([], ["info"])
    assert found[0].message == "Runs as a Python function: Arithmetic has no native form for a division."


def test_that_a_program_with_a_native_form_is_tried_once_on_the_same_rows(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("t\n517\n1733\nNA\n")
    step = Derive.learn("hours", ("t",), [(("517",), "5AM-6AM")])
    assert step.check((ColumnInfo("t", "integer"),)) == []
    for kept in (("hours",), ("t", "hours")):
        flow = Dataflow(name="f", source=FileRef(path="a.csv"), steps=(step, Keep(columns=kept)))
        with engine.view(Package(flows=(flow,)), "f") as view:
            assert view.window(0, 3).columns[-1] == ("5AM-6AM", "5PM-6PM", None)
            assert view.notes == ()
    assert list(engine._store.agreements.values()) == [True]


def test_that_a_program_of_an_earlier_version_says_what_to_do() -> None:
    step = Derive(column="d", inputs=("t",), program={"version": 1, "program": {"column": 0}})
    found = step.check((ColumnInfo("t", "string"),))
    assert [problem.severity for problem in found] == ["error"]
    assert "version 1" in found[0].message
    assert "its examples are kept" in found[0].message
    with pytest.raises(UserError, match="version 1"):
        step.load_program()


def test_that_a_derived_column_may_be_a_number_and_a_plain_join_of_columns(run_steps: Run) -> None:
    number = Derive.learn("m", ("t",), [(("112",), "110")]).model_copy(update={"type": "integer"})
    joined = Derive.learn("j", ("x", "t"), [(("a", "112"), "a-112")])
    assert run_steps("t,x\n112,a\n117,b\n,c\n", number, joined) == [
        ("112", "110", "a", "a-112"),
        ("117", "120", "b", "b-117"),
        (None, None, "c", None),
    ]


def test_that_contradicting_examples_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="contradict each other"):
        Derive.learn("x", ("a",), [(("1",), "a"), (("1",), "b")])


@pytest.mark.parametrize(("how", "expected"), [
    ("inner", [("a", "1", "10"), ("a", "1", "11"), ("b", "2", "20")]),
    ("left", [("a", "1", "10"), ("a", "1", "11"), ("b", "2", "20"), ("c", "3", None)]),
    ("right", [("a", "1", "10"), ("a", "1", "11"), ("b", "2", "20"), ("d", None, "40")]),
    ("full", [("a", "1", "10"), ("a", "1", "11"), ("b", "2", "20"), ("c", "3", None), ("d", None, "40")]),
    ("left_anti", [("c", "3")]),
])  # fmt: skip
def test_that_a_join_keeps_the_rows_that_it_says(
    run_steps: Run, project: object, how: str, expected: list[tuple[str | None, ...]]
) -> None:
    from pathlib import Path

    assert isinstance(project, Path)
    (project / "other.csv").write_text("key,v\nd,40\na,10\na,11\nb,20\n")
    step = Join.model_validate({"source": "other.csv", "keys": [{"left": "k", "right": "key"}], "how": how})
    rows = run_steps("k,n\na,1\nb,2\nc,3\n", step)
    assert sorted(rows, key=str) == sorted(expected, key=str)
    assert rows == expected or how in {"right", "outer"}


def test_that_clashing_columns_of_a_join_get_the_prefix(run_steps: Run, project: object) -> None:
    from pathlib import Path

    assert isinstance(project, Path)
    (project / "other.csv").write_text("k,n\na,10\n")
    rows = run_steps("k,n\na,1\n", Join(source="other.csv", keys=(JoinKey(left="k", right="k"),)), Keep(columns=("k", "n", "r_n")))
    assert rows == [("a", "1", "10")]


def test_that_a_step_names_the_closest_columns() -> None:
    schema = (ColumnInfo("departure", "integer"), ColumnInfo("arrival", "integer"))
    (problem,) = Remove(columns=("depature",)).check(schema)
    assert problem.message == "There is no column depature here. Did you mean departure?"


def test_that_every_step_describes_itself_in_one_line() -> None:
    made = [
        Rename(column="a", to="b"),
        Remove(columns=("a",)),
        Keep(columns=("a",)),
        Convert(columns=("a",), to="date"),
        keep("equals", "1"),
        Split(column="a", delimiter=","),
        Replace(columns=("a",), find="x"),
        FillMissing(columns=("a",), value="0"),
        Trim(columns=("a",)),
        Expression(column="a", sql="1"),
        Sort(keys=(SortKey(column="a"),)),
        RemoveDuplicates(),
        Top(count=5),
        Summarize(measures=(Measure(aggregate="count"),)),
        Join(flow="x", keys=(JoinKey(left="a", right="a"),)),
    ]
    for step in made:
        assert step.describe()
        assert "\n" not in step.describe()
        assert step.op in STEPS


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60))
def test_that_sorting_any_numbers_orders_them_and_loses_none(run_steps: Run, numbers: list[int]) -> None:
    rows = run_steps("n,i\n" + "".join(f"{n},{i}\n" for i, n in enumerate(numbers)), Sort(keys=(SortKey(column="n"),)))
    expected = sorted(enumerate(numbers), key=lambda item: item[1])
    assert rows == [(str(n), str(i)) for i, n in expected]
