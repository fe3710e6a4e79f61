"""A team's database: PostgreSQL by a URL."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_, UserError

_log = logging.getLogger(__name__)
_WRITERS = 0x776F726B  # the lock that writers of all processes take; any number that is always the same
_DRIVERS = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


class Postgres:
    """A database of a PostgreSQL server. Its password may also stand in ~/.pgpass or PGPASSWORD.

    Writers take turns, in this process and others, as they do with a file: what is counted on (numbers of runs, positions of
    points) cannot be counted twice. Readers wait for nobody.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise UserError(
                "The address of the database is no URL.",
                hint="Write it like postgresql://user@host/database.",
                place="database_url",
            ) from error
        if parsed.drivername not in _DRIVERS or not parsed.database:
            raise UserError(
                f"{parsed.render_as_string()} is no PostgreSQL database.",
                hint="Write it like postgresql://user@host/database, or leave it empty for the workspace's own file.",
                place="database_url",
            )
        self.place = parsed.set(drivername="postgresql").render_as_string()
        self.workspace = f"The database {self.place}"
        self.notices: list[str] = []
        try:
            self.engine = sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": 10, "application_name": "workbench"},
                pool_size=8,
                max_overflow=32,
                pool_pre_ping=True,  # a server that was restarted is found again
            )
        except ImportError as error:
            raise EnvironmentError_(
                "The driver for PostgreSQL is not installed.", hint="Install it: pip install 'workbench[postgres]'"
            ) from error

    def reading(self, connection: sa.Connection) -> sa.Connection:
        """A connection whose transaction will see one state throughout."""
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def writing(self, connection: sa.Connection) -> sa.Connection:
        """A connection whose transaction will write."""
        return connection

    def begun(self, connection: sa.Connection) -> None:
        """Called at the beginning of a transaction that writes: waits for other writers."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    def before_migration(self, version: str, head: str) -> None:
        """Keeps a copy of all tables, as a schema of the same database; where the user may make none, a notice says so."""
        kept = f"before_{head}_from_{version}_{utc_now():%Y%m%dT%H%M%S}"
        quoted = self.engine.dialect.identifier_preparer.quote_identifier
        try:
            with self.sentences(), self.engine.begin() as connection:
                self.begun(connection)
                connection.execute(sa.schema.CreateSchema(kept))
                for table in sa.inspect(connection).get_table_names():
                    connection.exec_driver_sql(f"CREATE TABLE {quoted(kept)}.{quoted(table)} AS TABLE {quoted(table)}")
        except sa.exc.ProgrammingError as error:  # no right to make a schema
            notice = (
                f"The database {self.place} was upgraded from version {version} to {head}. No copy was made before it "
                f"({str(error.orig).strip().splitlines()[0]}): keep your own with pg_dump, before each new version of Workbench."
            )
            _log.warning(notice)
            self.notices.append(notice)
        else:
            _log.info("The tables were copied to the schema %s before their upgrade", kept)

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Turns the server's own failures into sentences; our bugs (wrong SQL, broken constraints) pass as they are."""
        try:
            yield
        except UnicodeEncodeError as error:
            raise UserError("A text with half a character (a lone surrogate) cannot be recorded.", hint="Leave it out.") from error
        except DBAPIError as error:
            text = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
            if isinstance(error, sa.exc.DataError) and "NUL" in text:
                raise UserError("A text with a zero byte cannot be recorded.", hint="Leave the byte out.") from error
            if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
                raise
            state = getattr(error.orig, "sqlstate", None) or ""
            if state.startswith("53"):  # insufficient resources: disk full, out of memory, too many connections
                raise EnvironmentError_(
                    f"The database server has no room: {text}.",
                    hint="Make room on the server; what was saved before is safe.",
                    place=self.place,
                ) from error
            if not state or state.startswith(("08", "28", "3D", "57", "25006")):
                raise EnvironmentError_(
                    f"The database {self.place} could not be used: {text}.",
                    hint="Check the address, the password and the server.",
                    place=self.place,
                ) from error
            raise
