"""A view with one more column: empty before anything is learned, then filled page by page while the engine computes all rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.desktop.grid import GridColumn

if TYPE_CHECKING:
    from workbench.byexample import Program
    from workbench.dataprep.engine.views import TableView


@dataclass(frozen=True)
class _Window:
    columns: tuple[tuple[str | None, ...], ...]


class NewColumn:
    """Thread-safe as the view is. It stands right of the right-most of its inputs; a program fills what is looked at."""

    def __init__(self, view: "TableView", name: str, after: tuple[str, ...], program: "Program | None" = None) -> None:
        self._view = view
        self._program = program
        self._places = [[column.name for column in view.columns].index(name) for name in after]
        names = [column.name for column in view.columns]
        self._at = max((names.index(other) for other in after if other in names), default=len(names) - 1) + 1
        known = [GridColumn(column.name, column.type) for column in view.columns]
        self.columns = (*known[: self._at], GridColumn(name, "string"), *known[self._at :])
        self.row_count = view.row_count

    def window(self, offset: int, limit: int) -> _Window:
        """The view's rows with the new column: what the program says, else missing values."""
        columns = self._view.window(offset, limit).columns
        count = len(columns[0]) if columns else 0
        new: tuple[str | None, ...] = (None,) * count
        if (program := self._program) is not None:
            new = tuple(program.run(row) for row in zip(*(columns[place] for place in self._places), strict=True))
        return _Window((*columns[: self._at], new, *columns[self._at :]))
