"""The Data activity's commands: in the palette, the menus and on keys."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.data.transforms import TRANSFORMS, command_id

if TYPE_CHECKING:
    from workbench.desktop.context import AppContext
    from workbench.desktop.data.activity import DataActivity


class DataCommand(StrEnum):
    """What can be done beside the transforms."""

    ADD_SOURCE = "data.add_source"
    ADD_SAMPLES = "data.add_samples"
    NEW_PREPARATION = "data.new_preparation"
    UNDO = "data.undo"
    REDO = "data.redo"
    FIND_COLUMN = "data.find_column"
    RUN = "data.run"
    CODE = "data.code"
    REVIEW = "data.review"
    ALL_ROWS = "data.all_rows"


def register_commands(context: "AppContext", activity: "DataActivity") -> None:
    """Registers them, limited to the activity; and lets the palette find columns with `@`."""

    def with_prep() -> bool:
        return activity.prep is not None

    def with_page() -> bool:
        return activity.page is not None

    def has_project() -> bool:
        return context.project is not None

    commands = [
        Command(DataCommand.ADD_SOURCE, "Add data source", activity.add_source, "database", ("Ctrl+Shift+A",), has_project, "Data",
                "Add a file to the project, with its format detected", scope=activity),
        Command(DataCommand.ADD_SAMPLES, "Add sample data", activity.add_samples, "download", (), activity.samples_lacking, "Data",
                "Write the shipped flights and weather into the project"),
        Command(DataCommand.NEW_PREPARATION, "New data preparation", activity.new_preparation, "wand-sparkles", (), has_project,
                "Data",
                "Start preparing the source in front"),
        Command(DataCommand.UNDO, "Undo", lambda: _undo(activity), "undo-2", ("Ctrl+Z",), with_prep, "Data",
                "Take the last change of the preparation back", scope=activity),
        Command(DataCommand.REDO, "Redo", lambda: _redo(activity), "redo-2", ("Ctrl+Shift+Z", "Ctrl+Y"), with_prep, "Data",
                "Do the change again", scope=activity),
        Command(DataCommand.FIND_COLUMN, "Find column", activity.find_column, "search", ("/", "Ctrl+F"), with_page, "Data",
                "Jump to a column by its name", scope=activity),
        Command(DataCommand.RUN, "Run preparation as job", activity.run_job, "play", ("Ctrl+R",), with_prep, "Data",
                "Run the write steps on all rows as a tracked job", scope=activity),
        Command(DataCommand.CODE, "Generate data access code", activity.make_code, "code", (), with_page, "Data",
                "Write a Python file that reads this data"),
        Command(DataCommand.REVIEW, "Review next suggested row", lambda: _review(activity), "corner-down-left", ("Ctrl+Return",),
                lambda: _deriving(activity), "Data", "Jump to the next row that deserves a look", scope=activity),
        Command(DataCommand.ALL_ROWS, "Work on all rows", lambda: _all_rows(activity), "table", (), with_prep, "Data",
                "Use all rows of each source instead of the first ones"),
    ]  # fmt: skip
    for transform in TRANSFORMS:
        handler = _beginner(activity, transform.op)
        commands.append(
            Command(command_id(transform.op), transform.title, handler, transform.icon, (), with_prep, "Data", transform.doc)
        )
    context.commands.register(*commands)
    context.commands.add_provider(Provider("columns", "Columns", lambda query: _columns(activity, query), prefix="@"))


def _beginner(activity: "DataActivity", op: str) -> Callable[[], object]:
    def begin() -> None:
        if activity.prep is not None:
            activity.prep.begin(op)

    return begin


def _undo(activity: "DataActivity") -> None:
    if activity.prep is not None:
        activity.prep.document.stack.undo()


def _redo(activity: "DataActivity") -> None:
    if activity.prep is not None:
        activity.prep.document.stack.redo()


def _deriving(activity: "DataActivity") -> bool:
    from workbench.desktop.data.derive_session import DeriveSession

    return activity.prep is not None and isinstance(activity.prep.session, DeriveSession)


def _review(activity: "DataActivity") -> None:
    from workbench.desktop.data.derive_session import DeriveSession

    if activity.prep is not None and isinstance(activity.prep.session, DeriveSession):
        activity.prep.session.review()


def _all_rows(activity: "DataActivity") -> None:
    if activity.prep is not None:
        activity.prep.set_sample(None)


def _columns(activity: "DataActivity", query: str) -> list[PaletteItem]:
    page = activity.page
    if page is None or page.data.view is None:
        return []
    wanted = query.casefold()
    found = [column for column in page.data.view.columns if wanted in column.name.casefold()]

    def shower(name: str) -> Callable[[], object]:
        return lambda: page.table.show_column(name)

    return [PaletteItem(column.name, shower(column.name), detail=column.type, icon="columns-3") for column in found[:50]]
