"""Stores that MLflow itself has written come over whole, and once."""

import json
import math
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests import tools
from tests.runs.transfer.conftest import MLFLOW, Import
from workbench.base.errors import Cancelled, NotFound, UserError
from workbench.base.files import file_digest
from workbench.runs import RunStore
from workbench.runs.transfer import reader_of
from workbench.schema import RunStatus

Source = tuple[Path, dict[str, str]]
"""Where a store of MLflow's is, and the ids of its runs by their names."""

_written: dict[str, tuple[Path, dict[str, str]]] = {}


def written(kind: str, python: Path, folder: Path) -> Source:
    """A store that MLflow has written, once for all tests."""
    if kind not in _written:
        path = folder / kind
        uri, artifacts = (path.as_uri(), "") if kind == "mlruns" else (f"sqlite:///{path}", (folder / "kept").as_uri())
        printed = tools.run(python, MLFLOW, uri, artifacts, cwd=folder, MLFLOW_ALLOW_FILE_STORE="true", GIT_PYTHON_REFRESH="quiet")
        _written[kind] = (path, json.loads(printed.splitlines()[-1]))
    return _written[kind]


@pytest.fixture
def folder_source(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, mlflow_python: Path) -> Source:
    """A copy of a folder `mlruns`."""
    path, ids = written("mlruns", mlflow_python, tmp_path_factory.mktemp("folder"))
    return shutil.copytree(path, tmp_path / "project" / "mlruns"), ids


@pytest.fixture
def database_source(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, mlflow_python: Path) -> Source:
    """A copy of a database; it tells where its artifacts are."""
    path, ids = written("mlflow.db", mlflow_python, tmp_path_factory.mktemp("database"))
    (tmp_path / "project").mkdir()
    return Path(shutil.copy(path, tmp_path / "project" / "mlflow.db")), ids


@pytest.fixture(params=["folder_source", "database_source"])
def source(request: pytest.FixtureRequest) -> Source:
    """Either of them."""
    found: Source = request.getfixturevalue(request.param)
    return found


def test_that_all_of_a_store_comes_over(source: Source, store: RunStore, bring: Import, tmp_path: Path) -> None:
    path, ids = source
    done = bring(path)
    assert set(done.added) == set(ids.values())
    assert "registered models" in done.left_out
    run = store.get(ids["parent"])
    assert (run.name, run.experiment, run.kind, run.number, run.notes) == ("parent", "flights", "imported", 1, "a note")
    assert run.params == {"depth": "3", "with/slash": "a b"}
    assert run.tags["colour"] == "blue"
    assert run.status is RunStatus.FINISHED
    assert run.started is not None
    assert run.ended is not None
    assert run.started == run.created <= run.ended
    points = store.points(run.id, "loss")
    assert points.steps.tolist() == list(range(50))
    assert points.values.tolist() == [1 / (step + 1) for step in range(50)]
    assert all(abs(time - run.created.timestamp()) < 600 for time in points.times)
    odd = dict(zip(store.points(run.id, "odd/values").steps.tolist(), store.points(run.id, "odd/values").values, strict=True))
    assert math.isnan(odd[-3])
    assert (odd[4], odd[5]) == (math.inf, -math.inf)
    assert {one.path: one.size for one in run.artifacts} == {"reports/hello.txt": 5, "empty.txt": 0}
    kept = tmp_path / "workspace" / "runs" / run.id / "outputs" / "reports" / "hello.txt"
    assert kept.read_text() == "hello"
    assert {one.path: one.digest for one in run.artifacts}["reports/hello.txt"] == file_digest(kept)
    (data,) = run.inputs
    assert (data.kind, data.name, data.path, data.rows, data.context) == ("dataset", "points", "points", 2, "training")
    assert data.tags["mlflow.data.context"] == "training"
    assert data.digest
    assert store.experiment("flights").tags["team"] == "delays"


def test_that_nesting_and_ends_come_over(source: Source, store: RunStore, bring: Import) -> None:
    path, ids = source
    bring(path)
    assert store.get(ids["child"]).parent_id == ids["parent"]
    states = {name: store.get(ids[name]).status for name in ("failed", "running", "deleted")}
    assert states == {"failed": RunStatus.FAILED, "running": RunStatus.LOST, "deleted": RunStatus.CANCELLED}
    assert "no end" in store.get(ids["running"]).reason


def test_that_what_was_deleted_is_in_the_trash(source: Source, store: RunStore, bring: Import) -> None:
    path, ids = source
    bring(path)
    assert {run.id for run in store.trashed()} == {ids["deleted"], ids["old"]}
    assert {run.id for run in store.search(limit=100).runs} == {ids[name] for name in ("parent", "child", "failed", "running")}
    assert store.experiment("gone").deleted is not None
    assert store.experiment("flights").deleted is None


def test_that_a_second_import_adds_nothing(source: Source, store: RunStore, bring: Import) -> None:
    path, ids = source
    bring(path)
    before = store.get(ids["parent"])
    again = bring(path)
    assert (again.added, again.present, again.changed) == ((), 6, 0)
    assert store.get(ids["parent"]) == before


def test_that_a_cancelled_import_leaves_whole_runs_and_goes_on_later(
    source: Source, store: RunStore, bring: Import, tmp_path: Path
) -> None:
    path, ids = source
    seen: list[int] = []

    def stop(done: int, _total: int, text: str) -> None:
        seen.append(done)
        if done == 1 or text == "reports/hello.txt":
            raise Cancelled

    with pytest.raises(Cancelled):
        bring(path, progress=stop)
    here = {run.id for run in store.search(view="all", limit=100).runs}
    assert len(here) < 6
    folders = tmp_path / "workspace" / "runs"
    assert {one.name for one in folders.iterdir()} <= here if folders.exists() else True
    done = bring(path)
    assert len(done.added) == 6 - len(here)
    assert {one.path for one in store.get(ids["parent"]).artifacts} == {"reports/hello.txt", "empty.txt"}


def test_that_a_run_that_has_changed_since_is_left_and_said(source: Source, store: RunStore, bring: Import) -> None:
    path, ids = source
    bring(path)
    if path.is_dir():
        next(path.rglob(f"{ids['failed']}/tags")).joinpath("late").write_text("1")
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('late', '1', ?)", (ids["failed"],))
            connection.commit()
    again = bring(path)
    assert (again.added, again.present, again.changed) == ((), 6, 1)
    assert "late" not in store.get(ids["failed"]).tags


def test_that_one_experiment_can_take_all(source: Source, store: RunStore, bring: Import) -> None:
    path, _ = source
    bring(path, "everything")
    assert {one.name for one in store.experiments()} == {"everything"}
    assert bring(path, "again").present == 6
    assert {one.name for one in store.experiments()} == {"everything"}


def test_that_a_moved_folder_is_read_with_its_artifacts(
    folder_source: Source, store: RunStore, bring: Import, tmp_path: Path
) -> None:
    path, ids = folder_source
    moved = tmp_path / "elsewhere" / "mlruns"
    moved.parent.mkdir()
    shutil.move(path, moved)
    done = bring(moved.parent)
    assert len(done.added) == 6
    assert {one.path for one in store.get(ids["parent"]).artifacts} == {"reports/hello.txt", "empty.txt"}


def test_that_no_file_outside_of_a_run_s_artifacts_is_taken(source: Source, store: RunStore, bring: Import, tmp_path: Path) -> None:
    path, ids = source
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("secret")
    if path.is_dir():
        artifacts = next(path.rglob(f"{ids['parent']}/artifacts"))
        (artifacts / "link.txt").symlink_to(secret / "key.txt")
        (artifacts / "folder").symlink_to(secret)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE runs SET artifact_uri = ?", (secret.as_uri(),))
            connection.commit()
    bring(path)
    assert not [file for file in (tmp_path / "workspace").rglob("*") if file.is_file() and file.read_text() == "secret"]


def test_that_links_of_a_made_up_folder_bring_in_no_file_of_the_user_s(
    folder_source: Source, store: RunStore, bring: Import, tmp_path: Path
) -> None:
    path, ids = folder_source
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("secret")
    run = next(path.rglob(ids["failed"]))
    (run / "params" / "stolen").symlink_to(secret / "key.txt")
    (run / "tags" / "stolen").symlink_to(secret / "key.txt")
    (run / "metrics").mkdir(exist_ok=True)
    (run / "metrics" / "stolen").symlink_to(secret / "key.txt")
    if (run / "artifacts").is_dir():
        shutil.rmtree(run / "artifacts")
    (run / "artifacts").symlink_to(secret)
    done = bring(path)
    assert "4 links that lead out of the folder" in done.left_out
    found = store.get(ids["failed"])
    assert not {"stolen"} & {*found.params, *found.tags, *found.metrics}
    assert not [file for file in (tmp_path / "workspace").rglob("*") if file.is_file() and file.read_bytes() == b"secret"]


def test_that_damaged_parts_are_left_out_and_said(folder_source: Source, store: RunStore, bring: Import) -> None:
    path, ids = folder_source
    next(path.rglob(f"{ids['failed']}/meta.yaml")).write_text("{ not yaml")
    with next(path.rglob(f"{ids['child']}/metrics/loss")).open("a") as file:
        file.write("nonsense\n1 2 99999999999999999999\n")
    parent = next(path.rglob(ids["parent"]))
    (parent / "params" / "depth").write_bytes(b"\xff\xfe")
    meta = (parent / "meta.yaml").read_text()
    (parent / "meta.yaml").write_text(re.sub("(start|end)_time: .*", r"\1_time: soon", meta) + "artifact_uri: 'http://[x'\n")
    done = bring(path)
    assert "1 params and tags that cannot be read" in done.left_out
    assert "2 lines of metrics that cannot be read" in done.left_out
    assert (store.get(ids["parent"]).started, store.get(ids["parent"]).params) == (None, {"with/slash": "a b"})
    assert len(done.added) == 5
    assert "1 folders whose meta.yaml cannot be read" in done.left_out
    assert len(store.points(ids["child"], "loss")) == 1


def test_that_a_damaged_database_is_left_out_in_parts_or_said(
    database_source: Source, store: RunStore, bring: Import, tmp_path: Path
) -> None:
    path, ids = database_source
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE runs SET start_time = 'soon', artifact_uri = 'http://[x' WHERE run_uuid = ?", (ids["parent"],))
        connection.execute("UPDATE metrics SET value = 'much' WHERE run_uuid = ? AND key = 'loss' AND step = 7", (ids["parent"],))
        connection.execute("UPDATE params SET value = CAST(x'fffe' AS TEXT) WHERE key = 'depth'")
        connection.commit()
    done = bring(path)
    assert len(done.added) == 6
    assert "1 values of metrics that are no numbers (loss)" in done.left_out
    assert len(store.points(ids["parent"], "loss")) == 49
    assert store.get(ids["parent"]).params["depth"] == "\ufffd\ufffd"
    for size in range(len(whole) // 8, len(whole), len(whole) // 8):
        cut = tmp_path / "cut.db"
        cut.write_bytes(whole[:size])
        with pytest.raises(UserError, match=r"cannot be read as a database|holds no runs"):
            bring(cut)


def test_that_what_is_no_source_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        reader_of(tmp_path / "none")
    with pytest.raises(UserError, match="holds no runs"):
        reader_of(tmp_path)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE runs (id)")
    with pytest.raises(UserError, match="holds no runs"):
        reader_of(tmp_path / "other.db")
