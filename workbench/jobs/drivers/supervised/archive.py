"""The agent as one file, which any Python 3.8 runs: a zip of its modules (https://docs.python.org/3/library/zipapp.html)."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path

from workbench.jobs.drivers.supervised import agent

PROBE = Path(__file__).with_name("probe.py")
"""A script that says what a machine is; it needs nothing there but Python."""
_OLDEST = (1980, 1, 1, 0, 0, 0)  # the same content is the same file


@lru_cache(maxsize=1)
def agent_archive() -> bytes:
    """Its modules have their full names in there, below packages that are empty but for them."""
    parts = agent.__name__.split(".")
    files = {"/".join([*parts[:number], "__init__.py"]): b"" for number in range(1, len(parts))}
    for path in sorted(Path(agent.__file__).parent.glob("*.py")):
        files["/".join([*parts, path.name])] = path.read_bytes()
    files["__main__.py"] = files["/".join([*parts, "__main__.py"])]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:  # not compressed: that Python may be without zlib
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _OLDEST), content)
    return made.getvalue()
