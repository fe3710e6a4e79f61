"""The context that steps build their DuckDB queries in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled
from workbench.base.ids import new_id
from workbench.dataprep.cells import companion
from workbench.dataprep.columns import ROW, Schema, column_of, is_hidden, quoted, schema_of
from workbench.dataprep.control import Cancel
from workbench.dataprep.conversion import function
from workbench.dataprep.engine.programs import Programs, program_name
from workbench.dataprep.engine.store import Store
from workbench.dataprep.reports import Note
from workbench.dataprep.scalars import ibis_type, scalar_problem, sql_scalar
from workbench.dataprep.steps.base import Batches, Dialect, Other

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from workbench.byexample import Program

CUT = 20
"""After so many steps the query so far gets a name of its own."""
_BATCH = 100_000
"""How many rows a Python function gets at a time."""


class NeedsTables(Exception):
    """A step cannot be part of one query over the file: its input has to be a table first."""


@dataclass(frozen=True)
class Failures:
    """Rows to count after a query: those of `table` where `failed`."""

    step: str
    message: str
    query: ir.Table

    def note(self, count: int) -> Note:
        """What is said of so many."""
        if count != 1:
            return Note(f"{count:,} values {self.message}.", self.step)
        one = self.message
        for many, single in (
            (" are errors", " is an error"),
            (" are ", " is "),  # the first: its subject is the values
            (" were ", " was "),
            ("became errors", "became an error"),
        ):
            one = one.replace(many, single, 1)
        return Note(f"1 value {one}.", self.step)


@dataclass
class QueryContext:
    """What steps of one flow build their query in. Without a store nothing is read or registered: only columns come out."""

    other_table: Callable[[Other], ir.Table]
    store: Store | None
    cancel: Cancel | None = None
    one_query: bool = False
    """Whether all must become one query: a step that wants its input as a table raises NeedsTables."""
    step: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Steps (by id), with what is to be said of how they run."""
    failures: list[Failures] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    """Tables that are dropped after the query."""
    views: list[str] = field(default_factory=list)
    """Views that are dropped after the query."""
    sorted: bool = False
    """Whether the rows of the query are sorted in the end."""
    programs: Programs | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.store is not None:
            self.programs = Programs(self.store, self.cancel, self.remark, lookups=self.sorted, deferred=self.one_query)

    def close(self) -> None:
        """Drops what was made for the query."""
        if self.store is None:
            return
        if self.programs is not None:
            self.programs.drop()
        for view in reversed(self.views):
            self.store.rows(f"DROP VIEW IF EXISTS {view}")
        for made in reversed(self.tables):
            self.store.rows(f"DROP TABLE IF EXISTS {made}")
        self.views.clear()
        self.tables.clear()

    def cut(self, table: ir.Table) -> ir.Table:
        """The same table by a name: a flow of very many steps would be nested too deep for the makers of SQL."""
        import ibis

        name = f"steps_{new_id()}"
        if self.store is not None:
            self.store.rows(f"CREATE VIEW {name} AS {ibis.to_sql(table, dialect='duckdb')}")
            self.views.append(name)
        return ibis.table(table.schema(), name=name)

    @property
    def dialect(self) -> Dialect:
        """DuckDB."""
        return "duckdb"

    def other(self, table: Other) -> ir.Table:
        """The rows of another flow or source file."""
        return self.other_table(table)

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """A learned program over columns of a table."""
        if self.programs is None:
            texts: list[Any] = [table[name].cast("string") for name in columns]
            named: ir.Value = function(program_name(program, len(texts)), ["string"] * len(texts), "string")(*texts)
            return named
        return self.programs.call(program, table, columns)

    def scalar(self, table: ir.Table, sql: str) -> ir.Value:
        """An SQL scalar over the table's visible columns."""
        return sql_scalar(table, schema_of(table), sql)

    def by_python(self, table: ir.Table, schema: Any, function: Batches, *, whole: bool = False) -> ir.Table:
        """Runs the function over the rows and keeps what it returns in a table that is dropped after the query."""
        import ibis
        import pyarrow as pa

        wanted = ibis.schema(schema)
        if self.store is None:
            return ibis.table(wanted, name=f"schema_only_{new_id()}")
        if self.one_query:
            raise NeedsTables
        arrow = wanted.to_pyarrow()
        sql = ibis.to_sql(table.order_by(ROW) if ROW in table.columns else table, dialect="duckdb")
        name = f"python_{new_id()}"

        failed: list[BaseException] = []

        def results() -> Iterator[pa.RecordBatch]:
            try:
                for batch in _batches(reading, str(sql), whole=whole):
                    if self.cancel is not None and self.cancel.is_set():
                        raise Cancelled
                    yield from function(batch).cast(arrow).to_batches()
            except BaseException as error:
                failed.append(error)  # the database would make a text of it
                raise

        try:
            with self.store.cursor() as reading, self.store.cursor() as writing:
                reader = pa.RecordBatchReader.from_batches(arrow, results())
                writing.register("python_rows", reader)
                writing.execute(f"CREATE TABLE {name} AS SELECT * FROM python_rows")  # noqa: S608
        except Exception as error:
            if failed and not isinstance(failed[0], GeneratorExit):
                raise failed[0] from error
            raise
        finally:
            if close := getattr(function, "close", None):
                close()
        self.tables.append(name)
        return ibis.table(wanted, name=name)

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Remembers what to count."""
        if self.store is not None:
            self.failures.append(Failures(self.step, message, table.filter(failed).aggregate(rows=lambda t: t.count())))

    def remark(self, message: str) -> None:
        """Remembers what is to be said of the step."""
        self.remarks.append((self.step, message))


def _batches(cursor: Any, sql: str, *, whole: bool) -> Iterator[pa.Table]:
    import pyarrow as pa

    if whole:
        yield cursor.sql(sql).to_arrow_table()
        return
    reader = cursor.sql(sql).to_arrow_reader(_BATCH)
    yielded = False
    for batch in reader:
        yielded = True
        yield pa.Table.from_batches([batch])
    if not yielded:
        yield reader.schema.empty_table()


def expression_problem(schema: Schema, sql: str) -> str:
    """Why an SQL scalar over these columns is wrong; empty when it is right."""
    return scalar_problem(schema, sql)


def row_table(schema: Schema, name: str, errors: Sequence[str] = ()) -> ir.Table:
    """A table of the store as an Ibis table, with the hidden row column and the companions of the columns in `errors`."""
    import ibis

    visible = {column.name: column.ibis_type for column in schema}
    return ibis.table({ROW: "int64", **visible, **{companion(each): "string" for each in errors}}, name=name)


def columns_of(store: Store, table: str) -> Schema:
    """The visible columns of a materialised table."""
    import ibis

    described = store.rows(f"DESCRIBE {table}")
    return tuple(column_of(row[0], ibis.dtype(ibis_type(str(row[1])))) for row in described if not is_hidden(row[0]))


def error_counts(store: Store, table: str) -> dict[str, int]:
    """How many error cells each column has; companions without any are dropped."""
    names = [row[0] for row in store.rows(f"DESCRIBE {table}") if is_hidden(row[0])]
    if not names:
        return {}
    counts = store.one(f"SELECT {', '.join(f'count({quoted(name)})' for name in names)} FROM {table}")  # noqa: S608
    for name, count in zip(names, counts, strict=True):
        if not count:
            store.rows(f"ALTER TABLE {table} DROP COLUMN {quoted(name)}")
    return {name.removeprefix(companion("")): count for name, count in zip(names, counts, strict=True) if count}
