"""Where a command works: the project around the current folder, and the client of the workspace's server."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from workbench.base.errors import EnvironmentError_, NotFound, UserError

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.projects import Project
    from workbench.schema import Run, RunSummary

T = TypeVar("T")

PROJECT_FILE = "workbench.toml"
_KNOWN = 8  # runs that a hint names

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", "-p", help="The project folder. Default: the one around the current folder.", show_default=False),
]
RunArgument = Annotated[
    str, typer.Argument(help="Number in the project, id, or the first characters of the id.", show_default=False)
]


def project_folder(given: Path | None = None) -> Path | None:
    """The given folder, or the nearest one upwards that is a project; None when there is none."""
    if given is not None:
        return given.expanduser().absolute()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / PROJECT_FILE).is_file()), None)


def open_project(given: Path | None = None) -> "Project":
    """The project to work on. Raises UserError when there is none."""
    from workbench.projects import Project

    folder = project_folder(given)
    if folder is None:
        raise UserError(
            f"{Path.cwd()} is not in a project.",
            hint="Go into a project folder, name one with --project, or make one with: workbench init FOLDER",
        )
    return Project.open(folder)


@contextlib.contextmanager
def connected(*, start: bool = True) -> "Iterator[Client]":
    """A client of the workspace's server, which is started when none runs."""
    from pydantic import ValidationError

    from workbench import __version__
    from workbench.cli.output import say
    from workbench.client import Client

    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        say(text)

    with Client.connect(start=start, say=tell) as client:
        if told:  # a server that was just started may have found something damaged: an empty list must not be all that one sees
            for notice in client.health().notices:
                say(f"Note: {notice}")
        try:
            yield client
        except ValidationError as error:
            if client.server_version == __version__:
                raise
            raise EnvironmentError_(
                f"The workspace server is version {client.server_version}, this is {__version__}: neither understands the other.",
                hint="Restart it with: workbench server stop   Running jobs and services go on.",
            ) from error


def find_run(client: "Client", text: str, project: Path | None = None) -> "Run":
    """A run by its number in the project, its id or the first characters of it. Raises NotFound, with the known ones."""
    folder = project_folder(project)
    where = str(folder) if folder else None
    if text.isascii() and text.isdigit() and len(text) < 8:
        same = client.runs(project=where, archived=True, filter=f"number = {int(text)}", limit=6).runs
        if len(same) == 1:
            return client.run(same[0].id)
        if same:
            names = ", ".join(f"{run.id[:8]} ({run.experiment})" for run in same[:5])
            raise UserError(f"Several runs have the number {text}: {names}.", hint="Give the id, or go into the project's folder.")
        if len(text) < 4:
            known = client.runs(project=where, archived=True, limit=_KNOWN + 1).runs
            raise NotFound(f"There is no run {text}{f' in {folder.name}' if folder else ''}.", hint=_known(known))
    return client.run(text)


def _known(runs: "Sequence[RunSummary]") -> str:
    if not runs:
        return "There are no runs yet. Start one with: workbench submit SCRIPT"
    more = " and others" if len(runs) > _KNOWN else ""
    numbers = dict.fromkeys(str(run.number) for run in runs[:_KNOWN])
    return f"Known are {', '.join(numbers)}{more}. See: workbench run list"


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
    """`KEY=VALUE` options as a dictionary. Raises UserError for one without `=`."""
    found: dict[str, str] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not key or not equals:
            raise UserError(f"{option} {value} is not of the form KEY=VALUE.")
        found[key] = rest
    return found


def model_and_version(text: str) -> tuple[str, int | None]:
    """`name` or `name:3`. Raises UserError when the version is no number."""
    name, colon, version = text.rpartition(":")
    if not colon:
        return text, None
    if not version.isdigit():
        raise UserError(f"{version!r} is not a version of a model.", hint="Write NAME or NAME:NUMBER, such as late-flights:2.")
    return name, int(version)


def checked(build: "Callable[[], T]") -> T:
    """What `build` makes of the user's values. Raises UserError with the first thing that is wrong in them."""
    from pydantic import ValidationError

    try:
        return build()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        # What only stands between the user's word and the value (a table, a kind that was chosen) is left out.
        named = [str(part) for part in first["loc"]]
        field = (named[-1] if named[:1] == ["spec"] else ".".join(named)).replace("_", " ")
        message = f"The {field} {first.get('input')!r} is not possible: {first['msg'].rstrip('.')}."
        hint = ""
        if first["type"] == "missing":
            message = f"The {field} is missing."
        if first["type"] == "string_pattern_mismatch":
            message = f"The {field} {first.get('input')!r} is not possible."
            hint = "Use letters, digits, dots and dashes; a service's name has lower-case letters only."
        raise UserError(message, hint=hint) from error
