"""Steps on values: replace, fill missing, trim, SQL expression, derive by example, split."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.base.errors import UserError
from workbench.dataprep.columns import (
    ColumnType,
    Problem,
    Schema,
    find,
    listed,
    missing_columns,
    names,
    schema_of,
    unique_name,
)
from workbench.dataprep.conversion import convert, function
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase
from workbench.dataprep.steps.rows import typed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program

Row = tuple[str | None, ...]


def place_after(table: ir.Table, new: list[str], after: list[str]) -> ir.Table:
    """The table with the new columns right of the right-most of `after`."""
    rest = [name for name in table.columns if name not in new]
    at = max((rest.index(name) for name in after if name in rest), default=len(rest) - 1) + 1
    return table.select(*rest[:at], *new, *rest[at:])


class Replace(StepBase):
    """Replaces a text, or a whole value, in columns."""

    op: Literal["replace"] = "replace"
    columns: tuple[str, ...]
    find: str
    replacement: str | None = ""
    whole: bool = True
    """Whether the whole value must equal `find`; else each occurrence inside a text is replaced. None as replacement: missing."""

    def describe(self) -> str:
        new = "missing" if self.replacement is None else f"'{self.replacement}'"
        return f"Replace '{self.find}' by {new} in {listed(self.columns)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns)
        if not self.columns:
            problems.append(Problem("Choose at least one column."))
        for name in self.columns:
            column = find(schema, name)
            if column is None:
                continue
            if not self.whole and column.type not in {"string", "other"}:
                problems.append(Problem(f"{name} holds no text: replace its whole value instead of a part.", column=name))
                continue
            for text in (self.find, self.replacement):
                try:
                    typed(text or "", column.type) if text is not None else None
                except ValueError:
                    problems.append(Problem(f"'{text}' is not a value that {name} can have ({column.type}).", column=name))
        if not self.find and not self.whole:
            problems.append(Problem("The text to find is empty."))
        if self.replacement is None and not self.whole:
            problems.append(Problem("A part of a text cannot become missing: replace the whole value."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        types = {column.name: column.type for column in schema_of(table)}
        changed: dict[str, Any] = {}
        for name in self.columns:
            column: Any = table[name]
            if not self.whole:
                changed[name] = column.replace(self.find, self.replacement or "")
                continue
            new = ibis.null(column.type()) if self.replacement is None else ibis.literal(typed(self.replacement, types[name]))
            changed[name] = ibis.ifelse((column == typed(self.find, types[name])).fill_null(False), new, column)
        return table.mutate(**changed)


class FillMissing(StepBase):
    """Puts one value where values are missing."""

    op: Literal["fill_missing"] = "fill_missing"
    columns: tuple[str, ...]
    value: str

    def describe(self) -> str:
        return f"Fill missing values of {listed(self.columns)} with '{self.value}'"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        for name in self.columns:
            if column := find(schema, name):
                try:
                    typed(self.value, column.type)
                except ValueError:
                    problems.append(Problem(f"'{self.value}' is not a value that {name} can have ({column.type}).", column=name))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        changed: dict[str, Any] = {}
        for info in schema_of(table):
            if info.name in self.columns:
                column: Any = table[info.name]
                value = typed(self.value, info.type)
                changed[info.name] = (column.nullif(float("nan")) if info.type == "decimal" else column).fill_null(value)
        return table.mutate(**changed)


class Trim(StepBase):
    """Removes white space at both ends of texts."""

    op: Literal["trim"] = "trim"
    columns: tuple[str, ...]

    def describe(self) -> str:
        return f"Trim {listed(self.columns)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        return problems + [
            Problem(f"{name} holds no text to trim.", column=name)
            for name in self.columns
            if (column := find(schema, name)) and column.type not in {"string", "other"}
        ]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return table.mutate(**{name: table[name].strip() for name in self.columns})


class Expression(StepBase):
    """Adds or replaces a column by an SQL scalar expression over the row's columns."""

    op: Literal["expression"] = "expression"
    column: str
    sql: str

    def describe(self) -> str:
        return f"Set {self.column} to {self.sql}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.column.strip():
            return [Problem("Give the column a name.")]
        if not self.sql.strip():
            return [Problem("The expression is empty.", column=self.column)]
        reason = context.expression_problem(schema, self.sql) if context else ""
        return [Problem(reason, column=self.column)] if reason else []

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        return context.with_sql(table, self.column, self.sql)


class Example(BaseModel):
    """An example of the user: the texts of the input columns and the text that shall come out (None: missing)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: tuple[str | None, ...]
    output: str | None


class Derive(StepBase):
    """A new column learned from examples: the program that was learned is stored beside them, so that a run is reproducible."""

    op: Literal["derive"] = "derive"
    column: str
    inputs: tuple[str, ...]
    examples: tuple[Example, ...] = ()
    program: dict[str, Any] = Field(default_factory=dict)
    """The JSON of a `byexample.Program`."""
    type: ColumnType = "string"
    """Type of the new column; what does not fit becomes missing."""

    @classmethod
    def learn(
        cls,
        column: str,
        inputs: tuple[str, ...],
        examples: Sequence[tuple[Row, str | None]],
        rows: Sequence[Row] = (),
    ) -> Derive:
        """A step learned from examples, over `rows`: texts of the input columns, whose outputs are not known.

        Raises UserError when no program fits the examples.
        """
        from workbench.byexample import learn

        learned = learn(examples, rows)
        if learned.program is None:
            raise UserError(learned.explanation, hint="Change or remove one of the examples.", place=column)
        return cls(
            column=column,
            inputs=inputs,
            examples=tuple(Example(inputs=given, output=output) for given, output in examples),
            program=learned.program.to_json(),
        )

    def load_program(self) -> Program:
        """The stored program. Raises UserError for one that this version cannot read."""
        from workbench.byexample import Program

        return Program.from_json(self.program)

    def describe(self) -> str:
        return f"Derive {self.column} from {listed(self.inputs)} by example"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.inputs) if self.inputs else [Problem("Choose at least one input column.")]
        if not self.column.strip():
            problems.append(Problem("Give the new column a name."))
        elif any(self.column.lower() == other.lower() for other in names(schema)):
            problems.append(Problem(f"There is a column {self.column} already.", column=self.column))
        if not self.program:
            problems.append(Problem(self._why_not_learned(), column=self.column))
            return problems
        try:
            self.load_program()
        except UserError as error:
            problems.append(Problem(f"{error.message} {error.hint}".strip(), column=self.column))
            return problems
        if reason := _why_not_native(json.dumps(self.program)):
            problems.append(Problem(f"Runs as a Python function: {reason}", column=self.column, severity="info"))
        return problems

    def _why_not_learned(self) -> str:
        """Why there is no program: no examples, or such as contradict each other."""
        from workbench.byexample import learn

        learned = learn([(example.inputs, example.output) for example in self.examples])
        return learned.explanation if learned.program is None else "Its examples were not learned from yet: open it and accept it."

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        derived = table.mutate(**{self.column: context.derived(self.load_program(), table, self.inputs)})
        if self.type not in {"string", "other"}:
            typed_value = convert(derived[self.column], "string", self.type)
            failed = derived[self.column].notnull() & typed_value.isnull()
            context.count_failures(f"in {self.column} are no {self.type} and became missing", derived, failed)
            derived = derived.mutate(**{self.column: typed_value})
        return place_after(derived, [self.column], list(self.inputs))


@lru_cache(maxsize=64)
def _why_not_native(program: str) -> str:
    """Why a stored program (its JSON) does not run in the database itself; empty when it does."""
    from workbench.byexample import Program
    from workbench.byexample.native import why_not

    return why_not(Program.from_json(json.loads(program)).root)


class Split(StepBase):
    """Splits a text column at a delimiter into new columns right of it; rows with fewer parts get missing values at the end."""

    op: Literal["split"] = "split"
    column: str
    delimiter: str
    parts: int = 2
    keep_source: bool = True

    def describe(self) -> str:
        shown = {"\t": "tab", " ": "space"}.get(self.delimiter, f"'{self.delimiter}'")
        return f"Split {self.column} at {shown} into {self.parts} columns"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [self.column])
        if not self.delimiter:
            problems.append(Problem("The delimiter is empty.", column=self.column))
        if not 2 <= self.parts <= 100:
            problems.append(Problem("The number of parts must be between 2 and 100.", column=self.column))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        split = function("string_split", ("string", "string"), "array<string>")
        pieces: Any = split(table[self.column].cast("string"), self.delimiter)
        taken = list(table.columns)
        new: dict[str, Any] = {}
        for number in range(1, self.parts + 1):
            name = unique_name(f"{self.column}_{number}", [*taken, *new])
            new[name] = pieces[number - 1]
        result = place_after(table.mutate(**new), list(new), [self.column])
        return result if self.keep_source else result.drop(self.column)


__all__ = ["Derive", "Example", "Expression", "FillMissing", "Replace", "Split", "Trim"]
