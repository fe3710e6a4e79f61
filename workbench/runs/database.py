"""The workspace's database, brought to the present schema when it is opened: a SQLite file, or PostgreSQL by a URL."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.grouping import GroupedWrites, Result
from workbench.runs.postgres import Postgres
from workbench.runs.sqlite import Sqlite
from workbench.runs.tables import metadata

__all__ = ["HEAD", "Database", "metadata"]

HEAD = "0002"
"""The newest migration: a database that has it is opened without loading Alembic."""


class Database:
    """Opens a file (made when missing) or the database of a URL, migrates it, and hands out transactions. Safe in several threads.

    Writers wait for each other, also for those of other processes. What `write()` has left is on the disk. Raises
    EnvironmentError_ (disk full, no permission, no server) and UserError (the database is of a newer Workbench, the URL is none).
    """

    def __init__(self, place: Path | str) -> None:
        self._backend = Sqlite(place) if isinstance(place, Path) else Postgres(place)
        self.engine = self._backend.engine
        self._writing = threading.RLock()
        self._grouped = GroupedWrites(self.write, self._writing)
        try:
            self._migrate()
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def place(self) -> str:
        """The file, or the address without its password."""
        return self._backend.place

    @property
    def notices(self) -> list[str]:
        """What the user must be told about the opening."""
        return self._backend.notices

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database throughout."""
        with self._backend.sentences(), self.engine.connect() as plain:
            connection = self._backend.reading(plain)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is committed, and on the disk, when the block is left; rolled back when it raises.

        Not to be nested: what belongs together takes the connection as an argument.
        """
        with self._backend.sentences(), self._writing, self.engine.connect() as plain:
            connection = self._backend.writing(plain)
            with connection.begin():
                self._backend.begun(connection)
                yield connection

    def grouped(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` returns, when its writes are durable: they share a commit with those of other threads that wait.

        A work that raises is rolled back alone. It may be called twice, so it does nothing but write. Not to be nested.
        """
        return self._grouped.do(work)

    def close(self) -> None:
        """Closes all connections; a file's write-ahead log is folded into it."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.read() as connection:
            version = _version(connection)
        if version == HEAD:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("path_separator", "os")
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        if version is not None:
            if version not in {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}:
                raise UserError(
                    f"{self._backend.workspace} was written by a newer Workbench (its database has version {version}).",
                    hint="Install the newest Workbench, or choose another workspace with WORKBENCH_HOME.",
                    place=self.place,
                )
            self._backend.before_migration(version, HEAD)
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")  # does nothing when another process has done it meanwhile


def _version(connection: sa.Connection) -> str | None:
    """The migration that the database has; None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or "") or None
