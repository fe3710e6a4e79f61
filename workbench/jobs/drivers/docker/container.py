"""What a job's container is: its command, variables, mounts, limits."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.jobs.drivers.docker.beginning import entrypoint, hand_over
from workbench.jobs.drivers.docker.engine import Engine, EngineFacts
from workbench.jobs.drivers.docker.image import ENVIRONMENT, proxy_variables
from workbench.jobs.drivers.docker.settings import host_settings
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.localpython import common_variables, shared_folder
from workbench.jobs.sdkcopy import carried_folder
from workbench.schema import DockerSpec

RUN_LABEL = "workbench.run"
HOME_LABEL = "workbench.home"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHARED_MEMORY = "2g"  # what libraries pass between processes; Docker's own 64 MB are too few for most data loaders


@dataclass(frozen=True)
class Places:
    """Where things are inside the container: where they are outside, so that a traceback names the same file, except on Windows."""

    run: str
    sdk: str
    shared: str

    @property
    def work(self) -> str:
        return f"{self.run}/work"

    @property
    def outputs(self) -> str:
        return f"{self.work}/outputs"

    @property
    def events(self) -> str:
        return f"{self.run}/events.jsonl"


def container_name(run_id: str) -> str:
    return f"workbench-{run_id}"


def places(folder: RunFolder, spec: JobSpec) -> Places:
    if sys.platform == "win32":
        return Places("/workbench/run", "/workbench/sdk", "/workbench/shared")
    sdk, shared = carried_folder(Path(spec.home)).absolute(), shared_folder(spec)
    return Places(str(folder.path.absolute()), str(sdk), str(shared))


def user_of(facts: EngineFacts) -> tuple[int, int]:
    """Who the script is inside: the caller, so that its files are not root's; root where that is the caller's name inside."""
    if sys.platform == "win32" or facts.rootless:
        return 0, 0
    return os.getuid(), os.getgid()


def create(engine: Engine, folder: RunFolder, spec: JobSpec, target: DockerSpec, image: str, python: str) -> str:
    """Makes the container of the job, not started; its id. Raises Taken when there is one, UserError for wrong settings.

    What the user has given (variables, a proxy) and what leads to the server may be secret: the engine's description of the
    container does not have it.
    """
    facts, here = engine.facts(), places(folder, spec)
    user, group = user_of(facts)
    found = engine.image(image)
    own = dict(line.partition("=")[::2] for line in (found or {}).get("Config", {}).get("Env") or ())
    variables = _variables(spec, target, here, python, own.get("PATH", _PATH))
    if engine.here:
        variables["WORKBENCH_SHARED"] = here.shared
    hidden = {name: variables.pop(name) for name in {*spec.variables, *spec.tracking, *proxy_variables(target.proxy)}}
    host = host_settings(target, spec.gpus)
    with engine.asking("The container") as api:
        from docker.types import Mount

        host["mounts"] += [Mount(**values) for values in _mounts(engine, folder, spec, here, host["mounts"])]
        limits: dict[str, Any] = {"nano_cpus": int(min(spec.cpus, facts.cpus or spec.cpus) * 1e9)}
        if spec.memory_mb:
            limits |= {"mem_limit": spec.memory_mb * 1_000_000, "memswap_limit": spec.memory_mb * 1_000_000}
        made = api.create_container(
            image,
            entrypoint=entrypoint(python),
            command=[spec.script, *spec.arguments],
            name=container_name(spec.run_id),
            user=f"{user}:{group}",
            working_dir=here.work,
            environment=[f"{name}={value}" for name, value in variables.items()],
            labels={RUN_LABEL: spec.run_id, HOME_LABEL: spec.home},
            stop_signal="SIGTERM",
            use_config_proxy=False,
            host_config=api.create_host_config(
                init=True,
                shm_size=_SHARED_MEMORY,
                security_opt=["no-new-privileges"],
                log_config={"type": "json-file", "config": {}},
                **host,
                **limits,
            ),
        )
    hand_over(engine, str(made["Id"]), hidden, (user, group))
    return str(made["Id"])


def _variables(spec: JobSpec, target: DockerSpec, here: Places, python: str, path: str) -> dict[str, str]:
    own = spec.variables.get("PYTHONPATH")
    values = {
        # Nobody of that number may be known in the image: what asks for the user's name or home finds something.
        "HOME": "/tmp",  # noqa: S108 (inside the container)
        "USER": "workbench",
        "LOGNAME": "workbench",
        "TINI_KILL_PROCESS_GROUP": "1",
        **proxy_variables(target.proxy),
        **common_variables(spec),
        "PYTHONPATH": ":".join([here.sdk, *([own] if own else [])]),
        "WORKBENCH_RUN_ID": spec.run_id,
        "WORKBENCH_RUN_DIR": here.run,
        "WORKBENCH_OUTPUTS": here.outputs,
        "WORKBENCH_PROJECT": spec.project if sys.platform != "win32" else "/workbench/project",
    }
    if python.startswith(ENVIRONMENT):
        values = {"PATH": f"{ENVIRONMENT}/bin:{path}", "VIRTUAL_ENV": ENVIRONMENT, **values}
    if spec.gpus:
        # Inside, the GPUs of the job are all there are, and count from 0.
        values["CUDA_VISIBLE_DEVICES"] = ",".join(str(number) for number in range(len(spec.gpus)))
    return values


def _mounts(engine: Engine, folder: RunFolder, spec: JobSpec, here: Places, others: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if engine.here:
        # The working copy and the file of events alone: what server and runner go by is out of the script's reach.
        folder.events.touch()
        found.append({"type": "bind", "source": str(folder.work.absolute()), "target": here.work})
        found.append({"type": "bind", "source": str(folder.events.absolute()), "target": here.events})
        found.append({"type": "bind", "source": str(shared_folder(spec)), "target": here.shared})
        found.append(
            {"type": "bind", "source": str(carried_folder(Path(spec.home)).absolute()), "target": here.sdk, "read_only": True}
        )
        project = Path(spec.project)
        if project.is_dir() and not any(one["Target"] == spec.project for one in others):
            # What the run's copy leaves out (big data, ignored files) is read from the project itself.
            inside = spec.project if sys.platform != "win32" else "/workbench/project"
            found.append({"type": "bind", "source": spec.project, "target": inside, "read_only": True})
    return found
