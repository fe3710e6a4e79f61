"""`workbench open`: the desktop application."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.base.errors import EnvironmentError_


def open_app(
    project: Annotated[Path | None, typer.Argument(help="The project folder to open.", show_default=False)] = None,
    profile_startup: Annotated[
        bool, typer.Option("--profile-startup", help="Print how long each phase of the start takes.")
    ] = False,
) -> None:
    """Open the app, on a project when one is given.

    \b
    Examples:
      workbench
      workbench open ~/flights
      workbench --profile-startup
    """
    if not has_display():
        raise EnvironmentError_(
            "There is no display to open the app on.", hint="Set DISPLAY or WAYLAND_DISPLAY. The whole command line works without."
        )
    try:
        from workbench.desktop.app import main
    except ImportError as error:
        if "workbench" in (error.name or ""):
            raise
        raise EnvironmentError_(
            f"Qt cannot be loaded: {error}.", hint="Run `workbench doctor`: it names the system packages to install."
        ) from error
    arguments = ["--profile-startup"] if profile_startup else []
    if project is not None:
        arguments.append(str(project.expanduser().absolute()))
    main(arguments)


def has_display() -> bool:
    """Whether a window can be shown here."""
    import os

    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
