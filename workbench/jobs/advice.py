"""What to do about the exception that ended a script, told by what the job was given: its files, packages, variables, its place."""

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

_MISSING_FILE = re.compile(r"FileNotFoundError: .*: '(?P<path>[^']+)'$")
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'")
_MISSING_KEY = re.compile(r"KeyError: '(?P<name>[A-Za-z_][A-Za-z0-9_]*)'$")
_READS_ENVIRONMENT = re.compile(r'\s+File "(<frozen os>|.*[/\\]os\.py)", line \d+, in __getitem__$')
_READS_PROJECT = frozenset({"local", "spark", "docker"})
_IS_HERE = frozenset({"local", "spark"})


@dataclass(frozen=True)
class Given:
    """What a job was given, as far as its failure is explained by it."""

    project: Path
    work: Path
    """The working copy on this machine."""
    target: str = "local"
    kind: str = "local"
    """Of the target."""
    environment: str = "requirements"
    variables: Collection[str] = ()


def advice(message: str, lines: Sequence[str], given: Given) -> str:
    """What helps, in a sentence; empty where nothing is known. `message`: the exception's last line; `lines`: its traceback."""
    if missing := _MISSING_FILE.search(message):
        return _about_file(missing["path"], given)
    if missing := _MISSING_MODULE.search(message):
        return _about_module(missing["name"], given)
    if (missing := _MISSING_KEY.search(message)) and any(_READS_ENVIRONMENT.match(line) for line in lines):
        return _about_variable(missing["name"], given)
    return ""


def _about_file(path: str, given: Given) -> str:
    if Path(path).is_absolute():
        if given.kind in _IS_HERE or not Path(path).exists():
            return ""
        way = "name its folder among the target's volumes" if given.kind == "docker" else "put it there"
        return f"The file is on this machine, but not on the target {given.target}: keep it in the project, or {way}."
    if not (given.project / path).exists():
        return ""
    said = "The file is in the project folder but left out of the run's copy (ignored, or too big)"
    if given.kind in _READS_PROJECT:
        return f'{said}: read it from os.environ["WORKBENCH_PROJECT"].'
    return f"{said}, which is all that the target {given.target} gets: take it out of .gitignore or .wbignore, or put it there."


def _about_module(name: str, given: Given) -> str:
    first = name.partition(".")[0]
    if first == "workbench":
        return "Of Workbench, scripts in an environment of their own have the SDK only."
    own = [f"{first}.py", first]
    if any((given.project / one).exists() and not (given.work / one).exists() for one in own):
        return "The module is in the project folder but left out of the run's copy: take it out of .gitignore or .wbignore."
    if given.environment == "requirements":
        return "Add the package to the project's requirements."
    if given.environment == "interpreter":
        return "The job runs on an interpreter of its own as it is: install the package there, or name the project's requirements."
    return 'The job runs on Workbench\'s own Python: choose environment.kind = "requirements" and add the package there.'


def _about_variable(name: str, given: Given) -> str:
    if name in given.variables:
        return ""
    where = f" (this machine has it, the target {given.target} does not)" if name in os.environ else ""
    return f"The job was not given the variable {name}{where}: set it in [variables] of the run configuration, or by --env."
