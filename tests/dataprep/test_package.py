"""The package file."""

import json
from pathlib import Path

import pytest

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.code import to_python
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.steps import Derive, Remove, Rename, Sort, SortKey, WriteParquet


def sample() -> Package:
    steps = (
        Rename(column="a", to="b", note="clearer"),
        Derive.learn("c", ("b",), [(("517",), "5AM-6AM")]),
        Sort(keys=(SortKey(column="b"),), enabled=False),
        WriteParquet(path="out/a.parquet"),
    )
    return Package(flows=(Dataflow(id="one", name="first", source=FileRef(path="a.csv"), steps=steps),))


def test_that_a_package_comes_back_equal(tmp_path: Path) -> None:
    package = sample().save(tmp_path / "a.wbprep")
    loaded = Package.load(tmp_path / "a.wbprep")
    assert loaded.flows == package.flows
    assert loaded.to_text() == package.to_text()
    assert loaded.folder == tmp_path


def test_that_changing_one_step_changes_only_its_block() -> None:
    before = sample()
    flow = before.flows[0]
    after = before.with_flow(flow.with_steps((flow.steps[0].model_copy(update={"to": "z"}), *flow.steps[1:])))
    changed = [(x, y) for x, y in zip(before.to_text().splitlines(), after.to_text().splitlines(), strict=True) if x != y]
    assert [x.strip() for pair in changed for x in pair] == ['"to": "b"', '"to": "z"']


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"version": 1, "flows": [', "line 1"),
        ('{"version": 9, "flows": []}', "version"),
        ("[]", "not valid"),
        ('{"version": 1, "flows": [{"name": "x"}]}', "flows.0"),
    ],
)
def test_that_a_damaged_package_gives_the_place_and_stays_as_it_is(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "a.wbprep"
    path.write_text(text)
    with pytest.raises(UserError, match=sentence) as raised:
        Package.load(path)
    assert str(path) in raised.value.place
    assert path.read_text() == text


def test_that_a_missing_package_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no data preparation"):
        Package.load(tmp_path / "none.wbprep")


def test_that_a_step_of_a_newer_version_is_kept_and_refuses_to_run(project: Path, engine: Engine) -> None:
    (project / "a.csv").write_text("a,b\n1,2\n")
    raw = {"version": 2, "flows": [{"id": "x", "name": "x", "source": {"kind": "file", "path": "a.csv"},
           "steps": [{"op": "teleport", "id": "s", "where": {"x": 1}}]}]}  # fmt: skip
    path = project / "a.wbprep"
    path.write_text(json.dumps(raw))
    package = Package.load(path)
    package.save(path)
    assert json.loads(path.read_text()) == raw
    with pytest.raises(UserError, match="does not know the step 'teleport'"):
        engine.view(package, "x")
    with engine.view(package, "x", -1) as view:
        assert view.row_count == 1


def test_that_flows_in_a_circle_are_refused(project: Path, engine: Engine) -> None:
    one = Dataflow(id="1", name="one", source=FlowRef(flow="2"))
    two = Dataflow(id="2", name="two", source=FlowRef(flow="1"))
    with pytest.raises(UserError, match="in a circle: one → two → one"):
        engine.view(Package(flows=(one, two)), "one")


def test_that_a_flow_in_use_is_not_removed() -> None:
    one = Dataflow(id="1", name="one", source=FileRef(path="a.csv"))
    two = Dataflow(id="2", name="two", source=FlowRef(flow="1"), steps=(Remove(columns=("x",)),))
    package = Package(flows=(one, two))
    with pytest.raises(UserError, match="The flow two uses this one"):
        package.without_flow("1")
    assert package.without_flow("2").flows == (one,)


def test_that_the_generated_code_is_python_and_names_the_steps(tmp_path: Path) -> None:
    code = to_python(sample().save(tmp_path / "a.wbprep"))
    compile(code, "a.py", "exec")
    assert "1. Rename a to b" in code
    assert "with_name('a.wbprep')" in code


def test_that_a_package_of_a_newer_workbench_and_a_folder_are_said_as_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "new.wbprep").write_text('{"version": 99, "flows": [], "more": 1}')
    with pytest.raises(UserError, match=r"written by a newer Workbench .*version 99.*Update Workbench"):
        Package.load(tmp_path / "new.wbprep")
    with pytest.raises(UserError, match="is a folder, not a data preparation"):
        Package.load(tmp_path)
