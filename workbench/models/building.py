"""Makes a service's folder and environment, and starts its process.

`services/<name>/`: `app.py` and `service.json` (generated), `code/` (the project as of the model's run, or the score script alone),
`model/` (a copy of the version's files), `requirements.lock`, `log.txt`.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import workbench
from workbench.base.clock import utc_now
from workbench.base.errors import UserError
from workbench.base.files import disk_error, write_atomic, write_json
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import spawn_detached, started_at
from workbench.jobs.environments import EnvironmentBuilder, environment_variables
from workbench.jobs.sdkcopy import sdk_folder
from workbench.models.ports import HOST
from workbench.models.records import ServiceRecord
from workbench.models.scorescript import check_score_script

SERVING = ("fastapi>=0.110", "uvicorn>=0.29", "prometheus-client>=0.20")
"""What the scoring server needs beside the packages of the model's run."""

_LIMITS = {"concurrency": 1, "queue": 100, "limit_bytes": 10_000_000, "stop_seconds": 10}
_LOG_LIMIT = 10_000_000
_TAIL = 64_000
_IMPORTS = "import fastapi, prometheus_client, uvicorn"

Say = Callable[[str], None]


class Snapshots(Protocol):
    """What is needed of `projects.snapshots.SnapshotStore`."""

    def read(self, commit: str, path: str) -> bytes: ...

    def checkout(self, commit: str, folder: Path) -> None: ...


class ServiceBuilder:
    """Turns a service's record into a running process; holds no state of its own."""

    def __init__(
        self,
        paths: WorkspacePaths,
        model_folder: Callable[[str, int], Path],
        snapshots: Snapshots,
        environments: EnvironmentBuilder,
    ) -> None:
        self._paths = paths
        self._model_folder = model_folder
        self._snapshots = snapshots
        self._environments = environments

    def folder(self, name: str) -> Path:
        return self._paths.services / name

    def log(self, name: str) -> Path:
        return self.folder(name) / "log.txt"

    def note(self, name: str, line: str) -> None:
        """Adds a line of our own to the service's log."""
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"[workbench] {line}\n")

    def lay_out(self, record: ServiceRecord, say: Say) -> None:
        """Writes the folder. What is already there is made anew: a score script given by its absolute path may have changed."""
        folder = self.folder(record.name)
        say(f"Copying version {record.version} of the model {record.model}.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self.log(record.name).exists() and self.log(record.name).stat().st_size > _LOG_LIMIT:
                self.log(record.name).replace(folder / "log.old.txt")
            for part in ("model", "code"):
                if (folder / part).exists():
                    shutil.rmtree(folder / part)
            shutil.copytree(self._model_folder(record.model, record.version), folder / "model")
            script = self._lay_out_code(record, folder / "code")
            shipped = Path(__file__).with_name("scoring_app.py").read_text("utf-8")
        except OSError as error:
            raise disk_error(error, f"The folder of the service {record.name}") from error
        made = f"# Made by Workbench {workbench.__version__} for the service {record.name}, and written anew at each start.\n"
        write_atomic(folder / "app.py", made + shipped)
        write_json(
            folder / "service.json",
            {
                "service": record.name,
                "model": record.model,
                "version": record.version,
                "run_id": record.run_id,
                "script": script,
                "sample": record.request.sample,
                "host": HOST,
                "port": record.port,
                **_LIMITS,
            },
        )

    def environment(self, record: ServiceRecord, say: Say, cancel: Callable[[], bool]) -> tuple[Path, str]:
        """The interpreter to serve with and, where it is an environment of ours, its lock."""
        spec, request = record.spec, record.request
        if not request.requirements and spec["environment"] in {"workbench", "interpreter"}:
            python = Path(sys.executable if spec["environment"] == "workbench" else shutil.which(spec["python"]) or spec["python"])
            _check_interpreter(python)
            return python, ""
        lock = str(spec.get("lock") or "")
        if not lock:
            say("Looking for the packages to serve with.")
            wanted = Path(spec["requirements"]) if request.requirements else str(spec["run_lock"])
            lock = self._environments.resolve(wanted, extra=SERVING, python=spec["python"], say=say, cancel=cancel)
        write_atomic(self.folder(record.name) / "requirements.lock", lock)
        say("Preparing the environment.")
        return self._environments.ensure(lock, spec["python"], say, cancel), lock

    def start(self, record: ServiceRecord, python: Path, key: str) -> tuple[int, float | None]:
        """Starts the detached process; returns its pid and when it began (None when it is gone already)."""
        folder = self.folder(record.name)
        variables = {name: value for name, value in environment_variables(python).items() if not name.startswith("WORKBENCH_")}
        variables |= {
            "WORKBENCH_SERVICE_KEY": key,
            "WORKBENCH_MODEL_DIR": str(folder / "model"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        if record.spec["environment"] != "workbench":
            # Helpers that the score script shares with the training may import the SDK.
            variables["PYTHONPATH"] = str(sdk_folder(self._paths.root))
        self.note(record.name, f"{utc_now():%Y-%m-%d %H:%M:%S} UTC: starting at {HOST}:{record.port} with {python}")
        try:
            pid = spawn_detached(
                [str(python), str(folder / "app.py")], log=self.log(record.name), cwd=folder / "code", env=variables
            )
        except OSError as error:
            raise disk_error(error, f"The process of the service {record.name}") from error
        return pid, started_at(pid)

    def _lay_out_code(self, record: ServiceRecord, code: Path) -> str:
        script = Path(record.request.score_script)
        if script.is_absolute():
            source = read_script(script)
            check_score_script(source, str(script))
            write_atomic(code / script.name, source)
            return f"code/{script.name}"
        self._snapshots.checkout(record.spec["snapshot"], code)
        return f"code/{script.as_posix()}"


def read_script(script: Path) -> bytes:
    """The bytes of a score script outside the snapshots. Raises UserError."""
    try:
        return script.read_bytes()
    except FileNotFoundError:
        raise UserError(f"There is no score script {script}.", place=str(script)) from None
    except OSError as error:
        raise UserError(f"The score script {script} cannot be read: {error.strerror or error}.", place=str(script)) from error


def _check_interpreter(python: Path) -> None:
    hint = f"Install them there ({', '.join(SERVING)}), or name a requirements file for the service."
    try:
        done = subprocess.run(
            [str(python), "-c", _IMPORTS],
            capture_output=True,
            text=True,
            env=environment_variables(python),
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"The interpreter {python} does not start: {error}.", hint=hint, place=str(python)) from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"The interpreter {python} lacks what serving needs: {last}.", hint=hint, place=str(python))


def log_size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def why_it_ended(log: Path, offset: int) -> str:
    """One sentence from what the process wrote since `offset`: the last line of its traceback with the place in the user's code."""
    if not log.exists():
        return "it left no log"
    with log.open("rb") as file:
        file.seek(max(offset, log_size(log) - _TAIL))
        lines = [line.rstrip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("Traceback (most recent call last)")]
    if not starts:
        ours = [line for line in lines if not line.startswith("[workbench] ")]
        return ours[-1].rstrip(".") if ours else "it said nothing"
    block = lines[starts[-1] + 1 :]
    end = next((number for number, line in enumerate(block) if not line.startswith(" ")), len(block) - 1)
    places = [re.search(r'File ".*[/\\]code[/\\](.+)", line (\d+)', line) for line in block[:end]]
    place = next((f" ({found[1]}, line {found[2]})" for found in reversed(places) if found), "")
    return block[end].rstrip(".") + place if block else "it ended in the middle of a traceback"
