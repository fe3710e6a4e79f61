"""The workspace's server as a script without Workbench's packages reaches it: found by `server.json`, started where it can be."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_START_WITHIN_S = 90.0
_ANSWER_WITHIN_S = 60.0


def workspace_folder() -> Path:
    """`WORKBENCH_HOME`, or the user's data folder of this platform."""
    if home := os.environ.get("WORKBENCH_HOME"):
        return Path(home).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "workbench"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "workbench"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "workbench"


class Server:
    """A server that answers. Raises RuntimeError for what it refuses, with its sentence, and when it is not there."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        # A proxy of the company has no business on the loopback.
        self._http = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: Any = None, timeout: float = _ANSWER_WITHIN_S) -> Any:
        """Sends a request; the answer's JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._url}/api/v1{path}", data, headers, method=method)  # noqa: S310 (of server.json)
        try:
            with self._http.open(request, timeout=timeout) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            message = _sentence(error.read()) or f"The workspace server answered {error.code}."
            raise RuntimeError(message) from error
        except (OSError, ValueError) as error:
            message = f"The workspace server at {self._url} is not there: {error}."
            raise RuntimeError(message) from error


def connect() -> Server:
    """The server of the workspace; it is started when none runs. Raises RuntimeError."""
    if found := _running():
        return found
    home = workspace_folder()
    command = _start_command()
    if not command:
        message = f"No server runs for the workspace {home}, and this Python cannot start it. Run: workbench server start"
        raise RuntimeError(message)
    # In a job PYTHONPATH leads to a copy of the SDK alone; the program's own interpreter finds the whole.
    dropped = "PYTHONPATH" if os.environ.get("WORKBENCH_PYTHON") else ""
    kept = {name: value for name, value in outside_runs(os.environ).items() if name != dropped}
    environment = {**kept, "WORKBENCH_HOME": str(home)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_START_WITHIN_S, env=environment)
        said = " ".join(line.strip() for line in done.stderr.splitlines() if not line.startswith(("Starting ", "  at ")))
    except (OSError, subprocess.TimeoutExpired) as error:
        said = f"{error}."
    found = _running()
    if not found:
        message = f"The workspace server could not be started. {said[-2000:]}".strip()
        raise RuntimeError(message)
    return found


def outside_runs(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables without those that say that a process is part of a run: a server, and what it starts, is part of none."""
    inside = any(name.startswith("WORKBENCH_RUN_") for name in variables)
    dropped = ("WORKBENCH_RUN_", "MLFLOW_") if inside else ()
    return {name: value for name, value in variables.items() if not name.startswith(dropped)}


def _running() -> Server | None:
    try:
        found = json.loads((workspace_folder() / "server.json").read_text("utf-8"))
        server = Server(found["url"], found["token"])
        server.call("GET", "/health", timeout=10)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None
    return server


def _start_command() -> list[str]:
    if python := os.environ.get("WORKBENCH_PYTHON"):
        return [python, "-P", "-m", "workbench.cli.main", "server", "start"]
    if importlib.util.find_spec("workbench.server"):
        return [sys.executable, "-m", "workbench.cli.main", "server", "start"]
    program = shutil.which("workbench")
    return [program, "server", "start"] if program else []


def _sentence(content: bytes) -> str:
    try:
        body = json.loads(content)
        return f"{body['message']} {body.get('hint', '')}".strip()
    except (ValueError, KeyError, TypeError):
        return ""
