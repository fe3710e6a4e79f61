"""Programs in every language, with names of columns that could break code."""

import json

import pytest

from tests.byexample.printing.test_frames import in_pandas, in_polars
from tests.byexample.printing.test_python import executed
from workbench.base.errors import UserError
from workbench.byexample.printing import LANGUAGES, print_program
from workbench.byexample.printing.python import function, to_python
from workbench.byexample.tree.nodes import Column, Concat, Constant, Node
from workbench.byexample.tree.numbers import FormatNumber, Number
from workbench.byexample.tree.program import Program
from workbench.byexample.tree.texts import Case, Items, Match, Part

NASTY = (
    "class", "", "Name", "name", "naïve café", "1st", "a'b\"c\\", "两", "line\nbreak", "re", "text", "*", "^x$", "{x}", "derive",
    "read_number", "df", "None", "ﬁeld", "field", "_", "words", "{", "%", "x y", "x_y", "dt", "found",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_language_prints_a_program(language: str) -> None:
    program = Program(Concat((Case(Column(0), "lower"), Constant("-"), Part(Column(1), ",", 0))))
    assert print_program(program, language, ("Name", "Tags")).strip()


def test_that_an_unknown_language_gives_the_known_ones() -> None:
    with pytest.raises(UserError, match="english, python, pandas, polars, pyspark, sql, json"):
        print_program(Program(Column(0)), "cobol")


def test_that_printed_json_is_the_program() -> None:
    program = Program(Case(Column(0), "upper"))
    assert Program.from_json(json.loads(print_program(program, "json"))) == program


def everything(count: int) -> Node:
    """A program that uses all columns, regular expressions, numbers and lists."""
    first = FormatNumber(Number(Match(Column(0), "number", 0)), 2, 2)
    return Concat((first, *(part for index in range(count) for part in (Constant("|"), Part(Column(index), " ", -1)))))


ROW = tuple(f"{number}.5 x{number}" for number in range(len(NASTY)))


def test_that_any_names_of_columns_give_a_function_that_runs() -> None:
    root = everything(len(NASTY))
    printed = function(root, NASTY)
    assert executed(printed.source)["derive"](*ROW) == root.run(ROW) is not None


def test_that_any_names_of_columns_give_code_for_frames() -> None:
    root = Concat(tuple(part for index in range(len(NASTY)) for part in (Case(Column(index), "lower"), Constant("|"))))
    names = tuple(name or f"column_{number + 1}" for number, name in enumerate(NASTY))
    for output in ("class", "a 'b' \"c\"", "x", "__x"):
        for program in (root, everything(len(NASTY))):
            assert in_pandas(program, [ROW], names, output) == [program.run(ROW)]
            assert in_polars(program, [ROW], names, output) == [program.run(ROW)]


def test_that_only_the_columns_that_are_read_are_parameters() -> None:
    code = to_python(Concat((Column(3), Column(1))), ("a", "b", "c", "d"))
    assert code.startswith("def derive(b: str | None, d: str | None) -> str | None:\n")


def test_that_the_inside_of_a_list_is_no_column() -> None:
    root = Items(Column(2), ",", Case(Column(0), "upper"), "", False, "+")
    printed = function(root, ("a", "b", "c"))
    assert printed.columns == (2,)
    assert executed(printed.source)["derive"]("x,y") == "X+Y"


def test_that_printing_is_deterministic() -> None:
    root = everything(3)
    assert all(
        print_program(Program(root), language) == print_program(Program(root), language)
        for language in ("python", "pandas", "polars")
    )


def test_that_the_printed_function_needs_nothing_of_ours() -> None:
    assert "workbench" not in to_python(everything(5))
