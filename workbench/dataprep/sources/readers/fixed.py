"""Text with columns of fixed width."""

from __future__ import annotations

import itertools
from pathlib import Path

from workbench.dataprep.columns import literal, quoted
from workbench.dataprep.sources.readers.records import rows_of
from workbench.dataprep.sources.readers.text import TextReader
from workbench.dataprep.sources.readers.texts import typed_sql
from workbench.dataprep.sources.specs import FixedWidthSpec, SourceColumn, TextSpec

_BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
"""What counts as blank around a field."""


def lines_sql(path: Path, skip: int, *, blank: bool) -> str:
    """A SELECT of the lines of a file in UTF-8 as `line`, without the first `skip`; it raises where DuckDB cannot tell them.

    `blank`: an empty line is an empty text, else missing.
    """
    options = (
        literal(str(path)), "auto_detect=false", "header=false", f"skip={skip}", "delim=chr(1)", "quote=''", "escape=''",
        "columns={'line': 'VARCHAR'}", "max_line_size=16777216", "buffer_size=33554432", "strict_mode=true",
    )  # fmt: skip
    line = "coalesce(line, '') AS line" if blank else "line"
    return f"SELECT {line} FROM read_csv({', '.join(options)})"  # noqa: S608


class FixedWidthReader(TextReader):
    """A text file whose columns begin at the same places in each line."""

    def __init__(self, name: str, path: Path, spec: FixedWidthSpec) -> None:
        known = spec.columns
        if len(known) != len(spec.starts):
            known = tuple(
                known[place] if place < len(known) else SourceColumn(name=f"Column{place + 1}", type="string")
                for place in range(len(spec.starts))
            )
            spec = spec.model_copy(update={"columns": known})
        super().__init__(name, path, spec)
        self._spec = spec

    @property
    def spec(self) -> FixedWidthSpec:
        """How the file is read."""
        return self._spec

    @property
    def native(self) -> bool:
        return not self._spec.rules and not self._spec.footer_rows

    def select(self, readable: Path) -> str:
        return typed_sql(f"({self._texts(readable)})", self._spec, missing=True)

    def scan(self) -> str | None:
        return None

    def _texts(self, readable: Path) -> str:
        spec = self._spec
        utf8: TextSpec = spec.model_copy(update={"encoding": "utf-8"})
        first = next(rows_of(readable, utf8), None)
        widths = [f", {end - start}" for start, end in itertools.pairwise(spec.starts)]
        cells = ", ".join(
            f"trim(substr(line, {start + 1}{width}), {literal(_BLANKS)}) AS {quoted(column.name)}"
            for start, width, column in zip(spec.starts, [*widths, ""], spec.columns, strict=True)
        )
        keep = f"trim(line, {literal(_BLANKS)}) <> ''"
        if spec.comment:
            keep += f" AND NOT starts_with(line, {literal(spec.comment)})"
        if first is None:
            keep = "false"
        return f"SELECT {cells} FROM ({lines_sql(readable, first.line - 1 if first else 0, blank=False)}) WHERE {keep}"  # noqa: S608
