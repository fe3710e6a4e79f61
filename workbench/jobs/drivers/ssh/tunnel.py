"""A way back: a port of the remote machine's loopback that leads to a server on this one."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from workbench.jobs.drivers.ssh.connection import Connection

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_BYTES_AT_ONCE = 1 << 16


class Tunnel:
    """Leads the port `port` there (0: one that is free) to the server of the workspace `home`, as `url` says where no file does.

    A connection that was made again gets it again, with the same port, since the script knows that one.
    """

    def __init__(self, connection: Connection, url: str, home: Path, port: int = 0) -> None:
        self._connection = connection
        self._url = url
        self._home = home
        self._relays: set[threading.Thread] = set()
        self._on: Any = None
        self.port = port
        connection.on_open(self._reopen)

    @staticmethod
    def needed(url: str) -> bool:
        """Whether the server listens on this machine only."""
        return urlsplit(url).hostname in _LOOPBACK

    def url(self) -> str:
        """The server's address as the script sees it there."""
        return urlunsplit(urlsplit(self._url)._replace(netloc=f"127.0.0.1:{self.port}"))

    def open(self) -> bool:
        """Whether it leads through: asks for it where it does not yet. A machine may forbid it."""
        import paramiko

        transport = self._connection.transport()
        if self._on is transport:
            return True
        try:
            self.port = transport.request_port_forward("127.0.0.1", self.port, self._arrived)
        except (paramiko.SSHException, OSError, EOFError):
            return False
        self._on = transport
        return True

    def close(self) -> None:
        """Waits for what still goes through; the connection must be closed before."""
        for relay in list(self._relays):
            relay.join(2)

    def _reopen(self) -> None:
        if self.port:
            with contextlib.suppress(Exception):
                self.open()

    def _arrived(self, channel: Any, _origin: tuple[str, int], _server: tuple[str, int]) -> None:
        """Called in the transport's thread for each connection that somebody makes there."""
        relay = threading.Thread(target=self._relay, args=(channel,), name="ssh-tunnel", daemon=True)
        self._relays = {one for one in self._relays if one.is_alive()} | {relay}
        relay.start()

    def _relay(self, channel: Any) -> None:
        with contextlib.suppress(OSError, EOFError), contextlib.closing(channel):
            target = urlsplit(self._now())
            with socket.create_connection((target.hostname or "127.0.0.1", target.port or 80), timeout=10) as local:
                local.settimeout(60)
                channel.settimeout(60)
                ends = {local: channel, channel: local}
                while ends:
                    readable, _, _ = select.select(list(ends), [], [], 1.0)
                    if channel.closed:
                        return
                    for source in readable:
                        data = source.recv(_BYTES_AT_ONCE)
                        if data:
                            ends[source].sendall(data)
                        else:
                            _no_more(ends.pop(source))

    def _now(self) -> str:
        """Where the server is now: it may have been started again on another port."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads((self._home / "server.json").read_text("utf-8"))["url"])
        return self._url


def _no_more(end: Any) -> None:
    """Tells one end that nothing more comes."""
    with contextlib.suppress(OSError, EOFError):
        if isinstance(end, socket.socket):
            end.shutdown(socket.SHUT_WR)
        else:
            end.shutdown_write()
