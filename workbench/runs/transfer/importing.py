"""Writes what a reader finds into the store: each run once, however often its source is imported."""

import contextlib
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.files import disk_error
from workbench.base.ids import new_id
from workbench.runs.chunks import Points
from workbench.runs.store import RunStore
from workbench.runs.tables import experiment_tags, experiments, runs, tags
from workbench.runs.transfer.found import FoundExperiment, FoundFile, FoundRun, LeftOut, Progress, Reader
from workbench.schema import Artifact, LogBatch, RunConfig

MARK = "workbench.imported"
"""The tag with the digest of what a run was made from."""
_UNFINISHED = "workbench.importing"
_AT_ONCE = 200_000  # points in one transaction
_BLOCK = 1 << 20

RunFolder = Callable[[str], Path]


@dataclass(frozen=True)
class Imported:
    """What an import did. `changed`: runs that are here and whose source says something else now; they were left as they are."""

    added: tuple[str, ...]
    present: int
    changed: int
    said: str
    left_out: str


def import_runs(store: RunStore, reader: Reader, folder: RunFolder, progress: Progress = lambda *_: None) -> Imported:
    """Adds the runs that are not here yet. `folder` gives a run's own folder, where its outputs and logs go.

    Raises what `progress` raises (to cancel) and EnvironmentError_ (disk): the runs before are complete then, and the one that was
    being written is gone; the same import goes on from there.
    """
    done = _Import(store, reader.left_out, folder)
    known = {one.name: one for one in reader.experiments()}
    total = reader.count()
    for at, found in enumerate(reader.runs()):
        progress(at, total, f"{found.experiment}: {found.name or found.id[:8]}")
        done.take(found, known.get(found.experiment), partial(progress, at, total))
    done.finish(known.values())
    progress(total, total, "")
    return Imported(tuple(done.added), done.present, done.changed, reader.said, reader.left_out.sentence())


class _Import:
    def __init__(self, store: RunStore, left_out: LeftOut, folder: RunFolder) -> None:
        self._store = store
        self._left_out = left_out
        self._folder = folder
        self._parents: dict[str, str] = {}
        self._with_runs: set[str] = set()
        self.added: list[str] = []
        self.present = 0
        self.changed = 0

    def take(self, found: FoundRun, experiment: FoundExperiment | None, say: Callable[[str], None]) -> None:
        """Writes one run, unless it is here."""
        self._with_runs.add(found.experiment)
        marks = self._marks(found.id)
        if marks is not None and _UNFINISHED in marks:
            self._remove(found.id)  # an import before this one was killed half-way
        elif marks is not None:
            self.present += 1
            self.changed += MARK in marks and marks[MARK] != found.digest
            return
        if self._in_trash(found.experiment):
            self._left_out.add("runs whose experiment is in the trash here", found.experiment)
            return
        try:
            self._write(found, experiment or FoundExperiment(found.experiment), say)
        except BaseException:
            with contextlib.suppress(OSError, EnvironmentError_):
                self._remove(found.id)
            raise
        self.added.append(found.id)

    def finish(self, known: Iterable[FoundExperiment]) -> None:
        """What can only be set once all runs are here: parents that came after their children, experiments' tags and ends."""
        with self._store.database.write() as write:
            for child, parent in self._parents.items():
                if write.execute(sa.select(runs.c.id).where(runs.c.id == parent)).one_or_none():
                    write.execute(runs.update().where(runs.c.id == child).values(parent_id=parent))
            for one in known:
                self._finish_experiment(write, one)

    def _finish_experiment(self, write: sa.Connection, known: FoundExperiment) -> None:
        row = write.execute(
            sa.select(experiments.c.id, experiments.c.deleted).where(experiments.c.name == known.name)
        ).one_or_none()
        if row is None:
            if known.deleted is not None or known.name in self._with_runs:
                return  # deleted and without any run, or its runs are here already, in another one
            row_id = self._experiment(write, known)
        else:
            row_id = row.id
        there = set(write.execute(sa.select(experiment_tags.c.key).where(experiment_tags.c.experiment_id == row_id)).scalars())
        if new := [{"experiment_id": row_id, "key": key, "value": value} for key, value in known.tags.items() if key not in there]:
            write.execute(experiment_tags.insert(), new)
        active = sa.select(sa.func.count()).where(runs.c.experiment_id == row_id, runs.c.deleted.is_(None))
        if known.deleted is not None and write.execute(active).scalar_one() == 0:
            write.execute(experiments.update().where(experiments.c.id == row_id).values(deleted=known.deleted))

    def _write(self, found: FoundRun, experiment: FoundExperiment, say: Callable[[str], None]) -> None:
        own = self._folder(found.id)
        files = self._copy(found.files(), own / "outputs", say)
        self._copy(found.logs(), own, say)
        begun = False
        held: list[tuple[str, Points]] = []
        for key, points in found.series():
            held.append((key, points))
            if sum(len(part) for _, part in held) >= _AT_ONCE:
                say(f"{found.name or found.id[:8]}: {key}")
                with self._store.database.write() as write:
                    if not begun:
                        self._begin(write, found, experiment)
                        begun = True
                    self._points(write, found.id, held)
                held = []
        with self._store.database.write() as write:
            if not begun:
                self._begin(write, found, experiment)
            self._points(write, found.id, held)
            self._store.set_artifacts(found.id, files, connection=write)
            self._end(write, found)
        if found.is_own:
            try:
                self._store.get(found.id)
            except (TypeError, ValueError) as error:  # a made-up export: no list must stumble over it later
                raise UserError(f"The run {found.id} of the export is none: {str(error).splitlines()[0]}.") from error

    def _begin(self, write: sa.Connection, found: FoundRun, experiment: FoundExperiment) -> None:
        last = self._last_number(write, experiment)
        made = self._store.create_run(
            run_id=found.id,
            experiment=found.experiment,
            config=RunConfig(),
            name=found.name,
            status=found.status,
            reason=found.reason,
            script=found.script,
            user=found.user,
            git=found.git,
            tags={_UNFINISHED: found.digest},
            connection=write,
        )
        values: dict[str, Any] = {
            "kind": "imported",
            "created": found.created,
            "started": found.started,
            "ended": found.ended,
            "notes": found.notes,
        }
        values.update({name: value for name, value in found.columns.items() if name not in {"parent_id", "deleted", "number"}})
        taken = sa.select(runs.c.id).where(runs.c.experiment_id == made.experiment_id, runs.c.number == found.columns.get("number"))
        if found.is_own and write.execute(taken).first() is None:
            number = values["number"] = found.columns["number"]
            last = max(last, number)
            write.execute(experiments.update().where(experiments.c.id == made.experiment_id).values(last_number=last))
        write.execute(runs.update().where(runs.c.id == found.id).values(**values))
        self._store.log_batch(
            found.id, LogBatch(params=dict(found.params), tags=_kept(found), inputs=found.inputs), connection=write
        )

    def _end(self, write: sa.Connection, found: FoundRun) -> None:
        write.execute(tags.delete().where(tags.c.run_id == found.id, tags.c.key == _UNFINISHED))
        if not found.is_own:
            write.execute(tags.insert().values(run_id=found.id, key=MARK, value=found.digest))
        if found.parent_id:
            if write.execute(sa.select(runs.c.id).where(runs.c.id == found.parent_id)).one_or_none():
                write.execute(runs.update().where(runs.c.id == found.id).values(parent_id=found.parent_id))
            else:
                self._parents[found.id] = found.parent_id
        if deleted := found.columns.get("deleted", found.deleted):
            write.execute(runs.update().where(runs.c.id == found.id).values(deleted=deleted))

    def _points(self, write: sa.Connection, run_id: str, held: list[tuple[str, Points]]) -> None:
        for key, points in held:
            self._store.log_points(run_id, key, points, connection=write)

    def _last_number(self, write: sa.Connection, known: FoundExperiment) -> int:
        """The experiment's last number; it is made when it is new."""
        row = write.execute(sa.select(experiments.c.last_number).where(experiments.c.name == known.name)).one_or_none()
        if row is not None:
            return int(row.last_number)
        self._experiment(write, known)
        return 0

    def _experiment(self, write: sa.Connection, known: FoundExperiment) -> str:
        taken = write.execute(sa.select(experiments.c.id).where(experiments.c.id == known.id)).one_or_none()
        made = known.id if known.id and taken is None else new_id()
        write.execute(experiments.insert().values(id=made, name=known.name, created=known.created or utc_now(), last_number=0))
        return made

    def _marks(self, run_id: str) -> Mapping[str, str] | None:
        """The marks of a run that is here; None when it is not."""
        with self._store.database.read() as connection:
            if connection.execute(sa.select(runs.c.id).where(runs.c.id == run_id)).one_or_none() is None:
                return None
            query = sa.select(tags.c.key, tags.c.value).where(tags.c.run_id == run_id, tags.c.key.in_([MARK, _UNFINISHED]))
            return {row.key: row.value for row in connection.execute(query)}

    def _in_trash(self, experiment: str) -> bool:
        with self._store.database.read() as connection:
            query = sa.select(experiments.c.deleted).where(experiments.c.name == experiment)
            return connection.execute(query).scalar_one_or_none() is not None

    def _remove(self, run_id: str) -> None:
        with self._store.database.write() as write:
            write.execute(runs.delete().where(runs.c.id == run_id))
        shutil.rmtree(self._folder(run_id), ignore_errors=True)

    def _copy(self, files: Iterable[FoundFile], target: Path, say: Callable[[str], None]) -> list[Artifact]:
        """Copies files below `target`; each is on the disk when this returns."""
        copied: dict[str, Artifact] = {}
        for file in files:
            say(file.path)
            inside = PurePosixPath(file.path)
            if inside.is_absolute() or not inside.parts or ".." in inside.parts or "\\" in file.path or "\0" in file.path:
                self._left_out.add("files with names that lead elsewhere", file.path)
                continue
            try:
                copied[file.path] = _copied(file, target.joinpath(*inside.parts))
            except FileNotFoundError:
                self._left_out.add("files that were gone when they were to be read", file.path)
            except OSError as error:
                raise disk_error(error, f"The file {file.path} of a run") from error
        return list(copied.values())


def _copied(file: FoundFile, target: Path) -> Artifact:
    digest = hashlib.sha256()
    size = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(io.BytesIO(file.source) if isinstance(file.source, bytes) else file.source.open("rb"))
        written = stack.enter_context(target.open("wb"))
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return Artifact(path=file.path, size=size, digest=f"sha256:{digest.hexdigest()}")


def _kept(found: FoundRun) -> dict[str, str]:
    """The tags but for marks of an import elsewhere; a run of our own may have been imported before it was exported."""
    ours = {_UNFINISHED} if found.is_own else {MARK, _UNFINISHED}
    return {key: value for key, value in found.tags.items() if key not in ours}


__all__ = ["MARK", "Imported", "import_runs"]
