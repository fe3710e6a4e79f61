import hashlib
import threading
from pathlib import Path

import pytest

from tests.models.conftest import Workspace
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.schema import ModelChanged, ModelRequest, RunConfig, RunStatus


def test_that_a_version_is_a_copy_with_digests_metrics_and_its_origin(workspace: Workspace) -> None:
    run = workspace.finished_run()
    version = workspace.registry.register(
        ModelRequest(name="delay", run_id=run.id, path="model.json", description="first", tags={"kind": "toy"})
    )
    source = workspace.paths.run(run.id) / "outputs" / "model.json"
    assert (version.name, version.version, version.run_id, version.run_number) == ("delay", 1, run.id, 1)
    assert (version.experiment, version.project) == ("flights", str(workspace.project))
    assert version.digest == "sha256:" + hashlib.sha256(source.read_bytes()).hexdigest() == version.files[0].digest
    assert version.metrics == {"auc": 0.75}
    assert version.size == source.stat().st_size
    assert version.tags == {"kind": "toy"}
    source.unlink()
    assert (workspace.registry.folder("delay", 1) / "model.json").read_text() == '{"factor": 10}'
    assert workspace.events == [ModelChanged(name="delay", version=1)]


def test_that_a_folder_becomes_the_versions_content(workspace: Workspace) -> None:
    version = workspace.registry.register(ModelRequest(name="texts", run_id=workspace.finished_run().id, path="report"))
    assert [file.path for file in version.files] == ["a.txt", "b.txt"]
    assert version.size == 9


def test_that_a_path_with_outputs_in_front_is_understood(workspace: Workspace) -> None:
    run = workspace.finished_run()
    version = workspace.registry.register(ModelRequest(name="m", run_id=run.id, path="outputs/model.json"))
    assert [file.path for file in version.files] == ["model.json"]


def test_that_a_running_runs_outputs_can_be_registered(workspace: Workspace) -> None:
    run = workspace.store.create_run(experiment="e", config=RunConfig(), status=RunStatus.RUNNING)
    outputs = workspace.paths.run(run.id) / "work" / "outputs"
    outputs.mkdir(parents=True)
    with pytest.raises(NotFound, match="no outputs yet"):
        workspace.registry.register(ModelRequest(name="m", run_id=run.id, path="model.bin"))
    (outputs / "model.bin").write_bytes(b"\0")
    assert workspace.registry.register(ModelRequest(name="m", run_id=run.id, path="model.bin")).size == 1


def test_that_a_missing_path_gives_what_there_is(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match=r"Run 1 of flights has no model\.pkl in its outputs\. There are: model\.json, rep"):
        workspace.registry.register(ModelRequest(name="m", run_id=workspace.finished_run().id, path="model.pkl"))
    assert workspace.registry.list() == ()
    assert list(workspace.paths.models.glob("*/*")) == []


@pytest.mark.parametrize("path", ["../log.txt", "/etc/passwd"])
def test_that_nothing_outside_the_outputs_can_be_registered(workspace: Workspace, path: str) -> None:
    with pytest.raises(UserError, match="does not lie in the run's outputs"):
        workspace.registry.register(ModelRequest(name="m", run_id=workspace.finished_run().id, path=path))


def test_that_no_link_of_a_job_brings_other_files_into_a_model(workspace: Workspace, tmp_path: Path) -> None:
    run = workspace.finished_run()
    outputs = workspace.paths.run(run.id) / "outputs"
    (tmp_path / "private.txt").write_text("private")
    (outputs / "link.txt").symlink_to(tmp_path / "private.txt")
    (outputs / "folder").symlink_to(tmp_path)
    (outputs / "report" / "c.txt").symlink_to(tmp_path / "private.txt")
    for path in ("link.txt", "folder", "folder/private.txt", "report"):
        with pytest.raises(UserError, match="is a link that leads out of the run's outputs"):
            workspace.registry.register(ModelRequest(name="m", run_id=run.id, path=path))
    assert workspace.registry.list() == ()
    (outputs / "report" / "c.txt").unlink()
    (outputs / "report" / "c.txt").symlink_to(outputs / "model.json")  # within the outputs: as good as the file
    files = workspace.registry.register(ModelRequest(name="m", run_id=run.id, path="report")).files
    assert [file.path for file in files] == ["a.txt", "b.txt", "c.txt"]


def test_that_outputs_that_are_a_link_themselves_are_not_registered(workspace: Workspace, tmp_path: Path) -> None:
    run = workspace.store.create_run(experiment="e", config=RunConfig(), status=RunStatus.RUNNING)
    work = workspace.paths.run(run.id) / "work"
    work.mkdir(parents=True)
    (work / "outputs").symlink_to(tmp_path)
    with pytest.raises(UserError, match="are a link to another folder"):
        workspace.registry.register(ModelRequest(name="m", run_id=run.id, path="."))


def test_that_names_that_would_share_a_folder_elsewhere_are_refused(workspace: Workspace) -> None:
    workspace.model("Delay")
    with pytest.raises(Conflict, match="differs only in case"):
        workspace.model("delay")
    with pytest.raises(UserError, match="ends in a dot"):
        workspace.model("delay.")


def test_that_numbers_rise_and_are_never_given_twice(workspace: Workspace) -> None:
    assert [workspace.model().version for _ in range(3)] == [1, 2, 3]
    workspace.registry.delete("delay", 3)
    assert workspace.model().version == 4
    assert [version.version for version in workspace.registry.versions("delay")] == [4, 2, 1]
    assert not workspace.registry.folder("delay", 3).exists()
    workspace.registry.delete("delay")
    assert workspace.registry.list() == ()
    assert workspace.model().version == 5


def test_that_registering_at_once_gives_each_its_own_number(workspace: Workspace) -> None:
    run = workspace.finished_run()
    numbers: list[int] = []
    request = ModelRequest(name="delay", run_id=run.id, path="model.json")
    threads = [threading.Thread(target=lambda: numbers.append(workspace.registry.register(request).version)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 9))


def test_that_a_list_shows_the_latest_of_each_model(workspace: Workspace) -> None:
    workspace.model("a")
    workspace.model("b")
    workspace.model("a")
    shown = workspace.registry.list()
    assert [(model.name, model.latest, model.versions, model.services) for model in shown] == [("a", 2, 2, 0), ("b", 1, 1, 0)]
    assert shown[0].updated > shown[0].created
    assert shown[0].project == str(workspace.project)


def test_that_unknown_models_and_versions_give_the_known_ones(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="Register one"):
        workspace.registry.get("delay")
    workspace.model()
    with pytest.raises(NotFound, match=r"There are: delay\."):
        workspace.registry.versions("other")
    with pytest.raises(NotFound, match=r"no version 7\. There are: 1\."):
        workspace.registry.get("delay", 7)


def test_that_a_model_outlives_its_run(workspace: Workspace) -> None:
    version = workspace.model()
    workspace.store.delete(version.run_id)
    assert workspace.registry.get("delay").run_number == 0
    assert Path(workspace.registry.folder("delay", 1), "model.json").exists()
