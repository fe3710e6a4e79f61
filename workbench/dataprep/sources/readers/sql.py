"""Databases: a table, or what a query gives, read through SQLAlchemy in batches so that big tables do not fill the memory."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError, WorkbenchError
from workbench.base.ids import new_id
from workbench.dataprep.columns import ColumnInfo, ColumnType, Schema, listed
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources.guessing import guess_column
from workbench.dataprep.sources.loading import Given, create, lacking, missing_file, typed
from workbench.dataprep.sources.naming import harmless
from workbench.dataprep.sources.passwords import PASSWORD_VARIABLE, PORTS, password_of
from workbench.dataprep.sources.pythonvalues import arrays, arrow_type, type_of_values
from workbench.dataprep.sources.reader import Loaded, Reader
from workbench.dataprep.sources.specs import SourceColumn, SqlSpec

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import URL, Connection

    from workbench.dataprep.engine.store import Store
    from workbench.dataprep.sources.samples import Sample

_DRIVERS = {
    "sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql",
    "sqlserver": "mssql+pymssql",
}  # fmt: skip
_EXTRAS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlserver": "sqlserver"}
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sqlserver": "SQL Server"}
_TIMEOUTS = {
    "postgresql": "connect_timeout",
    "mysql": "connect_timeout",
    "mariadb": "connect_timeout",
    "sqlserver": "login_timeout",
}
_TIMEOUT_S = 15
_FRESH_S = 600.0
_BATCH = 20_000
_LOOKED_AT = 1000


class SqlReader(Reader):
    """A table or query. Its rows come in the order in which the database gives them: a query may say one."""

    def __init__(self, name: str, spec: SqlSpec, path: Path | None = None) -> None:
        self.name = name
        self._spec = spec
        self._path = path

    @property
    def key(self) -> str:
        """Of an SQLite file its state; a server cannot be asked whether a table changed, so it is read anew after ten minutes."""
        state = _stamp(self._spec) if self._spec.dialect != "sqlite" else ""
        if self._path is not None and self._spec.dialect == "sqlite":
            if not self._path.is_file():
                raise missing_file(self._path)
            parts = [path for path in (self._path, Path(f"{self._path}-wal")) if path.exists()]
            state = "|".join(f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in parts)
        return hashlib.sha256(f"{state}|{self._spec.model_dump_json()}".encode()).hexdigest()

    @property
    def schema(self) -> Schema:
        return self._spec.schema_

    @property
    def notes(self) -> tuple[str, ...]:
        return self._spec.notes

    @property
    def files(self) -> tuple[Path, ...]:
        return (self._path,) if self._path is not None else ()

    def load(self, store: Store, table: str, *, sample: Sample | None, cancel: Cancel | None, progress: Progress | None) -> Loaded:
        import pyarrow as pa

        most = sample.count + 1 if sample is not None and sample.kind == "top" else 0
        with (
            connected(self._spec, self._path) as connection,
            _rows(connection, self._spec, cancel, most) as (names, rows),
        ):
            first = next(rows, [])
            columns, notes = lacking(self._spec.columns, names, self.name)
            if added := [each for each in names if each not in {column.name for column in self._spec.columns}]:
                notes = (*notes, f"{self.name} has the new column {listed(added)}.") if self._spec.columns else notes
                columns = (*columns, *_columns_of(names, first, only=set(added)))
            at = [names.index(column.name) for column in columns]
            types = [
                _handed_on(column, [row[place] for row in first[:_LOOKED_AT]]) for column, place in zip(columns, at, strict=True)
            ]
            given = [
                Given(column.name, ColumnInfo(column.name, type_), f"v{number}", f"t{number}")
                for number, (column, type_) in enumerate(zip(columns, types, strict=True))
            ]
            schema = pa.schema(
                [each for n, type_ in enumerate(types) for each in ((f"v{n}", arrow_type(type_)), (f"t{n}", pa.string()))]
            )
            failed: list[Exception] = []
            batches = _batches(first, rows, at, types, schema, progress, self.name, failed)
            with store.cursor() as cursor:
                reader = pa.RecordBatchReader.from_batches(schema, batches)
                cursor.register("rows_of_database", reader)
                try:
                    select = typed(given, columns, "rows_of_database")
                    loaded = create(
                        cursor, table, select, columns, self.name, sample=sample, cancel=cancel, progress=None, again=False
                    )  # fmt: skip
                except Exception as error:
                    if failed:
                        raise told(self._spec, failed[0]) from error
                    raise
                finally:
                    cursor.unregister("rows_of_database")
        return Loaded(loaded.rows, loaded.truncated, (*notes, *loaded.notes))


_stamps: dict[str, tuple[float, str]] = {}


def _stamp(spec: SqlSpec) -> str:
    """The same for ten minutes, so that work on the steps of a flow does not read the table again and again."""
    text = spec.model_dump_json()
    made, stamp = _stamps.get(text, (0.0, ""))
    if not stamp or time.monotonic() - made > _FRESH_S:
        stamp = new_id()
        _stamps[text] = (time.monotonic(), stamp)
    return stamp


def forget(spec: SqlSpec) -> None:
    """Has the rows of a server read anew when they are asked for next."""
    _stamps.pop(spec.model_dump_json(), None)


def _handed_on(column: SourceColumn, values: list[Any]) -> ColumnType:
    """As what a column's values are handed on: as declared, or as text where they are something else to be converted."""
    own: ColumnType = "time" if any(isinstance(value, dt.timedelta) for value in values) else type_of_values(values)
    if column.type in {"string", "struct", "list", "other"} or (
        own == "string" and any(isinstance(value, str) for value in values)
    ):
        return "string"
    related = ({"integer", "decimal"}, {"date", "timestamp"})
    if own == column.type or all(value is None for value in values) or any({own, column.type} <= pair for pair in related):
        return column.type
    return own


def _batches(
    first: list[Sequence[Any]], rows: Iterator[list[Sequence[Any]]], at: list[int], types: list[ColumnType], schema: pa.Schema,
    progress: Progress | None, name: str, failed: list[Exception],
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    import pyarrow as pa

    done = 0
    batch = first
    try:
        while batch:
            parts = [part for place, type_ in zip(at, types, strict=True) for part in arrays([row[place] for row in batch], type_)]
            yield pa.RecordBatch.from_arrays(parts, schema=schema)
            done += len(batch)
            if progress is not None:
                progress(0.0, f"Reading {name}: {done:,} rows")
            batch = next(rows, [])
    except GeneratorExit:
        raise
    except Exception as error:
        failed.append(error)
        raise


@contextlib.contextmanager
def _rows(
    connection: Connection, spec: SqlSpec, cancel: Cancel | None, most: int
) -> Iterator[tuple[list[str], Iterator[list[Sequence[Any]]]]]:
    """Harmless column names, and the rows in batches; at most about so many of them."""
    import sqlalchemy as sa

    try:
        result = connection.execution_options(stream_results=True, max_row_buffer=_BATCH).execute(_statement(connection, spec))
    except sa.exc.SQLAlchemyError as error:
        raise told(spec, error) from error

    def batches() -> Iterator[list[Sequence[Any]]]:
        done = 0
        while batch := result.fetchmany(min(_BATCH, most - done) if most else _BATCH):
            if cancel is not None and cancel.is_set():
                raise Cancelled
            done += len(batch)
            yield [tuple(row) for row in batch]
            if most and done >= most:
                return

    with contextlib.closing(result):
        if not result.returns_rows:
            raise UserError("The query gives no rows: it is no SELECT.", hint="Write a SELECT.")
        yield harmless(result.keys()), batches()


def _statement(connection: Connection, spec: SqlSpec) -> Any:
    import sqlalchemy as sa

    if spec.query.strip():
        return sa.text(spec.query.strip().rstrip(";").replace(":", "\\:"))
    if not spec.table:
        raise UserError("It is not said which table of the database to read.", hint="Choose a table, or write a query.")
    inspector = sa.inspect(connection)
    there = tables_of(connection, spec)
    if spec.table not in there and not inspector.has_table(spec.table, schema=spec.table_schema or None):
        raise NotFound(
            f"The database has no table {spec.table}.", hint=f"It has {listed(there)}." if there else "It has no tables."
        )
    return sa.select(sa.text("*")).select_from(sa.table(spec.table, schema=spec.table_schema or None))


def tables_of(connection: Connection, spec: SqlSpec) -> list[str]:
    """The names of the tables and views."""
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    schema = spec.table_schema or None
    return [*sorted(inspector.get_table_names(schema=schema)), *sorted(inspector.get_view_names(schema=schema))]


@contextlib.contextmanager
def connected(spec: SqlSpec, path: Path | None = None) -> Iterator[Connection]:
    """A connection that only reads. Raises EnvironmentError_ for a server out of reach or a missing driver, UserError."""
    import sqlalchemy as sa

    if spec.dialect == "sqlite" and (path is None or not path.is_file()):
        raise missing_file(path) if path else UserError("It is not said which SQLite file to read.", hint="Choose the file.")
    arguments: dict[str, Any] = {_TIMEOUTS[spec.dialect]: _TIMEOUT_S} if spec.dialect in _TIMEOUTS else {}
    try:
        engine = sa.create_engine(url_of(spec, path, password_of(spec)), connect_args=arguments, poolclass=sa.pool.NullPool)
    except ImportError as error:
        extra = _EXTRAS.get(spec.dialect, "")
        raise EnvironmentError_(
            f"Reading from {_NAMES[spec.dialect]} needs a driver that is not installed.",
            hint=f"Install it: pip install 'workbench[{extra}]'.",
        ) from error
    try:
        with engine.connect() as connection:
            _only_reading(connection, spec)
            yield connection
    except WorkbenchError:
        raise
    except (sa.exc.SQLAlchemyError, UnicodeDecodeError, OverflowError, ValueError) as error:
        raise told(spec, error) from error
    finally:
        engine.dispose()


def _only_reading(connection: Connection, spec: SqlSpec) -> None:
    """A query that would change something fails."""
    if spec.dialect == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    elif spec.dialect in {"mysql", "mariadb"}:
        import sqlalchemy as sa

        connection.execute(sa.text("SET SESSION TRANSACTION READ ONLY"))
        connection.rollback()


def url_of(spec: SqlSpec, path: Path | None = None, password: str | None = None) -> URL:
    """The address of the database as SQLAlchemy takes it. Raises UserError when the host is not given."""
    from sqlalchemy import URL

    if spec.dialect == "sqlite":
        # with mode=ro nothing is written, not even a journal
        return URL.create("sqlite", database=f"file:{_escaped(path)}", query={"mode": "ro", "uri": "true"})
    if not spec.host:
        raise UserError(f"It is not said on which server the {_NAMES[spec.dialect]} database is.", hint="Give the host.")
    return URL.create(
        _DRIVERS[spec.dialect],
        username=spec.user or None,
        password=password,
        host=spec.host,
        port=spec.port or None,
        database=spec.database or None,
        query=dict(spec.options),
    )


def _escaped(path: Path | None) -> str:
    from urllib.parse import quote

    return quote(str(path)) if path is not None else ""


_REFUSED = re.compile(r"password|authentication|access denied|login failed|no password supplied", re.IGNORECASE)
_AWAY = re.compile(
    r"refused|timed? ?out|timeout|could not translate|name or service|can't connect|unable to connect|unreachable|resolve"
    r"|getaddrinfo|server is unavailable|closed the connection unexpectedly|no route",
    re.IGNORECASE,
)


def told(spec: SqlSpec, error: Exception) -> Exception:
    """The sentence for what the database or its driver raised."""
    if isinstance(error, WorkbenchError):
        return error
    cause = getattr(error, "orig", None) or error
    # PostgreSQL repeats the statement with the place: LINE 1: ...
    text = " ".join(str(cause).partition("LINE ")[0].split()).rstrip(".")
    name = _NAMES[spec.dialect]
    where = f"{spec.host}:{spec.port or PORTS.get(spec.dialect, 0)}"
    if _AWAY.search(text) and spec.dialect != "sqlite":
        return EnvironmentError_(
            f"The {name} server {where} cannot be reached.", hint="Check the host and port, and that it runs and lets you in."
        )
    if _REFUSED.search(text) and spec.dialect != "sqlite":
        known = password_of(spec) is not None
        sentence = f"The {name} server {where} refused the password of {spec.user}." if known else (
            f"The {name} server {where} wants a password for {spec.user or 'the user'}, and none is stored here."
        )  # fmt: skip
        hint = f"Store it in the keyring (workbench.dataprep.sources.set_password), or set {PASSWORD_VARIABLE}."
        return UserError(sentence, hint=hint)
    what = "The query failed" if spec.query else f"The table {spec.table} could not be read"
    if "malformed" in text or "not a database" in text or "file is encrypted" in text:
        return UserError(f"The {name} file is damaged: {text}.", hint="Restore it from a copy.")
    return UserError(f"{what}: {text[:300]}.", hint="Check the query." if spec.query else "")


def describe_sql(spec: SqlSpec, path: Path | None = None) -> SqlSpec:
    """The specification with its columns, as the first rows show their types. Raises UserError, NotFound, EnvironmentError_."""
    with connected(spec, path) as connection:
        with _rows(connection, spec, None, _LOOKED_AT) as (names, rows):
            first = next(rows, [])
        known = _reflected(connection, spec) if not spec.query.strip() else {}
    return spec.model_copy(update={"columns": _columns_of(names, first, known=known)})


def _columns_of(
    names: list[str], rows: list[Sequence[Any]], *, only: set[str] | None = None, known: dict[int, ColumnType] | None = None
) -> tuple[SourceColumn, ...]:
    found = []
    for number, name in enumerate(names):
        if only is not None and name not in only:
            continue
        values = [row[number] for row in rows]
        type_ = type_of_values(values)
        if values and all(value is None or isinstance(value, dt.timedelta) for value in values) and any(values):
            type_ = "time"
        if all(value is None for value in values) and known:
            type_ = known.get(number, "string")
        if type_ == "string" and values and all(value is None or isinstance(value, str) for value in values):
            # SQLite has no dates: they are texts there
            guess = guess_column([value for value in values if isinstance(value, str)])
            if guess.type in {"date", "timestamp", "timestamp_tz", "time"} and not guess.markers and not guess.format:
                type_ = guess.type
        found.append(SourceColumn(name=name, type=type_))
    return tuple(found)


def _reflected(connection: Connection, spec: SqlSpec) -> dict[int, ColumnType]:
    """The types of a table's columns as the database declares them, by place: for columns whose first rows are all missing."""
    from decimal import Decimal

    import sqlalchemy as sa

    kinds: dict[type, ColumnType] = {
        int: "integer", float: "decimal", Decimal: "decimal", bool: "boolean", dt.date: "date", dt.datetime: "timestamp",
        dt.time: "time",
    }  # fmt: skip
    found: dict[int, ColumnType] = {}
    with contextlib.suppress(sa.exc.SQLAlchemyError):
        for number, column in enumerate(sa.inspect(connection).get_columns(spec.table, schema=spec.table_schema or None)):
            with contextlib.suppress(NotImplementedError):
                type_ = kinds.get(column["type"].python_type, "string")
                zoned = type_ == "timestamp" and getattr(column["type"], "timezone", False)
                found[number] = "timestamp_tz" if zoned else type_
    return found


def detect_sqlite(path: Path) -> SqlSpec:
    """How an SQLite file is read: its first table with rows, else its first. Raises UserError for a damaged or empty one."""
    import sqlalchemy as sa

    spec = SqlSpec(dialect="sqlite")
    with connected(spec, path) as connection:
        tables = tables_of(connection, spec)
        if not tables:
            raise UserError(f"The database {path.name} has no tables.", hint="Choose another file.", place=str(path))
        chosen = tables[0]
        for table in tables[:100]:
            if connection.execute(sa.select(sa.text("1")).select_from(sa.table(table)).limit(1)).first() is not None:
                chosen = table
                break
    found = describe_sql(spec.model_copy(update={"table": chosen}), path)
    others = [table for table in tables if table != chosen]
    note = (f"The table {chosen} is read; the database also has {listed(others)}.",) if others else ()
    return found.model_copy(update={"notes": note})
