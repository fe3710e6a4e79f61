"""Whole flows as code: several steps, other flows, text files, and error cells that later steps look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dataprep.printing.languages import unequal
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.printing import LANGUAGES, Language, print_flow
from workbench.dataprep.steps import Condition, Convert, Filter, Join, JoinKey, Measure, Rename, Sort, SortKey, Summarize, Trim

QUICK: list[Language] = ["pandas", "polars", "sql", "ibis"]


@pytest.fixture
def package(project: Path) -> Package:
    """Orders of a text file, joined with the names of shops that another flow prepares."""
    (project / "orders.csv").write_text("shop,price,day\na,1.5,2024-01-02\nb,2,2024-01-03\na,x,\nc,4,2024-02-01\n")
    (project / "shops.csv").write_text("code;name\na; Anna \nb;Bert\n")
    shops = Dataflow(id="s", name="shops", source=FileRef(path="shops.csv"), steps=(Trim(columns=("name",)),))
    steps = (
        Rename(column="price", to="paid"),
        Convert(columns=("paid",), to="decimal"),
        Join(flow="s", name="shops", keys=(JoinKey(left="shop", right="code"),), how="left"),
        Sort(keys=(SortKey(column="day", descending=True),)),
    )
    orders = Dataflow(id="o", name="orders", source=FileRef(path="orders.csv"), steps=steps)
    totals = Summarize(by=("name",), measures=(Measure(column="paid", aggregate="sum"), Measure(aggregate="count")))
    sums = Dataflow(id="t", name="totals", source=FlowRef(flow="o"), steps=(totals,))
    return Package(flows=(shops, orders, sums)).save(project / "orders.wbprep")


@pytest.mark.parametrize("language", QUICK)
@pytest.mark.parametrize("flow", ["shops", "orders", "totals"])
def test_that_flows_with_other_flows_give_the_same(
    package: Package, engine: Engine, project: Path, language: Language, flow: str
) -> None:
    code = print_flow(package, flow, language, project)
    assert unequal(language, code, engine.to_arrow(package, flow)) == [], code


@pytest.mark.parametrize("language", QUICK)
@pytest.mark.parametrize("operator", ["is_error", "is_missing"])
def test_that_error_cells_are_told_from_missing_ones(engine: Engine, project: Path, language: Language, operator: str) -> None:
    (project / "data.csv").write_text("number,name\n1,Ann Lee\ntwo,Bo Day\n,Cy May\n")
    condition = Condition.model_validate({"column": "number", "operator": operator})
    steps = (Convert(columns=("number",), to="integer"), Filter(conditions=(condition,)))
    package = Package(flows=(Dataflow(name="data", source=FileRef(path="data.csv"), steps=steps),))
    code = print_flow(package, "data", language, project)
    wanted = engine.to_arrow(package, "data")
    assert wanted.num_rows == 1
    assert unequal(language, code, wanted) == [], code


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_each_step_says_what_it_does(package: Package, project: Path, language: Language) -> None:
    code = print_flow(package, "orders", language, project)
    assert "1. Rename price to paid" in code
    assert "4. Sort by day descending" in code


def test_that_an_unknown_language_is_told(package: Package, project: Path) -> None:
    with pytest.raises(UserError, match="cannot be printed as 'cobol'"):
        print_flow(package, "orders", "cobol", project)
