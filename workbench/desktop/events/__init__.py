"""The connection to the server and its events as Qt signals."""

from workbench.desktop.events.bridge import EventBridge
from workbench.desktop.events.connection import Connection

__all__ = ["Connection", "EventBridge"]
