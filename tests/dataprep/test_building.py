"""Flows in code: the verbs of the designer, computed when their rows are asked for."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import workbench.dataprep as dataprep
from workbench.base.errors import NotFound, UserError
from workbench.dataprep.building import Flow, close_engines
from workbench.dataprep.building.verbs import verb_name
from workbench.dataprep.package import Package
from workbench.dataprep.steps import STEPS, Condition, MinMaxScale

FLIGHTS = "sched,arr_delay,origin\n515,11,EWR\n1905,-20,LGA\n630,33,JFK\n1200,,EWR\n"


@pytest.fixture
def folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (project / "flights.csv").write_text(FLIGHTS)
    (project / "airports.csv").write_text("origin,name\nEWR,Newark\nJFK,Kennedy\n")
    monkeypatch.chdir(project)
    yield project
    close_engines()


def test_that_every_step_has_a_verb_with_its_fields_and_its_sentence() -> None:
    for op, step in STEPS.items():
        verb = getattr(Flow, verb_name(op))
        assert inspect.getdoc(verb), op
        if verb.__name__ not in Flow.__dict__ or not hasattr(verb, "__signature__"):
            continue
        assert "self" in inspect.signature(verb).parameters
        assert inspect.getdoc(verb) == inspect.getdoc(step)
    assert list(inspect.signature(getattr(Flow, verb_name("min_max_scale"))).parameters)[:3] == ["self", "columns", "suffix"]


def test_that_nothing_is_read_until_rows_are_wanted(folder: Path) -> None:
    flow = dataprep.source("missing.csv").filter("a > 0").rename("a", "b")
    assert repr(flow).splitlines()[1:] == ["  1. Keep rows where a > 0", "  2. Rename a to b"]
    with pytest.raises(NotFound, match=r"missing\.csv"):
        flow.head()


def test_that_flows_are_immutable_and_verbs_compute_what_the_designer_does(folder: Path) -> None:
    flights = dataprep.source("flights.csv")
    late = flights.filter("arr_delay > 0")
    window = late.derive_column("window", from_="sched", examples={"515": "5AM-6AM"}).keep("window", "arr_delay")
    assert flights.steps == ()
    assert window.head(5).to_dict("list") == {"window": ["5AM-6AM", "6AM-7AM"], "arr_delay": [11, 33]}
    assert flights.row_count == 4
    assert [(column.name, column.type) for column in window.schema] == [("window", "string"), ("arr_delay", "integer")]


def test_that_conditions_filter_too(folder: Path) -> None:
    flights = dataprep.source("flights.csv")
    missing = Condition(column="arr_delay", operator="is_missing")
    assert flights.filter(missing).to_pandas()["sched"].tolist() == [1200]
    assert flights.filter(missing, Condition(column="origin", operator="equals", value="JFK"), match="any").row_count == 2
    assert flights.filter("arr_delay > 0", "origin = 'JFK'").row_count == 1
    for wrong in ((), (3,), (missing, "a > 1")):
        with pytest.raises(UserError, match="filter takes"):
            flights.filter(*wrong)


def test_that_rows_are_grouped_sorted_and_renamed(folder: Path) -> None:
    flow = dataprep.source("flights.csv").summarize(by="origin", mean="arr_delay", count=True).rename({"count": "n"})
    table = flow.sort("n", descending=True).to_polars()
    assert isinstance(table, pl.DataFrame)
    assert table.to_dict(as_series=False) == {
        "origin": ["EWR", "LGA", "JFK"],
        "arr_delay_mean": [11.0, -20.0, 33.0],
        "n": [2, 1, 1],
    }


def test_that_flows_join_flows_files_and_frames(folder: Path) -> None:
    airports = dataprep.source("airports.csv").set("short", "upper(name)")
    flights = dataprep.source("flights.csv")
    expected = ["NEWARK", "KENNEDY", "NEWARK"]
    assert flights.join(airports, on="origin").to_pandas()["short"].tolist() == expected
    assert flights.join("airports.csv", on={"origin": "origin"}).to_pandas()["name"].tolist() == ["Newark", "Kennedy", "Newark"]
    frame = pd.DataFrame({"code": ["LGA"], "name": ["La Guardia"]})
    other = dataprep.source(frame, name="guardia")
    assert flights.join(other, on={"origin": "code"}).to_pandas()["name"].tolist() == ["La Guardia"]
    assert flights.join(flights.keep("origin").remove_duplicates(), on="origin", how="left").row_count == 4
    assert flights.append_rows(flights.top(1), "flights.csv").row_count == 9


def test_that_steps_learn_when_they_are_added_unless_told_otherwise(folder: Path) -> None:
    flights = dataprep.source("flights.csv")
    scaled = flights.min_max_scale("arr_delay")
    step = scaled.steps[0]
    assert isinstance(step, MinMaxScale)
    assert step.learned
    later = flights.min_max_scale("arr_delay", learn=False)
    assert not later.steps[0].learned
    assert later.learn(1).to_pandas()["arr_delay"].tolist()[:3] == scaled.to_pandas()["arr_delay"].tolist()[:3]
    with pytest.raises(UserError, match="there is no step 2"):
        later.learn(2)
    framed = flights.script_frame("df.assign(double=df['arr_delay'] * 2)")
    assert framed.columns == ["sched", "arr_delay", "origin", "double"]
    assert flights.script_column("x", "row.sched / 2").head(1)["x"].tolist() == [257.5]


def test_that_a_package_is_saved_with_the_flows_that_it_needs_and_opened_again(folder: Path) -> None:
    airports = dataprep.source("airports.csv")
    flow = dataprep.source("flights.csv").join(airports, on="origin").write_csv("out.csv")
    flow.save("sub/flights.wbprep")
    saved = Package.load(folder / "sub/flights.wbprep")
    assert [each.source.path for each in saved.flows] == ["../airports.csv", "../flights.csv"]  # type: ignore[union-attr]
    again = dataprep.open_package("sub/flights.wbprep").top(2)
    assert again.to_pandas()["name"].tolist() == ["Newark", "Kennedy"]
    assert again.run().outputs[0].path == folder / "out.csv"
    other = dataprep.open_package("sub/flights.wbprep", inputs={"flights": pd.DataFrame({"sched": [1], "origin": ["JFK"]})})
    assert other.to_pandas()["name"].tolist() == ["Kennedy"]


def test_that_a_flow_branches_works_on_samples_and_profiles(folder: Path) -> None:
    flow = dataprep.source("flights.csv", sample=2)
    assert flow.row_count == 2
    assert flow.on_sample(None).branch("b").top(3).row_count == 3
    profile = flow.on_sample(None).profile()
    assert (profile["arr_delay"].missing, profile["origin"].distinct) == (1, 3)
    assert flow.convert("origin", to="integer").errors == {"origin": 2}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda flow: flow.trim("a", wrong=1), "The step trim has no setting wrong"),
        (lambda flow: flow.trim("a", columns=["b"]), "is given columns twice"),
        (lambda flow: flow.top(1, 2), "takes at most 1 values"),
        (lambda flow: flow.top("many"), "The step top cannot be made so: count"),
    ],
)
def test_that_wrong_arguments_are_one_sentence(folder: Path, call: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        call(dataprep.source("flights.csv"))  # type: ignore[operator]


def test_that_a_flow_is_printed_as_code(folder: Path) -> None:
    code = dataprep.source("flights.csv").filter("arr_delay > 0").code("sql")
    assert "arr_delay" in code
