"""Values as texts."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.showing import shown
from workbench.dataprep.printing.literals import text

WHITE = '" \\t\\n\\r\\v\\f"'
"""White space, as code."""


def small_letters(column: str) -> str:
    """A column of texts in small letters, each letter as one letter; as code."""
    return f'{column}.str.replace_all("İ", "i").str.replace_all("Σ", "σ").str.to_lowercase()'


def as_text(code: Code, name: str, type_: ColumnType) -> str:
    """A column as texts, as the database writes them."""
    column = f"pl.col({text(name)})"
    if type_ in TEXT:
        return column
    if type_ in {"integer", "boolean", "date"}:
        return f"{column}.cast(pl.String)"
    column = f"{column}.fill_nan(None)" if type_ == "decimal" else column
    return f"{column}.map_elements({code.helper(shown)}, return_dtype=pl.String)"
