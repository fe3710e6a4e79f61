"""The SDK as a script uses it: in a Python of its own, with nothing but the standard library."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench.jobs.sdkcopy import sdk_folder

SAYS = "workbench: not part of a tracked run, so nothing is recorded. Start it with: workbench submit SCRIPT\n"


@pytest.fixture
def copy(home: Path) -> Path:
    return sdk_folder(home)


def _run(
    code: str, copy: Path, cwd: Path, interpreter: str = sys.executable, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Runs `code` with an interpreter that sees no installed package, only the copy of the SDK."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    environment = {**kept, "PYTHONPATH": str(copy), **variables}
    command = [interpreter, "-S", "-W", "error", "-c", code]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def _in_run(
    code: str, copy: Path, folder: Path, interpreter: str = sys.executable
) -> tuple["subprocess.CompletedProcess[str]", list[dict[str, Any]], Path]:
    run, work = folder / "run", folder / "work"
    outputs = work / "outputs"
    run.mkdir()
    outputs.mkdir(parents=True)
    variables = {"WORKBENCH_RUN_ID": "1" * 32, "WORKBENCH_RUN_DIR": str(run), "WORKBENCH_OUTPUTS": str(outputs)}
    done = _run(code, copy, work, interpreter, **variables)
    events = run / "events.jsonl"
    return done, [json.loads(line) for line in events.read_text().splitlines()] if events.exists() else [], outputs


def test_that_the_copy_needs_no_installed_package_and_is_made_once(copy: Path, tmp_path: Path, home: Path) -> None:
    done = _run("import workbench, sys; print(workbench.__version__, 'pydantic' in sys.modules)", copy, tmp_path)
    assert done.stdout.split()[1] == "False", done.stderr
    assert sdk_folder(home) == copy
    assert [path.name for path in (home / "sdk").iterdir()] == [copy.name]
    assert not (copy / "workbench/base").exists()


def _interpreter(version: str) -> str:
    """Another Python of this machine, as uv or pyenv has it; the test is skipped where there is none."""
    find = [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", "--no-project", version]
    found = subprocess.run(find, capture_output=True, text=True, timeout=60).stdout.split()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found += [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    if not found:
        pytest.skip(f"there is no Python {version} here")
    return found[0]


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.13"])
def test_that_the_environment_of_a_job_may_have_another_python(copy: Path, tmp_path: Path, version: str) -> None:
    code = """
import importlib, pkgutil, workbench.sdk
for module in pkgutil.iter_modules(workbench.sdk.__path__):
    importlib.import_module(f"workbench.sdk.{module.name}")
for name in workbench.sdk.__all__:
    getattr(workbench, name)
workbench.log("a", 1); workbench.log_params({"b": 2}); workbench.log_text("folder/x.txt", "x"); workbench.log_image("p", b"PNG")
workbench.log_row("rows", a=1, b=None); workbench.log_table("table", {"a": [1.5, float("nan")]})
workbench.log_artifact(importlib.__file__)
"""
    interpreter = _interpreter(version)
    done, events, outputs = _in_run(code, copy, tmp_path, interpreter=interpreter)
    assert (done.returncode, done.stderr) == (0, "")
    assert [event["key"] for event in events] == ["a", "b"]
    kept = {path.relative_to(outputs).as_posix() for path in outputs.rglob("*") if path.is_file()}
    assert kept == {"folder/x.txt", "images/p.png", "tables/rows.jsonl", "tables/table.jsonl", "__init__.py"}


def test_that_every_call_outside_a_run_works_and_says_once_that_nothing_is_recorded(copy: Path, tmp_path: Path) -> None:
    code = """
import workbench
workbench.log("a", 1); workbench.log_metrics({"b": 2.5}, step=1); workbench.log_params({"c": 3}); workbench.set_tags({"d": 4})
workbench.log_text("x.txt", "x"); workbench.log_image("p", b"PNG"); workbench.log_artifact("there.txt")
print(workbench.current_run())
"""
    (tmp_path / "there.txt").write_text("x")
    done = _run(code, copy, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", SAYS)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "workspace") == ["there.txt"]


def test_that_events_are_written_one_line_each_with_every_kind_of_number(copy: Path, tmp_path: Path) -> None:
    code = """
import workbench
class Scalar:
    def __float__(self): return 0.5
workbench.log("a", 1, step=3); workbench.log("a", float("nan")); workbench.log("a", float("-inf")); workbench.log("a", Scalar())
workbench.log_metrics({"b": True, "c": 10**20}); workbench.log_params({"p": None, "q": [1]}); workbench.set_tags({"t": "ü"})
"""
    done, events, _ = _in_run(code, copy, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    values = [event["value"] for event in events if event["kind"] == "metric"]
    assert values[0] == 1
    assert math.isnan(values[1])
    assert values[2:] == [-math.inf, 0.5, 1.0, 1e20]
    assert [event["step"] for event in events[:2]] == [3, None]
    assert [(event["kind"], event["key"], event["value"]) for event in events[-3:]] == [
        ("param", "p", "None"),
        ("param", "q", "[1]"),
        ("tag", "t", "ü"),
    ]


def test_that_outputs_stay_in_place_when_the_script_changes_its_directory(copy: Path, tmp_path: Path) -> None:
    code = """
import os, pathlib, workbench
pathlib.Path("model").mkdir(); pathlib.Path("model/a.bin").write_bytes(b"1"); model = os.path.abspath("model")
os.chdir("/")
workbench.log_text("notes/x.txt", "é"); workbench.log_image("loss", b"PNG", step=7); workbench.log_artifact(model)
workbench.log_artifact(model + "/a.bin", "named.bin")
class Figure:
    def savefig(self, path, **options): pathlib.Path(path).write_bytes(b"FIG")
class Image:
    def save(self, path, format): pathlib.Path(path).write_bytes(b"PIL")
workbench.log_image("figure", Figure()); workbench.log_image("deep/pil", Image())
print(workbench.current_run().outputs)
"""
    done, _, outputs = _in_run(code, copy, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(outputs)
    found = {path.relative_to(outputs).as_posix(): path.read_bytes() for path in outputs.rglob("*") if path.is_file()}
    assert found == {
        "notes/x.txt": "é".encode(),
        "images/loss-000007.png": b"PNG",
        "model/a.bin": b"1",
        "named.bin": b"1",
        "images/figure.png": b"FIG",
        "images/deep/pil.png": b"PIL",
    }


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("log_text('../x', '')", "ValueError: '../x' is not inside the outputs folder"),
        ("log_text('/etc/x', '')", "ValueError"),
        ("log_image('a', 3)", "TypeError: log_image takes a matplotlib figure"),
        ("log_artifact('nothing')", "FileNotFoundError: There is no file or folder 'nothing'"),
        ("log('a', 'text')", "ValueError"),
        ("log('a', None)", "TypeError"),
        ("log('a', 10**400)", "OverflowError: The metric a needs a number"),
        ("log('a', [1, 2])", "TypeError: The metric a needs a number, not [1, 2]. log_list takes several values."),
        ("log('', 1)", "ValueError: A metric needs a name, not ''."),
        ("log('a', 1, step=1.7)", "ValueError: The step of the metric a must be a whole number of 64 bits, not 1.7."),
        ("log('a', 1, step=2**63)", "ValueError: The step of the metric a must be"),
        ("log('a', 1, step=float('nan'))", "ValueError: The step of the metric a must be"),
        ("log_metrics([1])", "TypeError: metrics are given as a dictionary, not as list."),
        ("log_metrics({'a': 1, '': 2})", "ValueError: A metric needs a name"),
        ("log_params(None)", "TypeError: params are given as a dictionary, not as NoneType."),
        ("set_tags({None: 1})", "ValueError: A tag needs a name, not None."),
        ("log_text('', 'x')", "ValueError: '' is no name of an output."),
        ("log_artifact('')", "FileNotFoundError: There is no file or folder '' to keep."),
        ("log_image('a', b'', step='x')", "ValueError: The step of the image a must be"),
    ],
)
def test_that_wrong_calls_are_said(copy: Path, tmp_path: Path, call: str, error: str) -> None:
    done, events, outputs = _in_run(f"import workbench\nworkbench.{call}", copy, tmp_path)
    assert done.returncode == 1
    assert error in done.stderr
    assert (events, list(outputs.rglob("*.txt"))) == ([], [])


def test_that_threads_and_processes_logging_at_once_tear_no_line(copy: Path, tmp_path: Path) -> None:
    code = """
import os, threading, workbench
def write(name):
    for number in range(300):
        workbench.log(name, number)
for number in range(2):
    if os.fork() == 0:
        write(f"child{number}")
        os._exit(0)
threads = [threading.Thread(target=write, args=(f"thread{number}",)) for number in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
os.wait(); os.wait()
"""
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    done, events, _ = _in_run(code, copy, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(events) == 6 * 300


def test_that_a_killed_script_loses_nothing_that_it_logged(copy: Path, tmp_path: Path) -> None:
    code = "import os, workbench\nfor n in range(100): workbench.log('a', n)\nos.kill(os.getpid(), 9)"
    _, events, _ = _in_run(code, copy, tmp_path)
    assert len(events) == 100


def test_that_a_preparation_that_fails_raises_with_its_reason(tmp_path: Path, home: Path) -> None:
    """With the installed program, as `prep` needs pandas."""
    done = subprocess.run(
        [sys.executable, "-c", "import workbench; workbench.prep('nothing.wbprep')"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "RuntimeError: The data preparation nothing.wbprep failed: " in done.stderr


@pytest.mark.parametrize(("value", "kind"), [("'high'", "ValueError"), ("None", "TypeError")])
def test_that_a_metric_that_is_no_number_is_named(copy: Path, tmp_path: Path, value: str, kind: str) -> None:
    done, events, _ = _in_run(f"import workbench; workbench.log('auc', {value})", copy, tmp_path)
    assert done.stderr.splitlines()[-1] == f"{kind}: The metric auc needs a number, not {value}."
    assert events == []
