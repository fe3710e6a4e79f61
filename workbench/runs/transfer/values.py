"""Small conversions that the readers share."""

import hashlib
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from workbench.runs.chunks import Points

_LARGEST_STEP = 2**63 - 1
_HEX = frozenset("0123456789abcdef")


def number_of(value: Any) -> float | None:
    """The number that a foreign file has in a place for one; None for anything else."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def step_of(value: Any) -> int:
    """A step as we keep it, of 64 bits. Raises ValueError for anything else."""
    step = int(value)
    if abs(step) > _LARGEST_STEP:
        raise ValueError
    return step


def moment(milliseconds: Any) -> datetime | None:
    """A time in milliseconds since the epoch; None for none, for what is no number, and for one that no calendar has."""
    known = number_of(milliseconds)
    if known is None or not math.isfinite(known) or known <= 0:
        return None
    try:
        return datetime.fromtimestamp(known / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def run_id_of(text: str) -> str:
    """The run id itself when it has our form (32 hex digits), else one that is made of it, the same each time."""
    if len(text) == 32 and set(text) <= _HEX:
        return text
    return digest_of([text])[:32]


def digest_of(parts: Iterable[str | bytes]) -> str:
    """The SHA-256 over parts, in hex; where one part ends and the next begins counts."""
    made = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(len(data).to_bytes(8, "little"))
        made.update(data)
    return made.hexdigest()


def points_of(steps: list[int], times: list[float], values: list[float]) -> Points:
    """Points from lists of equal lengths; times in seconds since the epoch."""
    import numpy as np

    return Points(np.asarray(steps, np.int64), np.asarray(times, np.float64), np.asarray(values, np.float64))
