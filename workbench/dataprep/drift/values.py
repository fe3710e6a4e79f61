"""Values that steps with learned constants did not know when they learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.dataprep.columns import find, listed
from workbench.dataprep.steps import LabelEncode, MapValues, OneHot, StepBase

if TYPE_CHECKING:
    from workbench.dataprep.engine.views import TableView

_NAMED = 5


def known_values(step: StepBase) -> tuple[str, set[str], str] | None:
    """The column whose values a step knows, these values, and what becomes of others; None for a step without such."""
    if isinstance(step, OneHot) and step.categories:
        return step.column, set(step.categories), "they belong to none of the learned categories"
    if isinstance(step, LabelEncode) and step.labels:
        what = {"error": "they become errors", "missing": "they become missing", "minus_one": "they become -1"}
        return step.column, set(step.labels), what[step.unknown]
    if isinstance(step, MapValues) and step.otherwise != "keep" and len(step.columns) == 1:
        what = {"missing": "they become missing", "value": f"they become {step.otherwise_value}"}
        return step.columns[0], {pair.old for pair in step.pairs if pair.old is not None}, what[step.otherwise]
    return None


def new_values(step: StepBase, view: TableView) -> str:
    """One sentence on values among the rows that reach the step that it has not learned; empty without any."""
    known = known_values(step)
    column = find(view.columns, known[0]) if known else None
    if known is None or column is None or column.type != "string":
        return ""
    held = [row[0] for row in view.sample([column.name]).rows if row[0] is not None]
    fresh = [text for text in held if text not in known[1]]
    if not fresh:
        return ""
    many = len(fresh) > 1
    named = listed((repr(text) for text in fresh), _NAMED)
    return f"{column.name} has {len(fresh):,} value{'s' if many else ''} that the step has not learned ({named}): {known[2]}."
