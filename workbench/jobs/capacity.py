"""What targets have for jobs: found on their machines, or set by the user as slots."""

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import psutil

from workbench.base.errors import WorkbenchError
from workbench.jobs.processgroup import gpu_count
from workbench.jobs.queue import Pool
from workbench.jobs.targettable import LOCAL
from workbench.schema import DockerSpec, Slots, SshDockerSpec, SshSpec, TargetSpec


@lru_cache(maxsize=1)
def machine() -> Slots:
    """What this machine has: cores that this process may use, memory, NVIDIA GPUs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Slots(cpus=float(cores), memory_mb=psutil.virtual_memory().total // 1_000_000, gpus=gpu_count())


def found_on(spec: TargetSpec, secret: str | None) -> Slots:
    """What the target's machine has, asked now; empty where nobody knows, as of a cluster."""
    if _is_here(spec.model_dump(mode="json")):
        return machine()
    try:
        if isinstance(spec, DockerSpec | SshDockerSpec):
            from workbench.jobs.drivers.docker import capacity as of_engine

            return of_engine(spec, secret)
        if isinstance(spec, SshSpec):
            from workbench.jobs.drivers.ssh import capacity

            return capacity(spec, secret)
    except WorkbenchError:
        pass
    return Slots()


def known_of(row: Any) -> Slots:
    """What a target has, as far as it is known: of this machine always, of another one since its last test."""
    if _is_here(row.spec["spec"]):
        return machine()
    return Slots.model_validate((row.tested or {}).get("capacity") or {})


def slots_of(row: Any) -> Slots:
    """What a target is to give to jobs, where the user has said so."""
    return Slots.model_validate(row.spec.get("slots") or {})


def pools(rows: Iterable[Any], parallel_jobs: int) -> dict[str, Pool]:
    """What each target has for jobs, nothing taken yet.

    Targets that are this very machine share one pool, unless they have slots of their own. `parallel_jobs`: at a time on this
    machine, and on one of which nothing is known.
    """
    known = {row.name: row for row in rows}
    here = _pool(LOCAL, slots_of(known[LOCAL]), machine(), parallel_jobs)
    here.most = parallel_jobs
    made: dict[str, Pool] = {}
    for name, row in known.items():
        slots = slots_of(row)
        shares = name == LOCAL or (_is_here(row.spec["spec"]) and slots == Slots())
        made[name] = here if shares else _pool(name, slots, known_of(row), parallel_jobs)
    return made


def _pool(name: str, slots: Slots, found: Slots, parallel_jobs: int) -> Pool:
    capacity = Slots(cpus=slots.cpus or found.cpus, memory_mb=slots.memory_mb or found.memory_mb, gpus=slots.gpus or found.gpus)
    # Where nothing is known of a machine, the number of jobs is all that can be kept to.
    return Pool(name, capacity, most=0 if capacity.cpus else parallel_jobs)


def _is_here(spec: dict[str, Any]) -> bool:
    """Whether jobs of such a target use this very machine."""
    if spec["kind"] == "docker":
        return not spec.get("host")
    return spec["kind"] == "local" or (spec["kind"] == "spark" and str(spec["master"]).startswith("local"))
