"""The dry run: what a submission would do. It is kept with the run, and a failure is held against it."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.masking import masked
from workbench.jobs.checks import JobPlan, data_variables
from workbench.jobs.environments import EnvironmentBuilder
from workbench.jobs.sweeps.space import arguments as sweep_arguments
from workbench.jobs.sweeps.suggesting import next_point
from workbench.schema import JobPlanned, PlannedFile, Run, RunConfig, Target

_PACKAGES_NAMED = 5
_HERE = frozenset({"local", "spark"})
"""Kinds of targets whose environments are built on this machine."""


def planned(plan: JobPlan, target: Target, starts: str, problems: Sequence[str], left_out: Sequence[str]) -> JobPlanned:
    """All that is known without asking any network: what is kept with a run."""
    config = plan.config
    told = list(problems)
    told += [f"{name} is left out of the run's copy of the project, for its size or since it cannot be read." for name in left_out]
    failed = next((link for link in target.links if link.state == "failed"), None)
    if failed is not None:
        told.append(f"The last test of the target {target.name} failed: {failed.message} {failed.hint}".strip())
    return JobPlanned(
        target=target.name,
        kind=target.spec.kind,
        command=_command(config, target),
        environment=_environment(config, target.spec.kind),
        left_out=tuple(left_out),
        variables=masked({**config.variables, **data_variables(config)}),
        cpus=config.resources.cpus,
        memory_mb=config.resources.memory_mb,
        gpus=config.resources.gpus,
        starts=starts,
        problems=tuple(told),
    )


def in_full(known: JobPlanned, plan: JobPlan, builder: EnvironmentBuilder, sizes: Mapping[str, int]) -> JobPlanned:
    """With the snapshot's files and the environment's lock, for which the package index may be asked."""
    changes: dict[str, Any] = {"files": tuple(PlannedFile(path=path, size=size) for path, size in sizes.items())}
    environment = plan.config.environment
    if environment.kind == "requirements" and known.kind in _HERE:
        try:
            changes["lock"] = builder.resolve(plan.project.folder / environment.file, python=environment.python)
        except (UserError, EnvironmentError_) as error:
            changes["problems"] = (*known.problems, f"{error.message} {error.hint}".strip())
    return known.model_copy(update=changes)


def held_against(run: Run, lock: str) -> str:
    """What was other than planned, in sentences, for the reason of a failure; empty where nothing was."""
    if not run.plan:
        return ""
    told = []
    if (before := str(run.plan.get("lock", ""))) and lock and (different := _differences(before, lock)):
        told.append(f"Other than planned, the environment was made with {different}.")
    told += [f"The plan had said: {problem}" for problem in run.plan.get("problems", ())]
    return " ".join(told)


def _command(config: RunConfig, target: Target) -> tuple[str, ...]:
    """The command as a user would type it; paths of interpreters are known when the job is prepared only."""
    given = config.arguments
    if config.sweep is not None and (point := next_point(config.sweep, ())) is not None:
        given = (*given, *sweep_arguments(point))
    if config.script.endswith(".wbprep"):
        return ("python", "-m", "workbench.dataprep", "run", config.script, *given)
    if target.spec.kind == "spark":
        return ("spark-submit", "--master", target.spec.master, config.script, *given)
    named = config.environment.python if config.environment.kind == "interpreter" else "python"
    return (PurePosixPath(named.replace("\\", "/")).name or "python", config.script, *given)


def _environment(config: RunConfig, kind: str) -> str:
    environment = config.environment
    if environment.kind == "workbench":
        return "Workbench's own Python."
    if environment.kind == "interpreter":
        return f"The interpreter {environment.python}, as it is."
    version = f" for Python {environment.python}" if environment.python else ""
    if kind in _HERE:
        return f"An environment of its own with the packages of {environment.file}{version}; one per lock is built and shared."
    return f"The packages of {environment.file}{version}, resolved and installed for the target {config.target}."


def _differences(before: str, after: str) -> str:
    """`numpy 2.1.0 (not 2.0.2) and without six`"""
    old, new = _versions(before), _versions(after)
    told = [f"{name} {new[name]} (not {old[name]})" for name in sorted(old) if name in new and new[name] != old[name]]
    told += [f"{name} {new[name]} (not planned)" for name in sorted(new.keys() - old.keys())]
    told += [f"no {name}" for name in sorted(old.keys() - new.keys())]
    more = len(told) - _PACKAGES_NAMED
    return ", ".join(told[:_PACKAGES_NAMED]) + (f" and {more} more" if more > 0 else "")


def _versions(lock: str) -> dict[str, str]:
    found = {}
    for line in lock.splitlines():
        name, equals, version = line.split("#")[0].split(";")[0].strip().partition("==")
        if equals and not name.startswith("-"):
            found[name.strip().lower()] = (version.split() or [""])[0]
    return found
