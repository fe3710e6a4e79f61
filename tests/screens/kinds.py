"""Takes pictures of runs of every kind: `uv run python -m tests.screens.kinds OUT [--runs N]`.

Makes a workspace of its own below OUT, with N small runs more, and ends its server again.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.screens.stage import Stage
    from workbench.desktop.runs.activity import RunsActivity

_WANTED = ("external", "notebook", "sweep", "trial", "imported")
_STATES = ("failed", "lost", "preparing", "cancelled", "queued")
_NAMED = ("on docker", "diverges", "in the trash")


def main(argv: Sequence[str] | None = None) -> None:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens.kinds", description="Pictures of runs of every kind.")
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--runs", type=int, default=0, help="so many small runs more")
    options = parser.parse_args(argv)
    out: Path = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    home, folder = out / "workspace", out / "every-kind"
    os.environ["WORKBENCH_HOME"] = str(home)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.screens.allkinds import furnish_kinds
    from tests.screens.workspace import close_workspace

    if not folder.exists():
        furnish_kinds(home, folder, options.runs)
    try:
        _take(out, folder)
    finally:
        close_workspace(home)


def _take(out: Path, folder: Path) -> None:
    from tests.screens.stage import opened_stage
    from workbench.desktop.runs.activity import RunsActivity

    with opened_stage(out, ("light", "dark")) as stage:
        context = stage.context
        context.open_project(folder)
        stage.until(lambda: context.project is not None, "the project opens")
        stage.go("runs")
        runs = stage.window.activity("runs")
        assert isinstance(runs, RunsActivity)
        stage.until(lambda: runs.store.loaded, "the runs are loaded", 60)
        _shoot(stage, runs)
        sys.stdout.write("\n".join(f"{name} {problem}" for name, problem in _problems(stage)))


def _shoot(stage: "Stage", runs: "RunsActivity") -> None:
    stage.shoot("kinds-list")
    runs.list.nested.click()
    stage.shoot("kinds-list-nested")
    runs.list.nested.click()
    runs.list.show_trash()
    stage.shoot("kinds-trash")
    runs.list.side.choose("all")
    from tests.screens.allkinds import ODD_NAME

    everything = (*runs.store.runs, *runs.store.trash)
    chosen = {kind: next(run for run in everything if run.kind == kind) for kind in _WANTED}
    chosen |= {name: next(run for run in everything if run.name == name) for name in _NAMED}
    chosen |= {run.status.value: run for run in everything if run.status.value in _STATES}
    chosen["skipped"] = next(run for run in everything if run.result_of)
    chosen["odd"] = next(run for run in everything if run.name == ODD_NAME)
    chosen["large"] = next(run for run in everything if run.script == "train_everything.py")
    for name, run in chosen.items():
        runs.show_run(run.id)
        stage.until(partial(_shows, runs, run.id), "the run is shown")
        stage.shoot(f"kinds-{name.replace(' ', '-')}")
    runs.show_comparison([chosen[name].id for name in ("trial", "large", "external", "diverges")])
    stage.shoot("kinds-compared")


def _shows(runs: "RunsActivity", run_id: str) -> bool:
    return runs.details.run is not None and runs.details.run.id == run_id


def _problems(stage: "Stage") -> list[tuple[str, str]]:
    return [("PROBLEM", problem.sentence) for problem in stage.context.notifications.problems]


if __name__ == "__main__":
    main()
