"""The connection to the workspace server: made in a worker thread, shared by all, started on demand."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import EnvironmentError_

if TYPE_CHECKING:
    from workbench.client.client import Client


class Connection:
    """Hands out the one client. `get` may take seconds (it starts the server): never call it on the GUI thread. Thread-safe."""

    def __init__(self, home: Path | None = None, *, start: bool = True) -> None:
        self._home = home
        self._start = start
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._closed = threading.Event()

    @property
    def now(self) -> "Client | None":
        """The client if there is one already; does not wait."""
        return self._client

    def get(self) -> "Client":
        """The client; connects, and starts the server, when that has not happened yet."""
        from workbench.client.client import Client

        with self._lock:
            if self._closed.is_set():
                raise EnvironmentError_("Workbench is closing.")
            if self._client is None:
                client = Client.connect(self._home, start=self._start)
                if self._closed.is_set():  # the window was closed meanwhile
                    client.close()
                    raise EnvironmentError_("Workbench is closing.")
                self._client = client
            return self._client

    def drop(self) -> None:
        """Forgets a client whose server is gone; the next `get` connects anew."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def close(self) -> None:
        """Ends the connection for good, without waiting for one that is being made. The server goes on."""
        self._closed.set()
        if self._lock.acquire(timeout=0.2):
            client, self._client = self._client, None
            self._lock.release()
            if client is not None:
                client.close()
