"""Steps that write the rows of this place to a file; the rows pass through unchanged."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import codecs
import re
from typing import Literal

from workbench.dataprep.columns import Problem, Schema, listed, missing_columns, names, unique_name
from workbench.dataprep.steps.base import SchemaContext
from workbench.dataprep.steps.write.base import Write

SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
"""What a sheet of Excel can hold, the row of names included."""

_UNCLEAN = re.compile(r"[,;{}()\n\t=]")


class WriteFile(Write):
    """What writers of files share. `path` is relative to the project folder, or absolute.

    The file is complete or not there: it is written under another name first. A file that the dataflow reads is never replaced.
    """

    path: str

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.path.strip() else [Problem("Give the file to write.")]


class WriteParquet(WriteFile):
    """Writes a Parquet file, or a folder of them, one for each combination of values in `partition_by`. Errors are missing in it.

    `clean_names`: replaces each of `, ; { } ( ) =`, tab and line break in column names by `_`, which some readers need. A folder
    holds `column=value` folders and an empty file `_SUCCESS`; one that holds anything else is not replaced.
    """

    op: Literal["write_parquet"] = "write_parquet"
    compression: Literal["zstd", "snappy", "gzip", "lz4", "uncompressed"] = "zstd"
    partition_by: tuple[str, ...] = ()
    clean_names: bool = False

    def describe(self) -> str:
        if self.partition_by:
            return f"Write to Parquet files by {listed(self.partition_by)} in {self.path}"
        return f"Write to Parquet file {self.path}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context) + missing_columns(schema, self.partition_by)
        if not problems and self.partition_by and set(names(schema)) <= set(self.partition_by):
            problems.append(Problem("At least one column must be left for the files: they are not divided by all of them."))
        return problems

    def written_names(self, columns: list[str]) -> dict[str, str]:
        """What each column is called in the file."""
        if not self.clean_names:
            return {name: name for name in columns}
        found: dict[str, str] = {}
        for name in columns:
            found[name] = unique_name(_UNCLEAN.sub("_", name), found.values())
        return found


class WriteCsv(WriteFile):
    """Writes a text file with one line a row.

    `missing` and `errors` stand for missing values and error cells. `quoting`: `minimal` quotes what would be misread, `all` every
    value, `nonnumeric` texts and dates, `none` nothing (and refuses what would be misread).
    """

    op: Literal["write_csv"] = "write_csv"
    delimiter: str = ","
    missing: str = ""
    errors: str = "ERROR"
    header: bool = True
    quoting: Literal["minimal", "all", "nonnumeric", "none"] = "minimal"
    line_ending: Literal["lf", "crlf", "cr"] = "lf"
    encoding: str = "utf-8"
    compression: Literal["none", "gzip", "bz2", "zstd"] = "none"

    def describe(self) -> str:
        return f"Write to CSV file {self.path}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            problems.append(Problem("The delimiter must be one character."))
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            problems.append(Problem(f"{self.encoding} is no encoding that is known, such as utf-8 or cp1252."))
        return problems


class WriteJsonLines(WriteFile):
    """Writes a text file with one JSON object a row, in UTF-8. Errors, and numbers that JSON has not (infinite, none), are null."""

    op: Literal["write_json_lines"] = "write_json_lines"
    compression: Literal["none", "gzip", "zstd"] = "none"

    def describe(self) -> str:
        return f"Write to JSON Lines file {self.path}"


class WriteExcel(WriteFile):
    """Writes an Excel workbook (.xlsx) with one sheet of at most 1,048,576 rows, the row of names included.

    `errors` stands for error cells. Texts are never read as formulas; whole numbers of more than 15 digits (Excel would
    round them) and dates before March 1900 are written as texts.
    """

    op: Literal["write_excel"] = "write_excel"
    sheet: str = "Data"
    header: bool = True
    errors: str = "ERROR"

    def describe(self) -> str:
        return f"Write to Excel file {self.path}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if self.path.strip() and not self.path.strip().lower().endswith(".xlsx"):
            problems.append(Problem("The name of an Excel file must end with .xlsx."))
        bad = re.search(r"[\[\]:*?/\\]", self.sheet)
        if not self.sheet.strip() or len(self.sheet) > 31 or bad or "'" in {self.sheet[:1], self.sheet[-1:]}:
            problems.append(Problem("The name of a sheet has 1 to 31 characters and none of [ ] : * ? / \\, and no ' at its ends."))
        if len(schema) > SHEET_COLUMNS:
            problems.append(Problem(f"A sheet of Excel has {SHEET_COLUMNS:,} columns, these are {len(schema):,}."))
        return problems


class WriteArrow(WriteFile):
    """Writes an Arrow file (Feather, version 2), or an Arrow stream. Errors are missing in it."""

    op: Literal["write_arrow"] = "write_arrow"
    compression: Literal["lz4", "zstd", "uncompressed"] = "lz4"
    stream: bool = False

    def describe(self) -> str:
        return f"Write to Arrow {'stream' if self.stream else 'file'} {self.path}"
