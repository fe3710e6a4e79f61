"""From a checked request to what is kept of it: the snapshot, the runner's specification, and the run's record."""

import contextlib
import getpass
from pathlib import Path
from typing import Any

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.base.masking import masked
from workbench.base.settings import Settings
from workbench.jobs.checks import JobPlan, data_variables
from workbench.jobs.folder import JobSpec
from workbench.projects import Project, Snapshot, SnapshotStore
from workbench.schema import RunConfig


def take_snapshot(store: SnapshotStore, project: Project, message: str, settings: Settings) -> Snapshot:
    """Keeps the project's files as they are. Raises EnvironmentError_ (disk, git)."""
    return store.commit(project.folder, project.id, message, size_limit=settings.snapshot_file_mb * 1_000_000)


def job_spec(plan: JobPlan, commit: str, home: Path, target_spec: dict[str, Any], *, prepare_only: bool = False) -> JobSpec:
    """All that the runner needs, of a job with a new id. `commit`: of the snapshot."""
    config = plan.config
    return JobSpec(
        run_id=new_id(),
        project=str(plan.project.folder),
        project_id=plan.project.id,
        snapshot=commit,
        home=str(home.absolute()),
        script=config.script,
        arguments=config.arguments,
        variables={**config.variables, **data_variables(config)},
        environment=config.environment.kind,
        requirements=config.environment.file,
        python=config.environment.python,
        target=config.target,
        target_spec=target_spec,
        framework=config.framework,
        spark=config.spark.model_dump(mode="json"),
        cpus=config.resources.cpus,
        memory_mb=config.resources.memory_mb,
        time_limit_s=config.resources.time_limit_s,
        prepare_only=prepare_only,
    )


def recorded(config: RunConfig) -> RunConfig:
    """The configuration as the run's record keeps it: the values of secret variables are blacked out.

    Raises UserError for a sweep with such values: its trials are made of the record.
    """
    shown = masked(config.variables)
    if config.sweep is not None and shown != config.variables:
        name = next(name for name, value in shown.items() if value != config.variables[name])
        hint = f'Keep it with: workbench secret set {name}   and write {name} = "secret:{name}".'
        raise UserError(f"The variable {name} of a sweep is a secret, which its trials find in no record.", hint=hint)
    return config.model_copy(update={"variables": shown})


def user_name() -> str:
    """Who submits; empty where the system does not say."""
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""
