"""The typed client of the workspace's server; starts the local server when none runs."""

from workbench.client.client import Client
from workbench.client.transport import ServerBug

__all__ = ["Client", "ServerBug"]
