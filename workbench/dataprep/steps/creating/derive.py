"""A column learned from examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from workbench.dataprep.columns import listed
from workbench.dataprep.steps.creating.programs import ByProgram, Example, Row

__all__ = ["Derive", "Example", "Row"]


class Derive(ByProgram):
    """A new column learned from examples: the program that was learned is stored beside them, so that a run is reproducible."""

    op: Literal["derive"] = "derive"

    @classmethod
    def learn(
        cls,
        column: str,
        inputs: tuple[str, ...],
        examples: Sequence[tuple[Row, str | None]],
        rows: Sequence[Row] = (),
    ) -> Derive:
        """A step learned from examples, over `rows`: texts of the input columns, whose outputs are not known.

        Raises UserError when no program fits the examples.
        """
        shown = tuple(Example(inputs=given, output=output) for given, output in examples)
        return cls(column=column, inputs=inputs, examples=shown).learned_from(rows)

    def describe(self) -> str:
        return f"Derive {self.column} from {listed(self.inputs)} by example"
