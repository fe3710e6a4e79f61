"""What the wizard collects: the file, how it is read, and the questions about types."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.dataprep.columns import ColumnType
    from workbench.dataprep.sources import SourceSpec

GROUPS: dict[str, tuple[str, ...]] = {
    "Numeric": ("integer", "decimal"),
    "Date": ("date", "time", "timestamp", "timestamp_tz"),
    "Boolean": ("boolean",),
    "Text": ("string", "other", "struct", "list"),
}
TYPE_TITLES: dict[str, str] = {
    "integer": "Integer",
    "decimal": "Decimal",
    "boolean": "Boolean",
    "date": "Date",
    "time": "Time",
    "timestamp": "Date and time",
    "timestamp_tz": "Date, time and zone",
    "string": "Text",
}
TYPE_ICONS: dict[str, str] = {
    "integer": "hash",
    "decimal": "decimals-arrow-right",
    "boolean": "toggle-left",
    "date": "calendar",
    "time": "clock",
    "timestamp": "calendar-clock",
    "timestamp_tz": "calendar-clock",
    "string": "type",
    "struct": "braces",
    "list": "list",
    "other": "circle-question-mark",
}
DELIMITERS = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Pipe  |", " ": "Space", ":": "Colon  :"}
QUOTES = {'"': 'Double  "', "'": "Single  '", "": "None"}
TEXT_KINDS = {"delimited": "Delimited text", "fixed_width": "Fixed width", "lines": "Plain text"}
KINDS = {
    **TEXT_KINDS, "parquet": "Parquet file", "arrow": "Arrow file", "json": "JSON file", "excel": "Excel sheet", "sql": "SQL table",
    "script": "Python script", "frame": "Data frame",
}  # fmt: skip
THOUSANDS = {"": "None", ",": "Comma  1,000", ".": "Point  1.000", " ": "Space  1 000", "'": "Apostrophe  1'000"}
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
        return self.spec.kind in TEXT_KINDS

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
        from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, LinesSpec

        spec = self.spec
        if isinstance(spec, LinesSpec):
            return f"Plain text with one row a line, {spec.encoding.upper()}."
        if not isinstance(spec, DelimitedSpec | FixedWidthSpec):
            return f"{KINDS.get(spec.kind, spec.kind.replace('_', ' ').capitalize())} with {columns}."
        header = "names in the first line" if spec.header else "no header line"
        if isinstance(spec, FixedWidthSpec):
            return f"Text with columns of fixed width, {header}, {spec.encoding.upper()}, {columns}."
        name = DELIMITERS.get(spec.delimiter, repr(spec.delimiter)).split("  ")[0].lower()
        return f"Text separated by {name}, {header}, {spec.encoding.upper()}, {columns}."


def group_of(type_: str) -> str:
    """The group a type counts in."""
    return next((title for title, types in GROUPS.items() if type_ in types), "Text")
