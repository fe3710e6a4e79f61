"""A view with one more, still empty column: where examples are typed before anything is learned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.desktop.grid import GridColumn

if TYPE_CHECKING:
    from workbench.dataprep.views import TableView


@dataclass(frozen=True)
class _Window:
    columns: tuple[tuple[str | None, ...], ...]


class EmptyColumn:
    """Thread-safe as the view is. The new column stands right of the right-most of `after`."""

    def __init__(self, view: "TableView", name: str, after: tuple[str, ...]) -> None:
        self._view = view
        names = [column.name for column in view.columns]
        self._at = max((names.index(other) for other in after if other in names), default=len(names) - 1) + 1
        known = [GridColumn(column.name, column.type) for column in view.columns]
        self.columns = (*known[: self._at], GridColumn(name, "string"), *known[self._at :])
        self.row_count = view.row_count

    def window(self, offset: int, limit: int) -> _Window:
        """The view's rows with missing values in the new column."""
        columns = self._view.window(offset, limit).columns
        count = len(columns[0]) if columns else 0
        return _Window((*columns[: self._at], (None,) * count, *columns[self._at :]))
