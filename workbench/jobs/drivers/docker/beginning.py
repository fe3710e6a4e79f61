"""How a container begins: what goes into it before its start, so that its description on the engine shows no secret.

Whoever may ask the engine reads there all variables that a container was made with. Those that the user has given, and those that
lead to the server with a token, are put into a file in the container instead, which goes before the script begins.
"""

import io
import json
import tarfile
from pathlib import Path

from workbench.jobs.drivers.docker import begin
from workbench.jobs.drivers.docker.engine import Engine, Missing

_FOLDER = "/workbench-begin"


def entrypoint(python: str) -> list[str]:
    """The command that runs what follows it by an interpreter, with the variables that were handed over."""
    return [python, "-I", "-S", f"{_FOLDER}/begin.py", python]


def hand_over(engine: Engine, container: str, variables: dict[str, str], owner: tuple[int, int]) -> None:
    """Puts the variables into a container that was not started yet, readable for its user alone. Raises EngineError."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, mode, content in (
            ("", 0o700, None),
            ("begin.py", 0o600, Path(begin.__file__).read_bytes()),
            ("variables.json", 0o600, json.dumps(variables).encode("ascii")),
        ):
            entry = tarfile.TarInfo(f"{_FOLDER}/{name}".strip("/"))
            entry.uid, entry.gid = owner
            entry.mode = mode
            if content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content or b""))
    with engine.asking("The handing over of variables") as api:
        api.put_archive(container, "/", made.getvalue())


def has_begun(engine: Engine, container: str) -> bool:
    """Whether the variables were taken out of a container: its script runs then, or did. Raises EngineError."""
    try:
        with engine.asking("The container") as api:
            parts, _facts = api.get_archive(container, f"{_FOLDER}/variables.json")
            parts.close()
    except Missing:
        return True
    return False
