"""Nobody holds the server's memory or connections by requests that never begin properly. No token is needed to try."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from tests.waiting import until
from workbench.server import heads

_BEGUN = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


async def _answering(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server reads requests as the workspace's does."""
    config = uvicorn.Config(
        _answering, http=heads.CarefulHttp, port=0, log_config=None, lifespan="off", ws="none", timeout_keep_alive=300
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def _rest(connection: socket.socket) -> bytes:
    """What still comes until the server closes the connection."""
    connection.settimeout(60)
    found = b""
    with contextlib.suppress(ConnectionError):
        while block := connection.recv(65536):
            found += block
    return found


@pytest.mark.parametrize("line", [b"X: " + b"a" * 1000, b"".join(b"X-%d: a\r\n" % number for number in range(100))])
def test_that_headers_without_end_are_refused(port: int, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_BEGUN)
        with pytest.raises(ConnectionError):  # closed long before all of it was sent
            connection.sendall(line * 100_000)


@pytest.mark.parametrize("sent", [b"", b"\r\n", _BEGUN])
def test_that_a_request_that_does_not_come_holds_no_connection(port: int, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_WITHIN_S", 0.2)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(sent)
        assert _rest(connection) == b""


@pytest.mark.parametrize("begun", [_BEGUN, _BEGUN + b"Content-Length: 9\r\n"])
def test_that_what_comes_after_an_answer_holds_no_connection(port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_WITHIN_S", 0.2)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(begun + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")
        connection.sendall(b"\r\n")
        assert _rest(connection) in {b"", b"no"}


def test_that_a_connection_serves_one_request_after_the_other_whatever_their_pieces(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for piece in (_BEGUN, b"X: " + b"a" * 60_000, b"\r\n\r\n") * 3:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        assert _rest(connection).count(b"401") == 3
