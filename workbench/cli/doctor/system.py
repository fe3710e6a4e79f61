"""The system's package manager: the line that installs packages, as the user would type it."""

import os
import shutil
import sys
from collections.abc import Iterable


def install_line(apt: Iterable[str], dnf: Iterable[str]) -> str:
    """`sudo apt-get install -y ...` or `sudo dnf install -y ...`; empty where neither is there."""
    sudo = "sudo " if sys.platform == "linux" and os.geteuid() != 0 else ""
    if shutil.which("apt-get"):
        return f"{sudo}apt-get install -y {' '.join(sorted(set(apt)))}"
    if shutil.which("dnf"):
        return f"{sudo}dnf install -y {' '.join(sorted(set(dnf)))}"
    return ""
