"""A driver's own notes about a job, in the run's folder: for the driver of a runner that takes the job up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.base.files import write_json


def save_notes(path: Path, notes: dict[str, Any]) -> None:
    """Raises EnvironmentError_ (a full disk)."""
    write_json(path, notes, mode=0o600)


def load_notes(path: Path) -> dict[str, Any]:
    """Empty where there are none."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}
