"""Logs and events are read while they are written."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from workbench.base.masking import MASK, Masker
from workbench.jobs.advice import Given
from workbench.jobs.collector import EventReader
from workbench.jobs.endings import explain_exit
from workbench.jobs.folder import JobStatus, RunFolder
from workbench.jobs.logs import read_chunk


def test_that_a_chunk_never_cuts_a_character(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    text = "aé€😀" * 50
    path.write_bytes(text.encode())
    for limit in (1, 4, 5, 6, 7, 11):
        offset, parts = 0, []
        while True:
            chunk = read_chunk(path, offset, limit, ended=True)
            parts.append(chunk.text)
            assert chunk.offset == offset
            offset = chunk.next
            if chunk.complete:
                break
        assert "".join(parts) == text


def test_that_a_character_whose_rest_is_not_written_yet_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes("ok €".encode()[:-1])
    chunk = read_chunk(path, 0, 100, ended=False)
    assert (chunk.text, chunk.next, chunk.size, chunk.complete) == ("ok ", 3, 5, False)
    chunk = read_chunk(path, 0, 100, ended=True)
    assert (chunk.text, chunk.next, chunk.complete) == ("ok �", 5, True)


def test_that_bytes_that_are_no_text_do_not_stop_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"\xff\xfe\x80\x80\x80\x80\x80end")
    assert read_chunk(path, 0, 100, ended=True).text.endswith("end")
    assert read_chunk(path, 0, 4, ended=False).next > 0
    assert read_chunk(path, 999, 4, ended=True).complete
    assert read_chunk(tmp_path / "none", 0, 10, ended=False).text == ""


def test_that_what_no_database_holds_does_not_hold_up_the_rest(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(
        b'{"kind":"metric","key":"a\\u0000\\udcff","value":1,"step":null}\n{"kind":"param","key":"file\\ud800","value":"\\udcff"}\n'
        b'{"kind":"tag","key":"","value":"x"}\n{"kind":"metric","key":"b","value":1' + b"0" * 400 + b',"step":0}\n'
        b'{"kind":"metric","key":"' + b"k" * 3000 + b'","value":1,"step":Infinity}\n'
        b'{"kind":"metric","key":"' + b"k" * 3000 + b'","value":1,"step":0}\n{"kind":"param","key":"\\u00fc","value":"\xc3\xbc"}\n'
    )
    taken = EventReader(path).take()
    assert taken is not None
    assert taken.points.keys() == {"a\\x00\\udcff", "k" * 499 + "…"}
    assert taken.params == {"file\\ud800": "\\udcff", "ü": "ü"}
    assert taken.tags == {}
    assert len(caplog.records) == 3


def test_that_a_torn_line_is_left_for_later_and_a_bad_one_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "events.jsonl"
    reader = EventReader(path)
    assert reader.take() is None
    path.write_bytes(
        b'{"kind":"metric","key":"a","value":NaN,"step":null,"time":1}\nnonsense\n{"kind":"other"}\n[]\n'
        b'{"kind":"input","name":"p","unknown":1}\n'
        b'{"kind":"input","name":"p","path":"p.wbprep","more":1,"sources":[{"path":"a.csv","rows":2,"more":1}]}\n{"kind":"metric","key":"a","value":-Infinity,"step":null}\n{"kind":"par'
    )
    taken = reader.take()
    assert taken is not None
    assert taken.points["a"].steps == [0, 1]
    assert math.isnan(taken.points["a"].values[0])
    assert taken.points["a"].values[1] == -math.inf
    assert [(one.kind, one.sources[0].rows) for one in taken.inputs] == [("prep", 2)]
    assert len(caplog.records) == 4
    assert reader.take() is not None, "nothing is read for good before it is in the store"
    reader.commit(taken)
    assert reader.take() is None
    with path.open("ab") as file:
        file.write(b'am","key":"x","value":"y"}\n')
    again = reader.take()
    assert again is not None
    assert again.params == {"x": "y"}


def test_that_a_secret_of_digits_hides_texts_and_spoils_no_number(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(
        '{"kind":"metric","key":"a","value":123456.5,"step":1234567,"time":1712345600}\n'
        '{"kind":"param","key":"pin","value":"is 123456"}\n'
    )
    taken = EventReader(path, hidden=Masker(["123456"])).take()
    assert taken is not None
    assert (taken.points["a"].values, taken.points["a"].steps) == ([123456.5], [1234567])
    assert taken.params == {"pin": f"is {MASK}"}


def test_that_a_great_many_events_come_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(f'{{"kind":"metric","key":"a","value":{n},"step":null,"time":1}}\n' for n in range(50_000)))
    reader, steps, batches = EventReader(path), [], 0
    while taken := reader.take():
        steps += taken.points["a"].steps
        batches += 1
        reader.commit(taken)
    assert steps == list(range(50_000))
    assert batches > 1


def _given(folder: Path, **values: Any) -> Given:
    return Given(**{"project": folder / "project", "work": folder / "work", **values})


TRACEBACK = """Traceback (most recent call last):
  File "{work}/src/train.py", line 12, in <module>
    fit()
  File "/lib/site-packages/x.py", line 3, in fit
    raise E
sklearn.E: bad data
"""


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            TRACEBACK,
            "sklearn.E: bad data in src/train.py line 12.",
        ),
        (
            '  File "{work}/other.py", line 2\n    def f(:\n          ^\nSyntaxError: invalid syntax\n',
            "SyntaxError: invalid syntax in other.py line 2.",
        ),
        (
            "[workbench] Started\nwarning: nothing\n[workbench] x\n",
            "The script ended with exit code 1. Its last line: warning: nothing",
        ),
        ("", "The script ended with exit code 1."),
        (
            'WARN x\nException in thread "main" org.apache.spark.SparkException: Unknown master\n\tat a.b(C.scala:1)\n\tat d\n',
            "org.apache.spark.SparkException: Unknown master.",
        ),
    ],
)
def test_that_the_end_of_the_log_becomes_the_reason(tmp_path: Path, log: str, reason: str) -> None:
    (tmp_path / "log.txt").write_text(log.replace("{work}", str(tmp_path / "work")))
    assert explain_exit(1, tmp_path / "log.txt", tmp_path / "work", _given(tmp_path), ran_out_of_memory=False) == reason


def test_that_a_reason_with_what_no_database_holds_can_be_kept(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    status = JobStatus(state="failed", reason="ValueError: \udcff\0 in train.py.")
    status.save(folder)
    assert (found := JobStatus.load(folder))
    assert found.reason == "ValueError: \\udcff\\x00 in train.py."
    folder.status.write_text(json.dumps(asdict(status)))  # as a process writes it that has opened the run itself
    assert JobStatus.load(folder) == found


def test_that_out_of_memory_and_a_signal_are_told_apart(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    assert "ran out of memory" in explain_exit(-9, log, tmp_path, _given(tmp_path), ran_out_of_memory=True)
    assert "ended from outside by signal SIGKILL" in explain_exit(-9, log, tmp_path, _given(tmp_path), ran_out_of_memory=False)
    assert "SIGTERM" in explain_exit(-15, log, tmp_path, _given(tmp_path), ran_out_of_memory=True)


NO_VARIABLE = """Traceback (most recent call last):
  File "{work}/train.py", line 2, in <module>
    os.environ["DATA_DIR"]
  File "<frozen os>", line 679, in __getitem__
KeyError: 'DATA_DIR'
"""
BY_VARIABLE = "set it in [variables] of the run configuration, or by --env."
REMOTE = {"target": "box", "kind": "ssh"}


def _raised(error: str) -> str:
    return f'Traceback (most recent call last):\n  File "{{work}}/train.py", line 2, in <module>\n    x\n{error}\n'


def _no_file(path: str) -> str:
    return _raised(f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'")


@pytest.mark.parametrize(
    ("log", "given", "advice"),
    [
        (NO_VARIABLE, {}, f"The job was not given the variable DATA_DIR: {BY_VARIABLE}"),
        (NO_VARIABLE, {"variables": ("DATA_DIR",)}, ""),
        (_raised("KeyError: 'DATA_DIR'"), {}, ""),
        (
            NO_VARIABLE.replace("DATA_DIR", "HERE_ONLY"),
            REMOTE,
            f"The job was not given the variable HERE_ONLY (this machine has it, the target box does not): {BY_VARIABLE}",
        ),
        (
            _no_file("big.csv"),
            {},
            (
                "The file is in the project folder but left out of the run's copy (ignored, or too big): "
                'read it from os.environ["WORKBENCH_PROJECT"].'
            ),
        ),
        (
            _no_file("big.csv"),
            REMOTE,
            (
                "The file is in the project folder but left out of the run's copy (ignored, or too big), "
                "which is all that the target box gets: take it out of .gitignore or .wbignore, or put it there."
            ),
        ),
        (_no_file("nowhere.csv"), REMOTE, ""),
        (
            _no_file("{project}/big.csv"),
            REMOTE,
            "The file is on this machine, but not on the target box: keep it in the project, or put it there.",
        ),
        (
            _no_file("{project}/big.csv"),
            {"target": "box", "kind": "docker"},
            (
                "The file is on this machine, but not on the target box: keep it in the project, "
                "or name its folder among the target's volumes."
            ),
        ),
        (_no_file("{project}/big.csv"), {}, ""),
        (_raised("ModuleNotFoundError: No module named 'torch'"), {}, "Add the package to the project's requirements."),
        (
            _raised("ModuleNotFoundError: No module named 'helpers.more'"),
            {},
            "The module is in the project folder but left out of the run's copy: take it out of .gitignore or .wbignore.",
        ),
        (
            _raised("ModuleNotFoundError: No module named 'torch'"),
            {"environment": "interpreter"},
            "The job runs on an interpreter of its own as it is: install the package there, or name the project's requirements.",
        ),
        (
            _raised("ModuleNotFoundError: No module named 'torch'"),
            {"environment": "workbench"},
            'The job runs on Workbench\'s own Python: choose environment.kind = "requirements" and add the package there.',
        ),
    ],
)
def test_that_a_failure_is_explained_by_what_the_job_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: str, given: dict[str, Any], advice: str
) -> None:
    monkeypatch.setenv("HERE_ONLY", "1")
    monkeypatch.delenv("DATA_DIR", raising=False)
    (tmp_path / "project" / "helpers").mkdir(parents=True)
    (tmp_path / "project" / "big.csv").touch()
    text = log.replace("{work}", str(tmp_path / "work")).replace("{project}", str(tmp_path / "project"))
    (tmp_path / "log.txt").write_text(text)
    reason = explain_exit(1, tmp_path / "log.txt", tmp_path / "work", _given(tmp_path, **given), ran_out_of_memory=False)
    assert reason == f"{text.splitlines()[-1]} in train.py line 2. {advice}".rstrip()
