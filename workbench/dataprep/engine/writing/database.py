"""Tables of databases, through SQLAlchemy: one transaction, or everything stays as it was."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_, UserError, WorkbenchError
from workbench.base.ids import new_id
from workbench.dataprep.columns import ColumnInfo, listed, quoted
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.reports import OutputReport
from workbench.dataprep.sources.passwords import password_of
from workbench.dataprep.sources.readers.sql import told, url_of
from workbench.dataprep.steps.write.database import WriteSql

if TYPE_CHECKING:
    import sqlalchemy as sa

_ROWS = 5_000
"""So many rows are sent at a time."""


def write_sql(job: Job, step: WriteSql) -> OutputReport:
    """Writes the rows into the table. Raises UserError, EnvironmentError_ or Cancelled, with the database as it was."""
    path = job.target(step.path) if step.dialect == "sqlite" else None
    new = path is not None and not path.exists()
    try:
        with _connected(step, path) as connection:
            rows = _write(job, step, connection, path)
    except BaseException:
        if new and path is not None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    return OutputReport(None, rows, 0, "", step.where, job.errors_are_missing())


@contextlib.contextmanager
def _connected(step: WriteSql, path: Path | None) -> Iterator[sa.Connection]:
    """A connection within a transaction that is undone on any failure."""
    import sqlalchemy as sa

    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"The folder {path.parent} could not be made: {error.strerror or error}.") from error
    url = sa.URL.create("sqlite", database=str(path)) if path is not None else url_of(step.spec, None, password_of(step.spec))
    try:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    except ImportError as error:
        hint = f"Install it: {error.name}." if error.name else ""
        raise EnvironmentError_(f"Writing to {step.dialect} needs a driver that is not installed.", hint=hint) from error
    if path is not None:
        _transactions_of_sqlite(engine)
    try:
        with engine.begin() as connection:
            yield connection
    except WorkbenchError:
        raise
    except (sa.exc.SQLAlchemyError, ValueError, OverflowError, UnicodeError) as error:
        found = told(step.spec, error)
        if isinstance(found, UserError):
            found = UserError(found.message.replace("could not be read", "could not be written"), hint=found.hint)
        raise found from error
    finally:
        engine.dispose()


def _transactions_of_sqlite(engine: sa.Engine) -> None:
    """Lets SQLAlchemy say where a transaction begins: Python's driver would leave out what makes and drops tables."""
    import sqlalchemy as sa

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _write(job: Job, step: WriteSql, connection: sa.Connection, path: Path | None) -> int:
    import sqlalchemy as sa

    schema = step.table_schema or None
    there = sa.inspect(connection).has_table(step.table, schema=schema)
    if there and step.mode == "fail":
        raise UserError(f"There is {step.where} already.", hint="Let the step replace it or append to it.")
    if (
        there
        and step.mode == "replace"
        and path is not None
        and any(path.exists() and path.samefile(k) for k in job.kept if k.exists())
    ):
        raise UserError(
            f"{job.label or step.describe()} would replace a table of {path.name}, which the dataflow reads.",
            hint="Write to a new table, or another file.",
        )
    if there and step.mode == "append":
        known = {column["name"].lower() for column in sa.inspect(connection).get_columns(step.table, schema=schema)}
        if lacking := [column.name for column in job.table.columns if column.name.lower() not in known]:
            raise UserError(f"{step.where[0].upper()}{step.where[1:]} has no column {listed(lacking)}.")
        return _insert(job, step, connection, _table(job, step, step.table))
    if step.dialect in {"mysql", "mariadb"}:  # there, making a table ends a transaction
        return _beside(job, step, connection, there=there)
    made = _table(job, step, step.table)
    if there:
        made.drop(connection)
    made.create(connection)
    return _insert(job, step, connection, made)


def _beside(job: Job, step: WriteSql, connection: sa.Connection, *, there: bool) -> int:
    """Fills a table of another name and gives it the right one at once."""
    import sqlalchemy as sa

    made = _table(job, step, f"{step.table[:40]}_{new_id()[:8]}")
    old = _table(job, step, f"{step.table[:40]}_{new_id()[:8]}")
    shown = connection.dialect.identifier_preparer.format_table
    target = shown(_table(job, step, step.table))
    try:
        made.create(connection)
        rows = _insert(job, step, connection, made)
        swap = f"{target} TO {shown(old)}, " if there else ""
        connection.execute(sa.text(f"RENAME TABLE {swap}{shown(made)} TO {target}"))
        if there:
            old.drop(connection)
    except BaseException:
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            connection.rollback()
            made.drop(connection, checkfirst=True)
        raise
    return rows


def _table(job: Job, step: WriteSql, name: str) -> sa.Table:
    import sqlalchemy as sa

    columns = [
        sa.Column(column.name, _type(column), key=f"c{number}", nullable=True) for number, column in enumerate(job.table.columns)
    ]
    return sa.Table(name, sa.MetaData(), *columns, schema=step.table_schema or None)


def _type(column: ColumnInfo) -> Any:
    import sqlalchemy as sa
    from sqlalchemy.dialects import mssql, mysql

    text = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb").with_variant(sa.UnicodeText(), "mssql")
    precise: Any = mssql.DATETIME2  # it is untyped
    moment = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb").with_variant(precise(), "mssql")
    zoned = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    time = sa.Time().with_variant(mysql.TIME(fsp=6), "mysql", "mariadb")
    kinds: dict[str, Any] = {
        "integer": sa.BigInteger(),
        "decimal": sa.Double(),
        "boolean": sa.Boolean(),
        "date": sa.Date(),
        "time": time,
        "timestamp": moment,
        "timestamp_tz": zoned,
    }
    return kinds.get(column.type, text)


def _insert(job: Job, step: WriteSql, connection: sa.Connection, table: sa.Table) -> int:
    columns = job.table.columns
    values = {column.name: _value(job, column) for column in columns}
    nested = {number for number, column in enumerate(columns) if column.nested}
    zoned = {number for number, column in enumerate(columns) if column.type == "timestamp_tz"}
    statement = table.insert()
    rows = 0
    for batch in job.batches(job.select(values)):
        lists = [batch.column(number).to_pylist() for number in range(len(columns))]
        for number in nested:
            lists[number] = [None if each is None else json.dumps(each, ensure_ascii=False, default=str) for each in lists[number]]
        for number in zoned:
            utc = [None if each is None else each.astimezone(dt.UTC) for each in lists[number]]
            plain = step.dialect in {"mysql", "mariadb", "sqlite"}
            lists[number] = [each.replace(tzinfo=None) if each is not None and plain else each for each in utc]
        names = [f"c{number}" for number in range(len(columns))]
        records = [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]
        for start in range(0, len(records), _ROWS):
            job.look(rows + start)
            connection.execute(statement, records[start : start + _ROWS])
        rows += len(records)
    return rows


def _value(job: Job, column: ColumnInfo) -> str:
    if column.type == "decimal":
        return f"CASE WHEN NOT isnan({quoted(column.name)}) THEN {quoted(column.name)} END"
    return job.text(column, "") if column.type == "other" else quoted(column.name)
