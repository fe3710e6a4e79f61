"""What comes with a program: other readings, doubtful rows, contradictions, the sentence; and what inputs without outputs do."""

import pytest

from workbench.byexample import Learned, learn

NAMES = [("Ada Lovelace",), ("Alan Turing",), ("Grace Hopper",), ("Kurt Gödel",)]


def derived(learned: Learned, *texts: str | None) -> list[str | None]:
    assert learned.program, learned.explanation
    return [learned.program.run((text,)) for text in texts]


def test_that_other_readings_of_the_example_are_offered() -> None:
    inputs = [("1/1/2015",), ("3/4/2016",), ("5/6/2017",)]
    learned = learn([(inputs[0], "Jan 1, 2015")], inputs)
    assert derived(learned, "3/4/2016") == ["Mar 4, 2016"]
    dayfirst = next(other for other in learned.alternatives if other.program.run(("3/4/2016",)) == "Apr 3, 2016")
    assert dayfirst.differs == (1, 2)


def test_that_a_reading_which_changes_no_row_is_no_alternative() -> None:
    # The last word and the second one are the same here.
    learned = learn([(NAMES[0], "Lovelace")], NAMES)
    assert derived(learned, "Alan Turing") == ["Turing"]
    assert all(alternative.differs for alternative in learned.alternatives)


def test_that_the_row_on_which_readings_disagree_is_doubtful() -> None:
    inputs = [*NAMES, ("Ada King Lovelace",)]
    learned = learn([(NAMES[0], "Lovelace")], inputs)
    assert learned.doubtful[0] == 4


def test_that_a_row_without_an_answer_is_doubtful() -> None:
    inputs = [("2021-03-25",), ("1999-12-01",), ("soon",), ("2003-07-14",)]
    learned = learn([(inputs[0], "March")], inputs)
    assert derived(learned, "soon") == [None]
    assert learned.doubtful[0] == 2


def test_that_a_row_of_another_shape_is_doubtful() -> None:
    inputs = [(f"A-{number}",) for number in range(100, 130)] + [("A-200/7",)]
    learned = learn([(inputs[0], "100"), (inputs[1], "101")], inputs)
    assert 30 in learned.doubtful[:3]


def test_that_examples_are_not_doubtful_and_one_empty_row_is_asked_for_at_last() -> None:
    inputs = [*NAMES, ("",), (None,), ("  ",)]
    doubtful = learn([(NAMES[0], "Lovelace")], inputs).doubtful
    assert 0 not in doubtful
    assert [row for row in doubtful if row in {4, 5, 6}] == [4]
    assert doubtful[-1] == 4
    known = learn([(NAMES[0], "Lovelace"), (("",), "")], inputs).doubtful
    assert not {4, 5, 6} & set(known)


def test_that_nothing_is_doubtful_where_all_rows_are_examples() -> None:
    learned = learn([(NAMES[0], "Lovelace"), (NAMES[1], "Turing")], NAMES[:2])
    assert learned.doubtful == ()
    assert learned.alternatives == ()


@pytest.mark.parametrize(
    ("examples", "pair", "words"),
    [
        ([(("a",), "1"), (("b",), "2"), (("a",), "3")], (0, 2), ["Examples 1 and 3", "for a", "'1'", "'3'"]),
        ([((None,), "1"), ((None,), "2")], (0, 1), ["Examples 1 and 2", "(missing)"]),
        ([(("a", "b"), "1"), (("a", "b"), "")], (0, 1), ["Examples 1 and 2", "for a, b", "'1'", "''"]),
    ],
)
def test_that_a_contradiction_is_told_with_both_examples(
    examples: list[tuple[tuple[str | None, ...], str]], pair: tuple[int, int], words: list[str]
) -> None:
    learned = learn(examples, [("c",) * len(examples[0][0])])
    assert learned.program is None
    assert [(conflict.first, conflict.second) for conflict in learned.conflicts] == [pair]
    assert all(word in learned.conflicts[0].message for word in words)
    assert learned.explanation == learned.conflicts[0].message


def test_that_every_contradiction_is_told() -> None:
    learned = learn([(("a",), "1"), (("a",), "2"), (("b",), "3"), (("b",), "4")])
    assert [(conflict.first, conflict.second) for conflict in learned.conflicts] == [(0, 1), (2, 3)]


def test_that_the_same_example_twice_is_no_contradiction() -> None:
    learned = learn([(("Ada Lovelace",), "Ada"), (("Ada Lovelace",), "Ada")])
    assert learned.conflicts == ()
    assert derived(learned, "Alan Turing") == ["Alan"]


def test_that_missing_and_empty_outputs_do_not_contradict() -> None:
    learned = learn([(("x",), None), (("x",), ""), (("Ada Lovelace",), "Ada")])
    assert learned.conflicts == ()


def test_that_no_example_gives_a_sentence() -> None:
    learned = learn([], NAMES)
    assert learned.program is None
    assert learned.explanation == "Give at least one example."


def test_that_the_sentence_names_the_columns() -> None:
    program = learn([(("Ada Lovelace", "1815"), "Lovelace (1815)")]).program
    assert program
    sentence = program.explain(("Name", "Born"))
    assert "Name" in sentence
    assert "Born" in sentence


# The same example, other inputs without outputs, another reading.
GUIDED: dict[str, tuple[str, str, list[str], list[str], list[str], list[str]]] = {
    "a word, or all up to the comma": (
        "Lima, Peru", "Lima", ["Port Said, Egypt", "New York, USA"], ["Port Said", "New York"],
        ["Oslo Norway", "Bern Switzerland"], ["Oslo", "Bern"],
    ),
    "blanks at the ends": (
        "b: Oslo", "Oslo", ["b:  Lima ", "b: Bern  "], ["Lima", "Bern"],
        ["b: Lima", "b: New York"], ["Lima", "New York"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GUIDED)
def test_that_inputs_without_outputs_guide_the_choice(name: str) -> None:
    given, wanted, first, first_wanted, second, second_wanted = GUIDED[name]
    for inputs, outputs in ((first, first_wanted), (second, second_wanted)):
        learned = learn([((given,), wanted)], [(given,), *((text,) for text in inputs)])
        assert derived(learned, *inputs) == outputs, learned.explanation


def test_that_day_first_is_read_where_only_that_is_possible() -> None:
    example = (("1/1/2015",), "Jan 1, 2015")
    assert derived(learn([example], [("1/1/2015",), ("25/3/2016",)]), "2/3/2016") == ["Mar 2, 2016"]
    assert derived(learn([example], [("1/1/2015",), ("3/25/2016",)]), "2/3/2016") == ["Feb 3, 2016"]
