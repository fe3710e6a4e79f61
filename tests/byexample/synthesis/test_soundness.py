"""Whatever is learned keeps its promises, for any examples: texts, numbers, dates, missing cells, any script."""

import json

from hypothesis import HealthCheck, given, settings

from tests.byexample.synthesis.strategies import Examples, tasks
from tests.byexample.synthesis.tables import Row
from workbench.byexample import Budget, Learned, Learner, Program, learn

_QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
# The time must not decide what is found where two learnings are compared.
_AMPLE = Budget(seconds=60.0)
_NASTY = (None, "", " ", "\n", "x" * 5000, "9" * 400, "2020-99-99", "\ud83d", "'\"\\", "שלום")


@_QUICK
@given(tasks())
def test_that_whatever_is_learned_keeps_its_promises(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learned = learn(examples, inputs)
    programs = [learned.program] if learned.program else []
    for program in [*programs, *(alternative.program for alternative in learned.alternatives)]:
        _gives_every_example_its_output(program, examples)
        _is_the_same_after_it_was_saved(program, inputs)
        _says_itself_in_a_sentence(program)
    for program in programs:
        _runs_on_any_row(program, inputs, len(examples[0][0]))
    _alternatives_differ_where_they_say(learned, inputs)
    _doubtful_rows_are_inputs_without_an_example(learned, examples, inputs)
    assert learned.explanation


def _gives_every_example_its_output(program: Program, examples: Examples) -> None:
    assert [program.run(row) or "" for row, _ in examples] == [wanted or "" for _, wanted in examples]


def _is_the_same_after_it_was_saved(program: Program, inputs: list[Row]) -> None:
    again = Program.from_json(json.loads(json.dumps(program.to_json())))
    assert again == program
    assert [again.run(row) for row in inputs] == [program.run(row) for row in inputs]


def _says_itself_in_a_sentence(program: Program) -> None:
    sentence = program.explain()
    assert sentence.endswith(".")
    assert "\n" not in sentence


def _runs_on_any_row(program: Program, inputs: list[Row], width: int) -> None:
    for row in [*inputs, *((cell,) * width for cell in _NASTY)]:
        assert isinstance(program.run(row), str | None)


def _alternatives_differ_where_they_say(learned: Learned, inputs: list[Row]) -> None:
    for alternative in learned.alternatives:
        assert learned.program
        assert alternative.program != learned.program
        ours, theirs = ([program.run(row) or "" for row in inputs] for program in (learned.program, alternative.program))
        assert alternative.differs == tuple(place for place in range(len(inputs)) if ours[place] != theirs[place])
        assert alternative.differs or not inputs


def _doubtful_rows_are_inputs_without_an_example(learned: Learned, examples: Examples, inputs: list[Row]) -> None:
    assert len(set(learned.doubtful)) == len(learned.doubtful)
    shown = {row for row, _ in examples}
    assert all(inputs[place] not in shown for place in learned.doubtful)


@settings(_QUICK, max_examples=12)
@given(tasks())
def test_that_learning_again_or_one_by_one_gives_the_same(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learned = learn(examples, inputs, budget=_AMPLE)
    assert learn(examples, inputs, budget=_AMPLE) == learned
    learner = Learner(inputs, budget=_AMPLE)
    assert [learner.add(row, wanted) for row, wanted in examples][-1] == learned
