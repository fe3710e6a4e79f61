"""The checks, each with one answer; none changes anything."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from workbench.base.errors import UserError
from workbench.base.paths import WorkspacePaths
from workbench.cli.doctor.diskuse import check_disk_use
from workbench.cli.doctor.finding import Finding
from workbench.cli.doctor.qt import check_display, check_qt
from workbench.cli.doctor.system import install_line
from workbench.cli.doctor.targets import check_conda, check_docker, check_java, check_ssh

_NETWORK_S = 8
_GB = 1_000_000_000


def run_checks() -> list[Finding]:
    """All checks, in the order in which one would mend things."""
    checks: tuple[Callable[[], Finding], ...] = (
        check_python,
        check_git,
        check_uv,
        check_disk,
        check_disk_use,
        check_workspace,
        check_settings,
        check_server,
        check_network,
        check_docker,
        check_ssh,
        check_java,
        check_conda,
        check_qt,
        check_display,
    )
    return [check() for check in checks]


def check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Finding("Python", "ok", f"{version} ({sys.executable})")
    return Finding(
        "Python",
        "missing",
        f"{version} is not supported.",
        "Use Python 3.11, 3.12 or 3.13; uv fetches one: uv run --python 3.13 ...",
    )


def check_git() -> Finding:
    program = shutil.which("git")
    if program is None:
        return Finding(
            "git", "missing", "not found; projects and snapshots need it.", install_line(["git"], ["git"]) or "Install git."
        )
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("git", "missing", f"{program} does not run: {error}.", "Install git again.")
    return Finding("git", "ok", f"{answer.removeprefix('git version ')} ({program})")


def check_uv() -> Finding:
    from uv import find_uv_bin

    try:
        program = find_uv_bin()
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(
            "uv", "missing", f"does not run: {error}. Jobs need it for their environments.", "Install it with: pip install uv"
        )
    return Finding("uv", "ok", f"{answer.split()[1]} ({program})")


def check_disk() -> Finding:
    folder = WorkspacePaths.default().root
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / _GB:.1f} GB free for {folder}"
    if free < _GB:
        return Finding("disk", "missing", detail, "Free some space, or set WORKBENCH_HOME to a folder on another disk.")
    if free < 5 * _GB:
        return Finding("disk", "warning", detail, "Environments with large packages need several GB.")
    return Finding("disk", "ok", detail)


def check_workspace() -> Finding:
    """The folder can be written; the database, when there is one, is whole."""
    paths = WorkspacePaths.default()
    existing = next(path for path in (paths.root, *paths.root.parents) if path.exists())
    if not os.access(existing, os.W_OK) or not existing.is_dir():
        return Finding("workspace", "missing", f"{existing} cannot be written.", "Set WORKBENCH_HOME to a folder of yours.")
    if not paths.database.exists():
        return Finding("workspace", "ok", f"{paths.root} (made at the first use)")
    try:
        database = sqlite3.connect(f"{paths.database.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            answer = database.execute("PRAGMA quick_check").fetchone()[0]
            runs = database.execute("SELECT count(*) FROM runs").fetchone()[0]
        finally:
            database.close()
    except sqlite3.Error as error:
        answer, runs = str(error), 0
    if answer != "ok":
        remedy = "The server keeps it aside at its next start and begins a new one; the run folders stay."
        return Finding("workspace", "missing", f"{paths.database} is damaged: {answer}.", remedy)
    return Finding("workspace", "ok", f"{paths.root} ({runs:,} runs)")


def check_settings() -> Finding:
    from workbench.base.settings import load_settings

    path = WorkspacePaths.default().settings
    try:
        load_settings(path)
    except UserError as error:
        return Finding("settings", "missing", error.message, f"Mend or delete {path}")
    return Finding("settings", "ok", str(path) if path.exists() else "defaults")


def check_server() -> Finding:
    from workbench.base.processes import is_alive

    path = WorkspacePaths.default().server_json
    try:
        values = json.loads(path.read_text("utf-8"))
        url, alive = values["url"], is_alive(int(values["pid"]), values.get("began"), named=str(path.parent))
    except FileNotFoundError:
        return Finding("server", "ok", "not running (started when it is needed)")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Finding("server", "warning", f"{path} is not readable: {error}.", "Start it anew: workbench server start")
    return Finding("server", "ok", f"{url} (process {values['pid']})" if alive else "not running (started when it is needed)")


def check_network() -> Finding:
    """Asks the package index for one small package, the way that jobs' environments do: same program, index and certificates."""
    from uv import find_uv_bin

    from workbench.base.settings import load_settings

    environment = {**os.environ, "UV_HTTP_TIMEOUT": "5", "UV_HTTP_RETRIES": "0"}
    try:
        settings = load_settings(WorkspacePaths.default().settings)
        if settings.ca_bundle:
            environment["SSL_CERT_FILE"] = settings.ca_bundle
        if settings.package_index:
            environment["UV_DEFAULT_INDEX"] = settings.package_index
        command = [
            find_uv_bin(),
            "pip",
            "compile",
            "-",
            "--no-deps",
            "--refresh",
            "--no-header",
            "--quiet",
            "--python",
            sys.executable,
        ]
        done = subprocess.run(
            command,
            input="pip\n",
            capture_output=True,
            text=True,
            timeout=_NETWORK_S,
            check=False,
            env=environment,
            cwd=Path.home(),
        )
        reason = "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no answer"])[-1].strip(" ╰─▶├│×")
    except subprocess.TimeoutExpired:
        reason = f"no answer within {_NETWORK_S} s"
    except (OSError, UserError) as error:
        reason = str(error)
    if reason:
        remedy = "Behind a proxy set HTTPS_PROXY; own certificates or index: the settings ca_bundle and package_index."
        return Finding("package index", "warning", f"cannot be reached: {reason}. New environments need it.", remedy)
    return Finding("package index", "ok", "answers")
