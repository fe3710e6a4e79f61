"""Converting columns to another type."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, is_error
from workbench.dataprep.columns import TEXT, TYPE_WORDS, ColumnType, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.conversion import (
    FALSE_VALUES,
    TRUE_VALUES,
    NumberStyle,
    convert,
    failed,
    format_problem,
    possible,
    text_of,
)
from workbench.dataprep.steps.base import Context, SchemaContext, StepBase

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Convert(StepBase):
    """Converts columns to another type; values that do not fit become error cells and are counted.

    What fits is written in `workbench.dataprep.conversion`. `formats`: strptime formats for texts that hold dates or times (ISO
    without any), the first that fits counts; `fixed_date` (ISO) is put before texts and values that are only a time.
    `decimal`, `thousands`, `currency`, `percent`, `brackets`: how the numbers are written, see `NumberStyle`.
    `otherwise`: what texts become that are in none of the two lists of booleans.
    """

    op: Literal["convert"] = "convert"
    columns: tuple[str, ...]
    to: ColumnType
    formats: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    true_values: tuple[str, ...] = TRUE_VALUES
    false_values: tuple[str, ...] = FALSE_VALUES
    otherwise: Literal["error", "true", "false", "missing"] = "error"
    thousands: Literal["", ",", ".", " ", "'", "_"] = ""
    currency: bool = False
    percent: bool = False
    brackets: bool = False
    fixed_date: str = ""

    @property
    def style(self) -> NumberStyle:
        """How the numbers are written."""
        return NumberStyle(
            decimal=self.decimal,
            thousands=self.thousands,
            currency=self.currency,
            percent=self.percent,
            brackets=self.brackets,
        )

    def describe(self) -> str:
        return f"Convert {listed(self.columns)} to {TYPE_WORDS[self.to]}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column to convert.")]
        problems = missing_columns(schema, self.columns) + self._option_problems()
        if self.to in {"struct", "list", "other"}:
            return [*problems, Problem(f"No value can be converted to a {TYPE_WORDS[self.to]}.")]
        for name in self.columns:
            column = find(schema, name)
            if column and not possible(column.type, self.to, fixed_date=self.fixed_date):
                hint = " Give a date to put before the times." if column.type == "time" and self.to.startswith("timestamp") else ""
                problems.append(
                    Problem(
                        f"{name} holds {TYPE_WORDS[column.type]} values, which cannot become {TYPE_WORDS[self.to]}.{hint}",
                        column=name,
                    )
                )
        return problems

    def _option_problems(self) -> list[Problem]:
        sentences = []
        if self.to in {"date", "time", "timestamp", "timestamp_tz"}:
            sentences = [found for one in self.formats if (found := format_problem(one))]
            if self.fixed_date and not _is_date(self.fixed_date):
                sentences.append(f"'{self.fixed_date}' is not a date such as 2020-01-31.")
        if self.to in {"integer", "decimal"} and self.decimal == self.thousands:
            sentences.append("The decimal mark and the mark between thousands must differ.")
        if self.to == "boolean":
            both = {text.strip().lower() for text in self.true_values} & {text.strip().lower() for text in self.false_values}
            sentences += [f"'{text}' is both in the list for true and in the one for false." for text in sorted(both)]
        return [Problem(sentence) for sentence in sentences]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        schema = schema_of(table)
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name in self.columns:
            column = find(schema, name)
            if column is None or column.type == self.to:
                continue
            value: Any = convert(
                table[name],
                column.type,
                self.to,
                dialect=context.dialect,
                formats=self.formats,
                style=self.style,
                true_values=self.true_values,
                false_values=self.false_values,
                fixed_date=self.fixed_date,
            )
            values[name] = value
            if self.to in TEXT:
                continue
            wrong = failed(table[name], value, column.type, self.to, context.dialect) & ~is_error(table, name)
            if self.to == "boolean" and self.otherwise != "error":
                if self.otherwise != "missing":
                    values[name] = ibis.ifelse(wrong, self.otherwise == "true", value)
                continue
            code = error(f"no {TYPE_WORDS[self.to]}", text_of(table[name], context.dialect))
            errors[name] = ibis.ifelse(wrong, code, ibis.null("string"))
            context.count_failures(f"in {name} are no {TYPE_WORDS[self.to]} and became errors", table, wrong)
        return assign(table, values, reads={name: [name] for name in values}, errors=errors) if values else table


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10
