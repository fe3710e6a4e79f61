"""The chain to a remote machine: reach, sign in, Python, disk, uv."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workbench.base.errors import EnvironmentError_, WorkbenchError
from workbench.jobs.drivers.ssh.connection import Connection
from workbench.jobs.drivers.ssh.environment import remote_uv
from workbench.jobs.drivers.ssh.remote import RemoteMachine
from workbench.schema.target import Link, Slots, SshSpec

_LOW_MB = 1000


def walk_chain(spec: SshSpec, secret: str | None, home: Path) -> Iterator[Link]:  # noqa: ARG001 (every kind has these)
    """Tries each link; after one that failed the rest is skipped."""
    with Connection(spec, secret) as connection:
        machine = RemoteMachine(connection)
        steps: list[tuple[str, Callable[[], str]]] = [
            ("reach", lambda: _reach(connection)),
            ("sign in", lambda: _sign_in(connection)),
            ("Python", lambda: _python(machine)),
            ("disk", lambda: _disk(machine)),
            ("uv", lambda: _uv(machine)),
        ]
        failed = ""
        for name, step in steps:
            if failed:
                yield Link(name=name, state="skipped", message=f"Not tried, since {failed} failed.")
                continue
            began = time.monotonic()
            try:
                message = step()
                link = Link(name=name, state="ok", message=message)
            except WorkbenchError as error:
                failed = name
                link = Link(name=name, state="failed", message=error.message, hint=error.hint)
            yield link.model_copy(update={"seconds": round(time.monotonic() - began, 3)})


def capacity(spec: SshSpec, secret: str | None) -> Slots:
    """What the machine has: cores, and memory. Raises UserError, EnvironmentError_."""
    with Connection(spec, secret) as connection:
        known = RemoteMachine(connection).probe()
        return Slots(cpus=float(known["cpus"]), memory_mb=int(known["memory_mb"]), gpus=int(known["gpus"]))


def _reach(connection: Connection) -> str:
    connection.reach()
    return f"{connection.name} answers."


def _sign_in(connection: Connection) -> str:
    connection.open()
    return f"Signed in as {connection.transport().get_username()}."


def _python(machine: RemoteMachine) -> str:
    known = machine.probe()
    return f"Python {known['version']} on {known['system']} {known['machine']} at {known['python']}."


def _disk(machine: RemoteMachine) -> str:
    known = machine.probe()
    folder = machine.connection.spec.folder
    if not known["writable"]:
        message = f"The folder {folder} on {machine.name} cannot be written to."
        raise EnvironmentError_(message, hint="Give the target another folder, or its user the right to write.", place="disk")
    if known["free_mb"] < _LOW_MB // 10:
        message = f"Only {known['free_mb']:,} MB are free at {folder} on {machine.name}."
        raise EnvironmentError_(message, hint="Free some space there, or give the target another folder.", place="disk")
    low = " That is little for environments and outputs." if known["free_mb"] < _LOW_MB else ""
    return f"{known['free_mb'] / 1000:,.1f} GB are free at {folder}.{low}"


def _uv(machine: RemoteMachine) -> str:
    if machine.connection.spec.python:
        return f"Not needed: jobs run on {machine.connection.spec.python}."
    if path := remote_uv(machine):
        return f"uv is {path}."
    return "There is no uv for it: environments are built with venv and pip, which takes longer."
