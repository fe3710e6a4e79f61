"""Rows of names and values turned into columns."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion, is_error
from workbench.dataprep.columns import ROW, Problem, Schema, find, missing_columns, unique_name
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.tables.aggregates import AGGREGATE_WORDS, SPREADS, Aggregate, Outcome, Over, Reductions
from workbench.dataprep.steps.tables.keys import as_text, plain, plainly
from workbench.dataprep.steps.tables.summarize import Measure, outcome

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_COLUMNS = 1000
"""How many columns a table may get by turning rows into columns."""


class PivotColumn(Record):
    """A new column: `value` is the text of what stands in the column of names (None: missing there), `name` its own name."""

    value: str | None
    name: str


class Pivot(StepBase):
    """Makes a column of each value in `names_from`, with the aggregate of `values_from`; one row for each group of `by`.

    `columns` are learned from the data, in the order in which the values appear, and can be edited: values that are not among them
    are left out and counted. Rows stand in the order of their first rows. Errors in `names_from` count as such values.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["pivot"] = "pivot"
    by: tuple[str, ...] = ()
    names_from: str
    values_from: str = ""
    aggregate: Aggregate = "first"
    quantile: float = 0.5
    separator: str = ", "
    columns: tuple[PivotColumn, ...] = ()

    def describe(self) -> str:
        return f"Turn the values of {self.names_from} into columns with the {self._measure.describe()}"

    @property
    def _measure(self) -> Measure:
        return Measure(column=self.values_from, aggregate=self.aggregate, quantile=self.quantile, separator=self.separator)

    @property
    def learned(self) -> bool:
        return bool(self.columns)

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.by, self.names_from, *filter(None, [self.values_from]))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = missing_columns(schema, [*self.by, self.names_from])
        problems += [problem for problem in self._measure.problems(schema) if problem not in problems]
        if self.aggregate in SPREADS | {"mode"}:
            problems.append(Problem(f"A pivot has no {AGGREGATE_WORDS[self.aggregate]}: use Summarize before it."))
        column = find(schema, self.names_from)
        if column and column.type in {"struct", "list"}:
            problems.append(Problem(f"{column.name} holds records or lists, which name no columns.", column=column.name))
        if not self.columns:
            return [*problems, NOT_LEARNED]
        if len(self.columns) > MOST_COLUMNS:
            problems.append(Problem(f"{len(self.columns):,} columns are too many: {MOST_COLUMNS:,} at most."))
        results = [each.lower() for each in [*self.by, *(column.name for column in self.columns)]]
        problems += [
            Problem(f"Two columns would be called {name}.", column=name)
            for name in dict.fromkeys(column.name for column in self.columns)
            if results.count(name.lower()) > 1
        ]
        return problems

    def relearn(self, rows: Rows) -> Self:
        """The columns that the values of these rows make. Raises UserError when there are too many."""
        if missing := missing_columns_of(rows.table, self.names_from):
            raise UserError(missing)
        table = rows.table
        text = self._text(table, "duckdb").name("value")
        found = table.filter(~is_error(table, self.names_from)).select(text, row=table[ROW])
        values = found.group_by("value").aggregate(row=found["row"].min()).order_by("row").limit(MOST_COLUMNS + 1)
        texts = rows.ask(values.select("value", "row")).column(0).to_pylist()
        if len(texts) > MOST_COLUMNS:
            raise UserError(
                f"{self.names_from} has more than {MOST_COLUMNS:,} different values: too many for columns.",
                hint="Choose a column with fewer values, or group them first.",
            )
        old = {column.value: column.name for column in self.columns}
        columns: list[PivotColumn] = []
        for value in texts:
            taken = [*self.by, *(column.name for column in columns)]
            name = old.get(value) or ("missing" if value is None else value.strip() or "blank")
            columns.append(PivotColumn(value=value, name=unique_name(name, taken)))
        return self.model_copy(update={"columns": tuple(columns)})

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        keyed = plainly(table, self.by)
        text, wrong = self._text(keyed, context.dialect), is_error(keyed, self.names_from)
        known = [column.value for column in self.columns if column.value is not None]
        lost = wrong | ~text.isin(known).fill_null(any(column.value is None for column in self.columns))
        context.count_failures(f"of {self.names_from} without a column were left out", keyed, lost)
        key, values = "__key__", keyed.mutate(__key__=ibis.ifelse(wrong, ibis.null("string"), text), __wrong__=wrong)

        def outcomes(over: Over) -> dict[str, Outcome]:
            here: Any = values[key]
            return {
                column.name: outcome(
                    values,
                    self._measure,
                    context.dialect,
                    over=over,
                    only=(here.isnull() & ~values["__wrong__"])
                    if column.value is None
                    else (here == column.value).fill_null(False),
                )
                for column in self.columns
            }

        reductions = Reductions()
        reductions.collect(outcomes)
        broken = [companion(name) for name in self.by if companion(name) in table.columns]
        grouped = values.aggregate(
            by=[values[name] for name in [*self.by, *broken]],
            **{ROW: values[ROW].min().fill_null(0)},
            **reductions.columns,
        )
        finished = outcomes(lambda found: grouped[reductions.name(found)])
        beside = {companion(name): found.error for name, found in finished.items() if found.error is not None}
        return grouped.select(ROW, *self.by, **{name: found.value for name, found in finished.items()}, **{
            name: grouped[name] for name in broken
        }, **beside)  # fmt: skip

    def _text(self, table: ir.Table, dialect: Any) -> Any:
        return as_text(plain(table[self.names_from]), dialect)


def missing_columns_of(table: ir.Table, name: str) -> str:
    """Why a table has not this column; empty when it has."""
    from workbench.dataprep.columns import schema_of

    return next((problem.message for problem in missing_columns(schema_of(table), [name])), "")
