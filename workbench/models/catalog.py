"""What is said of models and their versions: names, descriptions, tags, aliases, stages. The files are the registry's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound
from workbench.base.files import disk_error
from workbench.base.paths import WorkspacePaths
from workbench.models.registry import ModelRegistry
from workbench.runs.database import Database
from workbench.runs.tables import model_aliases, model_versions, models, services
from workbench.schema import ModelVersion


@dataclass(frozen=True)
class CatalogModel:
    """A registered model, be it without versions yet; `aliases` name versions."""

    name: str
    created: datetime
    updated: datetime
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)


class ModelCatalog:
    """Reads and writes what is said of models. Safe in several threads."""

    def __init__(self, database: Database, paths: WorkspacePaths, registry: ModelRegistry) -> None:
        self._database = database
        self._paths = paths
        self._registry = registry

    def models(self, *names: str) -> tuple[CatalogModel, ...]:
        """The models of these names, or all, by name."""
        query = sa.select(models).order_by(models.c.name)
        if names:
            query = query.where(models.c.name.in_(names))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            named = connection.execute(sa.select(model_aliases).order_by(model_aliases.c.alias)).all()
        aliases: dict[str, dict[str, int]] = {}
        for one in named:
            aliases.setdefault(one.name, {})[one.alias] = one.version
        return tuple(
            CatalogModel(
                name=row.name,
                created=row.created,
                updated=row.updated or row.created,
                description=row.description,
                tags=row.tags,
                aliases=aliases.get(row.name, {}),
            )
            for row in rows
        )

    def model(self, name: str) -> CatalogModel:
        """One model. Raises NotFound."""
        found = self.models(name)
        if not found:
            raise NotFound(f"There is no model {name}.", hint="See: workbench model list")
        return found[0]

    def create(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> CatalogModel:
        """A model without versions. Raises Conflict when there is one, UserError for a name that none may have."""
        self._registry.check_name(name)
        now = utc_now()
        with self._database.write() as write:
            if write.execute(sa.select(models.c.name).where(models.c.name == name)).first():
                raise Conflict(f"There is a model {name} already.", hint="Choose another name.", place="name")
            values = {"name": name, "created": now, "updated": now, "description": description, "tags": dict(tags or {})}
            write.execute(models.insert().values(**values))
        return self.model(name)

    def describe(self, name: str, description: str) -> CatalogModel:
        """Another description."""
        self._change(name, description=description)
        return self.model(name)

    def rename(self, name: str, new: str) -> CatalogModel:
        """Another name, also of the folder. Raises Conflict when it is taken, or while a service uses the model."""
        self._registry.check_name(new)
        self.model(name)
        before, after = self._paths.models / name, self._paths.models / new
        with self._database.write() as write:
            if write.execute(sa.select(models.c.name).where(models.c.name == new)).first():
                raise Conflict(f"There is a model {new} already.", hint="Choose another name.", place="new_name")
            users = write.execute(sa.select(services.c.name).where(services.c.model == name)).scalars().all()
            if users:
                raise Conflict(f"The model {name} is used by {', '.join(users)}.", hint="Delete the service first.")
            row = write.execute(sa.select(models).where(models.c.name == name)).mappings().one()
            write.execute(models.insert().values({**row, "name": new, "updated": utc_now()}))
            for table in (model_versions, model_aliases):
                write.execute(table.update().where(table.c.name == name).values(name=new))
            write.execute(models.delete().where(models.c.name == name))
            _move(before, after)
        return self.model(new)

    def delete(self, name: str) -> None:
        """Deletes the model with all versions. Raises NotFound, and Conflict while a service uses it."""
        self.model(name)
        with self._database.read() as connection:
            has_versions = connection.execute(sa.select(model_versions.c.name).where(model_versions.c.name == name)).first()
        if has_versions:
            self._registry.delete(name)
            return
        with self._database.write() as write:
            write.execute(models.delete().where(models.c.name == name))

    def set_tag(self, name: str, key: str, value: str) -> None:
        """A tag of the model."""
        self._change(name, tags={**self.model(name).tags, key: value})

    def remove_tag(self, name: str, key: str) -> None:
        """Takes a tag of the model away; one that it has not is no fault."""
        self._change(name, tags={known: value for known, value in self.model(name).tags.items() if known != key})

    def describe_version(self, name: str, version: int, description: str) -> ModelVersion:
        """Another description of a version."""
        return self._change_version(name, version, description=description)

    def set_version_tag(self, name: str, version: int, key: str, value: str) -> None:
        """A tag of a version."""
        self._change_version(name, version, tags={**self._registry.get(name, version).tags, key: value})

    def remove_version_tag(self, name: str, version: int, key: str) -> None:
        """Takes a tag of a version away; one that it has not is no fault."""
        tags = self._registry.get(name, version).tags
        self._change_version(name, version, tags={known: value for known, value in tags.items() if known != key})

    def set_stage(self, name: str, version: int, stage: str, *, archive_others: bool = False) -> ModelVersion:
        """MLflow's stage of a version; the others in that stage may go to Archived."""
        self._registry.get(name, version)
        if archive_others:
            others = [model_versions.c.name == name, model_versions.c.stage == stage, model_versions.c.version != version]
            with self._database.write() as write:
                write.execute(model_versions.update().where(*others).values(stage="Archived", updated=utc_now()))
        return self._change_version(name, version, stage=stage)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Makes the alias name this version. Raises NotFound."""
        self._registry.get(name, version)
        where = (model_aliases.c.name == name, model_aliases.c.alias == alias)
        with self._database.write() as write:
            if not write.execute(model_aliases.update().where(*where).values(version=version)).rowcount:
                write.execute(model_aliases.insert().values(name=name, alias=alias, version=version))
            write.execute(models.update().where(models.c.name == name).values(updated=utc_now()))

    def remove_alias(self, name: str, alias: str) -> None:
        """Takes an alias away; one that is not there is no fault."""
        self.model(name)
        with self._database.write() as write:
            write.execute(model_aliases.delete().where(model_aliases.c.name == name, model_aliases.c.alias == alias))

    def by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that the alias names. Raises NotFound."""
        version = self.model(name).aliases.get(alias)
        if version is None:
            raise NotFound(f"The model {name} has no alias {alias!r}.")
        return self._registry.get(name, version)

    def _change(self, name: str, **values: Any) -> None:
        with self._database.write() as write:
            changed = write.execute(models.update().where(models.c.name == name).values(**values, updated=utc_now()))
            if not changed.rowcount:
                raise NotFound(f"There is no model {name}.", hint="See: workbench model list")

    def _change_version(self, name: str, version: int, **values: Any) -> ModelVersion:
        self._registry.get(name, version)
        where = (model_versions.c.name == name, model_versions.c.version == version)
        with self._database.write() as write:
            write.execute(model_versions.update().where(*where).values(**values, updated=utc_now()))
        return self._registry.get(name, version)


def _move(before: Path, after: Path) -> None:
    if not before.exists():
        return
    try:
        after.mkdir(parents=True, exist_ok=True)  # may be there: the traces of versions that were deleted
        for entry in list(before.iterdir()):
            entry.rename(after / entry.name)
        before.rmdir()
    except OSError as error:
        raise disk_error(error, str(after)) from error
