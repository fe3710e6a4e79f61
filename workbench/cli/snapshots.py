"""`workbench run diff|restore|snapshot`: the files that runs were made from."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import UserError
from workbench.cli.context import ProjectOption, RunArgument, connected, find_run
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from workbench.schema import SnapshotDiff


def diff(
    first: Annotated[str, typer.Argument(help="Number or id of a run.", show_default=False)],
    second: Annotated[str, typer.Argument(help="Number or id of another run.", show_default=False)],
    project: ProjectOption = None,
    names: Annotated[bool, typer.Option("--names", help="Only which files differ, and by how many lines.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what differs in the project's files from one run to another.

    \b
    Examples:
      workbench run diff 3 4
      workbench run diff 3 4 --names
      workbench run diff 3 4 > changes.patch
    """
    from workbench.cli.output import plain, print_json

    with connected() as client:
        found = client.diff(find_run(client, first, project).id, find_run(client, second, project).id)
    if output is Output.JSON:
        print_json(plain(found))
    elif names:
        _print_names(found)
    else:
        _print_text(found)


def restore(
    run: RunArgument,
    project: ProjectOption = None,
    folder: Annotated[
        Path | None,
        typer.Option("--to", "--folder", help="Write into this folder, new or empty, instead of the project.", show_default=False),
    ] = None,
    yes: YesOption = False,
) -> None:
    """Bring back the project's files as they were when a run was submitted.

    Files that change are kept aside first, and it is said where.

    \b
    Examples:
      workbench run restore 4
      workbench run restore 4 --to /tmp/as-of-run-4
    """
    from workbench.cli.format import counted
    from workbench.cli.output import confirm, say

    with connected() as client:
        found = find_run(client, run, project)
        target = str(folder.expanduser().absolute()) if folder else None
        if target is None:
            confirm(f"Write the files of run {found.number} over those in {found.project}?", yes=yes)
        restored = client.restore(found.id, target)
    count = counted(len(restored.changed), "file")
    if target is not None:
        say(f"The {count} of run {found.number} are in {restored.folder}.")
    elif restored.changed:
        say(f"The files of run {found.number} are in {restored.folder}; {count} changed.")
    else:
        say(f"The files in {restored.folder} are those of run {found.number} already.")
    if restored.kept_in:
        say(f"What was there before is in {restored.kept_in}.")


def snapshot(
    run: RunArgument,
    file: Annotated[Path, typer.Option("--zip", help="The zip file to write; one that is there is replaced.", show_default=False)],
    project: ProjectOption = None,
) -> None:
    """Write the files that a run was made from into a zip file.

    \b
    Example:
      workbench run snapshot 4 --zip run-4.zip
    """
    from workbench.cli.output import say

    if file.is_dir():
        raise UserError(f"{file} is a folder.", hint=f"Name the zip file to write, such as {file / 'run.zip'}.", place=str(file))
    with connected() as client:
        found = find_run(client, run, project)
        written = client.download_snapshot(found.id, file.expanduser().absolute())
    say(f"The files of run {found.number} are in {written}.")
    if found.left_out:
        say(f"Not among them, since the snapshot left them out: {', '.join(found.left_out)}.")


def _print_names(found: "SnapshotDiff") -> None:
    from rich.markup import escape

    from workbench.cli.output import print_table, table

    rows = table("file", "", "added", "removed", right=("added", "removed"))
    for one in found.files:
        name = f"{one.old_path} -> {one.path}" if one.old_path else one.path
        lines = ("", "") if one.binary else (f"+{one.added}", f"-{one.removed}")
        rows.add_row(escape(name), "binary" if one.binary else one.kind, *lines)
    print_table(rows, "The files of these runs do not differ.")


def _print_text(found: "SnapshotDiff") -> None:
    """The differences as git writes them; what has no text is said on stderr."""
    from workbench.cli.output import out, say

    if not found.files:
        say("The files of these runs do not differ.")
    for one in found.files:
        if one.text and sys.stdout.isatty():
            from rich.syntax import Syntax

            out().print(Syntax(one.text, "diff", background_color="default"))
        elif one.text:
            sys.stdout.write(one.text)
        else:
            say(f"{one.path}: {one.kind}{', not text' if one.binary else ', too long to be shown'}.")
