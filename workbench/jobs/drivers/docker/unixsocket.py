"""The SDK's way to a local engine's socket, without the open sockets that it leaves where nobody answers."""

import socket
from typing import Any

from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnection, UnixHTTPConnectionPool


class _Connection(UnixHTTPConnection):  # type: ignore[misc]  # docker has no types
    def connect(self) -> None:
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            opened.settimeout(self.timeout)
            opened.connect(self.unix_socket)
        except BaseException:
            opened.close()
            raise
        self.sock = opened


class _Pool(UnixHTTPConnectionPool):  # type: ignore[misc]  # docker has no types
    def _new_conn(self) -> _Connection:
        return _Connection(self.base_url, self.socket_path, self.timeout)


class UnixAdapter(UnixHTTPAdapter):  # type: ignore[misc]  # docker has no types
    """To be mounted in place of the SDK's own."""

    def get_connection(self, url: Any, proxies: Any = None) -> _Pool:  # noqa: ARG002 (as requests calls it)
        with self.pools.lock:
            pool: _Pool | None = self.pools.get(self.socket_path)  # one for all addresses, so that its connections are used again
            if pool is None:
                pool = self.pools[self.socket_path] = _Pool(url, self.socket_path, self.timeout, maxsize=self.max_pool_size)
            return pool
