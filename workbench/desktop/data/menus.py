"""The menus of a column's header and of a cell: transforms that suit, and filters by the value."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from workbench.desktop.data.transforms import TRANSFORMS
from workbench.desktop.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.dataprep.columns import ColumnInfo
    from workbench.dataprep.steps import Condition

Act = "Callable[[], object]"


def add(menu: QMenu, text: str, handler: "Callable[[], object]", glyph: str = "", keys: str = "") -> QAction:
    """An entry of a menu; `keys` are only shown."""
    action = menu.addAction(text.replace("&", "&&") + (f"\t{keys}" if keys else ""))
    if glyph:
        action.setIcon(icon(glyph))
    action.triggered.connect(lambda _checked=False: handler())
    return action


def column_menu(
    parent: QWidget,
    column: "ColumnInfo",
    selected: tuple[str, ...],
    begin: "Callable[[str, tuple[str, ...]], object]",
    rename: "Callable[[], object]",
    sort: "Callable[[bool], object]",
    remove: "Callable[[], object]",
) -> QMenu:
    """The menu of a header. `selected` are the columns the transforms take."""
    menu = QMenu(parent)
    several = len(selected) > 1
    group = ""
    skip = {"rename"} if several else set()
    for transform in TRANSFORMS:
        if not transform.suits(column) or transform.op in skip:
            continue
        if group and transform.group != group:
            menu.addSeparator()
        group = transform.group
        if transform.op == "rename":
            add(menu, "Rename", rename, "pencil", "F2")
        elif transform.op == "remove":
            add(menu, f"Remove {len(selected)} columns" if several else "Remove column", remove, "trash-2", "Del")
        elif transform.op == "sort":
            add(menu, "Sort ascending", lambda: sort(False), "arrow-up")
            add(menu, "Sort descending", lambda: sort(True), "arrow-down")
        else:
            add(menu, transform.title, lambda op=transform.op: begin(op, selected), transform.icon)  # type: ignore[misc]
    return menu


def conditions_for(column: "ColumnInfo", text: str | None) -> "list[tuple[str, Condition]]":
    """Filters that suit a cell's value, with their words."""
    from workbench.dataprep.steps import Condition

    if text is None:
        return [("missing", Condition(column=column.name, operator="is_missing"))]
    shown = text if len(text) <= 24 else text[:23] + "…"
    found = [(f"{column.name} is {shown}", Condition(column=column.name, operator="equals", value=text))]
    if column.type in {"integer", "decimal", "date", "timestamp", "timestamp_tz"}:
        found.append((f"{column.name} ≥ {shown}", Condition(column=column.name, operator="greater_or_equal", value=text)))
        found.append((f"{column.name} ≤ {shown}", Condition(column=column.name, operator="less_or_equal", value=text)))
    elif column.type == "string" and text:
        found.append((f"{column.name} contains {shown}", Condition(column=column.name, operator="contains", value=text)))
    return found


def cell_menu(
    parent: QWidget,
    column: "ColumnInfo",
    text: str | None,
    copy: "Callable[[], object]",
    keep: "Callable[[Condition, bool], object]",
    replace: "Callable[[], object]",
    more: "Callable[[], object]",
) -> QMenu:
    """The menu of a cell: copy, keep or remove rows like it, replace."""
    menu = QMenu(parent)
    add(menu, "Copy", copy, "copy", "Ctrl+C")
    menu.addSeparator()
    for words, condition in conditions_for(column, text):
        if condition.operator == "is_missing":
            add(menu, f"Keep rows where {column.name} is missing", lambda c=condition: keep(c, True), "funnel")  # type: ignore[misc]
            add(menu, f"Remove rows where {column.name} is missing", lambda c=condition: keep(c, False), "funnel")  # type: ignore[misc]
        else:
            add(menu, f"Keep rows where {words}", lambda c=condition: keep(c, True), "funnel")  # type: ignore[misc]
            if condition.operator == "equals":
                add(menu, f"Remove rows where {words}", lambda c=condition: keep(c, False), "funnel")  # type: ignore[misc]
    add(menu, "More conditions", more, "list-filter")
    menu.addSeparator()
    add(menu, "Fill missing values" if text is None else "Replace this value", replace, "circle-dot" if text is None else "replace")
    return menu
