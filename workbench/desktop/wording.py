"""How numbers, sizes, times and durations read on the screen."""

import math
from datetime import UTC, datetime


def duration_text(seconds: float | None) -> str:
    """`0.8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`; empty for none."""
    if seconds is None or seconds < 0:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def moment_text(moment: datetime | None, now: datetime | None = None) -> str:
    """`just now`, `5 min ago`, `14:05` of today, `Yesterday 14:05`, `12 Nov 14:05`, `12 Nov 2024`."""
    if moment is None:
        return ""
    now = now or datetime.now(UTC)
    ago = (now - moment).total_seconds()
    if -5 < ago < 45:
        return "just now"
    if 0 < ago < 3600:
        return f"{max(1, round(ago / 60))} min ago"
    local, today = moment.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return f"Yesterday {local:%H:%M}"
    if local.year == today.year:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


def full_moment(moment: datetime | None) -> str:
    """The whole local date and time, for tooltips and properties."""
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def number_text(value: float | None) -> str:
    """A measured value with four decimals (one from 1,000 on); whole numbers whole; `NaN`, `∞`.

    Below 0.001 and from 1e15 on with a power of ten.
    """
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1e15:
        return f"{value:.3e}"
    if size >= 1000:
        return f"{value:,.1f}"
    return f"{value:.3e}" if size < 0.001 else f"{value:.4f}"


def size_text(size: int) -> str:
    """Bytes in the unit that reads best."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{int(value)} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return ""
