"""The breadcrumb data -> preparation -> run -> model -> service, read from what runs recorded as their inputs."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from workbench.base.errors import NotFound, UserError
from workbench.runs.database import Database
from workbench.runs.tables import experiments, inputs, model_versions, runs, services
from workbench.schema import DataInput, Lineage, LineagePart

LineageKind = Literal["data", "preparation", "run", "model", "service"]

_WORKING_COPY = re.compile(r"[/\\]runs[/\\][0-9a-f]{32}[/\\]work[/\\](.+)$")
_ORDER: tuple[LineageKind, ...] = ("data", "preparation", "run", "model", "service")
_RUNS_SHOWN = 20


def lineage(database: Database, kind: LineageKind, subject: str) -> Lineage:
    """What the thing came from and what came from it.

    `subject`: the path of a data file or `.wbprep` package, a run's id, `name:version`, or a service's name. A file that no run
    has read is a part on its own. Raises NotFound for a run, model or service that is not there.
    """
    with database.read() as connection:
        trace = _Trace(connection)
        if kind in {"data", "preparation"}:
            trace.follow_file(kind, subject)
        elif kind == "run":
            trace.follow_run(subject)
        elif kind == "model":
            trace.follow_model(*_name_and_version(subject))
        else:
            trace.follow_service(subject)
        return trace.result()


class _Trace:
    """Collects the parts, each once, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._parts: dict[tuple[str, str], LineagePart] = {}

    def result(self) -> Lineage:
        return Lineage(parts=tuple(sorted(self._parts.values(), key=lambda part: _ORDER.index(part.kind))))

    def follow_file(self, kind: LineageKind, path: str) -> None:
        """Forward from a file: the runs that read it (the newest ones), their models and services."""
        wanted = os.path.normpath(path)
        found: dict[str, None] = {}
        for run_id, project, given in self._inputs_with(Path(wanted).name):
            places = _places(given, project)
            mine = places.data if kind == "data" else places.preparations
            if wanted not in {part.id for part in mine} and path not in {part.id for part in mine}:
                continue
            if kind == "data":
                self._add(part for part in places.data if part.id == wanted)
                self._add(places.preparations)
            else:
                self._add((*places.data, *places.preparations))
            found[run_id] = None
        self._add([LineagePart(kind=kind, id=wanted, title=Path(wanted).name)])
        self._add_runs(list(found)[:_RUNS_SHOWN])

    def follow_run(self, run_id: str) -> None:
        """Back to the run's data, forward to the models and services made from it."""
        if not self._add_origin(run_id):
            raise NotFound(f"There is no run {run_id}.")
        self._add_models(model_versions.c.run_id == run_id)

    def follow_model(self, name: str, version: int) -> None:
        row = self._connection.execute(
            sa.select(model_versions.c.run_id).where(model_versions.c.name == name, model_versions.c.version == version)
        ).first()
        if row is None:
            raise NotFound(f"There is no version {version} of a model {name}.")
        self._add_origin(row.run_id)
        self._add_models(model_versions.c.name == name, model_versions.c.version == version)

    def follow_service(self, name: str) -> None:
        row = self._connection.execute(sa.select(services).where(services.c.name == name)).first()
        if row is None:
            raise NotFound(f"There is no service {name}.")
        self._add_origin(row.run_id)
        self._add([_model_part(row.model, row.version), _service_part(row)])

    def _inputs_with(self, file_name: str) -> Iterable[tuple[str, str, DataInput]]:
        """The recorded inputs that mention a file of this name, those of the newest runs first."""
        rows = self._connection.execute(
            sa.select(inputs.c.run_id, runs.c.project, inputs.c.content)
            .join(runs, runs.c.id == inputs.c.run_id)
            .where(sa.or_(inputs.c.path.contains(file_name, autoescape=True), _TEXT.contains(file_name, autoescape=True)))
            .order_by(runs.c.created.desc())
        )
        return ((row.run_id, row.project, DataInput.model_validate(row.content)) for row in rows)

    def _add(self, parts: Iterable[LineagePart]) -> None:
        for part in parts:
            known = self._parts.get((part.kind, part.id))
            if known is None or (part.detail and not known.detail):
                self._parts[part.kind, part.id] = part

    def _add_origin(self, run_id: str) -> bool:
        """The run with what it read; False when the run is not there (any more)."""
        row = self._run(run_id)
        if row is None:
            return False
        for content in self._connection.execute(sa.select(inputs.c.content).where(inputs.c.run_id == run_id)).scalars():
            places = _places(DataInput.model_validate(content), row.project)
            self._add((*places.data, *places.preparations))
        self._add([_run_part(row)])
        return True

    def _add_runs(self, run_ids: Sequence[str]) -> None:
        for run_id in run_ids:
            if row := self._run(run_id):
                self._add([_run_part(row)])
        self._add_models(model_versions.c.run_id.in_(run_ids))

    def _add_models(self, *condition: sa.ColumnElement[bool]) -> None:
        rows = self._connection.execute(
            sa.select(model_versions.c.name, model_versions.c.version)
            .where(*condition)
            .order_by(model_versions.c.name, model_versions.c.version.desc())
        ).all()
        for row in rows:
            self._add([_model_part(row.name, row.version)])
            users = self._connection.execute(
                sa.select(services).where(services.c.model == row.name, services.c.version == row.version).order_by(services.c.name)
            )
            self._add(_service_part(user) for user in users)

    def _run(self, run_id: str) -> Any:
        return self._connection.execute(
            sa.select(runs.c.id, runs.c.number, runs.c.name, runs.c.status, runs.c.project, experiments.c.name.label("experiment"))
            .join(experiments, experiments.c.id == runs.c.experiment_id)
            .where(runs.c.id == run_id)
        ).first()


_TEXT = sa.type_coerce(inputs.c.content, sa.Text)


class _Places:
    """The parts that one recorded input stands for."""

    def __init__(self, data: Sequence[LineagePart], preparations: Sequence[LineagePart]) -> None:
        self.data = tuple(data)
        self.preparations = tuple(preparations)


def _places(given: DataInput, project: str) -> _Places:
    if given.kind != "prep":
        path = _absolute(given.path, project)
        return _Places([_data_part(path, given.rows)], [])
    package = _absolute(given.path, project)
    detail = ", ".join(filter(None, [given.flow, _rows(given.rows)]))
    preparation = LineagePart(kind="preparation", id=package, title=Path(package).name, detail=detail)
    beside = str(Path(package).parent)
    data = [_data_part(_absolute(source.path, project, beside), source.rows) for source in given.sources]
    return _Places(data, [preparation])


def _absolute(path: str, project: str, beside: str = "") -> str:
    """A recorded path as a whole one: relative ones belong to the project, or stand beside the package that names them.

    A path in a job's copy of the project means the project's own file; an address (`s3://...`) is whole already.
    """
    if "://" in path:
        return path
    if project and (copied := _WORKING_COPY.search(path)):
        path = copied[1]
    if not project or Path(path).is_absolute():
        return os.path.normpath(path)
    if beside and not Path(project, path).exists() and Path(beside, path).exists():
        return os.path.normpath(Path(beside, path))
    return os.path.normpath(Path(project, path))


def _data_part(path: str, rows: int | None) -> LineagePart:
    return LineagePart(kind="data", id=path, title=Path(path).name, detail=_rows(rows))


def _run_part(row: Any) -> LineagePart:
    title = f"Run {row.number} · {row.name}" if row.name else f"Run {row.number}"
    return LineagePart(kind="run", id=row.id, title=title, detail=f"{row.experiment}, {row.status}")


def _model_part(name: str, version: int) -> LineagePart:
    return LineagePart(kind="model", id=f"{name}:{version}", title=name, detail=f"version {version}")


def _service_part(row: Any) -> LineagePart:
    return LineagePart(kind="service", id=row.name, title=row.name, detail=row.status)


def _rows(count: int | None) -> str:
    return "" if count is None else f"{count:,} rows" if count != 1 else "1 row"


def _name_and_version(subject: str) -> tuple[str, int]:
    name, _, version = subject.rpartition(":")
    if not name or not version.isdigit():
        raise UserError(f"{subject!r} does not name a version of a model.", hint="Write it as name:version, as in flights:3.")
    return name, int(version)
