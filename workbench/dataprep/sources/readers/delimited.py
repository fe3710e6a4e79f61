"""Delimited text: read by DuckDB where it knows the format, else by us; what does not fit is kept as error cells."""

from __future__ import annotations

from pathlib import Path

from workbench.dataprep.columns import listed, literal
from workbench.dataprep.sources.readers.records import DIRECT, names_of, rows_of
from workbench.dataprep.sources.readers.text import TextReader
from workbench.dataprep.sources.readers.texts import markers_of, native_types, strict_sql, typed_sql
from workbench.dataprep.sources.specs import DelimitedSpec, SourceColumn

_LONGEST_DELIMITER = 4
"""What DuckDB reads, in bytes."""


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
        return self.native and spec.skip_rows == 0 and len(spec.delimiter) == 1 and not spec.thousands and spec.decimal == "."

    @property
    def native(self) -> bool:
        spec = self._spec
        usual = not (spec.repeated or spec.trim or spec.framed or spec.rules or spec.footer_rows or spec.comment)
        one_header = not spec.header or spec.header_rows == 1
        return usual and one_header and spec.escape in {"", spec.quote} and 1 <= len(spec.delimiter.encode()) <= _LONGEST_DELIMITER

    def select(self, readable: Path) -> str:
        return typed_sql(_reader(readable, self._spec), self._spec)

    def scan(self) -> str | None:
        spec = self._spec
        if not self.native or spec.encoding.lower() not in DIRECT:
            return None
        return strict_sql(_reader(self._path, spec, native_types(spec)), spec)


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


def _reader(path: Path, spec: DelimitedSpec, types: dict[str, str] | None = None) -> str:
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
        "max_line_size=16777216",
    ]
    return f"read_csv({', '.join(parts)})"
