"""Compute targets: places where jobs run."""

from typing import Annotated, Literal

from pydantic import Field

from workbench.schema.base import Name, Time, Wire


class LocalSpec(Wire):
    """A process on this machine."""

    kind: Literal["local"] = "local"


class DockerSpec(Wire):
    """A container of a Docker engine that this machine reaches."""

    kind: Literal["docker"] = "docker"
    host: str = Field("", description="Address of the engine; empty: this machine's (DOCKER_HOST)")
    image: str = Field("", description="Base image with Python 3; empty: python:3.11-slim")
    ca_bundle: str = Field("", description="File with certificates that the image shall trust; empty: the setting's")
    proxy: str = Field("", description="http(s) proxy for building and running")
    gpus: bool = Field(default=False, description="Give the container the machine's GPUs (NVIDIA)")
    volumes: tuple[str, ...] = Field((), description="Further mounts, SOURCE:TARGET or SOURCE:TARGET:ro")
    network: str = Field("", description="Network of the container; empty: the host's on Linux, so that it reaches the server")


class SshSpec(Wire):
    """A remote Linux machine: a process in a folder of its own there."""

    kind: Literal["ssh"] = "ssh"
    address: str
    port: int = Field(22, ge=1, le=65535)
    username: str = ""
    key_file: str = Field("", description="Private key; empty: the agent's and the usual ones, or a password of the keyring")
    host_key: str = Field("", description="The machine's key as known_hosts has it; noted when the target is added")
    folder: str = Field("~/.workbench", description="Where runs and environments are kept there")
    python: str = Field("", description="Interpreter there; empty: an environment of the run configuration is built")


class SshDockerSpec(SshSpec):
    """The Docker engine of a remote Linux machine, reached over SSH."""

    kind: Literal["ssh-docker"] = "ssh-docker"  # type: ignore[assignment]  # a narrower kind
    docker: DockerSpec = DockerSpec()


class SparkSpec(Wire):
    """A Spark cluster: `spark-submit` is called on this machine."""

    kind: Literal["spark"] = "spark"
    master: str = Field("local[*]", description="local[*], spark://HOST:PORT, yarn or k8s://...")
    deploy_mode: Literal["client", "cluster"] = "client"
    spark_submit: str = Field("", description="Path of spark-submit; empty: that of the run's PySpark, else the one on PATH")
    conf: dict[str, str] = Field(default_factory=dict)
    packages: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


TargetSpec = Annotated[LocalSpec | DockerSpec | SshSpec | SshDockerSpec | SparkSpec, Field(discriminator="kind")]


class Slots(Wire):
    """What a target has for jobs at a time; nothing starts without its share. 0: what the machine has."""

    cpus: float = Field(0, ge=0)
    memory_mb: int = Field(0, ge=0)
    gpus: int = Field(0, ge=0)


class Link(Wire):
    """One link of the chain to a target, as the test found it: reach, sign in, engine, disk, Python."""

    name: str
    state: Literal["ok", "failed", "skipped"]
    message: str = ""
    hint: str = ""
    seconds: float = 0.0


class TargetRequest(Wire):
    """Add a target, or change the one of that name."""

    name: Name
    spec: TargetSpec
    slots: Slots = Slots()
    password: str | None = Field(None, repr=False)
    """Goes to the keyring, and is never told again; an empty one is forgotten."""
    generate_key: bool = False
    """Makes a key pair for signing in over SSH."""


class Target(Wire):
    """A target with how busy it is."""

    name: str
    spec: TargetSpec
    slots: Slots = Slots()
    """As set."""
    capacity: Slots = Slots()
    """As found."""
    paused: bool = False
    running: int = 0
    queued: int = 0
    public_key: str = ""
    """Of a key pair that Workbench has made: the line for authorized_keys there."""
    fingerprint: str = ""
    """Of the machine's own key, as it was noted."""
    tested: Time | None = None
    links: tuple[Link, ...] = ()
