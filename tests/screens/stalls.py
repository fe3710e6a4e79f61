"""How long the window stands still over a long list of runs: `uv run python -m tests.screens.stalls OUT [--runs 10000]`.

Fills a workspace of its own below OUT with runs of 20 metrics and 20 parameters each, does what a user does there, and prints for
each act the longest gap between two turns of the window's loop, and what of it the window itself computed. A busy machine adds its
own gaps: `chrt -r 1` before the command keeps them away.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.screens.stage import Stage
    from workbench.client.client import Client
    from workbench.desktop.operations import Watchdog
    from workbench.desktop.runs.activity import RunsActivity

_BEAT_MS = 5
_TOLD_S = 0.05


def main(argv: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens.stalls", description="Stalls over a long list of runs.")
    parser.add_argument("out", type=Path, help="folder for the workspace")
    parser.add_argument("--runs", type=int, default=10_000, help="how many runs")
    parser.add_argument("--stacks", action="store_true", help="print what the window did in the longest gaps")
    options = parser.parse_args(argv)
    home = options.out.absolute() / f"workspace-{options.runs}"
    os.environ["WORKBENCH_HOME"] = str(home)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.tracking.ours import fill
    from tests.screens.workspace import close_workspace

    if not home.exists():
        fill(home, options.runs)
    try:
        _measure(options.out, stacks=options.stacks)
    finally:
        close_workspace(home)


def _measure(out: Path, *, stacks: bool) -> None:
    from tests.screens.stage import opened_stage
    from workbench.desktop.app import preload
    from workbench.desktop.operations import Progress, Watchdog
    from workbench.desktop.runs.activity import RunsActivity

    with opened_stage(out, ("light",)) as stage:
        preload(Progress())
        stage.settle()
        dog = Watchdog(beat_ms=_BEAT_MS, limit_s=0.02)
        dog.start()
        try:
            acts = _Acts(stage, dog, stacks=stacks)
            acts.take("the list comes", lambda: stage.window.show_place("runs"))
            runs = stage.window.activity("runs")
            assert isinstance(runs, RunsActivity)
            acts.over(runs)
        finally:
            dog.stop()


class _Acts:
    """What is done, one after the other."""

    def __init__(self, stage: "Stage", dog: "Watchdog", *, stacks: bool) -> None:
        self._stage, self._dog, self._stacks = stage, dog, stacks

    def take(self, name: str, act: Callable[[], object]) -> None:
        """Does it, waits until the window is at rest, and prints the longest gap."""
        self._dog.stalls.clear()
        act()
        self._stage.settle(120)
        worst = sorted(self._dog.stalls, key=lambda stall: -stall.seconds)
        longest, computed = (worst[0].seconds, max(one.cpu for one in worst)) if worst else (0.0, 0.0)
        over = f"{sum(stall.seconds > _TOLD_S for stall in worst)} over {_TOLD_S * 1000:.0f} ms"
        sys.stdout.write(f"{name:<28} longest {longest * 1000:5.0f} ms, computed at most {computed * 1000:5.0f} ms, {over}\n")
        for stall in worst[:3] if self._stacks else ():
            sys.stdout.write(f"{stall}\n")
        sys.stdout.flush()

    def over(self, runs: "RunsActivity") -> None:
        """All of them."""
        from workbench.schema import RunPatch

        page, view = runs.list, runs.list.table.view
        for text in ("param3=99", "metric", "nothing is like it"):
            self.take(f"search {text!r}", partial(self._stage.write, page.search, text))
            self.take("search is cleared", page.search.clear)
        for title in ("#", "Started", "metric1", "param1", "Name"):
            self.take(f"sort by {title}", partial(page.table.sort_by, title, descending=True))
        self.take("all are ticked", lambda: page.table._on_section_clicked(0))
        self.take("none is ticked", lambda: page.table._on_section_clicked(0))
        self.take("all are selected", view.selectAll)
        self.take("one is selected", lambda: view.selectRow(3))
        self.take("constant columns go", page.hide_constant.click)
        self.take("constant columns come", page.hide_constant.click)
        self.take("to the end", view.scrollToBottom)
        self.take("to the beginning", view.scrollToTop)

        ids = [run.id for run in runs.store.runs[:50]]

        def rename(client: "Client", _progress: object) -> None:
            for at, run_id in enumerate(ids):
                client.patch_run(run_id, RunPatch(name=f"named {at}"))

        self.take("fifty runs change", lambda: self._stage.context.call("Renaming", rename, quiet=True))
        self.take("all is loaded again", runs.store.reload)
        self.take("columns are chosen", page._choose_columns)
        self._stage.close_popups()
        self.take("the palette finds", lambda: runs._find("param3=99"))


if __name__ == "__main__":
    main()
