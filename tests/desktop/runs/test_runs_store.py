"""The runs that the screens hold: in order, whatever comes."""

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from workbench.desktop.context import AppContext
from workbench.desktop.runs.loading import LoadedRuns
from workbench.desktop.runs.store import RunsStore
from workbench.schema import RunStatus, RunSummary

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def summary(number: int, **values: object) -> RunSummary:
    base = {
        "id": f"id{number}", "number": number, "name": "", "experiment_id": "e", "experiment": "flights", "project": "/p",
        "status": RunStatus.FINISHED, "created": NOW + timedelta(minutes=number), "script": "train.py",
    }  # fmt: skip
    return RunSummary.model_validate({**base, **values})


@pytest.fixture
def store(context: AppContext) -> RunsStore:
    made = RunsStore(context)
    runs = {run.id: run for run in map(summary, range(600, 0, -1))}
    made._on_loaded(LoadedRuns(runs, 600, {}, dict.fromkeys(runs, "loaded")))
    return made


def numbers(store: RunsStore) -> list[int]:
    return [run.number for run in store.runs]


def test_that_what_changes_keeps_its_place_and_what_is_new_finds_its_own(store: RunsStore) -> None:
    store.put(summary(300, name="changed"))
    store.put(summary(601))
    store.put(summary(1000, id="between", created=NOW + timedelta(minutes=300.5)))
    assert numbers(store) == [601, *range(600, 300, -1), 1000, *range(300, 0, -1)]
    changed = store.get("id300")
    assert changed is not None
    assert "#300\nchanged" in store.words(changed)
    assert store.words(store.runs[-1]) == "loaded"


def test_that_a_run_in_the_trash_is_among_no_other_and_comes_back_to_its_place(store: RunsStore) -> None:
    store.put(summary(300, deleted=NOW))
    store.put(summary(299, deleted=NOW + timedelta(minutes=1)))
    assert [run.number for run in store.trash] == [299, 300]
    assert numbers(store) == [*range(600, 300, -1), *range(298, 0, -1)]
    store.put(summary(300))
    store.put(summary(299))
    assert store.trash == ()
    assert numbers(store) == list(range(600, 0, -1))


def test_that_a_run_that_was_asked_for_in_vain_goes_and_the_others_stay_in_order(store: RunsStore) -> None:
    store._on_fetched((["id1", "id300", "id600"], [summary(1, name="there"), summary(600, name="there")]))
    assert numbers(store) == [number for number in range(600, 0, -1) if number != 300]
    assert store.runs[0].name == store.runs[-1].name == "there"


def test_that_runs_of_an_earlier_load_are_let_go_of_in_the_background(store: RunsStore, context: AppContext, qtbot: QtBot) -> None:
    earlier = store._runs
    store._on_loaded(LoadedRuns({"id7": summary(7)}, 1, {}, {}))
    assert numbers(store) == [7]
    qtbot.waitUntil(lambda: not earlier and context.operations.inflight == 0, timeout=10_000)
