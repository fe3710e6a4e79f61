"""What a target gives its containers besides an image: network, volumes, GPUs; and what an engine says where it cannot."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.base.errors import UserError, WorkbenchError
from workbench.jobs.drivers.docker.engine import EngineDown
from workbench.schema import DockerSpec

_NO_NETWORK = re.compile(r"network (\S+) not found")
_NO_FOLDER = re.compile(r"bind source path does not exist: (.+?)\.?$")


def host_settings(target: DockerSpec, gpus: Sequence[int] = ()) -> dict[str, Any]:
    """For the engine's host_config. `gpus`: those of them that a job has for itself; none named: all that the target gives."""
    from docker.types import DeviceRequest, Mount

    found: dict[str, Any] = {
        "network_mode": target.network or "host",
        "mounts": [Mount(**volume(text)) for text in target.volumes],
    }
    if target.gpus or gpus:
        which = {"device_ids": [str(one) for one in gpus]} if gpus else {"count": -1}
        found["device_requests"] = [DeviceRequest(capabilities=[["gpu"]], **which)]
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


def explained(error: WorkbenchError, engine: str) -> WorkbenchError:
    """The user's sentence for a container that the engine does not make or start as it is asked to; any other error as it is."""
    if isinstance(error, EngineDown):
        return error
    said = error.message
    if found := _NO_NETWORK.search(said):
        hint = "Make it there (docker network create), or correct the target's network."
        return UserError(f"The Docker engine {engine} has no network {found[1]}.", hint=hint, place="network")
    if found := _NO_FOLDER.search(said):
        message = f"The folder {found[1]}, a volume of the target, is not on the machine of the Docker engine {engine}."
        return UserError(message, hint="Make it there, or correct the target's volumes.", place="volumes")
    if "could not select device driver" in said or "nvidia" in said.lower():
        hint = "Install the NVIDIA container toolkit there, or switch the target's GPUs off."
        return UserError(f"The Docker engine {engine} has no GPUs for containers: {said}", hint=hint, place="gpus")
    if "executable file not found" in said or "no such file or directory" in said.lower():
        return UserError(f"The script could not be started in the container: {said}", hint="Correct the target's image.")
    return error
