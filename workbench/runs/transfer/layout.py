"""How an export lies in its folder: tables as Parquet files with the store's own columns, and the runs' files.

`workbench.json` says what the folder is. `experiments`, `experiment_tags`, `runs`, `params`, `tags`, `inputs`, `artifacts`
and `metrics` (run_id, key, position, step, time, value) are `.parquet` files; output files are in `artifacts/<run id>/`, logs in
`logs/<run id>/`.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs import tables
from workbench.runs.tables import JsonText, UtcTime

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
MARK = "workbench.json"
TABLES = (tables.experiments, tables.experiment_tags, tables.runs, tables.params, tables.tags, tables.inputs, tables.artifacts)
METRICS = "metrics.parquet"
ARTIFACTS = "artifacts"
LOGS = "logs"


def is_export(folder: Path) -> bool:
    """Whether the folder is an export of ours. Raises UserError when it is one of a newer Workbench."""
    try:
        content = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(content, dict) or content.get("kind") != "workbench runs":
        return False
    if content.get("format") != FORMAT:
        raise UserError(
            f"{folder} was written by a newer Workbench (format {content.get('format')}).", hint="Install the newest Workbench."
        )
    return True


def schema_of(table: sa.Table) -> "pa.Schema":
    """A table's columns as Arrow has them: times as timestamps, JSON as its text."""
    import pyarrow as pa

    return pa.schema([pa.field(column.name, _type(column), nullable=bool(column.nullable)) for column in table.columns])


def metrics_schema() -> "pa.Schema":
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            pa.field("run_id", text, nullable=False),
            pa.field("key", text, nullable=False),
            pa.field("position", pa.int64(), nullable=False),
            pa.field("step", pa.int64(), nullable=False),
            pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
            pa.field("value", pa.float64(), nullable=False),
        ]
    )


def to_arrow(table: sa.Table, rows: list[dict[str, Any]]) -> "pa.Table":
    import pyarrow as pa

    columns = [
        [
            json.dumps(value, ensure_ascii=False) if isinstance(column.type, JsonText) and value is not None else value
            for value in values
        ]
        for column in table.columns
        for values in [[row[column.name] for row in rows]]
    ]
    schema = schema_of(table)
    return pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )


def from_arrow(table: sa.Table, found: "pa.Table") -> list[dict[str, Any]]:
    """The rows; a column that the file lacks is left to the store's default."""
    names = [column.name for column in table.columns if column.name in found.column_names]
    as_json = {column.name for column in table.columns if isinstance(column.type, JsonText)}
    return [
        {name: json.loads(row[name]) if name in as_json and row[name] is not None else row[name] for name in names}
        for row in found.select(names).to_pylist()
    ]


def _type(column: sa.Column[Any]) -> "pa.DataType":
    import pyarrow as pa

    if isinstance(column.type, UtcTime):
        return pa.timestamp("us", "UTC")
    if isinstance(column.type, sa.Boolean):
        return pa.bool_()
    if isinstance(column.type, sa.Integer):
        return pa.int64()
    return pa.float64() if isinstance(column.type, sa.Float) else pa.string()
