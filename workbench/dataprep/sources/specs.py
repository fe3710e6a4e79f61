"""How data are read: one specification for each kind of source, as detected and then as the user changed it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

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
            SourceColumn(name=name, type=type_, format=format_) if column.name == name else column for column in self.columns
        )
        return self.model_copy(
            update={"columns": columns, "questions": tuple(q for q in self.questions if q.column != name)},
        )


class DelimitedSpec(SourceSpec):
    """Text with one row a line (or more, where a field is quoted) and a delimiter between fields."""

    kind: Literal["delimited"] = "delimited"
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True
    skip_rows: int = Field(0, ge=0)
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("",)


class ParquetSpec(SourceSpec):
    """A Parquet file."""

    kind: Literal["parquet"] = "parquet"


AnySpec = Annotated[
    Annotated[DelimitedSpec, Tag("delimited")] | Annotated[ParquetSpec, Tag("parquet")],
    Discriminator("kind"),
]
"""One of all kinds, told apart by `kind`."""
