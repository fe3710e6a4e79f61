"""`workbench run delete|undelete|trash`: runs that go, come back, or are deleted for good."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import NotFound
from workbench.cli.context import ProjectOption, connected, find_run, project_folder
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.client import Client
    from workbench.schema import RunSummary

_Runs = Annotated[list[str], typer.Argument(help="Numbers or ids.", show_default=False)]


def delete(runs: _Runs, project: ProjectOption = None) -> None:
    """Put ended runs into the trash, with their children. They can be brought back until it is emptied.

    \b
    Example:
      workbench run delete 4 5
    """
    from workbench.cli.output import say

    with connected() as client:
        for text in runs:
            found = find_run(client, text, project)
            gone = client.trash_run(found.id)
            children = f" with {'its child' if len(gone) == 2 else f'{len(gone) - 1} children'}" if len(gone) > 1 else ""
            say(f"Run {found.number} is in the trash{children}. Bring it back with: workbench run undelete {found.id[:8]}")


def undelete(runs: _Runs, project: ProjectOption = None) -> None:
    """Bring runs back from the trash, with the children that went with them.

    \b
    Example:
      workbench run undelete 4
    """
    from workbench.cli.output import say

    with connected() as client:
        for text in runs:
            found = _in_trash(client, text, project)
            client.untrash_run(found.id)
            say(f"Run {found.number} of {found.experiment} is back.")


def trash(
    empty: Annotated[bool, typer.Option("--empty", help="Delete what is in it for good, with all files.")] = False,
    older_than_days: Annotated[float, typer.Option("--older-than-days", min=0, help="Only what has been in it for so long.")] = 0,
    yes: YesOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the runs in the trash, or empty it.

    \b
    Examples:
      workbench run trash
      workbench run trash --empty --older-than-days 30
    """
    from workbench.cli.output import confirm, plain, print_json, print_models, say

    with connected() as client:
        if not empty:
            found = client.trashed_runs()
            if output is Output.JSON:
                print_models(found)
            else:
                _print(found)
            return
        confirm("Delete the runs in the trash for good, with their metrics, logs and outputs?", yes=yes)
        emptied = client.empty_trash(older_than_days)
    if output is Output.JSON:
        print_json(plain(emptied))
        return
    count = len(emptied.runs)
    say(f"Deleted {count} run{'' if count == 1 else 's'}; snapshots gave back {emptied.snapshot_bytes / 1e6:.1f} MB.")


def _in_trash(client: "Client", text: str, project: "Path | None") -> "RunSummary":
    """The run in the trash that is meant: by its number in the project, or the first characters of its id. Raises NotFound."""
    folder = project_folder(project)
    there = client.trashed_runs()
    by_id = [run for run in there if len(text) >= 4 and run.id.startswith(text.lower())]
    by_number = [run for run in there if str(run.number) == text and (folder is None or run.project == str(folder))]
    for found in (by_number, by_id):
        if len(found) == 1:
            return found[0]
    raise NotFound(f"Not one run in the trash is meant by {text!r}.", hint="See: workbench run trash. Give the beginning of an id.")


def _print(found: "tuple[RunSummary, ...]") -> None:
    from rich.markup import escape

    from workbench.cli.format import age, status_text
    from workbench.cli.output import print_table, table

    rows = table("run", "id", "experiment", "state", "name", "deleted", right=("run",))
    for run in found:
        when = age(run.deleted) if run.deleted else ""
        rows.add_row(str(run.number), run.id[:8], escape(run.experiment), status_text(run.status), escape(run.name), when)
    print_table(rows, "The trash is empty.")
