"""Tells from inside a container what is new: run there by its own Python, from its text alone. Standard library only.

`events PATH OFFSET`: the bytes of a file from an offset on. `outputs FOLDER SINCE`: a line with a time (seconds), then a tar of the
files that changed after SINCE and up to that time, which is two seconds ago: nobody writes to them just now.
"""

import os
import sys
import tarfile
import time

_SETTLED_S = 2
_MOST_BYTES = 16 * 1024 * 1024


def events(path: str, offset: str) -> None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            file.seek(int(offset))
            sys.stdout.buffer.write(file.read(_MOST_BYTES))
    except OSError:
        pass


def outputs(folder: str, since: str) -> None:
    until = time.time() - _SETTLED_S
    sys.stdout.buffer.write((repr(until) + "\n").encode())
    inside = os.path.realpath(folder)
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        for directory, _names, files in os.walk(folder):
            for name in sorted(files):
                path = os.path.realpath(os.path.join(directory, name))  # noqa: PTH118
                try:
                    if path.startswith(inside + os.sep) and float(since) < os.stat(path).st_ctime <= until:  # noqa: PTH116
                        tar.add(path, os.path.relpath(os.path.join(directory, name), folder), recursive=False)  # noqa: PTH118
                except OSError:
                    continue  # it was removed meanwhile


if __name__ == "__main__":
    {"events": events, "outputs": outputs}[sys.argv[1]](*sys.argv[2:])
