"""Plain text: one row a line."""

from __future__ import annotations

from pathlib import Path

from workbench.dataprep.columns import literal
from workbench.dataprep.sources.readers.fixed import lines_sql
from workbench.dataprep.sources.readers.records import DIRECT
from workbench.dataprep.sources.readers.text import TextReader
from workbench.dataprep.sources.specs import LinesSpec


class LinesReader(TextReader):
    """A text file as one column of lines."""

    def __init__(self, name: str, path: Path, spec: LinesSpec) -> None:
        super().__init__(name, path, spec)
        self._spec = spec

    @property
    def spec(self) -> LinesSpec:
        """How the file is read."""
        return self._spec

    @property
    def native(self) -> bool:
        return not self._spec.footer_rows and self._spec.columns[0].type == "string"

    def select(self, readable: Path) -> str:
        name = self._spec.columns[0].name
        sql = lines_sql(readable, self._spec.skip_rows, blank=True)
        where = f" WHERE NOT starts_with(line, {literal(self._spec.comment)})" if self._spec.comment else ""
        return f'SELECT line AS "{name}" FROM ({sql}){where}'  # noqa: S608

    def scan(self) -> str | None:
        return self.select(self._path) if self.native and self._spec.encoding.lower() in DIRECT else None
