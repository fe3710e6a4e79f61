"""How each kind of step looks: its icon."""

ICONS = {
    "derive": "wand-sparkles",
    "filter": "funnel",
    "convert": "type",
    "rename": "pencil",
    "remove": "trash-2",
    "keep": "columns-3",
    "replace": "replace",
    "fill_missing": "circle-dot",
    "trim": "scissors",
    "split": "split",
    "expression": "sigma",
    "sort": "arrow-up-down",
    "remove_duplicates": "layers",
    "join": "merge",
    "summarize": "table-2",
    "top": "arrow-up",
    "write_parquet": "download",
    "write_csv": "download",
}


def step_icon(op: str) -> str:
    """The icon's name of a kind of step."""
    return ICONS.get(op, "circle-question-mark")
