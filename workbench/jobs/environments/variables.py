"""The variables of a process in an environment."""

import os
from pathlib import Path


def environment_variables(python: Path) -> dict[str, str]:
    """What a process in the environment of `python` finds in its variables: its programs first, its packages only."""
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "CONDA_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    kept["PATH"] = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    for root in (python.parent, python.parent.parent):  # conda's Python is not in a folder of programs on Windows
        if (root / "pyvenv.cfg").exists():
            kept["VIRTUAL_ENV"] = str(root)
        if (root / "conda-meta").is_dir():
            kept["CONDA_PREFIX"] = str(root)
    return kept
