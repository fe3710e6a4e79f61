"""Data: sources, preparations, derive by example."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.desktop.context import AppContext
    from workbench.desktop.shell.activity import Activity


def create(context: "AppContext") -> "Activity":
    """Makes the activity."""
    from workbench.desktop.data.activity import DataActivity

    return DataActivity(context)
