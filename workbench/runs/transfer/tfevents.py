"""TensorBoard's event files without TensorFlow: the frames of a TFRecord file, and the protocol buffers inside.

A frame is: length (8 bytes), its masked CRC-32C (4), the data, the data's masked CRC-32C (4); little-endian. The length's sum is
checked; a file that ends inside a frame, as that of a program that still writes or was killed, ends for us at the frame before.
Field numbers are those of tensorboard/compat/proto/{event,summary,tensor}.proto.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MASK = 0xA282EAD8
_LARGEST_FRAME = 1 << 30
_DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8"}


class Damaged(ValueError):
    """The file is not what it should be from here on."""


@dataclass(frozen=True)
class Value:
    """One value of a summary: a scalar, or bytes of a text, picture or sound, or something that is left out (`kind`)."""

    time: float
    step: int
    tag: str
    kind: str
    """scalar, text, image, audio, hparams, or what else TensorBoard calls it."""
    number: float = 0.0
    data: tuple[bytes, ...] = ()


def values(path: Path) -> Iterator[Value]:
    """All values of an event file, in order. Raises Damaged after the last readable one when the file is cut or damaged."""
    plugins: dict[str, str] = {}  # a tag's plugin stands in its first value only
    for frame in _frames(path):
        time, step, summary = 0.0, 0, b""
        try:
            for number, value in _fields(frame):
                if number == 1 and isinstance(value, float):
                    time = value
                elif number == 2 and isinstance(value, int):
                    step = _signed(value)
                elif number == 5 and isinstance(value, bytes):
                    summary = value
            for number, value in _fields(summary):
                if number == 1 and isinstance(value, bytes):
                    yield from _value(value, time, step, plugins)
        except (IndexError, struct.error, UnicodeDecodeError) as error:
            raise Damaged(f"{path.name} has a record that cannot be read") from error


def hparams(content: bytes) -> dict[str, str]:
    """The hyperparameters in the content of the plugin `hparams`."""
    found: dict[str, str] = {}
    for number, value in _fields(content):
        if number != 3 or not isinstance(value, bytes):  # session_start_info
            continue
        for inner, entry in _fields(value):
            if inner == 1 and isinstance(entry, bytes):
                parts = dict(_fields(entry))
                key, held = parts.get(1, b""), parts.get(2, b"")
                if isinstance(key, bytes) and isinstance(held, bytes):
                    found[key.decode()] = _plain(held)
    return found


def _frames(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while head := file.read(12):
            if len(head) < 12:
                raise Damaged(f"{path.name} ends inside a record")
            length, check = struct.unpack("<QI", head)
            if _masked(_crc(head[:8])) != check or length > _LARGEST_FRAME:
                raise Damaged(f"{path.name} is damaged")
            body = file.read(length + 4)
            if len(body) < length + 4:
                raise Damaged(f"{path.name} ends inside a record")
            yield body[:length]


def _value(data: bytes, time: float, step: int, plugins: dict[str, str]) -> Iterator[Value]:
    fields = dict(_fields(data))
    name = fields.get(1, b"")
    tag = name.decode() if isinstance(name, bytes) else ""
    content = b""
    if isinstance(metadata := fields.get(9), bytes):
        plugin, content = _plugin(metadata)
        if plugin:
            plugins.setdefault(tag, plugin)
    plugin = plugins.get(tag, "")
    if isinstance(number := fields.get(2), float):
        yield Value(time, step, tag, "scalar", number=number)
    elif plugin == "hparams":
        yield Value(time, step, tag, "hparams", data=(content,))
    elif isinstance(tensor := fields.get(8), bytes):
        yield _tensor(tensor, time, step, tag, plugin)
    elif isinstance(image := fields.get(4), bytes):
        yield Value(time, step, tag, "image", data=_bytes_field(image, 4))
    elif isinstance(audio := fields.get(6), bytes):
        yield Value(time, step, tag, "audio", data=_bytes_field(audio, 4))
    elif 5 in fields:
        yield Value(time, step, tag, "histograms")


def _tensor(data: bytes, time: float, step: int, tag: str, plugin: str) -> Value:
    if plugin in {"text", "images", "audio"}:
        strings = tuple(value for number, value in _fields(data) if number == 8 and isinstance(value, bytes))
        # Pictures: the first two strings are width and height. Sounds: pairs of the sound and its label.
        parts = strings[2:] if plugin == "images" else strings[::2] if plugin == "audio" and len(strings) % 2 == 0 else strings
        return Value(time, step, tag, {"text": "text", "images": "image", "audio": "audio"}[plugin], data=parts)
    if plugin in {"", "scalars"} and (number := _single(data)) is not None:
        return Value(time, step, tag, "scalar", number=number)
    return Value(time, step, tag, plugin or "tensors")


def _single(data: bytes) -> float | None:
    """The number of a tensor that has just one; None for any other tensor."""
    import numpy as np

    kind, found = 0, []
    for number, value in _fields(data):
        if number == 1 and isinstance(value, int):
            kind = value
        elif number == 4 and isinstance(value, bytes) and value:
            if kind not in _DTYPES or len(value) != np.dtype(_DTYPES[kind]).itemsize:
                return None
            return float(np.frombuffer(value, _DTYPES[kind])[0])
        elif number in {5, 6, 7, 10, 11}:
            found.append((number, value))
    if len(found) != 1:
        return None
    number, value = found[0]
    if isinstance(value, bytes):  # packed
        if number in {5, 6}:
            form = "<f" if number == 5 else "<d"
            return float(struct.unpack(form, value)[0]) if len(value) == struct.calcsize(form) else None
        whole, end = _varint(value, 0)
        return float(_signed(whole)) if end == len(value) else None
    return float(_signed(value)) if isinstance(value, int) else value


def _plugin(metadata: bytes) -> tuple[str, bytes]:
    """The name of the plugin that shows a value, and what it keeps beside it."""
    data = dict(_fields(metadata)).get(1, b"")
    parts = dict(_fields(data)) if isinstance(data, bytes) else {}
    name, content = parts.get(1, b""), parts.get(2, b"")
    return (name.decode() if isinstance(name, bytes) else "", content if isinstance(content, bytes) else b"")


def _bytes_field(data: bytes, wanted: int) -> tuple[bytes, ...]:
    return tuple(value for number, value in _fields(data) if number == wanted and isinstance(value, bytes))


def _plain(value: bytes) -> str:
    """The text of a google.protobuf.Value."""
    for number, held in _fields(value):
        if number == 2 and isinstance(held, float):
            return repr(int(held)) if held.is_integer() and abs(held) < 2**53 else repr(held)
        if number == 3 and isinstance(held, bytes):
            return held.decode()
        if number == 4:
            return str(bool(held))
    return ""


def _fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """The fields of a message: their numbers, and whole numbers, floats (of four or eight bytes) or bytes."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            whole, at = _varint(data, at)
            yield number, whole
        elif wire == 1:
            yield number, struct.unpack_from("<d", data, at)[0]
            at += 8
        elif wire == 5:
            yield number, struct.unpack_from("<f", data, at)[0]
            at += 4
        elif wire == 2:
            length, at = _varint(data, at)
            if at + length > end:
                raise IndexError("a field ends after its message")
            yield number, data[at : at + length]
            at += length
        else:
            raise IndexError("a field of no known form")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError("a number of more than 64 bits")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE = _table()


def _crc(data: bytes) -> int:
    """CRC-32C (Castagnoli)."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + _MASK) & 0xFFFFFFFF
