"""What a job's container is: its command, variables, mounts, limits."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import UserError
from workbench.jobs.drivers.docker.beginning import entrypoint, hand_over
from workbench.jobs.drivers.docker.engine import Engine, EngineFacts
from workbench.jobs.drivers.docker.image import ENVIRONMENT, proxy_variables
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
    with engine.asking("The container") as api:
        from docker.types import DeviceRequest, Mount

        mounts = [Mount(**values) for values in _mounts(engine, folder, spec, target, here)]
        limits: dict[str, Any] = {"nano_cpus": int(min(spec.cpus, facts.cpus or spec.cpus) * 1e9)}
        if spec.memory_mb:
            limits |= {"mem_limit": spec.memory_mb * 1_000_000, "memswap_limit": spec.memory_mb * 1_000_000}
        if target.gpus or spec.gpus:
            which = {"device_ids": [str(one) for one in spec.gpus]} if spec.gpus else {"count": -1}
            limits["device_requests"] = [DeviceRequest(capabilities=[["gpu"]], **which)]
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
                network_mode=target.network or "host",
                init=True,
                mounts=mounts,
                shm_size=_SHARED_MEMORY,
                security_opt=["no-new-privileges"],
                log_config={"type": "json-file", "config": {}},
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


def _mounts(engine: Engine, folder: RunFolder, spec: JobSpec, target: DockerSpec, here: Places) -> list[dict[str, Any]]:
    found = [volume(text) for text in target.volumes]
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
        if project.is_dir() and not any(one["target"] == spec.project for one in found):
            # What the run's copy leaves out (big data, ignored files) is read from the project itself.
            inside = spec.project if sys.platform != "win32" else "/workbench/project"
            found.append({"type": "bind", "source": spec.project, "target": inside, "read_only": True})
    return found


def volume(text: str) -> dict[str, Any]:
    """SOURCE:TARGET or SOURCE:TARGET:ro; the source is a folder of the engine's machine, or a volume's name."""
    hint = "Write SOURCE:TARGET or SOURCE:TARGET:ro, e.g. /data/flights:/data:ro."
    drive, rest = (text[:2], text[2:]) if text[1:3] in {":\\", ":/"} else ("", text)
    parts = rest.split(":")
    source, where = drive + parts[0], parts[1] if len(parts) > 1 else ""
    if len(parts) not in {2, 3} or not source or not where.startswith("/") or parts[2:] not in ([], ["ro"], ["rw"]):
        raise UserError(f"The volume {text!r} of the target is none.", hint=hint)
    if source.startswith("~"):
        source = str(Path(source).expanduser())
    kind = "bind" if drive or source.startswith("/") else "volume"
    return {"type": kind, "source": source, "target": where, "read_only": parts[2:] == ["ro"]}
