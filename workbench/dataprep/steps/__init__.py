"""All steps, and the union that tells them apart by `op`."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.columns import Convert, Keep, Remove, Rename
from workbench.dataprep.steps.rows import (
    Condition,
    Filter,
    Operator,
    RemoveDuplicates,
    Sort,
    SortKey,
    Top,
    operator_words,
    operators_for,
)
from workbench.dataprep.steps.tables import Aggregate, How, Join, JoinKey, Measure, Summarize
from workbench.dataprep.steps.unknown import Unknown
from workbench.dataprep.steps.values import Derive, Example, Expression, FillMissing, Replace, Split, Trim
from workbench.dataprep.steps.write import WriteCsv, WriteParquet

STEPS: dict[str, type[StepBase]] = {
    "rename": Rename,
    "remove": Remove,
    "keep": Keep,
    "convert": Convert,
    "filter": Filter,
    "derive": Derive,
    "split": Split,
    "replace": Replace,
    "fill_missing": FillMissing,
    "trim": Trim,
    "expression": Expression,
    "sort": Sort,
    "remove_duplicates": RemoveDuplicates,
    "join": Join,
    "summarize": Summarize,
    "top": Top,
    "write_parquet": WriteParquet,
    "write_csv": WriteCsv,
}
"""Each step's class by its `op`, in the order of the menus."""


def _tag(value: Any) -> str:
    op = value.get("op") if isinstance(value, dict) else getattr(value, "op", None)
    return op if op in STEPS else "unknown"


Step = Annotated[
    Annotated[Rename, Tag("rename")]
    | Annotated[Remove, Tag("remove")]
    | Annotated[Keep, Tag("keep")]
    | Annotated[Convert, Tag("convert")]
    | Annotated[Filter, Tag("filter")]
    | Annotated[Derive, Tag("derive")]
    | Annotated[Split, Tag("split")]
    | Annotated[Replace, Tag("replace")]
    | Annotated[FillMissing, Tag("fill_missing")]
    | Annotated[Trim, Tag("trim")]
    | Annotated[Expression, Tag("expression")]
    | Annotated[Sort, Tag("sort")]
    | Annotated[RemoveDuplicates, Tag("remove_duplicates")]
    | Annotated[Join, Tag("join")]
    | Annotated[Summarize, Tag("summarize")]
    | Annotated[Top, Tag("top")]
    | Annotated[WriteParquet, Tag("write_parquet")]
    | Annotated[WriteCsv, Tag("write_csv")]
    | Annotated[Unknown, Tag("unknown")],
    Discriminator(_tag),
]

__all__ = [
    "STEPS",
    "Aggregate",
    "Condition",
    "Context",
    "Convert",
    "Derive",
    "Example",
    "Expression",
    "FillMissing",
    "Filter",
    "How",
    "Join",
    "JoinKey",
    "Keep",
    "Measure",
    "Operator",
    "Remove",
    "RemoveDuplicates",
    "Rename",
    "Replace",
    "SchemaContext",
    "Sort",
    "SortKey",
    "Split",
    "Step",
    "StepBase",
    "Summarize",
    "Top",
    "Trim",
    "Unknown",
    "WriteCsv",
    "WriteParquet",
    "operator_words",
    "operators_for",
]
