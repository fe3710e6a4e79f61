"""`workbench env`: the Python environments on disk."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import UserError
from workbench.cli.context import connected
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from workbench.schema import Environment

app = typer.Typer(help="Python environments of runs and services: list, clean.", no_args_is_help=True)


@app.command("list")
def list_environments(output: OutputOption = Output.TABLE) -> None:
    """List the environments on disk, the latest used first.

    \b
    Examples:
      workbench env list
      workbench env list --output json
    """
    from workbench.cli.output import print_models, say

    with connected() as client:
        found = client.environments()
    if output is Output.JSON:
        print_models(found)
        return
    _print(found)
    if found:
        total = sum(one.size for one in found) / 1e9
        say(f"{total:.1f} GB in all; what several environments hold is counted in each.")


@app.command()
def clean(
    unused_days: Annotated[
        float | None, typer.Option("--unused-days", min=0, help="Remove what was not used for so long.", show_default=False)
    ] = None,
    limit_gb: Annotated[
        float | None,
        typer.Option("--limit-gb", min=0, help="Remove the longest unused until the rest takes less.", show_default=False),
    ] = None,
    yes: YesOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Remove environments that nobody uses. What is needed again is built anew.

    An environment is left alone while a job, service or notebook runs in it, and for an hour after its last use.

    \b
    Examples:
      workbench env clean --unused-days 30
      workbench env clean --limit-gb 10 --yes
    """
    from workbench.cli.output import confirm, print_models, say

    if unused_days is None and limit_gb is None:
        raise UserError("It was not said what to remove.", hint="For example: workbench env clean --unused-days 30")
    confirm("Remove the environments that nobody uses?", yes=yes)
    with connected() as client:
        removed = client.clean_environments(unused_days=unused_days, limit_gb=limit_gb)
    if output is Output.JSON:
        print_models(removed)
        return
    freed = sum(one.size for one in removed) / 1e9
    say(f"Removed {len(removed)} environment{'' if len(removed) == 1 else 's'} ({freed:.1f} GB).")


def _print(found: "tuple[Environment, ...]") -> None:
    from workbench.cli.format import age
    from workbench.cli.output import print_table, table

    rows = table("id", "python", "packages", "MB", "built", "last used", "", right=("packages", "MB"))
    for one in found:
        used = "in use" if one.in_use else ""
        rows.add_row(one.id[:8], one.python, str(one.packages), f"{one.size / 1e6:.0f}", age(one.built), age(one.used), used)
    print_table(rows, "There are no environments yet: the first job builds one.")
