"""Reading a text file that may still grow, in parts that never cut a character."""

from pathlib import Path

from workbench.schema import LogChunk

_LARGEST = 8_000_000
_LONGEST_CHARACTER = 4


def read_chunk(path: Path, offset: int, limit: int, *, ended: bool) -> LogChunk:
    """Bytes [offset, next) as text; what is no UTF-8 becomes the replacement character. `ended`: the writer has gone."""
    offset = max(0, offset)
    wanted = max(_LONGEST_CHARACTER, min(limit, _LARGEST)) if limit > 0 else 0
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(min(offset, size))
            data = file.read(wanted)
    except FileNotFoundError:
        return LogChunk(text="", offset=offset, next=offset, size=0, complete=ended)
    offset = min(offset, size)
    at_end = offset + len(data) >= size
    if not (at_end and ended):
        data = data[: len(data) - _torn(data)]
    end = offset + len(data)
    return LogChunk(text=data.decode("utf-8", "replace"), offset=offset, next=end, size=size, complete=ended and end >= size)


def _torn(data: bytes) -> int:
    """How many bytes at the end begin a character whose rest is not there."""
    for back in range(1, min(_LONGEST_CHARACTER, len(data) + 1)):
        byte = data[-back]
        if byte & 0b1100_0000 == 0b1000_0000:
            continue
        length = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return back if length > back else 0
    return 0
