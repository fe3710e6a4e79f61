"""Runs go out as a folder of Parquet and files, and come back equal."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Cancelled, Conflict, UserError
from workbench.base.files import file_digest
from workbench.runs import RunStore, tables
from workbench.runs.chunks import Points
from workbench.runs.transfer import export_runs, import_runs, reader_of, selected
from workbench.schema import Artifact, DataInput, GitState, LogBatch, RunConfig, RunPatch, RunStatus

ODD = [1.0, float("nan"), float("inf"), float("-inf"), -0.0, 5e-324]


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "runs"


@pytest.fixture
def filled(store: RunStore, folders: Path) -> list[str]:
    """Runs of all kinds: with children, odd metrics, a long series, inputs, files, a log; ids in order."""
    store.create_experiment("flights", {"team": "delays"})
    ids: list[str] = []
    for at in range(4):
        run = store.create_run(
            experiment="flights" if at < 3 else "trains",
            config=RunConfig(script="train.py", variables={"RATE": "0.1"}),
            parent_id=ids[0] if at == 1 else None,
            name=f"run {at}",
            project="/project",
            script="train.py",
            arguments=("--rate", "0.1", "ü"),
            user="ann",
            git=GitState(commit="c" * 40, dirty=True),
            git_diff="+ a line",
            left_out=("big.bin",),
            environment_lock="numpy==2.0",
            python="3.11",
            snapshot="s" * 40,
            plan={"target": "local"},
            kind="job",
            status=RunStatus.RUNNING,
        )
        ids.append(run.id)
        store.log_batch(
            run.id,
            LogBatch(
                params={"depth": str(at), "empty": ""},
                tags={"colour": "blue"},
                inputs=(DataInput(kind="file", name="x", path="/x.csv", digest="sha256:0", rows=3),),
            ),
        )
        outputs = folders / run.id / "outputs" / "deep"
        outputs.mkdir(parents=True)
        (outputs / "model.bin").write_bytes(bytes([at]) * 1000)
        (folders / run.id / "log.txt").write_text(f"log of {at}\n")
        store.set_artifacts(run.id, [Artifact(path="deep/model.bin", size=1000, digest=file_digest(outputs / "model.bin"))])
    now = utc_now().timestamp()
    store.log_points(ids[0], "odd", Points(np.array([3, 1, 2, 2, -9, 2**62]), np.full(6, now), np.array(ODD)))
    many = np.arange(700_000)
    store.log_points(ids[2], "long", Points(many, now + many / 1000, np.sin(many)))
    for run_id in ids:
        store.set_status(run_id, RunStatus.FINISHED, "Ended well.", exit_code=0)
    store.patch(ids[2], RunPatch(notes="a note", archived=True))
    return ids


def wrote(store: RunStore, ids: Sequence[str], folder: Path, folders: Path, **more: Any) -> Any:
    return export_runs(
        store,
        ids,
        folder,
        outputs=lambda run_id: [folders / run_id / "outputs"],
        logs=lambda run_id: sorted((folders / run_id).glob("*.txt")),
        **more,
    )


def content(store: RunStore, folders: Path) -> dict[str, Any]:
    """All that a store says about its runs, with their points and files."""
    with store.database.read() as connection:
        rows: dict[str, Any] = {
            table.name: sorted(map(repr, connection.execute(sa.select(*(c for c in table.columns if c.name not in leave)))))
            for table in (tables.experiments, tables.experiment_tags, tables.runs, tables.params, tables.tags, tables.artifacts)
            for leave in [{"updated"}]
        }
        metrics = connection.execute(
            sa.select(*(tables.metric_latest.c[n] for n in ("run_id", "key", "last", "last_step", "min", "max", "count")))
        ).all()
        rows["metrics"] = sorted(map(repr, metrics))
        ids = list(connection.execute(sa.select(tables.runs.c.id)).scalars())
    for run_id in ids:
        rows[f"inputs of {run_id}"] = [repr(one) for one in store.get(run_id).inputs]
        for key in store.get(run_id).metrics:
            points = store.points(run_id, key)
            rows[f"{run_id} {key}"] = [part.tobytes() for part in (points.steps, points.times, points.values)]
        files = folders / run_id
        rows[f"files of {run_id}"] = {
            one.relative_to(files).as_posix(): one.read_bytes() for one in files.rglob("*") if one.is_file()
        }
    return rows


def test_that_an_export_comes_back_equal(
    filled: list[str], store: RunStore, second: RunStore, folders: Path, tmp_path: Path
) -> None:
    done = wrote(store, filled, tmp_path / "out", folders)
    assert (done.runs, done.files, done.left_out) == (4, 8, "")
    others = tmp_path / "second" / "runs"
    back = import_runs(second, reader_of(tmp_path / "out"), lambda run_id: others / run_id)
    assert set(back.added) == set(filled)
    assert back.left_out == ""
    assert content(second, others) == content(store, folders)


def test_that_a_second_import_adds_nothing_and_numbers_go_on(
    filled: list[str], store: RunStore, second: RunStore, folders: Path, tmp_path: Path
) -> None:
    wrote(store, filled, tmp_path / "out", folders)
    others = tmp_path / "second" / "runs"
    import_runs(second, reader_of(tmp_path / "out"), lambda run_id: others / run_id)
    before = content(second, others)
    again = import_runs(second, reader_of(tmp_path / "out"), lambda run_id: others / run_id)
    assert (again.added, again.present) == ((), 4)
    assert content(second, others) == before
    assert second.create_run(experiment="flights", config=RunConfig()).number == 4


def test_that_taken_numbers_give_way(filled: list[str], store: RunStore, second: RunStore, folders: Path, tmp_path: Path) -> None:
    wrote(store, filled, tmp_path / "out", folders)
    own = second.create_run(experiment="flights", config=RunConfig())
    import_runs(second, reader_of(tmp_path / "out"), lambda run_id: tmp_path / "second" / "runs" / run_id)
    numbers = sorted(second.get(run_id).number for run_id in [own.id, *filled[:3]])
    assert numbers == [1, 2, 3, 4]
    assert second.get(own.id).number == 1


def test_that_a_filter_selects(filled: list[str], store: RunStore, folders: Path, tmp_path: Path) -> None:
    assert selected(store, "params.depth = '1'") == [filled[1]]
    assert selected(store, experiments=["trains"]) == [filled[3]]
    assert set(selected(store, "attributes.status = 'FINISHED'")) >= {filled[0], filled[1], filled[3]}
    done = wrote(store, selected(store, experiments=["trains"]), tmp_path / "out", folders)
    assert done.runs == 1
    assert pq.read_table(tmp_path / "out" / "runs.parquet").column("id").to_pylist() == [filled[3]]


def test_that_the_tables_are_plain_parquet(filled: list[str], store: RunStore, folders: Path, tmp_path: Path) -> None:
    wrote(store, filled, tmp_path / "out", folders)
    metrics = pq.read_table(tmp_path / "out" / "metrics.parquet")
    assert metrics.column_names == ["run_id", "key", "position", "step", "time", "value"]
    assert metrics.num_rows == 700_006
    runs = pq.read_table(tmp_path / "out" / "runs.parquet").to_pylist()
    assert {row["name"] for row in runs} == {f"run {at}" for at in range(4)}
    assert json.loads(runs[0]["arguments"]) == ["--rate", "0.1", "ü"]
    assert (tmp_path / "out" / "artifacts" / filled[0] / "deep" / "model.bin").read_bytes() == b"\0" * 1000
    assert (tmp_path / "out" / "logs" / filled[0] / "log.txt").read_text() == "log of 0\n"


def test_that_an_unfinished_run_comes_back_as_lost(store: RunStore, second: RunStore, folders: Path, tmp_path: Path) -> None:
    run = store.create_run(experiment="flights", config=RunConfig(), status=RunStatus.RUNNING)
    wrote(store, [run.id], tmp_path / "out", folders)
    import_runs(second, reader_of(tmp_path / "out"), lambda run_id: tmp_path / "second" / run_id)
    back = second.get(run.id)
    assert (back.status, "still running" in back.reason) == (RunStatus.LOST, True)


def test_that_nothing_is_left_of_a_cancelled_export(filled: list[str], store: RunStore, folders: Path, tmp_path: Path) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done == 2:
            raise Cancelled

    before = sorted(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        wrote(store, filled, tmp_path / "out", folders, progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_that_a_folder_with_something_in_it_is_not_touched(
    filled: list[str], store: RunStore, folders: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(Conflict):
        wrote(store, filled, tmp_path / "out", folders)
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]


def test_that_a_made_up_export_writes_nothing_outside_of_its_runs(
    filled: list[str], store: RunStore, second: RunStore, folders: Path, tmp_path: Path
) -> None:
    wrote(store, filled[:1], tmp_path / "out", folders)
    (tmp_path / "out" / "artifacts" / filled[0] / "link").symlink_to("/etc/passwd")
    back = import_runs(second, reader_of(tmp_path / "out"), lambda run_id: tmp_path / "second" / run_id)
    assert "links that lead out" in back.left_out
    assert not (tmp_path / "second" / filled[0] / "outputs" / "link").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../../../outside"},
        {"id": ".."},
        {"id": ""},
        {"status": "nonsense"},
        {"config": '{"nothing": 1}'},
        {"experiment_id": "none"},
        {"git": "[]"},
        {"plan": '"x"'},
        {"left_out": "7"},
    ],
)
def test_that_a_run_of_a_made_up_export_is_none(
    filled: list[str], store: RunStore, second: RunStore, folders: Path, tmp_path: Path, changes: dict[str, str]
) -> None:
    wrote(store, filled[:1], tmp_path / "out", folders)
    path = tmp_path / "out" / "runs.parquet"
    table = pq.read_table(path)
    for name, value in changes.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.schema.field(at), [[value]])
    pq.write_table(table, path)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "log.txt").write_text("mine")
    with pytest.raises(UserError, match=r"is no export as Workbench writes it|of the export is none"):
        import_runs(second, reader_of(tmp_path / "out"), lambda run_id: tmp_path / "deep" / "workspace" / "runs" / run_id)
    assert second.list().total == 0
    assert [one.name for one in (tmp_path / "outside").iterdir()] == ["log.txt"]


def test_that_a_newer_or_damaged_export_is_said(filled: list[str], store: RunStore, folders: Path, tmp_path: Path) -> None:
    wrote(store, filled[:1], tmp_path / "out", folders)
    for name in ("runs.parquet", "params.parquet", "metrics.parquet"):
        path = tmp_path / "out" / name
        whole = path.read_bytes()
        for content in (b"no parquet", whole[: len(whole) // 2]):
            path.write_bytes(content)
            with pytest.raises(UserError, match=f"{name} cannot be read"):
                reader_of(tmp_path / "out")
        path.unlink()
        with pytest.raises(UserError, match=f"lacks the file {name}"):
            reader_of(tmp_path / "out")
        path.write_bytes(whole)
    mark = tmp_path / "out" / "workbench.json"
    mark.write_text(mark.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(UserError, match="newer Workbench"):
        reader_of(tmp_path / "out")


def test_that_times_are_exact_to_the_microsecond(store: RunStore, second: RunStore, folders: Path, tmp_path: Path) -> None:
    run = store.create_run(experiment="flights", config=RunConfig(), created=utc_now() - timedelta(days=400, microseconds=7))
    store.set_status(run.id, RunStatus.FINISHED)
    wrote(store, [run.id], tmp_path / "out", folders)
    import_runs(second, reader_of(tmp_path / "out"), lambda run_id: tmp_path / "second" / run_id)
    assert second.get(run.id).created == run.created
