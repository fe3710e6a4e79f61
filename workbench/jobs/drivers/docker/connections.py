"""The engine of a target, however it is reached."""

from workbench.jobs.drivers.docker.engine import Engine, connect
from workbench.schema import DockerSpec, SshDockerSpec


def open_engine(target: DockerSpec | SshDockerSpec, secret: str | None = None, *, timeout: float = 60) -> Engine:
    """Raises EnvironmentError_ when it does not answer, UserError for a wrong address."""
    if isinstance(target, SshDockerSpec):
        from workbench.jobs.drivers.docker.overssh import connect_over_ssh

        return connect_over_ssh(target, secret, timeout=timeout)
    return connect(target, timeout=timeout)
