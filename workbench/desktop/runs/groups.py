"""The groups of the list of runs: all, one script's, the archive, the trash."""

from collections import Counter

from workbench.desktop.runs.store import RunsStore
from workbench.desktop.widgets.sidelist import SideItem
from workbench.schema import RunSummary

ALL, ARCHIVED, TRASH, NO_SCRIPT = "all", "archived", "trash", "no script"
_ICONS = {".wbprep": "layers", ".ipynb": "notebook-text"}


def of_group(store: RunsStore, group: str) -> list[RunSummary]:
    """The runs of a group."""
    if group == TRASH:
        return list(store.trash)
    if group == ARCHIVED:
        return [run for run in store.runs if run.archived]
    return [run for run in store.runs if not run.archived and (group == ALL or (run.script or NO_SCRIPT) == group)]


def side_items(store: RunsStore, *, nested: bool) -> list[SideItem]:
    """All runs, one entry a script, the archive, the trash, each with the number of its rows. `nested`: of all levels."""

    def counts(run: RunSummary) -> bool:
        return nested or run.parent_id is None or not store.is_below(run)

    scripts = {run.script: 0 for run in store.runs if not run.archived}
    shown = [run for run in store.runs if counts(run)]
    scripts |= Counter(run.script for run in shown if not run.archived)
    archived = sum(run.archived for run in shown)
    items = [SideItem(ALL, "All runs", "list", f"{sum(scripts.values()):,}")]
    if scripts:
        items.append(SideItem("", "Scripts", heading=True))
    for script in sorted(scripts, key=lambda name: (not name, name)):
        look = _ICONS.get(script[script.rfind(".") :], "file-code") if script else "circle-dashed"
        title = script.rpartition("/")[2] or "No script"
        tip = script or "Runs that other programs logged, or that were imported"
        items.append(SideItem(script or NO_SCRIPT, title, look, f"{scripts[script]:,}", tooltip=tip))
    if archived or store.trash:
        items.append(SideItem("", "", heading=True))
    if archived:
        items.append(SideItem(ARCHIVED, "Archived", "archive", f"{archived:,}"))
    if store.trash:
        thrown = sum(map(counts, store.trash))
        items.append(SideItem(TRASH, "Trash", "trash-2", f"{thrown:,}", tooltip="Deleted runs of every project"))
    return items
