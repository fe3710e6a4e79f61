"""Event files that tensorboardX has written, read without it."""

import math
from pathlib import Path

import pytest

from tests import tools
from tests.runs.transfer.conftest import TENSORBOARD, Import
from workbench.base.errors import UserError
from workbench.runs import RunStore
from workbench.runs.transfer import reader_of
from workbench.schema import Run

_written: list[Path] = []


@pytest.fixture
def logs(tmp_path_factory: pytest.TempPathFactory, tensorboard_python: Path, tmp_path: Path) -> Path:
    """A folder with the event files of several runs; written once, copied for each test."""
    import shutil

    if not _written:
        folder = tmp_path_factory.mktemp("tensorboard") / "logs"
        tools.run(tensorboard_python, TENSORBOARD, folder, cwd=folder.parent)
        _written.append(folder)
    return shutil.copytree(_written[0], tmp_path / "logs")


def by_name(store: RunStore) -> dict[str, Run]:
    return {run.name: store.get(run.id) for run in store.search(limit=100).runs}


def test_that_folders_are_runs_with_scalars_texts_and_pictures(logs: Path, store: RunStore, bring: Import, tmp_path: Path) -> None:
    done = bring(logs)
    runs = by_name(store)
    assert {"first", "second/inner"} <= set(runs)
    run = runs["second/inner"]
    assert (run.experiment, run.kind) == ("logs", "imported")
    points = store.points(run.id, "train/loss")
    assert points.steps.tolist() == list(range(100))
    assert points.values.tolist() == pytest.approx([1 / (step + 1) for step in range(100)], rel=1e-6)  # 32 bits in the file
    assert points.times.tolist() == [1_700_000_000.0 + step for step in range(100)]
    odd = store.points(run.id, "odd").values.tolist()
    assert math.isnan(odd[0])
    assert odd[1] == math.inf
    outputs = tmp_path / "workspace" / "runs" / run.id / "outputs"
    assert (outputs / "texts" / "note" / "text_summary" / "7.txt").read_text() == "some *text*"
    assert (outputs / "images" / "digits" / "one" / "2.png").read_bytes().startswith(b"\x89PNG")
    assert "histograms" in done.left_out


def test_that_hyperparameters_are_params(logs: Path, store: RunStore, bring: Import) -> None:
    bring(logs)
    found = [run for run in by_name(store).values() if run.params]
    assert len(found) == 2
    assert found[0].params == {"lr": "0.1", "layers": "3", "model": "tree", "fast": "True"}
    assert store.points(found[0].id, "final").values.tolist() == [0.25]


def test_that_a_second_import_adds_nothing(logs: Path, store: RunStore, bring: Import) -> None:
    first = bring(logs)
    again = bring(logs)
    assert (again.added, again.present) == ((), len(first.added))


def test_that_a_file_that_is_cut_or_damaged_gives_what_stands_before(logs: Path, store: RunStore, bring: Import) -> None:
    cut = next((logs / "first").glob("events*"))
    cut.write_bytes(cut.read_bytes()[:2000])
    damaged = next((logs / "second" / "inner").glob("events*"))
    content = bytearray(damaged.read_bytes())
    content[1500:1600] = b"\xff" * 100
    damaged.write_bytes(content)
    done = bring(logs)
    assert "2 ends of damaged or unfinished files" in done.left_out
    for name in ("first", "second/inner"):
        assert 5 < len(store.points(by_name(store)[name].id, "train/loss")) < 100


def test_that_a_single_file_is_a_run_and_garbage_is_none(logs: Path, store: RunStore, bring: Import, tmp_path: Path) -> None:
    done = bring(next((logs / "first").glob("events*")), "mine")
    assert len(done.added) == 1
    assert store.get(done.added[0]).experiment == "mine"
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "events.out.tfevents.1").write_bytes(b"no event file at all")
    done = bring(empty)
    assert done.added == ()
    assert "folders without scalars" in done.left_out
    (empty / "events.out.tfevents.1").unlink()
    with pytest.raises(UserError):
        reader_of(empty)
