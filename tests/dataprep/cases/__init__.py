"""Cases: for each step, tables on which it is run on every engine and in every language that it can be printed in."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from workbench.dataprep.steps import StepBase


@dataclass(frozen=True)
class Case:
    """A step, the rows that it gets, and the other tables that it refers to (file names in the project, all Parquet).

    `drawn`: whether rows drawn at random from the types of `table` are added to them when engines are compared; not for steps
    that must not see other values (a step that has learned all categories, say).
    """

    name: str
    step: StepBase
    table: pa.Table
    others: dict[str, pa.Table] = field(default_factory=dict)
    drawn: bool = True
    before: tuple[StepBase, ...] = ()
    """Steps that run before: a conversion that makes error cells, say."""


def all_cases() -> list[Case]:
    """The cases of all rooms, in the order of the menus."""
    from tests.dataprep.cases import columns, creating, models, rows, scripts, tables, types, values

    return [case for room in (creating, values, columns, types, rows, tables, models, scripts) for case in room.CASES]
