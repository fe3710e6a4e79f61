"""Kernels between the rooms: the environment that one runs in, and its wire form."""

import os
import sys
from collections.abc import Callable

from workbench.base.paths import WorkspacePaths
from workbench.jobs.environments import EnvironmentBuilder, environment_variables
from workbench.jobs.preparing import prepare_python
from workbench.jobs.sdkcopy import sdk_folder
from workbench.notebooks import KernelPython, KernelState, PreparePython
from workbench.projects import Project
from workbench.schema import Kernel, KernelChanged, KernelStatus


def kernel_preparer(paths: WorkspacePaths, environments: EnvironmentBuilder) -> PreparePython:
    """Makes the environment of a project's run configuration, with ipykernel, and the variables of a kernel in it."""

    def prepare(project: str, config: str, say: Callable[[str], None], cancel: Callable[[], bool]) -> KernelPython:
        python = prepare_python(environments, project, config, ["ipykernel"], say, cancel)
        shared = paths.shared(Project.open(project).id)
        shared.mkdir(parents=True, exist_ok=True)
        variables = {
            **environment_variables(python),
            "WORKBENCH_HOME": str(paths.root),
            "WORKBENCH_PROJECT": project,
            "WORKBENCH_PYTHON": sys.executable,
            "WORKBENCH_SHARED": str(shared),
        }
        if os.fspath(python) != sys.executable:  # Workbench's own interpreter has the whole program
            variables["PYTHONPATH"] = str(sdk_folder(paths.root))
        return KernelPython(str(python), variables)

    return prepare


def to_wire(state: KernelState) -> Kernel:
    """The wire form of a kernel's state."""
    return Kernel(
        id=state.id,
        project=state.project,
        config=state.config,
        status=KernelStatus(state.status),
        reason=state.reason,
        connection_file=state.connection_file,
        record=state.record,
        python=state.python,
        started=state.started,
    )


def kernel_changed(state: KernelState) -> KernelChanged:
    """The event that a kernel's state has changed."""
    return KernelChanged(kernel_id=state.id, status=KernelStatus(state.status))
