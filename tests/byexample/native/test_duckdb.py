"""What DuckDB gives for a program is what the interpreter gives."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.byexample.native import examples, trees
from workbench.base.errors import UserError
from workbench.byexample.native import Disagreement, agrees, to_ibis, why_not
from workbench.byexample.native.compiler import CONDITIONS, NODES
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Column, Constant, Node
from workbench.byexample.tree.numbers import Arithmetic, FormatNumber, Number
from workbench.byexample.tree.program import Program, walk
from workbench.byexample.tree.texts import Case, FromToken, Lookup, Part, Replace, Slice

QUICK = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def test_that_every_operator_gives_what_the_interpreter_gives() -> None:
    rows = trees.some_rows(1)
    differing = [(program, found) for program in examples.PROGRAMS if (found := agrees(Program(program), rows))]
    assert differing == []


def test_that_the_programs_above_have_every_operator() -> None:
    used = {type(node) for program in examples.PROGRAMS for node in walk(program)}
    assert (NODES.keys() | CONDITIONS.keys()) - used == set()


@QUICK
@given(trees.text_nodes(2), trees.rows())
def test_that_any_texts_are_those_of_the_interpreter(root: Node, rows: trees.Rows) -> None:
    assert agrees(Program(root), rows) is None


@QUICK
@given(trees.format_numbers(2), trees.rows())
def test_that_any_numbers_are_those_of_the_interpreter(root: Node, rows: trees.Rows) -> None:
    assert agrees(Program(root), rows) is None


@QUICK
@given(trees.shown_moments(1), trees.rows())
def test_that_any_dates_are_those_of_the_interpreter(root: Node, rows: trees.Rows) -> None:
    assert agrees(Program(root), rows) is None


@pytest.mark.parametrize("pattern", ["dd/MM/yyyy", "yyyy-MM-dd", "yyyyMMdd", "dd.yyyy.MM"])
def test_that_dates_of_digits_are_read_strictly(pattern: str) -> None:
    texts = (
        "01/02/2020",
        "1/2/2020",
        " 1/02/2020",
        "01/02/202 ",
        "01/02/2020\n",
        "00/02/2020",
        "01/02/0000",
        "31/04/2020",
        "29/02/1900",
    )
    turned = [(text, text[6:] + "-" + text[3:5] + "-" + text[:2], text[6:] + text[3:5] + text[:2]) for text in texts]
    rows = [(text,) for shapes in turned for text in shapes] + [
        (None,),
        ("01.0001.02",),
        ("1234567890",),
        ("20200230",),
        ("+2020-1-1",),
    ]
    program = Program(FormatMoment(ReadMoment(Column(0), (pattern,)), "EEEE, d MMM yyyy 'at 100%' dd.MM.yy"))
    assert agrees(program, rows) is None
    assert any(program.run(row) for row in rows)


def test_that_a_difference_is_found() -> None:
    row = ("\ufdd0 1",)  # the native form uses this character, which no text may have
    program = Program(FromToken(Column(0), "digits", 0))
    assert agrees(program, [("a 1",), row]) == Disagreement(row, "1", " 1")


def test_that_rows_may_be_short_or_long() -> None:
    assert agrees(Program(Column(1)), [("a",), ("a", "b"), ("a", "b", "c"), ()]) is None


def test_that_texts_that_no_database_holds_are_passed_over() -> None:
    assert agrees(Program(Column(0)), [("\ud800",), ("a",)]) is None


def test_that_missing_texts_go_through_every_operator() -> None:
    missing = [
        Lookup(Constant(None), (("a", "b"),), "c"),
        Slice(Constant(None), 1, -1),
        Part(Column(3), "-", 0),
        Case(Constant(None), "title"),
    ]
    assert [agrees(Program(program), [("a",)]) for program in missing] == [None] * 4


def test_that_it_says_what_has_no_native_form() -> None:
    quotient = FormatNumber(Arithmetic(Number(Column(0)), "/", Number(Column(1))))
    assert why_not(quotient) == "Arithmetic has no native form for a division."
    assert why_not(Replace(Column(0), "", "-"), "pyspark") == "Replacing an empty text has no native form."
    assert why_not(Column(0)) == ""
    assert to_ibis(Replace(Column(0), "", "-"), []) is None
    with pytest.raises(UserError, match="does not run natively: Arithmetic has no native form"):
        agrees(Program(quotient), [("1", "2")])


def test_that_other_databases_are_refused() -> None:
    with pytest.raises(UserError, match="DuckDB and Spark, not on oracle"):
        to_ibis(Column(0), [], "oracle")
    with pytest.raises(UserError, match="Only DuckDB runs here"):
        agrees(Program(Column(0)), [], "pyspark")
