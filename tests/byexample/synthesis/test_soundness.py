"""Whatever is learned keeps its promises, for any examples: texts, numbers, dates, missing cells, any script."""

import json

from hypothesis import HealthCheck, given, settings

from tests.byexample.synthesis.strategies import Examples, tasks
from tests.byexample.synthesis.tables import Row
from workbench.byexample import Budget, Learner, Program, learn

_QUICK = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
# The time must not decide what is found where two learnings are compared.
_AMPLE = Budget(seconds=60.0)


@_QUICK
@given(tasks())
def test_that_programs_give_every_example_its_output(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learned = learn(examples, inputs)
    programs = [learned.program] if learned.program else []
    for program in [*programs, *(alternative.program for alternative in learned.alternatives)]:
        assert [program.run(row) or "" for row, _ in examples] == [wanted or "" for _, wanted in examples]
    assert learned.explanation


@_QUICK
@given(tasks())
def test_that_a_program_runs_on_any_row(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learned = learn(examples[:1], inputs)
    width = len(examples[0][0])
    nasty: list[str | None] = [None, "", " ", "\n", "x" * 5000, "9" * 400, "2020-99-99", "\ud83d", "'\"\\", "שלום"]
    if learned.program:
        for row in [*inputs, *((cell,) * width for cell in nasty)]:
            assert isinstance(learned.program.run(row), str | None)


@_QUICK
@given(tasks())
def test_that_alternatives_differ_where_they_say(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learned = learn(examples, inputs)
    for alternative in learned.alternatives:
        assert learned.program
        assert alternative.program != learned.program
        differs = [place for place, row in enumerate(inputs) if alternative.program.run(row) != learned.program.run(row)]
        # null and the empty text are the same output
        blank = {place for place in differs if not (alternative.program.run(inputs[place]) or learned.program.run(inputs[place]))}
        assert alternative.differs == tuple(place for place in differs if place not in blank)
        assert alternative.differs or not inputs


@_QUICK
@given(tasks())
def test_that_doubtful_rows_are_inputs_without_an_example(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    doubtful = learn(examples, inputs).doubtful
    assert len(set(doubtful)) == len(doubtful)
    given_rows = {row for row, _ in examples}
    for place in doubtful:
        assert inputs[place] not in given_rows


@_QUICK
@given(tasks())
def test_that_learning_again_gives_the_same(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    assert learn(examples, inputs, budget=_AMPLE) == learn(examples, inputs, budget=_AMPLE)


@_QUICK
@given(tasks())
def test_that_adding_one_by_one_gives_the_same_as_all_at_once(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    learner = Learner(inputs, budget=_AMPLE)
    for row, wanted in examples:
        learned = learner.add(row, wanted)
    assert learned == learn(examples, inputs, budget=_AMPLE)


@_QUICK
@given(tasks())
def test_that_a_saved_program_is_the_same_program(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    program = learn(examples, inputs).program
    if program:
        again = Program.from_json(json.loads(json.dumps(program.to_json())))
        assert again == program
        assert [again.run(row) for row in inputs] == [program.run(row) for row in inputs]


@_QUICK
@given(tasks())
def test_that_a_program_says_itself_in_a_sentence(task: tuple[Examples, list[Row]]) -> None:
    examples, inputs = task
    program = learn(examples, inputs).program
    if program:
        sentence = program.explain()
        assert sentence.endswith(".")
        assert "\n" not in sentence
