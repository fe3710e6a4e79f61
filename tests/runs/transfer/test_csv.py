"""CSV files: what a row is, and what a column is, is found out and said."""

import math
from pathlib import Path

import pytest

from tests.runs.transfer.conftest import Import
from workbench.base.errors import UserError
from workbench.runs import RunStore
from workbench.runs.transfer import reader_of
from workbench.schema import Run, RunStatus


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "results.csv"


def found(store: RunStore) -> list[Run]:
    return [store.get(run.id) for run in store.search(order_by=("number ASC",), limit=100).runs]


def test_that_a_row_is_a_run_where_there_is_no_step(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text(
        "name,depth,lr,optimizer,accuracy,loss,status,start time\n"
        "a,3,0.1,adam,0.9,0.31,finished,2026-03-01T10:00:00\n"
        "b,5,0.01,sgd,0.8,nan,failed,2026-03-01T11:00:00\n"
    )
    done = bring(table)
    assert "a row is a run (2 runs)" in done.said
    assert "Metrics: accuracy, loss. Parameters: depth, lr, optimizer." in done.said
    first, second = found(store)
    assert (first.experiment, first.name, first.params) == ("results", "a", {"depth": "3", "lr": "0.1", "optimizer": "adam"})
    assert first.metrics["accuracy"].last == 0.9
    assert math.isnan(second.metrics["loss"].last)
    assert (second.status, second.created.hour) == (RunStatus.FAILED, 11)


def test_that_a_row_is_a_step_where_there_is_one(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text("run,epoch,model,loss\nx,0,tree,1.0\nx,1,tree,0.5\ny,0,net,2.0\ny,1,net,\n")
    done = bring(table)
    assert "a row is a step of a run (2 runs)" in done.said
    x, y = found(store)
    assert (x.name, x.params) == ("x", {"model": "tree"})
    assert store.points(x.id, "loss").steps.tolist() == [0, 1]
    assert store.points(x.id, "loss").values.tolist() == [1.0, 0.5]
    assert store.points(y.id, "loss").values.tolist() == [2.0]


def test_that_headers_of_other_exports_are_understood(table: Path, store: RunStore, bring: Import) -> None:
    run_id = "0123456789abcdef0123456789abcdef"
    table.write_text(f"Run ID,Name,User,params.depth,metrics.auc,tags.team\n{run_id},best,ann,3,1,delays\n")
    bring(table)
    run = store.get(run_id)
    assert (run.name, run.user, run.params, run.metrics["auc"].last) == ("best", "ann", {"depth": "3"}, 1.0)
    assert run.tags["team"] == "delays"


def test_that_the_columns_can_be_told(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text("a,b\n1,2\n")
    bring(table, columns=(["a"], ["b"]))
    (run,) = found(store)
    assert (run.params, list(run.metrics)) == ({"b": "2"}, ["a"])
    with pytest.raises(UserError, match="no column nothing"):
        reader_of(table, metrics=["nothing"])


def test_that_semicolons_with_decimal_commas_are_read(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text("\ufeffname;loss\nä;0,5\n", encoding="utf-8")
    bring(table)
    (run,) = found(store)
    assert (run.name, run.metrics["loss"].last) == ("ä", 0.5)


def test_that_a_second_import_adds_nothing(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text("step,loss\n0,1.5\n1,0.5\n")
    first = bring(table)
    again = bring(table)
    assert (len(first.added), again.added, again.present) == (1, (), 1)


@pytest.mark.parametrize("content", ["", "a,b\n", "a,b\n\n\n"])
def test_that_a_table_without_rows_is_said(table: Path, content: str) -> None:
    table.write_text(content)
    with pytest.raises(UserError, match="no rows"):
        reader_of(table)


def test_that_a_file_of_excel_with_rows_of_any_length_loses_no_cell_silently(table: Path, store: RunStore, bring: Import) -> None:
    table.write_text("name\tloss\nä\u2028b\t0.5\tbeyond\t\nshort\n", encoding="utf-16")
    assert "1 cells beyond the last column (beyond)" in bring(table).left_out
    first, second = found(store)
    assert (first.name, first.metrics["loss"].last) == ("ä\u2028b", 0.5)
    assert (second.name, second.metrics) == ("short", {})


@pytest.mark.parametrize(
    ("content", "told"), [(b"a,b\n\0\1\2,3\n", "not text"), (b"name,loss,loss\na,1,2\n", "two columns named loss")]
)
def test_that_what_cannot_be_read_for_sure_is_refused(table: Path, content: bytes, told: str) -> None:
    table.write_bytes(content)
    with pytest.raises(UserError, match=told):
        reader_of(table)
