"""Notebooks and the console on a kernel of the project."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.desktop.context import AppContext
    from workbench.desktop.shell.activity import Activity


def create(context: "AppContext") -> "Activity":
    """Makes the activity."""
    from workbench.desktop.notebooks.activity import NotebooksActivity

    return NotebooksActivity(context)
