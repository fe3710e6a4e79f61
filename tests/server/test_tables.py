"""Searches, Arrow tables and experiments through the real server."""

import math
from collections.abc import Iterator

import pytest

from tests.runs.making import made, points
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.client import Client
from workbench.runs import Database, RunStore
from workbench.schema import LogBatch


@pytest.fixture
def store(client: Client) -> Iterator[RunStore]:
    """The server's own runs, written beside it."""
    database = Database(client.home / "workspace.db")
    yield RunStore(database)
    database.close()


def test_that_runs_are_searched_and_read_as_tables(client: Client, store: RunStore) -> None:
    for at in range(5):
        run = made(store, name=f"run {at}")
        store.log_batch(run.id, points("val/acc", [at / 4, math.nan][: at % 2 + 1]))
        store.log_batch(run.id, LogBatch(params={"depth": str(at)}))
    page = client.search("params.depth > 1", order_by=["params.depth DESC"], limit=2)
    assert ([run.name for run in page.runs], page.total) == (["run 4", "run 3"], 3)
    assert [run.name for run in client.search("params.depth > 1", order_by=["params.depth DESC"], cursor=page.next).runs] == [
        "run 2"
    ]
    with pytest.raises(UserError, match="column 14"):
        client.search("params.depth ~ 3")
    found = client.runs_table("number < 4", ["flights"], ["number"], columns=["params.depth"])
    assert found["params.depth"].to_pylist() == ["0", "1", "2"]
    assert "metrics.val/acc" not in found.column_names
    ids = [run.id for run in client.search(order_by=["number"]).runs]
    series = client.series_table(ids, ["val/acc"])
    assert series["run_id"].to_pylist() == [ids[0], ids[1], ids[1], ids[2], ids[3], ids[3], ids[4]]
    assert [point.step for point in client.metric_history(ids[1], "val/acc").points] == [0, 1]
    with pytest.raises(UserError, match="At most 1000 series"):
        client.series_table(ids, [f"m{at}" for at in range(201)])


def test_that_experiments_are_kept_by_the_server(client: Client) -> None:
    made_one = client.create_experiment("Trees", {"team": "blue"})
    with pytest.raises(Conflict):
        client.create_experiment("Trees")
    assert client.patch_experiment("Trees", name="Forests", tags={"team": "", "stage": "1"}).tags == {"stage": "1"}
    assert client.patch_experiment("Forests", deleted=True).deleted is not None
    assert client.experiments() == ()
    assert client.patch_experiment(made_one.id, deleted=False).deleted is None
    assert client.experiment("Forests").id == made_one.id
    with pytest.raises(NotFound):
        client.experiment("Trees")


def test_that_the_kin_of_a_run_is_told(client: Client, store: RunStore) -> None:
    parent = made(store)
    child = made(store, parent_id=parent.id)
    assert [(one.relation, one.run and one.run.id) for one in client.went_into(parent.id)] == [("child", child.id)]
    assert [(one.relation, one.run and one.run.id) for one in client.came_from(child.id)] == [("parent", parent.id)]
    assert [run.id for run in client.descendants(parent.id)] == [child.id]
