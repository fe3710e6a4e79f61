"""What is wrong with a target's settings whatever machine they lead to: told when the target is added, not by the first job."""

import re
from pathlib import Path

from workbench.base.errors import UserError
from workbench.schema import DockerSpec, SparkSpec, SshDockerSpec, SshSpec, TargetSpec

_ENGINES = ("unix://", "tcp://", "ssh://", "npipe://", "http://", "https://")
_PROXY = re.compile(r"^https?://[^\s/]+/?$")
_IMAGE = re.compile(r"^[\w.:/@-]+$", re.ASCII)
_MASTER = re.compile(r"^(local(\[[^\]]+\])?|yarn|spark://\S+|k8s://\S+)$")


def check_spec(spec: TargetSpec) -> None:
    """Raises UserError with the setting and what it may be."""
    if isinstance(spec, SshSpec):
        _check_ssh(spec)
    if isinstance(spec, SshDockerSpec):
        _check_docker(spec.docker)
    elif isinstance(spec, DockerSpec):
        _check_docker(spec)
    elif isinstance(spec, SparkSpec):
        _check_spark(spec)


def _check_ssh(spec: SshSpec) -> None:
    if not spec.address or re.search(r"[\s/@]", spec.address):
        hint = "Give the name or number of a machine alone; user and port are settings of their own."
        raise UserError(f"{spec.address!r} is not the address of a machine.", hint=hint, place="address")
    if spec.host_key:
        from workbench.jobs.drivers.ssh.hostkeys import parse_host_key

        parse_host_key(spec.host_key)
    if spec.key_file and not Path(spec.key_file).is_file():
        raise UserError(f"There is no private key at {spec.key_file}.", hint="Correct key_file.", place="key_file")


def _check_docker(spec: DockerSpec) -> None:
    if spec.host and not spec.host.startswith(_ENGINES):
        hint = "It begins with unix://, tcp:// or ssh://; empty: the engine that the docker command uses."
        raise UserError(f"{spec.host!r} is not the address of a Docker engine.", hint=hint, place="host")
    if spec.image and not _IMAGE.match(spec.image):
        raise UserError(f"{spec.image!r} is not the name of an image.", hint="Such as python:3.12-slim.", place="image")
    if spec.proxy and not _PROXY.match(spec.proxy):
        hint = "Write it as http://proxy.example.org:3128."
        # It is not shown: it may hold a password.
        raise UserError("The target's proxy is not the address of a proxy.", hint=hint, place="proxy")
    if spec.volumes:
        from workbench.jobs.drivers.docker.settings import volume

        for text in spec.volumes:
            volume(text)


def _check_spark(spec: SparkSpec) -> None:
    if not _MASTER.match(spec.master):
        hint = "Masters are local[*], spark://HOST:PORT, yarn and k8s://https://HOST:PORT."
        raise UserError(f"{spec.master!r} is no master that Spark knows.", hint=hint, place="master")
    if spec.deploy_mode == "cluster" and spec.master.startswith(("spark://", "local")):
        message = f"The master {spec.master} runs Python scripts in client mode only."
        raise UserError(message, hint="Set deploy_mode to client.", place="deploy_mode")
