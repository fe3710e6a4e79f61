"""What the steps of this room share: how they look at columns, and what they say when there is nothing to learn from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.dataprep.cells import is_missing, visible
from workbench.dataprep.columns import NUMERIC, Problem, Schema, find, missing_columns, names
from workbench.dataprep.steps.base import Rows
from workbench.dataprep.steps.rows.conditions import exactly
from workbench.dataprep.steps.rows.order import key_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


def numbers(table: ir.Table, name: str) -> Any:
    """The column as decimals; not a number is missing."""
    column: Any = table[name]
    return key_of(column) if column.type().is_floating() else column.cast("float64")


def finite(table: ir.Table, name: str) -> Any:
    """The column as decimals without infinite ones: what constants are learned from."""
    import ibis

    value = numbers(table, name)
    endless = value.abs() > exactly(sys.float_info.max)  # for Spark, Ibis takes no number for infinite
    return ibis.ifelse(endless, ibis.null("float64"), value) if table[name].type().is_floating() else value


def asked(rows: Rows, values: dict[str, Any]) -> dict[str, Any]:
    """The values of these aggregates over the rows."""
    found: dict[str, Any] = rows.ask(
        rows.table.aggregate(**{f"c{at}": value for at, value in enumerate(values.values())})
    ).to_pylist()[0]
    return {name: found[f"c{at}"] for at, name in enumerate(values)}


def distinct(rows: Rows, name: str, most: int, what: str) -> list[Any]:
    """The different values of a column, missing ones left out, in their order. Raises UserError for more than `most`, or none."""
    table = rows.table
    held = table.filter(~is_missing(table, name)).select(value=lambda t: t[name]).distinct()
    found = [row["value"] for row in rows.ask(held.limit(most + 1)).to_pylist()]
    if len(found) > most:
        raise UserError(
            f"{name} has more than {most:,} different values, too many to {what}.",
            hint="Choose another column, or raise the number of values.",
            place=name,
        )
    if not found:
        raise nothing(name)
    return sorted(value for value in found if value is not None)


def nothing(name: str) -> UserError:
    """That a column has nothing to learn from."""
    return UserError(f"{name} has no values to learn from.", hint="Choose another column.", place=name)


def known_columns(table: ir.Table, wanted: Iterable[str]) -> None:
    """Raises UserError for a column that is not there."""
    known = visible(table)
    if gone := [name for name in wanted if name not in known]:
        raise UserError(f"There is no column {gone[0]} here.", place=gone[0])


def number_problems(schema: Schema, wanted: Sequence[str]) -> list[Problem]:
    """Columns that are not there, or hold no numbers."""
    if not wanted:
        return [Problem("Choose at least one column.")]
    problems = missing_columns(schema, wanted)
    for name in wanted:
        column = find(schema, name)
        if column and column.type not in NUMERIC:
            problems.append(Problem(f"{name} holds no numbers.", column=name))
    return problems


def name_problems(schema: Schema, made: Sequence[str], replaced: Sequence[str] = ()) -> list[Problem]:
    """New columns whose names are blank, there already, or used twice (ignoring case)."""
    taken = {name.lower() for name in names(schema) if name not in replaced}
    problems: list[Problem] = []
    for name in made:
        if not name.strip():
            problems.append(Problem("Give the new column a name."))
        elif name.lower() in taken:
            problems.append(Problem(f"There is a column {name} already.", column=name))
        taken.add(name.lower())
    return problems
