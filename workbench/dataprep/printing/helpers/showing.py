"""Values as texts, as a database writes them."""

import datetime as dt
from typing import Any


def shown(value: Any) -> str:
    """A value as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        zone = "+00" if value.tzinfo else ""
        moment = value.replace(tzinfo=None).isoformat(" ")
        return (moment.rstrip("0") if value.microsecond else moment) + zone
    if isinstance(value, dt.time):
        return value.isoformat().rstrip("0") if value.microsecond else value.isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
