"""The first lines of a text file as text cells, read as the user's settings say; for the wizard's live preview."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import EnvironmentError_
from workbench.desktop.grid import GridColumn

if TYPE_CHECKING:
    from workbench.dataprep.sources import TextSpec

_BYTES = 512 * 1024
_ROWS = 200


@dataclass(frozen=True)
class TextWindow:
    """A window of cells, by column."""

    offset: int
    columns: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class TextTable:
    """Rows held in memory as a source of the grid; thread-safe because it never changes."""

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[str | None, ...], ...]

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def window(self, offset: int, limit: int) -> TextWindow:
        """Some rows, by column; short rows are filled with missing values."""
        part = self.rows[offset : offset + limit]
        cells = (tuple(row[number] if number < len(row) else None for row in part) for number in range(len(self.columns)))
        return TextWindow(offset, tuple(cells))

    def samples(self, name: str, count: int = 3) -> list[str]:
        """The first different values of a column."""
        number = next((n for n, column in enumerate(self.columns) if column.name == name), None)
        found: dict[str, None] = {}
        for row in self.rows:
            if number is not None and number < len(row) and (text := row[number]):
                found[text] = None
                if len(found) == count:
                    break
        return list(found)


def head_of(path: Path, spec: "TextSpec") -> tuple[str, bool]:
    """The first part of the file as text, and whether it is all of it. Raises EnvironmentError_ or UserError."""
    from workbench.dataprep.sources.readers.records import codec

    name = codec(spec.encoding)
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES)
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    return data.decode(name, errors="replace").removeprefix("\ufeff"), len(data) < _BYTES


def names_and_rows(text: str, spec: "TextSpec", *, complete: bool) -> tuple[list[str], list[list[str]]]:
    """The names that a text has when it is read like this, and its rows."""
    from workbench.byexample.fileformat.model import column_names
    from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec
    from workbench.dataprep.sources.readers.records import names_in, rows_in

    plain = spec.model_copy(update={"columns": ()})
    rows = [row.cells for row in rows_in(text, plain, complete=complete)]
    if not isinstance(plain, DelimitedSpec | FixedWidthSpec):
        return ["line"], rows
    header = names_in(text, plain) if plain.header else []
    usual = Counter(map(len, rows[:200])).most_common(1)
    width = max(len(header), usual[0][0] if usual else 0)
    return [*header, *column_names(header, width)[len(header) :]], rows


def text_preview(path: Path, spec: "TextSpec", rows: int = _ROWS) -> TextTable:
    """The first rows of the file. Raises EnvironmentError_ or UserError with a sentence. For a worker thread."""
    text, complete = head_of(path, spec)
    names, found = names_and_rows(text, spec, complete=complete)
    columns = tuple(GridColumn(name, "string") for name in names)
    return TextTable(columns, tuple(tuple(cell if cell else None for cell in row) for row in found[:rows]))
