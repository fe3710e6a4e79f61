"""Where the program `workbench` begins: what ends it while it is still being loaded is no error either."""

import sys


def run() -> None:
    """Loads the command line and runs it; Ctrl+C on the way ends it without a word."""
    try:
        from workbench.cli.main import run as run_commands
    except KeyboardInterrupt:
        sys.exit(130)  # as Typer does later
    run_commands()
