"""Progress and cancelling of anything that may take long."""

from collections.abc import Callable
from typing import Protocol

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done; from a helper thread."""


class Cancel(Protocol):
    """What tells a running operation to stop; a `threading.Event` is one."""

    def is_set(self) -> bool: ...
