"""The agent's commands, as they are called."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from workbench.jobs.drivers.supervised.agent.commands import cancel, check, clean, start
from workbench.jobs.drivers.supervised.agent.transfer import listing, pack, unpack


def main(arguments: list[str]) -> int:
    command, folder = arguments[0], Path.cwd() / Path(arguments[1]).expanduser()
    answer: Any = {}
    if command == "start":
        answer = start(folder, json.load(sys.stdin))
    elif command == "check":
        answer = check(folder)
    elif command == "cancel":
        answer = cancel(folder, float(arguments[2]))
    elif command == "clean":
        answer = clean(folder)
    elif command == "outputs":
        answer = listing(folder)
    elif command == "pack":
        pack(folder, json.load(sys.stdin))
        return 0
    elif command == "unpack":
        answer = unpack(folder, sys.stdin.buffer, once="once" in arguments)
    else:
        sys.stderr.write(f"no such command: {command}\n")
        return 2
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0
