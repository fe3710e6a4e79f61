"""Wrong input through the real command line: one clear sentence, the right exit code, no stack, and nothing lost."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import Start
from tests.waiting import until
from workbench.client import Client

SOURCES: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "empty.csv is empty"),
    ("random.csv", bytes(range(256)) * 40, "random.csv is a binary file, not text"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "picture.csv is not a text file"),
    ("torn.parquet", b"PAR1 and no more", "torn.parquet is a damaged Parquet file"),
]


def package(folder: Path, source: str, *steps: dict[str, object], name: str = "p.wbprep") -> Path:
    written = {"op": "write_parquet", "id": "w", "path": "out.parquet"}
    flow = {"id": "f", "name": "flow", "source": {"kind": "file", "path": source}, "steps": [*steps, written]}
    (folder / name).write_text(json.dumps({"version": 1, "flows": [flow]}), "utf-8")
    return folder / name


class Commands:
    """Runs commands in a folder, to their end."""

    def __init__(self, start: Start, folder: Path) -> None:
        self._start, self._folder = start, folder

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        process = self._start(*arguments, cwd=self._folder)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return process.returncode, out, err


@pytest.fixture
def project(project: Path) -> Path:
    """The project in a folder with spaces and umlauts, as users have them."""
    return project.rename(project.parent / "mein Prüfstand ä")


@pytest.fixture
def command(start: Start, project: Path) -> Commands:
    return Commands(start, project)


@pytest.mark.parametrize(("name", "content", "sentence"), SOURCES, ids=[name for name, _, _ in SOURCES])
def test_that_a_file_that_is_no_table_gives_a_sentence(
    command: Commands, project: Path, name: str, content: bytes, sentence: str
) -> None:
    (project / name).write_bytes(content)
    (project / "out.parquet").write_bytes(b"what was there before")
    code, out, err = command("prep", "run", package(project, name))
    assert (code, out) == (1, "")
    assert err.startswith(sentence)
    assert str(project / name) in err
    assert (project / "out.parquet").read_bytes() == b"what was there before"


def test_that_what_a_preparation_lacks_is_named_and_its_old_result_kept(command: Commands, project: Path) -> None:
    (project / "a.csv").write_bytes("name,wert\nMüller,1\nJörg,2,3\nEva\n".encode("cp1252"))
    code, out, _ = command("prep", "run", package(project, "a.csv"))
    assert code == 0
    assert "2 lines of a.csv have too few or too many fields for 2 columns (line 3 and 4)" in out
    assert "The file is read as cp1252." in out
    before = (project / "out.parquet").read_bytes()

    missing = package(project, "a.csv", {"op": "remove", "id": "s", "columns": ["alter"]})
    code, out, err = command("prep", "run", missing)
    assert (code, out) == (1, "")
    assert "Step 1 (Remove alter) cannot run: There is no column alter here. It has name, wert." in err

    (project / "a.csv").unlink()
    code, _, err = command("prep", "run", package(project, "a.csv"))
    assert code == 1
    assert f"The file a.csv is not in {project}." in err

    (project / "p.wbprep").write_text('{"version": 1, "flows": [', "utf-8")
    for arguments in (("prep", "run", "p.wbprep"), ("prep", "show", "p.wbprep"), ("prep", "code", "p.wbprep")):
        code, _, err = command(*arguments)
        assert (code, err.splitlines()[0]) == (1, "The data preparation p.wbprep is damaged (line 1: Expecting value).")
    assert (project / "out.parquet").read_bytes() == before


def test_that_what_cannot_be_submitted_is_said_and_makes_no_run(command: Commands, project: Path, workspace: Path) -> None:
    (project / "bad.py").write_text("def f(:\n")
    (project / "p.wbprep").write_bytes(b"\xff\xfe")
    (project / "runconfig" / "needs.toml").write_text('script = "bad.py"\n[environment]\nfile = "none.txt"\n')
    cases = [
        (("bad.py",), "bad.py line 1 is not valid Python"),
        (("p.wbprep",), "p.wbprep is damaged"),
        (("gone.py",), "There is no script gone.py"),
        (("--config", "other"), "no run configuration 'other'"),
    ]
    for arguments, sentence in cases:
        code, out, err = command("submit", *arguments)
        assert (code, out) == (1, ""), arguments
        assert sentence in err
    code, out, _ = command("run", "list", "--output", "json")
    assert (code, json.loads(out)) == (0, [])
    for arguments, sentence in (
        (("run", "show", "7"), "There is no run 7"),
        (("service", "score", "none", "{}"), "There is no service none"),
        (("service", "score", "none", "{bad"), "The request is not JSON"),
        (("service", "create", "none"), "There is no model none"),
    ):
        code, out, err = command(*arguments)
        assert (code, out) == (1, ""), arguments
        assert sentence in err


SCRIPTS = {
    "exit.py": ("import sys\nprint('bye')\nsys.exit(3)\n", "The script ended with exit code 3. Its last line: bye"),
    "killed.py": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "ended from outside by signal SIGKILL"),
    "raises.py": ("raise ValueError('böse')\n", "ValueError: böse in raises.py line 1."),
    "no_number.py": (
        "import workbench\nworkbench.log('auc', 'high')\n",
        "The metric auc needs a number, not 'high' in no_number.py",
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX's")
def test_that_a_script_s_end_is_said_whatever_it_is(command: Commands, project: Path, workspace: Path) -> None:
    for name, (code, sentence) in SCRIPTS.items():
        (project / name).write_text(code, "utf-8")
        ended, _, err = command("submit", name)
        assert ended == 1
        assert sentence in err


def test_that_odd_scripts_lose_nothing(command: Commands, project: Path, workspace: Path) -> None:
    (project / "binary.py").write_text("import sys\nsys.stdout.buffer.write(bytes(range(256)))\n")
    code, out, _ = command("submit", "binary.py")
    assert code == 0
    assert out.endswith("\n[workbench] Finished.\n")

    (project / "many.py").write_text(
        "import os, workbench\nos.makedirs('sub')\nos.chdir('sub')\n"
        "for step in range(100_000):\n    workbench.log('loss', step, step=step)\nworkbench.log_text('note.txt', 'kept')\n"
    )
    code, out, _ = command("submit", "--output", "json", "many.py")
    assert code == 0
    run = json.loads(out)
    assert run["metrics"]["loss"]["count"] == 100_000
    assert run["metrics"]["loss"]["last"] == 99_999
    assert [artifact["path"] for artifact in run["artifacts"]] == ["note.txt"]


def test_that_a_damaged_database_is_kept_and_said_at_the_first_command(command: Commands, workspace: Path) -> None:
    workspace.mkdir()
    (workspace / "workspace.db").write_bytes(b"no database at all" * 100)
    code, _, err = command("run", "list")
    assert code == 0
    assert "Note: The workspace's database was damaged (file is not a database). It is kept as" in err
    (kept,) = workspace.glob("workspace.db.corrupt-*")
    assert kept.read_bytes() == b"no database at all" * 100
    assert "Note:" not in command("run", "list")[2]


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be halted there")
def test_that_a_server_that_hangs_is_ended_by_server_stop(command: Commands, workspace: Path) -> None:
    assert command("server", "start")[0] == 0
    pid = int(json.loads((workspace / "server.json").read_text())["pid"])
    os.kill(pid, signal.SIGSTOP)
    code, _, err = command("server", "stop")
    assert code == 0
    assert "The server is stopped" in err
    assert command("server", "status")[2].startswith("No server runs")
    with Client.connect(workspace) as client:
        assert client.pid != pid
    until(lambda: not Path(f"/proc/{pid}/exe").exists())
