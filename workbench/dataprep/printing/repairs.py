"""What the printers of repairs share for pandas and Polars."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench.dataprep.columns import TEXT, ColumnInfo, ColumnType
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers import lettering
from workbench.dataprep.printing.helpers.rows import small
from workbench.dataprep.printing.helpers.showing import shown
from workbench.dataprep.printing.literals import text, value
from workbench.dataprep.steps import ChangeCase, FillMissing, MapValues, RemoveAccents, Replace
from workbench.dataprep.steps.rows.conditions import typed
from workbench.dataprep.steps.rows.patterns import as_python


def kept_errors(code: Code, names: Iterable[str]) -> None:
    """Raises UserError where a column may hold errors: the program could not tell them from missing values."""
    if any(name in code.errors for name in names):
        code.cannot("error cells are missing values there.")


def cased(step: ChangeCase | RemoveAccents, code: Code) -> str:
    """A function that changes a text's letters, as code."""
    return code.helper(getattr(lettering, step.style) if isinstance(step, ChangeCase) else lettering.without_accents)


def in_python(step: Replace, code: Code) -> str:
    """A replacement of a part, or by a regular expression, as a function of a text; as code."""
    code.imports("import re")
    pattern = as_python(step.wanted_text if step.regex else re.escape(step.wanted_text), ignore_case=step.ignore_case)
    new = step.new_text
    if new is not None:
        new = re.sub(r"\\([0-9])", r"\\g<\1>", new) if step.regex else new.replace("\\", "\\\\")
    if not step.whole:
        return f"lambda text: re.sub({text(pattern)}, {text(new or '')}, text)"
    made = "None" if new is None else f"found.expand({text(new)})"
    return f"lambda text: {made} if (found := re.fullmatch({text(pattern)}, text)) else text"


@dataclass(frozen=True)
class Mapped:
    """A map of values as a function in code, the type of what it makes, and what missing values become (None: they stay)."""

    function: str
    kind: ColumnType
    pairs: dict[Any, Any]
    keeps: bool
    missing: Any


def mapped_values(step: MapValues, code: Code, column: ColumnInfo) -> Mapped:
    """How a column is mapped."""
    kind = step.result_type(column)
    pairs: dict[Any, Any] = {}
    missing = None
    for pair in reversed(step.pairs):
        new = None if pair.new is None else typed(pair.new, kind)
        if pair.old is None:
            missing = new
            continue
        old = typed(pair.old, column.type)
        pairs[small(old) if step.ignore_case and column.type in TEXT else old] = new
    rest = "value" if kind == column.type else f"{code.helper(shown)}(value)"
    if step.otherwise != "keep":
        rest = "None" if step.otherwise == "missing" else value(typed(step.otherwise_value, kind))
    if any("dt." in value(given) for given in (*pairs, *pairs.values())):
        code.imports("import datetime as dt")
    return Mapped(f"lambda value: {value(pairs)}.get(value, {rest})", kind, pairs, step.otherwise == "keep", missing)


def on_all(step: MapValues, code: Code) -> list[str]:
    """The columns as they stand after a map."""
    return [*code.names, *([step.new_column] if step.new_column else [])]


def of_groups(step: FillMissing, column: ColumnInfo) -> dict[tuple[str | None, ...], Any]:
    """The fill value of each group."""
    if not step.by or step.method == "constant":
        return {}
    return {fill.group: typed(fill.value, column.type) for fill in step.fills if fill.column == column.name and fill.group}
