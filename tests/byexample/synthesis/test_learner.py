"""A learner that is given example after example answers as one that gets all at once, with no more work."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.byexample.synthesis.tables import Cell, Row
from workbench.byexample import Budget, Learner, learn

AMPLE = Budget(seconds=60.0)
SHOWN: dict[str, list[tuple[Row, Cell]]] = {
    "a piece": [
        (("Oslo|Norway|NO",), "Norway"),
        (("Lima|Peru|PE",), "Peru"),
        (("Port Said|Egypt|EG",), "Egypt"),
        (("Bern|Switzerland|CH",), "Switzerland"),
    ],
    "two cases": [
        (("Lovelace, Ada",), "Ada Lovelace"),
        (("Alan Turing",), "Alan Turing"),
        (("Hopper, Grace",), "Grace Hopper"),
        (("Kurt Gödel",), "Kurt Gödel"),
    ],
    "dates": [
        (("2021-03-25 08:05",), "Mar 25, 8AM-10AM"),
        (("1999-12-01 23:59",), "Dec 1, 10PM-12AM"),
        (("2003-07-14 00:00",), "Jul 14, 12AM-2AM"),
        (("2012-02-29 12:30",), "Feb 29, 12PM-2PM"),
    ],
    "a map": [(("north",), "A"), (("south",), "Q"), (("east",), "C"), (("west",), "Z")],
}


def calls(work: Callable[[], object]) -> int:
    """How many functions of Python are called: a measure of work that no busy machine changes."""
    count = 0

    def count_calls(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(count_calls)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", SHOWN)
def test_that_each_added_example_is_learned_as_if_anew(name: str) -> None:
    examples = SHOWN[name]
    inputs = [row for row, _ in examples]
    learner = Learner(inputs, budget=AMPLE)
    for count, (row, wanted) in enumerate(examples, 1):
        assert learner.add(row, wanted) == learn(examples[:count], inputs, budget=AMPLE)


@pytest.mark.parametrize("name", SHOWN)
def test_that_an_added_example_is_no_more_work_than_to_learn_anew(name: str) -> None:
    examples = SHOWN[name]
    inputs = [row for row, _ in examples] * 20
    learn(examples, inputs, budget=AMPLE)  # what is remembered of texts is so for both
    for count in range(1, len(examples)):
        learner = Learner(inputs, budget=AMPLE)
        learner.learn(examples[:count])
        row, wanted = examples[count]
        added = calls(lambda learner=learner, row=row, wanted=wanted: learner.add(row, wanted))  # type: ignore[misc]
        anew = calls(lambda count=count: learn(examples[: count + 1], inputs, budget=AMPLE))  # type: ignore[misc]
        assert added <= anew + 100  # a few calls are those of Python's own upkeep


def test_that_examples_are_changed_and_taken_back() -> None:
    inputs = [("Ada Lovelace",), ("Alan Turing",), ("Grace Hopper",)]
    learner = Learner(inputs, budget=AMPLE)
    learner.add(("Ada Lovelace",), "Ada")
    learner.add(("Alan Turing",), "Turing")
    assert learner.learn([(("Ada Lovelace",), "Ada")]) == learn([(("Ada Lovelace",), "Ada")], inputs, budget=AMPLE)
    changed = [(("Ada Lovelace",), "LOVELACE")]
    assert learner.learn(changed) == learn(changed, inputs, budget=AMPLE)
    assert learner.learn([]).program is None


def test_that_a_contradiction_can_be_mended() -> None:
    learner = Learner([("a b",), ("c d",)], budget=AMPLE)
    learner.add(("a b",), "a")
    assert learner.add(("a b",), "b").conflicts
    mended = learner.learn([(("a b",), "b")])
    assert mended.program
    assert mended.program.run(("c d",)) == "d"


def test_that_the_examples_may_come_in_any_order() -> None:
    for examples in SHOWN.values():
        forth, back = (learn(order, budget=AMPLE).program for order in (examples, examples[::-1]))
        assert forth
        assert back
        assert [forth.run(row) for row, _ in examples] == [back.run(row) for row, _ in examples]


def test_that_lists_serve_as_rows() -> None:
    learned = learn([(["Ada", "Lovelace"], "Ada L.")], [["Alan", "Turing"]])  # type: ignore[list-item]
    assert learned.program
    assert learned.program.run(["Alan", "Turing"]) == "Alan T."


def test_that_no_order_of_a_set_decides() -> None:
    code = f"from workbench.byexample import learn; print(*(learn(examples) for examples in {list(SHOWN.values())!r}))"
    found = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "12"
    }
    assert len(found) == 1


def test_that_the_engine_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import workbench.byexample;"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(*sorted(loaded - set(sys.stdlib_module_names)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.split() == ["workbench"]


def test_that_learning_itself_loads_no_heavy_package() -> None:
    code = (
        "import sys; from workbench.byexample import learn;"
        "learned = learn([(('2021-03-25', '3'), 'Mar 25: 3.00')], [('1999-12-01', '4')]);"
        "assert learned.program.run(('1999-12-01', '4')) == 'Dec 1: 4.00'; learned.explanation; learned.program.to_json();"
        "learned.program.to_python();"
        "print(*(name for name in ('pandas', 'numpy', 'pyarrow', 'ibis', 'duckdb', 'polars', 'PySide6', 'pydantic', 'sqlglot')"
        " if name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.split() == []
