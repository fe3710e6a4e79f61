"""Jupyter kernels."""

from fastapi import APIRouter

from workbench.schema import Kernel, KernelRequest
from workbench.server.kernels import to_wire
from workbench.server.routes.deps import Here

router = APIRouter(tags=["kernels"])


@router.get("/kernels")
def list_kernels(here: Here) -> tuple[Kernel, ...]:
    """All kernels, the oldest first."""
    return tuple(to_wire(state) for state in here.kernels.list())


@router.post("/kernels", status_code=201)
def start_kernel(here: Here, request: KernelRequest) -> Kernel:
    """Starts a kernel in a project's environment; it is `preparing` at first."""
    return to_wire(here.kernels.start(request.project, request.config))


@router.get("/kernels/{kernel_id}")
def read_kernel(here: Here, kernel_id: str) -> Kernel:
    """One kernel."""
    return to_wire(here.kernels.get(kernel_id))


@router.delete("/kernels/{kernel_id}", status_code=204)
def stop_kernel(here: Here, kernel_id: str) -> None:
    """Ends a kernel and forgets it; its record stays."""
    here.kernels.stop(kernel_id)


@router.post("/kernels/{kernel_id}/interrupt")
def interrupt_kernel(here: Here, kernel_id: str) -> Kernel:
    """Interrupts what the kernel computes."""
    return to_wire(here.kernels.interrupt(kernel_id))


@router.post("/kernels/{kernel_id}/restart")
def restart_kernel(here: Here, kernel_id: str) -> Kernel:
    """Restarts a kernel with an empty memory."""
    return to_wire(here.kernels.restart(kernel_id))
