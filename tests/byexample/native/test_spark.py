"""What Spark gives for a program is what the interpreter gives."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.byexample.native import examples, trees
from tests.byexample.native.conftest import CompareSpark
from workbench.byexample.tree.nodes import Node

pytestmark = pytest.mark.keeps_threads  # Spark's gateway lives as long as the process

FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
PROGRAMS = st.lists(st.one_of(trees.text_nodes(2), trees.format_numbers(1), trees.shown_moments(1)), min_size=6, max_size=6)


@pytest.mark.parametrize("first", range(0, len(examples.PROGRAMS), 40))
def test_that_every_operator_gives_what_the_interpreter_gives(compare_spark: CompareSpark, first: int) -> None:
    assert compare_spark(examples.PROGRAMS[first : first + 40], trees.some_rows(1)) == []


@FEW
@given(PROGRAMS, trees.rows())
def test_that_any_programs_give_what_the_interpreter_gives(
    compare_spark: CompareSpark, programs: list[Node], rows: trees.Rows
) -> None:
    assert compare_spark(programs, rows) == []
