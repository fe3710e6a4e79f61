"""Databases that an earlier Workbench wrote."""

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import workbench.runs.database
from workbench.base.errors import EnvironmentError_
from workbench.runs.database import HEAD, Database
from workbench.runs.store import RunStore
from workbench.schema import RunStatus

RUN = "ab" * 16
ROWS = f"""
INSERT INTO experiments (id, name, created, last_number) VALUES ('e1', 'flights', 1700000000000000, 3);
INSERT INTO runs (id, experiment_id, number, name, status, arguments, created, started, ended, config, left_out, git, archived)
    VALUES ('{RUN}', 'e1', 3, 'old', 'finished', '["--rate", "1"]', 1700000000000001, 1700000000000002, 1700000001000000,
    '{{"name": "local"}}', '["big.csv"]', '{{"branch": "main"}}', false);
INSERT INTO params VALUES ('{RUN}', 'depth', '3');
INSERT INTO tags VALUES ('{RUN}', 'team', 'blue');
INSERT INTO metric_latest (id, run_id, key, last, last_step, min, max, count) VALUES (7, '{RUN}', 'loss', 0.5, 1, 0.5, 2.0, 3);
INSERT INTO metric_points VALUES (7, 0, 0, 1700000000.25, 2.0), (7, 1, 1, 1700000000.5, NULL), (7, 2, 1, 1700000000.75, 0.5);
INSERT INTO inputs (run_id, kind, path, digest, content) VALUES ('{RUN}', 'prep', 'a.wbprep', 'sha256:1',
    '{{"kind": "prep", "name": "a", "path": "a.wbprep", "digest": "sha256:1",
    "sources": [{{"path": "a.csv", "digest": "sha256:2"}}]}}');
INSERT INTO jobs (run_id, status, spec, history, queued_at) VALUES ('{RUN}', 'finished', '{{}}', '[]', 1700000000000001);
INSERT INTO models VALUES ('tree', 1700000000000000);
INSERT INTO model_versions (name, version, run_id, path, files, size, digest, tags, metrics, created)
    VALUES ('tree', 4, '{RUN}', 'outputs/m', '[]', 1, 'd', '{{}}', '{{}}', 1700000000000000);
"""


@pytest.fixture
def first_version(empty_place: Path | str) -> Path | str:
    """A database as the first version wrote it."""
    url = f"sqlite:///{empty_place}" if isinstance(empty_place, Path) else empty_place
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(Path(workbench.runs.database.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in ROWS.split(";\n"):
            if statement.strip():
                connection.execute(sa.text(statement.replace(":", "\\:")))
    engine.dispose()
    return empty_place


@pytest.fixture
def place(first_version: Path | str) -> Path | str:
    """The databases of this file are the first version's."""
    return first_version


def test_that_a_first_version_s_database_is_upgraded_with_all_it_holds(
    first_version: Path | str, opened: Callable[[], Database]
) -> None:
    database = opened()
    store = RunStore(database)
    run = store.get(RUN)
    assert (run.number, run.name, run.status, run.arguments, run.left_out) == (
        3, "old", RunStatus.FINISHED, ("--rate", "1"), ("big.csv",),
    )  # fmt: skip
    assert (run.params, run.tags, run.git.branch, run.kind, run.children) == ({"depth": "3"}, {"team": "blue"}, "main", "", 0)
    summary = run.metrics["loss"]
    assert (summary.last, summary.last_time, summary.count) == (0.5, 1700000000.75, 3)
    values = store.points(RUN, "loss").values.tolist()
    assert (values[0], math.isnan(values[1]), values[2]) == (2.0, True, 0.5)
    assert store.list(filter="metrics.loss < 1 and params.depth = '3'").total == 1
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT last_version FROM models").scalar_one() == 4
        assert connection.exec_driver_sql("SELECT digest FROM input_digests ORDER BY digest").scalars().all() == [
            "sha256:1",
            "sha256:2",
        ]
        assert connection.exec_driver_sql("SELECT priority, attempt, resources FROM jobs").one() == (0, 1, "{}")


def test_that_an_upgraded_database_has_exactly_the_tables_of_the_program(
    first_version: Path | str, opened: Callable[[], Database]
) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with opened().read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), workbench.runs.database.metadata) == []


def test_that_a_copy_is_kept_before_an_upgrade(first_version: Path | str, opened: Callable[[], Database], tmp_path: Path) -> None:
    database = opened()
    assert database.notices == []
    if isinstance(first_version, str):
        with database.read() as connection:
            (kept,) = [name for name in sa.inspect(connection).get_schema_names() if name.startswith(f"before_{HEAD}_from_0001_")]
            assert connection.exec_driver_sql(f'SELECT version_num FROM "{kept}".alembic_version').scalar_one() == "0001"
            assert connection.exec_driver_sql(f'SELECT count(*) FROM "{kept}".metric_points').scalar_one() == 3
        return
    (copy,) = tmp_path.glob(f"workspace.db.before-{HEAD}-from-0001-*")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("SELECT count(*) FROM metric_points").fetchone() == (3,)


def test_that_a_user_who_may_make_no_copy_is_told_to_make_one(first_version: Path | str) -> None:
    if isinstance(first_version, Path):
        pytest.skip("A file can always be copied.")
    engine = sa.create_engine(first_version)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE plain LOGIN PASSWORD 'geheim'")
        connection.exec_driver_sql("GRANT CREATE, USAGE ON SCHEMA public TO plain")
        for table in sa.inspect(connection).get_table_names():
            connection.exec_driver_sql(f'ALTER TABLE "{table}" OWNER TO plain')
    try:
        url = sa.make_url(first_version).set(username="plain", password="geheim")
        database = Database(url.render_as_string(hide_password=False))
        (notice,) = database.notices
        assert "permission denied" in notice
        assert "pg_dump" in notice
        assert "geheim" not in notice
        assert RunStore(database).get(RUN).params == {"depth": "3"}
        database.close()
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY plain")
            connection.exec_driver_sql("DROP ROLE plain")
        engine.dispose()


def test_that_an_upgrade_that_fails_leaves_the_database_as_it_was(
    first_version: Path | str, opened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_table: str, _column: object, **_more: object) -> None:
        raise EnvironmentError_("The power is gone.")

    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.add_column", fail)
        with pytest.raises(EnvironmentError_, match="The power is gone"):
            opened()
    assert RunStore(opened()).get(RUN).params == {"depth": "3"}
