"""The places of the rail: what they are called and which package makes them. They are imported when first shown."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.desktop.shell.activity import Activity

if TYPE_CHECKING:
    from workbench.desktop.context import AppContext


@dataclass(frozen=True)
class Place:
    """One item of the rail."""

    id: str
    title: str
    icon: str
    package: str
    needs_project: bool = False

    def create(self, context: "AppContext") -> Activity:
        """Imports the package and makes the activity."""
        module = importlib.import_module(self.package)
        activity: Activity = module.create(context)
        return activity


PLACES = (
    Place("dashboard", "Dashboard", "layout-dashboard", "workbench.desktop.dashboard", needs_project=True),
    Place("data", "Data", "database", "workbench.desktop.data", needs_project=True),
    Place("notebooks", "Notebooks", "notebook-text", "workbench.desktop.notebooks", needs_project=True),
    Place("runs", "Runs", "history", "workbench.desktop.runs"),
    Place("models", "Models", "box", "workbench.desktop.models"),
    Place("services", "Services", "rocket", "workbench.desktop.services"),
)
KIND_PLACE = {"data": "data", "preparation": "data", "run": "runs", "model": "models", "service": "services"}
