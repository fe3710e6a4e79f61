import pytest

from tests.models.conftest import Workspace, settled
from workbench.base.errors import NotFound, UserError
from workbench.schema import DataInput, Lineage, LogBatch, ServiceRequest


def kinds(lineage: Lineage) -> list[tuple[str, str]]:
    return [(part.kind, part.title) for part in lineage.parts]


def test_that_the_way_from_data_to_service_is_the_same_from_every_part(workspace: Workspace) -> None:
    version = workspace.model()
    workspace.finished_run(name="another")
    manager = workspace.manager()
    manager.create(ServiceRequest(name="delay-svc", model="delay", version=1))
    settled(manager, "delay-svc")
    origin = [("data", "flights.csv"), ("preparation", "flights.wbprep"), ("run", "Run 1")]
    chain = [*origin, ("model", "delay"), ("service", "delay-svc")]
    registry = workspace.registry
    assert kinds(registry.lineage("service", "delay-svc")) == chain
    assert kinds(registry.lineage("model", "delay:1")) == chain
    from_run = registry.lineage("run", version.run_id)
    assert kinds(from_run) == chain
    assert [part.id for part in from_run.parts] == [
        str(workspace.project / "data" / "flights.csv"),
        str(workspace.project / "data" / "flights.wbprep"),
        version.run_id,
        "delay:1",
        "delay-svc",
    ]
    assert [part.detail for part in from_run.parts][:2] == ["336,776 rows", "flights, 1,000 rows"]
    for kind, index in (("data", 0), ("preparation", 1)):
        found = kinds(registry.lineage(kind, from_run.parts[index].id))  # type: ignore[arg-type]
        assert found == [*origin[:2], ("run", "Run 2 · another"), ("run", "Run 1"), *chain[3:]]


def test_that_a_plain_file_and_paths_of_other_projects_are_kept_apart(workspace: Workspace) -> None:
    run = workspace.finished_run()
    elsewhere = str(workspace.project.parent / "other" / "data" / "flights.csv")
    workspace.store.log_batch(run.id, LogBatch(inputs=(DataInput(kind="file", name="extra", path="/data/extra.parquet", rows=1),)))
    assert kinds(workspace.registry.lineage("data", elsewhere)) == [("data", "flights.csv")]
    found = workspace.registry.lineage("data", "/data/extra.parquet")
    assert kinds(found) == [("data", "extra.parquet"), ("run", "Run 1")]
    assert found.parts[0].detail == "1 row"


def test_that_a_deleted_run_leaves_model_and_service(workspace: Workspace) -> None:
    version = workspace.model()
    workspace.store.delete(version.run_id)
    assert kinds(workspace.registry.lineage("model", "delay:1")) == [("model", "delay")]


def test_that_unknown_things_give_a_sentence(workspace: Workspace) -> None:
    registry = workspace.registry
    with pytest.raises(NotFound, match="no run"):
        registry.lineage("run", "0" * 32)
    with pytest.raises(NotFound, match="no version 3 of a model delay"):
        registry.lineage("model", "delay:3")
    with pytest.raises(UserError, match="name:version"):
        registry.lineage("model", "delay")
    with pytest.raises(NotFound, match="no service"):
        registry.lineage("service", "nothing")


def test_that_a_path_in_a_jobs_copy_means_the_projects_file(workspace: Workspace) -> None:
    run = workspace.finished_run()
    copy = workspace.paths.run(run.id) / "work" / "data" / "other.wbprep"
    workspace.store.log_batch(run.id, LogBatch(inputs=(DataInput(kind="prep", name="other", path=str(copy)),)))
    package = str(workspace.project / "data" / "other.wbprep")
    assert package in [part.id for part in workspace.registry.lineage("run", run.id).parts]
    assert [part.id for part in workspace.registry.lineage("preparation", package).parts] == [package, run.id]


def test_that_data_at_an_address_keeps_it(workspace: Workspace) -> None:
    run = workspace.finished_run()
    given = DataInput(kind="dataset", name="flights", path="s3://bucket/2013/flights.parquet")
    workspace.store.log_batch(run.id, LogBatch(inputs=(given,)))
    assert given.path in [part.id for part in workspace.registry.lineage("run", run.id).parts]
