"""Takes pictures of every screen, light and dark: `uv run python -m tests.screens OUT [--only NAME] [--theme light|dark]`.

Without --project the tour is taken first, headless, in a workspace of its own below OUT. Prints what failed; exits with 1 then.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

THEMES = ("light", "dark")


def main(argv: Sequence[str] | None = None) -> int:
    """Takes the pictures. Returns the exit code."""
    options = _parse(argv)
    out = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    home = (options.workspace or out / "workspace").absolute()
    project = (options.project or out / "late-flights").absolute()
    os.environ["WORKBENCH_HOME"] = str(home)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.screens.workspace import close_workspace, take_tour

    if not (project / "workbench.toml").is_file():
        take_tour(home, project, options.rows)
    try:
        failed = _take(out, home, project, options)
    finally:
        if not options.keep:
            close_workspace(home)
    for name, reason in failed.items():
        sys.stdout.write(f"FAILED {name}: {reason}\n")
    sys.stdout.write(f"{out / 'index.html'}\n")
    return 1 if failed else 0


def _take(out: Path, home: Path, project: Path, options: argparse.Namespace) -> dict[str, str]:
    """Takes the wanted screens on the real window; returns the reasons of those that failed."""
    from tests.screens.contents import write_index
    from tests.screens.listing import Props, all_screens
    from tests.screens.stage import opened_stage
    from tests.screens.workspace import furnish
    from workbench.client import Client

    wanted = [one for one in all_screens() if not options.only or any(one.name.startswith(name) for name in options.only)]
    themes = [options.theme] if options.theme else list(THEMES)
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch, Client.connect(home) as client:
        furnish(client, project, Path(scratch))
        props = Props(project, Path(scratch), client)
        with opened_stage(out, themes) as stage:
            for one in wanted:
                began = time.monotonic()
                try:
                    if one.project and stage.context.project is None:
                        stage.context.open_project(project)
                        stage.until(lambda: stage.context.project is not None, "the project opens")
                        stage.settle()
                    stage.dismiss_toasts()
                    one.act(stage, props)
                except Exception as error:  # noqa: BLE001 (the other screens are taken all the same)
                    failed[one.name] = f"{type(error).__name__}: {error}"
                    if not isinstance(error, AssertionError):
                        traceback.print_exc()
                _tidy(stage, one.name, failed)
                sys.stdout.write(f"{one.name:<28} {time.monotonic() - began:5.1f} s{'  FAILED' if one.name in failed else ''}\n")
                sys.stdout.flush()
            write_index(out, all_screens(), failed)
    return failed


def _tidy(stage: "object", name: str, failed: dict[str, str]) -> None:
    """Closes what a screen has left open; a problem that came up in the background makes it a failure."""
    from tests.screens.stage import Stage, Unmet

    assert isinstance(stage, Stage)
    try:
        stage.close_popups()
    except Unmet as error:
        failed.setdefault(name, str(error))
    notices = stage.context.notifications
    if notices.problems:  # a screen that wants to show some takes them away itself
        failed.setdefault(name, "unexpected problem: " + " ".join(problem.sentence for problem in notices.problems))
        notices.dismiss_all()


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description="Takes pictures of every screen of the app.")
    parser.add_argument("out", type=Path, help="folder for the pictures and index.html")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only screens whose names begin so")
    parser.add_argument("--theme", choices=THEMES, help="only this theme")
    parser.add_argument("--workspace", type=Path, help="workspace of the project (default: OUT/workspace)")
    parser.add_argument("--project", type=Path, help="a project that the tour has made (default: the tour is taken)")
    parser.add_argument("--rows", type=int, default=0, help="flights for the tour that is taken; 0: all")
    parser.add_argument("--keep", action="store_true", help="leave the workspace's server and services running")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
