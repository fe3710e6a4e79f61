"""Script steps: what they compute, what becomes of failures, and that no script takes Workbench down."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import Cancelled, UserError
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Convert,
    ScriptColumn,
    ScriptFilter,
    ScriptFrame,
    ScriptPartition,
    ScriptWrite,
    StepBase,
)
from workbench.dataprep.workers import Script, read_by_script

Rows = list[tuple[str | None, ...]]
TABLE = "n,air time,s\n1,10,a\n4,20,\n-1,30,ü\n"


def _package(*steps: StepBase, name: str = "data.csv") -> Package:
    return Package(flows=(Dataflow(id="f", name="flow", source=FileRef(path=name), steps=steps),))


def _children() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    living = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]  # others' may wait to be collected
    return [child for child in living if "workers.main" in " ".join(child.cmdline())]


@pytest.fixture
def data(project: Path) -> Path:
    (project / "data.csv").write_text(TABLE)
    return project


@pytest.mark.parametrize(
    ("code", "form"),
    [
        ("math.sqrt(row.n) + row['air time']", "expression"),
        ("from math import sqrt\nx = sqrt(row.n)\nx + row['air time']", "expression"),
        ("if row.n > 0:\n    return math.sqrt(row.n) + row['air time']\nraise ValueError('math domain error')", "expression"),
        ("def helper(x):\n    return math.sqrt(x)\ndef newvalue(row):\n    return helper(row.n) + row['air time']", "module"),
    ],
)
def test_that_a_column_is_computed_and_a_failing_row_is_an_error(data: Path, engine: Engine, code: str, form: str) -> None:
    step = ScriptColumn(column="r", code=code, form=form, type="decimal", after="n")
    with engine.view(_package(step), "f") as view:
        assert [column.name for column in view.columns] == ["n", "r", "air time", "s"]
        window = view.window(0, 9)
        assert window.columns[1] == ("11.0", "22.0", None)
        assert window.errors[1, 2].code.startswith("script: ValueError: ")
        assert window.errors[1, 2].original is None
        assert view.errors == {"r": 1}
        assert any("in r is an error" in note.message for note in view.notes)


def test_that_error_cells_arrive_as_exceptions_with_the_original_value(data: Path, engine: Engine) -> None:
    steps = (
        Convert(columns=("s",), to="integer"),
        ScriptColumn(column="o", code="row.s.original_value if isinstance(row.s, CellError) else 'sound'"),
        ScriptColumn(column="same", code="row.s + 1", type="integer"),
        ScriptColumn(column="back", code="row.s", type="integer"),
    )
    with engine.view(_package(*steps), "f") as view:
        window = view.window(0, 9)
        assert window.columns[3] == ("a", "sound", "ü")
        for column in (2, 4, 5):
            assert (window.errors[column, 0].code, window.errors[column, 0].original) == ("no whole number", "a")
        assert window.errors[4, 1].code.startswith("script: TypeError")
        assert (5, 1) not in window.errors


def test_that_values_that_do_not_fit_the_type_are_errors_with_the_value(
    run_steps: Callable[..., Rows], data: Path, engine: Engine
) -> None:
    step = ScriptColumn(column="i", code="row.n / 2", type="integer")
    with engine.view(_package(step), "f") as view:
        window = view.window(0, 9)
        assert window.columns[3] == (None, "2", None)
        assert (window.errors[3, 0].code, window.errors[3, 0].original) == ("no whole number", "0.5")


@pytest.mark.parametrize(
    ("code", "type_", "shown"),
    [
        ("row.n * 2", "integer", "2"),
        ("row.n / 2", "decimal", "0.5"),
        ("np.float64(row.n)", "decimal", "1.0"),
        ("row.n > 0", "boolean", "true"),
        ("datetime.date(2020, 2, 29)", "date", "2020-02-29"),
        ("pd.Timestamp(2020, 2, 29, 12)", "timestamp", "2020-02-29 12:00:00"),
        ("datetime.time(1, 2)", "time", "01:02:00"),
        ("[row.n, 'ü']", "string", '[1, "ü"]'),
        ("{'a': 1} if row.n == 4 else str(row.n)", "string", "1"),
        ("None", "string", None),
    ],
)
def test_that_the_type_is_learned_from_the_first_rows(data: Path, engine: Engine, code: str, type_: str, shown: str | None) -> None:
    package = _package(ScriptColumn(column="v", code=code))
    learned = engine.learn(package, "f", 0)
    assert isinstance(learned, ScriptColumn)
    assert learned.type == type_
    with engine.view(_package(learned), "f") as view:
        assert view.window(0, 1).columns[3] == (shown,)


def test_that_an_existing_column_is_replaced_in_its_place(run_steps: Callable[..., Rows]) -> None:
    assert run_steps("a,b\n1,x\n", ScriptColumn(column="A", code="str(row.a) + row.b")) == [("1x", "x")]


def test_that_a_filter_keeps_true_rows_and_counts_failures(data: Path, engine: Engine) -> None:
    with engine.view(_package(ScriptFilter(code="1 / (row.n - 1) < 1")), "f") as view:
        assert view.window(0, 9).columns[0] == ("4", "-1")
        assert [note.message for note in view.notes] == [
            "The script failed for 1 row, which were left out: ZeroDivisionError: division by zero."
        ]


@pytest.mark.parametrize(
    ("code", "frames"),
    [
        ("df['m'] = df['n'] * 2\ndf = df[df['n'] > 0]", "pandas"),
        ("df.assign(m=df['n'] * 2).query('n > 0')", "pandas"),
        ("df.with_columns(m=pl.col('n') * 2).filter(pl.col('n') > 0)", "polars"),
    ],
)
def test_that_a_frame_is_transformed_with_learned_columns(data: Path, engine: Engine, code: str, frames: str) -> None:
    raw = ScriptFrame(code=code, frames=frames)
    with pytest.raises(UserError, match="learn it"):
        engine.view(_package(raw), "f")
    learned = engine.learn(_package(raw), "f", 0)
    assert [(c.name, c.type) for c in learned.columns] == [  # type: ignore[attr-defined]
        ("n", "integer"), ("air time", "integer"), ("s", "string"), ("m", "integer"),
    ]  # fmt: skip
    assert [column.name for column in engine.schema_at(_package(learned), "f")] == ["n", "air time", "s", "m"]
    assert engine.to_arrow(_package(learned), "f").to_pydict() == {
        "n": [1, 4], "air time": [10, 20], "s": ["a", None], "m": [2, 8],
    }  # fmt: skip


def test_that_new_data_that_gives_other_columns_are_told(project: Path, engine: Engine) -> None:
    (project / "data.csv").write_text("k,v\na,1\nb,2\n")
    step = ScriptFrame(code="df.pivot_table(columns='k', values='v', aggfunc='sum')")
    learned = engine.learn(_package(step), "f", 0)
    (project / "data.csv").write_text("k,v\na,1\nb,2\nc,3\n")
    with engine.view(_package(learned), "f") as view:
        assert [column.name for column in view.columns] == ["index", "a", "b"] or [c.name for c in view.columns] == ["a", "b"]
        assert any("The script gives c besides" in note.message for note in view.notes)
    (project / "data.csv").write_text("k,v\na,1\n")
    with pytest.raises(UserError, match="gives no column b on these rows"):
        engine.view(_package(learned), "f")


def test_that_parts_are_consecutive_and_numbered(project: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"i": list(range(250_000))}), project / "big.parquet")
    code = "def transform(df, index):\n    return df.assign(part=index).iloc[::2]"
    learned = engine.learn(_package(ScriptPartition(code=code, form="module"), name="big.parquet"), "f", 0)
    table = engine.to_arrow(_package(learned, name="big.parquet"), "f")
    assert table["i"].to_pylist() == list(range(0, 250_000, 2))
    parts = table["part"].to_pylist()
    assert parts == sorted(parts)
    assert set(parts) == set(range(len(set(parts))))
    assert len(set(parts)) > 1


def test_that_writing_by_a_script_happens_in_runs_alone_and_from_the_project(data: Path, engine: Engine) -> None:
    package = _package(ScriptWrite(code="df.to_csv('by_script.csv', index=False)\nprint('written')"))
    engine.view(package, "f").close()
    assert not (data / "by_script.csv").exists()
    report = engine.run(package, "f")
    assert (data / "by_script.csv").read_text().splitlines()[0] == "n,air time,s"
    assert [(output.path, output.rows) for output in report.outputs] == [(None, 3)]
    assert any("printed: written" in note.message for note in report.notes)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("while True: pass\n1", r"the step 'Set v by a script of 2 lines' did not end within its limit of 1 s"),
        ("re.match('(a+)+$', 'a' * 60 + 'b')", "did not end within its limit of 1 s"),
        ("import sys\nsys.exit(1)", r"called sys\.exit\(1\)"),
        ("import os\nos._exit(3)", "ended with the exit code 3"),
        ("import os\nos.kill(os.getpid(), 9)", "signal SIGKILL"),
        ("len([0] * 10 ** 10)", "needed more memory than its limit of 200 MB"),
        ("a = []\nwhile True: a.append('x' * 10**6)\n1", "needed more memory than its limit of 200 MB"),
        ("import nowhere\n1", "failed: It raised ModuleNotFoundError in line 1"),
    ],
)
def test_that_no_script_takes_workbench_down(data: Path, engine: Engine, code: str, message: str) -> None:
    step = ScriptColumn(column="v", code=code, seconds=1, memory=200)
    with pytest.raises(UserError, match=message) as raised:
        engine.view(_package(step), "f")
    assert str(raised.value).count("\n") == 0
    assert not _children()
    with engine.view(_package(), "f") as view:
        assert view.row_count == 3


def test_that_cancelling_ends_the_script(data: Path, engine: Engine) -> None:
    cancel = threading.Event()
    threading.Timer(1.5, cancel.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        engine.view(_package(ScriptColumn(column="v", code="while True: pass\n1")), "f", cancel=cancel)
    assert time.monotonic() - began < 10
    assert not _children()


def test_that_output_is_remarked_with_measure(project: Path, engine: Engine) -> None:
    (project / "data.csv").write_text("a\n" + "".join(f"{i}\n" for i in range(100)))
    with engine.view(_package(ScriptColumn(column="v", code="print('at', row.a)\nrow.a", type="integer")), "f") as view:
        said = [note.message for note in view.notes]
    assert said[:2] == ["The script printed: at 0", "The script printed: at 1"]
    assert len(said) == 11
    assert said[-1] == "The script printed: ... and more lines"
    assert not _children()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (ScriptColumn(column="v", code=""), "The script is empty."),
        (ScriptColumn(column="v", code="row.n +"), "The script is not valid Python in line 1: invalid syntax."),
        (ScriptColumn(column="v", code="x = 1"),
         "The script is not valid Python: its last line must be the value, such as row.price * 2."),
        (ScriptColumn(column="v", code="row.m"), "There is no column m here. It has n, air time and s."),
        (ScriptColumn(column="v", code="1", form="module"),
         "The script is not valid Python: it defines no function newvalue(row)."),
        (ScriptColumn(column=" ", code="1"), "Give the new column a name."),
        (ScriptFilter(code="def includerow(row):\n    return True"),
         "The script is not valid Python: it defines the function includerow, so its form is a module, not an expression."),
    ],
)  # fmt: skip
def test_that_wrong_code_is_said_before_it_runs(data: Path, engine: Engine, step: StepBase, message: str) -> None:
    found = engine.problems(_package(step), "f")[0]
    assert found[0].message.replace("n, air time, s", "n, air time and s") == message


def test_that_only_the_columns_in_the_code_are_looked_at() -> None:
    def columns(code: str) -> tuple[str, ...] | None:
        return Script("column", code).columns()

    assert columns("row.a + row['b c'] * row.a") == ("a", "b c")
    assert columns("f = lambda x: x.z\nf(row.a)") == ("a", "z") or columns("f = lambda x: x.z\nf(row.a)") == ("a",)
    assert columns("len(row)") is None
    assert columns("row[name]") is None
    assert columns("row.get('a')") is None
    assert columns("1") == ()


def test_that_a_source_is_read_by_a_script(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n2\n")
    path = [str(tmp_path / "a.csv")]
    for code in (
        "df = pd.read_csv(paths[0])",
        "pd.read_csv(paths[0])",
        "def read(paths):\n    import pandas\n    return pandas.read_csv(paths[0])",
    ):
        assert read_by_script(code, path).to_pydict() == {"x": [1, 2]}
    with pytest.raises(UserError, match=r"The script of the source failed: It raised FileNotFoundError in line 1"):
        read_by_script("df = pd.read_csv('nothing.csv')", path)
    with pytest.raises(UserError, match="must give a data frame, and gave a value of the type list"):
        read_by_script("df = [1]", path)
    with pytest.raises(UserError, match="it must set df"):
        read_by_script("x = 1", path)
    assert not _children()
