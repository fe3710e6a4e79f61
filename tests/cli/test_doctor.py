"""The doctor says what is there, what is not, and the line that mends it."""

import os
import shutil
import socket
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.cli.doctor import qt
from workbench.cli.doctor.checks import check_disk, check_server, check_settings, check_workspace
from workbench.cli.doctor.diskuse import check_disk_use
from workbench.cli.doctor.targets import check_conda, check_docker, check_java, check_ssh


def test_that_the_report_is_json_for_programs(cli: Cli) -> None:
    answer = cli("doctor", "--output", "json")
    names = [finding["name"] for finding in answer.json]
    assert names == [
        "Python", "git", "uv", "disk", "disk use", "workspace", "settings", "server", "package index",
        "Docker", "ssh", "Java", "conda", "Qt", "display",
    ]  # fmt: skip
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


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_that_what_only_some_targets_need_is_no_fault_when_it_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("JAVA_HOME", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    for check, said in (
        (check_java, "only PySpark"),
        (check_conda, "only projects with conda"),
        (check_ssh, "no key, no agent"),
    ):
        assert check().state == "ok"
        assert said in check().detail


def test_that_a_docker_engine_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    assert check_docker().state == "warning"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{tmp_path}/docker.sock")  # an engine that has ended
    finding = check_docker()
    assert finding.state == "warning"
    assert str(tmp_path) in finding.detail
    assert finding.remedy


def test_that_the_version_of_java_is_told_and_an_old_one_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for version, state in (("17.0.9", "ok"), ("1.8.0_392", "warning"), ("25", "ok")):
        _program(tmp_path / "bin", "java", f"echo 'openjdk version \"{version}\" 2023-10-17' >&2")
        finding = check_java()
        assert (finding.state, version in finding.detail) == (state, True)
    _program(tmp_path / "bin", "java", "exit 1")
    assert check_java().state == "warning"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    assert "JAVA_HOME" in check_java().detail


def test_that_keys_and_a_conda_program_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id_ed25519.pub").write_text("")
    _program(tmp_path / "bin", "mamba", "exit 0")
    assert "id_ed25519" in check_ssh().detail
    assert check_conda().detail.startswith("mamba (")


def test_that_the_use_of_the_disk_is_told_by_its_parts(home: Path) -> None:
    assert check_disk_use().detail == "0.0 GB"
    for name, size in (("runs/a/outputs", 300_000_000), ("envs/b", 21_000_000_000), ("models", 1000)):
        (home / name).mkdir(parents=True)
        with (home / name / "x").open("wb") as file:
            file.truncate(size)
    finding = check_disk_use()
    assert finding.detail == "21.3 GB: runs 0.3 GB, environments 21.0 GB"
    assert "workbench env clean" in finding.remedy
