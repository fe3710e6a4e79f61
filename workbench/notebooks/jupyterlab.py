"""JupyterLab in the browser, for all that a native editor does not do: run by uvx, so that nothing is installed for it."""

import json
import os
import re
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.base.files import write_json
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, kill_tree, reap, spawn_detached, started_at

_WITHIN_S = 600.0  # the first time, it is downloaded
_DOWNLOAD_S = 5.0


def open_lab(
    project: Path | str,
    notebook: str = "",
    *,
    paths: WorkspacePaths | None = None,
    say: Callable[[str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> str:
    """The address at which JupyterLab shows the notebook (or the project); starts JupyterLab when none runs for the project.

    It goes on by itself, bound to this machine, with a token in the address. Raises NotFound, UserError (a notebook outside the
    project), EnvironmentError_ (uv is missing, no network) and Cancelled.
    """
    folder = Path(project).expanduser().absolute()
    if not folder.is_dir():
        raise NotFound(f"There is no project folder {folder}.", place=str(folder))
    relative = _inside(folder, notebook) if notebook else ""
    home = paths or WorkspacePaths.default()
    state = home.kernels / f"lab-{re.sub(r'[^A-Za-z0-9]+', '-', str(folder)).strip('-')[-80:]}.json"
    if found := _running(state):
        return _address(found, relative)
    return _address(_start(folder, state, home.logs / "jupyterlab.log", say, cancel), relative)


def _inside(folder: Path, notebook: str) -> str:
    path = (folder / notebook).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UserError(f"{notebook} is not inside the project {folder}.", place=notebook)
    if not path.is_file():
        raise NotFound(f"There is no notebook {notebook} in {folder}.", place=notebook)
    return path.relative_to(folder.resolve()).as_posix()


def _address(state: dict[str, str], relative: str) -> str:
    tree = f"/tree/{quote(relative)}" if relative else ""
    return f"http://127.0.0.1:{state['port']}/lab{tree}?token={state['token']}"


def _running(state: Path) -> dict[str, str] | None:
    """What is known of a JupyterLab that still answers."""
    try:
        kept = json.loads(state.read_text("utf-8"))
        pid, began = int(kept["pid"]), float(kept["began"])
        found = {"port": str(kept["port"]), "token": str(kept["token"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if is_alive(pid, began) and _answers(int(found["port"])) else None


def _start(
    folder: Path, state: Path, log: Path, say: Callable[[str], None] | None, cancel: Callable[[], bool] | None
) -> dict[str, str]:
    uvx = _uvx()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_urlsafe(24)
    command = [uvx, "--from", "jupyterlab", "--with", "ipykernel", "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}"]
    if sys.platform != "win32" and os.geteuid() == 0:
        command.append("--allow-root")  # in a container root is all there is; it listens on this machine alone, with a token
    # The token goes through a variable: every user of the machine sees command lines.
    pid = spawn_detached(command, log=log, cwd=folder, env={**os.environ, "JUPYTER_TOKEN": token})
    began = started_at(pid) or time.time()
    if say:
        say("JupyterLab is starting ...")
    begin = time.monotonic()
    told = False
    while not _answers(port):
        waited = time.monotonic() - begin
        if cancel and cancel():
            kill_tree(pid)
            raise Cancelled
        if not is_alive(pid, began):
            reap(pid)
            raise EnvironmentError_(
                f"JupyterLab could not be started. {_last_line(log)}".strip(), hint=f"See {log}.", place=str(log)
            )
        if waited > _WITHIN_S:
            kill_tree(pid)
            raise EnvironmentError_(
                f"JupyterLab has not answered within {_WITHIN_S:.0f} seconds.", hint=f"See {log}.", place=str(log)
            )
        if say and not told and waited > _DOWNLOAD_S:
            told = True
            say("JupyterLab is being downloaded (only the first time) ...")
        time.sleep(0.1)
    write_json(state, {"port": port, "token": token, "pid": pid, "began": began, "project": str(folder)}, mode=0o600)
    return {"port": str(port), "token": token}


def _uvx() -> str:
    import uv

    try:
        uvx = Path(os.fspath(uv.find_uv_bin()))
        beside = uvx.with_name(uvx.name.replace("uv", "uvx", 1))
        if beside.exists():
            return str(beside)
    except FileNotFoundError:
        pass
    if found := shutil.which("uvx"):
        return found
    raise EnvironmentError_("uvx, which runs JupyterLab, was not found.", hint="Install it with: pip install uv")


def _answers(port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip() if lines else ""
