"""Learning keeps its budget of time and memory, gives the best so far, and stops when it is told to."""

import itertools
import time
import tracemalloc

import pytest

from tests.byexample.synthesis.nasty import nasty_tasks
from workbench.byexample import Budget, LearningCancelled, learn

TASKS = nasty_tasks()
# The processor's seconds are measured, so that a busy machine does no harm; what one look at the clock may miss is allowed for.
SHORT, SHORT_ENDS = Budget(seconds=0.05), 1.5


@pytest.mark.parametrize("name", TASKS)
def test_that_a_short_budget_is_kept_and_whatever_is_given_is_right(name: str) -> None:
    examples, inputs = TASKS[name]
    began = time.process_time()
    learned = learn(examples, inputs, budget=SHORT)
    assert time.process_time() - began < SHORT_ENDS
    assert learned.program
    assert [learned.program.run(row) or "" for row, _ in examples] == [wanted or "" for _, wanted in examples]


def test_that_a_machine_that_is_busy_elsewhere_takes_no_program_away(monkeypatch: pytest.MonkeyPatch) -> None:
    examples, inputs = TASKS["twelve columns joined"]
    # ten seconds pass between any two looks at the clock, as where other programs have the processor
    hours = itertools.count(0, 10)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(hours)))
    learned = learn(examples, inputs, budget=SHORT)
    assert learned.program
    assert [learned.program.run(row) for row, _ in examples] == [wanted for _, wanted in examples]


def test_that_without_any_time_there_still_is_a_program() -> None:
    learned = learn([(("Ada", "Lovelace"), "Ada Lovelace")], budget=Budget(seconds=0.0))
    assert learned.program
    assert learned.program.run(("Ada", "Lovelace")) == "Ada Lovelace"


@pytest.mark.parametrize("name", ["twelve columns", "outputs of 200 characters", "a piece of long cells"])
def test_that_the_memory_is_bounded(name: str) -> None:
    examples, inputs = TASKS[name]
    size = sum(len(cell or "") for row in inputs for cell in row)
    tracemalloc.start()
    try:
        learn(examples, inputs, budget=Budget(seconds=0.3, mebibytes=4.0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20 + 8 * size


@pytest.mark.parametrize("name", TASKS)
def test_that_learning_stops_when_it_is_cancelled(name: str) -> None:
    examples, inputs = TASKS[name]
    began = time.process_time()
    with pytest.raises(LearningCancelled):
        learn(examples, inputs, budget=Budget(seconds=60.0, cancelled=lambda: time.process_time() - began > 0.05))
    assert time.process_time() - began < SHORT_ENDS


def test_that_a_cancelled_learning_gives_nothing() -> None:
    with pytest.raises(LearningCancelled):
        learn([(("Ada Lovelace",), "Lovelace")], budget=Budget(cancelled=lambda: True))


def test_that_cancelled_is_asked_often() -> None:
    asked = itertools.count()
    learn([(("Ada Lovelace",), "Lovelace, A.")], budget=Budget(cancelled=lambda: next(asked) < 0))
    assert next(asked) > 20
