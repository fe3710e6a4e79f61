"""Experiments, and the family of runs within them."""

import pytest
from sqlalchemy import event

from tests.runs.making import made
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.runs.store import RunStore


def test_that_an_experiment_is_made_found_renamed_and_tagged(store: RunStore) -> None:
    first = store.create_experiment("Trees", {"team": "blue"})
    assert store.experiment("Trees") == store.experiment(first.id) == first
    assert first.tags == {"team": "blue"}
    renamed = store.rename_experiment("Trees", "Forests")
    assert (renamed.id, renamed.name) == (first.id, "Forests")
    store.set_experiment_tag("Forests", "stage", "first")
    assert store.set_experiment_tag("Forests", "team", "").tags == {"stage": "first"}
    with pytest.raises(NotFound, match="Trees"):
        store.experiment("Trees")
    assert made(store, "Forests").experiment_id == first.id


def test_that_a_name_is_given_once(store: RunStore) -> None:
    made(store, "a")
    made(store, "b")
    with pytest.raises(Conflict, match="already"):
        store.create_experiment("a")
    with pytest.raises(Conflict, match="already"):
        store.rename_experiment("b", "a")
    assert store.rename_experiment("b", "b").name == "b"
    for wrong in ("", "  ", "x" * 501):
        with pytest.raises(UserError):
            store.create_experiment(wrong)


def test_that_a_run_is_made_in_an_experiment_by_its_id(store: RunStore) -> None:
    chosen = store.create_experiment("Default", experiment_id="0")
    run = made(store, "", experiment_id="0")
    assert (run.experiment_id, run.experiment, run.number) == (chosen.id, "Default", 1)
    with pytest.raises(NotFound):
        made(store, "", experiment_id="7")


def test_that_families_are_read_to_any_depth(store: RunStore) -> None:
    line = [made(store)]
    for _ in range(5):
        line.append(made(store, parent_id=line[-1].id))
    sister = made(store, parent_id=line[0].id)
    assert [run.id for run in store.ancestors(line[-1].id)] == [run.id for run in reversed(line[:-1])]
    assert [run.id for run in store.descendants(line[0].id)] == [line[1].id, sister.id, *(run.id for run in line[2:])]
    assert store.descendants(sister.id) == ()
    assert {run.id: run.children for run in store.list().runs} == {
        line[0].id: 2, **{run.id: 1 for run in line[1:-1]}, line[-1].id: 0, sister.id: 0,
    }  # fmt: skip


def test_that_a_list_asks_as_much_for_many_runs_as_for_one(store: RunStore) -> None:
    asked: list[str] = []

    @event.listens_for(store.database.engine, "before_cursor_execute")
    def _note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    def questions() -> int:
        asked.clear()
        store.list(limit=1000)
        return len(asked)

    made(store)
    few = questions()
    for _ in range(30):
        made(store, parent_id=store.list(limit=1).runs[0].id)
    assert questions() == few
