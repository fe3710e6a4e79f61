"""The SQL of a program gives what the program gives, in a real DuckDB."""

import re

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from tests.byexample.trees import Cells, programs
from workbench.base.errors import UserError
from workbench.byexample.native import why_not
from workbench.byexample.printing.sql import to_sql
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.nodes import Column, Concat, Constant, Node
from workbench.byexample.tree.numbers import Arithmetic, FormatNumber, Number
from workbench.byexample.tree.texts import Case, Match, Part, Slice

NAMES = ('order "id"', "v0", "SELECT")


def in_duckdb(sql: str, rows: list[Cells]) -> list[str | None]:
    """The column that an expression adds."""
    connection = duckdb.connect()
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in NAMES]
    connection.execute(f"CREATE TABLE data ({', '.join(f'{name} VARCHAR' for name in quoted)}, position INTEGER)")
    connection.executemany("INSERT INTO data VALUES (?, ?, ?, ?)", [[*row, number] for number, row in enumerate(rows)])
    return [row[0] for row in connection.execute(f"SELECT {sql} FROM data ORDER BY position").fetchall()]


ROWS: list[Cells] = [
    ("Ada Lovelace", "2031-01-07", "x"),
    ("Grace Brewster Hopper", "7", None),
    ("", None, "é"),
    (None, "2024-02-29", "12 b"),
]


@pytest.mark.parametrize(
    "root",
    [
        Column(0),
        Constant("x"),
        Constant(None),
        Concat((Case(Part(Column(0), " ", -1), "upper"), Constant(", "), Slice(Part(Column(0), " ", 0), 0, 1), Constant("."))),
        FormatMoment(ReadMoment(Column(1), ("yyyy-MM-dd",)), "d MMM yyyy"),
        Match(Column(2), "digits", 0),
    ],
)
def test_that_typical_programs_run_in_a_select(root: Node) -> None:
    assert in_duckdb(to_sql(root, NAMES, 'the "new" one'), ROWS) == [root.run(row) for row in ROWS]


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(case=programs(depth=1))
def test_that_duckdb_gives_what_the_program_gives(case: tuple[Node, list[Cells]]) -> None:
    root, rows = case
    if reason := why_not(root):
        with pytest.raises(UserError, match=re.escape(reason)):
            to_sql(root, NAMES)
    else:
        assert in_duckdb(to_sql(root, NAMES), rows) == [root.run(row) for row in rows], to_sql(root, NAMES)


def test_that_an_operator_without_a_native_form_is_named() -> None:
    ratio = FormatNumber(Arithmetic(Number(Column(0)), "/", Number(Column(1))))
    with pytest.raises(UserError, match=r"no form in SQL.*division") as caught:
        to_sql(ratio)
    assert "Python" in caught.value.hint


def test_that_an_unknown_dialect_gives_the_known_ones() -> None:
    with pytest.raises(UserError, match="duckdb and spark"):
        to_sql(Column(0), dialect="oracle")
