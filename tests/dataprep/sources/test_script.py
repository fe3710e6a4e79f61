"""Sources that a Python script reads."""

from pathlib import Path

import pytest

from tests.dataprep.sources.conftest import Reading
from workbench.base.errors import UserError
from workbench.dataprep.sources import DataSource
from workbench.dataprep.sources.readers.script import describe_script
from workbench.dataprep.sources.specs import ScriptSpec


def test_that_a_module_with_read_is_given_the_paths(project: Path, read: Reading) -> None:
    (project / "raw.txt").write_text("1|x\n2|y\n")
    code = "import pandas as pd\n\ndef read(paths):\n    return pd.read_csv(paths[0], sep='|', names=['n', 's'])\n"
    (project / "reader.py").write_text(code)
    source = DataSource(name="raw", files=("reader.py", "raw.txt"), spec=ScriptSpec())
    found = read(source)
    assert (found.types, found.rows) == ({"n": "integer", "s": "string"}, [(1, "x"), (2, "y")])
    key = found.reader.key
    (project / "raw.txt").write_text("1|x\n2|y\n3|z\n")
    assert read(source).rows[-1] == (3, "z")
    assert read(source).reader.key != key


def test_that_code_in_the_source_sets_df_and_its_columns_are_declared(project: Path, read: Reading) -> None:
    spec = describe_script(ScriptSpec(code="import polars as pl\ndf = pl.DataFrame({'a': ['1', 'x']})"), ())
    assert [(column.name, column.type) for column in spec.columns] == [("a", "string")]
    found = read(DataSource(name="made", spec=spec.with_column("a", "integer")))
    assert found.rows == [(1,), (None,)]
    assert found.errors == {(1, "a"): ("no whole number", "x")}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("df = 1 / 0", "division by zero"),
        ("df = (", "is not valid Python"),
        ("df = 5", "source made"),
        ("while True:\n    pass\ndf = None", "source made"),
    ],
)
def test_that_a_script_that_fails_or_never_ends_is_told_in_one_sentence(read: Reading, code: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as raised:
        read(DataSource(name="made", spec=ScriptSpec(code=code, seconds=3)))
    assert "Traceback" not in str(raised.value)


def test_that_a_source_without_a_script_says_so(read: Reading) -> None:
    with pytest.raises(UserError, match="which script reads the data"):
        read(DataSource(name="made", spec=ScriptSpec()))
