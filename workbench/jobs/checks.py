"""What is checked before a job is queued: the project, its run configuration, the script, the requirements. All by sentences."""

import difflib
import json
import re
import shutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.base.errors import NotFound, UserError
from workbench.base.masking import MASK
from workbench.jobs.sweeps.space import checked_sweep
from workbench.projects import Project, SnapshotStore
from workbench.schema import JobRequest, RunConfig

_ENVIRONMENT_FILES = ("requirements.txt", "uv.lock", "pyproject.toml", "conda_dependencies.yml", "environment.yml", "conda.yml")
_SHOWN = 80  # characters of a wrong value
_TABLES = {
    "sweep.parameters.": ", such as {values = [0.1, 0.01]} or {low = 0.01, high = 0.1}",
    "sweep.stop": ', such as {policy = "median"}',
}
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")


@dataclass(frozen=True)
class JobPlan:
    """A checked request: its project, and the configuration with what the request puts above it."""

    project: Project
    config: RunConfig


def check_request(request: JobRequest) -> JobPlan:
    """Raises UserError or NotFound with the file, key or line to correct."""
    folder = Path(request.project)
    if not request.project or not folder.is_absolute():
        raise UserError(f"The project folder must be an absolute path, not {request.project!r}.")
    project = Project.open(folder)
    config = load_config(project, request.config)
    named = request.script or config.script
    # An environment alone is prepared for no script in particular.
    changes: dict[str, object] = {"script": _script(project, named) if named or request.kind != "prepare" else ""}
    if request.target:
        changes["target"] = request.target
    if request.arguments is not None:
        changes["arguments"] = request.arguments
    if request.variables:
        changes["variables"] = {**config.variables, **request.variables}
    for name in ("priority", "retries"):
        if (value := getattr(request, name)) is not None:
            changes[name] = value
    if str(changes["script"]).endswith(".wbprep"):
        # A data preparation needs what only Workbench's own Python has.
        changes["environment"] = config.environment.model_copy(update={"kind": "workbench", "python": ""})
    # Without being asked for, the table says nothing of this run: it is the script once.
    changes["sweep"] = checked_sweep(config.sweep, f"runconfig/{config.name}.toml") if request.sweep else None
    config = config.model_copy(update=changes)
    _check_values(config, str(project.folder / "runconfig" / f"{config.name}.toml"))
    _check_environment(project, config)
    _check_syntax(project, config)
    return JobPlan(project, config)


def load_config(project: Project, name: str = "") -> RunConfig:
    """A run configuration of the project, checked. Raises UserError that names file and key."""
    path = project.config_path(name)
    shown = f"runconfig/{path.name}"
    try:
        return RunConfig.model_validate(project.config(name))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            message = f"{shown} has a key {key} that Workbench does not know."
        else:
            should = first["msg"].removeprefix("Input ").rstrip(".")
            if first["type"] in {"model_type", "dict_type"}:
                example = next((text for end, text in _TABLES.items() if key.startswith(end)), "")
                should = f"should be a table{example}"
            message = f"{key} in {shown} is wrong: {should}{_it_is(first)}."
        raise UserError(message, hint="Correct it and run again.", place=str(path)) from error


def _it_is(error: Any) -> str:
    """What stands there instead; not where it may be a secret."""
    if error["loc"][0] == "variables":
        return ""
    given = repr(error["input"])
    return f" (it is {given if len(given) <= _SHOWN else given[:_SHOWN] + ' ...'})"


def data_variables(config: RunConfig) -> dict[str, str]:
    """The variables by which `workbench.prep` and `workbench.source` learn what stands in for sources while the job runs."""
    found = {}
    if config.inputs:
        found["WORKBENCH_INPUTS"] = json.dumps(config.inputs)
    if config.samples:
        found["WORKBENCH_SAMPLES"] = json.dumps(config.samples)
    if config.use_samples:
        found["WORKBENCH_USE_SAMPLES"] = "1"
    return found


def check_snapshot(store: SnapshotStore, commit: str, config: RunConfig) -> None:
    """The script and the requirements must be in the run's copy of the project."""
    needed = [config.script] if config.script else []
    if config.environment.kind == "requirements":
        needed.append(config.environment.file)
    for name in needed:
        try:
            store.read(commit, name)
        except NotFound as error:
            message = f"{name} is in the project but not in the run's copy of it, since it is ignored or too big."
            hint = "Take it out of .gitignore or .wbignore, or raise the setting snapshot_file_mb."
            raise UserError(message, hint=hint, place=name) from error


def _script(project: Project, script: str) -> str:
    """The path relative to the project, with forward slashes, of a script that is there."""
    if not script:
        hint = "Name one, or set script in the run configuration."
        raise UserError("No script was named, and the run configuration has none.", hint=hint, place=str(project.folder))
    if "\0" in script:
        raise UserError("The script's name holds a NUL character.")
    root = project.folder.resolve()
    path = (project.folder / script).resolve()
    if not path.is_relative_to(root):
        hint = "Copy it there: a run works on a copy of the project."
        raise UserError(f"The script {script} is not inside the project {project.folder}.", hint=hint, place=script)
    relative = path.relative_to(root).as_posix()
    if not path.is_file():
        known = [*project.scripts(), *project.packages()]
        near = difflib.get_close_matches(relative, known, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"It has: {', '.join(known[:5]) or 'none yet'}."
        raise UserError(f"There is no script {script} in the project {project.name}.", hint=hint, place=str(path))
    if path.suffix not in {".py", ".wbprep"}:
        hint = "Start it from a Python script."
        raise UserError(f"{script} is neither a Python script nor a data preparation (.wbprep).", hint=hint, place=str(path))
    return relative


def check_place(config: RunConfig, kind: str) -> None:
    """Refuses what needs Workbench's own Python on a target of a kind that does not have it."""
    prepares = config.script.endswith(".wbprep")
    if kind in {"docker", "ssh", "ssh-docker"} and (prepares or config.environment.kind == "workbench"):
        what = f"The data preparation {config.script}" if prepares else f"The environment of runconfig/{config.name}.toml"
        message = f"{what} needs Workbench's own Python, which the target {config.target} does not have."
        hint = "Choose the target local."
        if prepares:
            hint = "Run it on the target local, or have a script read it by workbench.prep."
        raise UserError(message, hint=hint, place="target")
    if kind == "spark" and not config.script.endswith(".py") and config.script:
        hint = "Run it on the target local, or call workbench.prep(..., spark=session) in a script."
        raise UserError(f"{config.script} is no Python script, which is all that Spark runs here.", hint=hint, place="target")


def _check_values(config: RunConfig, place: str) -> None:
    for name, value in config.variables.items():
        if not _VARIABLE.match(name) or "\0" in value:
            raise UserError(f"{name!r} is no name of an environment variable, or its value holds a NUL character.", place=place)
        if MASK in value:
            message = f"The value of the variable {name} is blacked out, as snapshots and records keep it."
            raise UserError(
                message, hint=f'Write it anew, best as {name} = "secret:NAME" (see: workbench secret set).', place=place
            )
        if name.startswith("WORKBENCH_"):
            raise UserError(f"The variable {name} is set by Workbench itself.", hint="Choose another name.", place=place)
    if any("\0" in argument for argument in config.arguments):
        raise UserError("An argument holds a NUL character.", place=place)


def _check_environment(project: Project, config: RunConfig) -> None:
    environment = config.environment
    place = str(project.folder / "runconfig" / f"{config.name}.toml")
    if environment.kind == "interpreter":
        if not environment.python:
            raise UserError(f"environment.python in runconfig/{config.name}.toml must name the interpreter.", place=place)
        if config.target == "local" and not shutil.which(environment.python):  # elsewhere it is looked for there
            message = f"The interpreter {environment.python} of runconfig/{config.name}.toml is not on this machine."
            raise UserError(message, hint="Correct environment.python.", place=place)
    if environment.kind == "requirements":
        path = (project.folder / environment.file).resolve()
        if not path.is_relative_to(project.folder.resolve()):
            raise UserError(f"The requirements file {environment.file} is not inside the project.", place=place)
        if not path.is_file():
            others = [name for name in _ENVIRONMENT_FILES if (project.folder / name).is_file()]
            other = f"set environment.file to {others[0]}" if others else "correct environment.file"
            hint = f"Make it (it may be empty), or {other} in runconfig/{config.name}.toml."
            raise UserError(f"The requirements file {environment.file} is missing in {project.folder}.", hint=hint, place=str(path))


def _check_syntax(project: Project, config: RunConfig) -> None:
    """Compiles the script, where it will run on the Python that we are; a data preparation must be readable."""
    if config.script.endswith(".wbprep"):
        _check_package(project.folder / config.script)
    if not config.script.endswith(".py") or (config.environment.kind != "workbench" and config.environment.python):
        return
    path = project.folder / config.script
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(path.read_bytes(), config.script, "exec", dont_inherit=True)
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else str(path)
        line = f" line {error.lineno}" if error.lineno else ""
        said = f" ({error.text.strip()[:120]})" if error.text and error.text.strip() else ""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = f"{config.script}{line} is not valid Python {version}: {error.msg}{said}."
        raise UserError(message, hint="Correct it and run again.", place=place) from error
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise UserError(f"{config.script} is not a Python script: {error}.", place=str(path)) from error


def _check_package(path: Path) -> None:
    """What makes every run of it fail at once; the steps are checked by the run, against the data."""
    hint = "Restore it from git or an earlier snapshot."
    try:
        content = json.loads(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(
            f"The data preparation {path.name} is damaged (it is not UTF-8 text).", hint=hint, place=str(path)
        ) from error
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        reason = f"line {line}: {getattr(error, 'msg', 'too deeply nested')}"
        raise UserError(f"The data preparation {path.name} is damaged ({reason}).", hint=hint, place=f"{path}:{line}") from error
    if not isinstance(content, dict) or not isinstance(content.get("flows"), list):
        raise UserError(f"{path.name} is not a data preparation: it lists no dataflows.", hint=hint, place=str(path))
