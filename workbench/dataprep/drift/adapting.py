"""Steps that are fitted to columns that are gone."""

from __future__ import annotations

from workbench.dataprep.columns import Schema, listed, names
from workbench.dataprep.steps import StepBase

_WITHOUT = {"remove", "rename", "move"}
"""What has nothing to do where its columns are gone; steps that change columns in place have not either."""


def without_gone(step: StepBase, before: Schema, now: Schema) -> tuple[StepBase, str] | None:
    """The step for a table that lacks some of its columns, and how it was changed; None where it makes no sense without them.

    Only lists of columns are shortened, of which some are left. A step that only changes or removes columns that are all gone is
    switched off.
    """
    there = set(names(now))
    columns = getattr(step, "columns", None)
    listed_columns = isinstance(columns, tuple) and all(isinstance(column, str) for column in columns)
    if listed_columns and columns:
        gone = [column for column in columns if column not in there]
        left = tuple(column for column in columns if column in there)
        if left and gone:
            return step.model_copy(update={"columns": left}), f"it goes without {listed(gone)}, which {_is(gone)} gone"
    own = columns if listed_columns and columns else ((getattr(step, "column", ""),) if step.op in _WITHOUT else ())
    own = tuple(column for column in own or () if column)
    if own and not there & set(own) and (step.op in _WITHOUT or set(step.makes(before)) <= set(own)):
        return step.model_copy(update={"enabled": False}), f"it is left out, since {listed(own)} {_is(own)} gone"
    return None


def _is(columns: object) -> str:
    return "are" if len(columns) > 1 else "is"  # type: ignore[arg-type]  # a list or tuple
