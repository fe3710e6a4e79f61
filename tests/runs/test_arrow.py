"""Lists and series as Arrow: what JSON says of them, in columns."""

import math
from datetime import timedelta

import pyarrow as pa
import pytest

from tests.runs.making import NOW, made, plans, points
from workbench.base.errors import NotFound
from workbench.runs import arrow
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import LogBatch, RunStatus


def table(content: bytes) -> pa.Table:
    return pa.ipc.open_stream(content).read_all()


def test_that_a_table_of_runs_says_what_the_list_says(store: RunStore) -> None:
    parent = made(store, name="parent", created=NOW, status=RunStatus.RUNNING, started=NOW, user="ann", arguments=("--a b", "1"))
    store.log_batch(parent.id, points("acc", [0.5, math.nan]))
    store.log_batch(parent.id, LogBatch(params={"depth": "3"}, tags={"a.b c": "x"}))
    store.set_status(parent.id, RunStatus.FINISHED, ended=NOW + timedelta(seconds=1.5))
    child = made(store, "other", name="child", parent_id=parent.id, created=NOW + timedelta(seconds=1))
    store.log_batch(child.id, points("loss", [2.0]))
    found = table(store.runs_arrow(order_by=["created"]))
    assert found.column_names[-4:] == ["params.depth", "metrics.acc", "metrics.loss", "tags.a.b c"]
    first, second = found.to_pylist()
    assert math.isnan(first.pop("metrics.acc"))
    assert {key: value for key, value in first.items() if value not in (None, "")} == {
        "id": parent.id, "number": 1, "name": "parent", "experiment": "flights", "experiment_id": parent.experiment_id,
        "status": "finished", "target": "local", "user": "ann", "created": NOW, "started": NOW,
        "ended": NOW + timedelta(seconds=1.5), "duration": 1.5, "archived": False,
        "arguments": ["--a b", "1"], "children": 1, "params.depth": "3", "tags.a.b c": "x",
    }  # fmt: skip
    assert (second["parent_id"], second["experiment"], second["metrics.loss"], second["metrics.acc"]) == (
        parent.id, "other", 2.0, None,
    )  # fmt: skip


def test_that_a_table_is_filtered_paged_and_narrowed(store: RunStore) -> None:
    for at in range(7):
        run = made(store, name=f"run {at}")
        store.log_batch(run.id, points("acc", [float(at)]))
        store.log_batch(run.id, LogBatch(params={"a": str(at), "b": "x"}))
    seen = []
    cursor = ""
    while True:
        page = table(store.runs_arrow("metrics.acc >= 2", order_by=["metrics.acc"], limit=2, cursor=cursor, columns=["params.a"]))
        assert page.schema.metadata[b"total"] == b"5"
        assert [name for name in page.column_names if "." in name] == ["params.a"]
        seen += page["params.a"].to_pylist()
        if not (cursor := page.schema.metadata[b"next"].decode()):
            break
    assert seen == ["2", "3", "4", "5", "6"]
    assert table(store.runs_arrow("number > 100")).num_rows == 0


def test_that_a_large_table_is_the_same_as_its_parts(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = ('a "quoted" \\ text', "two\nlines\ttab", "\u65e5\u672c \U0001f600 \x7f", "1e5", "null", " ")
    values = (0.1, 1 / 3, 1e-300, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 0.0, 123456789.123456789)
    for at in range(9):
        run = made(store, f"e{at % 2}", tags={odd[at % 6]: odd[-at % 6]})
        store.log_batch(run.id, LogBatch(params={"same": odd[at % 6], f"own {at}": "x"}))
        store.log_batch(run.id, points("acc", [values[at]]))
    whole = table(store.runs_arrow(order_by=["number", "experiment"]))
    ids = whole["id"].to_pylist()
    assert whole["metrics.acc"].to_pylist() == [store.get(run_id).metrics["acc"].last for run_id in ids]
    assert [repr(value) for value in sorted(whole["metrics.acc"].to_pylist())] == [repr(value) for value in sorted(values)]
    assert whole["params.same"].to_pylist() == [store.get(run_id).params["same"] for run_id in ids]
    assert {name[5:] for name in whole.column_names if name.startswith("tags.")} == set(odd)
    monkeypatch.setattr(arrow, "_MANY", 2)  # as of a store that is gone through from its beginning
    assert table(store.runs_arrow(order_by=["number", "experiment"])).equals(whole)
    some = table(store.runs_arrow(experiments=["e0"], order_by=["number"]))
    assert some["id"].to_pylist() == [run_id for run_id in ids if run_id in set(some["id"].to_pylist())]
    assert (some.num_rows, some["params.own 8"].to_pylist()) == (5, [None] * 4 + ["x"])


def test_that_a_large_table_goes_through_the_metrics_run_by_run(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RunStore(sqlite_database)
    for _ in range(3):
        store.log_batch(made(store).id, points("acc", [1.0]))
    monkeypatch.setattr(arrow, "_MANY", 2)
    with plans(sqlite_database) as found:
        store.runs_arrow()
    # Not by value: then the run of each of millions of metrics would have to be looked up.
    assert "SCAN metric_latest" in found


def test_that_children_are_counted_without_those_in_the_trash(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = made(store)
    children = [made(store, parent_id=parent.id, status=RunStatus.FINISHED) for _ in range(3)]
    store.trash(children[0].id)
    for many in (arrow._MANY, 1):
        monkeypatch.setattr(arrow, "_MANY", many)
        assert table(store.runs_arrow(order_by=["number"]))["children"].to_pylist() == [2, 0, 0]


def test_that_series_of_several_runs_come_in_one_table(store: RunStore) -> None:
    runs = [made(store), made(store)]
    store.log_batch(runs[0].id, points("loss", [float(at % 10) for at in range(6000)]))
    store.log_batch(runs[1].id, points("loss", [1.0, math.inf, math.nan], [5, 1, 3]))
    found = table(store.series_arrow([run.id for run in runs], ["loss", "acc"], pixels=100))
    assert 50 < found.num_rows <= 103
    rows = found.to_pylist()
    assert {row["run_id"] for row in rows} == {run.id for run in runs}
    second = [row for row in rows if row["run_id"] == runs[1].id]
    assert [(row["key"], row["step"], row["time"]) for row in second] == [("loss", step, NOW.timestamp()) for step in (1, 3, 5)]
    assert [repr(row["value"]) for row in second] == ["inf", "nan", "1.0"]
    assert table(store.series_arrow([runs[0].id], ["loss"], pixels=0)).num_rows == 6000
    assert table(store.series_arrow([], [], pixels=0)).num_rows == 0
    with pytest.raises(NotFound):
        store.series_arrow(["0" * 32], ["loss"])
