"""The programs that make environments: starting them, telling their lines, and what their failures mean."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from workbench.base.errors import Cancelled, EnvironmentError_, UserError, WorkbenchError
from workbench.base.processes import kill_tree

Say = Callable[[str], None]
"""Takes a line about what is being done."""
CancelCheck = Callable[[], bool]
"""Says whether the user wants to stop."""

_OFFLINE = (
    "error sending request", "dns error", "connection refused", "failed to fetch", "tcp connect error", "timed out",
    "could not resolve host", "download error", "connectionfailed", "connection failed", "couldn't connect to server",
    "failed to establish a new connection", "condahttperror",
)  # fmt: skip
_OF_CONDA = re.compile(
    r"^\s*(?:(?:error|critical)\s+libmamba\s|(?:\w+\.)*[A-Z]\w+Error: )|Could not solve for environment specs$"
    r"|^\s*[-└├│─]+ (?=\S)|\n\s*(?:Current channels:|To search for).*",
    re.MULTILINE | re.DOTALL,
)
"""What conda and micromamba write around the reason: the kind of an error, lines of a tree, the channels, advice."""
_SYSTEM_SAYS = re.compile(r"\[Errno -?\d+\] ([\w ]+)")
_PYTHON_DOWNLOAD = re.compile(r"Failed to download `https?://([^/`]+)/[^`]*/(?:cpython|pypy)-?(\d+\.\d+)[^`]*`")
_NO_INTERPRETER = re.compile(r"No interpreter found (?:for|at) (?:(Python \S+)|(?:executable name|path) (`[^`]+`))")
_MARKED = re.compile(r"(?:\s+\|)*\s+\^+(?!\S)")
"""The line below a quoted one, which shows the place in it."""
_FAILED = re.compile(r"^(?:error:|\s*×)", re.MULTILINE)
_UNTRUSTED = re.compile(r"invalid peer certificate|certificate verify failed|self.signed certificate", re.IGNORECASE)
_DISK_FULL = ("no space left on device", "os error 28", "disk quota exceeded")
_DROPPED = frozenset(
    {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_FROZEN", "UV_LOCKED", "CONDA_PREFIX"}
)


class PackageSettings(Protocol):
    """What an environment needs of the settings (`base.settings.Settings` has it)."""

    @property
    def ca_bundle(self) -> str: ...

    @property
    def package_index(self) -> str: ...


class Tools:
    """Starts uv, conda and interpreters with the user's network settings. May be used from any thread."""

    def __init__(self, settings: PackageSettings) -> None:
        self._settings = settings

    def uv(
        self,
        arguments: Sequence[str],
        what: str,
        say: Say | None = None,
        cancel: CancelCheck | None = None,
        *,
        cwd: Path | None = None,
        place: str = "",
    ) -> str:
        """Runs uv and returns its output; its lines about progress go to `say`, and `what` begins the sentence of a failure."""
        return self.run([uv_program(), *arguments], what, say, cancel, cwd=cwd, place=place)

    def run(
        self,
        command: Sequence[str],
        what: str,
        say: Say | None = None,
        cancel: CancelCheck | None = None,
        *,
        cwd: Path | None = None,
        place: str = "",
    ) -> str:
        """As `uv`, for any program. Raises UserError, EnvironmentError_ (disk, network), Cancelled."""
        if cancel and cancel():
            raise Cancelled("The building of the environment was cancelled.")
        with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
            out, err = Path(temporary, "out"), Path(temporary, "err")
            with out.open("wb") as out_file, err.open("wb") as err_file:
                process = subprocess.Popen(
                    list(command), stdin=subprocess.DEVNULL, stdout=out_file, stderr=err_file, cwd=cwd, env=self._environment()
                )
                told = 0
                while True:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=0.1)
                    ended = process.returncode is not None
                    if say:
                        told = _tell_new_lines(err, told, say)
                    if ended:
                        break
                    if cancel and cancel():
                        kill_tree(process.pid, grace=1)
                        process.wait()
                        raise Cancelled("The building of the environment was cancelled.")
            if process.returncode:
                raise failure(what, err.read_text("utf-8", "replace"), place)
            return out.read_text("utf-8", "replace")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        kept |= {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_NO_WRAP": "1"}
        if self._settings.ca_bundle:
            kept |= dict.fromkeys(("SSL_CERT_FILE", "MAMBA_SSL_VERIFY", "CONDA_SSL_VERIFY"), self._settings.ca_bundle)
        if self._settings.package_index:
            kept["UV_DEFAULT_INDEX"] = self._settings.package_index
        return kept


def uv_program() -> str:
    """The path of uv. Raises EnvironmentError_ when it is missing."""
    import uv

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError as error:
        if found := shutil.which("uv"):
            return found
        raise EnvironmentError_("uv, which builds environments, was not found.", hint="Install it with: pip install uv") from error


def _tell_new_lines(path: Path, told: int, say: Say) -> int:
    with path.open("rb") as file:
        file.seek(told)
        data = file.read()
    end = data.rfind(b"\n") + 1
    for line in data[:end].decode("utf-8", "replace").splitlines():
        if line.strip() and not line.startswith(("warning: Failed to hardlink", "error:", "  cause:", "hint:")):
            say(line.strip())
    return told + end


def failure(what: str, stderr: str, place: str, machine: str = "this machine") -> WorkbenchError:
    """The program's own reason, condensed into one sentence, with the one to blame. `machine`: where it ran."""
    low = stderr.lower()
    if any(sign in low for sign in _DISK_FULL):
        return EnvironmentError_(f"{what}: the disk is full.", hint="Free some space and try again.")
    if no_python := _no_python(what, stderr, place, machine):
        return no_python
    told = _OF_CONDA.sub(" ", stderr)
    if found := _FAILED.search(told):
        told = told[found.start() :]  # before it stands how far uv came
    blocks = re.split(r"^\s*(?:error|cause|hint|critical libmamba):|^\s*[×╰├][─▶ ]*|^\s*help:", told, flags=re.MULTILINE)
    parts = [" ".join(block.split()) for block in blocks if block.strip()]
    address = re.search(r"https?://[^/\s`)]+", stderr)
    where = f" at {_host(address[0])}" if address else ""
    if _UNTRUSTED.search(stderr):
        hint = "Set ca_bundle (of the settings, or of the target) to a file that has your network's certificates."
        return EnvironmentError_(f"{what}: the certificate of the package index{where} is not trusted.", hint=hint)
    if any(sign in low for sign in _OFFLINE):
        system = _SYSTEM_SAYS.search(stderr)
        lines = [line.strip() for line in told.splitlines() if any(sign in line.lower() for sign in _OFFLINE)]
        # uv's last cause is the deepest; conda goes on with advice.
        shortest = min(parts[-1:] + lines[:1], key=len, default="no answer")
        reason = system[1] if system else shortest.rstrip(".")
        hint = "Check the network, the proxy and the package index in the settings."
        return EnvironmentError_(f"{what}: no connection to the package index{where} ({reason}).", hint=hint)
    because = next((part for part in parts if part.startswith("Because ")), "")
    parts = [_MARKED.sub("", part) for part in parts]
    reason = because or ": ".join(part.rstrip(".:") for part in parts[:2]) or "no reason was given"
    reason = reason.removesuffix(", we can conclude that your requirements are unsatisfiable.")
    reason = reason[0].lower() + reason[1:] if reason.startswith("Because") else reason
    hint = "Correct the requirement and run again." if because else ""
    return UserError(f"{what}: {reason.rstrip('.')}.", hint=hint, place=place)


def _no_python(what: str, stderr: str, place: str, machine: str) -> WorkbenchError | None:
    """Where the interpreter is what is missing: uv looks for it on the machine, then downloads it."""
    hint = f"Install that Python on {machine}, or correct what the project or run configuration asks for."
    if found := _PYTHON_DOWNLOAD.search(stderr):
        reason = [line.strip().removeprefix("cause: ") for line in stderr.splitlines() if line.strip()][-1].rstrip(".")
        unreached = f"it could not be fetched from {found[1]} ({reason})"
        return EnvironmentError_(f"{what}: {machine} has no Python {found[2]}, and {unreached}.", hint=hint)
    if found := _NO_INTERPRETER.search(stderr):
        lacking = (
            f"{machine} has no {found[1]}, and uv knows of none to fetch" if found[1] else f"there is no interpreter {found[2]}"
        )
        return UserError(f"{what}: {lacking}.", hint=hint, place=place)
    return None


def _host(address: str) -> str:
    return address.rpartition("@")[2].removeprefix("https://").removeprefix("http://")
