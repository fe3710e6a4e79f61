"""Ports of this machine's own address."""

import errno
import socket
from collections.abc import Collection

from workbench.base.errors import Conflict, EnvironmentError_, UserError

HOST = "127.0.0.1"


def check_port(port: int, services: dict[int, str]) -> None:
    """Raises Conflict when another service or program has the port, UserError when this user may not take it."""
    hint = "Choose another port, or 0 for a free one."
    if port in services:
        raise Conflict(f"The port {port} belongs to the service {services[port]}.", hint=hint)
    try:
        _bind(port)
    except PermissionError:
        raise UserError(f"The port {port} may only be used by an administrator.", hint="Choose one above 1023, or 0.") from None
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE), errno.EACCES}:
            raise EnvironmentError_(f"The port {port} cannot be used: {error.strerror or error}.", hint=hint) from error
        raise Conflict(f"The port {port} is taken by another program.", hint=hint) from None


def free_port(reserved: Collection[int]) -> int:
    """A port that no program and no service (running or not) has."""
    for _ in range(100):
        port = _bind(0)
        if port not in reserved:
            return port
    raise EnvironmentError_("No free port was found.", hint="Name a port yourself.")


def _bind(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        # As the service itself does it: a port whose last connections are still fading counts as free.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if exclusive is None else exclusive, 1)
        server.bind((HOST, port))
        server.listen(1)
        return int(server.getsockname()[1])
