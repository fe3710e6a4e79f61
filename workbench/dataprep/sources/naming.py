"""Names of columns that files bring along, made harmless."""

from collections.abc import Iterable

from workbench.dataprep.columns import ERROR, ROW, unique_name


def harmless(names: Iterable[object]) -> list[str]:
    """Names for columns: blank ones become Column1.., hidden prefixes go, and what is the same ignoring case gets a number."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        text = "" if name is None else str(name).encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        if text.lower() == ROW or text.lower().startswith(ERROR):
            text = text.lstrip("_")
        found.append(unique_name(text if text.strip() else f"Column{number}", found))
    return found
