"""Starts the runner of a job: writes what it needs to know, hands over what no file may keep, and lets it go its own way."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workbench.base.errors import NotFound
from workbench.base.files import disk_error
from workbench.base.masking import Masker, is_secret, masked, resolved, secret_values
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import spawn_detached, started_at
from workbench.base.secrets import SecretStore
from workbench.base.settings import Settings
from workbench.jobs.folder import JobSpec, RunFolder, RunSecrets, runner_command
from workbench.jobs.targets import TargetStore

Tracking = Callable[[str], dict[str, str]]
"""The variables by which the script of a run reaches the server, with a token of the run's own."""


class Launcher:
    """Starts runners, and cleaners after lost ones. `settings` is read at each start."""

    def __init__(self, paths: WorkspacePaths, settings: Callable[[], Settings], targets: TargetStore, tracking: Tracking) -> None:
        self._paths = paths
        self._settings = settings
        self._targets = targets
        self._tracking = tracking
        self._secrets = SecretStore(paths.root)

    def launch(self, row: Any, *options: str) -> tuple[int, float | None]:
        """Starts the runner of a job's row; its pid, and when it began. Raises EnvironmentError_ (disk) or NotFound (a secret)."""
        folder = RunFolder(self._paths.run(row.run_id))
        settings = self._settings()
        full = JobSpec.of(row.spec)
        spec = replace(
            full,
            variables=masked(full.variables),
            ca_bundle=settings.ca_bundle,
            package_index=settings.package_index,
            log_limit=settings.log_mb * 1_000_000,
            gpus=tuple(row.gpus),
            attempt=row.attempt,
        )
        secrets = RunSecrets(
            password=self._targets.secret(spec.target),
            variables=self.secret_variables(full.variables),
            tracking=self._tracking(row.run_id),
        )
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
            keep_attempt(folder, row.attempt)
            folder.make_reserve()
            spec.save(folder)
            secrets.hand_over(folder)
            inherited = {name: value for name, value in os.environ.items() if not name.startswith(("WORKBENCH_RUN", "MLFLOW_"))}
            command = runner_command(folder, *options)
            pid = spawn_detached(command, log=folder.runner_log, cwd=folder.path, env=inherited)
        except OSError as error:
            raise disk_error(error, f"The run's folder {folder.path}") from error
        return pid, started_at(pid)

    def secret_variables(self, variables: dict[str, str]) -> dict[str, str]:
        """The variables that no file may hold, with their values. Raises NotFound for a secret that this machine does not have."""
        return resolved({name: value for name, value in variables.items() if is_secret(name, value)}, self._secrets.get)

    def masker(self, spec: JobSpec) -> Masker:
        """Blacks out what is secret in a job's settings. A secret that is not here any more is not known."""
        known: dict[str, str] = {}
        for name, value in spec.variables.items():
            with contextlib.suppress(NotFound):
                known |= resolved({name: value}, self._secrets.get)
        return Masker([*secret_values(known, spec.variables), *secret_values({"proxy": spec.proxy}, {})])


def keep_attempt(folder: RunFolder, attempt: int) -> None:
    """Puts what an attempt before this one left into `attempts/<number>`. Raises OSError."""
    try:
        before = JobSpec.load(folder).attempt
    except (FileNotFoundError, ValueError):
        return
    if before >= attempt:
        return
    kept = folder.path / "attempts" / str(before)
    kept.mkdir(parents=True, exist_ok=True)
    # The specification goes last: a move that was interrupted is begun again.
    for path in sorted(folder.path.iterdir(), key=lambda one: one.name == folder.spec.name):
        if path.name not in {"attempts", folder.lock.name}:
            path.rename(kept / path.name)
