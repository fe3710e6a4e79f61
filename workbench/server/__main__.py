"""`python -m workbench.server [--home DIR]`: serves one workspace until it is asked to stop."""

import argparse
import sys
from pathlib import Path

from workbench.base.errors import WorkbenchError
from workbench.base.paths import WorkspacePaths
from workbench.server.serving import serve


def main() -> int:
    """Returns the exit code; an error is one sentence on stderr."""
    parser = argparse.ArgumentParser(prog="workbench.server", description="The server of a workspace, on this machine only.")
    parser.add_argument("--home", type=Path, help="the workspace folder (default: WORKBENCH_HOME, or the user's own)")
    home: Path | None = parser.parse_args().home
    try:
        return serve(WorkspacePaths(home.expanduser().absolute()) if home else WorkspacePaths.default())
    except WorkbenchError as error:
        sys.stderr.write(f"{error}\n")
        return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
