"""How each kind of step looks: its icon and the noun that undo texts use."""

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

NOUNS = {
    "derive": "derive by example",
    "fill_missing": "fill missing values",
    "remove_duplicates": "remove duplicates",
    "write_parquet": "write to Parquet",
    "write_csv": "write to CSV",
    "convert": "convert type",
    "split": "split column",
    "rename": "rename column",
    "remove": "remove column",
    "keep": "keep columns",
    "replace": "replace values",
    "trim": "trim text",
    "top": "keep first rows",
}


def step_icon(op: str) -> str:
    """The icon's name of a kind of step."""
    return ICONS.get(op, "circle-question-mark")


def step_noun(op: str) -> str:
    """What a kind of step is called inside a sentence."""
    return NOUNS.get(op, op.replace("_", " "))
