"""Kernels of notebooks."""

from pydantic import TypeAdapter

from workbench.client.calls import Calls, part
from workbench.schema import Kernel, KernelRequest

_KERNELS = TypeAdapter(tuple[Kernel, ...])


class KernelCalls(Calls):
    """What is done with kernels."""

    def start_kernel(self, request: KernelRequest) -> Kernel:
        """Starts a kernel in a project's environment; returns at once with `preparing`."""
        return Kernel.model_validate_json(self._transport.call("POST", "/kernels", body=request))

    def kernels(self) -> tuple[Kernel, ...]:
        """All kernels, the oldest first."""
        return _KERNELS.validate_json(self._get("/kernels"))

    def kernel(self, kernel_id: str) -> Kernel:
        """One kernel."""
        return Kernel.model_validate_json(self._get(f"/kernels/{part(kernel_id)}"))

    def stop_kernel(self, kernel_id: str) -> None:
        """Ends a kernel and forgets it; its record stays."""
        self._transport.call("DELETE", f"/kernels/{part(kernel_id)}")

    def interrupt_kernel(self, kernel_id: str) -> Kernel:
        """Interrupts what the kernel computes."""
        return Kernel.model_validate_json(self._post(f"/kernels/{part(kernel_id)}/interrupt"))

    def restart_kernel(self, kernel_id: str) -> Kernel:
        """Restarts a kernel with an empty memory, on the same connection file."""
        return Kernel.model_validate_json(self._post(f"/kernels/{part(kernel_id)}/restart"))
