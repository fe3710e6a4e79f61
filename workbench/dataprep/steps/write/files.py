"""Steps that write the rows of this place to a file; the rows pass through unchanged."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.dataprep.columns import Problem, Schema
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Write(StepBase):
    """What both writers share. `path` is relative to the project folder, or absolute."""

    path: str

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        return [] if self.path.strip() else [Problem("Give the file to write.")]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table


class WriteParquet(Write):
    """Writes a Parquet file."""

    op: Literal["write_parquet"] = "write_parquet"
    compression: Literal["zstd", "snappy", "gzip", "uncompressed"] = "zstd"

    def describe(self) -> str:
        return f"Write to Parquet file {self.path}"


class WriteCsv(Write):
    """Writes a CSV file in UTF-8 with a header."""

    op: Literal["write_csv"] = "write_csv"
    delimiter: str = ","
    missing: str = ""

    def describe(self) -> str:
        return f"Write to CSV file {self.path}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if len(self.delimiter) != 1:
            problems.append(Problem("The delimiter must be one character."))
        return problems
