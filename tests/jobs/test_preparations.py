"""Data preparations as jobs: what they record, what stands in for their sources, and when they need not run again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.recipe import recipe
from workbench.dataprep.sources import DataSource, Sample
from workbench.dataprep.steps import Keep, WriteParquet
from workbench.jobs.manager import JobManager
from workbench.projects import Project
from workbench.schema import DataInput, JobRequest, Run, RunStatus

Workspace = Any
RunJob = Callable[..., Run]


@pytest.fixture
def prepared(project: Project) -> Project:
    """A project with data, a source with a sample, and a package that reads it and writes a file."""
    folder = project.folder
    (folder / "data.csv").write_text("a,b\n1,x\n2,y\n3,z\n")
    (folder / "other.csv").write_text("a,b\n9,q\n")
    source = DataSource.create(folder / "data.csv", folder).model_copy(update={"samples": (Sample(name="two", count=2),)})
    source.save(folder / "data.wbsource")
    _save(project, "b")
    (folder / "read.py").write_text(
        "import sys, workbench\nframe = workbench.prep('prep.wbprep')\nworkbench.log('rows', len(frame))\n"
        "workbench.log('direct', len(workbench.source('data.wbsource')))\n"
    )
    return project


def _save(project: Project, column: str, note: str = "") -> None:
    steps = (
        Keep(columns=tuple(dict.fromkeys(("a", column))), note=note, id="1" * 32),
        WriteParquet(path="made.parquet", id="2" * 32),
    )
    flow = Dataflow(id="3" * 32, name="clean", source=FileRef(path="data.wbsource"), steps=steps)
    Package(flows=(flow,)).save(project.folder / "prep.wbprep")


@pytest.fixture
def running(workspace: Workspace) -> Iterator[JobManager]:
    with workspace.manager() as manager:
        yield manager


@pytest.fixture
def run_job(running: JobManager, workspace: Workspace, prepared: Project) -> RunJob:
    """Runs a script of the project to its good end, with lines for its run configuration."""

    def run(script: str = "prep.wbprep", config: str = "", **request: Any) -> Run:
        text = f'{config}\n[environment]\nkind = "workbench"\n'
        (prepared.folder / "runconfig" / "local.toml").write_text(text)
        made = running.submit(JobRequest(project=str(prepared.folder), script=script, **request))
        ended: Run = workspace.end_of(made.id)
        assert ended.status is RunStatus.FINISHED, f"{ended.reason}\n{workspace.log(ended.id)}"
        return ended

    return run


def _prep(run: Run) -> DataInput:
    return next(one for one in run.inputs if one.kind == "prep")


def test_that_a_run_records_the_steps_and_the_files_with_their_digests(run_job: RunJob, prepared: Project) -> None:
    given = _prep(run_job())
    assert (given.path, given.flow, given.rows) == ("prep.wbprep", "clean", 3)
    assert [step.op for step in given.steps] == ["keep", "write_parquet"]
    assert all(step.digest.startswith("sha256:") and step.text for step in given.steps)
    assert [(one.path, one.rows) for one in given.sources] == [("data.csv", 3)]
    assert [(one.path, one.rows) for one in given.written] == [(str(prepared.folder / "made.parquet"), 3)]
    assert given.repeatable
    read = _prep(run_job("read.py"))
    assert (read.flow_digest, read.steps) == (given.flow_digest, given.steps)
    assert read.written == ()


def test_that_the_digest_of_a_flow_is_that_of_what_it_does(run_job: RunJob, prepared: Project) -> None:
    def digest() -> str:
        package = Package.load(prepared.folder / "prep.wbprep")
        return str(recipe(package, package.flows[0], prepared.folder)["flow_digest"])

    first = _prep(run_job("read.py"))
    assert first.flow_digest == digest()
    _save(prepared, "b", note="only a note")
    assert digest() == first.flow_digest
    _save(prepared, "a")
    assert digest() != first.flow_digest


def test_that_a_preparation_is_not_run_again_while_nothing_has_changed(
    run_job: RunJob, prepared: Project, running: JobManager
) -> None:
    first = run_job()
    again = run_job()
    assert again.result_of == first.id
    assert again.reason == f"Nothing has changed since run {first.number}: its result counts."
    assert again.inputs == first.inputs
    assert running.get(again.id).status is RunStatus.FINISHED
    assert run_job("prep.wbprep").result_of == first.id, "the run that did the work is named, not the one that was skipped"
    plan = running.plan(JobRequest(project=str(prepared.folder), script="prep.wbprep"))
    assert plan.starts.startswith(f"Not at all: nothing has changed since run {first.number}")
    assert run_job(force=True).result_of is None


def test_that_any_change_makes_a_preparation_run_again(run_job: RunJob, prepared: Project, running: JobManager) -> None:
    folder = prepared.folder
    run_job()

    def runs_again() -> bool:
        plan = running.plan(JobRequest(project=str(folder), script="prep.wbprep"))
        return not plan.starts.startswith("Not at all: nothing has changed since")

    assert not runs_again()
    changes: dict[str, bytes | None] = {
        "prep.wbprep": (folder / "prep.wbprep").read_bytes().replace(b"keep", b"drop"),
        "data.csv": b"a,b\n1,x\n2,y\n3,Z\n",
        "made.parquet": None,
        "data.wbsource": (folder / "data.wbsource").read_bytes().replace(b'"name": "data"', b'"name": "data2"'),
    }
    for name, content in changes.items():
        before = (folder / name).read_bytes()
        assert content != before
        (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
        assert runs_again(), name
        (folder / name).write_bytes(before)
        assert not runs_again(), name
    assert run_job(config='inputs = {data = "other.csv"}').result_of is None
    assert run_job(config='inputs = {data = "other.csv"}').result_of is not None


def test_that_a_configuration_puts_other_files_in_place_of_sources(run_job: RunJob) -> None:
    run = run_job("read.py", config='inputs = {data = "other.csv"}')
    assert (run.metrics["rows"].last, run.metrics["direct"].last) == (1, 1)
    assert [one.path for one in _prep(run).sources] == ["other.csv"]


def test_that_a_configuration_chooses_samples_of_sources(run_job: RunJob, prepared: Project) -> None:
    run = run_job("read.py", config='samples = {data = "two"}')
    assert (run.metrics["rows"].last, run.metrics["direct"].last) == (2, 2)
    assert _prep(run).sample == "two of data"
    place = prepared.folder / "data.wbsource"
    DataSource.load(place).model_copy(update={"active_sample": "two"}).save(place)
    assert run_job("read.py").metrics["rows"].last == 3, "a job reads all rows unless it is told otherwise"
    run = run_job("read.py", config="use_samples = true")
    assert (run.metrics["rows"].last, _prep(run).sample) == (2, "the active samples")


def test_that_an_unknown_sample_is_named_with_the_known_ones(running: JobManager, workspace: Workspace, prepared: Project) -> None:
    text = 'samples = {data = "three"}\n[environment]\nkind = "workbench"\n'
    (prepared.folder / "runconfig" / "local.toml").write_text(text)
    run = workspace.end_of(running.submit(JobRequest(project=str(prepared.folder), script="prep.wbprep")).id)
    assert run.status is RunStatus.FAILED
    assert "The source data has no sample three. It has: two." in run.reason


def test_that_the_package_of_a_run_is_kept_as_it_was(run_job: RunJob, prepared: Project, running: JobManager) -> None:
    before = (prepared.folder / "prep.wbprep").read_bytes()
    run = run_job()
    _save(prepared, "a")
    assert running.snapshots.read(run.snapshot, _prep(run).path) == before
    assert json.loads(before)["flows"][0]["name"] == "clean"
    assert Path(run.project) == prepared.folder
