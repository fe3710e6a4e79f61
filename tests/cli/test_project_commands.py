"""The commands on a real project, with a real server, real jobs and JSON for programs."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

pytestmark = [pytest.mark.usefixtures("server")]


def test_that_a_submitted_script_streams_its_log_and_gives_0(cli: Cli, project: Path) -> None:
    answer = cli("submit", "train.py", "0.7")
    assert answer.code == 0
    assert "trained" in answer.out
    assert "auc 0.7" in answer.err


def test_that_options_behind_the_script_belong_to_the_script(cli: Cli, project: Path) -> None:
    (project / "say.py").write_text("import sys\nprint(sys.argv[1:])\n")
    answer = cli("submit", "say.py", "--output", "x y", "", "--dry-run")
    assert "['--output', 'x y', '', '--dry-run']" in answer.out
    assert "--dry-run stands after the script, so the script gets it." in answer.err
    for page in (answer.err, cli("run", "list").out, cli("run", "show", "1").out):
        assert "say.py --output 'x y' '' --dry-run" in page


def test_that_a_failing_script_gives_1_and_its_reason(cli: Cli, project: Path) -> None:
    (project / "fail.py").write_text("raise SystemExit('no data today')\n")
    answer = cli("submit", "fail.py")
    assert answer.code == 1
    assert "has failed" in answer.err


def test_that_a_syntax_error_is_said_before_anything_runs(cli: Cli, project: Path) -> None:
    (project / "bad.py").write_text("def f(:\n")
    answer = cli("submit", "bad.py")
    assert answer.code == 1
    assert "bad.py" in answer.err
    assert cli("run", "list", "--output", "json").json == []


def test_that_a_detached_job_is_json_on_stdout_alone(cli: Cli, project: Path) -> None:
    answer = cli("submit", "--detach", "--output", "json", "train.py")
    assert answer.code == 0
    run = answer.json
    assert run["number"] == 1
    assert "trained" in cli("run", "logs", run["id"][:6], "--follow").out


def test_the_life_of_runs_from_the_list_to_the_comparison(cli: Cli, project: Path) -> None:
    for rate in ("0.6", "0.9"):
        assert cli("submit", "--tag", "kind=test", "train.py", rate).code == 0
    runs = cli("run", "list", "--order", "metrics.auc", "--output", "json").json
    assert [run["number"] for run in runs] == [2, 1]
    assert "0.9" in cli("run", "list").out
    assert cli("run", "list", "--status", "failed", "--output", "json").json == []
    better = cli("run", "list", "--where", "metrics.auc > 0.8", "--output", "json").json
    assert [run["number"] for run in better] == [2]
    wrong = cli("run", "list", "--where", "metrics.auc > and")
    assert wrong.code == 1
    assert "column 15" in wrong.err

    by_number, by_prefix = (
        cli("run", "show", "2", "--output", "json").json,
        cli("run", "show", runs[0]["id"][:8], "--output", "json").json,
    )
    assert by_number == by_prefix
    assert by_number["tags"] == {"kind": "test"}
    shown = cli("run", "show", "2").out
    for part in ("rate", "0.9", "loss", "model.joblib", "Lineage"):
        assert part in shown

    assert "rate" in cli("run", "compare", "1", "2").out
    rows = cli("run", "compare", "1", "2", "--output", "json").json["rows"]
    assert any(name == "rate" and differs for _, name, _, differs in rows)


def test_that_an_unknown_run_gives_the_known_ones(cli: Cli, project: Path) -> None:
    assert "no runs yet" in cli("run", "show", "7").err
    cli("submit", "train.py")
    answer = cli("run", "show", "7")
    assert answer.code == 1
    assert "There is no run 7 in small." in answer.err
    assert "Known are 1" in answer.err
    assert cli("run", "show", "zzzzzz").code == 1
    assert cli("run", "compare", "1").code == 1


def test_that_an_ended_run_is_not_cancelled_again(cli: Cli, project: Path) -> None:
    cli("submit", "train.py")
    assert "has ended already" in cli("run", "cancel", "1").err


def test_that_restoring_brings_the_files_back_and_keeps_the_new_ones(cli: Cli, project: Path, tmp_path: Path) -> None:
    cli("submit", "train.py")
    before = (project / "train.py").read_text()
    (project / "train.py").write_text("# changed\n")
    assert cli("run", "restore", "1").code == 1  # nobody to ask
    answer = cli("run", "restore", "1", "--yes")
    assert answer.code == 0
    assert (project / "train.py").read_text() == before
    kept = [path for path in project.rglob("train.py") if path.read_text() == "# changed\n"]
    assert kept
    assert cli("run", "restore", "1", "--folder", tmp_path / "elsewhere").code == 0
    assert (tmp_path / "elsewhere" / "train.py").read_text() == before


def test_that_a_model_is_registered_listed_and_deleted(cli: Cli, project: Path) -> None:
    cli("submit", "train.py", "0.8")
    answer = cli("model", "register", "small-model", "--run", "1", "--output", "json")
    assert (answer.json["version"], answer.json["path"]) == (1, "model.joblib")
    assert cli("model", "register", "bad/name", "--run", "1").code == 1
    assert [model["name"] for model in cli("model", "list", "--output", "json").json] == ["small-model"]
    assert "small-model:1" in cli("model", "show", "small-model:1").out
    assert cli("model", "show", "small-model:x").code == 1
    assert cli("model", "delete", "small-model", "--yes").code == 0
    assert cli("model", "list", "--output", "json").json == []
    assert cli("model", "show", "small-model").code == 1


def test_that_an_unknown_service_is_a_sentence(cli: Cli, home: Path) -> None:
    assert cli("service", "list", "--output", "json").json == []
    answer = cli("service", "score", "nope", "{}")
    assert answer.code == 1
    assert "nope" in answer.err
    assert cli("service", "score", "nope", "{not json").code == 1


def test_the_life_of_the_server(cli: Cli, home: Path) -> None:
    assert cli("server", "status", "--output", "json").json["running"] is False
    assert cli("server", "start").code == 0
    status = cli("server", "status", "--output", "json").json
    assert status["running"] is True
    assert status["running_jobs"] == 0
    assert cli("server", "stop").code == 0
    assert "No server runs" in cli("server", "stop").err


@pytest.mark.skipif(sys.platform == "win32", reason="sends an interrupt as a terminal does")
def test_that_ctrl_c_stops_the_output_and_not_the_job(cli: Cli, project: Path, tmp_path: Path) -> None:
    go = tmp_path / "go"
    (project / "wait.py").write_text(
        f"import pathlib, time\ngo = pathlib.Path({str(go)!r})\nprint('waiting', flush=True)\n"
        "while not go.exists(): time.sleep(0.05)\nprint('went on')\n"
    )
    command = [sys.executable, "-m", "workbench.cli.main", "submit", "wait.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as submit:
        assert submit.stdout
        for line in submit.stdout:
            if line == "waiting\n":
                break
        submit.send_signal(signal.SIGINT)
        _, said = submit.communicate(timeout=60)
    assert "goes on" in said
    go.write_text("")
    deadline = time.monotonic() + 60
    answer = cli("run", "logs", "1", "--follow")
    assert time.monotonic() < deadline
    assert "went on" in answer.out
