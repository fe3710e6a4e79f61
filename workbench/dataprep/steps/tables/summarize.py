"""Grouping rows and computing aggregates."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import arranged, companion, error_of, visible
from workbench.dataprep.columns import ROW, Problem, Schema, find, listed, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, Dialect, Record, SchemaContext, StepBase
from workbench.dataprep.steps.tables.aggregates import (
    AGGREGATE_WORDS,
    SPREADS,
    Aggregate,
    Outcome,
    Over,
    Reductions,
    Values,
    aggregate,
    suits,
)
from workbench.dataprep.steps.tables.keys import group_keys, plain, plainly, sound

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Measure(Record):
    """One aggregate of a column; `name` is the new column's (`<column>_<aggregate>` without). Without a column, rows are counted.

    `quantile`: which one, from 0 to 1; `separator`: what stands between joined texts.
    """

    column: str = ""
    aggregate: Aggregate
    name: str = ""
    quantile: float = 0.5
    separator: str = ", "

    @property
    def result(self) -> str:
        """The name of the new column."""
        if self.name:
            return self.name
        kind = f"q{100 * self.quantile:g}" if self.aggregate == "quantile" else self.aggregate
        return f"{self.column}_{kind}" if self.column else kind

    def describe(self) -> str:
        """The aggregate in words."""
        if not self.column or self.aggregate == "rows":
            return "number of rows"
        if self.aggregate == "quantile":
            return f"{100 * self.quantile:g} % quantile of {self.column}"
        return f"{AGGREGATE_WORDS[self.aggregate]} of {self.column}"

    def problems(self, schema: Schema) -> list[Problem]:
        """Why it cannot be computed of these columns."""
        if not self.column:
            wanted = self.aggregate not in {"count", "rows"}
            return [Problem(f"Choose a column for the {AGGREGATE_WORDS[self.aggregate]}.")] if wanted else []
        if self.aggregate == "quantile" and not 0 <= self.quantile <= 1:
            return [Problem(f"A quantile lies between 0 and 1, and {self.quantile:g} does not.", column=self.column)]
        column = find(schema, self.column)
        if column is None:
            return missing_columns(schema, [self.column])
        if suits(self.aggregate, column.type):
            return []
        what = AGGREGATE_WORDS[self.aggregate]
        holds = "records or lists" if column.type in {"struct", "list"} else "no numbers"
        return [Problem(f"{column.name} holds {holds}, so it has no {what}.", column=column.name)]


class Summarize(StepBase):
    """Groups rows and computes aggregates; groups stand in the order of their first rows.

    Errors and missing values are left out of aggregates; as keys, missing values form a group, and equal errors do. Standard
    deviation and variance are those of a sample (of fewer than 2 values there is none). `join_back`: every row stays, with the
    aggregates of its group to the right, under names with the prefix.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["summarize"] = "summarize"
    by: tuple[str, ...] = ()
    measures: tuple[Measure, ...]
    join_back: bool = False
    prefix: str = ""

    def describe(self) -> str:
        what = listed(measure.describe() for measure in self.measures)
        by = f" by {listed(self.by)}" if self.by else ""
        return f"Add {what}{by} to every row" if self.join_back else f"Summarize {what}{by}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.by, *(measure.column for measure in self.measures if measure.column))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self._results(schema))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.measures:
            return [Problem("Choose at least one column to summarize.")]
        problems = missing_columns(schema, self.by)
        for measure in self.measures:
            problems += [problem for problem in measure.problems(schema) if problem not in problems]
        results = [*(() if self.join_back else self.by), *(measure.result for measure in self.measures)]
        problems += [
            Problem(f"Two columns would be called {name}.", column=name)
            for name in dict.fromkeys(results)
            if [r.lower() for r in results].count(name.lower()) > 1
        ]
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        keyed = plainly(table, self.by)
        grouped = summarized(keyed, self.by, self.measures, context.dialect)
        return self._joined(table, grouped) if self.join_back else grouped

    def _results(self, schema: Schema) -> list[str]:
        """The names of the new columns, in the order of the measures."""
        taken = names(schema) if self.join_back else []
        results: list[str] = []
        for measure in self.measures:
            wanted = f"{self.prefix}{measure.result}" if self.join_back else measure.result
            results.append(unique_name(wanted, [*taken, *results]) if self.join_back else wanted)
        return results

    def _joined(self, table: ir.Table, grouped: ir.Table) -> ir.Table:
        """Each row with the aggregates of its group."""
        from workbench.dataprep.columns import schema_of

        results = dict(zip((measure.result for measure in self.measures), self._results(schema_of(table)), strict=True))
        right: dict[str, Any] = {}
        for measure, name in results.items():
            right[name] = grouped[measure]
            if (found := error_of(grouped, measure)) is not None:
                right[companion(name)] = found
        if not self.by:
            return arranged(table.cross_join(grouped.select(**right)), [*visible(table), *results.values()])
        keys = [f"__key_{number}__" for number in range(len(group_keys(table, self.by)))]
        left = table.mutate(**dict(zip(keys, group_keys(table, self.by), strict=True)))
        other = grouped.select(
            **{f"{key}right": value for key, value in zip(keys, group_keys(grouped, self.by), strict=True)}, **right
        )
        joined = left.join(other, [left[key].identical_to(other[f"{key}right"]) for key in keys], how="left")
        return arranged(joined, [*visible(table), *results.values()])


def summarized(table: ir.Table, by: tuple[str, ...], measures: tuple[Measure, ...], dialect: Dialect) -> ir.Table:
    """One row for each group of a table whose keys are plain, with the first row's number, the keys and the aggregates."""
    import ibis

    keys = [table[name] for name in by]
    broken = [companion(name) for name in by if companion(name) in table.columns]
    keys += [table[name] for name in broken]
    spread = list(dict.fromkeys(m.column for m in measures if m.aggregate in SPREADS)) if dialect == "duckdb" else []
    means = {f"__mean_{number}__": sound(table[name]).cast("float64").mean() for number, name in enumerate(spread)}
    prepared = table.mutate(**{name: mean.over(ibis.window(group_by=keys)) for name, mean in means.items()}) if means else table
    simple = [measure for measure in measures if measure.aggregate != "mode"]

    def outcomes(over: Over) -> dict[str, Outcome]:
        mean = {name: prepared[f"__mean_{number}__"] for number, name in enumerate(spread)}
        return {m.result: outcome(prepared, m, dialect, mean=mean.get(m.column), over=over) for m in simple}

    reductions = Reductions()
    reductions.collect(outcomes)
    grouped = prepared.aggregate(
        by=[prepared[name] for name in [*by, *broken]],
        **{ROW: prepared[ROW].min().fill_null(0)},
        **reductions.columns,
    )
    finished = outcomes(lambda found: grouped[reductions.name(found)])
    wrong = {companion(name): found.error for name, found in finished.items() if found.error is not None}
    grouped = grouped.select(
        ROW, *by, *broken, **{name: found.value for name, found in finished.items() if name not in by}, **wrong
    )
    for measure in measures:
        if measure.aggregate == "mode":
            found = _modes(table, keys, measure)
            grouped = grouped.join(found, [grouped[ROW] == found[_GROUP]], how="left").drop(_GROUP)
    return grouped.select(ROW, *by, *(measure.result for measure in measures), *broken, *wrong)


def outcome(
    table: ir.Table,
    measure: Measure,
    dialect: Dialect,
    *,
    mean: Any | None = None,
    over: Over = lambda reduction: reduction,
    only: Any | None = None,
) -> Outcome:
    """One aggregate of a column of the table; `only`: of the rows where this is true. `over` as in `Values`."""
    import ibis

    if not measure.column or measure.aggregate == "rows":
        return Outcome(over(table.count() if only is None else table.count(where=only)))
    value, broken, row = table[measure.column], error_of(table, measure.column), table[ROW]
    if only is not None:
        row = ibis.ifelse(only, row, ibis.null(row.type()))
        value = ibis.ifelse(only, value, ibis.null(value.type()))
        broken = None if broken is None else ibis.ifelse(only, broken, ibis.null("string"))
    values = Values(value, row, dialect, broken, mean, over)
    return aggregate(measure.aggregate, values, quantile=measure.quantile, separator=measure.separator)


_GROUP = "__group__"


def _modes(table: ir.Table, keys: list[Any], measure: Measure) -> ir.Table:
    """The most frequent value of each group (of equally frequent ones that which comes first), by the group's first row."""
    import ibis

    value, times, first, place = (f"__{name}__" for name in ("value", "times", "first", "place"))
    named = {f"__key_{number}__": key for number, key in enumerate(keys)}
    counted = table.select(**named, **{value: plain(table[measure.column]), ROW: table[ROW]})
    counted = counted.group_by([*named, value]).aggregate(**{times: counted.count(), first: counted[ROW].min()})
    groups = [counted[name] for name in named]
    order = [counted[value].isnull().cast("int8"), ibis.desc(counted[times]), counted[first]]
    ranked = counted.mutate(**{
        place: ibis.row_number().over(ibis.window(group_by=groups, order_by=order)),
        _GROUP: counted[first].min().over(ibis.window(group_by=groups)),
    })  # fmt: skip
    return ranked.filter(ranked[place] == 0).select(**{_GROUP: ranked[_GROUP], measure.result: ranked[value]})
