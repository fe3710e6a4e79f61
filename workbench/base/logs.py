"""Logging of a process of ours: one rotating file in the workspace's `logs` folder."""

import logging
import logging.handlers
from pathlib import Path


def log_to_file(folder: Path, name: str, level: int = logging.INFO) -> Path:
    """Sends all log records of this process to `<folder>/<name>.log` (1 MB, three old ones kept) and returns that path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return path
