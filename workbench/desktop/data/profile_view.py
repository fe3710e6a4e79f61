"""A column's profile as the grid's header shows it."""

import contextlib
from typing import TYPE_CHECKING

from workbench.desktop.grid import ColumnProfileView

if TYPE_CHECKING:
    from workbench.dataprep.profiles import ColumnProfile

_TOP = 6


def short(text: str | None, limit: int = 14) -> str:
    """A value as few characters."""
    value = (text or "").removesuffix(" 00:00:00")
    return value if len(value) <= limit else value[: limit - 1] + "…"


def number(value: float) -> str:
    """A statistic as text: whole numbers with separators, others with five digits."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))  # years stay years
    return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"


def _bound(type_: str, text: str | None) -> str:
    """An end of the range, a decimal number without the digits that nobody reads."""
    if type_ == "decimal" and text:
        with contextlib.suppress(ValueError, OverflowError):
            return number(float(text))
    return short(text)


def header_profile(profile: "ColumnProfile") -> ColumnProfileView:
    """Bars, missing share and words for a header."""
    share = profile.missing / profile.count if profile.count else 0.0
    present = profile.count - profile.missing
    lines = [f"{present:,} values, {profile.missing:,} missing, {profile.distinct:,} distinct"]
    if profile.minimum is not None and profile.type != "string":
        lines.append(f"{profile.minimum} to {profile.maximum}")
    if profile.mean is not None:
        lines.append(f"mean {number(profile.mean)}")
    summary = "\n".join(lines)
    if profile.histogram:
        bars = tuple(float(bin_.count) for bin_ in profile.histogram)
        labels = tuple(f"{bin_.label}: {bin_.count:,}" for bin_ in profile.histogram)
        low, high = _bound(profile.type, profile.minimum), _bound(profile.type, profile.maximum)
        return ColumnProfileView(share, bars, "histogram", labels, f"{low} – {high}", summary)
    top = profile.top[:_TOP]
    bars = tuple(float(value.count) for value in top)
    labels = tuple(f"{value.value}: {value.count:,}" for value in top)
    unique = profile.distinct == present and present > 1
    if profile.distinct > 1000 or unique:  # bars would say nothing
        bars, labels = (), ()
    caption = f"{profile.distinct:,} distinct" + (", all different" if unique else "")
    if profile.distinct == 1:
        caption = f"only {short(profile.top[0].value if profile.top else profile.minimum)}"
    return ColumnProfileView(share, bars, "top" if bars else "none", labels, caption, summary)
