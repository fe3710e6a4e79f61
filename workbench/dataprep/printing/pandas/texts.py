"""Values as texts."""

from __future__ import annotations

from workbench.dataprep.columns import TEXT, ColumnType
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.frames_pandas import converted
from workbench.dataprep.printing.helpers.showing import shown
from workbench.dataprep.printing.literals import text

WHITE = '" \\t\\n\\r\\v\\f"'
"""White space, as code."""


def as_text(code: Code, name: str, type_: ColumnType) -> str:
    """A column as texts, as the database writes them."""
    column = f"df[{text(name)}]"
    if type_ in TEXT:
        return column
    if type_ == "integer":
        return f'{column}.astype("str")'
    if type_ == "date":
        return f'{column}.dt.strftime("%Y-%m-%d")'
    return f'{code.helper(converted)}({column}, {code.helper(shown)}, "str")'
