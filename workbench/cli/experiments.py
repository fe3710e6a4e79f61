"""`workbench experiment`: list, show, rename, tag; delete with all runs, and bring back."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.context import connected, pairs
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.schema import Experiment

app = typer.Typer(help="Experiments, which hold the runs: list, show, rename, tag, delete.", no_args_is_help=True)

_NEWEST = 10
_Name = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its name or id.", show_default=False)]
_Names = Annotated[list[str], typer.Argument(metavar="EXPERIMENT...", help="Names or ids.", show_default=False)]


@app.command("list")
def list_experiments(
    deleted: Annotated[bool, typer.Option("--deleted", help="Those in the trash instead.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List experiments by name, with the number of their runs.

    \b
    Examples:
      workbench experiment list
      workbench experiment list --deleted --output json
    """
    from rich.markup import escape

    from workbench.cli.format import age
    from workbench.cli.output import print_models, print_table, table

    with connected() as client:
        found = client.experiments("deleted" if deleted else "active")
    if output is Output.JSON:
        print_models(found)
        return
    rows = table("experiment", "id", "runs", "tags", "created", *(["deleted"] if deleted else []), right=("runs",))
    for one in found:
        when = [age(one.deleted)] if deleted else []
        rows.add_row(escape(one.name), one.id[:8], f"{one.runs:,}", escape(_tags(one)), age(one.created), *when)
    print_table(rows, "There are no experiments in the trash." if deleted else "There are no experiments yet.")


@app.command()
def show(experiment: _Name, output: OutputOption = Output.TABLE) -> None:
    """Show an experiment, and its newest runs.

    \b
    Example:
      workbench experiment show flights
    """
    from workbench.cli.format import counted, moment_text
    from workbench.cli.output import out, plain, print_json
    from workbench.cli.runs import print_runs

    with connected() as client:
        found = client.experiment(experiment)
        page = client.search(experiments=[found.id], limit=_NEWEST, view="deleted" if found.deleted else "active")
    if output is Output.JSON:
        print_json({**plain(found), "newest": plain(page)["runs"]})
        return
    console = out()
    console.print(found.name, style="bold", markup=False, soft_wrap=True)
    facts = {"id": found.id, "created": moment_text(found.created), "runs": f"{page.total:,}"}
    if found.tags:
        facts["tags"] = _tags(found)
    if found.deleted:
        facts["deleted"] = f"{moment_text(found.deleted)}; bring it back with: workbench experiment undelete {found.id}"
    for name, value in facts.items():
        console.print(f"  {name:<9}{value}", markup=False, soft_wrap=True)
    if page.runs:
        console.print()
        print_runs(page.runs, show_experiment=False)
    if page.total > len(page.runs):
        console.print(f"{counted(page.total - len(page.runs), 'older run')}: workbench run list --all --experiment {found.id}")


@app.command()
def rename(
    experiment: _Name, name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.", show_default=False)]
) -> None:
    """Give an experiment another name. Its runs stay as they are, with their numbers.

    \b
    Example:
      workbench experiment rename flights "late flights"
    """
    from workbench.cli.output import say

    with connected() as client:
        before = client.experiment(experiment)
        found = client.patch_experiment(before.id, name=name)
    say(f"The experiment {before.name} is called {found.name} now.")


@app.command()
def tag(
    experiment: _Name,
    tags: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="Tags to set.", show_default=False)] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", "-r", help="A tag to remove.", show_default=False)] = None,
) -> None:
    """Set or remove tags of an experiment.

    \b
    Examples:
      workbench experiment tag flights team=blue "question=does depth help"
      workbench experiment tag flights --remove team
    """
    from workbench.base.errors import UserError
    from workbench.cli.output import say

    wanted = {**pairs(tags or [], "tag"), **dict.fromkeys(remove or [], "")}
    if not wanted:
        raise UserError("There is no tag to set or remove.", hint="For example: workbench experiment tag flights team=blue")
    with connected() as client:
        found = client.patch_experiment(client.experiment(experiment).id, tags=wanted)
    say(f"{found.name}: {_tags(found) or 'no tags'}.")


@app.command()
def delete(experiments: _Names) -> None:
    """Put experiments into the trash, with all their runs. They can be brought back until it is emptied.

    \b
    Example:
      workbench experiment delete flights
    """
    from workbench.cli.format import counted
    from workbench.cli.output import say

    with connected() as client:
        for name in experiments:
            found = client.experiment(name)
            if found.deleted is not None:
                say(f"The experiment {found.name} is in the trash already.")
                continue
            client.patch_experiment(found.id, deleted=True)
            runs = f" with {counted(found.runs, 'run')}" if found.runs else ""
            say(f"The experiment {found.name} is in the trash{runs}. Bring it back with: workbench experiment undelete {found.id}")


@app.command()
def undelete(experiments: _Names) -> None:
    """Bring experiments back from the trash, with the runs that went with them.

    \b
    Example:
      workbench experiment undelete flights
    """
    from workbench.cli.format import counted
    from workbench.cli.output import say

    with connected() as client:
        for name in experiments:
            found = client.experiment(name)
            if found.deleted is None:
                say(f"The experiment {found.name} is not in the trash.")
                continue
            back = client.patch_experiment(found.id, deleted=False)
            say(f"The experiment {back.name} is back, with {counted(back.runs, 'run')}.")


def _tags(one: "Experiment") -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(one.tags.items()))
