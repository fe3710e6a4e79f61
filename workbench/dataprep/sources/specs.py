"""How data are read: one specification for each kind of source, as detected and then as the user changed it."""

import itertools
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from workbench.dataprep.columns import ColumnInfo, ColumnType, Schema

MISSING_MARKERS = ("NA", "N/A", "n/a", "NULL", "null", "NaN", "nan")
"""Texts that mean a missing value where they are found in a column of another type; an empty cell always does."""


class Frozen(BaseModel):
    """An immutable record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceColumn(Frozen):
    """A column as it is read. `format` is a strptime format of dates and times; empty for the ISO forms.

    `nested`: the Ibis type of a struct or list.
    """

    name: str
    type: ColumnType
    format: str = ""
    nested: str = ""
    origin: str | None = None
    """What it is called in the file, where that could not be its name here."""


class Question(Frozen):
    """What the data cannot tell, such as the order of day and month: `choices` are the formats, `labels` what they mean."""

    column: str
    text: str
    choices: tuple[str, ...]
    labels: tuple[str, ...]


class SourceSpec(Frozen):
    """What all kinds of sources share."""

    kind: str
    columns: tuple[SourceColumn, ...] = ()
    notes: tuple[str, ...] = ()
    """What the detection wants to tell, one sentence each."""
    questions: tuple[Question, ...] = ()
    """What it wants to ask; until it is answered the column is read as text."""

    @property
    def schema_(self) -> Schema:
        """Name and type of each column."""
        return tuple(ColumnInfo(column.name, column.type, column.nested) for column in self.columns)

    def with_column(self, name: str, type_: ColumnType, format_: str = "") -> Self:
        """The same with one column read as another type; questions about it are answered by that."""
        columns = tuple(
            column.model_copy(update={"type": type_, "format": format_, "nested": column.nested if column.type == type_ else ""})
            if column.name == name
            else column
            for column in self.columns
        )
        return self.model_copy(
            update={"columns": columns, "questions": tuple(q for q in self.questions if q.column != name)},
        )


class TextSpec(SourceSpec):
    """What all kinds of text have: an encoding, and lines that are no rows."""

    encoding: str = "utf-8"
    skip_rows: int = Field(0, ge=0)
    """So many lines of the file are left out before anything else."""
    skip_mode: Literal["first", "every"] = "every"
    """Of several files: whether the lines are left out in the first only."""
    footer_rows: int = Field(0, ge=0)
    """So many lines at the end are left out."""
    comment: str = ""
    """Lines that begin so are no rows; empty: there are none."""


class TableTextSpec(TextSpec):
    """Text that holds a table, with names above it and values that are converted."""

    header: bool = True
    header_rows: int = Field(1, ge=1, le=10)
    """How many records the names take, where there is a header."""
    header_mode: Literal["same", "first", "every"] = "same"
    """Of several files: `same`: all have the same header; `first`: only the first has one, all lines of the others are rows;
    `every`: each has its own, and columns of one name are combined."""
    decimal: Literal[".", ","] = "."
    thousands: str = Field("", max_length=1)
    """The sign between groups of three digits; empty: there is none."""
    missing: tuple[str, ...] = ("",)
    rules: bool = False
    """Lines that only draw a rule (-----+----) are no rows."""

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands and self.thousands == self.decimal:
            raise ValueError("the decimal and the thousands mark are the same")
        return self


class DelimitedSpec(TableTextSpec):
    """Text with one row a line (or more, where a field is quoted) and a delimiter between fields."""

    kind: Literal["delimited"] = "delimited"
    delimiter: str = ","
    """One or more characters; empty: each line is one field."""
    quote: str = Field('"', max_length=1)
    escape: str = Field("", max_length=1)
    """What stands before a quote within a quoted field, such as a backslash; empty: the quote is doubled."""
    header_commented: bool = False
    """The names stand in the last comment line above the rows."""
    repeated: bool = False
    """Several delimiters in a row count as one."""
    trim: bool = False
    """Blanks around a field are not part of it."""
    framed: bool = False
    """Each line also begins and ends with the delimiter."""

    @model_validator(mode="after")
    def _known_escape(self) -> Self:
        if self.escape not in {"", self.quote, "\\"}:
            raise ValueError("a quote within a field is either doubled or has a backslash before it")
        return self


class FixedWidthSpec(TableTextSpec):
    """Text whose columns begin at the same places in each line; blanks fill the fields up."""

    kind: Literal["fixed_width"] = "fixed_width"
    starts: tuple[int, ...] = (0,)
    """Where each column begins, counted in characters from 0; it ends where the next begins. The first begins at 0."""

    @field_validator("starts")
    @classmethod
    def _rising(cls, starts: tuple[int, ...]) -> tuple[int, ...]:
        if not starts or starts[0] != 0 or any(one >= other for one, other in itertools.pairwise(starts)):
            raise ValueError("the columns begin at 0 and then further and further right")
        return starts


class LinesSpec(TextSpec):
    """Plain text: each line is one value of the column `line`."""

    kind: Literal["lines"] = "lines"
    columns: tuple[SourceColumn, ...] = (SourceColumn(name="line", type="string"),)


class ParquetSpec(SourceSpec):
    """One Parquet file, or a folder of them."""

    kind: Literal["parquet"] = "parquet"
    partitioned: bool = False
    """Whether the folders' names are columns too, as in `year=2020/month=1/part.parquet`."""


class JsonSpec(SourceSpec):
    """JSON: records are rows, their fields columns; what is nested stays so."""

    kind: Literal["json"] = "json"
    form: Literal["lines", "array", "objects"] = "array"
    """`lines`: one value a line (JSON Lines); `array`: one list of them; `objects`: one after the other, anyhow laid out."""
    records: str = ""
    """Where the rows stand in the document, as a JSON pointer such as `/data/items`; empty: they are the document."""
    values: bool = False
    """The rows are no records but single values, which the column `value` holds."""
    encoding: str = "utf-8"


class ExcelSpec(SourceSpec):
    """A sheet of a workbook: xlsx, xlsm, xlsb, xls or ods."""

    kind: Literal["excel"] = "excel"
    sheet: str | int = 1
    """Its name, or its number from 1."""
    range: str = Field("", pattern=r"^([A-Za-z]{1,3}[1-9][0-9]{0,6}(:[A-Za-z]{1,3}[1-9][0-9]{0,6})?)?$")
    """Such as `B2:F100`; `B2` alone: from there on; empty: from the first to the last used cell."""
    header: bool = True
    skip_rows: int = Field(0, ge=0)
    """So many rows are left out before the header."""


class ArrowSpec(SourceSpec):
    """An Arrow IPC file (Feather) or stream."""

    kind: Literal["arrow"] = "arrow"


SqlDialect = Literal["sqlite", "postgresql", "mysql", "mariadb", "sqlserver"]


class SqlSpec(SourceSpec):
    """A table of a database, or what a query gives. The password is in the keyring, never here."""

    kind: Literal["sql"] = "sql"
    dialect: SqlDialect = "sqlite"
    host: str = ""
    port: int = Field(0, ge=0, le=65535)
    """0: the usual one."""
    database: str = ""
    """Its name on the server; SQLite has a file instead, which is the path of the source."""
    user: str = ""
    table: str = ""
    table_schema: str = ""
    """In which schema the table is; empty: the server's usual one."""
    query: str = ""
    """In place of a table: a SELECT in the database's own SQL."""
    options: dict[str, str] = Field(default_factory=dict)
    """What else the connection is given, such as `sslmode`; no secrets."""


class ScriptSpec(SourceSpec):
    """What a Python script reads: `read(paths)` returns a frame, or the script sets `df`."""

    kind: Literal["script"] = "script"
    code: str = ""
    """The script itself; empty: it is the file of the source."""
    seconds: float = Field(300, gt=0)
    """How long it may run."""
    memory_mb: int = Field(2000, ge=64)


AnySpec = Annotated[
    Annotated[DelimitedSpec, Tag("delimited")]
    | Annotated[FixedWidthSpec, Tag("fixed_width")]
    | Annotated[LinesSpec, Tag("lines")]
    | Annotated[ParquetSpec, Tag("parquet")]
    | Annotated[JsonSpec, Tag("json")]
    | Annotated[ExcelSpec, Tag("excel")]
    | Annotated[ArrowSpec, Tag("arrow")]
    | Annotated[SqlSpec, Tag("sql")]
    | Annotated[ScriptSpec, Tag("script")],
    Discriminator("kind"),
]
"""One of all kinds, told apart by `kind`."""
