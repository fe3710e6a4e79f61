"""The kernels of a workspace: started, listed, interrupted, restarted and ended."""

import threading
from collections.abc import Callable
from pathlib import Path

from workbench.base.errors import NotFound, UserError
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.notebooks.kernel import KernelThread
from workbench.notebooks.state import KernelState, PreparePython


class KernelService:
    """Keeps the kernels of the server's life; safe in several threads.

    Each kernel has a thread of its own, which prepares its environment, starts it, and records what it says: a notebook is complete
    although no window looks. `changed` gets every new state, from those threads.
    """

    def __init__(self, paths: WorkspacePaths, prepare_python: PreparePython, changed: Callable[[KernelState], None]) -> None:
        self._folder = paths.kernels
        self._prepare_python = prepare_python
        self._changed = changed
        self._lock = threading.Lock()
        self._kernels: dict[str, KernelThread] = {}
        self._closed = False

    def start(self, project: str, config: str = "") -> KernelState:
        """Starts a kernel in the environment of the project's run configuration; returns at once with `preparing`."""
        folder = Path(project)
        if not folder.is_absolute() or not folder.is_dir():
            raise UserError(f"There is no project folder {project}.", hint="Give the absolute path of a project.", place="project")
        kernel = KernelThread(new_id(), project, config, self._folder, self._prepare_python, self._changed)
        with self._lock:
            if self._closed:
                raise UserError("The server is stopping.", hint="Try again in a moment.")
            self._kernels[kernel.id] = kernel
            kernel.start()
        self._changed(kernel.state)
        return kernel.state

    def list(self) -> tuple[KernelState, ...]:
        """All kernels, the oldest first."""
        with self._lock:
            return tuple(kernel.state for kernel in self._kernels.values())

    def get(self, kernel_id: str) -> KernelState:
        """One kernel. Raises NotFound."""
        return self._find(kernel_id).state

    def interrupt(self, kernel_id: str) -> KernelState:
        """Interrupts what the kernel computes. Raises Conflict when it does not run."""
        return self._find(kernel_id).interrupt()

    def restart(self, kernel_id: str) -> KernelState:
        """Gives the kernel an empty memory, on the same connection file; a dead one comes to life again."""
        return self._find(kernel_id).restart()

    def stop(self, kernel_id: str) -> None:
        """Ends a kernel and forgets it; its record stays."""
        kernel = self._find(kernel_id)
        kernel.end()
        with self._lock:
            self._kernels.pop(kernel_id, None)

    def close(self) -> None:
        """Ends all kernels."""
        with self._lock:
            self._closed = True
            kernels = (*self._kernels.values(),)
            self._kernels.clear()
        for kernel in kernels:
            kernel.ask_to_end()
        for kernel in kernels:
            kernel.end()

    def _find(self, kernel_id: str) -> KernelThread:
        with self._lock:
            kernel = self._kernels.get(kernel_id)
        if kernel is None:
            raise NotFound(f"There is no kernel {kernel_id!r}.", hint="It may have ended with an earlier server; start a new one.")
        return kernel
