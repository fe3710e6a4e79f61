"""The queue's reckoning: who starts, who waits for what, in which order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workbench.jobs.queue import Decision, Pool, Waiting, circle, decide, in_turns
from workbench.schema import RunStatus, Slots

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def job(run_id: str, number: int = 0, *, project: str = "a", target: str = "local", priority: int = 0, **values: Any) -> Waiting:
    share = Slots(cpus=values.pop("cpus", 1), memory_mb=values.pop("memory_mb", 0), gpus=values.pop("gpus", 0))
    return Waiting(run_id, project, target, priority, NOW + timedelta(seconds=number), share, **values)


def pool(cpus: float = 2, memory_mb: int = 0, gpus: int = 0, most: int = 0) -> Pool:
    return Pool("local", Slots(cpus=cpus, memory_mb=memory_mb, gpus=gpus), most)


def decided(waiting: Sequence[Waiting], pools: dict[str, Pool] | None = None, **values: Any) -> dict[str, Decision]:
    given: dict[str, Any] = {"states": {}, "active": {}, "last_started": {}, **values}
    return {one.job.run_id: one for one in decide(waiting, pools or {"local": pool()}, **given)}


def test_that_nothing_starts_without_its_share_and_the_reason_says_what_lacks() -> None:
    found = decided([job("one", 1), job("big", 2, cpus=2), job("two", 3)])
    assert [name for name, one in found.items() if one.starts] == ["one", "two"]
    assert found["big"].waits_for == "Waits for 2 CPUs on local; 1 is free."
    assert decided([job("x")], {"local": pool(cpus=0.5)})["x"].fails == "The job asks for 1 CPU, but local has 0.5."
    short = decided([job("x", memory_mb=500), job("y", 1, memory_mb=600)], {"local": pool(memory_mb=1000)})
    assert short["y"].waits_for == "Waits for 600 MB of memory on local; 500 MB are free."
    assert decided([job("x")], {"local": pool(most=1, cpus=9)}, active={})["x"].starts
    busy = pool(cpus=9, most=2)
    busy.take(Slots(cpus=1))
    busy.take(Slots(cpus=1))
    assert decided([job("x")], {"local": busy})["x"].waits_for == "Waits for one of the 2 jobs on local to end."


def test_that_each_job_gets_gpus_of_its_own() -> None:
    gpus = pool(cpus=8, gpus=3)
    gpus.take(Slots(cpus=1, gpus=1), [1])
    found = decided([job("a", 1, gpus=1), job("b", 2, gpus=2), job("c", 3, gpus=1)], {"local": gpus})
    assert (found["a"].gpus, found["c"].gpus) == ((0,), (2,))
    assert found["b"].waits_for == "Waits for 2 GPUs on local; 1 is free."
    assert decided([job("x", gpus=1)])["x"].fails == "The job asks for 1 GPU, but local has none."


def test_that_targets_of_one_machine_share_what_it_has() -> None:
    here = pool(cpus=2)
    found = decided([job("a", 1, cpus=2), job("b", 2, target="docker")], {"local": here, "docker": here})
    assert (found["a"].starts, found["b"].starts) == (True, False)


def test_that_projects_take_turns_within_a_priority() -> None:
    waiting = [job(f"a{number}", number, project="a") for number in range(3)]
    waiting += [job(f"b{number}", 10 + number, project="b") for number in range(2)]
    waiting.append(job("urgent", 99, project="a", priority=1))
    assert [one.run_id for one in in_turns(waiting, {}, {})] == ["urgent", "b0", "a0", "b1", "a1", "a2"]
    assert next(one.run_id for one in in_turns(waiting[:4], {"a": 1}, {})) == "b0"
    assert next(one.run_id for one in in_turns(waiting[:4], {}, {"a": 5.0})) == "b0"
    assert next(one.run_id for one in in_turns(waiting[:4], {}, {"a": 5.0, "b": 6.0})) == "a0"


def test_that_a_big_job_is_overtaken_only_until_it_is_starving() -> None:
    busy = {"local": pool(cpus=4)}
    busy["local"].take(Slots(cpus=2))
    waiting = [job("big", 1, cpus=4), job("small", 2)]
    assert decided(waiting, busy)["small"].starts
    busy = {"local": pool(cpus=4)}
    busy["local"].take(Slots(cpus=2))
    found = decided(waiting, busy, starving=lambda run_id: run_id == "big")
    assert not found["small"].starts
    assert found["small"].waits_for == "Waits for a bigger job before it, for which local is kept free."


@pytest.mark.parametrize(
    ("status", "starts", "waits_for", "fails"),
    [
        (RunStatus.FINISHED, True, "", ""),
        (RunStatus.RUNNING, False, "Waits for run 3 of flights.", ""),
        (RunStatus.FAILED, False, "", "It depends on run 3 of flights, which has failed."),
        (RunStatus.LOST, False, "", "It depends on run 3 of flights, which was lost."),
    ],
)
def test_that_a_job_waits_for_those_before_it_and_fails_with_them(
    status: RunStatus, starts: bool, waits_for: str, fails: str
) -> None:
    one = decided([job("x", depends_on=("r",))], states={"r": (status, "3 of flights")})["x"]
    assert (one.starts, one.waits_for, one.fails) == (starts, waits_for, fails)


def test_that_what_cannot_come_true_any_more_fails_with_a_sentence() -> None:
    assert decided([job("x", depends_on=("gone",))])["x"].fails == "A run on which it depends was deleted."
    assert decided([job("x", target="box")])["x"].fails == "The target box is not there any more."


def test_that_a_paused_queue_and_a_next_attempt_hold_a_job_back() -> None:
    assert decided([job("x")], paused={"local"})["x"].waits_for == "Waits until the queue of local is resumed."
    assert decided([job("x", wait_s=39.7)])["x"].waits_for == "Waits for its next attempt in 40 s."
    assert decided([job("x", wait_s=0.0)])["x"].starts


def test_that_a_circle_is_found_at_any_length() -> None:
    known = {"b": ("c",), "c": ("d",), "d": ()}
    assert not circle("a", ["b"], known)
    assert circle("d", ["b"], known)
    assert circle("a", ["a"], {})
