"""What is particular to a database on a server."""

import socket
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import PASSWORD, PostgresServer
from tests.runs.making import made
from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.masking import stored_name
from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.base.settings import Settings
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import LogBatch


@pytest.mark.parametrize("url", ["nonsense", "mysql://me@host/runs", "postgresql://host", "sqlite:///x.db"])
def test_that_another_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(UserError) as refused:
        Database(url)
    assert "postgresql://user@host/database" in refused.value.hint


def test_that_a_server_out_of_reach_and_a_wrong_password_are_said_without_the_password(postgres_url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = sa.make_url(postgres_url).set(port=free.getsockname()[1])
    wrong = sa.make_url(postgres_url).set(password="falsch")
    for url in (away, wrong):
        with pytest.raises(EnvironmentError_) as failed:
            Database(url.render_as_string(hide_password=False))
        assert "could not be used" in failed.value.message
        assert not {PASSWORD, "falsch"} & set(str(failed.value).replace("@", " ").replace(":", " ").split())


def test_that_a_server_that_was_started_again_is_found_again(postgres: PostgresServer, postgres_url: str) -> None:
    database = Database(postgres_url)
    store = RunStore(database)
    run = made(store)
    postgres.stop()
    with pytest.raises(EnvironmentError_):
        store.get(run.id)
    postgres.start()
    assert store.get(run.id) == run
    assert made(store).number == 2
    database.close()


def test_that_a_text_that_the_server_cannot_hold_is_refused(postgres_url: str) -> None:
    database = Database(postgres_url)
    store = RunStore(database)
    run = made(store)
    with pytest.raises(UserError, match="zero byte"):
        store.log_batch(run.id, LogBatch(params={"a": "x\x00y", "b": "1"}))
    assert store.get(run.id).params == {}
    database.close()


def test_that_the_settings_name_the_database_and_the_secret_has_its_password(tmp_path: Path, postgres_url: str) -> None:
    from workbench.server.databases import database_place

    paths = WorkspacePaths(tmp_path / "home")
    assert database_place(paths, Settings()) == paths.database
    url = sa.make_url(postgres_url)
    settings = Settings(database_url=url.set(password=None).render_as_string())
    SecretStore(paths.root).set(stored_name("database_password"), PASSWORD)
    place = database_place(paths, settings)
    assert PASSWORD not in settings.database_url
    database = Database(place)
    assert PASSWORD not in database.place
    assert made(RunStore(database)).number == 1
    database.close()
