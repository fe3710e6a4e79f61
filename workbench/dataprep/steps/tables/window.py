"""What is computed of each row and the rows around it."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, error_of, picked, visible
from workbench.dataprep.columns import ROW, ColumnType, Problem, Schema, find, listed, missing_columns, names, unique_name
from workbench.dataprep.steps.base import Context, Dialect, Record, SchemaContext, StepBase
from workbench.dataprep.steps.rows.order import SortKey, sort_value
from workbench.dataprep.steps.tables.aggregates import Aggregate, Outcome, Over, Reductions, Values, aggregate, suits
from workbench.dataprep.steps.tables.keys import group_keys, plain, sound

if TYPE_CHECKING:
    import ibis.expr.types as ir

Function = Literal[
    "rank", "dense_rank", "row_number", "percent_rank", "ntile",
    "lag", "lead", "difference", "percent_change", "share",
    "running_sum", "running_mean", "running_min", "running_max", "running_count",
    "rolling_sum", "rolling_mean", "rolling_min", "rolling_max", "rolling_std", "rolling_count",
]  # fmt: skip

_ORDERING = frozenset({"rank", "dense_rank", "row_number", "percent_rank", "ntile"})
_WORDS: dict[Function, str] = {
    "rank": "rank",
    "dense_rank": "rank without gaps",
    "row_number": "row number",
    "percent_rank": "percent rank",
    "ntile": "{buckets} equal parts",
    "lag": "{column} {offset} rows before",
    "lead": "{column} {offset} rows after",
    "difference": "difference of {column} to {offset} rows before",
    "percent_change": "change of {column} against {offset} rows before",
    "share": "share of the total of {column}",
}


class WindowMeasure(Record):
    """A new column of a `function`; `name` is what it is called (`<column>_<function>` without).

    `offset`: how many rows away `lag`, `lead`, `difference` and `percent_change` look; `rows`: how many rows a rolling function
    looks at, this one the last of them, and `minimum`: how many values there must be (0: as many as rows); `buckets`: for `ntile`.
    """

    function: Function
    column: str = ""
    name: str = ""
    offset: int = 1
    rows: int = 3
    minimum: int = 0
    buckets: int = 4

    @property
    def result(self) -> str:
        """The name of the new column."""
        return self.name or (f"{self.column}_{self.function}" if self.column else self.function)

    @property
    def aggregate(self) -> Aggregate:
        """What a running or rolling function computes."""
        found: Aggregate = self.function.partition("_")[2]  # type: ignore[assignment]  # named so
        return found

    def describe(self) -> str:
        """The function in words."""
        if self.function in _WORDS:
            words = _WORDS[self.function].format(column=self.column, offset=self.offset, buckets=self.buckets)
            return words.replace(" 1 rows ", " 1 row ")
        kind, _, what = self.function.partition("_")
        over = f" over {self.rows} rows" if kind == "rolling" else ""
        return f"{kind} {what} of {self.column}{over}"

    def problems(self, schema: Schema) -> list[Problem]:
        """Why it cannot be computed of these columns."""
        if self.function in _ORDERING:
            wrong = self.function == "ntile" and self.buckets < 1
            return [Problem("There must be at least one part.")] if wrong else []
        if not self.column:
            return [Problem(f"Choose a column for {self.function.replace('_', ' ')}.")]
        column = find(schema, self.column)
        if column is None:
            return missing_columns(schema, [self.column])
        if self.function in {"lag", "lead", "difference", "percent_change"} and self.offset < 1:
            return [Problem("The number of rows before or after must be at least 1.", column=self.column)]
        if self.function.startswith("rolling") and not 1 <= self.rows <= 100_000:
            return [Problem("A rolling function looks at 1 to 100,000 rows.", column=self.column)]
        if self.function.startswith("rolling") and not 0 <= self.minimum <= self.rows:
            return [Problem("As many values as that cannot be among the rows.", column=self.column)]
        if self._suits(column.type):
            return []
        return [Problem(f"{column.name} holds no numbers, so it has no {self.function.replace('_', ' ')}.", column=column.name)]

    def _suits(self, type_: ColumnType) -> bool:
        if self.function in {"lag", "lead"}:
            return True
        if self.function == "difference":
            return type_ in {"integer", "decimal", "date"}
        if self.function in {"percent_change", "share"}:
            return type_ in {"integer", "decimal"}
        return suits(self.aggregate, type_)


class Window(StepBase):
    """Adds columns that are computed of each row and its neighbours; all rows stay in their places.

    `by`: rows are neighbours only within a group; `order`: by what they are ordered for this (without any: as they stand; rows that
    are equal as they stand). Ranks count from 1; missing values come last in the order. Running and rolling functions leave missing
    values and errors out; what is taken of an error (`lag`, `difference`) is an error.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["window"] = "window"
    measures: tuple[WindowMeasure, ...]
    by: tuple[str, ...] = ()
    order: tuple[SortKey, ...] = ()

    def describe(self) -> str:
        by = f" by {listed(self.by)}" if self.by else ""
        order = listed(key.column + (" descending" if key.descending else "") for key in self.order)
        return f"Add {listed(m.describe() for m in self.measures)}{by}" + (f" in the order of {order}" if order else "")

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (*self.by, *(key.column for key in self.order), *(m.column for m in self.measures if m.column))

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return tuple(self._names(names(schema)))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.measures:
            return [Problem("Choose at least one column to add.")]
        problems = missing_columns(schema, [*self.by, *(key.column for key in self.order)])
        for measure in self.measures:
            problems += [problem for problem in measure.problems(schema) if problem not in problems]
        for key in self.order:
            column = find(schema, key.column)
            if column and column.type in {"struct", "list"}:
                problems.append(Problem(f"{column.name} holds records or lists, which have no order.", column=column.name))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        results = self._names(visible(table))

        def outcomes(hold: Over) -> dict[str, Outcome]:
            return {
                name: self._outcome(table, measure, context.dialect, hold)
                for name, measure in zip(results, self.measures, strict=True)
            }

        reductions = Reductions(table.columns)
        reductions.collect(outcomes)
        wide = table.mutate(**reductions.columns)
        shown = outcomes(lambda windowed: wide[reductions.name(windowed)])
        # their other inputs are columns of the table, which are the same ones in the wide table
        values = {name: found.value for name, found in shown.items()}
        wrong = {name: found.error for name, found in shown.items() if found.error is not None}
        made = assign(wide, values, reads={name: [] for name in values}, errors=wrong)
        return picked(made, {name: name for name in [*visible(table), *results]})

    def _names(self, taken: list[str]) -> list[str]:
        results: list[str] = []
        for measure in self.measures:
            results.append(unique_name(measure.result, [*taken, *results]))
        return results

    def _outcome(self, table: ir.Table, measure: WindowMeasure, dialect: Dialect, hold: Over) -> Outcome:
        import ibis

        keys = [(ibis.desc if key.descending else ibis.asc)(_ordered(table, key, dialect), nulls_first=False) for key in self.order]
        group = group_keys(table, self.by)
        exact = ibis.window(group_by=group, order_by=[*keys, table[ROW]])
        match measure.function:
            case "rank" | "dense_rank" | "percent_rank":
                ranked = {"rank": ibis.rank, "dense_rank": ibis.dense_rank, "percent_rank": ibis.percent_rank}[measure.function]()
                found = hold(ranked.over(ibis.window(group_by=group, order_by=keys or [table[ROW]])))
                return Outcome(found if measure.function == "percent_rank" else found + 1)
            case "row_number":
                return Outcome(hold(ibis.row_number().over(exact)) + 1)
            case "ntile":
                return Outcome(hold(ibis.ntile(measure.buckets).over(exact)).cast("int64") + 1)
        value, wrong = table[measure.column], error_of(table, measure.column)
        if measure.function in {"lag", "lead", "difference", "percent_change"}:
            return _away(measure, value, wrong, lambda each: hold(each.over(exact)), hold)
        if measure.function == "share":
            whole = ibis.window(group_by=group)
            found = aggregate("sum", Values(value, table[ROW], dialect, over=lambda each: hold(each.over(whole)))).value
            return Outcome(
                sound(hold(value)).cast("float64") / found.cast("float64").nullif(0), None if wrong is None else hold(wrong)
            )
        before = measure.rows - 1 if measure.function.startswith("rolling") else None
        frame = ibis.window(group_by=group, order_by=[*keys, table[ROW]], rows=(None if before is None else -before, 0))

        def over(reduction: Any) -> Any:
            return hold(reduction.over(frame))

        outcome = aggregate(measure.aggregate, Values(value, table[ROW], dialect, over=over))
        if before is None or measure.aggregate == "count":
            return outcome
        enough = over(sound(value).count()) >= (measure.minimum or measure.rows)
        held = ibis.ifelse(enough, outcome.value, ibis.null(outcome.value.type()))
        return Outcome(held, None if outcome.error is None else ibis.ifelse(enough, outcome.error, ibis.null("string")))


def _ordered(table: ir.Table, key: SortKey, dialect: Dialect) -> Any:
    """What is compared in place of the values of a column."""
    value: Any = table[key.column]
    return plain(value) if value.type().is_floating() else sort_value(value, key, dialect)


def _away(measure: WindowMeasure, value: Any, wrong: Any | None, over: Callable[[Any], Any], hold: Over) -> Outcome:
    """What stands some rows away, or how it differs from what stands here."""
    import ibis

    def moved(each: Any) -> Any:
        return over(each.lead(measure.offset) if measure.function == "lead" else each.lag(measure.offset))

    there, broken = moved(value), None if wrong is None else moved(wrong)
    if measure.function in {"lag", "lead"}:
        return Outcome(there, broken)
    here = hold(value)
    if wrong is not None:
        broken = ibis.coalesce(hold(wrong), broken)
    if measure.function == "percent_change":
        base = sound(there).cast("float64")
        return Outcome(sound(here).cast("float64") / base.nullif(0) - 1, broken)
    if value.type().is_floating():
        return Outcome(sound(sound(here) - sound(there)), broken)
    if value.type().is_date():
        return Outcome(here.delta(there, unit="day").cast("int64"), broken)
    # whole numbers far apart differ by more than 64 bits hold
    exact = here.cast("decimal(28, 0)") - there.cast("decimal(28, 0)")
    fits = exact.between(-9223372036854775808, 9223372036854775807)
    large = ibis.ifelse(fits.fill_null(True), ibis.null("string"), error("difference is too large", exact))
    return Outcome(
        ibis.ifelse(fits, exact, ibis.null(exact.type())).cast("int64"), large if broken is None else ibis.coalesce(broken, large)
    )
