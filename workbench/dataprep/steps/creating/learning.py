"""The texts of the rows that reach a step, for learning from them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.dataprep.columns import ROW
from workbench.dataprep.steps.base import Rows
from workbench.dataprep.steps.creating.texts import text_of

LEARNT_FROM = 5000
"""From how many rows programs are learned."""


def some_texts(rows: Rows, columns: Sequence[str], most: int | None) -> list[tuple[str | None, ...]]:
    """The first rows (None: all) as texts of these columns."""
    table = rows.table
    chosen = table.select(
        **{ROW: table[ROW]}, **{f"c{number}": text_of(table, name, "duckdb") for number, name in enumerate(columns)}
    )
    ordered = chosen.order_by(ROW)
    found = rows.ask((ordered if most is None else ordered.limit(most)).drop(ROW))
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
