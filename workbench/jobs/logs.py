"""Reading a text file that may still grow, in parts that never cut a character; its middle may have been left out."""

from pathlib import Path

from workbench.jobs.cappedfile import capped_size, read_capped
from workbench.schema import LogChunk

_LARGEST = 8_000_000
_LONGEST_CHARACTER = 4


def read_chunk(path: Path, offset: int, limit: int, *, ended: bool) -> LogChunk:
    """Bytes [offset, next) as text; what is no UTF-8 becomes the replacement character. `ended`: the writer has gone.

    A negative offset counts from the end. What was left out of the middle is one line that says so, and `next` lies behind it.
    """
    size = capped_size(path)
    offset = min(max(0, size + offset if offset < 0 else offset), size)
    wanted = max(_LONGEST_CHARACTER, min(limit, _LARGEST)) if limit > 0 else 0
    notice, begin, data = read_capped(path, offset, wanted)
    size = max(size, begin + len(data))
    if not (begin + len(data) >= size and ended):
        data = data[: len(data) - _torn(data)]
    end = begin + len(data)
    text = notice + data.decode("utf-8", "replace")
    return LogChunk(text=text, offset=offset, next=end, size=size, complete=ended and end >= size)


def _torn(data: bytes) -> int:
    """How many bytes at the end begin a character whose rest is not there."""
    for back in range(1, min(_LONGEST_CHARACTER, len(data) + 1)):
        byte = data[-back]
        if byte & 0b1100_0000 == 0b1000_0000:
            continue
        length = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return back if length > back else 0
    return 0
