"""The model registry: versions of models, each with a copy of its files and the run they came from.

A version's folder is `models/<name>/<version>/`. A deleted version leaves `models/<name>/<version>.deleted`, so that its number
is never given again.
"""

import contextlib
import getpass
import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.files import disk_error, write_json
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.models.lineage import LineageKind, lineage
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.runs.tables import experiments, model_aliases, model_versions, models, runs, services
from workbench.schema import Artifact, EventBody, Lineage, ModelChanged, ModelRequest, ModelSummary, ModelVersion, Run

_BLOCK = 1 << 20
_DAY = 86_400.0
_NAME = r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,119}"
_NAMED = 8  # how many of the existing files or names a sentence lists


class ModelRegistry:
    """Registers, lists and deletes versions of models. Safe in several threads of the one server of a workspace."""

    def __init__(self, database: Database, paths: WorkspacePaths, store: RunStore, emit: Callable[[EventBody], None]) -> None:
        self._database = database
        self._paths = paths
        self._store = store
        self._emit = emit
        self._numbering = threading.Lock()

    def register(self, request: ModelRequest) -> ModelVersion:
        """Copies a file or folder of a run's outputs as the next version of the model.

        Raises NotFound (the run; the path, naming what there is), UserError (a wrong name or path) and EnvironmentError_ (disk).
        """
        run = self._store.get(request.run_id)
        self.check_name(request.name)
        outputs = self._outputs(run)
        return self.add(
            request.name,
            self._output(run, outputs, request.path),
            within=outputs,
            title=f"The folder {request.path} of {_title(run)}",
            run=run,
            path=request.path,
            description=request.description,
            tags=request.tags,
        )

    def add(
        self,
        name: str,
        files_at: Path | None,
        *,
        within: Path | None = None,
        title: str = "The folder",
        run: Run | None = None,
        path: str = "",
        source: str = "",
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> ModelVersion:
        """Copies a file or folder as the next version of the model; without one the version is its `source` alone.

        `within`: links in it may lead there, and no further. Raises UserError (an empty folder, which `title` names; a link that
        leads out) and EnvironmentError_ (disk).
        """
        values: dict[str, Any] = {
            "name": name,
            "run_id": run.id if run else "",
            "path": path,
            "source": source,
            "description": description,
            "tags": dict(tags or {}),
            "metrics": {key: metric.last for key, metric in run.own_metrics.items()} if run else {},
            "user": _user(),
        }
        incoming = self._incoming() / new_id()
        try:
            files: tuple[Artifact, ...] = ()
            if files_at is not None:
                try:
                    files = _copy(files_at, incoming, (within or files_at).resolve())
                except OSError as error:
                    raise disk_error(error, f"The copy of {path or files_at.name}") from error
                if not files:
                    raise UserError(f"{title} is empty.", hint="Name a folder with the model's files.")
            version = self._record(name, values, files, incoming)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        self._emit(ModelChanged(name=name, version=version))
        return self.get(name, version)

    def list(self) -> tuple[ModelSummary, ...]:
        """All models, by name."""
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(models.c.name, models.c.created, *_LATEST)
                .join(model_versions, model_versions.c.name == models.c.name)
                .group_by(models.c.name)
                .order_by(sa.func.lower(models.c.name))
            ).all()
            counts = connection.execute(sa.select(services.c.model, sa.func.count()).group_by(services.c.model)).all()
        used = {row[0]: row[1] for row in counts}
        return tuple(
            ModelSummary(
                name=row.name,
                latest=row.latest,
                versions=row.versions,
                created=row.created,
                updated=row.updated,
                services=used.get(row.name, 0),
                project=self.get(row.name, row.latest).project,
            )
            for row in rows
        )

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        """All versions of a model, the newest first. Raises NotFound."""
        found = self.find(model_versions.c.name == name)
        if not found:
            raise self._no_model(name)
        return found

    def find(self, *where: sa.ColumnElement[bool]) -> tuple[ModelVersion, ...]:
        """The versions that meet the conditions on their table: by name, the newest first."""
        query = sa.select(model_versions, *_ORIGIN).select_from(_WITH_RUN).where(*where)
        query = query.order_by(model_versions.c.name, model_versions.c.version.desc())
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            named = connection.execute(sa.select(model_aliases).order_by(model_aliases.c.alias)).all()
        aliases: dict[tuple[str, int], list[str]] = {}
        for row in named:
            aliases.setdefault((row.name, row.version), []).append(row.alias)
        return tuple(
            ModelVersion.model_validate({**row, "aliases": tuple(aliases.get((row["name"], row["version"]), ()))}) for row in rows
        )

    def get(self, name: str, version: int | None = None) -> ModelVersion:
        """A version of a model; the newest without a number. Raises NotFound, naming what there is."""
        if version is None:
            return self.versions(name)[0]
        found = self.find(model_versions.c.name == name, model_versions.c.version == version)
        if not found:
            known = ", ".join(str(each.version) for each in self.versions(name)[:_NAMED])
            raise NotFound(f"The model {name} has no version {version}.", hint=f"There are: {known}.")
        return found[0]

    def folder(self, name: str, version: int) -> Path:
        """The folder with the files of a version."""
        return self._paths.models / name / str(version)

    def delete(self, name: str, version: int | None = None, *, keep_model: bool = False) -> None:
        """Deletes a version, or the whole model, with its files. Raises NotFound, and Conflict while a service uses it.

        With its last version the model goes too, unless it is to be kept.
        """
        doomed = [self.get(name, version)] if version is not None else list(self.versions(name))
        numbers = [each.version for each in doomed]
        with self._database.write() as connection:
            users = (
                connection.execute(
                    sa.select(services.c.name)
                    .where(services.c.model == name, services.c.version.in_(numbers))
                    .order_by(services.c.name)
                )
                .scalars()
                .all()
            )
            if users:
                what = f"Version {version} of the model {name}" if version is not None else f"The model {name}"
                several = "the services" if len(users) > 1 else "the service"
                raise Conflict(f"{what} is used by {several} {', '.join(users)}.", hint="Delete the service first.")
            for each in doomed:
                # Before anything is gone: whatever happens from here on, the number is not given again.
                (self._paths.models / name).mkdir(parents=True, exist_ok=True)
                trace = {"digest": each.digest, "run": each.run_id, "path": each.path, "deleted": utc_now().isoformat()}
                write_json(self._paths.models / name / f"{each.version}.deleted", trace)
            connection.execute(
                sa.delete(model_versions).where(model_versions.c.name == name, model_versions.c.version.in_(numbers))
            )
            connection.execute(sa.delete(model_aliases).where(model_aliases.c.name == name, model_aliases.c.version.in_(numbers)))
            left = connection.execute(
                sa.select(sa.func.count()).select_from(model_versions).where(model_versions.c.name == name)
            ).scalar_one()
            if not left and not keep_model:
                connection.execute(sa.delete(models).where(models.c.name == name))
        for number in numbers:
            shutil.rmtree(self.folder(name, number), ignore_errors=True)
            self._emit(ModelChanged(name=name, version=number))

    def lineage(self, kind: LineageKind, subject: str) -> Lineage:
        """What the thing came from and what came from it. Raises NotFound."""
        return lineage(self._database, kind, subject)

    def check_name(self, name: str) -> None:
        """Raises for a name that no new model may have: it names a folder, on any system."""
        if not re.fullmatch(_NAME, name):
            raise UserError(
                f"A model cannot be called {name!r}.",
                hint="Use up to 120 letters, digits, spaces, dots, underscores and dashes, beginning with a letter or digit.",
                place="name",
            )
        if name[-1] in " .":
            raise UserError(
                f"The model's name {name!r} ends in a dot or space.", hint="Choose a name that ends in a letter or digit."
            )
        with self._database.read() as connection:
            alike = connection.execute(
                sa.select(models.c.name).where(sa.func.lower(models.c.name) == name.lower(), models.c.name != name)
            ).scalar()
        if alike:  # on Windows and macOS they would share a folder
            raise Conflict(
                f"There is a model {alike} already, whose name differs only in case.", hint=f"Use {alike}, or another name."
            )

    def _outputs(self, run: Run) -> Path:
        folder = self._paths.run(run.id)
        outputs = folder / "outputs" if (folder / "outputs").is_dir() else folder / "work" / "outputs"
        if outputs.is_symlink():  # the script has put it there, and it may lead anywhere
            raise UserError(f"The outputs of {_title(run)} are a link to another folder: it is followed when the run has ended.")
        return outputs

    def _output(self, run: Run, outputs: Path, path: str) -> Path:
        """The file or folder that `path` names in the run's outputs."""
        clean = PurePosixPath(path.replace("\\", "/") or ".")
        if clean.parts[:1] == ("outputs",) and not (outputs / "outputs").exists():
            clean = clean.relative_to("outputs")  # as the script writes it
        if clean.is_absolute() or ".." in clean.parts or Path(path).drive:
            raise UserError(f"{path} does not lie in the run's outputs.", hint="Give a path relative to the run's outputs folder.")
        source = outputs / clean
        if source.exists():
            _check_inside(source, outputs.resolve())
            return source
        there = sorted(file.relative_to(outputs).as_posix() for file in outputs.rglob("*") if file.is_file())
        if not there:
            state = "yet" if not run.status.is_final else "at all"
            raise NotFound(f"{_title(run)} has no {path}: it has no outputs {state}.", hint="Write the model into outputs/.")
        named = ", ".join(there[:_NAMED]) + (f" and {len(there) - _NAMED} more" if len(there) > _NAMED else "")
        raise NotFound(f"{_title(run)} has no {path} in its outputs.", hint=f"There are: {named}.")

    def _incoming(self) -> Path:
        """The folder for copies in the making; what a killed server left there a day ago is removed."""
        folder = self._paths.models / ".incoming"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in tuple(folder.iterdir()):
                with contextlib.suppress(FileNotFoundError):  # another registration has just moved its copy to its place
                    if time.time() - old.stat().st_mtime > _DAY:
                        shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise disk_error(error, str(folder)) from error
        return folder

    def _record(self, name: str, values: dict[str, Any], files: tuple[Artifact, ...], incoming: Path) -> int:
        """Gives the copy its number and place, then writes the row; returns the number."""
        home = self._paths.models / name
        values = {
            **values,
            "files": [file.model_dump() for file in files],
            "size": sum(file.size for file in files),
            "digest": _digest(files) if files else "",
            "created": utc_now(),
            "updated": utc_now(),
        }
        with self._numbering:
            try:
                home.mkdir(parents=True, exist_ok=True)
                number = self._next_number(name)
                folder = home / str(number)
                if files:
                    incoming.rename(folder)
            except OSError as error:
                raise disk_error(error, str(home)) from error
            try:
                with self._database.write() as connection:
                    counted = {"last_version": number, "updated": values["created"]}
                    if not connection.execute(sa.update(models).where(models.c.name == name).values(counted)).rowcount:
                        connection.execute(sa.insert(models).values(name=name, created=values["created"], **counted))
                    connection.execute(sa.insert(model_versions).values(version=number, **values))
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return number

    def _next_number(self, name: str) -> int:
        """One more than any number that was ever given, also to a version that is deleted since."""
        highest = sa.select(sa.func.max(model_versions.c.version)).where(model_versions.c.name == name)
        last = sa.select(models.c.last_version).where(models.c.name == name)
        with self._database.read() as connection:
            known = max(connection.execute(highest).scalar() or 0, connection.execute(last).scalar() or 0)
        entries = (entry.name.partition(".")[0] for entry in (self._paths.models / name).iterdir())
        return max([known, *(int(entry) for entry in entries if entry.isdigit())]) + 1

    def _no_model(self, name: str) -> NotFound:
        known = [each.name for each in self.list()]
        hint = f"There are: {', '.join(known[:_NAMED])}." if known else "Register one from a run's outputs first."
        return NotFound(f"There is no model {name}.", hint=hint)


_WITH_RUN = model_versions.outerjoin(runs, runs.c.id == model_versions.c.run_id).outerjoin(
    experiments, experiments.c.id == runs.c.experiment_id
)
_ORIGIN = (  # of a run that was deleted nothing is known any more; the model lives on
    sa.func.coalesce(runs.c.number, 0).label("run_number"),
    sa.func.coalesce(experiments.c.name, "").label("experiment"),
    sa.func.coalesce(runs.c.project, "").label("project"),
)
_LATEST = (
    sa.func.max(model_versions.c.version).label("latest"),
    sa.func.count().label("versions"),
    sa.func.max(model_versions.c.created, type_=model_versions.c.created.type).label("updated"),
)


def _check_inside(file: Path, within: Path) -> None:
    """A job can make links that lead anywhere: what they name is not the run's own."""
    if not file.resolve().is_relative_to(within):
        raise UserError(f"{file.name} is a link that leads out of the run's outputs.", hint="Write the file itself into outputs/.")


def _copy(source: Path, target: Path, within: Path) -> tuple[Artifact, ...]:
    """Copies a file, or what is in a folder, into the new folder `target`, synced; returns what was copied, by path.

    Raises UserError for a link that leads out of `within`.
    """
    target.mkdir(parents=True)
    _check_inside(source, within)
    if source.is_file():
        return (_copy_file(source, target / source.name, source.name),)
    copied = []
    for folder, _, names in os.walk(source):
        for name in names:
            file = Path(folder, name)
            relative = file.relative_to(source)
            if file.is_file():
                _check_inside(file, within)
                (target / relative).parent.mkdir(parents=True, exist_ok=True)
                copied.append(_copy_file(file, target / relative, relative.as_posix()))
    return tuple(sorted(copied, key=lambda file: file.path))


def _copy_file(source: Path, target: Path, name: str) -> Artifact:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            size += len(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    return Artifact(path=name, size=size, digest=f"sha256:{digest.hexdigest()}")


def _digest(files: tuple[Artifact, ...]) -> str:
    """The digest of a version: of its only file, or of the list of its files with their digests."""
    if len(files) == 1:
        return files[0].digest
    listing = "".join(f"{file.digest} {file.path}\n" for file in files)
    return "sha256:" + hashlib.sha256(listing.encode()).hexdigest()


def _title(run: Run) -> str:
    return f"Run {run.number} of {run.experiment}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user id, as in some containers
        return ""
