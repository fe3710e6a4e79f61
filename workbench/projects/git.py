"""The program git, and cloning a repository. Never writes to an existing one."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from workbench.base.errors import Cancelled, Conflict, EnvironmentError_, UserError
from workbench.base.processes import kill_tree

Progress = Callable[[float | None, str], None]
"""Called with the part that is done (0 to 1, None when unknown) and a line of text."""
CancelCheck = Callable[[], bool]
"""Says whether the user wants to stop."""

_PERCENT = re.compile(r"^(?P<what>[A-Za-z ]+):\s+(?P<percent>\d+)%")


def git_program() -> str:
    """The path of git. Raises EnvironmentError_ with the remedy when it is missing."""
    if not (program := shutil.which("git")):
        raise EnvironmentError_("git was not found on this machine.", hint="Install it, e.g. with: sudo apt-get install git")
    return program


def without_password(url: str) -> str:
    """The address without the password that it may carry; of a web address also without the user name, which may be a token."""
    parts = urlsplit(url) if "://" in url else None
    if parts is None or "@" not in parts.netloc:
        return url
    user, _, host = parts.netloc.rpartition("@")
    kept = f"{user.partition(':')[0]}@{host}" if parts.scheme in {"ssh", "git+ssh"} else host
    return urlunsplit(parts._replace(netloc=kept))


def clone(url: str, folder: Path, progress: Progress | None = None, cancel: CancelCheck | None = None) -> Path:
    """Clones a repository into `folder` (new or empty) and returns it; a cancelled or failed clone leaves nothing behind.

    Never asks for a password: what git cannot sign in to by itself gives EnvironmentError_ with git's reason.
    """
    if url.strip().startswith("-") or not url.strip():
        raise UserError(f"{url!r} is not the address of a git repository.")
    existed = folder.is_dir()
    if folder.exists() and (not existed or any(folder.iterdir())):
        raise Conflict(f"The folder {folder} is not empty.", hint="Choose a new folder.", place=str(folder))
    try:
        _run_clone(url.strip(), folder, progress, cancel)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if existed:
            with contextlib.suppress(OSError):
                folder.mkdir()
        raise
    return folder


def _run_clone(url: str, folder: Path, progress: Progress | None, cancel: CancelCheck | None) -> None:
    command = [git_program(), "clone", "--progress", "--", url, str(folder)]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    environment.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        read = 0
        while True:
            try:
                code = process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                code = None
            # pread keeps the file position that the child shares with us where it is
            size = os.fstat(output.fileno()).st_size
            if size > read:
                text = _read_from(output.fileno(), read, size - read)
                read = size
                _tell(text, progress)
            if code is not None:
                break
            if cancel and cancel():
                kill_tree(process.pid, grace=1)
                process.wait()
                raise Cancelled("The clone was cancelled.")
        if code:
            reason = _reason(_read_from(output.fileno(), 0, size))
            message = f"{without_password(url)} could not be cloned: {reason}"
            raise EnvironmentError_(message, hint="Check the address and your access to it.")


def _read_from(handle: int, offset: int, size: int) -> str:
    if hasattr(os, "pread"):
        return os.pread(handle, size, offset).decode("utf-8", "replace")
    position = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, offset, os.SEEK_SET)
    data = os.read(handle, size)
    os.lseek(handle, position, os.SEEK_SET)
    return data.decode("utf-8", "replace")


def _tell(text: str, progress: Progress | None) -> None:
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not progress or not lines:
        return
    match = _PERCENT.match(lines[-1].removeprefix("remote: "))
    progress(int(match["percent"]) / 100 if match else None, lines[-1])


def _reason(output: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]+", output) if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "ERROR:", "error:", "remote: "))]
    text = (telling or lines or ["git gave no reason"])[-1]
    for prefix in ("fatal: ", "ERROR: ", "error: ", "remote: "):
        text = text.removeprefix(prefix)
    return text.rstrip(".") + "."
