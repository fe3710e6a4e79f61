"""The run store: what is recorded, found, compared and thinned."""

import math

import pytest

from tests.runs.making import NOW, made, points, with_job
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.runs.metrics import extremes
from workbench.runs.store import RunStore
from workbench.schema import (
    Artifact,
    DataInput,
    LogBatch,
    RunPatch,
    RunStatus,
    SourceInput,
)


def test_that_numbers_count_within_an_experiment_and_are_not_given_again(store: RunStore) -> None:
    assert [made(store).number, made(store).number, made(store, "other").number] == [1, 2, 1]
    second = store.resolve("flights/2")
    store.set_status(second, RunStatus.FINISHED)
    store.delete(second)
    assert made(store).number == 3


def test_that_a_run_without_an_experiment_is_refused(store: RunStore) -> None:
    with pytest.raises(UserError, match="needs an experiment"):
        made(store, " ")


def test_that_an_unknown_parent_is_refused_and_nothing_is_made(store: RunStore) -> None:
    with pytest.raises(NotFound):
        made(store, parent_id="0" * 32)
    assert store.list().total == 0
    assert store.experiments() == ()


def test_that_a_run_has_one_start_and_one_end(store: RunStore) -> None:
    run = made(store)
    started = store.set_status(run.id, RunStatus.RUNNING).started
    assert started is not None
    finished = store.set_status(run.id, RunStatus.FINISHED, "It ended with 0.", exit_code=0)
    assert finished.started == started
    assert finished.ended is not None
    assert store.set_status(run.id, RunStatus.FAILED, "later") == finished
    assert store.set_status(run.id, RunStatus.RUNNING) == finished


def test_that_a_lost_run_takes_the_end_that_is_found_later(store: RunStore) -> None:
    run = made(store)
    store.set_status(run.id, RunStatus.LOST, "It left no trace.")
    assert store.set_status(run.id, RunStatus.FINISHED, exit_code=0).status is RunStatus.FINISHED


def test_that_times_are_kept_to_the_microsecond(store: RunStore) -> None:
    run = made(store)
    assert store.set_status(run.id, RunStatus.RUNNING, started=NOW).started == NOW


def test_that_nan_and_infinities_survive(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("loss", [1.0, math.nan, math.inf, -math.inf]))
    values = store.series(run.id, "loss").values
    assert values[0] == 1.0
    assert math.isnan(values[1])
    assert values[2:] == (math.inf, -math.inf)
    summary = store.get(run.id).metrics["loss"]
    assert (summary.min, summary.max, summary.last, summary.count) == (-math.inf, math.inf, -math.inf, 4)


def test_that_a_metric_of_nan_alone_has_nan_as_its_extremes(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("loss", [math.nan]))
    summary = store.get(run.id).metrics["loss"]
    assert all(math.isnan(value) for value in (summary.last, summary.min, summary.max))


def test_that_steps_count_from_zero_per_key_when_none_are_given(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("a", [1, 2]))
    store.log_batch(run.id, points("b", [1]))
    store.log_batch(run.id, points("a", [3]))
    assert store.series(run.id, "a").steps == (0, 1, 2)
    assert store.series(run.id, "b").steps == (0,)


def test_that_the_last_value_is_the_one_of_the_highest_step(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("acc", [0.5, 0.9, 0.7], [1, 10, 5]))
    assert store.get(run.id).metrics["acc"].last == 0.9
    assert store.series(run.id, "acc").steps == (1, 5, 10)
    store.log_batch(run.id, points("acc", [0.95], [10]))
    assert store.get(run.id).metrics["acc"].last == 0.95


def test_that_a_step_beyond_all_bounds_does_not_stop_the_others(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("acc", [0.5, 0.6], [10**30, 1]))
    assert store.series(run.id, "acc").total == 2


def test_that_a_batch_is_written_exactly_once(store: RunStore) -> None:
    run = with_job(store)
    assert store.log_batch(run.id, points("loss", [1, 2]), events_offset=100)
    assert not store.log_batch(run.id, points("loss", [1, 2]), events_offset=100)
    assert store.events_offset(run.id) == 100
    assert store.series(run.id, "loss").total == 2


def test_that_the_offset_stays_when_the_batch_fails(store: RunStore) -> None:
    run = with_job(store)

    def die_in_between() -> None:
        with store.database.write() as write:
            store.log_batch(run.id, points("loss", [1]), events_offset=100, connection=write)
            raise RuntimeError("the server dies here")

    with pytest.raises(RuntimeError):
        die_in_between()
    assert store.events_offset(run.id) == 0
    assert store.get(run.id).metrics == {}


def test_that_a_series_is_thinned_to_its_outline(store: RunStore) -> None:
    run = made(store)
    values = [math.sin(i / 500) for i in range(20_000)]
    values[7_777], values[13_131] = 99.0, -99.0
    store.log_batch(run.id, points("loss", values))
    thin = store.series(run.id, "loss", 500)
    assert len(thin.steps) <= 500
    assert thin.total == 20_000
    assert {99.0, -99.0} <= set(thin.values)
    assert (thin.steps[0], thin.steps[-1]) == (0, 19_999)
    assert list(thin.steps) == sorted(thin.steps)
    assert len(store.series(run.id, "loss", 0).steps) == 20_000


@pytest.mark.parametrize("wanted", [1, 2, 3, 4, 7, 99])
def test_that_thinning_keeps_both_ends_and_the_number_asked_for(wanted: int) -> None:
    import numpy as np

    values = np.full(1000, np.nan)
    values[500] = 3.0
    kept = extremes(values, max(wanted, 2))
    assert len(kept) <= max(wanted, 2)
    assert (kept[0], kept[-1]) == (0, 999)
    assert wanted < 4 or 500 in kept


def test_that_an_unknown_metric_names_the_known_ones(store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, points("loss", [1]))
    with pytest.raises(NotFound) as failure:
        store.series(run.id, "lost")
    assert "loss" in failure.value.hint


def test_that_params_take_the_last_value_and_empty_tags_go(store: RunStore) -> None:
    run = made(store, tags={"kind": "tree", "old": "x"})
    store.log_batch(run.id, LogBatch(params={"depth": "3"}, tags={"old": ""}))
    store.log_batch(run.id, LogBatch(params={"depth": "4"}))
    found = store.get(run.id)
    assert found.params == {"depth": "4"}
    assert found.tags == {"kind": "tree"}


def test_that_an_input_that_is_read_twice_is_kept_once(store: RunStore) -> None:
    run = made(store)
    given = DataInput(
        kind="prep", name="flights", path="data/flights.wbprep", digest="sha256:1", sources=(SourceInput(path="a.csv"),)
    )
    store.log_batch(run.id, LogBatch(inputs=(given,)))
    store.log_batch(run.id, LogBatch(inputs=(given, given.model_copy(update={"digest": "sha256:2"}))))
    assert [one.digest for one in store.get(run.id).inputs] == ["sha256:1", "sha256:2"]


def test_that_artifacts_are_replaced_as_a_whole(store: RunStore) -> None:
    run = made(store)
    store.set_artifacts(run.id, [Artifact(path="a", size=1), Artifact(path="b", size=2)])
    store.set_artifacts(run.id, [Artifact(path="c/d.png", size=3, digest="sha256:0")])
    assert store.get(run.id).artifacts == (Artifact(path="c/d.png", size=3, digest="sha256:0"),)


def test_that_a_patch_changes_only_what_it_names(store: RunStore) -> None:
    run = made(store, name="first", tags={"a": "1"})
    changed = store.patch(run.id, RunPatch(notes="Looks good.", tags={"a": "", "b": "2"}, archived=True))
    assert (changed.name, changed.notes, changed.tags, changed.archived) == ("first", "Looks good.", {"b": "2"}, True)
    assert store.list().total == 0
    assert store.list(archived=True).total == 1


def test_that_a_running_run_is_not_deleted(store: RunStore) -> None:
    run = made(store)
    store.set_status(run.id, RunStatus.RUNNING)
    with pytest.raises(Conflict, match="is running"):
        store.delete(run.id)
    store.set_status(run.id, RunStatus.FAILED)
    store.log_batch(run.id, points("loss", [1]))
    store.delete(run.id)
    with pytest.raises(NotFound):
        store.get(run.id)


@pytest.mark.parametrize("order", ["created", "started", "duration", "number", "name", "experiment", "metrics.acc", "params.depth"])
@pytest.mark.parametrize("descending", [True, False])
def test_that_pages_have_every_run_once(store: RunStore, order: str, descending: bool) -> None:
    for at in range(23):
        run = made(store, name=f"run {at % 3}")
        values = [math.nan if at % 7 == 0 else at / 3] if at % 5 else []
        store.log_batch(run.id, points("acc", values) if values else LogBatch())
        if at % 4:
            store.log_batch(run.id, LogBatch(params={"depth": str(at) if at % 3 else "deep"}))
    seen: list[str] = []
    cursor = ""
    while True:
        page = store.list(order=order, descending=descending, limit=4, cursor=cursor)
        assert page.total == 23
        seen += [run.id for run in page.runs]
        if not (cursor := page.next):
            break
    assert len(seen) == len(set(seen)) == 23
    whole = store.list(order=order, descending=descending, limit=100)
    assert [run.id for run in whole.runs] == seen


def test_that_new_runs_do_not_shift_the_following_page(store: RunStore) -> None:
    for _ in range(6):
        made(store)
    first = store.list(limit=3)
    made(store)
    second = store.list(limit=3, cursor=first.next)
    assert [run.number for run in (*first.runs, *second.runs)] == [6, 5, 4, 3, 2, 1]


def test_that_numbers_in_params_sort_as_numbers(store: RunStore) -> None:
    for depth in ("10", "9", "100", "none"):
        store.log_batch(made(store).id, LogBatch(params={"depth": depth}))
    found = store.list(order="params.depth", descending=False).runs
    assert [run.params["depth"] for run in found] == ["9", "10", "100", "none"]


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "W10"])
def test_that_a_foreign_cursor_is_refused(store: RunStore, cursor: str) -> None:
    with pytest.raises(UserError, match="cursor"):
        store.list(cursor=cursor)


def test_that_an_unknown_order_names_the_known_ones(store: RunStore) -> None:
    with pytest.raises(UserError) as failure:
        store.list(order="beauty")
    assert "duration" in failure.value.hint


def test_that_a_list_is_filtered(store: RunStore) -> None:
    first = made(store, project="/p/one", name="Base 100%", script="train.py")
    second = made(store, "other", project="/p/two", tags={"team": "blue"})
    store.set_status(second.id, RunStatus.FAILED)
    store.log_batch(first.id, LogBatch(params={"model": "forest"}))
    assert [run.id for run in store.list(project="/p/one").runs] == [first.id]
    assert [run.id for run in store.list(experiment="other").runs] == [second.id]
    assert [run.id for run in store.list(experiment=second.experiment_id).runs] == [second.id]
    assert [run.id for run in store.list(status=RunStatus.FAILED).runs] == [second.id]
    assert store.list(status=[RunStatus.FAILED, RunStatus.QUEUED]).total == 2
    for text, found in {"base 100%": first, "FOREST train": first, "blue": second, second.id[:8]: second}.items():
        assert [run.id for run in store.list(text=text).runs] == [found.id], text
    assert store.list(text="base blue").total == 0
    assert store.list(text="100_").total == 0


def test_that_runs_are_compared_side_by_side(store: RunStore) -> None:
    lock = "numpy==2.1.0\npandas==2.2.0 ; python_version > '3'\n"
    first = made(store, environment_lock=lock, python="3.11.7")
    second = made(store, environment_lock=lock.replace("2.1.0", "2.3.0"), python="3.11.7")
    for run, depth, acc in ((first, "3", 0.5), (second, "4", 0.75)):
        given = DataInput(kind="prep", name="flights", path="flights.wbprep", digest="sha256:abc", rows=10)
        store.log_batch(run.id, LogBatch(params={"depth": depth, "seed": "1"}, inputs=(given,)))
        store.log_batch(run.id, points("acc", [acc]))
    rows = {(group, name): (texts, differ) for group, name, texts, differ in store.compare([second.id, first.id]).rows}
    assert rows["params", "depth"] == (("4", "3"), True)
    assert rows["params", "seed"] == (("1", "1"), False)
    assert rows["metrics", "acc"] == (("0.75", "0.5"), True)
    assert rows["environment", "numpy"] == (("2.3.0", "2.1.0"), True)
    assert rows["environment", "pandas"] == (("2.2.0", "2.2.0"), False)
    assert rows["data", "flights"] == (("10 rows abc", "10 rows abc"), False)
    assert rows["run", "number"] == (("2", "1"), True)


def test_that_metrics_that_differ_behind_the_shown_digits_differ(store: RunStore) -> None:
    ids = []
    for value in (0.123456789, 0.123456788):
        run = made(store)
        store.log_batch(run.id, points("acc", [value]))
        ids.append(run.id)
    (row,) = [row for row in store.compare(ids).rows if row[0] == "metrics"]
    assert row == ("metrics", "acc", ("0.123457", "0.123457"), True)


def test_that_a_run_is_meant_by_id_prefix_and_number(store: RunStore) -> None:
    first = made(store, project="/p/one", run_id="abcd" + "0" * 28)
    second = made(store, "other", project="/p/two", run_id="abcd" + "1" * 28)
    assert store.resolve(first.id) == first.id
    assert store.resolve("ABCD1") == second.id
    assert store.resolve("other/1") == second.id
    assert store.resolve("1", project="/p/one") == first.id
    with pytest.raises(UserError, match="Several runs") as failure:
        store.resolve("abcd")
    assert "flights/1" in failure.value.message
    with pytest.raises(UserError, match="Several runs"):
        store.resolve("1")
    for unknown in ("abc", "zzzz", "7", "flights/9", ""):
        with pytest.raises(NotFound):
            store.resolve(unknown)


def test_that_experiments_count_their_runs(store: RunStore) -> None:
    made(store, "b")
    made(store, "A")
    made(store, "b")
    assert [(one.name, one.runs) for one in store.experiments()] == [("A", 1), ("b", 2)]


def test_that_a_list_of_many_runs_never_touches_the_points(store: RunStore) -> None:
    from sqlalchemy import event

    run = made(store)
    store.log_batch(run.id, points("loss", [1.0] * 100))
    statements: list[str] = []

    @event.listens_for(store.database.engine, "before_cursor_execute")
    def _note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    assert store.list(order="metrics.loss").runs[0].metrics["loss"].count == 100
    assert statements
    assert not [one for one in statements if "metric_points" in one]
