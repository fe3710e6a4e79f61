"""Writes of many threads: few commits, none lost, a failing one alone."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.runs.making import made, points
from workbench.base.errors import Conflict, EnvironmentError_, UserError
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.runs.tables import experiments, runs
from workbench.schema import LogBatch


def commits(database: Database) -> list[str]:
    """Gets an entry for each commit from now on."""
    found: list[str] = []
    event.listen(database.engine, "commit", lambda _connection: found.append("commit"))
    return found


def all_at_once(database: Database, works: list[Callable[[], object]]) -> list[object]:
    """Lets all works wait for the lock before one gets it; what each returned or raised."""
    queue = database._grouped._queue

    def outcome(work: Callable[[], object]) -> object:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 (it is the outcome)
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        with database._writing:
            started = [pool.submit(outcome, work) for work in works]
            while len(queue) < len(works):
                threading.Event().wait(0.001)
        return [one.result() for one in started]


def test_that_writes_that_wait_share_a_commit(database: Database, store: RunStore) -> None:
    ids = [made(store).id for _ in range(20)]
    count = commits(database)
    all_at_once(database, [lambda run_id=run_id: store.log_batch(run_id, points("a", [1.0])) for run_id in ids])  # type: ignore[misc]
    assert len(count) == 1
    assert [store.get(run_id).metrics["a"].count for run_id in ids] == [1] * 20


def test_that_a_text_that_no_database_takes_is_refused_in_a_sentence_also_among_other_writes(
    database: Database, store: RunStore
) -> None:
    run = made(store)
    good = [lambda at=at: store.log_batch(run.id, LogBatch(params={f"p{at}": "x"})) for at in range(3)]
    found = all_at_once(database, [*good, lambda: store.log_batch(run.id, LogBatch(tags={"half": "\udcff"})), *good])
    assert [type(one) for one in found] == [bool, bool, bool, UserError, bool, bool, bool]
    assert (store.get(run.id).params, store.get(run.id).tags) == ({"p0": "x", "p1": "x", "p2": "x"}, {})


def test_that_a_failing_write_fails_alone(database: Database, store: RunStore) -> None:
    run = made(store)
    store.log_batch(run.id, LogBatch(params={"depth": "1"}))

    def broken(write: sa.Connection) -> None:
        write.execute(experiments.insert().values(id="x", name="half done", created=None))  # the column may not be empty

    def conflict() -> bool:
        return store.log_batch(run.id, LogBatch(params={"other": "1", "depth": "2"}), unique_params=True)

    def good(at: int) -> Callable[[], object]:
        return lambda: store.log_batch(run.id, points(f"m{at}", [1.0]))

    outcomes = all_at_once(database, [good(0), conflict, good(1), lambda: database.grouped(broken), good(2)])
    assert [outcomes[at] for at in (0, 2, 4)] == [True] * 3
    assert isinstance(outcomes[1], Conflict)
    assert isinstance(outcomes[3], sa.exc.IntegrityError)
    found = store.get(run.id)
    assert (sorted(found.metrics), found.params) == (["m0", "m1", "m2"], {"depth": "1"})
    assert [one.name for one in store.experiments("all")] == ["flights"]


def test_that_a_full_disk_fails_those_that_need_room_and_no_other(sqlite_database: Database) -> None:
    database, store = sqlite_database, RunStore(sqlite_database)
    run = made(store)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")

    def big() -> bool:
        return store.log_batch(run.id, LogBatch(tags={"big": "x" * 1_000_000}))

    def small(at: int) -> Callable[[], object]:
        return lambda: store.log_batch(run.id, LogBatch(tags={f"small{at}": "y"}))

    outcomes = all_at_once(database, [small(0), big, small(1)])
    assert [outcomes[0], outcomes[2]] == [True, True]
    assert isinstance(outcomes[1], EnvironmentError_)
    assert "The disk is full" in outcomes[1].message
    assert store.get(run.id).tags == {"small0": "y", "small1": "y"}


def test_that_an_interrupt_of_one_thread_answers_the_others(database: Database, store: RunStore) -> None:
    run = made(store)

    def interrupted(_write: sa.Connection) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.grouped(interrupted)
    assert store.log_batch(run.id, points("a", [1.0]))


def test_that_two_openings_of_one_database_count_no_number_and_no_point_twice(opened: Callable[[], Database]) -> None:
    stores = [RunStore(opened()), RunStore(opened())]
    run = made(stores[0])

    def work(at: int) -> None:
        made(stores[at % 2])
        stores[at % 2].log_batch(run.id, points("a", [float(at)]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    with stores[0].database.read() as connection:
        numbers = connection.execute(sa.select(runs.c.number)).scalars().all()
    assert sorted(numbers) == list(range(1, 42))
    assert sorted(stores[1].points(run.id, "a").values.tolist()) == [float(at) for at in range(40)]
    assert stores[1].points(run.id, "a").steps.tolist() == list(range(40))
