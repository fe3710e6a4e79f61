"""The dry run: what a submission would do. It is kept with the run, and a failure is held against it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.masking import masked
from workbench.jobs.checks import JobPlan, data_variables
from workbench.jobs.drivers.spark.cluster import NOTHING_BACK
from workbench.jobs.environments import EnvironmentBuilder, is_conda, python_of
from workbench.jobs.sweeps.space import arguments as sweep_arguments
from workbench.jobs.sweeps.suggesting import next_point
from workbench.jobs.targets import TargetStore
from workbench.runs import RunStore
from workbench.schema import JobPlanned, JobRequest, PlannedFile, Run, RunConfig, SparkSpec, Target

_PACKAGES_NAMED = 5
_KEPT = 20
_FAILED = " failed: "
_LEFT_OUT = " is left out of the run's copy"
_HERE = frozenset({"local", "spark"})
"""Kinds of targets whose environments are built on this machine."""


class DryRuns:
    """Makes plans, and remembers the latest ones that were shown: the submission that follows keeps the lock that the user saw."""

    def __init__(self, targets: TargetStore, would_start: Callable[[RunConfig, JobRequest, Sequence[str]], str]) -> None:
        self._targets = targets
        self._would_start = would_start
        self._shown: dict[tuple[str, str, str], JobPlanned] = {}

    def planned(
        self,
        plan: JobPlan,
        request: JobRequest,
        commit: str,
        *,
        depends_on: Sequence[str] = (),
        left_out: Sequence[str] = (),
        earlier: Run | None = None,
        problems: Sequence[str] = (),
        as_run: str = "",
    ) -> JobPlanned:
        """What a submission would do, as far as it is known without asking any network. `earlier`: the run whose result counts."""
        config = plan.config
        if earlier is not None:
            starts = f"Not at all: nothing has changed since run {earlier.number}, whose result counts. --force runs it."
        else:
            starts = self._would_start(config, request, depends_on)
        if config.sweep is not None:
            starts = (
                f"{starts} At most {min(config.sweep.parallel, config.sweep.trials)} of {config.sweep.trials} trials run at once."
            )
        made = _planned(plan, self._targets.get(config.target), starts, problems, left_out)
        shown = self._shown.pop(_key(plan, commit), None)
        return made.model_copy(update={"as_run": as_run} if shown is None else {"lock": shown.lock, "as_run": as_run})

    def show(
        self, known: JobPlanned, plan: JobPlan, commit: str, builder: EnvironmentBuilder, sizes: Mapping[str, int]
    ) -> JobPlanned:
        """The plan with the snapshot's files and the environment's lock, for which the package index may be asked."""
        shown = _in_full(known, plan, builder, sizes)
        while len(self._shown) >= _KEPT:
            self._shown.pop(next(iter(self._shown)), None)
        self._shown[_key(plan, commit)] = shown
        return shown


def _key(plan: JobPlan, commit: str) -> tuple[str, str, str]:
    return str(plan.project.folder), commit, plan.config.model_dump_json()


def _planned(plan: JobPlan, target: Target, starts: str, problems: Sequence[str], left_out: Sequence[str]) -> JobPlanned:
    config = plan.config
    told = list(problems)
    told += [f"{name}{_LEFT_OUT} of the project, for its size or since it cannot be read." for name in left_out]
    if isinstance(target.spec, SparkSpec) and target.spec.deploy_mode == "cluster":
        told.append(NOTHING_BACK)
    failed = next((link for link in target.links if link.state == "failed"), None)
    if failed is not None:
        told.append(f"The last test of the target {target.name}{_FAILED}{failed.message} {failed.hint}".strip())
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


def _in_full(known: JobPlanned, plan: JobPlan, builder: EnvironmentBuilder, sizes: Mapping[str, int]) -> JobPlanned:
    changes: dict[str, Any] = {"files": tuple(PlannedFile(path=path, size=size) for path, size in sizes.items())}
    environment = plan.config.environment
    if environment.kind == "requirements" and known.kind in _HERE:
        try:
            lock = builder.resolve(plan.project.folder / environment.file, python=environment.python)
            changes["lock"] = lock
            version = "" if is_conda(lock) else environment.python or python_of(lock)
            if version and not builder.has_python(version):
                told = f"This machine has no Python {version}: it is fetched from the network when the environment is built."
                changes["problems"] = (*known.problems, told)
        except (UserError, EnvironmentError_) as error:
            changes["problems"] = (*known.problems, f"{error.message} {error.hint}".strip())
    return known.model_copy(update=changes)


def held_against(store: RunStore, run: Run, reason: str, lock: str, python: str) -> str:
    """What was other than planned, or foreseen in the plan, in sentences, for the reason of a failure; empty where nothing was."""
    told = []
    if "memory" in reason.lower() and (used := run.metrics.get("system/memory_mb")):
        asked = run.config.resources.memory_mb
        beside = f"; it had asked for {asked:,} MB" if asked and f"its {asked} MB" not in reason else ""
        told.append(f"It was seen to use {used.max:,.0f} MB{beside}.")
    if before := str(run.plan.get("lock", "")):
        if lock and (different := _differences(before, lock)):
            told.append(f"Other than planned, the environment was made with {different}.")
    elif lock and (last := str(run.plan.get("as_run", ""))):
        told += _since(store, last, lock, python)
    # A file that is missing in the run's copy is explained where the script did not find it.
    problems = [one for one in run.plan.get("problems", ()) if _LEFT_OUT not in one and one != NOTHING_BACK]
    told += [f"The plan had said: {one}" for one in problems if (one.partition(_FAILED)[2] or one) not in reason]
    return " ".join(told)


def _since(store: RunStore, run_id: str, lock: str, python: str) -> list[str]:
    """In what the environment is another one than in an earlier run."""
    try:
        earlier = store.get(run_id)
    except NotFound:
        return []
    told = [_differences(earlier.environment_lock, lock)] if earlier.environment_lock else []
    if earlier.python and python and earlier.python != python:
        told.insert(0, f"Python {python} (not {earlier.python})")
    different = ", ".join(filter(None, told))
    return [f"Other than in run {earlier.number}, which finished, its environment has {different}."] if different else []


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
