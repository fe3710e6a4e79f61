"""The groups of the list of runs: all, one script's, the archive, the trash."""

from workbench.desktop.runs.store import RunsStore
from workbench.desktop.widgets.sidelist import SideItem
from workbench.schema import RunSummary

ALL, ARCHIVED, TRASH, NO_SCRIPT = "all", "archived", "trash", "no script"
_ICONS = {".wbprep": "layers", ".ipynb": "notebook-text"}


def in_group(run: RunSummary, group: str) -> bool:
    """Whether a run belongs to a group."""
    if group == TRASH:
        return run.deleted is not None
    if group == ARCHIVED:
        return run.archived
    return not run.archived and (group == ALL or (run.script or NO_SCRIPT) == group)


def side_items(store: RunsStore, *, nested: bool) -> list[SideItem]:
    """All runs, one entry a script, the archive, the trash, each with the number of its rows. `nested`: of all levels."""

    def counts(run: RunSummary) -> bool:
        return nested or not store.is_below(run)

    scripts: dict[str, int] = {}
    archived = 0
    for run in store.runs:
        if run.archived:
            archived += counts(run)
        else:
            scripts[run.script] = scripts.get(run.script, 0) + counts(run)
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
