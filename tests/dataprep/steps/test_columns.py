"""What the steps on whole columns do."""

from collections.abc import Callable

import pytest

from workbench.base.errors import UserError
from workbench.dataprep.columns import ColumnInfo, Schema
from workbench.dataprep.engine import Engine
from workbench.dataprep.steps import (
    CleanNames,
    Convert,
    Duplicate,
    Keep,
    Move,
    NewName,
    PathColumn,
    Remove,
    RenameMany,
    Selector,
    StepBase,
)

Run = Callable[..., list[tuple[str | None, ...]]]
SCHEMA: Schema = (ColumnInfo("Path", "string"), ColumnInfo("a", "integer"), ColumnInfo("b", "decimal"), ColumnInfo("Day", "date"))


def after(step: StepBase, schema: Schema = SCHEMA) -> list[str]:
    """The names of the columns after a step."""
    import ibis

    from workbench.dataprep.cells import visible
    from workbench.dataprep.engine.queries import QueryContext

    table = ibis.table({"__row__": "int64", **{c.name: c.ibis_type for c in schema}}, name="t")
    return visible(step.apply(table, QueryContext(lambda other: table, None)))


def message(step: StepBase, schema: Schema = SCHEMA) -> str:
    """The first problem of a step; empty without one."""
    found = step.check(schema)
    return found[0].message if found else ""


def test_that_names_can_be_exchanged() -> None:
    step = RenameMany(names=(NewName(column="a", to="b"), NewName(column="b", to="a")))
    assert message(step) == ""
    assert after(step) == ["Path", "b", "a", "Day"]
    assert step.describe() == "Rename a to b and b to a"


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ({"a": "B"}, "There would be two columns b."),
        ({"c": "d"}, "There is no column c here."),
        ({"a": " "}, "The new name is empty."),
        ({}, "Give at least one column a new name."),
    ],
)
def test_that_wrong_names_are_said(pairs: dict[str, str], sentence: str) -> None:
    step = RenameMany(names=tuple(NewName(column=old, to=new) for old, new in pairs.items()))
    assert message(step).startswith(sentence)


def test_that_all_names_follow_one_example() -> None:
    step = RenameMany.learn(["Order Date", "Ship Date", "Unit Price"], {"Order Date": "order_date"})
    assert step.mapping == {"Order Date": "order_date", "Ship Date": "ship_date", "Unit Price": "unit_price"}
    assert "snake_case" in step.explanation
    with pytest.raises(UserError):
        RenameMany.learn(["a"], {"b": "c"})


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (CleanNames(), ["groesse_cm", "size_cm", "size_cm_2", "x"]),
        (CleanNames(style="pascal"), ["GroesseCm", "SizeCm", "SizeCm_2", "X"]),
        (CleanNames(style="keep", accents=True), ["größe _cm_", "Size-cm", "size cm", "x"]),
        (CleanNames(style="upper", accents=True), ["GRÖSSE_CM", "SIZE_CM", "SIZE_CM_2", "X"]),
    ],
)
def test_that_names_are_cleaned_and_stay_unique(step: CleanNames, names: list[str]) -> None:
    columns = ["größe (cm)", "Size-cm", "size cm", " x "]
    found = list(step.new_names(columns).values())
    assert len({name.lower() for name in found}) == 4
    assert [name.replace("grosse", "groesse").replace("Grosse", "Groesse") for name in found] == names


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        (Selector(pattern="a"), ["Path", "a", "Day"]),
        (Selector(pattern="A", ignore_case=False), []),
        (Selector(pattern="A", whole=True), ["a"]),
        (Selector(pattern="^.$", regex=True), ["a", "b"]),
        (Selector(types=("integer", "decimal")), ["a", "b"]),
        (Selector(types=("date",), invert=True), ["Path", "a", "b"]),
        (Selector(pattern="a", types=("integer",)), ["a"]),
        (Selector(), ["Path", "a", "b", "Day"]),
    ],
)
def test_that_a_selector_finds_columns_in_any_table(selector: Selector, names: list[str]) -> None:
    assert selector.chosen(SCHEMA) == names


def test_that_columns_are_kept_and_removed_by_selectors() -> None:
    assert after(Keep(columns=("Day",), select=Selector(types=("integer",)))) == ["Day", "a"]
    assert after(Remove(columns=("Day",), select=Selector(pattern="^[ab]$", regex=True))) == ["Path"]
    assert Remove(select=Selector(types=("integer",))).describe() == "Remove columns that hold whole number values"
    assert message(Remove(select=Selector(pattern="("))).startswith("This would") is False
    assert "not a regular expression" in message(Keep(select=Selector(pattern="(", regex=True)))
    assert (
        message(Keep(select=Selector(pattern="zzz")))
        == "There are no columns whose names contain 'zzz' here, so that nothing would be left."
    )
    assert [problem.severity for problem in Remove(select=Selector(pattern="zzz")).check(SCHEMA)] == ["info"]
    assert message(Remove(select=Selector())) == "This would remove every column."
    assert message(Keep()) == "Choose at least one column to keep."


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (Move(columns=("b", "a")), ["b", "a", "Path", "Day"]),
        (Move(columns=("a",), to="last"), ["Path", "b", "Day", "a"]),
        (Move(columns=("Day", "Path"), to="before", anchor="b"), ["a", "Day", "Path", "b"]),
        (Move(columns=("Path",), to="after", anchor="a"), ["a", "Path", "b", "Day"]),
        (Move(columns=("Path",), to="index", index=2), ["a", "b", "Path", "Day"]),
    ],
)
def test_that_columns_move(step: Move, names: list[str]) -> None:
    assert message(step) == ""
    assert after(step) == names


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Move(columns=()), "Choose at least one column"),
        (Move(columns=("a",), to="before"), "Choose the column before which"),
        (Move(columns=("a",), to="after", anchor="a"), "a cannot stand after itself"),
        (Move(columns=("a",), to="before", anchor="c"), "There is no column c"),
        (Move(columns=("a",), to="index", index=4), "There is no position 5"),
        (Duplicate(columns=("a", "b"), names=("c",)), "There are 2 columns, but 1 names"),
        (Duplicate(columns=("a",), names=("B",)), "There is a column B already"),
        (Duplicate(columns=("a", "b"), names=("c", "C")), "There is a column C already"),
    ],
)
def test_that_what_cannot_be_is_said(step: StepBase, sentence: str) -> None:
    assert message(step).startswith(sentence)


def test_that_copies_stand_right_of_their_sources() -> None:
    assert after(Duplicate(columns=("Day", "a"))) == ["Path", "a", "a_copy", "b", "Day", "Day_copy"]
    assert after(Duplicate(columns=("a",)), (ColumnInfo("a", "string"), ColumnInfo("A_COPY", "string"))) == [
        "a",
        "a_copy_2",
        "A_COPY",
    ]
    assert after(Duplicate(columns=("a",), names=("z",))) == ["Path", "a", "z", "b", "Day"]


def test_that_the_path_column_is_first_or_gone() -> None:
    moved = (SCHEMA[1], SCHEMA[0])
    assert after(PathColumn(), moved) == ["Path", "a"]
    assert after(PathColumn(action="drop"), moved) == ["a"]
    assert [problem.severity for problem in PathColumn(action="drop").check((SCHEMA[1],))] == ["info"]
    assert after(PathColumn(action="drop"), (SCHEMA[1],)) == ["a"]
    assert message(PathColumn(), (SCHEMA[1],)).startswith("There is no column Path here.")


def test_that_errors_follow_their_columns(run_steps: Run, engine: Engine) -> None:
    from workbench.dataprep.steps import Condition, Filter

    steps = (
        Convert(columns=("n",), to="integer"),
        Duplicate(columns=("n",)),
        RenameMany(names=(NewName(column="n_copy", to="k"), NewName(column="n", to="n_copy"))),
        Move(columns=("n_copy",), to="last"),
        Filter(conditions=(Condition(column="k", operator="is_error"), Condition(column="n_copy", operator="is_error"))),
    )
    rows = run_steps('a,n\n1,"2"\n2,x\n', *steps)
    assert [row[0] for row in rows] == ["2"]
