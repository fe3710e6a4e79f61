"""Rules that values must follow: those that do not become error cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign, error, is_error, is_missing
from workbench.dataprep.columns import TEXT, ColumnInfo, Problem, Schema, listed, names, schema_of
from workbench.dataprep.conversion import text_of
from workbench.dataprep.patterns import for_engine, pattern_problem
from workbench.dataprep.scalars import sql_columns
from workbench.dataprep.steps.base import Context, SchemaContext
from workbench.dataprep.steps.rows.conditions import typed, value_of
from workbench.dataprep.steps.values.base import ColumnsStep, without_nan

if TYPE_CHECKING:
    import ibis.expr.types as ir

Rule = Literal["range", "pattern", "set", "unique", "not_null", "expression"]


class Assert(ColumnsStep):
    """Makes error cells of values that break a rule.

    `rule`: range (from `lower` to `upper`, both may be empty), pattern (the regular expression `pattern` matches the whole text),
    set (one of `values`), unique (no other row has the value), not_null, expression (`sql` over the row's columns is true).
    Missing values break range, not_null and expression (where it is not true), no other rule. `code`: what the errors say.
    """

    op: Literal["assert_value"] = "assert_value"
    rule: Rule = "not_null"
    lower: str = ""
    upper: str = ""
    pattern: str = ""
    ignore_case: bool = False
    values: tuple[str, ...] = ()
    sql: str = ""
    code: str = ""

    @property
    def reorders(self) -> bool:  # type: ignore[override]  # counting equal values is a window, which changes the order of rows
        return self.rule == "unique"

    def describe(self) -> str:
        return f"Assert that {listed(self.columns)} {self._verb()} {self._wanted()}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        used = sql_columns(self.sql, names(schema)) if self.rule == "expression" else []
        return tuple(dict.fromkeys([*self.columns, *used]))

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        match self.rule:
            case "range" if not self.lower and not self.upper:
                problems.append(Problem("Give at least one end of the range."))
            case "pattern":
                if not self.pattern:
                    problems.append(Problem("Give a regular expression."))
                elif reason := pattern_problem(self.pattern):
                    problems.append(Problem(reason))
            case "set" if not self.values:
                problems.append(Problem("Give at least one value."))
            case "expression":
                if not self.sql.strip():
                    problems.append(Problem("Type an SQL expression over the row's columns."))
                elif context and (reason := context.expression_problem(schema, self.sql)):
                    problems.append(Problem(reason))
        return problems

    def problem_with(self, column: ColumnInfo) -> str:
        if reason := super().problem_with(column):
            return reason
        if self.rule == "pattern" and column.type not in TEXT:
            return f"{column.name} holds no text, so that no pattern applies to it."
        if self.rule == "range" and column.type == "boolean":
            return f"{column.name} holds true and false only: they have no range."
        texts = {"range": tuple(filter(None, (self.lower, self.upper))), "set": self.values}.get(self.rule, ())
        for text in texts:
            try:
                typed(text, column.type)
            except ValueError:
                return f"'{text}' is not a value that {column.name} can have ({column.type})."
        return ""

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        values: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for column in self.chosen(schema_of(table)):
            broken = ~self._sound(table, column, context) & ~is_error(table, column.name)
            code = error(self.code or self._default_code(), text_of(table[column.name], context.dialect))
            values[column.name] = table[column.name]
            errors[column.name] = ibis.ifelse(broken, code, ibis.null("string"))
            context.count_failures(f"in {column.name} are {self._default_code()} and became errors", table, broken)
        return assign(table, values, reads={name: [name] for name in values}, errors=errors) if values else table

    def _sound(self, table: ir.Table, column: ColumnInfo, context: Context) -> Any:
        """Whether a value follows the rule; never missing."""
        import ibis

        from workbench.byexample.native.engines import engine
        from workbench.byexample.tree.texts import lower

        value: Any = without_nan(table[column.name])
        missing = is_missing(table, column.name)
        match self.rule:
            case "not_null":
                return ~missing
            case "range":
                found: Any = ibis.literal(True)
                if self.lower:
                    found = value >= value_of(self.lower, column.type)
                if self.upper:
                    found = found & (value <= value_of(self.upper, column.type))
                return found.fill_null(False)
            case "pattern":
                pattern = rf"\A(?:{self.pattern})\z"
                pattern = for_engine(f"(?i){pattern}" if self.ignore_case else pattern, context.dialect)
                return missing | engine(context.dialect).matches(value, pattern).fill_null(False)
            case "set":
                if self.ignore_case and column.type in TEXT:
                    allowed = [lower(text) for text in self.values]
                    return missing | engine(context.dialect).lower(value).isin(allowed).fill_null(False)
                return missing | value.isin([value_of(text, column.type) for text in self.values]).fill_null(False)
            case "unique":
                return missing | (value.count().over(group_by=value) <= 1)
        return context.scalar(table, self.sql).cast("boolean").fill_null(False)

    def _verb(self) -> str:
        many = len(self.columns) > 1
        if self.rule in {"pattern", "expression"}:
            return "match" if many else "matches"
        return "are" if many else "is"

    def _wanted(self) -> str:
        match self.rule:
            case "range":
                if self.lower and self.upper:
                    return f"between {self.lower} and {self.upper}"
                return f"at least {self.lower}" if self.lower else f"at most {self.upper}"
            case "pattern":
                return self.pattern
            case "set":
                return f"one of {listed(self.values)}"
            case "unique":
                return "unique"
            case "not_null":
                return "not missing"
        return self.sql

    def _default_code(self) -> str:
        match self.rule:
            case "not_null":
                return "missing"
            case "pattern":
                return f"not like {self.pattern}"
            case "expression":
                return f"not true: {self.sql}"
        return f"not {self._wanted()}"
