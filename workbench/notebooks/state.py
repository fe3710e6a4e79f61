"""What is known of a kernel, and what it needs to start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Status = Literal["preparing", "idle", "busy", "dead"]


@dataclass(frozen=True)
class KernelState:
    """A kernel at one moment; the paths are absolute. `connection_file` and `python` are there once it has been started."""

    id: str
    project: str
    config: str
    status: Status
    started: datetime
    record: str
    reason: str = ""
    connection_file: str = ""
    python: str = ""


@dataclass(frozen=True)
class KernelPython:
    """The interpreter of a kernel, which has ipykernel, and all variables of its process."""

    python: str
    variables: Mapping[str, str] = field(default_factory=dict)


class PreparePython(Protocol):
    """Makes the environment for a kernel of `project` in `config`; may take long, says what it does, and can be cancelled."""

    def __call__(self, project: str, config: str, say: Callable[[str], None], cancel: Callable[[], bool], /) -> KernelPython: ...
