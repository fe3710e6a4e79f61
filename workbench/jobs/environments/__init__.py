"""Isolated Python environments: what a project asks for is resolved to a lock, one environment is built per lock and shared."""

from workbench.jobs.environments.builder import EnvironmentBuilder
from workbench.jobs.environments.kept import KeptEnvironment
from workbench.jobs.environments.locks import is_conda, python_of
from workbench.jobs.environments.tools import CancelCheck, PackageSettings, Say, uv_program
from workbench.jobs.environments.variables import environment_variables

__all__ = [
    "CancelCheck",
    "EnvironmentBuilder",
    "KeptEnvironment",
    "PackageSettings",
    "Say",
    "environment_variables",
    "is_conda",
    "python_of",
    "uv_program",
]
