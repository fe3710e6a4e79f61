"""Turning a flow's steps into queries: the context that steps build in, and where their files are."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError, WorkbenchError
from workbench.dataprep.columns import DUCKDB_TYPES, IBIS_TYPES, ROW, ColumnInfo, Schema, missing_columns, quoted, schema_of
from workbench.dataprep.control import Cancel
from workbench.dataprep.conversion import function
from workbench.dataprep.package import Dataflow, Package
from workbench.dataprep.sources import DataSource, SourceSpec, detect, locate
from workbench.dataprep.storage import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program


@dataclass(frozen=True)
class SourceFile:
    """A data file as a flow refers to it, found and fingerprinted."""

    name: str
    path: Path
    spec: SourceSpec
    key: str


@dataclass(frozen=True)
class Failures:
    """Rows to count after a query: those of `table` where `failed`."""

    step: str
    message: str
    query: ir.Table


@dataclass
class QueryContext:
    """What steps of one flow build their query in. Without a store (`schema` mode) nothing is read or registered."""

    other_table: Callable[[str, str], ir.Table]
    store: Store | None
    cancel: Cancel | None = None
    step: str = ""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Steps (by id), with what is to be said of how they run."""
    failures: list[Failures] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def other(self, source: str, flow: str) -> ir.Table:
        """The rows of another flow or source file."""
        return self.other_table(source, flow)

    def derived(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """A learned program over columns of a table: in the database's own terms where these give the same, else as a function."""
        texts: list[Any] = [table[name].cast("string") for name in columns]
        name = program_name(program, len(texts))
        if self.store is not None:
            native = program.to_ibis(texts)
            if native is not None and self._agrees(self.store, name, program, table.select(*_named(texts))):
                return native
            self.store.add_function(name, _remembering(program, len(texts)), len(texts))
        value: ir.Value = function(name, ["string"] * len(texts), "string")(*texts)
        return value

    def _agrees(self, store: Store, name: str, program: Program, inputs: ir.Table) -> bool:
        """Whether the native form gives what the program gives on the first rows; each program is tried once on the same rows."""
        import duckdb
        import ibis

        from workbench.byexample.native import agrees

        sql = str(ibis.to_sql(inputs.limit(_TRIED), dialect="duckdb"))
        if (name, sql) not in store.agreements:
            rows = list(dict.fromkeys(store.run(sql, cancel=self.cancel)))
            try:
                store.agreements[name, sql] = agrees(program, rows) is None
            except duckdb.Error:  # it would fail on these rows, as the function does not
                store.agreements[name, sql] = False
        same = store.agreements[name, sql]
        if not same:
            self.remarks.append((self.step, "Runs as a Python function: the database gives other results on these rows."))
        return same

    def with_sql(self, table: ir.Table, name: str, sql: str) -> ir.Table:
        """The table with one column set to an SQL scalar, through a view that is dropped after the query."""
        import ibis

        schema = schema_of(table)
        if reason := expression_problem(self.store, schema, sql):
            raise UserError(reason, place=name)
        kind = expression_type(self.store, schema, sql)
        wanted = next((c for c in table.columns if c.lower() == name.lower()), name)
        types = {**table.schema(), wanted: ibis.dtype(kind)}
        if self.store is None:
            return ibis.table(types, name="schema_only")
        view = f"expression_{hashlib.sha256(os.urandom(16)).hexdigest()[:16]}"
        body = ibis.to_sql(table, dialect="duckdb")
        # the columns in the very order of `types`: Ibis turns a selection of all of them into a star
        chosen = ", ".join(f"({sql}) AS {quoted(name)}" if name == wanted else quoted(name) for name in types)
        select = f"SELECT {chosen} FROM ({body}) AS rows"  # noqa: S608
        with self.store.cursor() as cursor:
            cursor.execute(f"CREATE VIEW {view} AS {select}")
        self.views.append(view)
        return ibis.table(types, name=view)

    def count_failures(self, message: str, table: ir.Table, failed: ir.BooleanColumn) -> None:
        """Remembers what to count."""
        if self.store is not None:
            self.failures.append(Failures(self.step, message, table.filter(failed).aggregate(rows=lambda t: t.count())))


_TRIED = 500
"""On how many rows a program's native form is compared with the program itself."""


def program_name(program: Program, arguments: int) -> str:
    """The SQL name of a program as a function of so many text columns."""
    text = json.dumps(program.to_json(), sort_keys=True)
    return f"derive_{hashlib.sha256(text.encode()).hexdigest()[:16]}_{arguments}"


def _named(texts: Sequence[Any]) -> list[Any]:
    return [text.name(f"c{number}") for number, text in enumerate(texts)]


_FORBIDDEN = re.compile(r";|--|/\*")


def expression_problem(store: Store | None, schema: Schema, sql: str) -> str:
    """Why an SQL scalar is wrong over these columns; empty when it is right."""
    import sqlglot
    from sqlglot import exp

    if _FORBIDDEN.search(re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "", sql)):
        return "The expression must be one SQL expression, without ';' or comments."
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        return f"The expression is not valid SQL: {str(error).splitlines()[0].rstrip('.')}."
    if tree is None or tree.find(exp.Select, exp.Table, exp.Command):
        return "The expression must compute a value from the row's columns; queries do not belong here."
    if any(not found.find_ancestor(exp.Window) for found in tree.find_all(exp.AggFunc)):
        return "The expression computes over many rows: use Summarize for totals."
    try:
        expression_type(store, schema, sql)
    except WorkbenchError as error:
        if unknown := re.search(r'Referenced column "([^"]+)" not found', error.message):
            return missing_columns(schema, [unknown[1]])[0].message
        return f"The expression does not fit the columns: {error.message}"
    return ""


def expression_type(store: Store | None, schema: Schema, sql: str) -> str:
    """The Ibis type of an SQL scalar. Raises UserError from DuckDB's own binder."""
    import duckdb

    from workbench.dataprep.storage import failure

    fields = ", ".join(f"CAST(NULL AS {DUCKDB_TYPES[c.type]}) AS {quoted(c.name)}" for c in schema)
    query = f"DESCRIBE SELECT ({sql}) AS value FROM (SELECT {fields}) AS rows"  # noqa: S608
    if store is not None:
        kind = store.one(query)[1]
    else:
        with duckdb.connect() as connection:
            try:
                kind = connection.execute(query).fetchall()[0][1]
            except duckdb.Error as error:
                raise failure(error) from error
    return ibis_type(str(kind))


def ibis_type(kind: str) -> str:
    """The Ibis name of a DuckDB type."""
    table = {
        "BOOLEAN": "boolean", "DATE": "date", "TIME": "time", "VARCHAR": "string", "DOUBLE": "float64", "FLOAT": "float64",
        "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp('UTC')", "HUGEINT": "int64", "UHUGEINT": "int64",
        "TINYINT": "int64", "SMALLINT": "int64", "INTEGER": "int64", "BIGINT": "int64", "UTINYINT": "int64", "USMALLINT": "int64",
        "UINTEGER": "int64", "UBIGINT": "int64",
    }  # fmt: skip
    if kind.startswith("DECIMAL"):
        return "float64"
    return table.get(kind, "string")


def row_table(schema: Schema, name: str) -> ir.Table:
    """A table of the store as an Ibis table, with the hidden row column."""
    import ibis

    return ibis.table({ROW: "int64", **{column.name: IBIS_TYPES[column.type] for column in schema}}, name=name)


def find_source(path: str, base: Path, package: Package) -> SourceFile:
    """The data file behind a reference, with how it is read. Raises NotFound or UserError."""
    folders = search_folders(base, package.folder)
    place = locate(path, folders)
    if place.suffix == ".wbsource":
        source = DataSource.load(place)
        data = locate(source.path, search_folders(base, place.parent))
        return SourceFile(source.name, data, source.spec, fingerprint(data, source.spec))
    if place.is_dir():
        raise UserError(f"{place} is a folder, not a data file.", place=str(place))
    spec = detect(place)
    return SourceFile(place.stem, place, spec, fingerprint(place, spec))


def search_folders(base: Path, folder: Path | None) -> tuple[Path, ...]:
    """Where relative paths are sought: beside the file that names them, in the project, then in the original of a job's copy."""
    folder = folder or base
    places = [folder, base]
    if original := os.environ.get("WORKBENCH_PROJECT"):
        root = Path(original)
        if folder.is_relative_to(base):
            places.append(root / folder.relative_to(base))
        places.append(root)
    return tuple(dict.fromkeys(places))


def fingerprint(path: Path, spec: SourceSpec) -> str:
    """What changes when the file, or the way it is read, changes."""
    state = path.stat()
    text = f"{path}|{state.st_size}|{state.st_mtime_ns}|{spec.model_dump_json()}"
    return hashlib.sha256(text.encode()).hexdigest()


def check_circles(package: Package, flow: Dataflow, above: tuple[Dataflow, ...] = ()) -> None:
    """Raises UserError when a flow leads back to itself."""
    if any(other.id == flow.id for other in above):
        names = " → ".join(other.name for other in (*above, flow))
        raise UserError(f"The dataflows refer to each other in a circle: {names}.", hint="Remove one of these references.")
    for name in flow.references():
        check_circles(package, package.flow(name), (*above, flow))


def columns_of(store: Store, table: str) -> Schema:
    """The columns of a materialised table."""
    import ibis

    from workbench.dataprep.columns import type_of

    return tuple(ColumnInfo(row[0], type_of(ibis.dtype(ibis_type(str(row[1]))))) for row in store.rows(f"DESCRIBE {table}"))


def _remembering(program: Program, arguments: int) -> Callable[..., Any]:
    """The program as a function of so many Arrow arrays; it computes each distinct input once."""
    import inspect

    import pyarrow as pa

    known: dict[tuple[str | None, ...], str | None] = {}

    def call(*columns: Any) -> Any:
        answers: list[str | None] = []
        for row in zip(*(column.to_pylist() for column in columns), strict=True):
            if row in known:
                answers.append(known[row])
                continue
            answer = program.run(row)
            if len(known) < 500_000:
                known[row] = answer
            answers.append(answer)
        return pa.array(answers, pa.string())

    parameters = [inspect.Parameter(f"a{number}", inspect.Parameter.POSITIONAL_ONLY) for number in range(arguments)]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # DuckDB counts them
    return call
