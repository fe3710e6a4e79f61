"""Values turned into others by a list."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.dataprep.cells import assign
from workbench.dataprep.columns import TEXT, ColumnInfo, ColumnType, Problem, Schema, listed, schema_of, unique_name
from workbench.dataprep.conversion import convert, text_of
from workbench.dataprep.steps.base import Context, Record, SchemaContext
from workbench.dataprep.steps.rows.conditions import typed, value_of
from workbench.dataprep.steps.values.base import ColumnsStep
from workbench.dataprep.steps.values.lookups import joins, looked_up

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Pair(Record):
    """A value and what it becomes; None: missing."""

    old: str | None
    new: str | None


class MapValues(ColumnsStep):
    """Turns values into others by a list of pairs; the first pair of a value counts.

    `otherwise`: what becomes of values that are not in the list: they stay, become missing, or `otherwise_value`. Missing ones stay
    unless a pair is about them. `new_column`: where the result stands (of one column; empty: in the column itself). The result has
    the column's type where all new values fit it, else it is text.
    """

    op: Literal["map_values"] = "map_values"
    pairs: tuple[Pair, ...]
    otherwise: Literal["keep", "missing", "value"] = "keep"
    otherwise_value: str = ""
    ignore_case: bool = False
    new_column: str = ""

    def describe(self) -> str:
        shown = listed((f"'{_shown(pair.old)}' to '{_shown(pair.new)}'" for pair in self.pairs), 3)
        rest = {"keep": "", "missing": ", others to missing", "value": f", others to '{self.otherwise_value}'"}[self.otherwise]
        into = f" into {self.new_column}" if self.new_column else ""
        return f"Map {shown}{rest} in {listed(self.columns)}{into}"

    @property
    def reorders(self) -> bool:  # type: ignore[override]  # a long list is joined
        return joins(self._entries())

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.new_column,) if self.new_column else self.columns

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = super().check(schema, context)
        if not self.pairs:
            problems.append(Problem("Give at least one pair of values."))
        if self.new_column:
            if len(self.columns) > 1:
                problems.append(Problem("Only one column can be mapped into a new one."))
            taken = [column.name for column in schema]
            if unique_name(self.new_column, taken) != self.new_column:
                problems.append(Problem(f"There is a column {self.new_column} already.", column=self.new_column))
        return problems

    def problem_with(self, column: ColumnInfo) -> str:
        if reason := super().problem_with(column):
            return reason
        for pair in self.pairs:
            if pair.old is not None and not _fits(pair.old, column.type):
                return f"'{pair.old}' is not a value that {column.name} can have ({column.type})."
        return ""

    def result_type(self, column: ColumnInfo) -> ColumnType:
        """The type of what a column becomes."""
        new = [pair.new for pair in self.pairs] + ([self.otherwise_value] if self.otherwise == "value" else [])
        return column.type if all(_fits(text, column.type) for text in new if text is not None) else "string"

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        for column in self.chosen(schema_of(table)):
            kind = self.result_type(column)
            key: Any = self._key(text_of(table[column.name], context.dialect), column.type, context.dialect)
            missing = next((pair for pair in self.pairs if pair.old is None), None)
            held, there, (found,) = looked_up(table, key, self._entries(column.type))
            value: Any = held[column.name]
            mapped = found if kind in TEXT else convert(found, "string", kind, dialect=context.dialect)
            old = value if kind == column.type else text_of(value, context.dialect)
            rest = (
                old
                if self.otherwise == "keep"
                else self._constant(self.otherwise_value if self.otherwise == "value" else None, kind, mapped)
            )
            gone = value.isnull() | (value.isnan() if value.type().is_floating() else ibis.literal(False))
            empty = self._constant(missing.new if missing else None, kind, mapped)
            result = ibis.cases((gone, empty), (there, mapped), else_=rest)
            target = self.new_column or column.name
            made = assign(held, {target: result}, reads={target: [column.name]}, after=[column.name])
            table = made.drop(*[name for name in made.columns if name in held.columns and name not in table.columns])
        return table

    def _key(self, text: Any, kind: ColumnType, dialect: str) -> Any:
        from workbench.byexample.native.engines import engine

        return engine(dialect).lower(text) if self.ignore_case and kind in TEXT else text

    def _entries(self, kind: ColumnType = "string") -> dict[str, tuple[str | None, ...]]:
        """The pairs by the text of the old value."""
        from workbench.byexample.tree.texts import lower

        found: dict[str, tuple[str | None, ...]] = {}
        for pair in self.pairs:
            if pair.old is None:
                continue
            text = _canonical(pair.old, kind)
            found.setdefault(lower(text) if self.ignore_case and kind in TEXT else text, (pair.new,))
        return found

    @staticmethod
    def _constant(text: str | None, kind: ColumnType, like: Any) -> Any:
        import ibis

        return ibis.null(like.type()) if text is None else value_of(text, kind)


def _shown(text: str | None) -> str:
    return "missing" if text is None else text


def _fits(text: str, kind: ColumnType) -> bool:
    try:
        value = typed(text, kind)
    except ValueError:
        return False
    return kind != "integer" or value == int(value)


def _canonical(text: str, kind: ColumnType) -> str:
    """The text as the databases write the value that it means."""
    if kind in TEXT:
        return text
    try:
        value = typed(text, kind)
    except ValueError:
        return text
    match kind:
        case "boolean":
            return "true" if value else "false"
        case "integer":
            return str(int(value))
        case "decimal":
            return repr(float(value))
        case "date":
            return str(value.isoformat())
    shown = str(value.replace(tzinfo=None).isoformat(" ")) if kind.startswith("timestamp") else str(value.isoformat())
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{shown}+00" if kind == "timestamp_tz" else shown
