"""Experiments are made, read, changed and thrown away."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from workbench.runs import trash
from workbench.runs.experiments import (
    View,
    experiment_row,
    in_view,
    list_experiments,
    make_experiment,
    read_experiment,
    rename,
    set_tag,
)
from workbench.runs.store.base import StorePart
from workbench.runs.tables import experiments
from workbench.schema import Experiment


class Experiments(StorePart):
    """Experiments, by id or name."""

    def experiments(self, view: View = "active") -> tuple[Experiment, ...]:
        """Experiments by name, with the number of their runs."""
        with self.database.read() as connection:
            return list_experiments(connection, in_view(experiments.c.deleted, view))

    def experiment(self, id_or_name: str) -> Experiment:
        """One experiment, also one in the trash. Raises NotFound."""
        with self.database.read() as connection:
            return read_experiment(connection, id_or_name)

    def create_experiment(
        self,
        name: str,
        tags: Mapping[str, str] | None = None,
        *,
        experiment_id: str | None = None,
        created: datetime | None = None,
        connection: sa.Connection | None = None,
    ) -> Experiment:
        """Makes an experiment. Raises Conflict when there is one of that name, be it in the trash."""

        def work(write: sa.Connection) -> Experiment:
            found = make_experiment(write, name, tags or {}, experiment_id=experiment_id, created=created)
            return read_experiment(write, found)

        return self._write(connection, work)

    def rename_experiment(self, id_or_name: str, name: str) -> Experiment:
        """Gives an experiment another name. Raises Conflict when it is taken."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            rename(write, found, name)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def set_experiment_tag(self, id_or_name: str, key: str, value: str) -> Experiment:
        """Sets a tag of an experiment; an empty value removes it."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            set_tag(write, found, key, value)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def patch_experiment(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
        deleted: bool | None = None,
    ) -> Experiment:
        """Renames an experiment, sets tags (an empty value removes one), trashes it or brings it back: all or nothing."""

        def work(write: sa.Connection) -> Experiment:
            found = experiment_row(write, id_or_name).id
            if deleted is False:
                trash.untrash_experiment(write, found)
            if name is not None:
                rename(write, found, name)
            for key, value in (tags or {}).items():
                set_tag(write, found, key, value)
            if deleted:
                trash.trash_experiment(write, found)
            return read_experiment(write, found)

        return self.database.grouped(work)

    def delete_experiment(self, id_or_name: str) -> None:
        """Puts an experiment and its runs into the trash. Raises Conflict when a job of theirs waits or runs."""
        self.database.grouped(lambda write: trash.trash_experiment(write, id_or_name))

    def restore_experiment(self, id_or_name: str) -> Experiment:
        """Brings an experiment back from the trash, with the runs that went with it."""

        def work(write: sa.Connection) -> Experiment:
            trash.untrash_experiment(write, id_or_name)
            return read_experiment(write, id_or_name)

        return self.database.grouped(work)
