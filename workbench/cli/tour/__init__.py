"""`workbench tour`: the main job from end to end, on real data."""

from pathlib import Path
from typing import Annotated

import typer


def tour(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="The project folder to make. Default: ~/workbench/late-flights.", show_default=False),
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", min=0, help="Use only about so many flights, spread over the year; 0: all 336,776.")
    ] = 0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, and do not open the app at the end.")] = False,
) -> None:
    """Show the main job from end to end: prepare data, train, compare, register, deploy, score.

    Real data: all flights from New York in 2013, with the weather. Will a flight arrive more than 30 minutes late? It makes a
    project folder, which stays, as do the runs, the model and the service.

    \b
    Examples:
      workbench tour
      workbench tour --folder ~/flights --yes
      workbench tour --rows 20000
    """
    from workbench.cli.tour.story import take_tour

    project = take_tour(folder, rows)
    _offer_app(project, yes=yes)


def _offer_app(project: Path, *, yes: bool) -> None:
    import sys

    from workbench.cli.opening import has_display, open_app
    from workbench.cli.output import say

    if not yes and has_display() and sys.stdin.isatty() and typer.confirm("Open the app on it?", default=True, err=True):
        say("Close the window to come back here.")
        open_app(project)
