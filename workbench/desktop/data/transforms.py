"""The table of transforms: what the toolbar, the menus and the palette offer, and which editor each opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.desktop.data.editors import columns, join, tables, values
from workbench.desktop.data.editors import filter as filters

if TYPE_CHECKING:
    from workbench.dataprep.columns import ColumnInfo
    from workbench.desktop.data.editors.base import StepEditor


@dataclass(frozen=True)
class Transform:
    """One entry: `op` is the step's, `editor` its panel (None: derive, which lives in the grid)."""

    op: str
    title: str
    icon: str
    group: str
    doc: str
    editor: "Callable[..., StepEditor] | None" = None
    on_column: bool = True
    """Whether a column's menu offers it."""
    text_only: bool = False

    def suits(self, column: "ColumnInfo | None") -> bool:
        """Whether a column's menu should offer it for this column."""
        return self.on_column and (not self.text_only or column is None or column.type in {"string", "other"})


TRANSFORMS: tuple[Transform, ...] = (
    Transform("derive", "Derive column by example", "wand-sparkles", "create", "Type one or two values; the rest is learned"),
    Transform("split", "Split column", "split", "create", "Split a text column at a delimiter", values.SplitEditor, text_only=True),
    Transform(
        "expression",
        "Column from expression",
        "sigma",
        "create",
        "A new column from an SQL expression",
        values.ExpressionEditor,
        False,
    ),
    Transform("convert", "Convert type", "type", "repair", "Convert columns to another type", columns.ConvertEditor),
    Transform("replace", "Replace values", "replace", "repair", "Replace a value, or a part of a text", values.ReplaceEditor),
    Transform("fill_missing", "Fill missing values", "circle-dot", "repair", "Put a value where none is", values.FillEditor),
    Transform("trim", "Trim text", "scissors", "repair", "Remove white space at both ends", columns.TrimEditor, text_only=True),
    Transform("rename", "Rename column", "pencil", "columns", "Give a column another name", columns.RenameEditor),
    Transform("remove", "Remove columns", "trash-2", "columns", "Remove columns", columns.RemoveEditor),
    Transform("keep", "Keep only columns", "columns-3", "columns", "Keep these columns; the others go", columns.KeepEditor),
    Transform("filter", "Filter rows", "funnel", "rows", "Keep or remove rows by conditions", filters.FilterEditor),
    Transform("sort", "Sort rows", "arrow-up-down", "rows", "Sort by one or more columns", tables.SortEditor),
    Transform("remove_duplicates", "Remove duplicates", "layers", "rows", "Keep the first of equal rows", columns.DuplicatesEditor),
    Transform("top", "Keep first rows", "arrow-up", "rows", "Keep the first rows", values.TopEditor, False),
    Transform(
        "join", "Join another table", "merge", "tables", "Add the columns of another source or dataflow", join.JoinEditor, False
    ),
    Transform("summarize", "Summarize", "table-2", "tables", "Group rows and compute counts, means, sums", tables.SummarizeEditor),
    Transform(
        "write_parquet", "Write to Parquet", "download", "write", "Write the rows to a Parquet file", tables.WriteEditor, False
    ),
    Transform("write_csv", "Write to CSV", "download", "write", "Write the rows to a CSV file", tables.WriteCsvEditor, False),
)
BY_OP = {transform.op: transform for transform in TRANSFORMS}
TOOLBAR = ("derive", "filter", "convert", "sort", "join", "summarize")
"""The transforms with a button of their own; the others are under More."""


def command_id(op: str) -> str:
    """The command of a transform."""
    return f"data.{op}"
