"""What a run configuration puts in place of sources: other files, or samples. Told to the job's processes by variables."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbench.base.errors import UserError

INPUTS, SAMPLES, USE_SAMPLES = "WORKBENCH_INPUTS", "WORKBENCH_SAMPLES", "WORKBENCH_USE_SAMPLES"


@dataclass(frozen=True)
class Substitution:
    """`inputs`: by the path or name of a source, a path; `samples`: by its name, that of one of its samples."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)
    use_samples: bool = False
    """Every source's active sample is read, not all its rows."""

    def instead_of(self, path: str) -> str:
        """What is read for a source that a script names by its path."""
        return next((self.inputs[key] for key in (path, Path(path).name, Path(path).stem) if key in self.inputs), path)


def substitution() -> Substitution:
    """That of the job which this process is part of. Raises UserError for variables that somebody else set wrongly."""
    return Substitution(
        {name: _place(path) for name, path in _table(INPUTS).items()}, _table(SAMPLES), os.environ.get(USE_SAMPLES) == "1"
    )


def _table(variable: str) -> dict[str, str]:
    try:
        found = json.loads(os.environ.get(variable) or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise UserError(f"The variable {variable} does not hold a JSON object of texts.", hint="It is set by Workbench; unset it.")
    return found


def _place(path: str) -> str:
    """Relative paths start from the project: in the job's copy of it, or, for what the copy leaves out, in the original."""
    if "://" in path or Path(path).is_absolute():
        return path
    places = [Path.cwd(), *(Path(root) for name in ("WORKBENCH_PROJECT",) if (root := os.environ.get(name)))]
    return str(next((place / path for place in places if (place / path).exists()), places[-1] / path))
