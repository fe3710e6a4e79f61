"""Errors are values of their own: they follow their column, and can be filtered, counted and turned back."""

from pathlib import Path

import pytest

from workbench.dataprep.engine import Engine
from workbench.dataprep.engine.views import ErrorCell
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.steps import (
    Condition,
    Convert,
    Expression,
    Filter,
    Join,
    JoinKey,
    Keep,
    Rename,
    Sort,
    SortKey,
    StepBase,
    WriteCsv,
)

TO_NUMBER = Convert(columns=("price",), to="decimal")


@pytest.fixture
def package(project: Path) -> Package:
    """A table with one price that is no number, as a flow `f` without steps."""
    (project / "a.csv").write_text("id,price\n1,2.5\n2,cheap\n3,\n4,7\n")
    return Package(flows=(Dataflow(id="f", name="f", source=FileRef(path="a.csv")),))


def after(package: Package, *steps: StepBase) -> Package:
    return package.with_flow(package.flow("f").with_steps(steps))


def test_that_a_failed_conversion_is_an_error_that_keeps_what_stood_there(package: Package, engine: Engine) -> None:
    with engine.view(after(package, TO_NUMBER), "f") as view:
        window = view.window(0, 10)
        assert window.columns[1] == ("2.5", None, None, "7.0")
        assert window.errors == {(1, 1): ErrorCell("no decimal number", "cheap")}
        assert dict(view.errors) == {"price": 1}


@pytest.mark.parametrize(("operator", "expected"), [
    ("is_error", ("2",)), ("is_not_error", ("1", "3", "4")), ("is_missing", ("3",)), ("is_not_missing", ("1", "2", "4")),
])  # fmt: skip
def test_that_errors_and_missing_values_are_told_apart(
    package: Package, engine: Engine, operator: str, expected: tuple[str, ...]
) -> None:
    wanted = Filter(conditions=(Condition.model_validate({"column": "price", "operator": operator}),))
    with engine.view(after(package, TO_NUMBER, wanted), "f") as view:
        assert view.window(0, 10).columns[0] == expected


def test_that_an_error_follows_its_column_through_other_steps(package: Package, engine: Engine) -> None:
    steps = (
        TO_NUMBER,
        Rename(column="price", to="cost"),
        Expression(column="double", sql="cost * 2"),
        Sort(keys=(SortKey(column="id", descending=True),)),
        Keep(columns=("double", "cost", "id")),
    )
    with engine.view(after(package, *steps), "f") as view:
        window = view.window(0, 10)
        assert window.columns == (("14.0", None, None, "5.0"), ("7.0", None, None, "2.5"), ("4", "3", "2", "1"))
        assert {place: cell.original for place, cell in window.errors.items()} == {(0, 2): "cheap", (1, 2): "cheap"}


def test_that_an_error_survives_a_join_from_either_side_and_another_flow(package: Package, project: Path, engine: Engine) -> None:
    (project / "b.csv").write_text("id,name\n2,two\n4,four\n")
    both = package.with_flow(package.flow("f").with_steps((TO_NUMBER,)))
    names = Dataflow(
        id="n", name="n", source=FileRef(path="b.csv"), steps=(Join(flow="f", keys=(JoinKey(left="id", right="id"),), how="right"),)
    )
    left = Dataflow(
        id="l", name="l", source=FlowRef(flow="f"), steps=(Join(source="b.csv", keys=(JoinKey(left="id", right="id"),)),)
    )
    both = both.with_flow(names).with_flow(left)
    with engine.view(both, "n") as view:
        assert view.columns[2].name == "price"
        assert [cell.original for cell in view.window(0, 10).errors.values()] == ["cheap"]
    with engine.view(both, "l") as view:
        assert view.window(0, 10).columns == (("2", "4"), (None, "7.0"), ("two", "four"))
        assert list(view.window(0, 10).errors) == [(1, 0)]


def test_that_a_column_without_errors_has_no_companion(package: Package, engine: Engine) -> None:
    with engine.view(after(package, Convert(columns=("id",), to="string"), Convert(columns=("id",), to="integer")), "f") as view:
        assert not view.errors
        assert view.arrow(with_errors=True).column_names == ["id", "price"]


def test_that_a_full_run_gives_the_same_as_the_view(package: Package, project: Path, engine: Engine) -> None:
    flow = after(package, TO_NUMBER, Sort(keys=(SortKey(column="price"),)), WriteCsv(path="out.csv"))
    report = engine.run(flow, "f")
    assert (report.rows, [source.rows for source in report.sources]) == (4, [4])
    assert [note.message for note in report.notes] == ["1 value in price is no decimal number and became an error."]
    lines = (project / "out.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", "1", "4", "2", "3"]
