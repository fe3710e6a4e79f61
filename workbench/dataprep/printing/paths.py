"""Paths in printed programs: from the project's folder where they lie in it."""

from __future__ import annotations

from pathlib import Path

from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.literals import text


def shown_path(code: Code, path: Path) -> str:
    """A path as Python code."""
    base = code.base
    if path.is_relative_to(base):
        return f"FOLDER / {text(path.relative_to(base).as_posix())}"
    return text(str(path))
