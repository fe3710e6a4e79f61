"""The snippets for data frames add the column that the program gives."""

from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings

from tests.byexample.trees import Cells, programs
from workbench.byexample.printing.pandas_code import to_pandas
from workbench.byexample.printing.polars_code import to_polars
from workbench.byexample.tree.nodes import Node

NAMES = ("Name", "Start Date", "class")


def in_pandas(
    root: Node, rows: list[Cells], names: tuple[str, ...] = NAMES, output: str = "derived", dtype: str = "object"
) -> list[str | None]:
    """The column that the pandas snippet adds."""
    frame = pd.DataFrame({name: pd.Series([row[number] for row in rows], dtype=dtype) for number, name in enumerate(names)})
    scope: dict[str, Any] = {"df": frame, "pd": pd}
    code = to_pandas(root, names, output)
    exec(compile(code, "snippet.py", "exec"), scope)
    return [None if pd.isna(value) else value for value in scope["df"][output]]


def in_polars(root: Node, rows: list[Cells], names: tuple[str, ...] = NAMES, output: str = "derived") -> list[str | None]:
    """The column that the Polars snippet adds."""
    frame = pl.DataFrame({name: pl.Series([row[number] for row in rows], dtype=pl.String) for number, name in enumerate(names)})
    scope: dict[str, Any] = {"df": frame}
    exec(compile(to_polars(root, names, output), "snippet.py", "exec"), scope)
    found: list[str | None] = scope["df"][output].to_list()
    return found


@pytest.mark.parametrize("dtype", ["object", "str"])
@settings(max_examples=120, deadline=None, derandomize=True)
@given(case=programs())
def test_that_pandas_gives_what_the_program_gives(dtype: str, case: tuple[Node, list[Cells]]) -> None:
    root, rows = case
    assert in_pandas(root, rows, dtype=dtype) == [root.run(row) for row in rows], to_pandas(root, NAMES)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(case=programs())
def test_that_polars_gives_what_the_program_gives(case: tuple[Node, list[Cells]]) -> None:
    root, rows = case
    assert in_polars(root, rows) == [root.run(row) for row in rows], to_polars(root, NAMES)
