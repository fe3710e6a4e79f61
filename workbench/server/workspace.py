"""The workspace: everything that the server serves, built and ended in one place."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from workbench import __version__
from workbench.base.clock import utc_now
from workbench.base.errors import UserError
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings, load_settings, save_settings
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.manager import JobManager
from workbench.models.catalog import ModelCatalog
from workbench.models.registry import ModelRegistry
from workbench.models.services import ServiceManager
from workbench.notebooks import KernelService
from workbench.runs import Database, RunStore
from workbench.schema import Health
from workbench.sdk.tracking import reaching
from workbench.server.databases import database_place
from workbench.server.events import EventBus
from workbench.server.kernels import kernel_changed, kernel_preparer
from workbench.server.tokens import LivingRuns, Tokens
from workbench.server.transfers import TransferService

_log = logging.getLogger(__name__)


class Workspace:
    """Builds the rooms over one workspace folder; `start()` sets their threads to work, `stop()` ends them.

    `settings` is one object for all rooms and changes in place. Running jobs and services outlive a stop, kernels do not.
    """

    def __init__(self, paths: WorkspacePaths) -> None:
        self.paths = paths
        self.started = utc_now()
        self.on_stop: Callable[[], None] = lambda: None
        """What a request to stop calls; the server that serves this workspace sets it."""
        self.url = ""
        """Where the server answers, without a path; the server that serves this workspace sets it."""
        self._changing = threading.Lock()
        notices: list[str] = []
        try:
            self.settings = load_settings(paths.settings)
        except UserError as error:
            if "database_url" in paths.settings.read_text("utf-8", "replace"):
                raise  # runs would be recorded in another database than the user's
            # A server that refused to start for a typing mistake could not even be asked what is wrong.
            notices.append(f"{error} ({paths.settings}) Until it is mended, the defaults count.")
            self.settings = Settings()
        self.events = EventBus()
        emit = self.events.publish
        self.database = Database(database_place(paths, self.settings))
        notices += self.database.notices
        self.notices = tuple(notices)
        self.store = RunStore(self.database)
        self.tokens = Tokens(paths.token_secret)
        self.living = LivingRuns(self.store.ended)
        self.environments = EnvironmentBuilder(paths, self.settings)
        self.jobs = JobManager(self.database, self.store, paths, self.settings, emit, self.tracking)
        self.models = ModelRegistry(self.database, paths, self.store, emit)
        self.catalog = ModelCatalog(self.database, paths, self.models)
        self.services = ServiceManager(
            self.database,
            paths,
            registry=self.models,
            store=self.store,
            snapshots=self.jobs.snapshots,
            environments=self.environments,
            emit=emit,
        )
        self.transfers = TransferService(self.store, self.jobs, paths, emit)
        self.kernels = KernelService(paths, kernel_preparer(paths, self.environments), lambda state: emit(kernel_changed(state)))

    def start(self) -> None:
        """Takes up the jobs and services that a server before this one left."""
        for notice in self.notices:
            _log.warning(notice)
        self.jobs.start()
        self.services.start_watch()

    def stop(self) -> None:
        """Ends all threads and kernels, and closes the database."""
        with contextlib.ExitStack() as all_of_them:  # in the opposite order, each one also when another fails
            all_of_them.callback(self.database.close)
            all_of_them.callback(self.jobs.stop)
            all_of_them.callback(self.services.stop_watch)
            all_of_them.callback(self.kernels.close)
            all_of_them.callback(self.transfers.stop)
            all_of_them.callback(self.events.close)

    def tracking(self, run_id: str) -> dict[str, str]:
        """The variables by which any MLflow client in a run's process logs into that run."""
        return reaching(self.url, self.tokens.for_run(run_id)) | {
            "MLFLOW_RUN_ID": run_id,
            "MLFLOW_EXPERIMENT_ID": self.store.get(run_id).experiment_id,
        }

    def ask_to_stop(self) -> None:
        """Asks the server to stop; returns at once."""
        _log.info("Asked to stop")
        self.on_stop()

    def change_settings(self, settings: Settings) -> Settings:
        """Saves the settings and brings them into effect."""
        if settings.ca_bundle and not Path(settings.ca_bundle).expanduser().is_file():
            raise UserError(f"There is no file {settings.ca_bundle}.", hint="Give the path of a PEM file.", place="ca_bundle")
        with self._changing:
            save_settings(self.paths.settings, settings)
            for name in Settings.model_fields:
                setattr(self.settings, name, getattr(settings, name))
            self.jobs.configure(self.settings)
        return settings

    def health(self) -> Health:
        """How the server is, and what the user must be told."""
        running, queued = self.jobs.counts()
        return Health(
            version=__version__,
            pid=os.getpid(),
            workspace=str(self.paths.root),
            started=self.started,
            running=running,
            queued=queued,
            boot=self.events.boot,
            last_event=self.events.last,
            notices=self.notices,
        )
