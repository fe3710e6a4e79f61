"""Lists, rows and tables of a run, as a script logs them."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench
from workbench.sdk import events

Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process as part of a run."""
    monkeypatch.setenv("WORKBENCH_RUN_ID", "1" * 32)
    monkeypatch.setenv("WORKBENCH_RUN_DIR", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_OUTPUTS", str(tmp_path / "outputs"))
    (tmp_path / "outputs").mkdir()
    return tmp_path


def _events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def _table(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "outputs" / "tables" / f"{name}.jsonl").read_text().splitlines()]


def test_that_a_list_is_a_metric_with_one_step_a_value(folder: Path) -> None:
    workbench.log_list("loss", np.array([3.0, 2.0, 1.0]))
    workbench.log_list("later", [9], first_step=7)
    assert [(one["key"], one["step"], one["value"]) for one in _events(folder)] == [
        ("loss", 0, 3.0), ("loss", 1, 2.0), ("loss", 2, 1.0), ("later", 7, 9.0),
    ]  # fmt: skip


def test_that_a_list_with_something_else_than_numbers_logs_nothing(folder: Path) -> None:
    with pytest.raises(ValueError, match="The metric loss needs a number"):
        workbench.log_list("loss", [1, "text"])  # type: ignore[list-item]
    assert not (folder / "events.jsonl").exists()


def test_that_rows_of_many_threads_stay_whole(folder: Path) -> None:
    def work(number: int) -> None:
        for row in range(200):
            workbench.log_row("errors", thread=number, row=row, text="x" * 200)
            workbench.log("loss", row)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_table(folder, "errors")) == 800
    assert len(_events(folder)) == 800


def test_that_a_table_is_kept_as_lines_of_json_and_replaced_as_a_whole(folder: Path) -> None:
    workbench.log_table("scores", {"depth": np.arange(2), "score": [0.5, float("inf")], "name": ["a", None]})
    assert _table(folder, "scores") == [
        {"depth": 0, "score": 0.5, "name": "a"}, {"depth": 1, "score": "inf", "name": None},
    ]  # fmt: skip
    workbench.log_table("scores", [{"depth": 9}])
    assert _table(folder, "scores") == [{"depth": 9}]
    workbench.log_table("scores", pd.DataFrame({"depth": [1, 2]}))
    assert [path.name for path in (folder / "outputs" / "tables").iterdir()] == ["scores.parquet"]
    assert pd.read_parquet(folder / "outputs" / "tables" / "scores.parquet")["depth"].tolist() == [1, 2]


def test_that_a_frame_of_mixed_columns_is_kept_as_lines(folder: Path) -> None:
    workbench.log_table("mixed", pd.DataFrame({"depth": [1, 2]}))
    workbench.log_table(
        "mixed", pd.DataFrame({"depth": [1, "deep"], "at": pd.Series(["2020-01-01", None], dtype="datetime64[ns]")})
    )
    assert _table(folder, "mixed") == [{"depth": 1, "at": "2020-01-01 00:00:00"}, {"depth": "deep", "at": "NaT"}]
    workbench.log_table("column", pd.Series([1, 2], name="depth"))
    assert sorted(path.name for path in (folder / "outputs" / "tables").iterdir()) == ["column.parquet", "mixed.jsonl"]


def test_that_the_names_of_a_frame_s_rows_are_kept_with_lines_too(folder: Path) -> None:
    workbench.log_table("described", _frame([[3, "x"], ["y", 2]], ["a", "b"], ["count", "top"]))
    assert _table(folder, "described") == [{"index": "count", "a": 3, "b": "x"}, {"index": "top", "a": "y", "b": 2}]


def test_that_a_row_takes_any_word_and_value(folder: Path) -> None:
    workbench.log_row("rows", name="x", table=np.array([1, 2]), step=np.array([3]), text="\udcff")
    assert _table(folder, "rows") == [{"name": "x", "table": "[1 2]", "step": 3, "text": "\\udcff"}]


def test_that_one_value_is_a_number_however_it_is_wrapped(folder: Path) -> None:
    values: list[tuple[Any, Any]] = [(np.array([[0.5]]), np.int64(3)), (np.float32(0.25), 4.0)]
    for value, step in values:
        workbench.log("a", value, step=step)
    assert [(one["step"], one["value"]) for one in _events(folder)] == [(3, 0.5), (4, 0.25)]


def _frame(rows: list[list[Any]], columns: list[str], index: list[str] | None = None) -> Any:
    return pd.DataFrame(rows, columns=columns, index=index)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: workbench.log_table("t", {"a": [1], "b": [1, 2]}), "unequal lengths: a 1, b 2"),
        (lambda: workbench.log_table("t", 3), "not int"),
        (lambda: workbench.log_table("t", {"a": 1}), "The column a of the table t must be a list"),
        (lambda: workbench.log_row("t"), "has no columns"),
        (lambda: workbench.log_row("../../t", a=1), "not inside the outputs"),
        (lambda: workbench.log_table("t", _frame([[1, "x"], ["y", 2]], ["a", "a"])), "two columns of one name: a, a"),
    ],
)
def test_that_what_is_no_table_is_refused(folder: Path, call: Callable[[], None], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        call()
    assert not list((folder / "outputs").rglob("*.jsonl"))


def test_that_after_a_full_disk_the_next_event_is_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    workbench.log("loss", 1)

    def half(handle: int, data: bytes) -> int:
        if len(data) > 20:
            return write(handle, data[:20])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space left"):
        workbench.log("loss", 2)
    monkeypatch.undo()
    monkeypatch.setenv("WORKBENCH_RUN_ID", "1" * 32)
    monkeypatch.setenv("WORKBENCH_RUN_DIR", str(folder))
    workbench.log("loss", 3)
    lines = (folder / "events.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["value"] == 1
    assert json.loads(lines[-1])["value"] == 3


def test_that_an_ended_run_takes_nothing_more_and_says_so_once(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    workbench.log("a", 1)
    assert capfd.readouterr().err == ""
    (folder / "status.json").write_text('{"state": "finished"}')
    (folder / "events.jsonl").unlink()  # as the server does when it has read to the end
    workbench.log("a", 2)
    workbench.log_params({"b": 3})
    assert capfd.readouterr().err.count("has ended") == 1
    events.close(folder)  # a process that logs into it for the first time
    workbench.log("a", 4)
    assert not (folder / "events.jsonl").exists()


def test_that_a_folder_with_the_outputs_in_it_is_not_kept_inside_itself(folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"1")
    with pytest.raises(ValueError, match="it cannot be kept inside itself"):
        workbench.log_artifact(folder, "all")
    assert list((folder / "outputs").iterdir()) == []


def test_that_what_holds_params_in_attributes_is_told_how_to_give_them(folder: Path) -> None:
    with pytest.raises(TypeError, match=r"vars\(\.\.\.\) makes one of a Namespace"):
        workbench.log_params(argparse.Namespace(rate=0.1))  # type: ignore[arg-type]


def test_that_an_array_without_pillow_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match="Add to the project's requirements: pillow"):
        workbench.log_image("gray", np.zeros((2, 3)))
