"""The first lines of a delimited file as text cells, read as the user's settings say; for the wizard's live preview."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import EnvironmentError_, UserError
from workbench.desktop.grid import GridColumn

if TYPE_CHECKING:
    from workbench.dataprep.sources import SourceSpec

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


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    except LookupError as error:
        raise UserError(f"{error}.", hint="Choose another encoding.", place=str(path)) from error
    except csv.Error as error:
        raise UserError(
            f"These settings do not fit the file: {error}.", hint="Choose another delimiter or quote.", place=str(path)
        ) from error


def text_preview(path: Path, spec: "SourceSpec", rows: int = _ROWS) -> TextTable:
    """The first rows of the file. Raises EnvironmentError_ or UserError with a sentence. For a worker thread."""
    with _reading(path):
        with path.open("rb") as file:
            data = file.read(_BYTES)
        whole = len(data) < _BYTES
        text = data.decode(spec.encoding, errors="replace").removeprefix("\ufeff")
        quote = spec.quote[:1]
        lines = io.StringIO(text, newline="")
        for _ in range(spec.skip_rows):
            lines.readline()
        style = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
        reader = csv.reader(lines, delimiter=spec.delimiter or ",", **style)
        found: list[list[str]] = []
        for row in reader:
            if row:
                found.append(row)
            if len(found) > rows:
                break
        else:
            found = found if whole else found[:-1]  # the last line was cut
    header = found.pop(0) if spec.header and found else []
    width = max([len(header), *map(len, found[:50])], default=0)
    names = [(header[number].strip() if number < len(header) else "") or f"Column{number + 1}" for number in range(width)]
    columns = tuple(GridColumn(name, "string") for name in names)
    return TextTable(columns, tuple(tuple(cell if cell else None for cell in row) for row in found))
