"""`.wbsource` files."""

import json
from pathlib import Path

import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.sources import DataSource, Sample
from workbench.dataprep.sources.specs import SqlSpec

VERSION_1 = {
    "version": 1, "id": "a" * 32, "name": "old", "path": "data.csv",
    "spec": {
        "kind": "delimited", "columns": [{"name": "a", "type": "integer", "format": ""}], "notes": [], "questions": [],
        "delimiter": ",", "quote": '"', "encoding": "utf-8", "header": True, "skip_rows": 0, "decimal": ".", "missing": [""],
    },
}  # fmt: skip


def test_that_a_file_of_version_1_is_read_and_left_as_it_is(project: Path, read: Reading) -> None:
    (project / "data.csv").write_text("a\n1\n")
    path = project / "old.wbsource"
    path.write_text(json.dumps(VERSION_1))
    before = path.read_bytes()
    assert DataSource.load(path).version == 2
    assert read("old.wbsource").rows == [(1,)]
    assert path.read_bytes() == before


def test_that_the_text_leaves_defaults_out_and_reads_back_the_same(project: Path) -> None:
    (project / "data.csv").write_text("a,b\n1,x\n")
    source = DataSource.create(project / "data.csv", project)
    assert json.loads(source.to_text()) == {
        "version": 2, "id": source.id, "name": "data", "path": "data.csv",
        "spec": {"kind": "delimited", "columns": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]},
    }  # fmt: skip
    full = source.model_copy(
        update={
            "samples": (Sample(name="Top", count=5), Sample(name="Tenth", kind="percent", share=0.1, seed=3)),
            "active_sample": "Tenth",
            "path_column": "Path",
            "storage": {"anon": True},
        }
    )
    full.save(project / "data.wbsource")
    assert DataSource.load(project / "data.wbsource") == full
    assert full.columns[0].name == "Path"


def test_that_the_active_sample_is_the_one_in_use(project: Path, read: Reading) -> None:
    (project / "data.csv").write_text("a\n" + "".join(f"{number}\n" for number in range(100)))
    source = DataSource.create(project / "data.csv", project).model_copy(
        update={"samples": (Sample(name="Few", count=3), Sample(name="All", kind="full")), "active_sample": "Few"}
    )
    source.save(project / "data.wbsource")
    found = read("data.wbsource")
    assert (found.rows, found.truncated) == ([(0,), (1,), (2,)], True)
    assert len(read(source.model_copy(update={"active_sample": ""})).rows) == 100


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 3}, "was written by a newer Workbench"),
        ({"active_sample": "x"}, "there is no sample x"),
        ({"samples": [{"name": "a"}, {"name": "a"}]}, "two samples have the same name"),
        ({"storage": {"secret_key": "abc"}}, "is a secret, which is never kept in a file"),
        ({"spec": {"kind": "magic"}}, "is not valid"),
        ({"name": 5}, "is not valid"),
    ],
)
def test_that_what_is_wrong_in_a_file_is_told(project: Path, change: dict[str, object], sentence: str) -> None:
    path = project / "a.wbsource"
    path.write_text(json.dumps({**VERSION_1, "version": 2, **change}))
    with pytest.raises(UserError, match=sentence) as raised:
        DataSource.load(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"name": "\\ud800"}', "it is not UTF-8 text"),
        ('{"name": ' + "9" * 5000 + "}", "it holds a value that cannot be read"),
        ("[" * 100_000, "it is nested too deep"),
        ('{"name": }', "line 1: Expecting value"),
        ("[]", "the whole file"),
    ],
)
def test_that_a_damaged_file_is_told_with_the_reason(project: Path, text: str, sentence: str) -> None:
    path = project / "a.wbsource"
    path.write_text(text)
    with pytest.raises(UserError, match=sentence):
        DataSource.load(path)


def test_that_passwords_are_in_no_file() -> None:
    source = DataSource(name="db", spec=SqlSpec(dialect="postgresql", host="h", user="u", table="t"))
    assert "password" not in source.to_text()
    assert "password" not in SqlSpec.model_fields


def test_that_names_come_from_the_data(project: Path) -> None:
    for name, expected in (("a.csv", "a"), ("b.csv.txt", "b"), (".hidden", "hidden")):
        (project / name).write_text("x,y\n1,2\n")
        assert DataSource.create(project / name, project).name == expected


def test_that_the_engine_previews_folders_and_packed_files(project: Path, engine: Engine) -> None:
    import gzip

    (project / "a.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    with engine.preview(project / "a.csv.gz") as view:
        assert view.window(0, 10).columns[0] == ("1",)
