"""Learned programs as Ibis expressions, which DuckDB and Spark run natively and with exactly the interpreter's results.

Ibis is imported by the rooms inside, when one of these functions is called: `import workbench.byexample` stays light.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.byexample.tree.nodes import Node, Row
from workbench.byexample.tree.program import Program


@dataclass(frozen=True)
class Disagreement:
    """A row for which the native form does not give what the interpreter gives."""

    row: Row
    expected: str | None
    native: str | None


def to_ibis(root: Node, columns: Sequence[Any], dialect: str = "duckdb") -> Any | None:
    """The program as an Ibis text expression over text columns; None where the dialect has no faithful form of it.

    `dialect`: duckdb or pyspark (also called spark), the database that will run the expression. Raises UserError for another one.
    """
    from workbench.byexample.native.compiler import Compiler
    from workbench.byexample.native.values import NotNative

    try:
        return Compiler(columns, dialect).program(root)
    except NotNative:
        return None


def why_not(root: Node, dialect: str = "duckdb") -> str:
    """One sentence that says which operator has no native form in the dialect; empty when the program has one."""
    import ibis

    from workbench.byexample.native.compiler import Compiler
    from workbench.byexample.native.values import NotNative

    count = max(Program(root).columns, default=-1) + 1
    table = ibis.table({f"c{number}": "string" for number in range(max(count, 1))}, name="rows")
    try:
        Compiler([table[f"c{number}"] for number in range(count)], dialect).program(root)
    except NotNative as reason:
        return str(reason)
    return ""


def agrees(program: Program, rows: Iterable[Row], dialect: str = "duckdb") -> Disagreement | None:
    """Runs the native form on DuckDB over some rows and returns the first one that differs from the interpreter, or None.

    Raises UserError for a program without a native form, and for the dialect of another database (it would have to run here).
    """
    from workbench.byexample.native.checking import first_disagreement

    return first_disagreement(program, list(rows), dialect)


__all__ = ["Disagreement", "agrees", "to_ibis", "why_not"]
