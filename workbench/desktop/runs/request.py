"""From what stands in the run bar to a request, or to a sentence about what is wrong."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import UserError
from workbench.schema import JobRequest


@dataclass(frozen=True)
class ConfigChoice:
    """What the run bar takes from a run configuration."""

    script: str = ""
    arguments: tuple[str, ...] = ()
    target: str = "local"
    sweep: bool = False
    """It has a `[sweep]` table: Run starts the sweep."""


@dataclass(frozen=True)
class RunChoices:
    """What a project offers to run. `configs`: by name; the default one first."""

    project: str
    configs: dict[str, ConfigChoice]
    runnable: tuple[str, ...]
    problem: str = ""
    """A sentence about a broken configuration."""


@dataclass(frozen=True)
class RunWay:
    """How to run what the bar holds, where it differs from the configuration."""

    target: str = ""
    """Empty: the configuration's."""
    priority: int | None = None
    once: bool = False
    """One run, although the configuration has a sweep."""
    force: bool = False
    """A data preparation also where nothing has changed."""


AS_CONFIGURED = RunWay()


def join_arguments(arguments: tuple[str, ...]) -> str:
    """Arguments as a user types them."""
    return shlex.join(arguments)


def read_request(choices: RunChoices, config: str, script: str, arguments: str, way: RunWay = AS_CONFIGURED) -> JobRequest:
    """The request of a filled run bar. Raises UserError; its place is the field: `config`, `script` or `arguments`."""
    if config not in choices.configs:
        known = ", ".join(choices.configs) or "none"
        raise UserError(f"The project has no run configuration “{config}”.", hint=f"It has: {known}.", place="config")
    chosen = choices.configs[config]
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
    sweep = chosen.sweep and not way.once
    if sweep and path.suffix != ".py":
        raise UserError(
            f"The run configuration {config} is a sweep, which tries a script's parameters; {script} is a data preparation.",
            hint="Choose a script, or another configuration.",
            place="script",
        )
    return JobRequest(
        project=choices.project,
        config=config,
        script=script,
        arguments=words,
        target="" if way.target == chosen.target else way.target,
        priority=way.priority,
        sweep=sweep,
        force=way.force,
    )
