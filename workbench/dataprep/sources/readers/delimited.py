"""Delimited text: read by DuckDB where it knows the format, else by us; what does not fit is kept as error cells."""

from __future__ import annotations

import contextlib
import mmap
from pathlib import Path

from workbench.dataprep.columns import listed, literal
from workbench.dataprep.sources.readers.records import DIRECT, names_of, rows_of
from workbench.dataprep.sources.readers.text import TextReader
from workbench.dataprep.sources.readers.texts import markers_of, native_types, strict_sql, typed_sql
from workbench.dataprep.sources.specs import DelimitedSpec, SourceColumn

_LONGEST_DELIMITER = 4
"""What DuckDB reads, in bytes."""

_PIECE = 32 << 20
_UNDERSCORES = 20_000
"""So many are looked at."""


class DelimitedReader(TextReader):
    """A delimited text file."""

    def __init__(self, name: str, path: Path, spec: DelimitedSpec) -> None:
        self._spec = effective(path, spec)
        super().__init__(name, path, self._spec)

    @property
    def spec(self) -> DelimitedSpec:
        """How the file is read, with its columns as they are now."""
        return self._spec

    @property
    def simple(self) -> bool:
        """Whether Spark's reader knows all that the specification asks for."""
        spec = self._spec
        return self.native and spec.skip_rows == 0 and len(spec.delimiter) == 1

    @property
    def native(self) -> bool:
        spec = self._spec
        usual = not (spec.repeated or spec.trim or spec.framed or spec.rules or spec.footer_rows or spec.comment)
        one_header = not spec.header or spec.header_rows == 1
        return usual and one_header and spec.escape in {"", spec.quote} and 1 <= len(spec.delimiter.encode()) <= _LONGEST_DELIMITER

    def select(self, readable: Path) -> str:
        return typed_sql(_reader(readable, self._spec), self._spec)

    def strict(self, readable: Path, *, few: bool = False) -> str:
        joined = few or _digits_joined(readable)
        return strict_sql(
            _reader(readable, self._spec, native_types(self._spec, joined=joined), few=few), self._spec, joined=joined
        )

    def scan(self) -> str | None:
        if (
            not self.native
            or self._spec.encoding.lower() not in DIRECT
            or not self._path.is_file()
            or not self._path.stat().st_size
        ):
            return None
        return self.strict(self._path)


def effective(path: Path, spec: DelimitedSpec) -> DelimitedSpec:
    """The specification for the file as it is now: columns are found by their names, new ones are read as text."""
    if not spec.columns:
        return spec.model_copy(update={"columns": _first_columns(path, spec)})
    if not spec.header:
        return spec
    found = names_of(path, spec)
    if found == [column.name for column in spec.columns]:
        return spec
    known = {column.name: column for column in spec.columns}
    columns = tuple(known.get(name, SourceColumn(name=name, type="string")) for name in found)
    lacking = [name for name in known if name not in found]
    notes = (f"{path.name} no longer has the column {listed(lacking)}.",) if lacking else ()
    return spec.model_copy(update={"columns": columns, "notes": (*spec.notes, *notes)})


def _first_columns(path: Path, spec: DelimitedSpec) -> tuple[SourceColumn, ...]:
    """Text columns by the header, or as many as the first row has."""
    if spec.header:
        names = names_of(path, spec)
    else:
        first = next(rows_of(path, spec), None)
        names = [f"Column{number}" for number in range(1, len(first.cells) + 1)] if first else []
    return tuple(SourceColumn(name=name, type="string") for name in names or ["Column1"])


def _digits_joined(path: Path) -> bool:
    """Whether a digit stands before an underscore and another after it, or may."""
    if not path.stat().st_size:
        return False
    size, seen = path.stat().st_size, 0
    with path.open("rb") as file:
        for begin in range(0, size, _PIECE):  # a map of the whole file would count as memory that is held
            length = min(_PIECE + 2, size - begin)
            with contextlib.closing(mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ, offset=begin)) as piece:
                place = piece.find(b"_")
                while place >= 0:
                    if piece[max(place - 1, 0) : place].isdigit() and piece[place + 1 : place + 2].isdigit():
                        return True
                    seen += 1
                    if seen > _UNDERSCORES:
                        return True
                    place = piece.find(b"_", place + 1)
    return False


def _reader(path: Path, spec: DelimitedSpec, types: dict[str, str] | None = None, *, few: bool = False) -> str:
    kinds = types or {}
    columns = ", ".join(f"{literal(column.name)}: '{kinds.get(column.name, 'VARCHAR')}'" for column in spec.columns)
    parts = [
        literal(str(path)),
        "auto_detect=false",
        f"header={str(spec.header).lower()}",
        f"skip={spec.skip_rows}",
        f"delim={literal(spec.delimiter)}",
        f"quote={literal(spec.quote)}",
        f"escape={literal(spec.quote)}",
        f"columns={{{columns}}}",
        f"nullstr=[{', '.join(map(literal, markers_of(spec)))}]",
        "max_line_size=1048576, buffer_size=1048576" if few else "max_line_size=16777216, buffer_size=33554432",
    ]
    return f"read_csv({', '.join(parts)})"
