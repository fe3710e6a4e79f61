"""The trash: what goes in, what comes back, what is gone for good."""

from datetime import timedelta

import pytest

from tests.runs.making import made, points, with_job
from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound
from workbench.runs.store import RunStore
from workbench.schema import LogBatch, RunStatus


def numbers(store: RunStore) -> list[int]:
    return sorted(run.number for run in store.list().runs)


def test_that_a_run_goes_into_the_trash_with_its_children_and_comes_back_with_them(store: RunStore) -> None:
    parent = made(store)
    child = made(store, parent_id=parent.id)
    grandchild = made(store, parent_id=child.id)
    other = made(store)
    assert set(store.trash(parent.id)) == {parent.id, child.id, grandchild.id}
    assert numbers(store) == [other.number]
    assert {run.id for run in store.trashed()} == {parent.id, child.id, grandchild.id}
    assert store.get(child.id).deleted is not None
    assert set(store.untrash(parent.id)) == {parent.id, child.id, grandchild.id}
    assert numbers(store) == [1, 2, 3, 4]
    assert store.trashed() == ()


def test_that_a_child_that_was_in_the_trash_before_its_parent_stays_there(store: RunStore) -> None:
    parent = made(store)
    child = made(store, parent_id=parent.id)
    assert store.trash(child.id) == (child.id,)
    assert store.trash(parent.id) == (parent.id,)
    assert store.untrash(parent.id) == (parent.id,)
    assert [run.id for run in store.trashed()] == [child.id]
    assert store.get(parent.id).children == 0
    store.untrash(child.id)
    assert store.get(parent.id).children == 1


def test_that_putting_away_and_bringing_back_twice_changes_nothing(store: RunStore) -> None:
    run = made(store)
    assert store.untrash(run.id) == ()
    store.trash(run.id)
    before = store.get(run.id)
    assert store.trash(run.id) == ()
    assert store.get(run.id) == before


def test_that_a_run_whose_job_runs_is_not_put_away_nor_its_parent(store: RunStore) -> None:
    parent = made(store)
    child = with_job(store, parent_id=parent.id)
    store.set_status(child.id, RunStatus.RUNNING)
    for run in (parent, child):
        with pytest.raises(Conflict, match=r"Run 2 of flights is running\."):
            store.trash(run.id)
    with pytest.raises(Conflict):
        store.delete_experiment("flights")
    assert numbers(store) == [1, 2]
    store.set_status(child.id, RunStatus.FINISHED)
    assert len(store.trash(parent.id)) == 2


def test_that_a_run_in_the_trash_takes_nothing(store: RunStore) -> None:
    run = made(store)
    store.trash(run.id)
    with pytest.raises(Conflict, match="in the trash"):
        store.log_batch(run.id, LogBatch(params={"a": "1"}))
    with pytest.raises(Conflict, match="in the trash"):
        made(store, parent_id=run.id)
    assert store.get(run.id).params == {}


def test_that_emptying_removes_all_and_no_number_is_given_again(store: RunStore) -> None:
    parent = made(store)
    child = made(store, parent_id=parent.id)
    store.log_batch(child.id, points("loss", [1.0] * 5000))
    kept = made(store, parent_id=parent.id)
    store.trash(parent.id)
    store.untrash(kept.id)
    assert set(store.empty_trash()) == {parent.id, child.id}
    assert store.empty_trash() == ()
    with pytest.raises(NotFound):
        store.get(child.id)
    assert store.get(kept.id).parent_id is None
    assert made(store).number == 4
    with store.database.read() as connection:
        for table in ("metric_latest", "metric_points", "metric_chunks"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_that_emptying_leaves_what_came_in_lately(store: RunStore) -> None:
    run = made(store)
    store.trash(run.id)
    assert store.empty_trash(older_than=utc_now() - timedelta(days=1)) == ()
    assert store.empty_trash(older_than=utc_now() + timedelta(days=1)) == (run.id,)


def test_that_an_experiment_goes_and_comes_back_with_its_runs(store: RunStore) -> None:
    first, second = made(store), made(store)
    store.trash(first.id)
    store.delete_experiment("flights")
    assert store.list().total == 0
    assert store.experiments() == ()
    assert [one.name for one in store.experiments("deleted")] == ["flights"]
    with pytest.raises(Conflict, match="in the trash"):
        made(store)
    with pytest.raises(Conflict, match="in the trash"):
        store.create_experiment("flights")
    with pytest.raises(Conflict, match=r"experiment 'flights' is in the trash"):
        store.untrash(second.id)
    assert store.restore_experiment("flights").runs == 1
    assert [run.id for run in store.list().runs] == [second.id]
    assert store.get(first.id).deleted is not None


def test_that_an_experiment_in_the_trash_goes_for_good_with_it(store: RunStore) -> None:
    run = made(store)
    store.delete_experiment(run.experiment_id)
    assert store.empty_trash() == (run.id,)
    assert store.experiments("all") == ()
    assert made(store).number == 1
