"""A data preparation whose work was done before: nothing that makes its result has changed since a run that finished."""

import hashlib
from pathlib import Path

import sqlalchemy as sa

from workbench import __version__
from workbench.base.errors import NotFound
from workbench.base.files import file_digest, tree_digest
from workbench.projects import Project, SnapshotStore
from workbench.runs import RunStore
from workbench.runs.tables import runs
from workbench.schema import DataInput, Run, RunConfig, RunStatus, SourceInput

_LOOKED_AT = 10  # of the latest runs: an older one of the same result is rare
_BESIDE = {"name", "tracked", "priority", "retries", "resources", "sweep"}
"""What a configuration says that changes no result."""


def done_before(store: RunStore, snapshots: SnapshotStore, project: Project, config: RunConfig, commit: str) -> Run | None:
    """The latest finished run whose result a new one would have; None where something changed, or that cannot be told.

    The same: package and the files beside it that say how data are read, configuration, every file that was read and every one that
    was written, by their digests. A preparation that reads or writes something else than files always runs.
    """
    if not config.script.endswith(".wbprep"):
        return None
    for run_id in finished_runs(store, str(project.folder), config, _LOOKED_AT):
        run = store.get(run_id)
        if _same_configuration(run, config) and _same_program(run) and _same_recipe(snapshots, run, commit) and _same_data(run):
            return run
    return None


def finished_runs(store: RunStore, project: str, config: RunConfig, most: int) -> list[str]:
    """The latest runs of the same script that finished on this target, the newest first."""
    query = (
        sa.select(runs.c.id)
        .where(runs.c.project == project, runs.c.script == config.script, runs.c.target == config.target)
        .where(runs.c.status == RunStatus.FINISHED.value, runs.c.result_of.is_(None), runs.c.deleted.is_(None))
        .order_by(runs.c.created.desc())
        .limit(most)
    )
    with store.database.read() as connection:
        return list(connection.execute(query).scalars())


def _same_configuration(run: Run, config: RunConfig) -> bool:
    return run.config.model_dump(exclude=_BESIDE) == config.model_dump(exclude=_BESIDE)


def _same_program(run: Run) -> bool:
    """Whether it ran with this version of Workbench."""
    named = [line for line in run.environment_lock.splitlines() if line.startswith("workbench==")]
    return not named or f"workbench=={__version__}" in named[0]


def _same_recipe(snapshots: SnapshotStore, run: Run, commit: str) -> bool:
    """Whether packages and sources of the project are as they were: a package may refer to others."""
    if not run.snapshot:
        return False
    if run.snapshot == commit:
        return True
    try:
        return _recipe_files(snapshots, run.snapshot) == _recipe_files(snapshots, commit)
    except NotFound:
        return False


def _recipe_files(snapshots: SnapshotStore, commit: str) -> dict[str, str]:
    names = [name for name in snapshots.files(commit) if name.endswith((".wbprep", ".wbsource"))]
    return {name: hashlib.sha256(snapshots.read(commit, name)).hexdigest() for name in names}


def _same_data(run: Run) -> bool:
    """Whether all that the run read and wrote is still there and the same."""
    read = [one for one in run.inputs if one.kind == "prep"]
    return bool(read) and all(one.repeatable and _unchanged(one, Path(run.project)) for one in read)


def _unchanged(given: DataInput, project: Path) -> bool:
    return all(_is_there(one, project) for one in (*given.sources, *given.written))


def _is_there(known: SourceInput, project: Path) -> bool:
    path = Path(known.path) if Path(known.path).is_absolute() else project / known.path
    if not known.digest or not path.exists():
        return False
    try:
        if path.is_dir():
            return tree_digest(path) == known.digest
        return path.stat().st_size == known.size and file_digest(path) == known.digest
    except OSError:
        return False
