"""`workbench run archive|unarchive|edit`: what a user may change of a run."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import UserError
from workbench.cli.context import ProjectOption, RunArgument, connected, find_run, pairs

if TYPE_CHECKING:
    from pathlib import Path

_Runs = Annotated[list[str], typer.Argument(help="Numbers or ids.", show_default=False)]


def archive(runs: _Runs, project: ProjectOption = None) -> None:
    """Take runs out of the lists; `run list --archived` shows them. Nothing is deleted.

    \b
    Example:
      workbench run archive 4 5
    """
    _set_archived(runs, project, archived=True)


def unarchive(runs: _Runs, project: ProjectOption = None) -> None:
    """Take archived runs into the lists again.

    \b
    Example:
      workbench run unarchive 4
    """
    _set_archived(runs, project, archived=False)


def _set_archived(runs: list[str], project: "Path | None", *, archived: bool) -> None:
    from workbench.cli.output import say
    from workbench.schema import RunPatch

    with connected() as client:
        for text in runs:
            found = find_run(client, text, project)
            client.patch_run(found.id, RunPatch(archived=archived))
            say(f"Run {found.number} of {found.experiment} is {'archived' if archived else 'in the lists again'}.")


def edit(
    run: RunArgument,
    project: ProjectOption = None,
    name: Annotated[str | None, typer.Option("--name", help="Its name.", show_default=False)] = None,
    notes: Annotated[str | None, typer.Option("--notes", help='Its notes; "" for none.', show_default=False)] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", help="KEY=VALUE, to be set.", show_default=False)] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", "-r", help="A tag to remove.", show_default=False)] = None,
) -> None:
    """Change the name, the notes or the tags of a run.

    \b
    Examples:
      workbench run edit 4 --name "deep trees" --tag team=blue
      workbench run edit 4 --notes "Too slow." --remove team
    """
    from workbench.cli.output import say
    from workbench.schema import RunPatch

    tags = {**pairs(tag or [], "--tag"), **dict.fromkeys(remove or [], "")}
    if name is None and notes is None and not tags:
        raise UserError("There is nothing to change.", hint="Give --name, --notes, --tag or --remove.")
    with connected() as client:
        found = find_run(client, run, project)
        client.patch_run(found.id, RunPatch(name=name, notes=notes, tags=tags or None))
    say(f"Run {found.number} of {found.experiment} is changed.")
