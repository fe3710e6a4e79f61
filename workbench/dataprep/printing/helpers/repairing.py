"""Values repaired one by one."""

import re
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

_ROUNDING = {
    "half_away": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
    "toward_zero": ROUND_DOWN,
}


def rounded(number: Any, decimals: int, method: str) -> Any:
    """A number, as it is written, to so many decimals."""
    if isinstance(number, float) and (abs(number) == float("inf") or (decimals >= 0 and abs(number) * 10.0**decimals >= 2**52)):
        return number
    if isinstance(number, int) and decimals >= 0:
        return number
    unit = Decimal(1).scaleb(-decimals)
    whole = (Decimal(repr(number)) / unit).to_integral_value(_ROUNDING[method]) * unit
    return type(number)(whole)


def collapsed(text: str, white: str) -> str:
    """The text with one blank for each run of white space."""
    return re.sub(f"[{re.escape(white)}]+", " ", text)


def group_key(*texts: str | None) -> tuple[str | None, ...]:
    """The texts of a group; None is missing."""
    return tuple(text if isinstance(text, str) else None for text in texts)
