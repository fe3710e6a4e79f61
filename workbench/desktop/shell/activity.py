"""What the window expects of an activity."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from workbench.schema import LineagePart


class Activity(QWidget):
    """One place of the rail. A package of an activity has `create(context: AppContext) -> Activity`.

    Made lazily, when first shown; lives until the window closes. GUI thread only.
    """

    lineage_changed = Signal()
    """`lineage()` gives something else now: the header's breadcrumb is made anew."""

    id: str = ""
    title: str = ""
    icon: str = ""

    def activate(self) -> None:
        """Called each time the activity comes to the front: refresh what may be stale, focus the main thing."""

    def open(self, target: LineagePart | str | object) -> None:
        """Shows one thing: a lineage part, or the activity's own id of something (a run's id, a path)."""

    def lineage(self) -> tuple[LineagePart, ...]:
        """The breadcrumb of what is shown now; empty: the project only."""
        return ()

    def project_changed(self) -> None:
        """The context has another project (or none): load it."""

    def may_close(self) -> bool:
        """False keeps the window open; ask the user about what would be lost."""
        return True
