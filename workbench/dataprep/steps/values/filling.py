"""Filling missing values."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import NUMERIC, ROW, ColumnInfo, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.conversion import convert, text_of
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext
from workbench.dataprep.steps.rows.conditions import typed, value_of
from workbench.dataprep.steps.values.base import ColumnsStep, without_nan
from workbench.dataprep.steps.values.lookups import Entries, joins, joint_key, joint_text, looked_up

if TYPE_CHECKING:
    import ibis.expr.types as ir

Method = Literal["constant", "mean", "median", "mode", "forward", "backward"]
_LEARNED = {"mean", "median", "mode"}
_WORDS: dict[Method, str] = {
    "constant": "a value",
    "mean": "the mean",
    "median": "the median",
    "mode": "the most frequent value",
    "forward": "the value before",
    "backward": "the value after",
}
_MOST_GROUPS = 100_000
_COUNT = "__error__\x1fcount"
"""A hidden column that only lives inside a query."""


class Fill(Record):
    """What a column's missing values become: in a group (the texts of the columns `by`, None: missing), or everywhere."""

    column: str
    value: str
    group: tuple[str | None, ...] = ()


class FillMissing(ColumnsStep):
    """Puts values where values are missing (not a number is missing too); errors stay.

    `method`: a constant (`value`), the mean, median or most frequent value (of several the least) that it found when it was
    learned, or the next value before or after in the order of rows. `by`: the columns whose equal values make groups, of which
    each has its own value; groups that were not there when it was learned get that of all rows. Means and medians of whole numbers
    are rounded.
    """

    op: Literal["fill_missing"] = "fill_missing"
    value: str = ""
    method: Method = "constant"
    by: tuple[str, ...] = ()
    fills: tuple[Fill, ...] = ()
    looked: bool = False
    """Whether it has looked at data; a column without any value gets no fill value."""

    def describe(self) -> str:
        what = f"'{self.value}'" if self.method == "constant" else _WORDS[self.method]
        groups = f" of each {listed(self.by)}" if self.by else ""
        return f"Fill missing values of {listed(self.columns)} with {what}{groups}"

    @property
    def learned(self) -> bool:
        return self.method not in _LEARNED or self.looked or bool(self.fills)

    def everywhere(self, column: str) -> str | None:
        """The learned value of a column for all rows that are in no known group."""
        return next((fill.value for fill in self.fills if fill.column == column and not fill.group), None)

    @property
    def reorders(self) -> bool:  # type: ignore[override]  # windows and joins change the order in which rows come
        return self._by_order or any(joins(self._entries(name)) for name in self.columns)

    @property
    def uses_order(self) -> bool:  # type: ignore[override]
        return self._by_order

    @property
    def _by_order(self) -> bool:
        return self.method in {"forward", "backward"}

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.columns, *self.by]))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context) + missing_columns(schema, self.by)
        if self.method == "constant" and self.by:
            problems.append(Problem("A constant is the same in every group: leave the groups out.", severity="info"))
        if not self.learned:
            problems.append(NOT_LEARNED)
        return problems

    def problem_with(self, column: ColumnInfo) -> str:
        if reason := super().problem_with(column):
            return reason
        if self.method in {"mean", "median"} and column.type not in NUMERIC:
            return f"{column.name} holds no numbers, which have a {self.method}: take the most frequent value."
        if column.name in self.by:
            return f"{column.name} makes the groups, so that it cannot be filled."
        texts = [self.value] if self.method == "constant" else [fill.value for fill in self.fills if fill.column == column.name]
        for text in texts:
            if not _fits(text, column):
                return f"'{text}' is not a value that {column.name} can have ({column.type})."
        return ""

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        if self._by_order:
            return self._from_neighbours(table, context)
        columns = table.columns
        for column in self.chosen(schema_of(table)):
            table = self._with_constant(table, column, context)
        return table.select(*columns) if tuple(table.columns) != tuple(columns) else table

    def _with_constant(self, table: ir.Table, column: ColumnInfo, context: Context) -> ir.Table:
        import ibis

        everywhere = self.value if self.method == "constant" else self.everywhere(column.name)
        held, new = table, None if everywhere is None else value_of(everywhere, column.type)
        if self.method != "constant" and self.by and (entries := self._entries(column.name)):
            key = joint_key([text_of(table[name], context.dialect) for name in self.by])
            held, _, (found,) = looked_up(table, key, entries)
            own: Any = convert(found, "string", column.type, dialect=context.dialect)
            new = own if new is None else ibis.coalesce(own, new)
        if new is None:
            return table
        value = without_nan(held[column.name])
        made = assign(held, {column.name: ibis.coalesce(value, new)}, reads={column.name: [column.name]})
        return made.select(*[name for name in made.columns if name in table.columns])

    def _from_neighbours(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        groups = [text_of(table[name], context.dialect) for name in self.by]
        columns = self.chosen(schema_of(table))
        ahead = self.method == "forward"
        window = {"preceding": None, "following": 0} if ahead else {"preceding": 0, "following": None}
        # rows with the same number of values up to them share the last of these
        counts = {
            f"{_COUNT}{number}": without_nan(table[column.name])
            .count()
            .over(ibis.window(group_by=groups, order_by=table[ROW], **window))
            for number, column in enumerate(columns)
        }
        held = table.mutate(**counts)
        groups = [text_of(held[name], context.dialect) for name in self.by]
        values: dict[str, Any] = {}
        for name, column in zip(counts, columns, strict=True):
            value = without_nan(held[column.name])
            values[column.name] = ibis.coalesce(value, value.max().over(group_by=[*groups, held[name]]))
        made = assign(held, values, reads={name: [name] for name in values})
        return made.select(*[name for name in made.columns if name in table.columns])

    def _entries(self, column: str) -> Entries:
        return {joint_text(fill.group): (fill.value,) for fill in self.fills if fill.column == column and fill.group}

    def relearn(self, rows: Rows) -> Self:
        if self.method not in _LEARNED:
            return self
        fills: list[Fill] = []
        schema = schema_of(rows.table)
        for name in self.columns:
            column = find(schema, name)
            if column is not None:
                fills += self._learn(rows, column, ())
                fills += self._learn(rows, column, self.by) if self.by else []
        return self.model_copy(update={"fills": tuple(fills), "looked": True})

    def _learn(self, rows: Rows, column: ColumnInfo, by: tuple[str, ...]) -> list[Fill]:
        import ibis

        table: Any = rows.table
        groups = {f"g{number}": text_of(table[name], "duckdb") for number, name in enumerate(by)}
        plain: Any = table.select(value=without_nan(table[column.name]), **groups)
        plain = plain.filter(plain.value.notnull())
        if self.method == "mode":
            counted: Any = plain.group_by("value", *groups).agg(rows=lambda t: t.count())
            first = ibis.row_number().over(group_by=list(groups), order_by=[ibis.desc(counted.rows), ibis.asc(counted.value)])
            ranked: Any = counted.mutate(place=first)
            query = ranked.filter(ranked.place == 0)
            query = query.select(value=text_of(query.value, "duckdb"), **{name: query[name] for name in groups})
        else:
            measure = plain.value.mean() if self.method == "mean" else plain.value.median()
            query = plain.group_by(*groups).agg(value=measure) if groups else plain.agg(value=measure)
        query = query.order_by(list(groups)).limit(_MOST_GROUPS) if groups else query
        found = rows.ask(query).to_pylist()
        return [
            Fill(column=column.name, value=text, group=tuple(row[name] for name in groups))
            for row in found
            if (text := _text(row["value"], column)) is not None
        ]


def _text(value: Any, column: ColumnInfo) -> str | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return value
    if column.type == "integer":
        return str(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))
    return repr(float(value))


def _fits(text: str, column: ColumnInfo) -> bool:
    try:
        value = typed(text, column.type)
    except ValueError:
        return False
    return column.type != "integer" or value == int(value)
