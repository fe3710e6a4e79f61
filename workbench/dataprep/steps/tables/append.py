"""Tables under one another, and beside one another."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.base.errors import WorkbenchError
from workbench.dataprep.cells import companion, error_of, picked, visible
from workbench.dataprep.columns import ROW, TYPE_WORDS, ColumnInfo, Problem, Schema, find, listed, names, schema_of, unique_name
from workbench.dataprep.steps.base import Context, Dialect, Other, SchemaContext, StepBase
from workbench.dataprep.steps.tables.widening import as_type, mixes, widest

if TYPE_CHECKING:
    import ibis.expr.types as ir


class AppendRows(StepBase):
    """Puts the rows of other tables under this one, in their order.

    Columns meet by `name` (ignoring case where no name is the same; new ones stand at the right) or by `position` (names are this
    table's; more columns stand at the right). What a table lacks is missing. Types that differ become decimal, date and time, or
    text. `source_column`: a first column that tells of each row the table it is from; `this_name` is what it calls this one.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["append_rows"] = "append_rows"
    tables: tuple[Other, ...]
    by: Literal["name", "position"] = "name"
    source_column: str = ""
    this_name: str = "this table"

    def others(self) -> tuple[Other, ...]:
        return self.tables

    def describe(self) -> str:
        named = f", with their names in {self.source_column}" if self.source_column else ""
        return f"Append the rows of {listed(other.describe() for other in self.tables)} by {self.by}{named}"

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.source_column,) if self.source_column else ()

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.tables:
            return [Problem("Choose at least one table to append.")]
        if context is None:
            return []
        try:
            schemas = [schema, *(context.schema_of_other(other) for other in self.tables)]
        except WorkbenchError as error:
            return [Problem(str(error))]
        problems: list[Problem] = []
        for name, columns in self._columns(schemas).items():
            there = [column for column in columns if column is not None]
            if mixes(there):
                problems.append(Problem(f"{name} holds records or lists in one table and others in another.", column=name))
            elif len({column.type for column in there}) > 1:
                words = listed(dict.fromkeys(TYPE_WORDS[column.type] for column in there))
                message = f"{name} is {words}: all become {TYPE_WORDS[widest(there).type]}."
                problems.append(Problem(message, column=name, severity="warning"))
            lacking = [table for table, column in zip(self._names(), columns, strict=True) if column is None]
            if lacking:
                problems.append(Problem(f"{name} is not in {listed(lacking)}: missing there.", column=name, severity="info"))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        tables = [table, *(context.other(other) for other in self.tables)]
        columns = self._columns([schema_of(each) for each in tables])
        broken = [
            name
            for name, infos in columns.items()
            if any(info is not None and error_of(each, info.name) is not None for each, info in zip(tables, infos, strict=True))
        ]
        source = unique_name(self.source_column, columns) if self.source_column else ""
        parts = []
        for number, each in enumerate(tables):
            told = {source: ibis.literal(self._names()[number])} if source else {}
            values = {name: _value(each, infos[number], _common(infos), context.dialect) for name, infos in columns.items()}
            wrong = {companion(name): _error(each, columns[name][number]) for name in broken}
            parts.append(each.select(**{_PART: ibis.literal(number, type="int32"), ROW: each[ROW]}, **told, **values, **wrong))
        whole = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
        return whole.mutate(**{ROW: ibis.row_number().over(order_by=[whole[_PART], whole[ROW]])}).drop(_PART)

    def _names(self) -> list[str]:
        """What the tables are called in the column that tells them apart."""
        return [self.this_name, *(other.describe() for other in self.tables)]

    def _columns(self, schemas: list[Schema]) -> dict[str, list[ColumnInfo | None]]:
        """The columns of the result, with the column of each table that comes to stand there."""
        if self.by == "position":
            width = max(len(schema) for schema in schemas)
            result: dict[str, list[ColumnInfo | None]] = {}
            for place in range(width):
                there = [schema[place] if place < len(schema) else None for schema in schemas]
                first = next(column.name for column in there if column is not None)
                result[unique_name(first, result)] = there
            return result
        result = {column.name: [column] for column in schemas[0]}
        for number, schema in enumerate(schemas[1:], start=1):
            lower = {name.lower(): name for name in result}
            for column in schema:
                name = column.name if column.name in result else lower.get(column.name.lower(), column.name)
                result.setdefault(name, [None] * number).append(column)
            for there in result.values():
                if len(there) == number:
                    there.append(None)
        return result


_PART = "__part__"


def _common(infos: list[ColumnInfo | None]) -> ColumnInfo:
    return widest([info for info in infos if info is not None])


def _value(table: ir.Table, info: ColumnInfo | None, to: ColumnInfo, dialect: Dialect) -> Any:
    import ibis

    return ibis.null(to.ibis_type) if info is None else as_type(table[info.name], info, to, dialect)


def _error(table: ir.Table, info: ColumnInfo | None) -> Any:
    import ibis

    found = None if info is None else error_of(table, info.name)
    return ibis.null("string") if found is None else found


class AppendColumns(StepBase):
    """Puts the columns of other tables to the right, row beside row: the first beside the first, and so on.

    Where one table has more rows, the cells of the others are missing. Nothing is matched: use a join for that.
    """

    reorders = True
    uses_order = True
    expensive = True
    op: Literal["append_columns"] = "append_columns"
    tables: tuple[Other, ...]

    def others(self) -> tuple[Other, ...]:
        return self.tables

    def describe(self) -> str:
        return f"Append the columns of {listed(other.describe() for other in self.tables)}"

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        if not self.tables:
            return [Problem("Choose at least one table to append.")]
        if context is None:
            return []
        taken = list(schema)
        problems: list[Problem] = []
        for other in self.tables:
            try:
                columns = context.schema_of_other(other)
            except WorkbenchError as error:
                return [*problems, Problem(str(error))]
            lower = {name.lower() for name in names(tuple(taken))}
            for column in columns:
                if column.name.lower() in lower:
                    message = f"There are two columns {column.name}, here and in {other.describe()}: rename one of them."
                    problems.append(Problem(message, column=column.name if find(schema, column.name) else ""))
            taken += columns
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        whole = _numbered(table)
        for other in self.tables:
            right = _numbered(context.other(other))
            beside = picked(right, {name: name for name in visible(right)}).rename({_PART: ROW})
            joined = whole.join(beside, [whole[ROW] == beside[_PART]], how="outer")
            place = ibis.coalesce(joined[ROW], joined[_PART])
            columns = [name for name in [*whole.columns, *beside.columns] if name not in {ROW, _PART}]
            rows = joined.select(**{ROW: place}, **{name: joined[name] for name in columns})
            whole = rows.mutate(**{ROW: rows[ROW]})  # a join of its own, not one more of the same
        return picked(whole, {name: name for name in visible(whole)})


def _numbered(table: ir.Table) -> ir.Table:
    """The table with its rows numbered from 0 without gaps."""
    import ibis

    return table.mutate(**{ROW: ibis.row_number().over(order_by=table[ROW])})
