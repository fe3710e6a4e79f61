"""Putting learned values where values are missing, by group, with a column that tells where."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.base.errors import UserError
from workbench.dataprep.cells import assign, is_missing
from workbench.dataprep.columns import NUMERIC, ROW, ColumnType, Problem, Schema, find, listed, missing_columns, schema_of
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Record, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import finite, known_columns, name_problems, nothing
from workbench.dataprep.steps.rows.conditions import text_of, typed, value_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

Method = Literal["mean", "median", "mode", "min", "max", "constant"]
MOST_GROUPS = 1000


class ImputeColumn(Record):
    """How the missing values of a column are filled; `value`: the constant, as text."""

    column: str
    method: Method = "mean"
    value: str = ""


class ImputeValue(Record):
    """What is put into a column in the rows of a group (the texts of the columns `by`, None: missing); no group: in all others."""

    column: str
    group: tuple[str | None, ...] | None = None
    value: str


class Impute(StepBase):
    """Fills missing values with the mean, median, most frequent, least or greatest value that was learned, or with a constant.

    With `by` each group of rows has values of its own; a group that was not learned, or had no value, gets that of all rows. Whole
    numbers stay whole: a mean is rounded. `indicator`: a new column tells with 1 where a value was filled in. Errors stay errors.
    """

    op: Literal["impute"] = "impute"
    columns: tuple[ImputeColumn, ...]
    by: tuple[str, ...] = ()
    indicator: bool = False
    values: tuple[ImputeValue, ...] = ()

    @property
    def learned(self) -> bool:
        known = {one.column for one in self.values if one.group is None}
        return all(one.method == "constant" or one.column in known for one in self.columns)

    @staticmethod
    def indicator_of(column: str) -> str:
        """The column that tells where values were filled in."""
        return f"{column}_was_missing"

    def describe(self) -> str:
        words = listed(
            f"{one.column} with " + (f"'{one.value}'" if one.method == "constant" else one.method) for one in self.columns
        )
        by = f", by {listed(self.by)}" if self.by else ""
        return f"Fill missing values of {words}{by}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*(one.column for one in self.columns), *self.by)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        made = [one.column for one in self.columns]
        return tuple(made + [self.indicator_of(name) for name in made if self.indicator])

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.columns:
            return [Problem("Choose at least one column.")]
        problems = missing_columns(schema, [*(one.column for one in self.columns), *self.by])
        for one in self.columns:
            if one.column in self.by:
                problems.append(Problem(f"{one.column} cannot be filled by groups of itself.", column=one.column))
            if (column := find(schema, one.column)) and (problem := _unfit(one, column.type)):
                problems.append(problem)
        if self.indicator:
            problems += name_problems(schema, [self.indicator_of(one.column) for one in self.columns])
        for value in self.values:
            if column := find(schema, value.column):
                try:
                    typed(value.value, column.type)
                except ValueError:
                    message = f"'{value.value}' is not a value that {value.column} can have ({column.type})."
                    problems.append(Problem(message, column=value.column))
            if value.group is not None and len(value.group) != len(self.by):
                problems.append(Problem(f"A group needs a value for each of {listed(self.by) or 'the columns of groups'}."))
        return problems if problems or self.learned else [NOT_LEARNED]

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        types = {column.name: column.type for column in schema_of(table)}
        filled: dict[str, Any] = {}
        told: dict[str, Any] = {}
        for one in self.columns:
            missing = is_missing(table, one.column)
            filled[one.column] = ibis.ifelse(missing, self._value(table, one, types), table[one.column])
            if self.indicator:
                told[self.indicator_of(one.column)] = ibis.ifelse(
                    missing, ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
                )
        made = table
        for one in self.columns if self.indicator else ():
            name = self.indicator_of(one.column)
            made = assign(made, {name: told[name]}, reads={name: []}, after=(one.column,))
        return assign(made, filled, reads={name: [name] for name in filled})

    def _value(self, table: ir.Table, one: ImputeColumn, types: dict[str, ColumnType]) -> Any:
        import ibis

        kind = types[one.column]
        if one.method == "constant":
            return value_of(one.value, kind)
        branches = []
        overall: Any = None
        for known in self.values:
            if known.column != one.column:
                continue
            if known.group is None:
                overall = value_of(known.value, kind)
                continue
            found: Any = ibis.literal(True)
            for name, text in zip(self.by, known.group, strict=True):
                same = is_missing(table, name) if text is None else (table[name] == value_of(text, types[name])).fill_null(False)
                found = found & same
            branches.append((found, value_of(known.value, kind)))
        return ibis.cases(*branches, else_=overall) if branches else overall

    def relearn(self, rows: Rows) -> Self:
        known_columns(rows.table, [*(one.column for one in self.columns), *self.by])
        values: list[ImputeValue] = []
        for one in self.columns:
            if one.method == "constant":
                continue
            overall = _learned(rows, one, ())
            if not overall:
                raise nothing(one.column)
            values += [ImputeValue(column=one.column, value=value) for _, value in overall]
            if self.by:
                groups = _learned(rows, one, self.by)
                values += [ImputeValue(column=one.column, group=group, value=value) for group, value in groups]
        return self.model_copy(update={"values": tuple(values)})


def _unfit(one: ImputeColumn, type_: ColumnType) -> Problem | None:
    """Why a column cannot be filled so."""
    if type_ in {"struct", "list"}:
        return Problem(f"{one.column} holds no single values.", column=one.column)
    if one.method in {"mean", "median"} and type_ not in NUMERIC:
        return Problem(f"{one.column} holds no numbers, so it has no {one.method}.", column=one.column)
    if one.method == "constant":
        try:
            typed(one.value, type_)
        except ValueError:
            return Problem(f"'{one.value}' is not a value that {one.column} can have ({type_}).", column=one.column)
    return None


def _learned(rows: Rows, one: ImputeColumn, by: tuple[str, ...]) -> list[tuple[tuple[str | None, ...], str]]:
    """The value of each group, in the order of the groups' first rows; groups without a value are left out."""
    import ibis

    table = rows.table
    numeric = table[one.column].type().is_numeric()
    whole = table[one.column].type().is_integer()
    keys = {
        f"g{at}": ibis.ifelse(is_missing(table, name), ibis.null(table[name].type()), table[name]) for at, name in enumerate(by)
    }
    value = finite(table, one.column) if numeric and not (whole and one.method in {"mode", "min", "max"}) else table[one.column]
    held = table.select(**{ROW: table[ROW]}, value=value, **keys)
    held = held.filter(held.value.notnull())
    if one.method == "mode":
        counted = held.aggregate(by=["value", *keys], count=held.count(), place=held[ROW].min())
        best = ibis.row_number().over(
            group_by=[counted[key] for key in keys], order_by=[ibis.desc(counted["count"]), counted["place"]]
        )
        ranked = counted.mutate(rank=best)
        result = ranked.filter(ranked["rank"] == 0).select("value", "place", *keys)
    else:
        result = held.aggregate(by=list(keys), value=getattr(held.value, one.method)(), place=held[ROW].min())
    found = rows.ask(result.order_by("place").limit(MOST_GROUPS + 1)).to_pylist()
    if len(found) > MOST_GROUPS:
        raise UserError(f"There are more than {MOST_GROUPS:,} groups of {listed(by)}.", hint="Group by columns with fewer values.")
    return [
        (
            tuple(None if row[key] is None else text_of(row[key]) for key in keys),
            text_of(_whole(row["value"]) if whole else row["value"]),
        )
        for row in found
        if row["value"] is not None
    ]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else round(value)
