"""A step that writes the rows of this place to a table of a database."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workbench.dataprep.columns import Problem, Schema
from workbench.dataprep.sources.specs import SqlDialect, SqlSpec
from workbench.dataprep.steps.base import SchemaContext
from workbench.dataprep.steps.write.base import Write


class WriteSql(Write):
    """Writes a table of a database, in one transaction: all rows are there afterwards, or everything is as it was.

    `mode`: `replace` makes the table anew, `append` adds rows to one that has these columns, `fail` refuses one that exists.
    `path`: the file of an SQLite database; other databases have a `host`, and their password in the keyring. Errors and numbers
    that are none are NULL, records and lists are JSON.
    """

    op: Literal["write_sql"] = "write_sql"
    table: str
    mode: Literal["replace", "append", "fail"] = "fail"
    dialect: SqlDialect = "sqlite"
    path: str = ""
    host: str = ""
    port: int = Field(0, ge=0, le=65535)
    database: str = ""
    user: str = ""
    table_schema: str = ""
    options: dict[str, str] = Field(default_factory=dict)

    @property
    def spec(self) -> SqlSpec:
        """The database and table as sources name them."""
        return SqlSpec(
            dialect=self.dialect, host=self.host, port=self.port, database=self.database, user=self.user, table=self.table,
            table_schema=self.table_schema, options=self.options,
        )  # fmt: skip

    @property
    def where(self) -> str:
        """The table in words."""
        return f"the table {self.table} of {self.path or self.database or self.host or 'the database'}"

    def describe(self) -> str:
        words = {"replace": "Write to", "append": "Append to", "fail": "Write to the new table"}
        place = self.where if self.mode != "fail" else self.where.removeprefix("the table ")
        return f"{words[self.mode]} {place}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = [] if self.table.strip() else [Problem("Give the table to write.")]
        if self.dialect == "sqlite" and not self.path.strip():
            problems.append(Problem("Give the file of the SQLite database."))
        if self.dialect != "sqlite" and not self.host.strip():
            problems.append(Problem("Give the host of the database."))
        return problems
