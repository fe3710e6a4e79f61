"""The chain to a Docker engine: reaching its machine, signing in, the engine, its disk, the base image, the Python in that."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.base.errors import EnvironmentError_, WorkbenchError
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.docker.connections import open_engine
from workbench.jobs.drivers.docker.engine import Engine, EngineError, Missing, Refused
from workbench.jobs.drivers.docker.image import DEFAULT_BASE, ImageMaker, pull, run_once
from workbench.jobs.drivers.docker.settings import explained, host_settings
from workbench.schema import DockerSpec, Link, Slots, SshDockerSpec

_PATIENCE_S = 10.0
_LOW_BYTES = 2_000_000_000


def walk_chain(spec: DockerSpec | SshDockerSpec, secret: str | None, home: Path) -> Iterator[Link]:
    """Looks at one link after the other; what comes after a failed one is skipped."""
    steps = _Steps(spec, secret, home)
    names: list[tuple[str, Callable[[], str]]] = [
        ("engine", steps.engine),
        ("base image", steps.image),
        ("Python", steps.python),
        ("disk", steps.disk),
        ("container", steps.container),
        ("packages", steps.settings),
    ]
    if isinstance(spec, SshDockerSpec):
        names = [("reach", steps.reach), ("sign in", steps.sign_in), *names]
    failed = ""
    try:
        for name, look in names:
            if failed:
                yield Link(name=name, state="skipped", message=f"Not looked at, since the link {failed!r} failed.")
                continue
            began = time.monotonic()
            try:
                message, error = look(), None
            except WorkbenchError as raised:
                message, error = raised.message, raised
            seconds = round(time.monotonic() - began, 3)
            if error is None:
                yield Link(name=name, state="ok", message=message, seconds=seconds)
            else:
                failed = name
                yield Link(name=name, state="failed", message=message, hint=error.hint, seconds=seconds)
    finally:
        steps.close()


def capacity(spec: DockerSpec | SshDockerSpec, secret: str | None) -> Slots:
    """What the engine's machine has; an engine does not tell how many GPUs. Raises UserError, EnvironmentError_."""
    if isinstance(spec, SshDockerSpec):
        from workbench.jobs.drivers.ssh.chain import capacity as of_machine

        with contextlib.suppress(EnvironmentError_):  # it may have no Python, which only the images need
            return of_machine(spec, secret)
    engine = open_engine(spec, secret, timeout=_PATIENCE_S)
    try:
        facts = engine.facts()
    finally:
        engine.close()
    return Slots(cpus=float(facts.cpus), memory_mb=facts.memory_mb)


class _Steps:
    def __init__(self, spec: DockerSpec | SshDockerSpec, secret: str | None, home: Path) -> None:
        self._spec = spec
        self._docker = spec.docker if isinstance(spec, SshDockerSpec) else spec
        self._secret = secret
        self._home = home
        self._engine: Engine | None = None
        self._base = ""

    def close(self) -> None:
        if self._engine:
            self._engine.close()

    def reach(self) -> str:
        from workbench.jobs.drivers.ssh.connection import Connection

        assert isinstance(self._spec, SshDockerSpec)  # noqa: S101 (for the type checker)
        connection = Connection(self._spec, self._secret)
        connection.reach()
        return f"{connection.name} answers."

    def sign_in(self) -> str:
        from workbench.jobs.drivers.ssh.connection import Connection

        assert isinstance(self._spec, SshDockerSpec)  # noqa: S101 (for the type checker)
        with Connection(self._spec, self._secret) as connection:
            connection.open()
            return f"Signed in to {connection.name}."

    def engine(self) -> str:
        self._engine = open_engine(self._spec, self._secret, timeout=_PATIENCE_S)
        facts = self._engine.facts()
        if facts.system != "linux":
            raise EngineError(f"The Docker engine {self._engine.where} runs {facts.system} containers.", hint="Switch it to Linux.")
        rootless = ", rootless" if facts.rootless else ""
        size = f"{facts.cpus} CPUs, {facts.memory_mb / 1000:,.1f} GB"
        return f"Docker {facts.version} {self._engine.where} ({facts.architecture}, {size}{rootless})."

    def image(self) -> str:
        """There, or to be had."""
        engine, name = self._open(), self._docker.image or DEFAULT_BASE
        if found := engine.image(name):
            self._base = str(found["Id"])
            return f"{name} is there ({float(found.get('Size') or 0) / 1e6:,.0f} MB)."
        lines: list[str] = []
        deadline = time.monotonic() + _PATIENCE_S
        progressed = Follow(say=lines.append, must_stop=lambda: bool(lines[1:]) or time.monotonic() > deadline)
        try:
            pull(engine, name, progressed)
        except WorkbenchError as error:
            if error.kind != "cancelled":
                raise
            if not lines[1:]:
                message = f"The base image {name} is not on the engine, and its registry does not answer."
                raise EngineError(message, hint="Check the engine's network, or load the image there: docker load") from error
        return f"{name} is not on the engine yet; it is pulled with the first job."

    def python(self) -> str:
        if not self._base:
            return "Not looked at before the base image is there."
        never = Follow(say=lambda _line: None, must_stop=lambda: False)
        facts = ImageMaker(self._open(), self._home, "test", never).facts(self._base)
        if not facts.python:
            return "The base image has none: uv fetches one for each environment."
        return f"Python {facts.version} at {facts.python} ({facts.platform})."

    def disk(self) -> str:
        engine = self._open()
        if not self._base:
            return "Not looked at before the base image is there."
        _, out, _ = run_once(engine, self._base, ["/bin/sh", "-c", "df -Pk /"], "test", seconds=_PATIENCE_S)
        free = int(out.splitlines()[-1].split()[3]) * 1024
        if free < _LOW_BYTES // 10:
            raise EngineError(f"Only {free / 1e6:,.0f} MB are free for containers.", hint="Free some space: docker system prune")
        low = " That is little for images and outputs." if free < _LOW_BYTES else ""
        return f"{free / 1e9:,.1f} GB are free for containers.{low}"

    def container(self) -> str:
        """Whether one starts with what the target gives to each."""
        docker, engine = self._docker, self._open()
        given = [f"the network {docker.network}"] if docker.network else []
        given += [f"the volume {text}" for text in docker.volumes] + (["GPUs"] if docker.gpus else [])
        if not given:
            return "They have the host's network, and nothing else of its machine."
        if not self._base:
            return "Not looked at before the base image is there."
        try:
            run_once(engine, self._base, ["/bin/sh", "-c", ":"], "test", seconds=_PATIENCE_S, host=host_settings(docker))
        except (EngineError, Refused, Missing) as error:
            raise explained(error, engine.where) from error
        return f"One starts with {', '.join(given)}."

    def settings(self) -> str:
        """What the target adds for the packages, and the job."""
        if self._docker.ca_bundle and not Path(self._docker.ca_bundle).is_file():
            message = f"The CA bundle {self._docker.ca_bundle} is not on this machine."
            raise EngineError(message, hint="Correct ca_bundle of the target.")
        proxy = " through the target's proxy" if self._docker.proxy else ""
        trusted = f", trusting {self._docker.ca_bundle}" if self._docker.ca_bundle else ""
        return f"Packages are fetched{proxy or ' directly'}{trusted}."

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = open_engine(self._spec, self._secret, timeout=_PATIENCE_S)
        return self._engine
