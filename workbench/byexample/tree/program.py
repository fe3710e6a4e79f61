"""A learned program: it runs on rows, explains itself, prints itself as code, and is saved as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.byexample.tree.nodes import Column, Node, Row


@dataclass(frozen=True)
class Program:
    """What was learned. `run` takes the texts of the input columns and returns a text, or None for a missing value."""

    root: Node

    def run(self, row: Row) -> str | None:
        """The output for one row: as many texts as there are input columns, None for a missing one."""
        return self.root.run(row)  # type: ignore[no-any-return]

    def explain(self, columns: Sequence[str] = ()) -> str:
        """One English sentence; `columns` are the names of the inputs."""
        from workbench.byexample.printing.english import explain

        return explain(self.root, columns)

    def to_python(self, columns: Sequence[str] = ()) -> str:
        """A Python module with one function `derive(...)`, which depends on nothing of ours."""
        return self.to_code("python", columns)

    def to_code(self, language: str, columns: Sequence[str] = (), output: str = "derived") -> str:
        """The program in a `language`: python, pandas, polars, pyspark or sql. Raises UserError for another one."""
        from workbench.byexample.printing import print_program

        return print_program(self, language, columns, output)

    def to_ibis(self, columns: Sequence[Any], dialect: str = "duckdb") -> Any | None:
        """The program as an Ibis expression over text columns; None where it has no faithful native form in the dialect."""
        from workbench.byexample.native import to_ibis

        return to_ibis(self.root, columns, dialect)

    def to_json(self) -> dict[str, Any]:
        """The program as JSON, with a version."""
        from workbench.byexample.tree.storage import to_json

        return to_json(self)

    @staticmethod
    def from_json(value: dict[str, Any]) -> Program:
        """Reads `to_json`'s result. Raises UserError for anything else."""
        from workbench.byexample.tree.storage import from_json

        return from_json(value)

    @property
    def columns(self) -> tuple[int, ...]:
        """The input columns that it reads, in ascending order."""
        return tuple(sorted({node.index for node in walk(self.root) if isinstance(node, Column)}))


def walk(node: Any) -> list[Any]:
    """The node and all that it is made of: nodes and conditions."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        for value in vars(current).values():
            items = value if isinstance(value, tuple) else (value,)
            waiting.extend(item for item in items if hasattr(item, "__dataclass_fields__"))
    return found
