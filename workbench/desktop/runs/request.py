"""From what stands in the run bar to a request, or to a sentence about what is wrong."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import UserError
from workbench.schema import JobRequest


@dataclass(frozen=True)
class RunChoices:
    """What a project offers to run. `configs`: name -> (script, arguments); the default one first."""

    project: str
    configs: dict[str, tuple[str, tuple[str, ...]]]
    runnable: tuple[str, ...]
    problem: str = ""
    """A sentence about a broken configuration."""


def join_arguments(arguments: tuple[str, ...]) -> str:
    """Arguments as a user types them."""
    return shlex.join(arguments)


def read_request(choices: RunChoices, config: str, script: str, arguments: str, name: str = "") -> JobRequest:
    """The request of a filled run bar. Raises UserError; its place is the field: `config`, `script` or `arguments`."""
    if config not in choices.configs:
        known = ", ".join(choices.configs) or "none"
        raise UserError(f"The project has no run configuration “{config}”.", hint=f"It has: {known}.", place="config")
    script = script.strip().replace("\\", "/")
    if not script:
        raise UserError("Choose a script or a data preparation to run.", place="script")
    path = Path(choices.project, script)
    if not path.is_file():
        raise UserError(
            f"There is no file {script} in the project.", hint="Choose one from the list, or correct the path.", place="script"
        )
    if path.suffix not in {".py", ".wbprep"}:
        raise UserError(f"{script} cannot be run: it is neither a Python script nor a data preparation.", place="script")
    try:
        words = tuple(shlex.split(arguments))
    except ValueError as error:
        what = "a quotation mark is not closed" if "quotation" in str(error) else str(error).lower()
        raise UserError(f"The arguments cannot be read: {what}.", place="arguments") from error
    return JobRequest(project=choices.project, config=config, script=script, arguments=words, name=name)
