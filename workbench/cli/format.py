"""Numbers, times and sizes as people read them."""

import math
import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.schema import RunStatus, ServiceStatus

_COLOURS = {
    "queued": "dim",
    "preparing": "yellow",
    "running": "cyan",
    "finished": "green",
    "failed": "red",
    "cancelled": "dim",
    "lost": "red",
    "creating": "yellow",
    "healthy": "green",
    "unhealthy": "red",
    "stopped": "dim",
}


def status_text(status: "RunStatus | ServiceStatus") -> str:
    """A state in its colour, as rich markup."""
    return f"[{_COLOURS.get(status.value, 'default')}]{status.value}[/]"


def counted(number: int, noun: str) -> str:
    """`1 row`, `12,345 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """The text on one line; of one longer than `most` characters the beginning, and how long it is."""
    line = text.replace("\r", "").replace("\n", "\\n")
    return line if len(line) <= most else f"{line[:most]}... ({len(text):,} characters)"


def command_line(script: str, arguments: Sequence[str]) -> str:
    """A script and its arguments as a shell takes them: where one ends and the next begins can be seen."""
    return shlex.join([script, *arguments] if script else arguments)


def age(moment: datetime | None) -> str:
    """`3 min ago`; a date when it is older than a week; a dash for None."""
    from workbench.base.clock import utc_now

    if moment is None:
        return "-"
    seconds = (utc_now() - moment).total_seconds()
    if seconds < 60:
        return "just now"
    for limit, size, unit in ((3600, 60, "min"), (86400, 3600, "h"), (7 * 86400, 86400, "d")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit} ago"
    return moment.astimezone().strftime("%Y-%m-%d")


def moment_text(moment: datetime | None) -> str:
    """A moment in the user's time zone, to the second."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def duration(seconds: float | None) -> str:
    """`8.2 s`, `3 min 05 s`, `2 h 10 min`; a dash for None."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def size_text(size: int) -> str:
    """`512 B`, `8.3 kB`, `2.1 MB`."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def number(value: float) -> str:
    """A metric's value: five significant digits, whole numbers whole."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.5g}"
