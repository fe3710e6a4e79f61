"""What one check found."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """The answer of one check: `missing` is something needed, `warning` something that only part of the work needs."""

    name: str
    state: Literal["ok", "warning", "missing"]
    detail: str
    remedy: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
