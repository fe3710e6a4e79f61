"""A filter learned from rows that were marked to be kept or dropped."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from workbench.base.errors import UserError
from workbench.dataprep.columns import ROW, Problem, Schema, listed, missing_columns
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext
from workbench.dataprep.steps.rows.choosing import Choosing

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample.filtering import Filter as LearnedFilter

Row = tuple[str | None, ...]
_SEEN = 2000


class MarkedRow(Record):
    """A row that the user marked: the texts of the columns, and whether it shall be kept."""

    inputs: tuple[str | None, ...]
    keep: bool


class FilterByExample(Choosing):
    """Keeps the rows that a filter keeps which was learned from marked rows; the filter is stored beside them."""

    op: Literal["filter_by_example"] = "filter_by_example"
    columns: tuple[str, ...]
    examples: tuple[MarkedRow, ...] = ()
    filter: dict[str, Any] = Field(default_factory=dict)
    """The JSON of a `byexample.filtering.Filter`."""

    @classmethod
    def learn(cls, columns: Sequence[str], marked: Sequence[tuple[Row, bool]], rows: Sequence[Row] = ()) -> FilterByExample:
        """A step learned from marked rows, over further rows without a mark. Raises UserError when no filter agrees with them."""
        examples = tuple(MarkedRow(inputs=inputs, keep=keep) for inputs, keep in marked)
        return cls(columns=tuple(columns), examples=examples).over(rows)

    def over(self, rows: Sequence[Row]) -> Self:
        """The step with its filter learned anew from its marks, over further rows. Raises UserError."""
        from workbench.byexample.filtering import learn_filter

        marked = [example.inputs for example in self.examples]
        known = set(marked)
        learned = learn_filter(
            [*marked, *(row for row in rows if row not in known)],
            {at: example.keep for at, example in enumerate(self.examples)},
            columns=self.columns,
        )
        if learned.program is None:
            raise UserError(learned.explanation, hint="Change or remove one of the marks.")
        return self.model_copy(update={"filter": learned.program.to_json()})

    def load_filter(self) -> LearnedFilter:
        """The stored filter. Raises UserError for one that this version cannot read."""
        return _loaded(json.dumps(self.filter))

    @property
    def learned(self) -> bool:
        return bool(self.filter)

    def describe(self) -> str:
        if not self.filter:
            return f"{self._verb} rows by example of {listed(self.columns)}"
        try:
            sentence = self.load_filter().explain(self.columns).rstrip(".")
        except UserError:
            return f"{self._verb} rows by example of {listed(self.columns)}"
        return sentence if self.action == "keep" else sentence.replace("Keep", "Remove", 1)

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, self.columns) if self.columns else [Problem("Choose at least one column.")]
        if not self.filter:
            return [*problems, NOT_LEARNED]
        try:
            self.load_filter()
        except UserError as error:
            return [*problems, Problem(f"{error.message} {error.hint}".strip())]
        if reason := _why_not_native(json.dumps(self.filter)):
            problems.append(Problem(f"Runs as a Python function: {reason}", severity="info"))
        return problems

    def chosen(self, table: ir.Table, context: Context) -> tuple[ir.Table, Any]:
        found: Any = context.derived(self.load_filter().to_program(), table, self.columns)
        return table, found.notnull()

    def relearn(self, rows: Rows) -> Self:
        table = rows.table
        texts = {f"c{at}": table[name].cast("string") for at, name in enumerate(self.columns)}
        seen = rows.ask(table.order_by(table[ROW]).limit(_SEEN).select(**texts)).to_pylist()
        return self.over([tuple(row.values()) for row in seen])


@lru_cache(maxsize=64)
def _why_not_native(text: str) -> str:
    """Why a stored filter (its JSON) does not run in the database itself; empty when it does."""
    from workbench.byexample.native import why_not

    return why_not(_loaded(text).to_program().root) or ""


@lru_cache(maxsize=64)
def _loaded(text: str) -> LearnedFilter:
    from workbench.byexample.filtering import Filter

    return Filter.from_json(json.loads(text))
