"""What Workbench and its worker process say to each other: a short JSON head and Arrow rows, each after its length."""

from __future__ import annotations

import json
import struct
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_LENGTHS = struct.Struct(">QQ")


def send(stream: IO[bytes], head: dict[str, Any], table: pa.Table | None = None) -> None:
    """Writes one message. Raises OSError when the other side is gone."""
    text = json.dumps(head).encode()
    rows = memoryview(b"") if table is None else _packed(table)
    stream.write(_LENGTHS.pack(len(text), len(rows)))
    stream.write(text)
    stream.write(rows)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], pa.Table | None]:
    """The next message. Raises EOFError when the other side is gone."""
    sizes = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    head = json.loads(_exactly(stream, sizes[0]))
    return head, _unpacked(_exactly(stream, sizes[1])) if sizes[1] else None


def _packed(table: pa.Table) -> memoryview:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def _unpacked(content: bytes) -> pa.Table:
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
        return reader.read_all()


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content
