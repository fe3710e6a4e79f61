"""Values as texts."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.showing import shown
from workbench.dataprep.printing.literals import text

WHITE = '" \\t\\n\\r\\v\\f"'
"""White space, as code."""


def as_text(code: Code, name: str, type_: ColumnType) -> str:
    """A column as texts, as the database writes them."""
    column = f"pl.col({text(name)})"
    if type_ in TEXT:
        return column
    if type_ in {"integer", "boolean", "date"}:
        return f"{column}.cast(pl.String)"
    column = f"{column}.fill_nan(None)" if type_ == "decimal" else column
    return f"{column}.map_elements({code.helper(shown)}, return_dtype=pl.String)"
