"""What a machine is, asked before anything is brought there: `python3 - FOLDER`, with this script on stdin.

Standard library only, Python 3.8 or newer. The answer is one line of JSON on stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any


def libc() -> str:
    """`musl`, or `glibc 2.36`."""
    if list(Path("/lib").glob("ld-musl-*")):
        return "musl"
    return " ".join(platform.libc_ver()).strip() or "glibc 2.17"


def probe(folder: Path) -> dict[str, Any]:
    """What the machine is: for the environment, and for the test of the target."""
    there = folder
    while not os.path.lexists(str(there)):
        there = there.parent
    writable = False
    with contextlib.suppress(OSError):
        Path(tempfile.mkdtemp(prefix=".workbench-", dir=str(there))).rmdir()  # to ask for rights alone says too little
        writable = True
    disk = os.statvfs(there)
    machine = os.uname()
    memory = 0
    own = [str(Path.home() / part / "bin") for part in (".local", ".cargo")]
    with contextlib.suppress(ValueError, OSError):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return {
        "folder": str(folder),
        "system": machine.sysname,
        "machine": machine.machine,
        "libc": libc(),
        "python": sys.executable,
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "cpus": os.cpu_count() or 1,
        "memory_mb": memory,
        "uv": shutil.which("uv", path=os.pathsep.join([os.environ.get("PATH", os.defpath), *own])) or "",
        "gpus": len(list(Path("/proc/driver/nvidia/gpus").glob("*"))),
        "free_mb": disk.f_bavail * disk.f_frsize // 1_000_000,
        "writable": writable,
        "variables": dict(os.environ),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe(Path.cwd() / Path(sys.argv[1]).expanduser())) + "\n")
