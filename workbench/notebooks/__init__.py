"""Kernels and their record, and the way to JupyterLab."""

from workbench.notebooks.jupyterlab import open_lab
from workbench.notebooks.service import KernelService
from workbench.notebooks.state import KernelPython, KernelState, PreparePython

__all__ = ["KernelPython", "KernelService", "KernelState", "PreparePython", "open_lab"]
