"""What the wizard collects: the file, how it is read, and the questions about types."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.dataprep.columns import ColumnType
    from workbench.dataprep.sources import SourceSpec

GROUPS: dict[str, tuple[str, ...]] = {
    "Numeric": ("integer", "decimal"),
    "Date": ("date", "time", "timestamp"),
    "Boolean": ("boolean",),
    "Text": ("string", "other"),
}
TYPE_TITLES: dict[str, str] = {
    "integer": "Integer",
    "decimal": "Decimal",
    "boolean": "Boolean",
    "date": "Date",
    "time": "Time",
    "timestamp": "Date and time",
    "string": "Text",
}
TYPE_ICONS: dict[str, str] = {
    "integer": "hash",
    "decimal": "decimals-arrow-right",
    "boolean": "toggle-left",
    "date": "calendar",
    "time": "clock",
    "timestamp": "calendar-clock",
    "string": "type",
    "other": "circle-question-mark",
}
DELIMITERS = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Pipe  |", " ": "Space", ":": "Colon  :"}
QUOTES = {'"': 'Double  "', "'": "Single  '", "": "None"}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16", "ascii", "shift_jis", "gb18030")


@dataclass(frozen=True)
class Draft:
    """A data source that is not saved yet. Invariant: `spec` was detected for `path`."""

    path: Path
    spec: "SourceSpec"
    detected: "SourceSpec"

    @property
    def text_details(self) -> bool:
        """Whether there is anything to say about delimiters and encodings."""
        return self.spec.kind == "delimited"

    def with_spec(self, spec: "SourceSpec") -> "Draft":
        return replace(self, spec=spec)

    def with_type(self, name: str, type_: "ColumnType", format_: str = "") -> "Draft":
        """One column read as another type."""
        return replace(self, spec=self.spec.with_column(name, type_, format_))

    def group_counts(self) -> dict[str, int]:
        """How many columns each group of types has."""
        return {title: sum(column.type in types for column in self.spec.columns) for title, types in GROUPS.items()}

    def summary(self) -> str:
        """What was detected, in one sentence."""
        count = len(self.spec.columns)
        columns = f"{count} column{'' if count == 1 else 's'}"
        if self.spec.kind == "parquet":
            return f"Parquet file with {columns}."
        name = DELIMITERS.get(self.spec.delimiter, repr(self.spec.delimiter)).split("  ")[0].lower()
        header = "names in the first line" if self.spec.header else "no header line"
        return f"Text separated by {name}, {header}, {self.spec.encoding.upper()}, {columns}."


def group_of(type_: str) -> str:
    """The group a type counts in."""
    return next((title for title, types in GROUPS.items() if type_ in types), "Text")
