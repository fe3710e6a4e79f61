"""The workspace's own database: one SQLite file in WAL mode.

A file that is not readable as a database is kept aside and a fresh one begun, never overwritten; `notices` says so.
"""

import logging
import math
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.files import disk_error

_log = logging.getLogger(__name__)
_CHECK_UP_TO = 200_000_000  # bytes: a full check of a larger file would make every start wait
_BUSY_MS = 15_000
_FULL_BELOW = 256 * 1024
_MAGIC = b"SQLite format 3\x00"


class Sqlite:
    """A file. Writers of other processes are waited for up to 15 seconds; readers wait for nobody."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)
        self.workspace = f"The workspace {path.parent}"
        self.notices: list[str] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(path.parent)) from error
        if reason := _damage(path):
            self._keep_aside(reason)
        self.engine = _engine(path)

    def reading(self, connection: sa.Connection) -> sa.Connection:
        """A connection whose transaction will see one state throughout."""
        return connection

    def writing(self, connection: sa.Connection) -> sa.Connection:
        """A connection whose transaction will write."""
        return connection.execution_options(workbench_write=True)

    def begun(self, connection: sa.Connection) -> None:
        """Called at the beginning of a transaction that writes; it has waited for other writers already."""

    def before_migration(self, version: str, head: str) -> None:
        """Keeps a copy of the file."""
        copy = self.path.with_name(f"{self.path.name}.before-{head}-from-{version}-{utc_now():%Y%m%dT%H%M%S}")
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            raise EnvironmentError_(
                f"The database could not be copied before its upgrade: {error}.", hint="Free some space.", place=str(copy)
            ) from error
        _log.info("The database was copied to %s before its upgrade", copy)

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Turns the database's own failures into sentences; our bugs (wrong SQL, broken constraints) pass as they are."""
        try:
            yield
        except UnicodeEncodeError as error:
            raise UserError("A text with half a character (a lone surrogate) cannot be recorded.", hint="Leave it out.") from error
        except DBAPIError as error:
            if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
                raise
            text = str(error.orig)
            if "full" in text:
                raise EnvironmentError_(
                    f"The disk is full: {self.path} could not be written.",
                    hint="Free some space and try again; what was saved before is safe.",
                    place=self.place,
                ) from error
            if "locked" in text or "busy" in text:
                raise EnvironmentError_(
                    f"The database {self.path} is held by another program.",
                    hint="Close that program and try again.",
                    place=self.place,
                ) from error
            if "I/O" in text or "readonly" in text or "unable to open" in text or "malformed" in text or "not a database" in text:
                raise EnvironmentError_(
                    f"The database {self.path} could not be used: {text}.",
                    hint="Check the disk and the permissions of its folder, then restart the server (workbench server stop).",
                    place=self.place,
                ) from error
            raise

    def _keep_aside(self, reason: str) -> None:
        stamp = utc_now().strftime("%Y%m%dT%H%M%S")
        kept = self.path.with_name(f"{self.path.name}.corrupt-{stamp}")
        number = 1
        while kept.exists():
            number += 1
            kept = self.path.with_name(f"{self.path.name}.corrupt-{stamp}-{number}")
        try:
            # The file itself goes last: a start that is interrupted here finds the damage again.
            for ending in ("-wal", "-shm", ""):
                part = self.path.with_name(self.path.name + ending)
                if part.exists():
                    part.rename(kept.with_name(kept.name + ending))
        except OSError as error:
            raise EnvironmentError_(
                f"The database {self.path} is damaged ({reason}) and could not be kept aside: {error.strerror or error}.",
                hint="Move the file away yourself, then start again.",
                place=self.place,
            ) from error
        notice = (
            f"The workspace's database was damaged ({reason}). It is kept as {kept}, and a new, empty one was begun; "
            "the folders of runs, models and services are untouched."
        )
        _log.error(notice)
        self.notices.append(notice)


class _Compiler(SQLiteCompiler):
    """Writes hints: SQLAlchemy itself leaves them out for SQLite, without a word."""

    def get_from_hint_text(self, table: object, text: str | None) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return text


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
        pool_size=8,
        max_overflow=64,
        # A read never waits for a write in WAL mode, but a connection may be handed from one thread to the next.
        pool_timeout=30,
    )

    engine.dialect.statement_compiler = _Compiler

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: sqlite3's own way has no BEGIN IMMEDIATE
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("workbench_number", 1, _number, deterministic=True)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later could not wait for another writer; so writers begin as writers.
        write = connection.get_execution_options().get("workbench_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _number(text: object) -> float | None:
    """A parameter's text as a number, for ordering; None when it is none."""
    try:
        value = float(str(text)) if text is not None else math.nan
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _damage(path: Path) -> str:
    """Why the file is no readable database; empty when it is one (or is not there yet)."""
    try:
        if not path.exists() or path.stat().st_size == 0:
            return ""
        # SQLite removes the write-ahead log of a file that it does not know, and folds it into one that it does: a log that may
        # be the last trace of something. So the look is a read-only one, and a foreign file is not even opened.
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return "file is not a database"
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_MS / 1000)) as connection:
            if path.stat().st_size > _CHECK_UP_TO:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return ""
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            return "" if verdict == "ok" else verdict.replace("\n", " ")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR:
            return str(error)
        # A full or failing disk, a missing permission, another program's lock: none of these says anything about the content.
        full = shutil.disk_usage(path.parent).free < _FULL_BELOW or "full" in str(error)
        raise EnvironmentError_(
            f"The disk is full: the database {path} could not be opened." if full else f"{path} could not be opened: {error}.",
            hint="Free some space and try again." if full else "Check the permissions and the free space of its folder.",
            place=str(path),
        ) from error
    except sqlite3.DatabaseError as error:
        return str(error)
    except OSError as error:
        raise EnvironmentError_(f"The database {path} could not be read: {error.strerror or error}.", place=str(path)) from error
