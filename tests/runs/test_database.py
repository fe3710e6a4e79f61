"""The database: opening, migrating, damage, a full disk, several writers."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.runs.making import made
from workbench.base.errors import EnvironmentError_, UserError
from workbench.runs.database import HEAD, Database
from workbench.runs.store import RunStore
from workbench.runs.tables import experiments, metadata
from workbench.schema import RunConfig


def test_that_the_migrations_make_exactly_the_tables_of_the_program(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_that_the_newest_migration_is_the_one_that_needs_no_upgrade() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import workbench.runs.database

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(Path(workbench.runs.database.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_that_a_file_is_durable_and_readers_do_not_wait_for_writers(sqlite_database: Database) -> None:
    database = sqlite_database
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    with database.write() as write:
        write.exec_driver_sql("DELETE FROM params")
        with database.read() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(experiments)).scalar_one() == 0


def test_that_a_reader_sees_one_state_throughout(database: Database, store: RunStore) -> None:
    with database.read() as connection:
        count = sa.select(sa.func.count()).select_from(experiments)
        assert connection.execute(count).scalar_one() == 0
        made(store)
        assert connection.execute(count).scalar_one() == 0
    with database.read() as connection:
        assert connection.execute(count).scalar_one() == 1


def test_that_what_was_written_is_there_after_opening_again(opened: Callable[[], Database]) -> None:
    first = opened()
    run = made(RunStore(first))
    first.close()
    assert RunStore(opened()).get(run.id) == run


def kept_aside(folder: Path) -> Path:
    (kept,) = [one for one in folder.glob("workspace.db.corrupt-*") if not one.name.endswith(("-wal", "-shm"))]
    return kept


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\x00" + b"\x07" * 5000, b"\x00"])
def test_that_a_damaged_file_is_kept_aside_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "workspace.db"
    path.write_bytes(content)
    path.with_name("workspace.db-wal").write_bytes(b"its log")
    database = Database(path)
    kept = kept_aside(tmp_path)
    assert kept.read_bytes() == content
    assert kept.with_name(kept.name + "-wal").exists()
    (notice,) = database.notices
    assert str(kept) in notice
    assert RunStore(database).list().total == 0
    database.close()


def test_that_damage_inside_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    database = Database(path)
    store = RunStore(database)
    for _ in range(50):
        store.create_run(experiment="flights", config=RunConfig(), project="/p" * 100)
    database.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 8] = b"\xff" * (4096 * 5)
    path.write_bytes(content)
    database = Database(path)
    assert database.notices
    assert kept_aside(tmp_path).read_bytes() == bytes(content)
    database.close()


def test_that_the_write_ahead_log_of_a_damaged_file_is_kept_too(tmp_path: Path) -> None:
    killed, path = tmp_path / "killed", tmp_path / "workspace.db"
    killed.mkdir()
    Database(path).close()
    database = Database(path)
    RunStore(database).create_run(experiment="flights", config=RunConfig())
    for ending in ("", "-wal"):  # as a killed server leaves them
        shutil.copy(tmp_path / f"workspace.db{ending}", killed)
    database.close()
    log = (killed / "workspace.db-wal").read_bytes()
    assert log
    content = b"SQLite format 3\x00" + b"\x07" * 5000
    (killed / "workspace.db").write_bytes(content)
    database = Database(killed / "workspace.db")
    database.close()
    assert sorted(one.read_bytes() == log for one in killed.glob("workspace.db.corrupt-*-wal")) == [True]


def test_that_a_killed_server_s_write_ahead_log_is_read(tmp_path: Path) -> None:
    killed, path = tmp_path / "killed", tmp_path / "workspace.db"
    killed.mkdir()
    database = Database(path)
    run = RunStore(database).create_run(experiment="flights", config=RunConfig())
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"workspace.db{ending}", killed)
    database.close()
    database = Database(killed / "workspace.db")
    assert RunStore(database).get(run.id) == run
    database.close()


def test_that_a_database_of_a_newer_program_is_left_as_it_is(opened: Callable[[], Database]) -> None:
    first = opened()
    with first.write() as write:
        write.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="newer Workbench"):
        opened()
    with first.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "9999"


def fill(store: RunStore) -> None:
    for _ in range(100):
        store.create_run(experiment="flights", config=RunConfig(), project="/p" * 4000)


def test_that_a_full_disk_gives_a_sentence_and_keeps_what_was_saved(sqlite_database: Database) -> None:
    database, store = sqlite_database, RunStore(sqlite_database)
    before = store.create_run(experiment="flights", config=RunConfig())
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")  # as full as a disk can be
    with pytest.raises(EnvironmentError_, match="The disk is full"):
        fill(store)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert store.get(before.id) == before
    after = store.create_run(experiment="flights", config=RunConfig())
    assert after.number == store.list().total


def test_that_a_broken_rule_of_the_tables_is_our_bug_and_no_fault_of_the_machine(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as write:
        write.exec_driver_sql("INSERT INTO params VALUES ('nobody', 'a', 'b')")


def test_that_many_threads_write_and_nothing_is_lost(store: RunStore) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                store.create_run(experiment="flights", config=RunConfig())
                store.list()
        except Exception as error:  # noqa: BLE001 (a thread's failure is the test's)
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    numbers = [run.number for run in store.list(limit=1000).runs]
    assert sorted(numbers) == list(range(1, 161))
