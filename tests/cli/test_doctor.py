"""The doctor says what is there, what is not, and the line that mends it."""

import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.cli.doctor import qt
from workbench.cli.doctor.checks import check_disk, check_server, check_settings, check_workspace


def test_that_the_report_is_json_for_programs(cli: Cli) -> None:
    answer = cli("doctor", "--output", "json")
    names = [finding["name"] for finding in answer.json]
    assert names == ["Python", "git", "uv", "disk", "workspace", "settings", "server", "package index", "Qt", "display"]
    missing = [finding for finding in answer.json if finding["state"] == "missing"]
    assert answer.code == (3 if missing else 0)


def test_that_a_machine_without_git_gets_3_and_the_line(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = cli("doctor")
    assert answer.code == 3
    assert "Needed and missing: git" in answer.out
    if os.name == "posix" and sys.platform == "linux":
        assert "apt-get install -y git" in answer.out


def test_that_missing_libraries_become_one_line_for_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {"libEGL.so.1", "libxcb-cursor.so.0", "libxkbcommon.so.0"}
    monkeypatch.setattr("workbench.cli.doctor.system.shutil.which", lambda name: name if name == "apt-get" else None)
    assert qt.remedy(lacking).endswith("apt-get install -y libegl1 libxcb-cursor0 libxkbcommon0")
    monkeypatch.setattr("workbench.cli.doctor.system.shutil.which", lambda name: name if name == "dnf" else None)
    assert qt.remedy(lacking).endswith("dnf install -y libglvnd-egl libxkbcommon xcb-util-cursor")
    assert "libodd.so.7" in qt.remedy({"libodd.so.7"})


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("ldd") is None, reason="asks the loader of Linux")
def test_that_the_loader_is_asked_for_what_is_missing() -> None:
    assert qt.missing_libraries([Path(sys.executable)]) == set()
    assert qt.missing_libraries([Path("/nowhere.so")]) == set()


def test_that_qt_that_does_not_load_is_named_with_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"
    monkeypatch.setattr(qt, "_import_error", lambda: said)
    finding = qt.check_qt()
    assert finding.state == "missing"
    assert "libEGL.so.1" in finding.detail
    assert finding.remedy


def test_that_a_damaged_database_is_said_and_left_alone(home: Path) -> None:
    home.mkdir()
    (home / "workspace.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 1000)
    finding = check_workspace()
    assert finding.state == "missing"
    assert "damaged" in finding.detail
    assert (home / "workspace.db").read_bytes().endswith(b"garbage")


def test_that_a_whole_database_is_counted(home: Path) -> None:
    home.mkdir()
    database = sqlite3.connect(home / "workspace.db")
    database.execute("CREATE TABLE runs (id TEXT)")
    database.execute("INSERT INTO runs VALUES ('a')")
    database.commit()
    database.close()
    assert check_workspace().state == "ok"
    assert "1 runs" in check_workspace().detail


def test_that_wrong_settings_are_named(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("parallel_jobs = 0\n")
    assert check_settings().state == "missing"
    assert "parallel_jobs" in check_settings().detail


def test_that_a_stale_server_file_is_not_a_server(home: Path) -> None:
    home.mkdir()
    (home / "server.json").write_text('{"url": "http://127.0.0.1:9", "pid": 999999999, "began": 1.0}')
    assert check_server().detail.startswith("not running")


def test_that_a_full_disk_is_missing_space(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))
    assert check_disk().state == "missing"
