"""A package run on data that changed: what is said of the sources and of every step, and what adapting makes of it."""

from pathlib import Path
from typing import Any

import pytest

from workbench.base.errors import UserError
from workbench.dataprep.drift import DriftReport, Mode, examine
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources import DataSource, DelimitedSpec
from workbench.dataprep.steps import (
    Convert,
    Expression,
    Filter,
    Join,
    Keep,
    OneHot,
    Remove,
    Sort,
    StepBase,
    Summarize,
    Trim,
    WriteCsv,
)
from workbench.dataprep.steps.rows.conditions import Condition
from workbench.dataprep.steps.rows.order import SortKey
from workbench.dataprep.steps.tables.join import JoinKey
from workbench.dataprep.steps.tables.summarize import Measure

SALES = """day,city,amount,count,note
13/01/2024,Oslo,10.5,1,a
14/01/2024,Bergen,20.25,2,b
15/02/2024,Oslo,7.75,3,c
"""
EXPENSIVE = Expression(column="total", sql='amount * "count"')
BIG = Filter(conditions=(Condition(column="amount", operator="greater", value="8"),))


def source(project: Path, text: str, name: str = "sales") -> Path:
    """Writes the data file, and its definition when there is none yet."""
    data = project / f"{name}.csv"
    data.write_text(text)
    if not (project / f"{name}.wbsource").exists():
        DataSource.create(data, project).save(project / f"{name}.wbsource")
    return data


def package(*steps: StepBase) -> Package:
    return Package(flows=(Dataflow(id="f", name="sales", source=FileRef(path="sales.wbsource"), steps=steps),))


def look(engine: Engine, project: Path, text: str, *steps: StepBase, mode: Mode = "warn") -> DriftReport:
    """The report on a flow that was made for SALES and finds `text`."""
    source(project, SALES)
    source(project, text)
    return examine(engine, package(*steps), "f", mode)


def rows(engine: Engine, report: DriftReport) -> list[tuple[Any, ...]]:
    """What the flow of a report gives."""
    with engine.with_inputs({**engine.inputs, **report.inputs}).view(report.package, "f") as view:
        return list(zip(*view.window(0, 100).columns, strict=True))


def statuses(report: DriftReport) -> list[str]:
    return [verdict.status for verdict in report.verdicts]


@pytest.mark.parametrize("mode", ["strict", "warn", "adapt"])
def test_that_unchanged_data_run_as_intended(project: Path, engine: Engine, mode: Mode) -> None:
    report = look(engine, project, SALES, EXPENSIVE, BIG, mode=mode)
    assert (report.changes, statuses(report), report.drifted, report.may_run) == ((), ["as_intended"] * 2, False, True)
    assert report.package == package(EXPENSIVE, BIG)
    report.refuse()


def test_that_more_rows_and_another_order_of_columns_are_no_drift(project: Path, engine: Engine) -> None:
    text = "note,count,city,day,amount\nz,5,Oslo,20/03/2024,1.5\n" + "y,6,Bergen,21/03/2024,2\n" * 50
    report = look(engine, project, text, EXPENSIVE, BIG, mode="strict")
    assert not report.drifted


def test_that_a_gone_column_stops_the_steps_that_need_it(project: Path, engine: Engine) -> None:
    text = "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in SALES.splitlines()) + "\n"
    report = look(engine, project, text, EXPENSIVE, Trim(columns=("city",)), BIG)
    assert [change.kind for change in report.changes] == ["gone"]
    assert statuses(report) == ["cannot_run", "as_intended", "cannot_run"]
    assert "amount" in report.verdicts[0].how
    assert not report.may_run
    with pytest.raises(UserError, match=r"have changed: Step 1 .* cannot run") as raised:
        report.refuse()
    assert "adapt" in raised.value.hint


def test_that_a_renamed_column_is_recognised_and_gets_its_name_back(project: Path, engine: Engine) -> None:
    text = SALES.replace("amount", "Amount_EUR")
    warned = look(engine, project, text, EXPENSIVE, BIG, Trim(columns=("city",)))
    assert [(change.kind, change.column, change.to) for change in warned.changes] == [("renamed", "amount", "Amount_EUR")]
    assert statuses(warned) == ["cannot_run", "cannot_run", "as_intended"]
    report = look(engine, project, text, EXPENSIVE, BIG, Trim(columns=("city",)), mode="adapt")
    assert statuses(report) == ["adapted", "adapted", "as_intended"]
    assert report.verdicts[0].how == "amount is found as Amount_EUR and gets its old name back"
    assert [row[2] for row in rows(engine, report)] == ["10.5", "20.25"]
    assert [step.op for step in report.package.flow("f").steps] == ["rename_many", "expression", "filter", "trim"]


def test_that_an_unlike_name_is_not_taken_for_a_renamed_column(project: Path, engine: Engine) -> None:
    report = look(engine, project, SALES.replace("note", "zzyzx"), BIG)
    assert {(change.kind, change.column) for change in report.changes} == {("gone", "note"), ("new", "zzyzx")}
    assert statuses(report) == ["as_intended"]


def test_that_a_new_column_is_told_and_stops_only_the_strict(project: Path, engine: Engine) -> None:
    text = "\n".join(f"{line},{extra}" for line, extra in zip(SALES.splitlines(), ("vip", "1", "0", "1"), strict=True)) + "\n"
    report = look(engine, project, text, BIG)
    assert [change.sentence for change in report.changes] == ["The column vip of sales.csv is new."]
    assert report.may_run
    with pytest.raises(UserError, match="The column vip of sales"):
        look(engine, project, text, BIG, mode="strict").refuse()


def test_that_another_order_of_day_and_month_is_told_and_read_rightly_when_adapting(project: Path, engine: Engine) -> None:
    text = SALES.replace("13/01/", "01/13/").replace("14/01/", "01/14/").replace("15/02/", "02/05/")
    steps = (Sort(keys=(SortKey(column="day"),)), Trim(columns=("city",)))
    warned = look(engine, project, text, *steps)
    (change,) = warned.changes
    assert (change.kind, change.column, change.to) == ("format", "day", "%m/%d/%Y")
    assert warned.verdicts[0].notes == (change.sentence,)
    report = look(engine, project, text, *steps, mode="adapt")
    assert statuses(report) == ["adapted", "as_intended"]
    assert [row[0] for row in rows(engine, report)] == ["2024-01-13", "2024-01-14", "2024-02-05"]
    kept = DataSource.load(project / "sales.wbsource").spec
    assert isinstance(kept, DelimitedSpec)
    assert kept.columns[0].format == "%d/%m/%Y"


def test_that_dates_that_fit_either_order_are_no_drift(project: Path, engine: Engine) -> None:
    text = "day,city,amount,count,note\n01/02/2024,Oslo,1.5,1,a\n03/04/2024,Oslo,2.5,1,a\n"
    assert not look(engine, project, text, BIG).drifted


def test_that_other_marks_in_numbers_are_told_and_read_rightly_when_adapting(project: Path, engine: Engine) -> None:
    text = 'day,city,amount,count,note\n13/01/2024,Oslo,"1.010,5",1,a\n14/01/2024,Bergen,"20,25",2,b\n'
    warned = look(engine, project, text, BIG)
    assert any("decimal comma" in change.sentence for change in warned.changes)
    report = look(engine, project, text, BIG, mode="adapt")
    assert [row[2] for row in rows(engine, report)] == ["1010.5", "20.25"]


def test_that_whole_numbers_that_became_decimal_are_told_and_kept_when_adapting(project: Path, engine: Engine) -> None:
    text = SALES.replace("20.25,2,", "20.25,2.5,")
    report = look(engine, project, text, EXPENSIVE)
    assert [(change.kind, change.column, change.to) for change in report.changes] == [("type", "count", "decimal")]
    report = look(engine, project, text, EXPENSIVE, mode="adapt")
    assert statuses(report) == ["adapted"]
    assert [row[3] for row in rows(engine, report)] == ["1", "2.5", "3"] or [row[3] for row in rows(engine, report)][1] == "2.5"


def test_that_texts_among_numbers_are_told_and_become_errors(project: Path, engine: Engine) -> None:
    report = look(engine, project, SALES.replace("20.25", "unknown"), BIG)
    assert [change.sentence for change in report.changes] == [
        "Not all values of amount are a decimal number any more: those that are not become errors."
    ]
    assert statuses(report) == ["as_intended"]
    assert report.verdicts[0].notes


def test_that_a_new_marker_of_missing_values_is_told(project: Path, engine: Engine) -> None:
    text = SALES.replace("20.25", "N/A")
    assert [change.kind for change in look(engine, project, text, BIG).changes] == ["missing"]
    report = look(engine, project, text, mode="adapt")
    assert [row[2] for row in rows(engine, report)] == ["10.5", None, "7.75"]


def test_that_another_delimiter_is_told_and_read_when_adapting(project: Path, engine: Engine) -> None:
    text = SALES.replace(",", ";")
    warned = look(engine, project, text, BIG)
    assert warned.changes[0].sentence == "sales.csv has semicolons between its fields now, not commas."
    report = look(engine, project, text, BIG, mode="adapt")
    assert report.may_run
    assert len(rows(engine, report)) == 2


def test_that_adapting_shortens_lists_and_leaves_out_steps_without_columns(project: Path, engine: Engine) -> None:
    text = "\n".join(",".join(line.split(",")[:4]) for line in SALES.splitlines()) + "\n"
    steps = (
        Trim(columns=("city", "note")), Remove(columns=("note",)), Convert(columns=("note",), to="integer"),
        Expression(column="n", sql="length(note)"), Expression(column="m", sql="n + 1"), Keep(columns=("city", "note", "amount")),
    )  # fmt: skip
    report = look(engine, project, text, *steps, mode="adapt")
    assert statuses(report) == ["adapted", "adapted", "adapted", "cannot_run", "cannot_run", "adapted"]
    assert report.verdicts[0].how == "it goes without note, which is gone"
    assert report.verdicts[1].how == "it is left out, since note is gone"
    assert not report.may_run
    adapted = report.package.flow("f").steps
    assert [step.enabled for step in adapted] == [True, False, False, True, True, True]
    assert Package.model_validate_json(report.package.to_text()) == report.package


def test_that_a_grouping_without_its_key_is_never_adapted(project: Path, engine: Engine) -> None:
    text = "\n".join(",".join([line.split(",")[0], *line.split(",")[2:]]) for line in SALES.splitlines()) + "\n"
    step = Summarize(by=("city",), measures=(Measure(aggregate="sum", column="amount"),))
    assert statuses(look(engine, project, text, step, mode="adapt")) == ["cannot_run"]


@pytest.mark.parametrize("mode", ["warn", "adapt"])
def test_that_new_categories_of_a_learned_step_are_named(project: Path, engine: Engine, mode: Mode) -> None:
    step = OneHot(column="city", categories=("Oslo", "Bergen"))
    assert not look(engine, project, SALES, step, mode=mode).drifted
    report = look(engine, project, SALES + "16/02/2024,Tromsø,1,1,d\n", step, mode=mode)
    assert report.verdicts[0].notes == (
        "city has 1 value that the step has not learned ('Tromsø'): they belong to none of the learned categories.",
    )
    assert (report.drifted, report.may_run) == (True, True)


def test_that_flows_behind_the_flow_are_looked_at_and_adapted(project: Path, engine: Engine) -> None:
    source(project, SALES)
    source(project, "town,people\nOslo,7\nBergen,3\n", "towns")
    first = Dataflow(id="a", name="clean", source=FileRef(path="sales.wbsource"), steps=(BIG,))
    towns = Dataflow(id="t", name="towns", source=FileRef(path="towns.wbsource"))
    join = Join(flow="t", name="towns", keys=(JoinKey(left="city", right="town"),), how="left")
    last = Dataflow(id="f", name="last", source=FlowRef(flow="a"), steps=(EXPENSIVE, join))
    made = Package(flows=(first, towns, last))
    assert not examine(engine, made, "f", "strict").drifted
    source(project, SALES.replace("amount", "Amount"))
    source(project, "Town,people\nOslo,7\nBergen,3\n", "towns")
    warned = examine(engine, made, "f", "warn")
    assert {(change.source, change.column, change.to) for change in warned.changes} == {
        ("sales.csv", "amount", "Amount"), ("towns.csv", "town", "Town"),
    }  # fmt: skip
    assert statuses(warned) == ["cannot_run", "cannot_run"]
    assert "The dataflow that it starts from fails: Step 1" in warned.verdicts[0].how
    report = examine(engine, made, "f", "adapt")
    assert statuses(report) == ["adapted", "adapted"]
    assert len(rows(engine, report)) == 2


def test_that_a_file_that_stands_in_for_the_source_is_the_one_looked_at(project: Path, engine: Engine) -> None:
    source(project, SALES)
    (project / "new.csv").write_text(SALES.replace("amount", "amounts"))
    other = engine.with_inputs({"sales": "new.csv"})
    report = examine(other, package(BIG), "f", "adapt")
    assert [(change.source, change.column, change.to) for change in report.changes] == [("new.csv", "amount", "amounts")]
    assert len(rows(other, report)) == 2


def test_that_a_file_without_definition_is_judged_by_the_steps_alone(project: Path, engine: Engine) -> None:
    (project / "plain.csv").write_text("a,b\n1,2\n")
    flow = Dataflow(id="f", name="plain", source=FileRef(path="plain.csv"), steps=(Trim(columns=("c",)),))
    report = examine(engine, Package(flows=(flow,)), "f", "warn")
    assert (report.changes, statuses(report)) == ((), ["cannot_run"])


def test_that_a_run_refuses_tells_or_adapts_as_was_asked(project: Path, engine: Engine) -> None:
    source(project, SALES)
    made = package(BIG, WriteCsv(path="out.csv"))
    source(project, SALES.replace("amount", "amounts"))
    with pytest.raises(UserError, match="have changed"):
        engine.run(made, "f", drift="strict")
    with pytest.raises(UserError, match="cannot run"):
        engine.run(made, "f", drift="warn")
    assert not (project / "out.csv").exists()
    report = engine.run(made, "f", drift="adapt")
    assert report.rows == 2
    assert (project / "out.csv").read_text().splitlines()[0] == "day,city,amount,count,note"
    assert "The column amount of sales.csv is probably called amounts now." in [note.message for note in report.notes]
    assert any("is adapted: amount is found as amounts" in note.message for note in report.notes)


def test_that_a_run_on_unchanged_data_has_nothing_to_tell(project: Path, engine: Engine) -> None:
    source(project, SALES)
    assert engine.run(package(BIG), "f", drift="strict").notes == ()


def test_that_a_parquet_file_is_compared_and_adapted_too(project: Path, engine: Engine) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = project / "p.parquet"
    pq.write_table(pa.table({"id": [1, 2], "amount": [1.5, 20.0], "gone": ["x", "y"]}), data)
    DataSource.create(data, project).save(project / "p.wbsource")
    flow = Dataflow(id="f", name="p", source=FileRef(path="p.wbsource"), steps=(BIG, Trim(columns=("gone",))))
    made = Package(flows=(flow,))
    assert not examine(engine, made, "f", "strict").drifted
    pq.write_table(pa.table({"id": [1, 2], "Amount": [1.5, 20.0], "later": [True, False]}), data)
    assert statuses(examine(engine, made, "f", "warn")) == ["cannot_run", "cannot_run"]
    report = examine(engine, made, "f", "adapt")
    assert {(change.kind, change.column) for change in report.changes} == {
        ("renamed", "amount"),
        ("gone", "gone"),
        ("new", "later"),
    }
    assert statuses(report) == ["adapted", "adapted"]
    assert [row[0] for row in rows(engine, report)] == ["2"]
