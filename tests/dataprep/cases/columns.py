"""Cases of the room `columns`."""

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    CleanNames,
    Duplicate,
    Keep,
    Move,
    NewName,
    PathColumn,
    Remove,
    Rename,
    RenameMany,
    Selector,
)

TABLE = pa.table(
    {
        "Path": pa.array(["a.csv", "a.csv", None], pa.string()),
        "n": pa.array([3, None, -1], pa.int64()),
        "Größe (cm)": pa.array([1.5, None, -0.0], pa.float64()),
        "day": pa.array([0, 18_262, None], pa.date32()),
        "text": pa.array(["x", "", None], pa.string()),
    }
)

CASES: list[Case] = [
    Case("rename", Rename(column="n", to="count of n"), TABLE),
    Case("rename to another case", Rename(column="text", to="TEXT"), TABLE),
    Case("rename many", RenameMany(names=(NewName(column="n", to="text"), NewName(column="text", to="n"))), TABLE),
    Case("clean names", CleanNames(), TABLE),
    Case("clean names, accents kept", CleanNames(style="title", accents=True), TABLE),
    Case("remove", Remove(columns=("n", "day")), TABLE),
    Case("remove by type", Remove(select=Selector(types=("integer", "decimal"))), TABLE),
    Case("keep", Keep(columns=("text", "n")), TABLE),
    Case("keep by pattern", Keep(columns=("text",), select=Selector(pattern="^[dn]", regex=True)), TABLE),
    Case("path column first", PathColumn(), TABLE),
    Case("path column dropped", PathColumn(action="drop"), TABLE),
    Case("move before", Move(columns=("text", "n"), to="before", anchor="Path"), TABLE),
    Case("move to an index", Move(columns=("Path",), to="index", index=2), TABLE),
    Case("duplicate", Duplicate(columns=("n", "day")), TABLE),
    Case("duplicate with names", Duplicate(columns=("text",), names=("zweiter Text",)), TABLE),
]
