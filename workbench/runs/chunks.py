"""Many points of a metric as a few bytes: what a row of `metric_chunks` holds.

Steps that go up evenly are two numbers (first, distance); else eight bytes each. Times are whole microseconds since the epoch: the
first, then the distances in four bytes each where they fit, else eight bytes each. Values are eight bytes each, bit for bit. All
little-endian.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EVEN = 16  # bytes of evenly spaced steps
_MICROSECONDS = 1e6


@dataclass(frozen=True)
class Points:
    """Points of one metric in the order of logging; equal lengths. Times are seconds since the epoch."""

    steps: "NDArray[np.int64]"
    times: "NDArray[np.float64]"
    values: "NDArray[np.float64]"

    def __len__(self) -> int:
        return len(self.steps)

    def cut(self, begin: int, end: int) -> "Points":
        """The points from `begin` to before `end`."""
        return Points(self.steps[begin:end], self.times[begin:end], self.values[begin:end])


def joined(parts: "list[Points]") -> Points:
    """The points of all parts, one after the other."""
    import numpy as np

    if not parts:
        return Points(np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.float64))
    if len(parts) == 1:
        return parts[0]
    return Points(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def packed(points: Points) -> dict[str, Any]:
    """The columns of a chunk."""
    return {
        "points": len(points),
        "steps": _steps(points.steps),
        "times": _times(points.times),
        "numbers": points.values.astype("<f8").tobytes(),
    }


def unpacked(count: int, steps: bytes, times: bytes, numbers: bytes) -> Points:
    """The points of a chunk."""
    import numpy as np

    if len(steps) == _EVEN and count > 2:
        first, distance = np.frombuffer(steps, "<i8")
        found_steps = first + distance * np.arange(count, dtype=np.int64)
    else:
        found_steps = np.frombuffer(steps, "<i8").astype(np.int64, copy=False)
    if len(times) == 8 * count:
        moments = np.frombuffer(times, "<i8").astype(np.int64, copy=False)
    else:
        moments = np.empty(count, np.int64)
        moments[0] = np.frombuffer(times[:8], "<i8")[0]
        np.cumsum(np.frombuffer(times[8:], "<u4"), dtype=np.int64, out=moments[1:])
        moments[1:] += moments[0]
    return Points(found_steps, moments / _MICROSECONDS, np.frombuffer(numbers, "<f8").astype(np.float64, copy=False))


def _steps(steps: "NDArray[np.int64]") -> bytes:
    import numpy as np

    if len(steps) > 2:
        # The ends may be further apart than a number of 64 bits can say; such steps are kept one by one.
        distance = int(steps[1]) - int(steps[0])
        if (
            abs(distance) < 2**31
            and bool(np.all(np.diff(steps) == distance))
            and int(steps[-1]) == int(steps[0]) + distance * (len(steps) - 1)
        ):
            return np.array([steps[0], distance], "<i8").tobytes()
    return steps.astype("<i8").tobytes()


def _times(times: "NDArray[np.float64]") -> bytes:
    import numpy as np

    moments = np.rint(times * _MICROSECONDS).astype(np.int64)
    distances = np.diff(moments)
    # One point's eight bytes are those of the plain form; of two, eight and four are fewer than sixteen.
    if len(moments) > 1 and int(distances.min()) >= 0 and int(distances.max()) < 2**32:
        return moments[:1].astype("<i8").tobytes() + distances.astype("<u4").tobytes()
    return moments.astype("<i8").tobytes()
