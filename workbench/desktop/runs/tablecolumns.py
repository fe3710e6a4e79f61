"""The columns of runs for the table of records."""

from PySide6.QtGui import QColor

from workbench.desktop.runs.columns import RunColumn
from workbench.desktop.theme import theme
from workbench.desktop.widgets import Column
from workbench.schema import RunSummary

_KINDS = {
    "number": "link",
    "name": "text",
    "status": "status",
    "started": "time",
    "deleted": "time",
    "duration": "number",
    "script": "text",
    "id": "mono",
    "arguments": "mono",
}
_WIDTHS = {
    "number": 76,
    "name": 220,
    "status": 112,
    "script": 148,
    "started": 138,
    "duration": 112,
    "arguments": 200,
    "kind": 168,
    "deleted": 138,
}


def table_column(column: RunColumn) -> Column[RunSummary]:
    """How the table shows this column."""
    group = column.group
    kind = _KINDS.get(column.key, "text") if group == "run" else "number" if group == "metric" else "text"
    right = column.numeric or group == "param"
    return Column(
        column.title,
        lambda run: f"#{run.number}" if column.key == "number" else column.text(run),
        sort=column.sorter(),
        align="right" if right and column.key != "number" else "left",
        width=_WIDTHS.get(column.key, 0) or max(96, min(190, 46 + 8 * len(column.title))),
        kind=kind,
        tooltip=column.tooltip,
        colour=run_colour if column.key == "number" else None,
    )


def run_colour(run: RunSummary) -> QColor:
    """A run's colour everywhere: by its number, so that neighbours differ."""
    return theme().series_colour(run.id, run.number - 1)
