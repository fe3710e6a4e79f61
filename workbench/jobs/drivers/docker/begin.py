"""Begins the script inside its container, run there by its own Python: `begin.py PYTHON SCRIPT ...`. Standard library only.

Beside it lies a file with the variables that an engine's description of the container is not to show. It is removed when it was
read, before the script begins, which then takes this process over.
"""

import json
import os
import sys


def main(command: "list[str]") -> None:
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "variables.json")  # noqa: PTH100, PTH118, PTH120
    try:
        with open(path, encoding="ascii") as file:  # noqa: PTH123
            given = json.load(file)
    except FileNotFoundError:
        sys.exit("[workbench] This container has run its script already: a job is run again as a new one.")
    os.unlink(path)  # noqa: PTH108
    variables = dict(os.environb)  # as bytes: the image's locale may be any
    variables.update((name.encode("utf-8", "surrogateescape"), given[name].encode("utf-8", "surrogateescape")) for name in given)
    try:
        os.execve(command[0], command, variables)  # noqa: S606 (no shell is wanted)
    except (OSError, ValueError) as error:
        sys.exit(f"[workbench] The script could not be started: {error}.")


if __name__ == "__main__":
    main(sys.argv[1:])
